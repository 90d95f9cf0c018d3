"""The word lists of every language, compiled once into one search."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple, TypedDict, cast

from core.query.kept import kept
from core.query.phrases import Packed, Phrases
from core.query.plain import words_of

# BCP 47 for "undetermined": city names are the same in many languages.
NO_LANGUAGE = "und"
# Words that mean something only as the answer to a question of ours ("no", "cancel").
REPLIES = "replies"


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
    `replies` holds what answers a question of ours, by its meaning: yes, no, cancel, …
    """

    phrases: Phrases[Meaning]
    everyday: Mapping[str, tuple[str, ...]]
    letters: Mapping[str, frozenset[str]]
    ordinary: frozenset[str]
    known: Mapping[str, Mapping[str, list[str]]]
    replies: Mapping[str, tuple[str, ...]]


class _Compiled(TypedDict):
    phrases: Packed[Meaning]
    everyday: dict[str, list[str]]
    letters: dict[str, str]
    ordinary: str
    known: dict[str, dict[str, list[str]]]
    replies: dict[str, list[str]]


@lru_cache(maxsize=1)
def wording() -> Wording:
    """Return the word lists that ship with the program.

    Compiled they are kept beside the program, as Python keeps its own files, and made anew
    when a list has changed.
    """
    compiled = kept("wording", ("words", "known"), _compile)
    phrases = compiled["phrases"]
    phrases["meanings"] = [Meaning(*meaning) for meaning in phrases["meanings"]]
    return Wording(
        Phrases(phrases),
        {word: tuple(langs) for word, langs in compiled["everyday"].items()},
        {lang: frozenset(letters) for lang, letters in compiled["letters"].items()},
        frozenset(compiled["ordinary"].split(" ")),
        compiled["known"],
        {reply: tuple(listed) for reply, listed in compiled["replies"].items()},
    )


def _compile() -> _Compiled:
    languages = [cast("_Language", json.loads(text)) for text in _files("words")]
    lists = [cast("_Known", json.loads(text)) for text in _files("known")]
    known = {part["kind"]: part["values"] for part in lists}
    phrases: Phrases[Meaning] = Phrases()
    listed = list(_phrases(languages))
    for phrase, meaning in listed:
        phrases.add(phrase, meaning)
    everyday = _everyday(languages)
    ordinary = phrases.vocabulary.union(everyday, *known["ordinary"].values())
    cities = list(_cities(known["cities"]))
    for name, meaning in cities:
        phrases.add(name, meaning)
    return _Compiled(
        phrases=phrases.pack(meaning for _, meaning in (*listed, *cities)),
        everyday={word: list(langs) for word, langs in everyday.items()},
        letters={one["lang"]: one["letters"] for one in languages},
        # Words hold no space, so one string holds them all.
        ordinary=" ".join(sorted(ordinary)),
        known=known,
        replies={reply: list(listed) for reply, listed in _replies(languages).items()},
    )


def _cities(countries: Mapping[str, list[str]]) -> Iterator[tuple[str, Meaning]]:
    for country, names in countries.items():
        meaning = Meaning("countries", country, NO_LANGUAGE)
        yield from ((name, meaning) for name in names)


def _files(name: str) -> Iterator[str]:
    folder = files("core.query").joinpath(name)
    lists = [file for file in folder.iterdir() if file.name.endswith(".json")]
    return (
        file.read_text(encoding="utf-8") for file in sorted(lists, key=lambda one: one.name)
    )


def _phrases(languages: list[_Language]) -> Iterator[tuple[str, Meaning]]:
    for one in languages:
        for kind, values in one["groups"].items():
            if kind == REPLIES:
                continue
            for value, phrases in values.items():
                yield from ((phrase, Meaning(kind, value, one["lang"])) for phrase in phrases)
        for kind, phrases in one["words"].items():
            yield from ((phrase, Meaning(kind, "", one["lang"])) for phrase in phrases)


def _replies(languages: list[_Language]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one in languages:
        for value, phrases in one["groups"][REPLIES].items():
            found[value] = (*found.get(value, ()), *phrases)
    return found


def _everyday(languages: list[_Language]) -> dict[str, tuple[str, ...]]:
    everyday: dict[str, tuple[str, ...]] = {}
    for one in languages:
        for word in map(words_of, one["common"]):
            everyday[word] = (*everyday.get(word, ()), one["lang"])
    return everyday
