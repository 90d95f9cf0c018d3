"""The word lists: every language says everything, and nothing twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files

import pytest

from core.query.plain import words_of
from core.query.wording import wording

FOLDER = files("core.query").joinpath("words")
LISTS = {file.name: json.loads(file.read_text(encoding="utf-8")) for file in FOLDER.iterdir()}
NAMES = sorted(LISTS)
ENGLISH = LISTS["en.json"]


def phrases(lists: dict[str, dict[str, list[str]]]) -> Iterator[tuple[str, str, list[str]]]:
    for kind, values in lists.items():
        yield from ((kind, value, listed) for value, listed in values.items())


def test_nineteen_languages_have_a_list() -> None:
    assert set(wording().letters) >= {
        *("en", "es", "fr", "de", "it", "pt", "nl", "pl", "ru", "uk", "ar", "tr", "vi", "id"),
        *("ja", "ko", "zh-Hans", "zh-Hant", "hi"),
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_language_has_every_kind_of_word_that_english_has(name: str) -> None:
    language = LISTS[name]

    assert name == f"{language['lang']}.json"
    for group in ("intents", "labels", "colours", "replies"):
        missing = set(ENGLISH["groups"][group]) - set(language["groups"][group])
        assert missing <= {"asin", "tracking", "fcc_id"}
    assert set(language["words"]) == set(ENGLISH["words"])


@pytest.mark.parametrize("name", NAMES)
def test_no_list_is_empty_or_holds_a_phrase_twice(name: str) -> None:
    for kind, value, listed in phrases(LISTS[name]["groups"]):
        assert listed, f"{kind} {value}"
        assert len(listed) == len(set(listed)), f"{kind} {value}"
    for phrase in (one for _, _, listed in phrases(LISTS[name]["groups"]) for one in listed):
        assert words_of(phrase.strip("*"))


@pytest.mark.parametrize("name", NAMES)
def test_months_and_countries_are_named_by_their_codes(name: str) -> None:
    groups = LISTS[name]["groups"]

    assert all(1 <= int(month) <= 12 for month in groups.get("months", {}))
    assert all(len(code) == 2 and code.isupper() for code in groups["countries"])
