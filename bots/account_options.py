"""What the options of `recallbot account` say about an account, checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from bots.accounts import Changes
from bots.asked_posts import known_language
from bots.failure import Failure
from core.model.recall import HazardKind
from core.model.subscriber import QuietHours
from core.query.countries import country_named
from core.text.translations import translator
from core.text.zones import zone_named

T = TypeVar("T")
# What empties a list of a rule, the hours and the country.
ANY = "any"
LONGEST_NAME = 80
_CATEGORY = re.compile(r"[a-z0-9][a-z0-9.-]{0,79}")


def changes_from(given: Mapping[str, Any]) -> Changes:
    """Return what options that are not None say; raises Failure for the first one wrong."""
    told = {name.lstrip("_"): value for name, value in given.items() if value is not None}
    rules = {name: read(told[key]) for key, name, read in _RULES if key in told}
    style = {name: read(told[key]) for key, name, read in _STYLE if key in told}
    name = told.get("name")
    return Changes(_name(name) if name is not None else None, rules, style)


def _name(typed: str) -> str:
    name = " ".join(typed.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise Failure(f"a name has 1 to {LONGEST_NAME} characters")
    return name


def _same(value: T) -> T:
    return value


def _minutes(value: int) -> timedelta:
    return timedelta(minutes=value)


def _each(read: Callable[[str], T]) -> Callable[[Sequence[str]], tuple[T, ...]]:
    """Return what reads a list, of which "any" says that it is empty."""

    def every(values: Sequence[str]) -> tuple[T, ...]:
        return tuple(dict.fromkeys(map(read, _named(values))))

    return every


def _named(values: Sequence[str]) -> Iterator[str]:
    """Yield the values, with commas between them or one by one."""
    for value in values:
        yield from (one.strip() for one in value.split(",") if one.strip().lower() != ANY)


def _country(typed: str) -> str:
    found = country_named(typed)
    if found is None:
        raise Failure(f"{typed!r} is no country; write its two letters, such as US")
    return found


def _region(typed: str) -> str | None:
    return None if typed.strip().lower() == ANY else _country(typed)


def _hazard(typed: str) -> HazardKind:
    try:
        return HazardKind(typed.lower().replace("-", "_"))
    except ValueError:
        known = ", ".join(HazardKind)
        raise Failure(f"there is no hazard {typed!r}; there are {known}") from None


def _category(typed: str) -> str:
    key = typed.lower().replace(" ", "-")
    if not _CATEGORY.fullmatch(key) or not translator(None).has(f"category_{key}"):
        raise Failure(f"there is no category {typed!r}; the pages of recalls list them")
    return key


def _hours(typed: str) -> QuietHours | None:
    if typed.strip().lower() == ANY:
        return None
    found = QuietHours.parse(typed)
    if found is None:
        raise Failure(f"{typed!r} is no span of hours; write it like 22-7 or 22:30-07:00")
    return found


def _zone(typed: str) -> str:
    found = zone_named(typed)
    if found is None:
        raise Failure(f"{typed!r} is no time zone; write it like Europe/Berlin")
    return found


# Each option, the field it stands for, and what reads it.
_RULES: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
    ("mode", "mode", _same),
    ("delay", "delay", _minutes),
    ("country", "countries", _each(_country)),
    ("hazard", "hazards", _each(_hazard)),
    ("category", "categories", _each(_category)),
    ("brand", "brands", _each(_same)),
    ("hours", "hours", _hours),
    ("zone", "zone", _zone),
    ("per_day", "per_day", _same),
    ("two_for_serious", "two_for_serious", _same),
    ("round_up", "round_up", _same),
)
_STYLE: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
    ("lang", "lang", known_language),
    ("region", "region", _region),
    ("threads", "threads", _same),
    ("links", "links", _same),
    ("pictures", "pictures", _same),
)
