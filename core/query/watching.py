"""What people watch without owning it: the command /watch, and the words that name it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from core.model import facets
from core.model.identifier import fold
from core.model.lexicon import Lexicon
from core.model.message import Message
from core.model.recall import HazardKind
from core.model.rule import PRODUCT_KEYS
from core.model.subscriber import Interest
from core.model.unit import Unit
from core.query.answer import Answer
from core.query.commands import Command
from core.query.countries import country_named
from core.query.owning import Owner, add, known_owner
from core.store import group_feeds, interests
from core.store.subscribers import Subscriber
from core.store.work import Database
from core.text import screens
from core.text.screens import choice_name
from core.text.translations import Translator, translator

LONGEST = 60
# Of one person: more than this is no interest any more.
MOST_WATCHED = 100
MOST_CATEGORIES = 1000
LONGEST_NAME = 4
LENGTH_OF_CODE = 2
SHORTEST_KEYWORD = 2
OFF = "off"
JOINED = " + "
_OFF = re.compile(r"off\s+(.+)", re.IGNORECASE | re.DOTALL)
# Between two things that are watched each for itself.
_APART = re.compile(r"\s*[,;、，；]\s*|\s+(?:and|und|y|et|e|und|と|和)\s+", re.IGNORECASE)
# Words that stand around what is watched and name nothing themselves.
_IDLE_WORDS = (
    "a all any every for from in me my of on please recall recalls risk risks the with hazard"
    " hazards danger dangers product products made sold watch alle aus bitte für im mit produkt"
    " produkte rückruf rückrufe von de del el en la las los por productos producto riesgo"
    " retirada retiradas avec du des le les pour produit produits rappel rappels risque"
)
_IDLE = frozenset(_IDLE_WORDS.split())


@dataclass(frozen=True, slots=True)
class Names:
    """What the words of an interest may name: hazards and kinds of product, folded; brands."""

    hazards: Mapping[str, HazardKind]
    categories: Mapping[str, str]
    lexicon: Lexicon


def names_in(words: Translator, categories: Iterable[str], lexicon: Lexicon) -> Names:
    """Return the names of dangers and kinds of product, in these words and in English."""
    tongues = (translator("en"), words)
    kinds = {
        fold(name): kind
        for kind in HazardKind
        for name in (kind.value, *(choice_name("hazard", kind, one) for one in tongues))
    }
    named = {
        fold(name): key
        for key in categories
        for name in (key, *(choice_name("category", key, one) for one in tongues))
    }
    return Names(kinds, named, lexicon)


def interests_in(text: str, names: Names, *, keywords: bool) -> Iterator[Interest]:
    """Yield what `text` names to be watched; all that one part of it names must hold together.

    Words that name nothing known are searched for in the recalls, where `keywords` says so.
    """
    for part in _APART.split(text):
        interest = _interest(part.split(), names, keywords=keywords)
        if not interest.empty:
            yield interest


def _interest(told: Sequence[str], names: Names, *, keywords: bool) -> Interest:
    found, left, at = Interest(), [], 0
    while at < len(told):
        size, found = _taken(told[at:], found, names)
        if not size:
            left.append(told[at])
        at += size or 1
    words = [word for word in left if word.casefold() not in _IDLE]
    typed = " ".join(words)
    if keywords and len(fold(typed)) >= SHORTEST_KEYWORD:
        found = replace(found, keyword=typed)
    return found


def _taken(told: Sequence[str], found: Interest, names: Names) -> tuple[int, Interest]:
    """Return how many of the next words name something new, and the interest with it."""
    for size in range(min(LONGEST_NAME, len(told)), 0, -1):
        name = " ".join(told[:size])
        for one in _singular(fold(name)):
            if not found.brand and one in names.lexicon.maker_of:
                return size, replace(found, brand=name)
            if found.hazard is None and one in names.hazards:
                return size, replace(found, hazard=names.hazards[one])
            if not found.category and one in names.categories:
                return size, replace(found, category=names.categories[one])
    for size in range(1, min(LONGEST_NAME, len(told)) + 1):
        country = None if found.country else _country(told[:size])
        if country:
            return size, replace(found, country=country)
    return 0, found


def _singular(folded: str) -> Iterator[str]:
    yield folded
    for ending in ("S", "ES"):
        if folded.endswith(ending):
            yield folded.removesuffix(ending)


def _country(told: Sequence[str]) -> str | None:
    """Return the country these words name; "in" and "us" are words before they are codes."""
    name = " ".join(told)
    idle = _IDLE & {told[0].casefold(), told[-1].casefold()}
    may_be_code = len(name) == LENGTH_OF_CODE and name.isascii()
    return None if idle or (may_be_code and not name.isupper()) else country_named(name)


def shown(interest: Interest, words: Translator) -> str:
    """Return an interest in the reader's words: "Anker + Japan"."""
    parts = (
        interest.brand,
        choice_name("category", interest.category, words),
        choice_name("hazard", interest.hazard, words) if interest.hazard else "",
        words.region(interest.country) if interest.country else "",
        interest.keyword,
    )
    return JOINED.join(part for part in parts if part)


def is_screen(command: Command) -> bool:
    """Say whether /watch asks for what is watched or for less of it, and for nothing new."""
    return not command.rest or _OFF.fullmatch(command.rest) is not None


async def watch(command: Command, owner: Owner, database: Database) -> Message:
    """Watch something no longer where the person says so, and return what is watched."""
    told = []
    if off := _OFF.fullmatch(command.rest):
        async with database.writing() as connection:
            who = await known_owner(connection, owner)
            gone = await _stop(connection, who, off[1])
        name = gone.shown if gone else " ".join(off[1].split())[:LONGEST]
        told = [owner.words("watch_stopped" if gone else "watch_unknown", brand=name)]
    return await _screen(owner, database, told)


async def wished(found: Answer, owner: Owner, database: Database) -> Message:
    """Watch what was named; a thing that is named with its model goes on the list."""
    if any(_is_a_thing(item.unit) for item in found.items):
        return await add(found, owner, database)
    lexicon = found.knowledge.lexicon
    if owner.command is not None:
        return await begin(owner.command.rest, owner, database, lexicon, keywords=True)
    # Of a whole sentence only what we know is watched.
    return await begin(found.query.text, owner, database, lexicon, keywords=False)


def _is_a_thing(unit: Unit) -> bool:
    """Say whether more was named than a brand: something that tells one of its products."""
    told = PRODUCT_KEYS | {"name", "serial"}
    return bool(unit.model) or bool(unit.brand and told & unit.facts.keys())


async def begin(
    text: str, owner: Owner, database: Database, lexicon: Lexicon, *, keywords: bool
) -> Message:
    """Watch what these words name, each part for itself, and return all that is watched."""
    typed = text.strip()
    wanted: list[Interest] = []
    if typed.isprintable() and (len(typed) <= LONGEST or not keywords):
        async with database.reading() as connection:
            found = await group_feeds.most_frequent(
                connection, facets.CATEGORY, MOST_CATEGORIES
            )
        names = names_in(owner.words, found, lexicon)
        told = interests_in(typed, names, keywords=keywords)
        wanted = [replace(one, shown=shown(one, owner.words)) for one in told]
    if wanted:
        async with database.writing() as connection:
            who = await known_owner(connection, owner)
            for one in wanted:
                await interests.watch(connection, who, one, owner.now)
            await _keep_to_limit(connection, who)
    lines = [owner.words("watch_added", brand=one.shown) for one in wanted]
    return await _screen(owner, database, lines)


async def _keep_to_limit(connection: AsyncConnection, who: Subscriber) -> None:
    """Let the earliest go where somebody watches more than anybody reads."""
    watched = await interests.watched(connection, who.channel, who.chat)
    for one in watched[: max(0, len(watched) - MOST_WATCHED)]:
        await interests.unwatch(connection, who, one)


async def _stop(connection: AsyncConnection, who: Subscriber, named: str) -> Interest | None:
    """Watch no longer what is called so, or stands at that place; return it."""
    watched = await interests.watched(connection, who.channel, who.chat)
    one = next((each for each in watched if fold(each.shown) == fold(named)), None)
    if one is None and named.isascii() and named.isdecimal():
        place = int(named[:4])
        one = watched[place - 1] if 0 < place <= len(watched) else None
    if one is not None:
        await interests.unwatch(connection, who, one)
    return one


async def _screen(owner: Owner, database: Database, before: Sequence[str]) -> Message:
    place = owner.place
    async with database.reading() as connection:
        watched = await interests.watched(connection, place.channel, place.chat)
    return screens.watch_screen([one.shown for one in watched], owner.words, *before)
