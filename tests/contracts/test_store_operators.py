"""What the store promises of the people at the desk, on every database."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from core.store import audit, operators, sessions
from core.store.audit import Done
from core.store.operators import NameTaken, Secrets
from core.store.work import Database

SECRETS = Secrets("$argon2id$kept", "ABCD", ("one", "two"))
NOON = datetime(2026, 6, 14, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def ann(database: Database, name: str = "ann") -> int:
    async with database.writing() as connection:
        return await operators.add(connection, name, "editor", SECRETS, NOON)


async def test_somebody_is_found_by_name_and_number(database: Database) -> None:
    async with database.reading() as connection:
        before = await operators.anybody(connection)
    pk = await ann(database)

    async with database.reading() as connection:
        known = await operators.by_name(connection, "ann")
        same = await operators.by_number(connection, pk)
        nobody = await operators.by_name(connection, "Ann")
        everybody = await operators.everybody(connection)
        after = await operators.anybody(connection)

    assert known
    assert known == same == everybody[0]
    assert (known.name, known.role, known.active) == ("ann", "editor", True)
    assert (known.totp, known.recovery) == ("ABCD", ("one", "two"))
    assert (before, nobody, after) == (False, None, True)
    assert "ABCD" not in repr(known)
    assert "argon2" not in repr(known)


async def test_a_name_is_taken_once(database: Database) -> None:
    await ann(database)

    with pytest.raises(NameTaken):
        await ann(database)


async def test_a_totp_step_is_used_once_by_any_two_at_once(database: Database) -> None:
    pk = await ann(database)

    async def use(step: int) -> bool:
        async with database.writing() as connection:
            return await operators.use_counter(connection, pk, step)

    used = await asyncio.gather(*(use(100) for _ in range(5)))
    earlier, later = await use(99), await use(101)

    assert sorted(used) == [False] * 4 + [True]
    assert (earlier, later) == (False, True)


async def test_a_recovery_code_is_used_once_by_any_two_at_once(database: Database) -> None:
    pk = await ann(database)

    async def use(code: str) -> bool:
        async with database.writing() as connection:
            return await operators.use_recovery(connection, pk, code)

    used = await asyncio.gather(*(use("one") for _ in range(5)))
    other, unknown = await use("two"), await use("three")

    assert sorted(used) == [False] * 4 + [True]
    assert (other, unknown) == (True, False)


async def test_tries_are_counted_and_none_is_begun_while_locked(database: Database) -> None:
    pk = await ann(database)

    async with database.writing() as connection:
        counted = [await operators.begin_try(connection, pk, NOON) for _ in range(3)]
        await operators.lock(connection, pk, NOON + HOUR)
        locked = await operators.begin_try(connection, pk, NOON + HOUR / 2)
        again = await operators.begin_try(connection, pk, NOON + HOUR)
        await operators.note_success(connection, pk)
        known = await operators.by_number(connection, pk)
        nobody = await operators.begin_try(connection, pk + 1, NOON)

    assert (counted, locked, again, nobody) == ([1, 2, 3], None, 4, None)
    assert known
    assert (known.failures, known.locked_until) == (0, None)


async def test_a_password_replaces_the_one_that_was_seen_and_no_other(
    database: Database,
) -> None:
    pk = await ann(database)

    async with database.writing() as connection:
        wrong = await operators.change_password(connection, pk, "another", "mine")
        right = await operators.change_password(connection, pk, SECRETS.password, "mine")
        known = await operators.by_number(connection, pk)

    assert (wrong, right) == (False, True)
    assert known
    assert known.password == "mine"


async def test_a_session_is_found_while_its_owner_may_work(database: Database) -> None:
    pk = await ann(database)

    async with database.writing() as connection:
        await sessions.begin(connection, "digest", pk, NOON)
        await sessions.seen(connection, "digest", NOON + HOUR)
        found = await sessions.find(connection, "digest")
        unknown = await sessions.find(connection, "other")
        await sessions.end(connection, "digest")
        ended = await sessions.find(connection, "digest")

    assert found
    assert (found.operator, found.name, found.role) == (pk, "ann", "editor")
    assert (found.begun_at, found.seen_at) == (NOON, NOON + HOUR)
    assert (unknown, ended) == (None, None)


@pytest.mark.parametrize("change", ["role", "active", "secrets"])
async def test_what_changes_about_somebody_ends_their_sessions_alone(
    database: Database, change: str
) -> None:
    pk, other = await ann(database), await ann(database, "bob")

    async with database.writing() as connection:
        for place, owner in enumerate((pk, pk, other)):
            await sessions.begin(connection, f"digest{place}", owner, NOON)
        if change == "role":
            await operators.set_role(connection, pk, "admin")
        elif change == "active":
            await operators.set_active(connection, pk, active=False)
        else:
            await operators.set_secrets(connection, pk, SECRETS)
        counts = [await sessions.count(connection, owner) for owner in (pk, other)]

    assert counts == [0, 1]


async def test_all_sessions_but_one_end(database: Database) -> None:
    pk = await ann(database)

    async with database.writing() as connection:
        for place in range(3):
            await sessions.begin(connection, f"digest{place}", pk, NOON)
        ended = await sessions.end_all(connection, pk, keep="digest1")
        kept = await sessions.find(connection, "digest1")

    assert ended == 2
    assert kept


async def test_old_and_idle_sessions_are_swept_away(database: Database) -> None:
    pk = await ann(database)

    async with database.writing() as connection:
        await sessions.begin(connection, "old", pk, NOON - 9 * HOUR)
        await sessions.seen(connection, "old", NOON)
        await sessions.begin(connection, "idle", pk, NOON - 5 * HOUR)
        await sessions.begin(connection, "used", pk, NOON - 5 * HOUR)
        await sessions.seen(connection, "used", NOON)
        await sessions.sweep(connection, NOON - 8 * HOUR, NOON - 4 * HOUR)
        left = [
            name for name in ("old", "idle", "used") if await sessions.find(connection, name)
        ]

    assert left == ["used"]


async def test_the_log_is_read_from_the_newest_in_pages(database: Database) -> None:
    async with database.writing() as connection:
        for number in range(5):
            done = Done("approve", number, 7, f"remark {number}\0")
            await audit.add(connection, NOON + number * HOUR, "ann", done)
        newest = await audit.page(connection, 2)
        older = await audit.page(connection, 9, before=newest[-1].pk)

    assert [one.alert for one in (*newest, *older)] == [4, 3, 2, 1, 0]
    assert newest[0].at == NOON + 4 * HOUR
    assert (newest[0].who, newest[0].did, newest[0].detail) == ("ann", "approve", "remark 4")
    assert newest[0].account == 7
