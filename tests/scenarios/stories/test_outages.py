"""Stories of ourselves failing: down for days, blocked, killed, and two of us at once."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from core.clock import SystemClock
from core.schedule import FIRST, Schedule, Task
from tests.bots.conftest import environment
from tests.fakes import a_record
from tests.platforms.telegram_server import Person
from tests.scenarios.stories.street import Street
from tests.scenarios.stories.town import Town

OTHER = a_record("0", brands=["Other"], units={"op": "model", "any_of": ["Z1"]})
YOURS = "Product safety recall: your Acme X100 power bank"
BLOCKED = timedelta(minutes=2)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
CLAIMED = text("SELECT COUNT(*) FROM delivery WHERE state = 1")
MOVING = text("SELECT COUNT(*) FROM delivery WHERE state IN (0, 1, 2)")


def numbered(number: int) -> dict[str, Any]:
    """Return one of many recalls."""
    units = {"op": "model", "any_of": [f"PB{number:02}"], "match": "exact"}
    return a_record(f"n{number}", units=units, product=f"Acme power bank {number:02}")


async def test_s05_after_three_days_down_owners_get_alerts_and_feeds_one_card(
    town: Town,
) -> None:
    await town.reads(OTHER)
    await town.says("I own an Acme PB07", "ann")
    await town.says("I own an Acme PB33", "bob")
    await town.says_in_group("/feed on", "flat", admin=True)
    await town.reads(OTHER, a_record("before", product="Zorb lamp"))
    await town.passes(minutes=5)
    before = len(town.got("flat"))

    town.clock.pass_days(3)
    await town.reads(OTHER, *(numbered(number) for number in range(40)))
    await town.passes(hours=12)

    assert town.headlines("ann") == ["Product safety recall: your Acme power bank 07 (PB07)"]
    assert town.headlines("bob") == ["Product safety recall: your Acme power bank 33 (PB33)"]
    [card] = town.got("flat")[before:]
    assert "40" in card.partition("\n")[0]


@pytest.mark.parametrize("restarted", [False, True], ids=["blocked", "restarted"])
async def test_s16_what_was_due_while_we_were_blocked_or_down_is_done_once(
    town: Town, *, restarted: bool
) -> None:
    await town.reads(OTHER)
    await town.says("I own an Acme X100", "ann")
    await town.reads(OTHER, a_record("1"))
    begun: list[datetime] = []
    ended = asyncio.Event()

    async def job() -> None:
        begun.append(SystemClock().now())
        await town.works()
        ended.set()

    # The scheduler goes by the machine's clock: to it, all this was due two minutes ago.
    late = SystemClock().now() - BLOCKED - FIRST
    if restarted:
        before = Schedule([Task("alerts", MINUTE, None, job)], SystemClock().now())
        before.start()
        await before.stop()
    schedule = Schedule([Task("alerts", MINUTE, late - HOUR, job)], late)
    schedule.start()
    await ended.wait()
    await schedule.stop()
    again = Schedule([Task("alerts", MINUTE, begun[-1], job)], SystemClock().now())
    again.start()
    await again.stop()

    assert len(begun) == 1
    assert town.headlines("ann") == [YOURS]


@contextmanager
def a_worker(url: str, street: Street) -> Iterator[subprocess.Popen[str]]:
    """Run one more process that plans and sends, until it is killed or told to stop."""
    told = [url, street.server.url, street.server.token]
    command = [sys.executable, "-m", "tests.scenarios.stories.worker", *told]
    with subprocess.Popen(
        command, env=environment(), stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


async def is_ready(process: subprocess.Popen[str]) -> None:
    """Wait until a worker begins."""
    assert process.stdout is not None
    assert await asyncio.to_thread(process.stdout.readline) == "ready\n"


async def all_sent(street: Street) -> None:
    """Wait until nothing waits to be sent, and nothing is being sent."""
    async with asyncio.timeout(60):
        while await counted(street, MOVING):  # noqa: ASYNC110 - nobody tells of a count
            await asyncio.sleep(0.05)


async def counted(street: Street, what: Any) -> int:
    """Return a number out of the outbox."""
    async with street.town.database.reading() as connection:
        return int(await connection.scalar(what) or 0)


def alerts(people: list[Person]) -> list[int]:
    """Return how many alerts each has got."""
    return [sum(post.text.startswith(YOURS) for post in one.chat.posts) for one in people]


async def test_s08_two_processes_on_one_database_write_to_everybody_once(
    street: Street, empty: str
) -> None:
    street.town.clock.at = SystemClock().now()
    await street.town.reads(OTHER)
    people = await street.owners(40)
    street.server.delay = 0.05
    with a_worker(empty, street) as one, a_worker(empty, street) as other:
        await asyncio.gather(is_ready(one), is_ready(other))

        await street.town.reads(OTHER, a_record("1"))
        await street.until(lambda: min(alerts(people)) >= 1)
        await all_sent(street)
        for process in (one, other):
            process.send_signal(signal.SIGTERM)
        told = [
            (await asyncio.to_thread(process.communicate))[0].split()[-1]
            for process in (one, other)
        ]

    assert alerts(people) == [1] * 40
    assert min(map(int, told)) > 0
    assert sum(map(int, told)) == 40


async def test_s24_killed_in_the_middle_nothing_is_lost_and_only_what_was_claimed_repeats(
    street: Street, empty: str
) -> None:
    street.town.clock.at = SystemClock().now()
    await street.town.reads(OTHER)
    people = await street.owners(40)
    street.server.delay = 0.03
    await street.town.reads(OTHER, a_record("1"))

    with a_worker(empty, street) as killed:
        await street.until(lambda: sum(alerts(people)) >= 10)
        killed.kill()
        await asyncio.to_thread(killed.wait)
    arrived = alerts(people)
    claimed = await counted(street, CLAIMED)
    with a_worker(empty, street):
        await street.until(lambda: min(alerts(people)) >= 1)
        await all_sent(street)

    assert 10 <= sum(arrived) < 40
    assert min(alerts(people)) == 1
    assert sum(alerts(people)) - 40 <= claimed
