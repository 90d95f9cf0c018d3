"""What a list of recalls can be narrowed to, as a form offers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bots.web.asked import Asked
from bots.web.reader import Reader
from core.model import facets
from core.text.translations import Translator

WORLD = "WORLD"
Named = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Filter:
    """One menu: its name in the address, its options (value and label), the chosen value."""

    name: str
    options: tuple[tuple[str, str], ...]
    chosen: str | None


def filters_of(
    choices: Mapping[str, Sequence[str]], asked: Asked, reader: Reader, words: Translator
) -> tuple[Filter, ...]:
    """Return the menus, each in the order of its labels."""

    def source(name: str) -> str:
        authority = reader.authority(name)
        return authority.name if authority else name

    menus: tuple[tuple[str, str, Named], ...] = (
        ("category", facets.CATEGORY, lambda key: _capital(_named(f"category_{key}", words))),
        ("hazard", facets.HAZARD, lambda kind: words(f"web_hazard_{kind}")),
        ("country", facets.COUNTRY, words.region),
        ("source", facets.SOURCE, source),
    )
    return tuple(
        Filter(name, _options(choices.get(beginning, ()), label), getattr(asked, name))
        for name, beginning, label in menus
    )


def _options(values: Sequence[str], label: Named) -> tuple[tuple[str, str], ...]:
    named = ((value, label(value)) for value in values if value != WORLD)
    return tuple(sorted(named, key=lambda pair: pair[1].casefold()))


def _named(key: str, words: Translator) -> str:
    return words(key) if words.has(key) else key.partition("_")[2]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
