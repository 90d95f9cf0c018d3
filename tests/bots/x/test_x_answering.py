"""Somebody asks on X, and the real bot answers: one post on the model, never a serial."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path

from bots.app import open_database, open_talk, serve
from bots.surroundings import Surroundings
from bots.x.channel import X
from core.clock import SystemClock
from core.settings import Settings
from core.store.positions import KeptPositions
from core.store.purse import KeptPurse, spent
from tests.bots.x.stage import AT_ONCE, settings_for
from tests.fakes import FakeKept
from tests.platforms.x_judge import judged_weight
from tests.platforms.x_server import XServer

BOT = "recalls_test"
SERIAL = "ASABCDE12345678"


@asynccontextmanager
async def running(server: XServer, folder: Path) -> AsyncIterator[Settings]:
    """Run the bot on this platform with a database in this folder."""
    settings = Settings(database_url=f"sqlite:///{folder}/bot.db")
    clock, stopping = SystemClock(), asyncio.Event()
    database = await open_database(settings, clock)
    try:
        with closing(await open_talk(database, settings, clock)) as talk:
            around = Surroundings(
                lambda: datetime.now(UTC),
                FakeKept(),
                lambda *_: (),
                "https://bot.example.org",
                purse=KeptPurse(database, clock),
                positions=KeptPositions(database),
            )
            more = {"mentions": BOT, "mentions_seconds": 1}
            channel = X(settings_for(server, **more), around, AT_ONCE)
            serving = asyncio.create_task(serve([channel], talk, stopping))
            yield settings
            stopping.set()
            await serving
            await channel.close()
    finally:
        await database.close()


async def test_a_question_gets_one_answer_on_the_model_and_a_way_into_private(
    server: XServer, tmp_path: Path
) -> None:
    question = server.person("ann").mentions(f"@{BOT} is my Anker A1263 recalled? SN {SERIAL}")

    async with running(server, tmp_path):
        await server.until(lambda: server.replies_to(question))

    (answer,) = server.replies_to(question)
    assert judged_weight(answer.text) <= 280
    assert "A1263" in answer.text
    assert "Stop using" in answer.text
    assert "bot.example.org/?start=check_" in answer.text
    assert SERIAL not in answer.text
    assert server.complaints == []


async def test_a_restart_answers_nobody_twice_and_the_purse_has_paid(
    server: XServer, tmp_path: Path
) -> None:
    question = server.person("ann").mentions(f"@{BOT} Anker A1263?")
    async with running(server, tmp_path):
        await server.until(lambda: server.replies_to(question))
    later = server.person("bo").mentions(f"@{BOT} INIU BI-B41?")

    async with running(server, tmp_path) as settings:
        await server.until(lambda: server.replies_to(later))
        database = await open_database(settings)
        async with database.reading() as connection:
            paid = await spent(connection, f"x {datetime.now(UTC):%Y-%m}")
        await database.close()

    assert len(server.replies_to(question)) == 1
    assert paid == server.bill.spent * 1_000_000
