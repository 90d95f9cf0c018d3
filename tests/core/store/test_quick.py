"""The quick look-up: the same answers as the whole store, from the standard library alone."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.channel import Address
from core.model.keys import Probe, probe_of_unit
from core.model.lexicon import Lexicon
from core.model.recall import Notice
from core.model.subscriber import GroupFeed
from core.model.unit import Unit
from core.store import chats, conversations, group_feeds, notices, subscribers
from core.store.failure import StoreUnavailable
from core.store.keyring import KeyRing
from core.store.keys import key_file
from core.store.location import Location
from core.store.quick import QuickDatabase
from core.store.work import Database
from tests.builders import NOW, STEADY, a_code_rule, a_maker, a_model, a_notice
from tests.core.store.conftest import Sealed

ROOT = Path(__file__).parent.parent.parent.parent
BRANDS = ("Anker", "Xiaomi", "小米", "INIU")
MODELS = (
    "A1263",
    "A1264",
    "AI263",
    "B1263",
    "A1263016",
    "PLM13ZM",
    "BI-B41",
    "B141",
    "移动电源",
)


def stored() -> Iterator[Notice]:
    for number in range(60):
        model = MODELS[number % len(MODELS)]
        rule = a_model(model) if number % 5 else a_code_rule(field="upc", eq=("012345678905",))
        yield a_notice(
            rule,
            id=f"notice-{number}",
            brands=(BRANDS[number % len(BRANDS)],),
            published=None if number % 7 == 0 else date(2020, 1, 1) + timedelta(number % 11),
        )


def copied(database: Path, path: Path) -> Path:
    """Copy the database with its key, and return where to."""
    shutil.copy(database, path)
    shutil.copy(key_file(Location(database)), key_file(Location(path)))
    return path


async def fill(url: str) -> None:
    database = await Database.open(url)
    async with database.writing() as connection:
        await notices.put_notices(connection, "cpsc", stored(), NOW)
        await notices.set_source(connection, "cpsc", NOW, "digest")
        await notices.put_lexicon(connection, Lexicon.of([a_maker()], stored()))
    await database.close()


@pytest.fixture(scope="module")
def filled(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("filled") / "filled database?#%20.db".replace("?", "")
    copied(migrated, path)
    asyncio.run(fill(str(path)))
    return path


@pytest.fixture
def own(filled: Path, tmp_path: Path) -> Path:
    path = tmp_path / "own.db"
    return copied(filled, path)


def opened(path: Path, secrets: Sequence[str] = ()) -> QuickDatabase:
    quick = QuickDatabase.open(f"sqlite:///{path}", secrets)
    assert quick is not None
    return quick


typed_models = st.sampled_from(MODELS).flatmap(
    lambda model: st.sampled_from([model, model[:-1], model + "X", model.replace("1", "I")])
)
probes = st.one_of(
    st.builds(Unit, st.none() | st.sampled_from(BRANDS), st.none() | typed_models).map(
        probe_of_unit
    ),
    st.builds(
        Probe,
        st.lists(
            st.sampled_from([f"{kind}:{fold}" for kind in "msdnbk" for fold in MODELS])
            | st.sampled_from([f"b:{brand.upper()}" for brand in BRANDS]),
            max_size=600,
        ).map(tuple),
        st.none() | st.sampled_from(["m:A", "m:", "m:A1263", "m:移", "\U0010ffff"]),
    ),
)


@settings(STEADY, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(probe=probes, limit=st.integers(1, 70))
@example(probe=Probe(("b:ANKER", "b:XIAOMI", "b:小米", "b:INIU"), "m:"), limit=1)
@example(probe=Probe(()), limit=10)
def test_it_finds_what_the_whole_store_finds(filled: Path, probe: Probe, limit: int) -> None:
    async def whole() -> tuple[Notice, ...]:
        database = await Database.open(str(filled))
        async with database.reading() as connection:
            found = await notices.candidates(connection, probe, limit)
        await database.close()
        return found

    with closing(opened(filled)) as quick:
        found = quick.candidates(probe, limit)

    assert found == asyncio.run(whole())
    assert len(found) <= limit


def test_it_knows_the_names_and_the_ages(filled: Path) -> None:
    with closing(opened(filled)) as quick:
        assert quick.lexicon() == Lexicon.of([a_maker()], stored())
        assert quick.source_ages() == [("cpsc", NOW, "digest")]


async def test_it_knows_what_was_kept_of_a_chat_and_whether_it_was_left(own: Path) -> None:
    database = await Database.open(str(own))
    feed = GroupFeed(active=True, countries=("US",))
    places = [Address("telegram", chat) for chat in ("-7", "-7/3", "-77", "ann")]
    async with database.writing() as connection:
        await conversations.save(connection, "telegram", "-7/3", "{}", NOW)
        await conversations.save(connection, "telegram", "ann", '{"lang": "de"}', NOW)
        await group_feeds.save_feed(connection, places[0], feed, NOW)
        await chats.leave(connection, places[0], NOW)

    with closing(opened(own)) as quick:
        found = [quick.chat(place.channel, place.chat) for place in places]
    async with database.reading() as connection:
        whole = [await chats.state(connection, place) for place in places]
    await database.close()

    assert found == [(None, True), ("{}", True), (None, False), ('{"lang": "de"}', False)]
    assert found == whole


async def test_what_is_kept_of_a_chat_is_opened_with_the_secrets_that_are_given(
    tmp_path: Path,
) -> None:
    path = tmp_path / "given.db"
    database = await Database.open(str(path), ring=KeyRing(["given " * 4]))
    async with database.writing() as connection:
        await conversations.save(connection, "web", "ann", '{"lang": "de"}', NOW)
    await database.close()

    found = []
    for secrets in (["given " * 4], ["other secret " * 2, "given " * 4]):
        with closing(opened(path, secrets)) as quick:
            found.append(quick.chat("web", "ann"))

    assert found == [('{"lang": "de"}', False)] * 2
    for secrets in (["wrong secret " * 2], []):
        with closing(opened(path, secrets)) as quick:
            assert quick.lexicon() == Lexicon()
            with pytest.raises(StoreUnavailable, match=r"secret key|key file"):
                quick.chat("web", "ann")


def test_it_has_no_names_where_none_were_put(file: Path) -> None:
    with closing(opened(file)) as quick:
        assert quick.lexicon() == Lexicon()
        assert quick.source_ages() == []


@pytest.mark.parametrize("content", [b"", b"garbage\n" * 1000])
def test_it_leaves_a_file_that_is_no_database_to_others(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.db"
    path.write_bytes(content)

    assert QuickDatabase.open(str(path)) is None
    assert path.read_bytes() == content


def test_it_leaves_everything_but_a_file_at_head_to_others(file: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000_earlier'")
        connection.commit()

    assert QuickDatabase.open(str(file)) is None
    assert QuickDatabase.open(str(tmp_path)) is None
    assert QuickDatabase.open(str(tmp_path / "missing.db")) is None
    assert QuickDatabase.open("postgresql://localhost/recalls") is None
    assert not (tmp_path / "missing.db").exists()


async def test_it_reads_while_another_program_writes(own: Path) -> None:
    database = await Database.open(str(own))
    probe = probe_of_unit(Unit("Acme", "X100"))

    async with database.writing() as connection:
        await notices.put_notices(connection, "cpsc", [a_notice()], NOW)
        with closing(opened(own)) as quick:
            during = quick.candidates(probe, 5)
    with closing(opened(own)) as quick:
        after = quick.candidates(probe, 5)
    await database.close()

    assert during == ()
    assert after == (a_notice(),)


async def test_it_sees_what_was_written_after_it_was_opened(own: Path) -> None:
    database = await Database.open(str(own))

    with closing(opened(own)) as quick:
        async with database.writing() as connection:
            await notices.put_notices(connection, "cpsc", [a_notice()], NOW)
        found = quick.candidates(probe_of_unit(Unit("Acme", "X100")), 5)
    await database.close()

    assert found == (a_notice(),)


@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_it_reads_a_file_that_nobody_may_write(
    filled: Path, open_folder: Path, unwritable: Sealed, mode: str
) -> None:
    path = open_folder / "readonly.db"
    shutil.copy(filled, path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA journal_mode={mode}")

    with unwritable(open_folder), closing(opened(path)) as quick:
        found = quick.candidates(probe_of_unit(Unit("Anker", "A1263")), 5)

    assert found
    assert [each.name for each in open_folder.iterdir()] == ["readonly.db"]


def test_it_leaves_a_file_that_it_may_not_read_to_others(
    filled: Path, open_folder: Path, unwritable: Sealed
) -> None:
    path = open_folder / "secret.db"
    shutil.copy(filled, path)

    with unwritable(open_folder, 0o000):
        assert QuickDatabase.open(str(path)) is None


def test_it_cannot_write(own: Path) -> None:
    with closing(opened(own)) as quick, pytest.raises(sqlite3.OperationalError):
        quick._connection.execute("DELETE FROM notice")


def test_damage_found_while_reading_is_named(own: Path) -> None:
    with closing(sqlite3.connect(own)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        root = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'notice_key'"
        ).fetchone()[0]
    with own.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)

    with closing(opened(own)) as quick, pytest.raises(StoreUnavailable, match="is damaged"):
        quick.candidates(probe_of_unit(Unit("Anker", "A1263")), 5)


def test_a_mistake_of_ours_is_not_taken_for_a_broken_database(own: Path) -> None:
    with closing(sqlite3.connect(own)) as connection:
        connection.execute("DROP TABLE meta")

    with closing(opened(own)) as quick, pytest.raises(sqlite3.OperationalError, match="meta"):
        quick.lexicon()


def test_it_needs_nothing_but_the_standard_library() -> None:
    program = (
        "import sys; import core.store.quick; "
        "print([name for name in sys.modules if name.split('.')[0] in"
        " {'sqlalchemy', 'sqlmodel', 'aiosqlite', 'psycopg', 'alembic',"
        " 'cryptography'}])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout == "[]\n"


async def test_no_one_is_made_known_by_it(own: Path) -> None:
    with closing(opened(own)) as quick:
        quick.candidates(probe_of_unit(Unit("Anker", "A1263")), 5)

    database = await Database.open(str(own))
    async with database.reading() as connection:
        assert await subscribers.find_subscriber(connection, "web", "1") is None
    await database.close()
