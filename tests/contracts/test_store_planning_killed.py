"""A process that plans is killed anywhere: the next one completes it, and repeats nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from core.alert.planner import LEASE
from core.store.planning import CHUNK
from core.store.work import Database
from tests.builders import a_notice
from tests.contracts.planning_stage import World

ROOT = Path(__file__).parent.parent.parent
OWNERS = 2 * CHUNK + 10
_PEOPLE = text("INSERT INTO subscriber (pk, created_at, heard_at) VALUES (:pk, :now, :now)")
_CHATS = text(
    "INSERT INTO address (pk, channel, place, family, chat, subscriber, takes)"
    " VALUES (:pk, 'telegram', :place, :place, :place, :pk, 'everything')"
)
_THINGS = text(
    "INSERT INTO owned_item (subscriber, product, confirmed, added_at)"
    " VALUES (:pk, :product, :yes, :now)"
)


async def crowd(world: World) -> None:
    """Let thousands own what one person told us of."""
    await world.owner("1")
    product = (await world.run("SELECT product FROM owned_item"))[0].product
    now = "2026-06-14 09:00:00"
    people = [
        {"pk": pk, "place": f"{pk:016}".encode(), "now": now, "product": product, "yes": True}
        for pk in range(10, OWNERS + 9)
    ]
    async with world.database.writing() as connection:
        cast = connection.dialect.name == "postgresql"
        for statement in (_PEOPLE, _CHATS, _THINGS):
            sql = str(statement).replace(
                ":now", "CAST(:now AS timestamptz)" if cast else ":now"
            )
            await connection.execute(text(sql), people)


def plan_until_killed(url: str, calls: int) -> int:
    """Plan in another process, which kills itself when it asks for the time so often."""
    command = [sys.executable, "-m", "tests.contracts.planning_victim", url, str(calls)]
    paths = {"PYTHONPATH": str(ROOT)}
    environment = {**os.environ, **paths}
    return subprocess.run(command, check=False, env=environment).returncode


@pytest.mark.parametrize("calls", range(1, 8))
async def test_a_killed_process_leaves_nothing_half(
    url: str, database: Database, calls: int
) -> None:
    world = World(database)
    await crowd(world)
    await world.publish(a_notice())

    assert plan_until_killed(url, calls) == -signal.SIGKILL
    world.clock.move(seconds=2 * LEASE.total_seconds())
    await world.plan()

    counted = await world.run(
        "SELECT COUNT(*) AS n, COUNT(DISTINCT address) AS m FROM delivery"
    )
    alerts = await world.run("SELECT pk FROM alert WHERE planned_at IS NOT NULL")
    assert [(row.n, row.m) for row in counted] == [(OWNERS, OWNERS)]
    assert len(alerts) == 1
    assert await world.run("SELECT notice FROM revision WHERE planned_at IS NULL") == []
    assert await world.run("SELECT name FROM meta WHERE name = 'planning'") == []
