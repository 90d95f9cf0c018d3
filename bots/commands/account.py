"""`recallbot account`: the public accounts that post, their rules and their style."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from bots.commands.place import Place
from core.model.public import Links, Mode

if TYPE_CHECKING:
    from bots.accounts import Accounts, Changes

T = TypeVar("T")
app = typer.Typer(
    help="Say which public accounts post recalls, and by which rules.", no_args_is_help=True
)
Which = Annotated[
    str, typer.Argument(metavar="ACCOUNT", help="Its name, its chat or its number.")
]
Names = list[str] | None
Name = Annotated[str | None, typer.Option("--name", help="What people call it.")]
Lang = Annotated[
    str | None, typer.Option("--lang", metavar="TAG", help="Its language, such as de.")
]
Region = Annotated[
    str | None,
    typer.Option("--region", metavar="CC", help="The country whose remedy comes first; any."),
]
ModeOption = Annotated[
    Mode | None,
    typer.Option("--mode", help="At once, after a delay to stop it in, or by approval."),
]
Delay = Annotated[
    int | None,
    typer.Option("--delay", min=1, max=10_080, metavar="MINUTES", help="Of mode delayed."),
]
Country = Annotated[
    Names, typer.Option("--country", metavar="CC", help="Only these countries; any for all.")
]
Hazard = Annotated[Names, typer.Option("--hazard", help="Only these hazards; any for all.")]
Category = Annotated[
    Names, typer.Option("--category", help="Only these kinds of product; any for all.")
]
Brand = Annotated[Names, typer.Option("--brand", help="Only these brands; any for all.")]
PerDay = Annotated[
    int | None, typer.Option("--per-day", min=1, max=500, help="At most so many posts a day.")
]
Hours = Annotated[
    str | None, typer.Option("--hours", metavar="22-7", help="When it does not post; any.")
]
Zone = Annotated[
    str | None, typer.Option("--zone", metavar="Europe/Berlin", help="Of those hours.")
]
TwoForSerious = Annotated[
    bool | None,
    typer.Option("--two-for-serious/--one-for-serious", help="Two people for what can kill."),
]
Threads = Annotated[
    bool | None, typer.Option("--threads/--no-threads", help="Several posts a recall.")
]
LinksOption = Annotated[
    Links | None, typer.Option("--links", help="In the post, in a reply below, or nowhere.")
]
Pictures = Annotated[bool | None, typer.Option("--pictures/--no-pictures")]
RoundUp = Annotated[
    bool | None, typer.Option("--round-up/--no-round-up", help="A post on every week.")
]
# Groups of Telegram have numbers below zero, which are no options.
BELOW_ZERO = {"ignore_unknown_options": True}


@app.command("list")
def everybody(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print it for programs.")] = False,  # noqa: FBT002 - Typer hands flags over like this
) -> None:
    """List the accounts and their rules."""
    from bots.accounts import rows, table  # noqa: PLC0415 - slow to import

    every = _run(context, lambda accounts: accounts.every())
    told = json.dumps(rows(every), indent=2, ensure_ascii=False) + "\n"
    sys.stdout.write(told if as_json else table(every))


@app.command("add", context_settings=BELOW_ZERO)
def add(
    context: typer.Context,
    channel: Annotated[str, typer.Argument(metavar="CHANNEL", help="Such as mastodon.")],
    chat: Annotated[
        str,
        typer.Argument(
            metavar="CHAT",
            help="The account among those set up; of Telegram @channel or its number, "
            "of Discord channel:ID.",
        ),
    ],
    _name: Name = None,
    _lang: Lang = None,
    _region: Region = None,
    _mode: ModeOption = None,
    _delay: Delay = None,
    _country: Country = None,
    _hazard: Hazard = None,
    _category: Category = None,
    _brand: Brand = None,
    _per_day: PerDay = None,
    _hours: Hours = None,
    _zone: Zone = None,
    _two_for_serious: TwoForSerious = None,
    _threads: Threads = None,
    _links: LinksOption = None,
    _pictures: Pictures = None,
    _round_up: RoundUp = None,
) -> None:
    """Let an account post; without --mode every post waits for somebody's approval."""
    changes, place = _changes(context), channel.strip().lower()
    account = _run(context, lambda accounts: accounts.add(place, chat, changes))
    sys.stdout.write(f"{account.name} posts on {account.channel}: {account.rules.mode}\n")


@app.command("set", context_settings=BELOW_ZERO)
def change(
    context: typer.Context,
    account: Which,
    _name: Name = None,
    _lang: Lang = None,
    _region: Region = None,
    _mode: ModeOption = None,
    _delay: Delay = None,
    _country: Country = None,
    _hazard: Hazard = None,
    _category: Category = None,
    _brand: Brand = None,
    _per_day: PerDay = None,
    _hours: Hours = None,
    _zone: Zone = None,
    _two_for_serious: TwoForSerious = None,
    _threads: Threads = None,
    _links: LinksOption = None,
    _pictures: Pictures = None,
    _round_up: RoundUp = None,
) -> None:
    """Change what an account posts and how it writes, from its next draft on."""
    from bots.accounts import table  # noqa: PLC0415 - slow to import

    changes = _changes(context)
    changed = _run(context, lambda accounts: accounts.change(account, changes))
    sys.stdout.write(table([changed]))


@app.command("pause", context_settings=BELOW_ZERO)
def pause(context: typer.Context, account: Which) -> None:
    """Draft nothing more for an account; what was released before still goes out."""
    paused = _run(context, lambda accounts: accounts.pause(account))
    sys.stdout.write(f"{paused.name} is paused\n")


@app.command("resume", context_settings=BELOW_ZERO)
def resume(context: typer.Context, account: Which) -> None:
    """Draft for an account what comes from now on."""
    resumed = _run(context, lambda accounts: accounts.resume(account))
    sys.stdout.write(f"{resumed.name} posts again\n")


@app.command("remove", context_settings=BELOW_ZERO)
def remove(context: typer.Context, account: Which) -> None:
    """Take an account away; one that has posts is only paused, so that they stay known."""
    gone, away = _run(context, lambda accounts: accounts.remove(account))
    paused = "has posts, which are to stay known: it is paused"
    sys.stdout.write(f"{gone.name} {'is taken away' if away else paused}\n")


def _changes(context: typer.Context) -> Changes:
    from bots.account_options import changes_from  # noqa: PLC0415 - slow to import

    options: dict[str, Any] = {
        name: value for name, value in context.params.items() if name.startswith("_")
    }
    # What may be repeated and was not given is empty.
    return changes_from(
        {name: value for name, value in options.items() if value not in ([], ())}
    )


def _run(context: typer.Context, act: Callable[[Accounts], Awaitable[T]]) -> T:
    """Act on the accounts of the database that was named."""
    from bots.accounts import open_accounts  # noqa: PLC0415 - slow to import

    place: Place = context.obj

    async def acted() -> T:
        async with open_accounts(place.settings()) as accounts:
            return await act(accounts)

    return asyncio.run(acted())
