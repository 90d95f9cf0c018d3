"""Countries by their names in English, French and their own language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.languages import get_official_languages

from core.sources.vocabulary import any_of, folded, word_list

WORLD = "WORLD"
_LANGUAGES = ("en", "fr", "de", "es", "it", "nl", "pt")
_CODE = 2
_MOST_WORDS = 4
_APART = re.compile(r"[,;|/¤\n]|\s(?:and|et|und|y|e|&)\s")
_PARENTHESIS = re.compile(r"\([^()]*\)")
_CODES = re.compile(r"\b[A-Z]{2}\b")


def regions(names: str | Iterable[str]) -> tuple[str, ...]:
    """Return the ISO 3166 alpha-2 codes these names mean, in order, each once; never raises.

    Reads codes, names in English, French, German, Spanish, Italian, Dutch and Portuguese,
    native names, nationalities, usual misspellings ("United Stateso"), "EU" and "Worldwide"
    (WORLD), also inside a sentence. A list of US state codes is the US. What is no country is
    left out.
    """
    texts = (names,) if isinstance(names, str) else tuple(names)
    return tuple(dict.fromkeys(code for text in texts for code in _in_text(text)))


def _in_text(text: str) -> Iterator[str]:
    whole = _known(text)
    if whole:
        yield from whole
        return
    if _lists_states(text):
        yield "US"
        text = _CODES.sub(" ", text)
    for part in _APART.split(text):
        name = _PARENTHESIS.sub(" ", part)
        yield from _known(name) or tuple(_within(part)) or _natively(name)


def _known(name: str) -> tuple[str, ...]:
    """Return what exactly this name means."""
    bare = name.strip(" .:*")
    if len(bare) == _CODE and bare.isupper() and bare in _codes():
        return (bare,)
    plain = folded(bare).removeprefix("the ")
    if plain in _groups():
        return _groups()[plain]
    return (_names()[plain],) if plain in _names() else ()


def _natively(name: str) -> tuple[str, ...]:
    """Return what a name means in its country's own language; () for the usual case."""
    plain = folded(name.strip(" .:*"))
    if len(plain.split()) > _MOST_WORDS or not plain.replace(" ", "").isalpha():
        return ()  # a sentence: every language's names need not be read for it
    return (_native_names()[plain],) if plain in _native_names() else ()


def _within(part: str) -> Iterator[str]:
    """Yield the countries a longer wording names."""
    for name in _scanner().findall(folded(part)):
        yield from _groups().get(name) or (_names()[name],)
    for code in re.findall(r"\bUSA?\b|\bUK\b", part):
        yield {"UK": "GB"}.get(code, "US")


def _lists_states(text: str) -> bool:
    """Say whether two-letter codes here are US states: CA, FL, TX rather than Canada."""
    codes = _CODES.findall(text)
    states = [code for code in codes if code in word_list("places")["states"]]
    return any(code not in _codes() for code in states) or len(states) > len(codes) / 2 > 1


@cache
def _codes() -> frozenset[str]:
    return frozenset(
        code
        for code in map(str, Locale("en").territories)
        if len(code) == _CODE
        and code.isalpha()
        and code not in {"EU", "EZ", "UN", "XA", "XB", "ZZ"}
    )


@cache
def _groups() -> dict[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = word_list("places")["groups"]
    return {name: tuple(codes) for name, codes in groups.items()}


@cache
def _names() -> dict[str, str]:
    found: dict[str, str] = dict(word_list("places")["aliases"])
    for language in _LANGUAGES:
        territories = Locale(language).territories
        for code in sorted(_codes() & set(territories)):
            found.setdefault(folded(territories[code]), code)
    return found


@cache
def _native_names() -> dict[str, str]:
    found: dict[str, str] = {}
    for code in sorted(_codes()):
        for language in get_official_languages(code, regional=True, de_facto=True):
            try:
                territories = Locale.parse(language, sep="_").territories
            except (UnknownLocaleError, ValueError):
                continue
            if code in territories:
                found.setdefault(folded(territories[code]), code)
    return found


@cache
def _scanner() -> re.Pattern[str]:
    # A sentence holds names of people and things, too: only languages feeds are written in.
    lists = [Locale(language).territories for language in ("en", "fr")]
    spoken = {folded(names[code]) for names in lists for code in _codes() & set(names)}
    return any_of(
        spoken | (set(word_list("places")["aliases"]) - {"us", "el"}) | set(_groups())
    )
