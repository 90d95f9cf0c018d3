"""What the store promises of chats: wishes, group feeds, moving, leaving, and buttons."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from types import MappingProxyType
from typing import Any

import pytest
from sqlalchemy import func, select, text

from core.channel import Address
from core.model.recall import HazardKind, Notice
from core.model.subscriber import FeedStyle, GroupFeed, Pace, QuietHours, Wishes
from core.store import (
    chats,
    conversations,
    forgetting,
    group_feeds,
    notices,
    personal,
    subscribers,
    wishes,
)
from core.store.pressed import UNUSED, Pressed
from core.store.schema import PRESSED
from core.store.work import Database
from tests.builders import NOW, a_citation, a_notice, a_unit

OLD, NEW = Address("telegram", "-100"), Address("telegram", "-200")
LATER = NOW + timedelta(days=1)
WISHED = Wishes(
    alerts=False,
    pace=Pace.WEEKLY,
    hour=7,
    quiet=QuietHours(time(22, 30), time(7)),
    zone="Europe/Berlin",
)
FEED = GroupFeed(
    active=True,
    countries=("US", "CA"),
    hazards=(HazardKind.FIRE,),
    categories=("toy",),
    brands=("Acme", "Ümläut"),
    budget=3,
    style=FeedStyle.FORUM,
    roles=MappingProxyType({HazardKind.FIRE: "@123"}),
    lang="de",
)
SERIAL = "AFVDC20G17301234"


@dataclass(slots=True)
class Passing:
    """A clock that is moved by hand."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


async def owns(database: Database, place: Address, *models: str, lang: str = "en") -> None:
    async with database.writing() as connection:
        who = await subscribers.subscriber(connection, place.channel, place.chat, NOW)
        await subscribers.set_lang(connection, who, lang)
        for model in models:
            await subscribers.add_item(connection, who, a_unit(model, serial=SERIAL), NOW)


async def owned(database: Database, place: Address) -> list[str | None]:
    async with database.reading() as connection:
        units = await subscribers.items(connection, place.channel, place.chat)
    return [unit.model for unit in units]


async def speaks_of(database: Database, place: Address, at: datetime, **body: object) -> None:
    async with database.writing() as connection:
        told = json.dumps(body)
        await conversations.save(connection, place.channel, place.chat, told, at)


async def spoken_of(database: Database, place: Address) -> dict[str, object] | None:
    async with database.reading() as connection:
        body = await conversations.load(connection, place.channel, place.chat)
    told: dict[str, object] | None = json.loads(body) if body else None
    return told


async def feeds(
    database: Database, place: Address, feed: GroupFeed, at: datetime = NOW
) -> None:
    async with database.writing() as connection:
        await group_feeds.save_feed(connection, place, feed, at)


async def feed_of(database: Database, place: Address) -> GroupFeed | None:
    async with database.reading() as connection:
        return await group_feeds.group_feed(connection, place)


async def moved(database: Database, old: Address = OLD, new: Address = NEW) -> None:
    async with database.writing() as connection:
        await chats.move(connection, old, new)


async def is_gone(database: Database, place: Address) -> bool:
    async with database.reading() as connection:
        return (await chats.state(connection, place))[1]


async def test_wishes_are_the_usual_until_somebody_says_otherwise(database: Database) -> None:
    await owns(database, OLD)
    async with database.reading() as connection:
        before = await wishes.wishes(connection, OLD.channel, OLD.chat)

    async with database.writing() as connection:
        who = await subscribers.subscriber(connection, OLD.channel, OLD.chat, NOW)
        await wishes.set_wishes(connection, who, Wishes())
        await wishes.set_wishes(connection, who, WISHED)
        after = await wishes.wishes(connection, OLD.channel, OLD.chat)

    assert before == Wishes()
    assert after == WISHED


async def test_a_brand_is_watched_once_however_it_is_spelt(database: Database) -> None:
    async with database.writing() as connection:
        who = await subscribers.subscriber(connection, OLD.channel, OLD.chat, NOW)
        for brand in ("Black Diamond", "black-diamond", "Acme"):
            await wishes.watch(connection, who, brand, NOW)
        both = await wishes.watched(connection, OLD.channel, OLD.chat)
        stopped = await wishes.unwatch(connection, who, "BLACK DIAMOND")
        again = await wishes.unwatch(connection, who, "Black Diamond")
        left = await wishes.watched(connection, OLD.channel, OLD.chat)

    assert sorted(both) == ["Acme", "Black Diamond"]
    assert (stopped, again) == (True, False)
    assert left == ("Acme",)


async def test_a_feed_comes_back_as_it_was_set_up(database: Database) -> None:
    assert await feed_of(database, OLD) is None

    await feeds(database, OLD, GroupFeed())
    await feeds(database, OLD, FEED)

    assert await feed_of(database, OLD) == FEED
    async with database.writing() as connection:
        await group_feeds.set_lang(connection, OLD, "ja")
        await group_feeds.set_lang(connection, NEW, "ja")
    assert await feed_of(database, OLD) == replace(FEED, lang="ja")
    assert await feed_of(database, NEW) is None
    async with database.writing() as connection:
        await group_feeds.forget_feed(connection, OLD)
    assert await feed_of(database, OLD) is None


def recall(name: str, days: int, **facts: Any) -> Notice:
    day = (NOW - timedelta(days=days)).date()
    page = a_citation() | {"url": f"https://cpsc.example/recall/{name}"}
    told: dict[str, Any] = {"published": day, "product": f"Product {name}", "sources": (page,)}
    return a_notice(id=name, **(told | facts))


FALL = {"kinds": ["fall"], "text": "It tips over.", "source": "cpsc"}


PUBLISHED = (
    recall("us-fire", 3),
    recall("us-old", 60),
    recall("world-toy", 5, regions=("WORLD",), category="toy"),
    recall("fr-fall", 7, regions=("FR",), hazard=FALL),
    recall("other-brand", 9, brands=("Other Brand",)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("feed", "told"),
    [
        (GroupFeed(), ["us-fire", "world-toy", "fr-fall", "other-brand"]),
        (GroupFeed(countries=("FR",)), ["world-toy", "fr-fall"]),
        (GroupFeed(countries=("US", "FR")), ["us-fire", "world-toy", "fr-fall", "other-brand"]),
        (GroupFeed(hazards=(HazardKind.FALL,)), ["fr-fall"]),
        (GroupFeed(hazards=(HazardKind.FIRE,), countries=("US",), brands=("acme",)),
         ["us-fire", "world-toy"]),
        (GroupFeed(brands=("other-brand",)), ["other-brand"]),
        (GroupFeed(categories=("toy",)), ["world-toy"]),
        (GroupFeed(countries=("JP",), categories=("power-bank",)), []),
    ],
)  # fmt: skip
async def test_a_preview_tells_what_fits_and_is_new(
    database: Database, feed: GroupFeed, told: list[str]
) -> None:
    async with database.writing() as connection:
        await notices.put_notices(connection, "catalogue", PUBLISHED, NOW)

    async with database.reading() as connection:
        seen = await group_feeds.preview(connection, feed, NOW - timedelta(days=30), 3)

    assert seen.count == len(told)
    assert [notice.id for notice in seen.newest] == told[:3]


async def test_one_event_is_previewed_once(database: Database) -> None:
    async with database.writing() as connection:
        await notices.put_notices(connection, "catalogue", PUBLISHED, NOW)
        await connection.execute(text("UPDATE notice SET event = 1"))

    async with database.reading() as connection:
        seen = await group_feeds.preview(connection, GroupFeed(), NOW - timedelta(days=30), 3)

    assert (seen.count, [notice.id for notice in seen.newest]) == (1, ["us-fire"])


async def test_what_most_notices_have_is_offered_first(database: Database) -> None:
    async with database.writing() as connection:
        await notices.put_notices(connection, "catalogue", PUBLISHED, NOW)

    async with database.reading() as connection:
        countries = await group_feeds.most_frequent(connection, "r:", 2)
        hazards = await group_feeds.most_frequent(connection, "h:", 5)

    assert countries == ["US", "FR"]
    assert hazards == ["fire", "fall"]


async def test_s09_a_group_takes_everything_along_to_its_new_address(
    database: Database,
) -> None:
    topic, new_topic = replace(OLD, chat="-100/7"), replace(NEW, chat="-200/7")
    near = replace(OLD, chat="-1007")
    for place in (OLD, topic, near):
        await feeds(database, place, FEED)
        await speaks_of(database, place, NOW, lang="de")
    await owns(database, OLD, "X100")

    await moved(database)

    assert await owned(database, NEW) == ["X100"]
    assert await owned(database, OLD) == []
    assert [await feed_of(database, place) for place in (NEW, new_topic, near)] == [FEED] * 3
    assert [await feed_of(database, place) for place in (OLD, topic)] == [None, None]
    assert await spoken_of(database, new_topic) == {"lang": "de"}
    assert await spoken_of(database, OLD) is None


async def test_two_addresses_of_one_chat_are_joined_without_loss_or_doubles(
    database: Database,
) -> None:
    await owns(database, OLD, "X100", "X200", lang="de")
    await owns(database, NEW, "X200", "X300", lang="fr")
    async with database.writing() as connection:
        for place, brands in ((OLD, ("Acme", "Other")), (NEW, ("acme",))):
            who = await subscribers.subscriber(connection, place.channel, place.chat, NOW)
            for brand in brands:
                await wishes.watch(connection, who, brand, NOW)
        who = await subscribers.subscriber(connection, OLD.channel, OLD.chat, NOW)
        await subscribers.set_region(connection, who, "DE")
        await wishes.set_wishes(connection, who, WISHED)
    await speaks_of(database, OLD, NOW, lang="de", home="DE", model="X100")
    await speaks_of(database, NEW, LATER, lang=None, home="FR", model="X300")

    await moved(database)

    async with database.reading() as connection:
        joined = await subscribers.find_subscriber(connection, NEW.channel, NEW.chat)
        watched = await wishes.watched(connection, NEW.channel, NEW.chat)
        wished = await wishes.wishes(connection, NEW.channel, NEW.chat)
        people = await connection.scalar(text("SELECT COUNT(*) FROM subscriber"))
    assert sorted(await owned(database, NEW)) == ["X100", "X200", "X300"]  # type: ignore[type-var]
    assert joined is not None
    assert (joined.lang, joined.region, people) == ("fr", "DE", 1)
    assert sorted(watched) == ["Other", "acme"]
    assert wished == WISHED
    assert await spoken_of(database, NEW) == {"lang": "de", "home": "FR", "model": "X300"}


async def test_of_two_feeds_all_that_either_tells_is_told(database: Database) -> None:
    await feeds(database, OLD, replace(FEED, lang=None))
    later = GroupFeed(
        active=True, countries=("US", "FR"), hazards=(HazardKind.FIRE,), budget=5, lang="fr"
    )
    await feeds(database, NEW, later, LATER)

    await moved(database)

    assert await feed_of(database, NEW) == GroupFeed(
        active=True,
        countries=("US", "CA", "FR"),
        hazards=(HazardKind.FIRE,),
        budget=5,
        roles=FEED.roles,
        lang="fr",
    )


@pytest.mark.parametrize("active", [True, False])
async def test_a_feed_that_is_off_adds_nothing_to_one_that_is_on(
    database: Database, *, active: bool
) -> None:
    off = GroupFeed(active=False, countries=("JP",))
    await feeds(database, OLD, FEED if active else off)
    await feeds(database, NEW, off if active else FEED, LATER)

    await moved(database)

    assert await feed_of(database, NEW) == FEED


async def test_moving_nobody_or_nowhere_changes_nothing(database: Database) -> None:
    await owns(database, NEW, "X100")

    await moved(database)
    await moved(database, NEW, NEW)

    assert await owned(database, NEW) == ["X100"]


async def test_s10_whoever_left_is_gone_until_they_speak_again(database: Database) -> None:
    topic, other = replace(OLD, chat="-100/7"), replace(OLD, chat="-101")
    await owns(database, OLD, "X100")
    await owns(database, other)
    await feeds(database, topic, FEED)

    async with database.writing() as connection:
        await chats.leave(connection, OLD, NOW)
        await chats.leave(connection, OLD, LATER)
        who = await subscribers.find_subscriber(connection, OLD.channel, OLD.chat)
    gone = [await is_gone(database, place) for place in (OLD, topic, other, NEW)]
    async with database.writing() as connection:
        await chats.come_back(connection, topic)

    assert who is not None
    assert who.gone_at == NOW
    assert gone == [True, True, False, False]
    assert not any([await is_gone(database, place) for place in (OLD, topic)])
    assert await owned(database, OLD) == ["X100"]


async def test_a_chat_that_moved_is_not_gone(database: Database) -> None:
    await owns(database, OLD, "X100")
    async with database.writing() as connection:
        await chats.leave(connection, OLD, NOW)

    await moved(database)

    assert not await is_gone(database, NEW)


async def test_a_button_is_found_by_a_short_key_that_stays_the_same(database: Database) -> None:
    pressed = Pressed(database, Passing())
    says = "日本語" * 40 + "\0"

    keys = {await pressed.keep(says), await pressed.keep(says)}

    [key] = keys
    assert len(key) <= 24
    assert key.isascii()
    assert await pressed.find(key) == "日本語" * 40
    assert await pressed.find("nothing of ours\0") is None
    assert await pressed.keep("other") != key


async def test_a_button_that_nobody_uses_is_forgotten_and_one_in_use_is_not(
    database: Database,
) -> None:
    clock = Passing()
    pressed = Pressed(database, clock)
    used, unused = await pressed.keep("used"), await pressed.keep("unused")
    clock.at += UNUSED - timedelta(days=1)
    await pressed.find(used)
    clock.at += timedelta(days=2)

    await pressed.keep("another")

    assert await pressed.find(used) == "used"
    assert await pressed.find(unused) is None


async def test_s29_forgetting_leaves_no_wish_no_brand_and_no_button_with_a_serial(
    database: Database,
) -> None:
    await owns(database, OLD, "X100")
    await owns(database, NEW, "X200")
    await speaks_of(database, OLD, NOW, facts={"serial": "SPOKEN12345", "region": "US"})
    pressed = Pressed(database, Passing())
    for says in (
        f"remove Acme {SERIAL.lower()}",
        "It says SPOKEN12345",
        "US",
        "something else",
    ):
        await pressed.keep(says)
    async with database.writing() as connection:
        who = await subscribers.subscriber(connection, OLD.channel, OLD.chat, NOW)
        await wishes.set_wishes(connection, who, WISHED)
        await wishes.watch(connection, who, "Acme", NOW)

    async with database.reading() as connection:
        held = await personal.everything(connection, OLD.channel, OLD.chat)
    async with database.writing() as connection:
        await forgetting.forget(connection, OLD.channel, OLD.chat)

    told = json.dumps(held)
    assert all(
        part in told for part in ("Europe/Berlin", SERIAL, "Acme", "SPOKEN12345", "-100")
    )
    async with database.reading() as connection:
        left = await connection.scalars(select(PRESSED.c.says))
        assert sorted(left) == ["US", "something else"]
        for table in ("wish", "interest", "interest_spec"):
            assert await connection.scalar(select(func.count()).select_from(text(table))) == 0
        assert await personal.everything(connection, OLD.channel, OLD.chat) == {
            "channel": "telegram",
            "chat": "-100",
            **dict.fromkeys(
                ("known_since", "language", "country", "not_written_to_since", "wishes",
                 "conversation", "heard_last", "answers_are_kept", "takes", "feed")
            ),
            **{name: [] for name in ("owned_items", "watched_brands", "buttons", "interests",
                                     "answers", "claims", "alerts", "linked_chats")},
        }  # fmt: skip
    assert await owned(database, NEW) == ["X200"]
