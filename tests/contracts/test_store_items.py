"""What the store promises of owned items and of the products they are of."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, text

from core.channel import Address
from core.model.products import Product, product_keys
from core.model.unit import Unit
from core.store import addresses, conversations, products, subscribers
from core.store.schema import ADDRESS, META, PRODUCT, PRODUCT_KEY, SUBSCRIBER
from core.store.work import Database
from tests.builders import NOW, a_unit
from tests.contracts.people_stage import ADA, BOB, known, owned


async def count(database: Database, table: str) -> int:
    async with database.reading() as connection:
        found = await connection.scalar(text(f"SELECT COUNT(*) FROM {table}"))  # noqa: S608
    assert found is not None
    return int(found)


async def keys_kept(database: Database) -> set[str]:
    async with database.reading() as connection:
        return set(await connection.scalars(select(PRODUCT_KEY.c.key)))


async def test_a_product_is_kept_once_however_it_is_spelt(database: Database) -> None:
    await known(database, ADA, a_unit("X100", serial="AB 1"))

    await known(database, BOB, a_unit("x-100", "ACME", serial="AB 2"))

    assert await count(database, "product") == 1
    [mine], [theirs] = await owned(database, ADA), await owned(database, BOB)
    assert mine.product == theirs.product
    assert (mine.unit.serial, theirs.unit.serial) == ("AB 1", "AB 2")


async def test_a_product_stands_under_its_keys(database: Database) -> None:
    unit = Unit("Acme", "X100", {"name": "Power bank", "ean": "4006381333931"})

    await known(database, ADA, unit)

    assert await keys_kept(database) == product_keys(Product.of(unit))


async def test_a_product_that_nobody_has_any_more_goes(database: Database) -> None:
    who = await known(database, ADA, a_unit("X100"), Unit("Acme", None, {"name": "Ada's own"}))
    await known(database, BOB, a_unit("X100"))

    async with database.writing() as connection:
        for item in await subscribers.owned_by(connection, who.pk):
            await subscribers.remove_number(connection, who, item.pk)

    async with database.reading() as connection:
        assert list(await connection.scalars(select(PRODUCT.c.model))) == ["X100"]
    assert await keys_kept(database) == product_keys(Product("Acme", "X100"))


async def test_what_is_learned_of_an_item_may_make_it_another_product(
    database: Database,
) -> None:
    await known(database, ADA, Unit(None, "X100"))

    await known(database, ADA, Unit("Acme", "X100"))

    [item] = await owned(database, ADA)
    assert item.unit.brand == "Acme"
    assert await count(database, "product") == 1


async def test_an_item_is_renamed_and_lent_by_its_owner_alone(database: Database) -> None:
    who, other = await known(database, ADA, a_unit()), await known(database, BOB)
    [item] = await owned(database, ADA)

    async with database.writing() as connection:
        theirs = await subscribers.rename(connection, other, item.pk, "stolen")
        named = await subscribers.rename(connection, who, item.pk, "bedside")
        lent = await subscribers.lend(connection, who, item.pk, "Grace")
        not_theirs = await subscribers.lend(connection, other, item.pk, None)

    [item] = await owned(database, ADA)
    assert (theirs, named, lent, not_theirs) == (False, True, True, False)
    assert (item.nickname, item.lent_to) == ("bedside", "Grace")
    async with database.writing() as connection:
        await subscribers.lend(connection, who, item.pk, None)
    [item] = await owned(database, ADA)
    assert (item.nickname, item.lent_to) == ("bedside", None)


async def test_the_number_of_an_item_is_never_given_to_another(database: Database) -> None:
    who = await known(database, ADA, a_unit())
    [first] = await owned(database, ADA)
    async with database.writing() as connection:
        await subscribers.remove_number(connection, who, first.pk)

    await known(database, BOB, a_unit())

    [second] = await owned(database, BOB)
    assert second.pk > first.pk


async def test_keys_that_are_missing_are_made_at_the_next_start(
    database: Database, url: str
) -> None:
    await known(database, ADA, a_unit("X100"), a_unit("X200"))
    expected = await keys_kept(database)
    async with database.writing() as connection:
        await connection.execute(delete(PRODUCT_KEY))
        await connection.execute(delete(META).where(META.c.name == products.KEYS))
        assert not await products.keys_stand(connection)

    again = await Database.open(url)
    await again.close()

    assert await keys_kept(database) == expected
    async with database.reading() as connection:
        assert await products.keys_stand(connection)


async def test_keys_of_another_version_are_made_anew(database: Database) -> None:
    await known(database, ADA, a_unit("X100"))
    expected = await keys_kept(database)
    async with database.writing() as connection:
        await connection.execute(delete(PRODUCT_KEY))
        [number] = list(await connection.scalars(select(PRODUCT.c.pk)))
        await connection.execute(
            PRODUCT_KEY.insert().values(key="x:of an earlier version", product=number)
        )

    async with database.writing() as connection:
        last = await products.missing_keys(connection)
        done = await products.missing_keys(connection, last or 0)

    assert (last, done) == (number, None)
    assert await keys_kept(database) == expected


async def test_a_new_database_has_no_keys_to_make(database: Database) -> None:
    async with database.reading() as connection:
        assert await products.keys_stand(connection)


async def test_a_chat_is_known_once_and_found_without_its_name(database: Database) -> None:
    place = Address("telegram", "-100/7")
    async with database.writing() as connection:
        first = await addresses.address(connection, place)
        again = await addresses.address(connection, place)
        family = await addresses.family(connection, Address("telegram", "-100"))
        nobody = await addresses.find(connection, Address("discord", "-100/7"))

    assert first == again
    assert (first.place, first.subscriber, first.gone_at) == (place, None, None)
    assert family == (first,)
    assert nobody is None
    async with database.reading() as connection:
        kept = (await connection.execute(text("SELECT chat, place FROM address"))).one()
    assert all(b"-100" not in bytes(part) for part in kept)


async def test_a_person_is_made_of_a_chat_that_is_known(database: Database) -> None:
    async with database.writing() as connection:
        chat = await addresses.address(connection, ADA)

    who = await known(database, ADA)

    assert who.address == chat.pk
    async with database.reading() as connection:
        rows = await connection.scalar(select(func.count()).select_from(ADDRESS))
    assert rows == 1


@pytest.mark.parametrize("chat", ["\0", "lone \ud800 surrogate", "", "日本語" * 100])
async def test_any_chat_is_found_again(database: Database, chat: str) -> None:
    place = Address("web", chat)

    who = await known(database, place)

    assert await known(database, place) == who


async def test_many_who_come_at_once_make_one_person_of_one_chat(database: Database) -> None:
    found = await asyncio.gather(*(known(database, ADA, a_unit()) for _ in range(8)))

    assert len({who.pk for who in found}) == 1
    assert await count(database, "subscriber") == await count(database, "address") == 1
    assert await count(database, "product") == await count(database, "owned_item") == 1


async def test_language_and_country_are_learned_of_who_is_there(database: Database) -> None:
    await known(database, ADA)
    async with database.writing() as connection:
        await subscribers.learn(connection, ADA, "de", None)
        await subscribers.learn(connection, ADA, None, "AT")
        await subscribers.learn(connection, BOB, "fr", "FR")
        await subscribers.learn(connection, ADA, None, None)

    who = await known(database, ADA)

    assert (who.lang, who.region) == ("de", "AT")
    assert await count(database, "subscriber") == 1


async def test_that_somebody_spoke_is_noted_once_a_day(database: Database) -> None:
    who = await known(database, ADA)
    noted = []
    for hours in (1, 25, 26):
        at = NOW + timedelta(hours=hours)
        async with database.writing() as connection:
            await conversations.save(connection, ADA.channel, ADA.chat, "{}", at)
            row = select(SUBSCRIBER.c.heard_at).where(SUBSCRIBER.c.pk == who.pk)
            noted.append(await connection.scalar(row))

    later = NOW + timedelta(hours=25)
    assert noted == [NOW, later, later]
