"""What the store promises of people on every database: what they own, and being forgotten."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.model.unit import Unit
from core.store import conversations, forgetting, subscribers
from core.store.secret import VISITORS, kept_secret
from core.store.subscribers import Subscriber
from core.store.work import Database
from tests.builders import NOW, a_unit, unconfirmed


async def known(database: Database, chat: str = "1", channel: str = "web") -> Subscriber:
    async with database.writing() as connection:
        return await subscribers.subscriber(connection, channel, chat, NOW)


async def add(database: Database, who: Subscriber, unit: Unit) -> bool:
    async with database.writing() as connection:
        return await subscribers.add_item(connection, who, unit, NOW)


async def owned(database: Database, chat: str = "1") -> tuple[Unit, ...]:
    async with database.reading() as connection:
        return await subscribers.items(connection, "web", chat)


async def test_a_person_is_made_once_for_each_channel_and_chat(database: Database) -> None:
    first = await known(database)
    async with database.writing() as connection:
        later = NOW + timedelta(days=1)
        again = await subscribers.subscriber(connection, "web", "1", later)

    assert again == first
    assert first.created_at == NOW
    assert (first.lang, first.region) == (None, None)
    assert len({first.pk, (await known(database, "2")).pk}) == 2
    assert (await known(database, "1", "telegram")).pk != first.pk


async def test_nobody_is_made_by_looking(database: Database) -> None:
    async with database.reading() as connection:
        assert await subscribers.find_subscriber(connection, "web", "1") is None
        assert await subscribers.items(connection, "web", "1") == ()


async def test_language_and_country_are_remembered(database: Database) -> None:
    who = await known(database)
    other = await known(database, "2")

    async with database.writing() as connection:
        await subscribers.set_lang(connection, who, "ja")
        await subscribers.set_region(connection, who, "JP")

    assert await known(database) == replace(who, lang="ja", region="JP")
    assert await known(database, "2") == other


async def test_units_come_back_in_the_order_they_were_told(database: Database) -> None:
    who = await known(database)
    units = (
        a_unit("X100", serial="AB 12", region="US", colour="grün"),
        unconfirmed(a_unit("X200")),
        Unit("Samsung", None, {"product": "Galaxy Note7"}),
        Unit(None, None, {"asin": "B000000001"}),
    )

    added = [await add(database, who, unit) for unit in units]

    assert added == [True] * 4
    assert await owned(database) == units
    assert await owned(database, "2") == ()


async def test_an_item_keeps_what_its_owner_calls_it(database: Database) -> None:
    who = await known(database)

    async with database.writing() as connection:
        await subscribers.add_item(connection, who, a_unit(), NOW, "bed\0side 🛏")
        await subscribers.add_item(connection, who, a_unit(), NOW)
        [item] = await subscribers.owned_items(connection, "web", "1")

    assert item.nickname == "bedside 🛏"
    assert item.added_at == NOW
    assert item.unit == a_unit()


@pytest.mark.parametrize(
    "again",
    [
        a_unit("x-100", "ACME", serial="AB120"),
        a_unit("X100", None),
        a_unit("X100", serial="ab-12O", bought="2025"),
        unconfirmed(a_unit("X100")),
    ],
)
async def test_telling_of_the_same_thing_twice_makes_one_item(
    database: Database, again: Unit
) -> None:
    who = await known(database)
    await add(database, who, a_unit("X100", serial="AB120", bought="2024"))

    new = await add(database, who, again)

    assert not new
    assert len(await owned(database)) == 1


@pytest.mark.parametrize(
    "other",
    [
        a_unit("X200", serial="AB120"),
        a_unit("X100", serial="AB121"),
        a_unit("X100", "Other"),
        a_unit("X100", colour="black"),
        a_unit(None),
        Unit(None, None, {"asin": "B000000001"}),
        Unit("Acme", None, {"product": "Powerbank"}),
    ],
)
async def test_a_thing_that_differs_is_another_item(database: Database, other: Unit) -> None:
    who = await known(database)
    await add(database, who, a_unit("X100", serial="AB120", colour="white"))

    new = await add(database, who, other)

    assert new
    assert len(await owned(database)) == 2


async def test_two_products_without_model_are_told_apart_by_their_codes(
    database: Database,
) -> None:
    who = await known(database)
    await add(database, who, Unit(None, None, {"asin": "B000000001"}))

    assert await add(database, who, Unit(None, None, {"asin": "B000000002"}))
    assert not await add(database, who, Unit(None, None, {"asin": "b000000001"}))
    assert await add(database, who, Unit("Acme"))
    assert not await add(database, who, Unit("acme"))


async def test_what_is_told_later_is_added_to_what_is_known(database: Database) -> None:
    who = await known(database)
    await add(database, who, Unit(None, "X100", {"colour": "black"}, confirmed=True))

    await add(database, who, Unit("Acme", "X100", {"serial": "AB120"}))

    assert await owned(database) == (
        Unit("Acme", "X100", {"colour": "black", "serial": "AB120"}, confirmed=False),
    )


async def test_codes_said_again_stay_confirmed(database: Database) -> None:
    who = await known(database)
    await add(database, who, a_unit(serial="AB120"))

    await add(database, who, unconfirmed(a_unit(serial="AB120")))

    assert await owned(database) == (a_unit(serial="AB120"),)


async def test_removing_takes_what_fits_the_description_and_nothing_else(
    database: Database,
) -> None:
    who, other = await known(database), await known(database, "2")
    for unit in (a_unit(serial="AB120"), a_unit(serial="AB121"), a_unit("X200")):
        await add(database, who, unit)
    await add(database, other, a_unit())

    async with database.writing() as connection:
        none = await subscribers.remove_item(connection, who, a_unit("X300"))
        one = await subscribers.remove_item(connection, who, a_unit(serial="AB121"))
        rest = await subscribers.remove_item(connection, who, a_unit("x100", None))

    assert (none, one, rest) == (0, 1, 1)
    assert await owned(database) == (a_unit("X200"),)
    assert await owned(database, "2") == (a_unit(),)


async def test_a_chat_is_continued_where_it_was_left(database: Database) -> None:
    async with database.writing() as connection:
        before = await conversations.load(connection, "web", "1")
        await conversations.save(connection, "web", "1", '{"model": "X100"}', NOW)
        await conversations.save(connection, "web", "1", '{"model": "X200"}', NOW)
        after = await conversations.load(connection, "web", "1")
        other = await conversations.load(connection, "telegram", "1")
        await conversations.forget(connection, "web", "1")
        forgotten = await conversations.load(connection, "web", "1")

    assert (before, after, other, forgotten) == (None, '{"model": "X200"}', None, None)


async def test_forgetting_erases_every_trace_of_one_person_alone(database: Database) -> None:
    for chat in ("1", "2"):
        who = await known(database, chat)
        await add(database, who, a_unit(serial=f"SECRET{chat}"))
        async with database.writing() as connection:
            await conversations.save(connection, "web", chat, "{}", NOW)

    async with database.writing() as connection:
        await forgetting.forget(connection, "web", "1")
        await forgetting.forget(connection, "web", "1")

    async with database.reading() as connection:
        assert await subscribers.find_subscriber(connection, "web", "1") is None
        assert await conversations.load(connection, "web", "1") is None
        assert await conversations.load(connection, "web", "2") == "{}"
        assert await connection.scalar(text("SELECT COUNT(*) FROM owned_item")) == 1
        assert await connection.scalar(text("SELECT COUNT(*) FROM subscriber")) == 1
    assert await owned(database, "2") == (a_unit(serial="SECRET2"),)


async def test_no_log_and_no_error_names_a_serial_or_an_address(
    database: Database, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    who = await known(database, "chat-4711")
    await add(database, who, a_unit(serial="SERIAL4711"))
    with pytest.raises(IntegrityError) as error:
        async with database.writing() as connection:
            await subscribers.add_item(
                connection, replace(who, pk=999_999), a_unit(serial="SERIAL4711"), NOW
            )
    other = await Database.open(url)
    await other.close()

    assert "4711" not in caplog.text + str(error.value)


async def test_the_number_of_a_forgotten_person_is_never_given_to_another(
    database: Database,
) -> None:
    first = await known(database)
    async with database.writing() as connection:
        await forgetting.forget(connection, "web", "1")

    second = await known(database, "2")

    assert second.pk > first.pk


async def test_a_secret_is_made_once_and_found_again(database: Database) -> None:
    async with database.writing() as connection:
        made = await kept_secret(connection, VISITORS)

    async with database.writing() as connection:
        again = await kept_secret(connection, VISITORS)
        other = await kept_secret(connection, "another")

    assert again == made
    assert other != made
    assert len(made) > 32
