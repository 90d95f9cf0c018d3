"""What `recallbot replay` prints: every message anyone would have got, and a summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import indent
from typing import Any

import structlog

from bots.failure import Failure
from bots.logs import set_up
from bots.replay import REPLY, Played, Told, household_named, replay
from core.settings import Settings
from core.store import ledger
from core.store.keys import given_ring
from core.store.work import Database
from core.stories.read import StoryError, read
from core.stories.story import Story

MARGIN = "    "


async def played(settings: Settings, name: str, lang: str | None, *, kept: bool) -> Played:
    """Play the story of that name; `kept`: on the database of the settings, which is empty.

    Otherwise on one that is gone afterwards. Raises Failure where that cannot be.
    """
    set_up(settings)
    # What becomes of each notice is told by the messages.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("error"))
    async with _opened(settings, kept=kept) as database:
        return await replay(story_named(name), database, lang)


def story_named(name: str) -> Story:
    """Return the story; raises Failure where there is none, or it cannot be played."""
    try:
        return read(name)
    except StoryError as error:
        raise Failure(error.problems[0]) from None


@asynccontextmanager
async def _opened(settings: Settings, *, kept: bool) -> AsyncIterator[Database]:
    with TemporaryDirectory(prefix="recallbot-replay-") as folder:
        url = settings.database_url if kept else f"sqlite:///{Path(folder) / 'replay.db'}"
        ring = given_ring(settings.secret_key) if kept else None
        database = await Database.open(url, ring=ring)
        try:
            async with database.reading() as connection:
                if not await ledger.is_new(connection):
                    raise Failure("a story is played on an empty database; this one is not")
            yield database
        finally:
            await database.close()


def household_id(story: Story, name: str | None) -> str | None:
    """Return the id of the household of that name, None for all; raises Failure for none."""
    if name is None:
        return None
    found = household_named(story, name)
    if found is None:
        known = ", ".join(one.id for one in story.households)
        raise Failure(f"there is no household {name!r} in the story; there are {known}")
    return found.id


def shown(result: Played, household: str | None = None) -> str:
    """Return the messages in order, and the summary, as text to read."""
    names = {one.id: one.name for one in result.story.households}
    parts = [_entry(one, names) for one in _of(result, household)]
    return "\n\n".join([*parts, "\n".join(_summary(result, household))]) + "\n"


def as_json(result: Played, household: str | None = None) -> dict[str, Any]:
    """Return the same for programs."""
    return {
        "story": result.story.story,
        "messages": [
            {
                "at": one.at.isoformat(),
                "household": one.household,
                "channel": one.channel,
                "reason": one.reason,
                "edited": one.edited,
                "said": one.said,
                "text": one.text,
            }
            for one in _of(result, household)
        ],
        "counts": [
            {"household": name, "reason": reason, "messages": count}
            for (name, reason), count in sorted(_counts(result, household).items())
        ],
        "not_pressed": result.not_pressed,
        "lost": result.lost,
        "repeated": result.repeated,
    }


def _of(result: Played, household: str | None) -> list[Told]:
    return [one for one in result.told if household in {None, one.household}]


def _entry(one: Told, names: dict[str, str]) -> str:
    edited = ", edited" if one.edited else ""
    head = (
        f"{one.at:%Y-%m-%d %H:%M} {names[one.household]} ({one.channel}): {one.reason}{edited}"
    )
    said = [indent(one.said, "> ", lambda _: True)] if one.said else []
    return "\n".join((head, *said, indent(one.text, MARGIN)))


def _counts(result: Played, household: str | None) -> Counter[tuple[str, str]]:
    return Counter((one.household, one.reason) for one in _of(result, household))


def _summary(result: Played, household: str | None) -> Iterator[str]:
    counts = _counts(result, household)
    yield "Messages by household and reason:"
    for one in result.story.households:
        reasons = {why: n for (name, why), n in sorted(counts.items()) if name == one.id}
        if reasons:
            each = ", ".join(f"{why} {n}" for why, n in reasons.items())
            yield f"{MARGIN}{one.name}: {each}"
    replies = sum(n for (_, why), n in counts.items() if why == REPLY)
    yield f"{counts.total() - replies} alerts and what follows them, {replies} replies"
    yield f"lost {result.lost}, repeated {result.repeated}"
    for problem in result.not_pressed:
        yield f"not pressed: {problem}"
