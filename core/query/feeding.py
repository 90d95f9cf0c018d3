"""Which recalls a group is told: the command /feed, for those who look after the group."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType
from typing import TypeVar

from core.channel import Inbound
from core.model import facets
from core.model.identifier import fold
from core.model.message import Message
from core.model.recall import HazardKind
from core.model.subscriber import MOST_POSTS, FeedStyle, GroupFeed
from core.query.commands import Command
from core.query.countries import country_named
from core.query.group import SHORTEST_SERIAL
from core.query.obeying import LONGEST_BRAND
from core.query.owning import Owner
from core.store import group_feeds, progress
from core.store.work import Database
from core.text import screens
from core.text.translations import Translator

Value = TypeVar("Value")
PREVIEWED, SHOWN = timedelta(days=30), 3
OFFERED = 20
MOST_CHOSEN = 20
LONGEST_ROLE = 64
NAME = "feed"
KINDS = ("country", "hazard", "category", "brand")
BEGINNINGS: Mapping[str, str] = MappingProxyType(
    {"country": facets.COUNTRY, "hazard": facets.HAZARD, "category": facets.CATEGORY}
)
ALL, OFF, SKIP = "all", "off", "skip"
LONGEST_NUMBER = 15
# Somebody who can be called: a name of Telegram, or a role as Discord writes it.
_ROLE = re.compile(r"@|<@&?\d+>$")
_CATEGORY = re.compile(r"[a-z0-9][a-z0-9.-]{0,79}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks of a feed: the first word behind the command, and the rest."""

    kind: str
    value: str

    @classmethod
    def of(cls, command: Command) -> Wanted:
        """Take what stands behind the command apart."""
        kind, _, value = command.rest.partition(" ")
        return cls(kind.casefold(), " ".join(value.split()))


async def feed(command: Command, owner: Owner, inbound: Inbound, database: Database) -> Message:
    """Show or change what the group is told, if whoever asks may set that up."""
    words = owner.words
    if not inbound.group or not inbound.may_set_up:
        key = "feed_refused" if inbound.group else "feed_groups_only"
        return screens.said(words, words(key))
    wanted = Wanted.of(command)
    if wanted == Wanted("budget", ""):
        return screens.budget_screen(words)
    if wanted.kind == SKIP:
        return await _held_back(wanted.value, owner, database)
    now = await _feed(owner, database)
    if wanted.value or wanted.kind not in {"", *KINDS}:
        changed = await _changed(now, wanted, owner, database)
        if changed is None:
            return screens.wrong(_examples(wanted.kind), words)
        now = changed
    if wanted.kind in KINDS:
        return await _choices(wanted.kind, now, owner, database)
    return await _screen(now, owner, database)


async def _changed(
    now: GroupFeed, wanted: Wanted, owner: Owner, database: Database
) -> GroupFeed | None:
    changed = feed_changed(now, wanted, owner.words)
    if changed is None:
        return None
    changed = replace(changed, lang=owner.words.lang)
    async with database.writing() as connection:
        await group_feeds.save_feed(connection, owner.place, changed, owner.now)
    return changed


async def _held_back(alert: str, owner: Owner, database: Database) -> Message:
    """Never post what was shown here and still waits."""
    held = False
    if alert.isascii() and alert.isdecimal() and len(alert) <= LONGEST_NUMBER:
        async with database.writing() as connection:
            held = await progress.hold_back(connection, owner.place, int(alert))
    text = owner.words("feed_held_back" if held else "feed_not_held")
    return replace(screens.said(owner.words, text), anew=not held)


def _examples(kind: str) -> str:
    example = screens.FEED_EXAMPLES.get(kind)
    return example or ", ".join(("/feed on", *screens.FEED_EXAMPLES.values()))


def feed_changed(now: GroupFeed, wanted: Wanted, words: Translator) -> GroupFeed | None:
    """Return the feed as changed, None for what is no wish of a feed."""
    change = _CHANGES.get(wanted.kind)
    return change(now, wanted.value, words) if change else None


def _on(now: GroupFeed, value: str, words: Translator) -> GroupFeed | None:
    del value, words
    return replace(now, active=True)


def _off(now: GroupFeed, value: str, words: Translator) -> GroupFeed | None:
    del value, words
    return replace(now, active=False)


def _country(now: GroupFeed, value: str, words: Translator) -> GroupFeed | None:
    del words
    if value.casefold() == ALL:
        return replace(now, countries=())
    country = country_named(value)
    return replace(now, countries=_toggled(now.countries, country)) if country else None


def _hazard(now: GroupFeed, value: str, words: Translator) -> GroupFeed | None:
    if value.casefold() == ALL:
        return replace(now, hazards=())
    kind = _hazard_named(value, words)
    return replace(now, hazards=_toggled(now.hazards, kind)) if kind else None


def _hazard_named(typed: str, words: Translator) -> HazardKind | None:
    """Return the hazard of that key, or of that name in the reader's language."""
    for kind in HazardKind:
        if fold(typed) in {fold(kind), fold(screens.choice_name("hazard", kind, words))}:
            return kind
    return None


def _category(now: GroupFeed, value: str, words: Translator) -> GroupFeed | None:
    if value.casefold() == ALL:
        return replace(now, categories=())
    key = value.casefold().replace(" ", "-")
    if not _CATEGORY.fullmatch(key) or not words.has(f"category_{key}"):
        return None
    return replace(now, categories=_toggled(now.categories, key))


def _brand(now: GroupFeed, value: str, words: Translator) -> GroupFeed | None:
    del words
    if value.casefold() == ALL:
        return replace(now, brands=())
    odd = not fold(value) or len(value) > LONGEST_BRAND or not value.isprintable()
    if odd or any(_may_be_serial(word) for word in value.split()):
        return None
    known = next((brand for brand in now.brands if fold(brand) == fold(value)), value)
    return replace(now, brands=_toggled(now.brands, known))


def _may_be_serial(word: str) -> bool:
    """Say whether it is too long a code for a brand: in a group none is kept or repeated."""
    return len(fold(word)) >= SHORTEST_SERIAL and any(map(str.isdigit, word))


def _budget(now: GroupFeed, value: str, words: Translator) -> GroupFeed | None:
    del words
    number = int(value) if value.isascii() and value.isdecimal() and len(value) < 4 else 0  # noqa: PLR2004 - digits enough
    return replace(now, budget=number) if 1 <= number <= MOST_POSTS else None


def _style(now: GroupFeed, value: str, words: Translator) -> GroupFeed | None:
    del words
    known = value.casefold() in set(FeedStyle)
    return replace(now, style=FeedStyle(value.casefold())) if known else None


def _role(now: GroupFeed, value: str, words: Translator) -> GroupFeed | None:
    """Return the feed with whom to call at a hazard, or with "off" nobody."""
    named, _, role = value.rpartition(" ")
    kind = _hazard_named(named, words)
    if kind is None or len(role) > LONGEST_ROLE or not role.isprintable():
        return None
    if not _ROLE.match(role) and _may_be_serial(role):
        return None
    roles = {known: one for known, one in now.roles.items() if known is not kind}
    if role.casefold() != OFF:
        roles[kind] = role
    return replace(now, roles=MappingProxyType(roles))


Change = Callable[[GroupFeed, str, Translator], GroupFeed | None]
_CHANGES: Mapping[str, Change] = MappingProxyType(
    {
        "on": _on,
        "off": _off,
        "country": _country,
        "hazard": _hazard,
        "category": _category,
        "brand": _brand,
        "budget": _budget,
        "style": _style,
        "role": _role,
    }
)


def _toggled(chosen: tuple[Value, ...], one: Value) -> tuple[Value, ...]:
    if one in chosen:
        return tuple(other for other in chosen if other != one)
    return (*chosen, one)[-MOST_CHOSEN:]


async def _feed(owner: Owner, database: Database) -> GroupFeed:
    async with database.reading() as connection:
        return await group_feeds.group_feed(connection, owner.place) or GroupFeed()


async def _choices(kind: str, now: GroupFeed, owner: Owner, database: Database) -> Message:
    offered: list[str] = []
    if beginning := BEGINNINGS.get(kind):
        async with database.reading() as connection:
            offered += await group_feeds.most_frequent(connection, beginning, OFFERED)
    # What holds everywhere is told whatever the countries are.
    shown = [one for one in offered if one != "WORLD"]
    return screens.choice_screen(kind, now, shown, owner.words)


async def _screen(now: GroupFeed, owner: Owner, database: Database) -> Message:
    async with database.reading() as connection:
        seen = await group_feeds.preview(connection, now, owner.now - PREVIEWED, SHOWN)
    would = screens.Would(seen.count, seen.newest)
    return screens.feed_screen(now, would, owner.words)
