"""From 0004 to 0005: everything of before is there, and what is personal is sealed."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text

from core.channel import Address
from core.model.products import Product, unit_of
from core.model.subscriber import Pace, Wishes
from core.store import chats, conversations, forgetting, group_feeds, subscribers, wishes
from core.store.migrate import differences
from core.store.pressed import Pressed
from core.store.schema import (
    ADDRESS,
    ALERT,
    INTEREST_SPEC,
    METADATA,
    OWNED_ITEM,
    PRODUCT,
    PRODUCT_KEY,
    REVISION,
    SUBSCRIBER,
)
from core.store.version import VERSION_TABLE
from core.store.work import Database
from tests.contracts import as_of_0004 as old
from tests.contracts.conftest import only_on_sqlite

LATER = datetime(2026, 4, 1, tzinfo=UTC)
EXAMPLE = Path(__file__).parent.parent / "fixtures/store/example-0004.db.gz"


class Later:
    """A clock that stands."""

    def now(self) -> datetime:
        return LATER


def moment(text_of_0004: str) -> datetime:
    return datetime.fromisoformat(text_of_0004).replace(tzinfo=UTC)


@pytest.fixture
async def database(empty_url: str) -> AsyncIterator[Database]:
    """Give a database of 0004, opened by this version."""
    old.make(empty_url)
    database = await Database.open(empty_url)
    yield database
    await database.close()


@pytest.fixture
async def crowded(empty_url: str) -> AsyncIterator[Database]:
    """Give one with more people than are moved at a time."""
    old.make(empty_url, crowded=True)
    database = await Database.open(empty_url)
    yield database
    await database.close()


async def test_people_are_found_where_they_were_with_all_they_said(database: Database) -> None:
    async with database.reading() as connection:
        ada = await subscribers.find_subscriber(connection, "telegram", old.ADA)
        ben = await subscribers.find_subscriber(connection, "discord", old.BEN)
        cem = await subscribers.find_subscriber(connection, "web", old.CEM)
        heard = (await connection.execute(select(SUBSCRIBER.c.pk, SUBSCRIBER.c.heard_at))).all()

    assert ada is not None
    assert ben is not None
    assert cem is not None
    assert [(who.pk, who.lang, who.region) for who in (ada, ben, cem)] == [
        (1, "en", "US"),
        (2, "de", None),
        (3, None, "JP"),
    ]
    assert {who.created_at for who in (ada, ben, cem)} == {moment(old.CREATED)}
    assert [who.gone_at for who in (ada, ben, cem)] == [None, moment(old.LEFT), None]
    spoken, created = moment(old.SPOKEN), moment(old.CREATED)
    assert sorted(tuple(row) for row in heard) == [(1, spoken), (2, spoken), (3, created)]


async def test_what_they_own_wish_and_watch_is_as_it_was(database: Database) -> None:
    places = (("telegram", old.ADA), ("discord", old.BEN), ("web", old.CEM))
    async with database.reading() as connection:
        owned = [await subscribers.owned_items(connection, *place) for place in places]
        wished = [await wishes.wishes(connection, *place) for place in places]
        watched = [await wishes.watched(connection, *place) for place in places]

    found = [
        (who, item.unit.facts, item.unit.confirmed, item.nickname, item.added_at)
        for who, items in enumerate(owned, 1)
        for item in items
    ]
    assert [row[:1] + row[2:] for row in found] == [
        (who, unit.confirmed, nickname, moment(old.SPOKEN)) for who, unit, nickname in old.ITEMS
    ]
    # One product reads as whoever came first spelt it; what is folded is the same.
    marks = [Product.of(item.unit).mark for items in owned for item in items]
    assert marks == [Product.of(unit).mark for _, unit, _ in old.ITEMS]
    own = [
        {name: value for name, value in facts.items() if name in {"serial", "region", "bought"}}
        for _, facts, _, _, _ in found
    ]
    assert own == [
        {name: fact for name, fact in unit.facts.items() if name not in {"upc", "name"}}
        for _, unit, _ in old.ITEMS
    ]
    assert [(wish.alerts, wish.pace, wish.hour, wish.zone) for wish in wished] == [
        (True, Pace.DAILY, 8, None),
        (False, Pace.WEEKLY, 19, "Europe/Berlin"),
        (True, Wishes().pace, Wishes().hour, None),
    ]
    assert wished[0].quiet is not None
    assert [tuple(brands) for brands in watched] == [("Baseus",), ("BASEUS!", "iniu"), ()]


async def test_conversations_feeds_and_chats_that_were_left_are_as_they_were(
    database: Database,
) -> None:
    async with database.reading() as connection:
        spoken = {
            place: await conversations.load(connection, *place) for place in old.CONVERSATIONS
        }
        feeds = [
            await group_feeds.group_feed(connection, Address("telegram", chat))
            for chat in (old.GROUP, old.TOPIC)
        ]
        gone = [
            (await chats.state(connection, Address(channel, chat)))[1]
            for channel, chat in (
                *(("telegram", old.ADA), ("discord", old.BEN), ("telegram", old.GROUP)),
                *(("telegram", old.TOPIC), ("telegram", old.STRANGER)),
            )
        ]
        families = await connection.execute(
            select(ADDRESS.c.family).where(
                ADDRESS.c.chat.is_not(None), ADDRESS.c.subscriber.is_(None)
            )
        )
        family = [row.family for row in families]

    assert spoken == old.CONVERSATIONS
    first, second = feeds
    assert first is not None
    assert first == second
    assert (first.active, first.countries, first.budget, first.lang) == (True, ("JP",), 3, "ja")
    assert gone == [False, True, False, True, False]
    # The group, its topic, and the stranger.
    assert sorted(family.count(each) for each in set(family)) == [1, 2]


async def test_buttons_still_say_what_they_said_and_are_forgotten_by_code(
    database: Database,
) -> None:
    pressed = Pressed(database, Later())

    says = {digest: await pressed.find(digest) for digest in old.PRESSED}
    async with database.writing() as connection:
        await forgetting.forget(connection, "telegram", old.ADA)
    afterwards = [await pressed.find(digest) for digest in old.PRESSED]

    assert says == old.PRESSED
    assert afterwards == [None, "/recalls more please"]


async def test_nothing_of_the_past_waits_to_be_announced(database: Database) -> None:
    async with database.reading() as connection:
        planned = (
            await connection.execute(select(REVISION.c.seen_at, REVISION.c.planned_at))
        ).all()
        alerts = (await connection.execute(select(ALERT))).all()

    assert planned
    assert all(row.planned_at == row.seen_at for row in planned)
    assert alerts == []


async def test_a_product_is_kept_once_and_found_by_its_keys(database: Database) -> None:
    async with database.reading() as connection:
        products = (await connection.execute(select(PRODUCT))).all()
        keyed = set(await connection.scalars(select(PRODUCT_KEY.c.product)))
        owned = list(
            await connection.scalars(select(OWNED_ITEM.c.product).order_by(OWNED_ITEM.c.pk))
        )
        specs = list(await connection.scalars(select(INTEREST_SPEC.c.brand)))

    assert len(products) == 6
    assert keyed == {row.pk for row in products if row.brand or row.model}
    assert len(set(owned)) == 6
    assert sorted(specs) == ["BASEUS", "INIU"]


async def test_more_than_is_moved_at_a_time_arrives_and_numbers_go_on(
    crowded: Database,
) -> None:
    async with crowded.writing() as connection:
        last = f"crowd-{old.CROWD - 1:06}"
        [item] = await subscribers.owned_items(connection, "telegram", last)
        newcomer = await subscribers.subscriber(connection, "web", "new", LATER)
        await subscribers.add_item(connection, newcomer, unit_of(Product("Anker", "M1")), LATER)
        people = len((await connection.execute(select(SUBSCRIBER.c.pk))).all())
        products = len((await connection.execute(select(PRODUCT.c.pk))).all())

    assert item.unit.serial == f"crowd-serial-{old.CROWD - 1}"
    assert newcomer.pk == old.CROWD + 3 + 2
    assert people == old.CROWD + 3 + 1
    assert products == 6 + 700


async def test_what_is_left_are_the_tables_of_the_schema(
    database: Database, empty_url: str
) -> None:
    async with database.reading() as connection:
        tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())

    assert set(tables) == {*METADATA.tables, VERSION_TABLE}
    assert differences(empty_url) == []


async def test_no_table_holds_what_is_personal_in_plain(crowded: Database) -> None:
    async with crowded.reading() as connection:
        held = [
            str([bytes(one) if isinstance(one, memoryview) else one for one in row])
            for table in METADATA.tables
            for row in await connection.execute(text(f'SELECT * FROM "{table}"'))  # noqa: S608 - our own tables
        ]

    assert len(held) > old.CROWD
    assert [secret for secret in old.PLAIN if any(secret in row for row in held)] == []


# The files of a server are its own.
@only_on_sqlite
async def test_no_byte_of_the_file_or_its_log_tells_what_is_personal(empty_url: str) -> None:
    old.make(empty_url, crowded=True)
    path = Path(empty_url.removeprefix("sqlite:///"))
    assert old.ADA.encode() in path.read_bytes()  # noqa: ASYNC240 - nothing else runs meanwhile

    database = await Database.open(empty_url)
    around = list(path.parent.glob(f"{path.name}*"))
    open_bytes = b"".join(file.read_bytes() for file in around)
    await database.close()
    closed_bytes = path.read_bytes()  # noqa: ASYNC240 - nothing else runs meanwhile

    assert path.with_name(f"{path.name}-wal") in around
    for secret in old.PLAIN:
        assert secret.encode() not in open_bytes
        assert secret.encode() not in closed_bytes


async def test_the_example_of_that_release_still_opens(tmp_path: Path) -> None:
    path = tmp_path / "subscriptions.db"
    path.write_bytes(gzip.decompress(EXAMPLE.read_bytes()))

    database = await Database.open(str(path))
    async with database.reading() as connection:
        ann = await subscribers.owned_items(connection, "telegram", "invented-1000001")
        ben = await subscribers.owned_items(connection, "discord", "invented-2000002")
        mia = await subscribers.owned_items(connection, "web", "invented-3000003")
    await database.close()

    assert [(item.nickname, item.unit.model, item.unit.serial) for item in ann] == [
        ("bedside", "A1263", "INVENTED00000001"),
        ("travel", "PLM13ZM", None),
    ]
    assert [(item.nickname, item.unit.confirmed) for item in ben] == [("Rucksack", True)]
    assert [item.nickname for item in mia] == ["台所"]
    held = path.read_bytes()
    assert b"invented-1000001" not in held
    assert b"INVENTED00000001" not in held
