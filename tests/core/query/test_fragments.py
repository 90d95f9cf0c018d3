"""What a few words say on their own, and which known name a strange one looks like."""

from __future__ import annotations

import pytest

from core.model.lexicon import KnownModel, KnownName, Lexicon
from core.query.fragments import fragment, language_named
from core.query.guesses import guess_of
from core.query.query import Guess
from tests.builders import a_maker

LEXICON = Lexicon(
    makers=(a_maker(),),
    models=(KnownModel(model="X100", brands=("Acme",)),),
    names=(KnownName(name="Thunderbolt Traveller", brand="Acme"),),
)


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("Japan", "region", "JP"),
        ("in Deutschland", "region", "DE"),
        ("在日本买的", "region", "JP"),
        ("2024", "bought", "2024"),
        ("im Juni 2024", "bought", "2024-06"),
        ("2023年5月", "manufactured", "2023-05"),
        ("the white one", "colour", "white"),
        ("no idea", "region", None),
        ("hello", "bought", None),
        ("A1263", "colour", None),
    ],
)
def test_a_few_words_say_what_was_asked_for(text: str, field: str, value: str | None) -> None:
    assert fragment(text, field) == value


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Deutsch", "de"),
        ("日本語", "ja"),
        ("in english", "en"),
        ("/language zh-Hant", "zh-Hant"),
        ("français", "fr"),
        ("my german power bank", None),
        ("/language", None),
    ],
)
def test_a_language_alone_is_a_wish_for_it(text: str, lang: str | None) -> None:
    assert language_named(text) == lang


@pytest.mark.parametrize(
    ("text", "guess"),
    [
        ("is the Samsyng fridge bad", Guess("Samsyng", "brand", ("Samsung",))),
        (
            "thunderbold traveler",
            Guess("thunderbold traveler", "name", ("Thunderbolt Traveller",)),
        ),
        ("my banker recalled my loan", None),
        ("is my toaster recalled", None),
        ("X1O0", None),
    ],
)
def test_a_strange_name_is_guessed_by_its_looks(text: str, guess: Guess | None) -> None:
    assert guess_of(text, LEXICON) == guess
