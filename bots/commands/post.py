"""`recallbot post`: what accounts post of a recall, shown or released by name."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bots.commands.place import Place
from bots.failure import Failure

if TYPE_CHECKING:
    from datetime import datetime

    from bots.asked_posts import Asked
    from bots.by_hand import Became
    from bots.post_previews import Preview
    from core.settings import Settings

Names = list[str] | None
Recalls = Annotated[
    Names, typer.Argument(metavar="RECALL…", help="An id, or an official number (25-338).")
]
Every = Annotated[bool, typer.Option("--all", help="Every open recall, newest first.")]
Limit = Annotated[int | None, typer.Option(min=1, help="At most so many recalls.")]
Channels = Annotated[
    Names, typer.Option(metavar="NAME", help="Only this platform; may be repeated.")
]
Accounts = Annotated[
    Names, typer.Option(metavar="NAME", help="Only this account; may be repeated.")
]
Language = Annotated[str | None, typer.Option(metavar="TAG", help="In this language.")]
At = Annotated[str | None, typer.Option(metavar="TIME", help="When, such as 2026-11-23T09:30.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show the posts.")]
Json = Annotated[bool, typer.Option("--json", help="A line of JSON for each post.")]
Images = Annotated[
    Path | None, typer.Option(metavar="FOLDER", help="Write the pictures there.")
]
GivenPhoto = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Show this photo of the product on the picture."),
]
Licence = Annotated[
    str | None,
    typer.Option(
        metavar="TEXT",
        help='Why it may be shown: "own work", "public domain", a name (CC BY 4.0) or the'
        " https:// address of a licence.",
    ),
]
Attribution = Annotated[
    str | None, typer.Option(metavar="TEXT", help="Whom its licence asks to name.")
]


def post(  # noqa: PLR0913, PLR0917 - the options of the command line
    context: typer.Context,
    recall: Recalls = None,
    every: Every = False,  # noqa: FBT002 - Typer hands flags over like this
    limit: Limit = None,
    channel: Channels = None,
    account: Accounts = None,
    lang: Language = None,
    at: At = None,
    dry_run: DryRun = False,  # noqa: FBT002 - as above
    as_json: Json = False,  # noqa: FBT002 - as above
    images: Images = None,
    photo: GivenPhoto = None,
    licence: Licence = None,
    attribution: Attribution = None,
) -> None:
    """Post recalls from the accounts that are set up, in your name; or show what they would.

    What is released goes out by `recallbot run` or `recallbot work`. Nothing is posted twice.
    The exit code is 1 where a post is blocked because something is wrong with it.
    """
    from bots.asked_posts import Asked, known_language  # noqa: PLC0415
    from bots.photo_given import photo_given  # noqa: PLC0415

    if bool(recall) == every:
        raise Failure("name recalls, or every open one with --all")
    if images and not dry_run:
        raise Failure("--images needs --dry-run")
    platforms = tuple(name.strip().lower() for name in channel or ())
    which = (tuple(recall or ()), every, limit, platforms, tuple(account or ()))
    tongue = known_language(lang) if lang else None
    given = photo_given(recall, photo, licence, attribution)
    asked = Asked(*which, tongue, _moment(at), images, given)
    _end(context.obj, asked, dry_run=dry_run, as_json=as_json)


def _moment(at: str | None) -> datetime | None:
    from bots.asked_posts import moment_in  # noqa: PLC0415 - slow to import
    from core.clock import SystemClock  # noqa: PLC0415 - slow to import

    return moment_in(at, SystemClock().now()) if at else None


def _end(place: Place, asked: Asked, *, dry_run: bool, as_json: bool) -> None:
    """Do what is asked and end with its exit code."""
    work = _show if dry_run else _post
    blocked = asyncio.run(work(place.settings(), asked, as_json=as_json))
    raise typer.Exit(int(blocked))


async def _show(settings: Settings, asked: Asked, *, as_json: bool) -> bool:
    from bots.app import open_database  # noqa: PLC0415 - slow to import
    from bots.post_previews import Previews  # noqa: PLC0415 - slow to import
    from core.clock import SystemClock  # noqa: PLC0415

    database = await open_database(settings)
    try:
        draws = as_json or asked.images is not None
        previews = Previews(database, SystemClock(), asked, draws)
        async for one in previews.every():
            sys.stdout.write(_line(one) if as_json else _in_full(one))
    finally:
        await database.close()
    if previews.unfit:
        told = f"recallbot: {previews.unfit} fit in no form; somebody has to write them\n"
        sys.stderr.write(told)
    return False


def _line(one: Preview) -> str:
    names = ("channel", "account", "recall", "part", "text", "alt", "image")
    return json.dumps({name: getattr(one, name) for name in names}, ensure_ascii=False) + "\n"


def _in_full(one: Preview) -> str:
    picture = f"\n[picture{f' {one.image}' if one.image else ''}: {one.alt}]" if one.alt else ""
    wrong = "".join(f"\n! {each}" for each in one.wrong)
    part = f", part {one.part}" if one.part > 1 else ""
    return (
        f"== {one.channel}, {one.account}: {one.recall}{part}\n{one.text}{picture}{wrong}\n\n"
    )


async def _post(settings: Settings, asked: Asked, *, as_json: bool) -> bool:
    from bots.app import open_database  # noqa: PLC0415 - slow to import
    from bots.by_hand import BLOCKED, OUT, Posting  # noqa: PLC0415 - slow to import
    from core.clock import SystemClock  # noqa: PLC0415

    if asked.every and asked.limit is None:
        raise Failure("say with --limit how many are to be posted, or look with --dry-run")
    database = await open_database(settings)
    found = set[str]()
    try:
        async for one in Posting(database, SystemClock(), asked).every():
            sys.stdout.write(_became(one) if as_json else _told(one))
            found.add(one.became)
    finally:
        await database.close()
    if OUT in found and not as_json:
        sys.stdout.write("It is in the outbox: `recallbot run` or `recallbot work` sends it.\n")
    return BLOCKED in found


def _told(one: Became) -> str:
    return f"{one.channel}, {one.account}: {one.recall} {one.says}\n"


def _became(one: Became) -> str:
    told = {name: getattr(one, name) for name in ("channel", "account", "recall", "became")}
    at = one.at.isoformat() if one.at else None
    return json.dumps({**told, "at": at, "says": one.says}, ensure_ascii=False) + "\n"
