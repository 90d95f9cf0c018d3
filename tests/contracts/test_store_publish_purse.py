"""What posts cost, and how far things were read, on every database."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from core.store.positions import KeptPositions
from core.store.purse import Expense, KeptPurse, expenses, month_of, spent
from core.store.work import Database
from tests.contracts.planning_stage import Ticking

CLOCK = Ticking()
MONTH = month_of(CLOCK.now())
SPENDERS, PRICE, CAP = 50, 15_000, 200_000
MINUTE = timedelta(minutes=1)


async def in_month(database: Database, month: str = MONTH) -> int:
    """Return what was spent in that month."""
    async with database.reading() as connection:
        return await spent(connection, month)


async def test_what_is_paid_for_is_written_down(database: Database) -> None:
    purse = KeptPurse(database, CLOCK)

    paid = await purse.spend("one", 15_000, 20_000)

    async with database.reading() as connection:
        found = await expenses(connection, MONTH, 10)
    assert paid
    assert await in_month(database) == 15_000
    assert found == (Expense("one", 15_000, CLOCK.now()),)


async def test_nothing_is_paid_for_twice(database: Database) -> None:
    purse = KeptPurse(database, CLOCK)
    await purse.spend("one", 15_000, 20_000)

    again = await purse.spend("one", 15_000, 20_000)

    assert again
    assert await in_month(database) == 15_000


async def test_what_would_pass_the_cap_is_not_paid_for(database: Database) -> None:
    purse = KeptPurse(database, CLOCK)
    await purse.spend("one", 15_000, 20_000)

    refused = await purse.spend("two", 5_001, 20_000)
    to_the_cap = await purse.spend("three", 5_000, 20_000)
    raised = await purse.spend("two", 5_001, 30_000)

    assert (refused, to_the_cap, raised) == (False, True, True)
    assert await in_month(database) == 25_001


async def test_what_the_platform_refused_is_given_back_once(database: Database) -> None:
    purse = KeptPurse(database, CLOCK)
    await purse.spend("one", 15_000, 20_000)
    await purse.spend("two", 1_000, 20_000)

    await purse.refund("one")
    await purse.refund("one")
    await purse.refund("never paid")

    assert await in_month(database) == 1_000
    assert await purse.spend("one", 15_000, 20_000)


async def test_each_month_and_each_purse_has_its_own_cap(database: Database) -> None:
    clock = Ticking(datetime(2026, 11, 30, 23, 59, tzinfo=UTC))
    purse, other = KeptPurse(database, clock), KeptPurse(database, clock, "other")
    await purse.spend("one", 10, 10)
    beside = await other.spend("its one", 10, 10)
    clock.move(minutes=1)

    next_month = await purse.spend("two", 10, 10)
    await purse.refund("one")

    assert (beside, next_month) == (True, True)
    assert await in_month(database, "x 2026-11") == 0
    assert await in_month(database, "x 2026-12") == 10
    assert await in_month(database, "other 2026-11") == 10


async def test_no_number_of_spenders_passes_the_cap(database: Database, url: str) -> None:
    second = await Database.open(url, patience=30)
    purses = [KeptPurse(database, CLOCK), KeptPurse(second, CLOCK)]

    paid = await asyncio.gather(
        *(purses[one % 2].spend(f"key {one}", PRICE, CAP) for one in range(SPENDERS))
    )

    await second.close()
    assert sum(paid) == CAP // PRICE
    assert await in_month(database) == CAP // PRICE * PRICE
    async with database.reading() as connection:
        assert len(await expenses(connection, MONTH, SPENDERS)) == CAP // PRICE


async def test_spenders_and_refunds_of_one_key_agree_in_the_end(
    database: Database, url: str
) -> None:
    second = await Database.open(url, patience=30)
    purses = [KeptPurse(database, CLOCK), KeptPurse(second, CLOCK)]

    await asyncio.gather(
        *(purses[one % 2].spend("one", PRICE, CAP) for one in range(10)),
        *(purses[one % 2].refund("one") for one in range(10)),
    )

    await second.close()
    async with database.reading() as connection:
        kept = await expenses(connection, MONTH, 10)
    assert await in_month(database) == sum(one.price for one in kept)


async def test_a_position_is_kept_sealed_in_place_of_the_one_before(database: Database) -> None:
    positions = KeptPositions(database)
    before = await positions.position("x mentions")

    await positions.keep("x mentions", "1234567890")
    await positions.keep("x mentions", "1234567999")
    await positions.keep("bluesky session", "secret token")

    async with database.reading() as connection:
        raw = [
            bytes(value)
            for value in await connection.scalars(text("SELECT value FROM position"))
        ]
    assert before is None
    assert await positions.position("x mentions") == "1234567999"
    assert await positions.position("bluesky session") == "secret token"
    assert not any(b"secret" in value or b"1234567" in value for value in raw)


async def test_one_of_many_who_take_a_reading_at_once_has_it(
    database: Database, url: str
) -> None:
    second = await Database.open(url, patience=30)
    both = [KeptPositions(database), KeptPositions(second)]
    now = CLOCK.now()

    took = await asyncio.gather(
        *(both[one % 2].take("x", str(one), now, now + MINUTE) for one in range(20))
    )

    await second.close()
    assert sum(took) == 1


async def test_a_reading_is_held_until_it_ends_or_is_given_up(database: Database) -> None:
    positions, now = KeptPositions(database), CLOCK.now()

    assert await positions.take("x", "one", now, now + MINUTE)
    assert await positions.take("x", "one", now, now + 2 * MINUTE)
    assert not await positions.take("x", "two", now + MINUTE, now + 3 * MINUTE)
    assert await positions.take("y", "two", now, now + MINUTE)
    assert await positions.take("x", "two", now + 2 * MINUTE, now + 3 * MINUTE)
    assert not await positions.take("x", "one", now + 2 * MINUTE, now + 4 * MINUTE)
    assert await positions.take("x", "two", now, now)
    assert await positions.take("x", "one", now, now + MINUTE)
