"""What the store promises of interests: kept once, and found by every notice that fits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select

from core.model.recall import HazardKind, Notice
from core.model.subscriber import Interest
from core.store import interests, wishes
from core.store.schema import INTEREST, INTEREST_SPEC
from core.store.work import Database
from tests.builders import NOW, a_notice
from tests.contracts.people_stage import ADA, BOB, known

FALL = {"kinds": ["fall", "laceration"], "text": "It tips over.", "source": "cpsc"}
NOTICE = a_notice(category="power-bank", names=("Ümlaut Lader", "移动电源"))
FITTING = (
    Interest(brand="acme"),
    Interest(category="Power-Bank"),
    Interest(hazard=HazardKind.FIRE),
    Interest(country="us"),
    Interest(keyword="power bank"),
    Interest(keyword="ÜMLAUT"),
    Interest(keyword="电源"),
    Interest("ACME", "power-bank", HazardKind.FIRE, "US", "x100"),
)
OTHERS = (
    Interest(brand="Other"),
    Interest(category="toy"),
    Interest(hazard=HazardKind.FALL),
    Interest(country="CA"),
    Interest(keyword="bank toy"),
    Interest(keyword="ower"),
    Interest("Acme", "power-bank", HazardKind.FIRE, "CA"),
)


async def watches(database: Database, *watched: Interest) -> dict[Interest, int]:
    """Let Ada watch all of them, and return their numbers."""
    who = await known(database, ADA)
    async with database.writing() as connection:
        for interest in watched:
            await interests.watch(connection, who, interest, NOW)
        rows = await connection.execute(
            select(INTEREST_SPEC, INTEREST.c.shown).join(
                INTEREST, INTEREST.c.spec == INTEREST_SPEC.c.pk
            )
        )
        found = {interests.read_interest(row).spec: row.pk for row in rows}
    return {interest: found[interest.spec] for interest in watched}


async def found_by(database: Database, notice: Notice) -> set[int]:
    async with database.reading() as connection:
        return set(await interests.specs_for(connection, notice))


async def test_a_notice_finds_every_interest_that_it_fits_and_no_other(
    database: Database,
) -> None:
    numbers = await watches(database, *FITTING, *OTHERS)

    found = await found_by(database, NOTICE)

    assert found == {numbers[interest] for interest in FITTING}


@pytest.mark.parametrize(
    ("facts", "fits"),
    [
        ({"regions": ("WORLD",)}, True),
        ({"regions": ("CA", "US")}, True),
        ({"regions": ("US",)}, False),
    ],
)
async def test_a_notice_for_all_of_the_world_is_one_of_every_country(
    database: Database, facts: Mapping[str, Any], *, fits: bool
) -> None:
    await watches(database, Interest(brand="Acme", country="CA"))

    found = await found_by(database, a_notice(**facts))

    assert bool(found) == fits


async def test_any_brand_and_any_hazard_of_a_notice_will_do(database: Database) -> None:
    numbers = await watches(
        database, Interest(brand="Other"), Interest("Acme", hazard=HazardKind.LACERATION)
    )

    found = await found_by(database, a_notice(brands=("Acme", "Other"), hazard=FALL))

    assert found == set(numbers.values())


async def test_what_two_people_watch_is_kept_once_and_as_each_wrote_it(
    database: Database,
) -> None:
    ada, bob = await known(database, ADA), await known(database, BOB)
    async with database.writing() as connection:
        for who, brand in ((ada, "Black Diamond"), (bob, "BLACK-diamond")):
            interest = Interest(brand=brand, country="de", shown=f"{brand} in Germany")
            new = await interests.watch(connection, who, interest, NOW)
            again = await interests.watch(connection, who, interest, NOW)
            assert (new, again) == (True, False)

    async with database.reading() as connection:
        specs = list(await connection.scalars(select(INTEREST_SPEC.c.pk)))
        [one] = await interests.watched(connection, ADA.channel, ADA.chat)
        [other] = await interests.watched(connection, BOB.channel, BOB.chat)
    assert len(specs) == 1
    assert (one.shown, other.shown) == ("Black Diamond in Germany", "BLACK-diamond in Germany")
    assert one.spec == other.spec == Interest(brand="black diamond", country="DE").spec


async def test_what_nobody_watches_any_more_goes(database: Database) -> None:
    ada, bob = await known(database, ADA), await known(database, BOB)
    interest = Interest(keyword="Ada's  Garden")
    async with database.writing() as connection:
        for who in (ada, bob):
            await interests.watch(connection, who, interest, NOW)

        first = await interests.unwatch(connection, ada, Interest(keyword="ada's garden"))
        kept = await connection.scalar(select(INTEREST_SPEC.c.pk))
        twice = await interests.unwatch(connection, ada, interest)
        second = await interests.unwatch(connection, bob, interest)
        gone = await connection.scalar(select(INTEREST_SPEC.c.pk))
        third = await interests.unwatch(connection, bob, interest)

    assert (first, twice, second, third) == (True, False, True, False)
    assert kept is not None
    assert gone is None


async def test_brands_are_shown_apart_from_what_else_is_watched(database: Database) -> None:
    who = await known(database, ADA)
    async with database.writing() as connection:
        await wishes.watch(connection, who, "Acme", NOW)
        await wishes.watch(connection, who, "-", NOW)
        await interests.watch(connection, who, Interest(brand="Other", country="US"), NOW)

        brands = await wishes.watched(connection, ADA.channel, ADA.chat)
        everything = await interests.watched(connection, ADA.channel, ADA.chat)

    assert brands == ("Acme",)
    assert len(everything) == 2


async def test_an_interest_in_everything_is_none(database: Database) -> None:
    who = await known(database, ADA)

    async with database.writing() as connection:
        with pytest.raises(ValueError, match="in everything"):
            await interests.watch(connection, who, Interest(brand="--"), NOW)
