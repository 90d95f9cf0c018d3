"""A process that drafts, releases and posts for one account, to be killed at any moment."""

from __future__ import annotations

import asyncio
import os
import sys
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection
from time import monotonic
from typing import Any

import structlog
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route
from sqlalchemy import text

from bots.bluesky.channel import Bluesky
from bots.bluesky.settings import BlueskySettings
from bots.discord.channel import Discord
from bots.discord.settings import DiscordSettings
from bots.mastodon.channel import Mastodon
from bots.mastodon.settings import MastodonSettings
from bots.surroundings import Surroundings
from bots.telegram.channel import Telegram
from bots.telegram.pace import UNLIMITED
from bots.telegram.settings import TelegramSettings
from bots.x.channel import X
from bots.x.settings import XSettings
from core.alert.dispatch import Dispatcher, Pipe
from core.alert.planner import plan_all
from core.channel import Channel
from core.ingest.run import Reader
from core.match.decide import Knowledge
from core.model.lexicon import Lexicon
from core.publish.desk import Desk
from core.publish.drafting import Drafting
from core.publish.summing import Summing
from core.publish.voice import Voice
from core.store.positions import KeptPositions
from core.store.purse import KeptPurse
from core.store.work import Database
from tests.builders import an_age
from tests.drill.victim import OLD, Later
from tests.fakes import FakeKept, FakeSource, a_record

LEXICON = Lexicon()
WRONG, LONG = 3, 5
# Narrow, so that much is claimed and little is under way when it is killed.
PIPE = Pipe(width=2, ahead=6, commit=0.01, idle=0.01)
_REVISED = text("SELECT EXISTS (SELECT 1 FROM revision WHERE number > 1)")
Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Errand:
    """What a process is to do: on which database and platform, of how many recalls, when.

    `mark` stands in every text: some platforms look for a post by what it says.
    """

    url: str
    folder: str
    platform: str
    given: Given
    many: int
    mark: str
    later: timedelta = timedelta()


def recalls(errand: Errand, *, corrected: bool) -> list[Any]:
    """Return what the authority says: one model is wrong until it was corrected."""
    numbers = range(errand.many)
    return [OLD, *(_recall(number, errand.mark, corrected=corrected) for number in numbers)]


def _recall(number: int, mark: str, *, corrected: bool) -> Any:
    models = [f"{mark}-{number:02}"]
    if number == WRONG:
        models = [f"{mark}-RIGHT" if corrected else f"{mark}-WRONG"]
    if number == LONG:
        models = [f"{mark}-LONG-{one:03}" for one in range(60)]
    product = f"Acme {models[0]} power bank"
    return a_record(
        f"drill-{number}",
        product=product,
        title=f"Acme recalls its {product}",
        units={"op": "model", "any_of": models, "match": "exact"},
        published="2026-06-13",
    )


def run(errand: Errand, begun: Connection) -> None:
    """Do the errand to its end; say when it begins."""
    os.chdir(errand.folder)
    warnings.simplefilter("ignore")
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    begun.send("begun")
    asyncio.run(_run(errand))


async def _run(errand: Errand) -> None:
    database = await Database.open(errand.url)
    clock = Later(errand.later, monotonic())
    channel = channel_of(errand, database, clock)
    async with database.reading() as connection:
        revised = bool(await connection.scalar(_REVISED))
    for corrected in (False, True)[revised:]:
        source = FakeSource(records=recalls(errand, corrected=corrected), at=clock.now())
        await Reader(database, clock).cycle(source)
        await plan_all(database, LEXICON, clock)
        for _ in range(2):
            await _posted(database, clock, channel)
    await channel.close()
    await database.close()


async def _posted(database: Database, clock: Later, channel: Channel) -> None:
    """Draft, release and send all that may be."""
    voices = {channel.kind: Voice(channel.render, channel.capabilities)}
    await Drafting(database, clock, lambda: voices).run()
    await Summing(database, clock, voices).run()
    await Desk(database, clock).release_due()

    async def knowledge() -> Knowledge:
        return Knowledge(LEXICON, (an_age(),), clock.now())

    await Dispatcher(database, channel, clock, knowledge, PIPE).drain()


def channel_of(errand: Errand, database: Database, clock: Later) -> Channel:
    """Return the channel of the platform, as the running program has it."""
    around = Surroundings(
        clock.now,
        FakeKept(),
        lambda *_: (),
        purse=KeptPurse(database, clock),
        positions=KeptPositions(database),
    )
    return _CHANNELS[errand.platform](errand.given, around)


def _x(given: Given, around: Surroundings) -> Channel:
    return X(XSettings.model_validate(given), around)


def _bluesky(given: Given, around: Surroundings) -> Channel:
    return Bluesky(BlueskySettings.model_validate(given), around)


def _mastodon(given: Given, around: Surroundings) -> Channel:
    del around
    return Mastodon(MastodonSettings.model_validate(given))


def _telegram(given: Given, around: Surroundings) -> Channel:
    return Telegram(TelegramSettings.model_validate(given), around, UNLIMITED)


def _discord(given: Given, around: Surroundings) -> Channel:
    Route.BASE, gateway = given["api"], yarl.URL(given["gateway"])
    DiscordWebSocket.DEFAULT_GATEWAY = gateway
    return Discord(DiscordSettings.model_validate({"token": given["token"]}), around)


_CHANNELS: Mapping[str, Callable[[Given, Surroundings], Channel]] = {
    "x": _x,
    "bluesky": _bluesky,
    "mastodon": _mastodon,
    "telegram": _telegram,
    "discord": _discord,
}
