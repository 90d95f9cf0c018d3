"""Changing the key of a database in use: nothing is lost, and the old one opens nothing."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import chdir
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, Table, insert, literal, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.products import Product
from core.store import conversations, operators, products
from core.store.keyring import KeyRing, SealBroken, place_of
from core.store.keys import key_file, ring_of, secrets_in
from core.store.location import Location
from core.store.positions import KeptPositions
from core.store.rotation import any_stale, reseal, rotate_file, sealed_tables
from core.store.schema import ADDRESS, CONVERSATION, OWNED_ITEM, SUBSCRIBER
from core.store.work import Database, StoreUnavailable
from tests.builders import NOW

ROOT = Path(__file__).parent.parent.parent
PEOPLE = 600
Told = tuple[str, str, str]
OLD, NEW = "an old secret of this test", "a new secret of this test"
# It stops after some transactions, as if in the middle of one, and is killed there.
STOPS_HALFWAY = """
import asyncio, sys
from contextlib import asynccontextmanager
from pathlib import Path
from core.store.rotation import rotate_file
from core.store.work import Database

class Halfway:
    def __init__(self, database, most):
        self.database, self.left, self.reading = database, most, database.reading

    @asynccontextmanager
    async def writing(self):
        async with self.database.writing() as connection:
            yield connection
            self.left -= 1
            if self.left == 0:
                print("halfway", flush=True)
                await asyncio.to_thread(sys.stdin.read)

async def main():
    database = await Database.open(sys.argv[1], patience=60)
    await rotate_file(Halfway(database, int(sys.argv[3])), Path(sys.argv[2]))
    print("at the end", flush=True)
    sys.stdin.read()

asyncio.run(main())
"""


@pytest.fixture
def key(url: str, tmp_path: Path) -> Iterator[Path]:
    """Give the key file of the database, which no other database has."""
    there = key_file(Location.of(url))
    if there.is_absolute():
        yield there
        return
    shutil.copy(there, tmp_path)
    with chdir(tmp_path):
        yield tmp_path / there.name


async def settle(connection: AsyncConnection, numbers: Sequence[int]) -> None:
    """Let people of these numbers have something in every sealed column but the buttons'."""
    product = await products.intern(connection, Product("Anker", "A1263"))
    who = [number + 1 for number in numbers]
    await _put(connection, SUBSCRIBER, who, pk=lambda n: n, created_at=NOW, heard_at=NOW)
    place = {"channel": "web", "place": _place, "family": _place, "takes": "everything"}
    await _put(
        connection, ADDRESS, who, pk=lambda n: n, subscriber=lambda n: n, **place, chat=_chat
    )
    own = {"facts": _serial, "nickname": _nickname, "confirmed": False, "added_at": NOW}
    await _put(connection, OWNED_ITEM, who, subscriber=lambda n: n, product=product, **own)
    await _put(connection, CONVERSATION, who, address=lambda n: n, body=_body, updated_at=NOW)


async def _put(
    connection: AsyncConnection, table: Table, numbers: Sequence[int], **columns: object
) -> None:
    await connection.execute(
        insert(table),
        [
            {name: make(n) if callable(make) else make for name, make in columns.items()}
            for n in numbers
        ],
    )


def _place(number: int) -> str:
    return place_of("web", _chat(number))


def _chat(number: int) -> str:
    return f"chat-{number}"


def _serial(number: int) -> str:
    return json.dumps({"serial": f"AJQ{number:08}"})


def _nickname(number: int) -> str:
    return f"nickname {number}"


def _body(number: int) -> str:
    return json.dumps({"n": number})


async def told(database: Database) -> dict[str, Told]:
    """Return what the database holds of each of them."""
    of_all = (
        select(ADDRESS.c.chat, OWNED_ITEM.c.facts, OWNED_ITEM.c.nickname, CONVERSATION.c.body)
        .join(OWNED_ITEM, OWNED_ITEM.c.subscriber == ADDRESS.c.subscriber)
        .join(CONVERSATION, CONVERSATION.c.address == ADDRESS.c.pk)
    )
    async with database.reading() as connection:
        rows = (await connection.execute(of_all)).all()
    return {row.chat: (row.facts, row.nickname, row.body) for row in rows}


def expected(count: int) -> dict[str, Told]:
    return {_chat(n): (_serial(n), _nickname(n), _body(n)) for n in range(1, count + 1)}


@pytest.fixture
async def filled(url: str, key: Path) -> str:
    """Give the URL of a database with people in it."""
    assert key.exists()  # noqa: ASYNC240 - nothing else runs meanwhile
    database = await Database.open(url)
    async with database.writing() as connection:
        await settle(connection, range(PEOPLE))
    await database.close()
    return url


def test_every_sealed_column_is_one_that_is_sealed_anew() -> None:
    found = {(each.table.name, column) for each in sealed_tables() for column in each.columns}

    assert found == {
        ("address", "chat"),
        ("pressed", "says"),
        ("owned_item", "facts"),
        ("owned_item", "nickname"),
        ("owned_item", "lent_to"),
        ("conversation", "body"),
        ("operator", "totp"),
        ("position", "value"),
    }


async def test_secrets_of_the_public_voice_are_sealed_anew_too(url: str, key: Path) -> None:
    database = await Database.open(url)
    positions = KeptPositions(database)
    await positions.keep("bluesky session", "a token")
    async with database.writing() as connection:
        secrets = operators.Secrets("a hash", "a shared secret")
        await operators.add(connection, "ann", "admin", secrets, NOW)

    count = await rotate_file(database, key)

    async with database.reading() as connection:
        ann = await operators.by_name(connection, "ann")
    assert count == 2
    assert await positions.position("bluesky session") == "a token"
    assert ann is not None
    assert ann.totp == "a shared secret"
    await database.close()


async def test_after_a_rotation_the_new_key_alone_opens_everything(
    filled: str, key: Path
) -> None:
    [before] = secrets_in(key)

    database = await Database.open(filled)
    count = await rotate_file(database, key)
    await database.close()

    [after] = secrets_in(key)
    assert after != before
    assert key.stat().st_mode & 0o777 == 0o600  # noqa: ASYNC240 - nothing else runs meanwhile
    assert count == 3 * PEOPLE
    fresh = await Database.open(filled)
    async with fresh.reading() as connection:
        stale = await any_stale(connection, KeyRing([after]).name)
    assert not stale
    assert await told(fresh) == expected(PEOPLE)
    await fresh.close()
    with pytest.raises(SealBroken, match="not given"):
        await Database.open(filled, ring=ring_of([before]))


async def test_whoever_has_it_open_goes_on_reading_and_writing(filled: str, key: Path) -> None:
    rotating, other = await Database.open(filled), await Database.open(filled)

    async def write() -> None:
        for number in range(PEOPLE, PEOPLE + 40):
            async with other.writing() as connection:
                await settle(connection, [number])

    await asyncio.gather(rotate_file(rotating, key), write())
    known = await told(other)
    await rotating.close()
    await other.close()

    assert known == expected(PEOPLE + 40)
    fresh = await Database.open(filled)
    assert await told(fresh) == known
    await fresh.close()
    assert len(secrets_in(key)) == 1


@pytest.mark.parametrize("transactions", [1, 2, 4, 6])
async def test_a_rotation_that_was_killed_is_completed_by_the_next(
    filled: str, key: Path, transactions: int
) -> None:
    before = secrets_in(key)
    process = subprocess.Popen(  # noqa: ASYNC220 - nothing else runs meanwhile
        [sys.executable, "-c", STOPS_HALFWAY, filled, str(key), str(transactions)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    where = process.stdout.readline()
    process.kill()
    process.communicate()

    database = await Database.open(filled, patience=30)
    between = await told(database)
    halfway = secrets_in(key)
    await rotate_file(database, key)
    await database.close()

    assert where == "halfway\n"
    assert between == expected(PEOPLE)
    assert len(halfway) == 2
    assert halfway[1:] == before
    assert secrets_in(key) == halfway[:1]
    fresh = await Database.open(filled)
    assert await told(fresh) == expected(PEOPLE)
    await fresh.close()


async def test_with_given_secrets_the_first_is_all_that_is_needed_afterwards(
    empty_url: str,
) -> None:
    one = await Database.open(empty_url, ring=ring_of([OLD]))
    async with one.writing() as connection:
        await settle(connection, range(3))
    await one.close()

    both = ring_of([NEW, OLD])
    database = await Database.open(empty_url, ring=both)
    count = await reseal(database, both)
    again = await reseal(database, both)
    await database.close()

    new = await Database.open(empty_url, ring=ring_of([NEW]))
    known = await told(new)
    await new.close()
    assert (count, again) == (9, 0)
    assert known == expected(3)
    with pytest.raises(StoreUnavailable, match="not given"):
        await Database.open(empty_url, ring=ring_of([OLD]))


async def test_a_value_that_somebody_tampered_with_is_not_believed(filled: str) -> None:
    database = await Database.open(filled)
    raw = type_coerce(CONVERSATION.c.body, LargeBinary())
    async with database.reading() as connection:
        sealed = await connection.scalar(select(raw).where(CONVERSATION.c.address == 1))
    assert sealed is not None
    forged = literal(sealed[:-1] + bytes([sealed[-1] ^ 1]), LargeBinary())
    changed = update(CONVERSATION).where(CONVERSATION.c.address == 1).values(body=forged)
    async with database.writing() as connection:
        await connection.execute(changed)

    with pytest.raises(SealBroken, match="a sealed value of the database is damaged"):
        async with database.reading() as connection:
            await conversations.load(connection, "web", "chat-1")
    await database.close()


async def test_the_old_key_is_kept_as_long_as_somebody_is_writing(
    filled: str, key: Path
) -> None:
    [before] = secrets_in(key)
    rotating, other = await Database.open(filled), await Database.open(filled)

    async with other.writing() as connection:
        await settle(connection, [PEOPLE])
        rotation = asyncio.create_task(rotate_file(rotating, key))
        await asyncio.wait([rotation], timeout=1)
        kept, done = secrets_in(key), rotation.done()
    await rotation
    await rotating.close()
    await other.close()

    assert before in kept
    assert not done
    assert before not in secrets_in(key)
    fresh = await Database.open(filled)
    assert await told(fresh) == expected(PEOPLE + 1)
    await fresh.close()
