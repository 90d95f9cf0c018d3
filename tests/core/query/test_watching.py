"""What is watched: brands, kinds of product, dangers, countries, words, alone or together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.model.recall import HazardKind
from core.model.subscriber import Interest
from core.query.watching import MOST_WATCHED, interests_in, names_in
from core.store import interests, subscribers
from core.text.translations import translator
from tests.builders import a_notice
from tests.core.query.lexicon import a_lexicon
from tests.core.query.told_stage import Standing, a_stage

CATEGORIES = ("toy", "power-bank", "smoke-alarm")
FIRE = HazardKind.FIRE
TYPED = {
    "Anker": [Interest(brand="Anker")],
    "anker and Casely": [Interest(brand="anker"), Interest(brand="Casely")],
    "Anker, Casely": [Interest(brand="Anker"), Interest(brand="Casely")],
    "Anker in Japan": [Interest(brand="Anker", country="JP")],
    "baby products fire": [Interest(hazard=FIRE, keyword="baby")],
    "toys": [Interest(category="toy")],
    "power banks from Germany": [Interest(category="power-bank", country="DE")],
    "smoke alarm": [Interest(category="smoke-alarm")],
    "recalls in the United States": [Interest(country="US")],
    "fire hazards in US": [Interest(hazard=FIRE, country="US")],
    "Casely power-bank fire in Japan": [
        Interest(brand="Casely", category="power-bank", hazard=FIRE, country="JP")
    ],
    "heater": [Interest(keyword="heater")],
    "in": [],
    "all recalls": [],
    "---": [],
    "x": [],
}


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Standing]:
    async with a_stage(tmp_path) as stage:
        yield stage


@pytest.mark.parametrize("typed", TYPED)
def test_words_name_what_is_watched(typed: str) -> None:
    names = names_in(translator("en"), CATEGORIES, a_lexicon())

    found = list(interests_in(typed, names, keywords=True))

    assert [one.spec for one in found] == [one.spec for one in TYPED[typed]]


def test_dangers_and_kinds_are_named_in_the_readers_language() -> None:
    words = translator("de")
    names = names_in(words, CATEGORIES, a_lexicon())
    typed = f"{words('category_toy')} {words('web_hazard_choking')} aus Japan"

    [found] = interests_in(typed, names, keywords=True)

    assert found == Interest(category="toy", hazard=HazardKind.CHOKING, country="JP")


def test_of_a_whole_sentence_only_what_is_known_is_watched() -> None:
    names = names_in(translator("en"), CATEGORIES, a_lexicon())

    found = list(interests_in("please keep an eye on toys for me", names, keywords=False))

    assert found == [Interest(category="toy")]


async def test_interests_are_shown_by_number_and_stopped_by_it_or_by_name(
    stage: Standing,
) -> None:
    await stage.says("/watch Acme in Japan")
    stage.clock.move(minutes=1)
    shown = await stage.says("/watch baby fire")

    by_number = await stage.says("/watch off 1")
    by_name = await stage.says(shown.buttons[1].says)
    unknown = await stage.says("/watch off 7")

    assert "You watch:\n1. Acme + Japan\n2. Fire + baby" in shown.plain
    assert by_number.plain.startswith("I no longer watch Acme + Japan for you.")
    assert by_name.plain.startswith("I no longer watch Fire + baby for you.")
    assert unknown.plain.startswith("You do not watch 7.")


async def test_what_is_watched_is_told_by_what_it_was_called(stage: Standing) -> None:
    await stage.says("/watch fire in US")
    await stage.says("/watch fire in Japan", "bob")

    await stage.publish()
    [told] = await stage.waiting()

    assert "Fire + United States" in told.plain
    assert await stage.waiting("bob") == ()


async def test_watching_speaks_of_no_unit_that_was_spoken_of(stage: Standing) -> None:
    await stage.says("Acme X100")

    typed = await stage.says("/watch Acme in Japan")
    said = await stage.says("watch Acme for me")

    assert typed.plain.startswith("I watch for you: Acme + Japan.")
    assert said.plain.startswith("I watch for you: Acme.")
    assert (await stage.says("/mine")).plain.startswith("Your list is empty")


async def test_nobody_watches_more_than_anybody_reads(stage: Standing) -> None:
    await stage.publish(a_notice())
    async with stage.world.database.writing() as connection:
        who = await subscribers.subscriber(connection, "web", "ann", stage.clock.now())
        for number in range(MOST_WATCHED):
            one = Interest(keyword=f"word{number}", shown=f"word{number}")
            await interests.watch(connection, who, one, stage.clock.now())
    stage.clock.move(minutes=1)

    shown = await stage.says("/watch Acme")

    assert len(shown.buttons) == MOST_WATCHED
    assert "Acme" in shown.plain
