"""What `recallbot drill` does: opens the channels it needs, and tells what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack

from bots.app import open_database
from bots.ask import aged
from bots.failure import Failure
from bots.registry import PLATFORMS, found
from bots.surroundings import Surroundings
from bots.working import opener, without_pages
from core.alert.drill import Drill
from core.channel import Address, Channel
from core.clock import Clock, SystemClock
from core.match.decide import Knowledge
from core.model.delivery import State
from core.settings import Settings, variable
from core.store import notices
from core.store.drills import Outcome
from core.store.work import Database


def audience(settings: Settings, named: Sequence[str]) -> list[Address]:
    """Return the addresses to test, those named or else those of the settings.

    Raises Failure where there is none, or one is not named CHANNEL:ADDRESS.
    """
    pairs = [one.partition(":") for one in named]
    found = [Address(kind.strip().lower(), chat.strip()) for kind, _, chat in pairs]
    found = found or [Address(kind, chat) for kind, chat in settings.test_audience]
    if not found:
        setting = variable(Settings, "test_audience")
        raise Failure(f"nobody to test: name them with --to CHANNEL:ADDRESS, or in {setting}")
    for one in found:
        if not one.chat or one.channel not in PLATFORMS:
            known = " or ".join(f"{name}:ADDRESS" for name in PLATFORMS)
            raise Failure(f"an address to test is named {known}")
    return list(dict.fromkeys(found))


async def drilled(
    settings: Settings, named: Sequence[str], notice: str | None, clock: Clock | None = None
) -> tuple[str, list[Outcome]]:
    """Send a test alert to the test audience; return of which notice, and what became of it.

    Without a `notice` it is about the one published last. Raises Failure.
    """
    clock, places = clock or SystemClock(), audience(settings, named)
    async with AsyncExitStack() as stack:
        database = await open_database(settings, clock)
        stack.push_async_callback(database.close)
        name = notice or await _newest(database)
        around = without_pages(database, settings, clock)
        kinds = dict.fromkeys(place.channel for place in places)
        channels = {kind: await _opened(stack, kind, around) for kind in kinds}

        async def knowledge() -> Knowledge:
            async with database.reading() as connection:
                lexicon = await notices.lexicon(connection)
                ages = aged(await notices.source_ages(connection), settings)
            return Knowledge(lexicon, ages, clock.now())

        told = await Drill(database, channels, clock, knowledge).run(name, places)
    if told is None:
        raise Failure(f"there is no recall {name!r}; `recallbot recalls` finds them")
    return name, told


async def _newest(database: Database) -> str:
    async with database.reading() as connection:
        (newest,) = await notices.latest(connection, 1)
    return newest.id


async def _opened(stack: AsyncExitStack, kind: str, around: Surroundings) -> Channel:
    channel = await opener(kind, around)()
    if channel is None:
        token = variable(found(PLATFORMS[kind].settings), "token")
        raise Failure(f"{token} is not set; `recallbot doctor` says how to get one")
    stack.push_async_callback(channel.close)
    return channel


def line(outcome: Outcome) -> str:
    """Return in one line what became of the test at one address."""
    where = f"{outcome.place.channel}:{outcome.place.chat}"
    if outcome.state is State.SENT:
        return f"{where}: sent, and accepted as message {outcome.message}"
    why = f" ({outcome.why})" if outcome.why else ""
    return f"{where}: {outcome.state.name.lower()}{why}"
