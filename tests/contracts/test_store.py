"""What the store promises on every database: opening, transactions, crashes."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import text

from core.model.keys import keys_of_notice
from core.store import notices, subscribers
from core.store.migrate import differences
from core.store.schema import NaiveTimeError
from core.store.version import HEAD
from core.store.work import Database, StoreUnavailable
from tests.builders import NOW, a_notice
from tests.contracts.store_cases import StoreCase

ROOT = Path(__file__).parent.parent.parent
OPENS_AND_CLOSES = """
import asyncio, sys
from core.store.work import Database

async def main():
    database = await Database.open(sys.argv[1], patience=60)
    await database.close()

asyncio.run(main())
"""
STOPS_IN_A_WRITE = """
import asyncio, sys
from core.store import notices
from core.store.work import Database
from tests.builders import NOW, a_notice

async def main():
    database = await Database.open(sys.argv[1], patience=60)
    async with database.writing() as connection:
        many = [a_notice(id=f"half-{number}") for number in range(600)]
        await notices.put_notices(connection, "cpsc", many, NOW)
        print("written", flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""


def start(program: str, url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, url],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


async def test_an_empty_database_is_brought_to_the_schema_of_the_code(empty_url: str) -> None:
    database = await Database.open(empty_url)

    async with database.reading() as connection:
        version = await connection.scalar(text("SELECT version_num FROM alembic_version"))
        found = await notices.latest(connection, 10)
    await database.close()

    assert version == HEAD
    assert found == ()
    assert await asyncio.to_thread(differences, empty_url) == []


async def test_opening_again_keeps_what_is_there(url: str) -> None:
    first = await Database.open(url)
    async with first.writing() as connection:
        await notices.put_notices(connection, "cpsc", [a_notice()], NOW)
    await first.close()

    second = await Database.open(url)
    async with second.reading() as connection:
        found = await notices.notice(connection, "acme-x100-us")
    await second.close()

    assert found == a_notice()


async def test_a_database_of_a_newer_version_is_refused(url: str) -> None:
    database = await Database.open(url)
    async with database.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999_later'"))
    await database.close()

    with pytest.raises(StoreUnavailable, match="newer version of this program") as error:
        await Database.open(url)

    assert "9999_later" in error.value.reason
    assert "\n" not in error.value.reason


async def test_closing_twice_is_harmless(url: str) -> None:
    database = await Database.open(url)

    await database.close()
    await database.close()


async def test_two_programs_can_open_an_empty_database_at_the_same_moment(
    empty_url: str,
) -> None:
    programs = [start(OPENS_AND_CLOSES, empty_url) for _ in range(3)]

    outcomes = [await asyncio.to_thread(program.communicate) for program in programs]

    assert [program.returncode for program in programs] == [0, 0, 0], outcomes
    assert await asyncio.to_thread(differences, empty_url) == []


async def test_an_error_leaves_nothing_of_the_transaction(database: Database) -> None:
    async def fail() -> None:
        async with database.writing() as connection:
            await notices.put_notices(connection, "cpsc", [a_notice()], NOW)
            await subscribers.subscriber(connection, "web", "1", NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()

    async with database.reading() as connection:
        assert await notices.notice(connection, "acme-x100-us") is None
        assert await subscribers.find_subscriber(connection, "web", "1") is None


async def test_a_program_killed_in_a_write_leaves_a_whole_database_without_it(
    url: str,
) -> None:
    program = start(STOPS_IN_A_WRITE, url)
    assert program.stdout is not None
    said = await asyncio.to_thread(program.stdout.readline)

    program.send_signal(signal.SIGKILL)
    await asyncio.to_thread(program.communicate)
    database = await Database.open(url, patience=30)
    async with database.writing() as connection:
        before = await notices.latest(connection, 10)
        await notices.put_notices(connection, "cpsc", [a_notice()], NOW)
    async with database.reading() as connection:
        after = await notices.latest(connection, 10)
        keys = await connection.scalar(text("SELECT COUNT(*) FROM notice_key"))
    await database.close()

    assert said == "written\n"
    assert before == ()
    assert after == (a_notice(),)
    assert keys == len(keys_of_notice(a_notice()))


async def test_two_programs_that_write_at_once_lose_nothing(url: str) -> None:
    one, other = await Database.open(url, patience=60), await Database.open(url, patience=60)
    async with one.writing() as connection:
        await connection.execute(text("INSERT INTO meta (name, value) VALUES ('count', '0')"))

    async def count(database: Database) -> None:
        async with database.writing() as connection:
            await connection.execute(
                text(
                    "UPDATE meta SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)"
                    " WHERE name = 'count'"
                )
            )

    await asyncio.gather(*(count(database) for database in (one, other) * 20))
    async with one.reading() as connection:
        counted = await connection.scalar(text("SELECT value FROM meta WHERE name = 'count'"))
    await one.close()
    await other.close()

    assert counted == "40"


async def test_two_programs_that_put_the_same_notices_at_once_agree(url: str) -> None:
    one, other = await Database.open(url, patience=60), await Database.open(url, patience=60)

    async def put(database: Database) -> notices.Counts:
        async with database.writing() as connection:
            return await notices.put_notices(connection, "cpsc", [a_notice()], NOW)

    counts = await asyncio.gather(put(one), put(other))
    async with one.reading() as connection:
        revisions = await notices.revisions(connection, "acme-x100-us")
    await one.close()
    await other.close()

    assert sorted((count.new, count.same) for count in counts) == [(0, 1), (1, 0)]
    assert len(revisions) == 1


async def test_a_lock_of_somebody_else_is_waited_for_and_then_named(
    store_case: StoreCase, url: str
) -> None:
    database = await Database.open(url, patience=0.1)

    with (
        store_case.locked(url),
        pytest.raises(StoreUnavailable, match="locked by another program") as error,
    ):
        async with database.writing() as connection:
            await subscribers.subscriber(connection, "web", "1", NOW)
    async with database.writing() as connection:
        afterwards = await subscribers.subscriber(connection, "web", "1", NOW)
    await database.close()

    assert "\n" not in error.value.reason
    assert afterwards.chat == "1"


async def test_a_person_is_not_read_before_their_writer_has_finished(
    database: Database,
) -> None:
    async with database.writing() as connection:
        await subscribers.subscriber(connection, "web", "1", NOW)
        async with database.reading() as other:
            meanwhile = await subscribers.find_subscriber(other, "web", "1")

    async with database.reading() as connection:
        afterwards = await subscribers.find_subscriber(connection, "web", "1")

    assert meanwhile is None
    assert afterwards is not None


async def test_a_moment_comes_back_in_utc_whatever_zone_it_was_given_in(
    database: Database,
) -> None:
    tokyo = timezone(timedelta(hours=9))

    async with database.writing() as connection:
        moment = datetime(2026, 6, 14, 3, 4, 5, 678901, tzinfo=tokyo)
        await notices.set_source(connection, "cpsc", moment)
        [state] = await notices.source_ages(connection)

    assert state.as_of == moment
    assert state.as_of.tzinfo is UTC


async def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    naive = datetime(2026, 6, 14)  # noqa: DTZ001 - what must be refused

    async with database.writing() as connection:
        with pytest.raises(NaiveTimeError):
            await notices.set_source(connection, "cpsc", naive)
        with pytest.raises(NaiveTimeError):
            await notices.put_notices(connection, "cpsc", [a_notice()], naive)
        with pytest.raises(NaiveTimeError):
            await subscribers.subscriber(connection, "web", "1", naive)
