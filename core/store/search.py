"""Searching the notices by what a person types: a brand, a product, a model, an id."""

# ruff: noqa: S608 - only names of parameters and fixed words go into the SQL, never a value

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.keys import Probe, probe_of_unit
from core.model.recall import Notice
from core.model.unit import Unit
from core.store.lookup import Statement, Stored, Value, newest_first
from core.store.reading import found_by, rows_of
from core.store.words import keys_of_word, pattern, typed

MOST_GUESSES = 3


async def search(connection: AsyncConnection, words: str, limit: int) -> tuple[Notice, ...]:
    """Return at most `limit` notices that these words find, the best first.

    An id or exact name comes before notices that have every word somewhere; only where there
    is neither, models that differ by one character or begin alike are offered.
    """
    asked = typed(words)
    if not asked or limit < 1:
        return ()
    found = await _exact(connection, asked, limit)
    exact = len(found)
    if exact < limit:
        rows = await rows_of(connection, [_every_word(asked, limit)])
        found = _united(found, [(row.pk, row.body) for row in rows])
    if not found:
        found = await _near(connection, asked, limit)
    return (*newest_first(found[:exact]), *newest_first(found[exact:limit]))


def _united(first: Sequence[Stored], then: Sequence[Stored]) -> list[Stored]:
    return list(dict([*first, *then]).items())


async def _exact(connection: AsyncConnection, asked: Sequence[str], limit: int) -> list[Stored]:
    phrase = " ".join(asked)
    named = Statement("SELECT pk, body FROM notice WHERE id = :id", {"id": phrase})
    by_id = [(row.pk, row.body) for row in await rows_of(connection, [named])]
    by_key = await found_by(connection, Probe(keys_of_word(phrase)), limit)
    return _united(by_id, by_key)[:limit]


def _every_word(asked: Sequence[str], limit: int) -> Statement:
    values: dict[str, Value] = {"limit": limit}
    conditions = []
    for index, word in enumerate(asked):
        values[f"like{index}"] = pattern(word)
        either = f"words LIKE :like{index} ESCAPE '!'"
        keys = {f"key{index}of{n}": key for n, key in enumerate(keys_of_word(word))}
        if keys:
            values |= keys
            names = ", ".join(f":{name}" for name in keys)
            either += f" OR pk IN (SELECT notice FROM notice_key WHERE key IN ({names}))"
        conditions.append(f"({either})")
    return Statement(
        f"SELECT pk, body FROM notice WHERE {' AND '.join(conditions)}"
        " ORDER BY published DESC, pk DESC LIMIT :limit",
        values,
    )


async def _near(connection: AsyncConnection, asked: Sequence[str], limit: int) -> list[Stored]:
    numbered = [word for word in asked if any(character.isdigit() for character in word)]
    found: list[Stored] = []
    for guess in (numbered or asked)[:MOST_GUESSES]:
        probe = probe_of_unit(Unit(model=guess))
        found = _united(found, await found_by(connection, probe, limit))
    return found
