"""What `recallbot post` is asked for: which recalls, for which accounts, and when."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bots.failure import Failure
from bots.registry import PLATFORMS
from bots.web.desk.when import FARTHEST
from core.model.photo import Photo
from core.model.public import Account, Style
from core.publish.by_hand import in_language
from core.store import accounts, recalled
from core.store.recalled import AT_ONCE, Recalled
from core.store.work import Database
from core.text.translations import FALLBACK, languages

PRETEND = "default"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which recalls by id or official number, or `every` open one, at most `limit`.

    `channels` and `accounts` are names, none for all; `lang` is written in its place of the
    accounts' own. `at` is when it is to be posted, `photo` is shown on the picture.
    """

    recalls: tuple[str, ...] = ()
    every: bool = False
    limit: int | None = None
    channels: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    lang: str | None = None
    at: datetime | None = None
    images: Path | None = None
    photo: Photo | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A recall and the id under which it is shown."""

    id: str
    recall: Recalled


def posting_channels() -> tuple[str, ...]:
    """Return the channels that an account can post through."""
    return tuple(name for name, platform in PLATFORMS.items() if platform.renders)


def known_language(tag: str) -> str:
    """Return a language as we name it; raises Failure where there are no words of it."""
    wanted = tag.strip().replace("_", "-").casefold()
    for known in languages():
        if known.casefold() == wanted:
            return known
    raise Failure(f"there is no language {tag!r}; there are {', '.join(languages())}")


def moment_in(text: str, now: datetime) -> datetime:
    """Return the moment in UTC that an ISO 8601 time names, in local time where it has no zone.

    "09:30" is today. Raises Failure for the past, for after a year, and where it is no time.
    """
    told = text.strip()
    if "-" not in told[:10]:
        told = f"{now.astimezone().date().isoformat()}T{told}"
    try:
        at = datetime.fromisoformat(told).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Failure(
            f"{text!r} is no time; write it like 2026-11-23T09:30 or 2026-11-23T09:30+01:00"
        ) from None
    if at <= now:
        raise Failure(f"{text!r} is past")
    if at > now + FARTHEST:
        raise Failure(f"{text!r} is more than a year away")
    return at


async def accounts_asked(database: Database, asked: Asked) -> tuple[Account, ...]:
    """Return the accounts that are set up and asked for; raises Failure for unknown names."""
    known = posting_channels()
    for name in asked.channels:
        if name not in known:
            raise Failure(f"no account posts on {name!r}; there are {', '.join(known)}")
    async with database.reading() as connection:
        every = await accounts.accounts(connection)
    there = [one for one in every if one.channel in (asked.channels or known)]
    if asked.accounts:
        there = [one for name in asked.accounts for one in called(there, name)]
    unique = {one.number: in_language(one, asked.lang) for one in there}
    return tuple(unique.values())


def called(every: Sequence[Account], name: str) -> list[Account]:
    """Return the accounts of that name, chat or number; raises Failure where there is none."""
    wanted = name.strip().casefold()
    found = [
        one
        for one in every
        if wanted in {one.name.casefold(), one.chat.casefold(), str(one.number)}
    ]
    if not found:
        raise Failure(f"there is no account {name!r}; `recallbot account list` shows them")
    return found


async def accounts_shown(database: Database, asked: Asked) -> tuple[Account, ...]:
    """Return the accounts to show posts of; where none is set up, one of each platform."""
    found = await accounts_asked(database, asked)
    if asked.accounts or (found and not asked.channels):
        return found
    there = {one.channel for one in found}
    wanted = [name for name in (asked.channels or posting_channels()) if name not in there]
    style = Style(lang=asked.lang or FALLBACK)
    return (*found, *(Account(0, name, "", PRETEND, style=style) for name in wanted))


async def recalls_asked(database: Database, asked: Asked) -> AsyncIterator[Named]:
    """Yield the recalls, a few in memory at once.

    Raises Failure before the first where one is unknown, or stands no longer.
    """
    if not asked.every:
        for one in (await _all_named(database, asked))[: asked.limit]:
            yield one
        return
    async with database.reading() as connection:
        events = (await recalled.newest(connection))[: asked.limit]
    for start in range(0, len(events), AT_ONCE):
        async with database.reading() as connection:
            some = await recalled.recalled(connection, events[start : start + AT_ONCE])
        for recall in some:
            if recall.open:
                yield Named(recall.open[0].id, recall)


async def _all_named(database: Database, asked: Asked) -> list[Named]:
    found = [await _named(database, name) for name in asked.recalls]
    return list({one.recall.event: one for one in found}.values())


async def _named(database: Database, name: str) -> Named:
    async with database.reading() as connection:
        events = await recalled.named(connection, name.strip())
        recalls = await recalled.recalled(connection, events[:AT_ONCE])
    if not recalls:
        raise Failure(f"no recall is called {name!r}; `recallbot recalls` lists them")
    if len(recalls) > 1:
        ids = ", ".join(one.notices[0].id for one in recalls)
        raise Failure(f"{name!r} is the number of several recalls: {ids}")
    [recall] = recalls
    if not recall.open:
        raise Failure(f"{name!r} is {recall.notices[0].state}: nothing is posted of it")
    standing = [one.id for one in recall.open]
    return Named(name if name in standing else standing[0], recall)
