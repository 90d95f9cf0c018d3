"""The word lists of every language, compiled once into one search."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple, TypedDict, cast

from core.query.phrases import Phrases
from core.query.plain import words_of

# BCP 47 for "undetermined": city names are the same in many languages.
NO_LANGUAGE = "und"


class Meaning(NamedTuple):
    """What a phrase stands for: its kind ("labels"), which one ("serial"), its language."""

    kind: str
    value: str
    lang: str


class _Language(TypedDict):
    lang: str
    letters: str
    common: list[str]
    groups: dict[str, dict[str, list[str]]]
    words: dict[str, list[str]]


class _Known(TypedDict):
    kind: str
    values: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Wording:
    """Every phrase we know, the everyday words of each language and its telling letters.

    `everyday` maps a word to the languages it is common in; `ordinary` words are never taken
    for a misspelt name. `known` holds what belongs to no language: makers, cities, series.
    """

    phrases: Phrases[Meaning]
    everyday: Mapping[str, tuple[str, ...]]
    letters: Mapping[str, frozenset[str]]
    ordinary: frozenset[str]
    known: Mapping[str, Mapping[str, list[str]]]


@lru_cache(maxsize=1)
def wording() -> Wording:
    """Return the word lists that ship with the program."""
    languages = [cast("_Language", json.loads(text)) for text in _files("words")]
    lists = [cast("_Known", json.loads(text)) for text in _files("known")]
    known = {part["kind"]: part["values"] for part in lists}
    phrases: Phrases[Meaning] = Phrases()
    for phrase, meaning in _phrases(languages):
        phrases.add(phrase, meaning)
    everyday = _everyday(languages)
    ordinary = phrases.vocabulary.union(everyday, *known["ordinary"].values())
    for country, names in known["cities"].items():
        for name in names:
            phrases.add(name, Meaning("countries", country, NO_LANGUAGE))
    letters = {one["lang"]: frozenset(one["letters"]) for one in languages}
    return Wording(phrases, everyday, letters, frozenset(ordinary), known)


def _files(name: str) -> Iterator[str]:
    folder = files("core.query").joinpath(name)
    lists = [file for file in folder.iterdir() if file.name.endswith(".json")]
    return (
        file.read_text(encoding="utf-8") for file in sorted(lists, key=lambda one: one.name)
    )


def _phrases(languages: list[_Language]) -> Iterator[tuple[str, Meaning]]:
    for one in languages:
        for kind, values in one["groups"].items():
            for value, phrases in values.items():
                yield from ((phrase, Meaning(kind, value, one["lang"])) for phrase in phrases)
        for kind, phrases in one["words"].items():
            yield from ((phrase, Meaning(kind, "", one["lang"])) for phrase in phrases)


def _everyday(languages: list[_Language]) -> dict[str, tuple[str, ...]]:
    everyday: dict[str, tuple[str, ...]] = {}
    for one in languages:
        for word in map(words_of, one["common"]):
            everyday[word] = (*everyday.get(word, ()), one["lang"])
    return everyday
