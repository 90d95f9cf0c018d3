"""The sentences of a raw record that a draft rests on, for the person who reviews it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from core.model.identifier import fold
from core.model.rule import CodeRule, DateRule, Model, Rule, walk
from core.sources.drafts.tokens import read
from core.sources.text import clean

LONGEST = 2000
SHORTEST_CODE = 2


def witnesses(body: bytes, rule: Rule) -> tuple[str, ...]:
    """Return the sentences of an authority's record that name what the rule lists."""
    codes = {code for code in map(fold, _codes(rule)) if len(code) >= SHORTEST_CODE}
    found = (
        sentence[:LONGEST]
        for text in _texts(body)
        for sentence in read(text).sentences
        if _names(sentence, codes)
    )
    return tuple(dict.fromkeys(found))


def _names(sentence: str, codes: set[str]) -> bool:
    plain = fold(sentence)
    return any(code in plain for code in codes)


def _codes(rule: Rule) -> Iterator[str]:
    for node in walk(rule):
        match node:
            case Model(any_of=values):
                yield from values
            case CodeRule():
                yield from (*node.eq, *node.starts, *node.ends, *node.contains)
                yield from (end for pair in node.between for end in pair)
            case DateRule(start=start, end=end):
                yield from (f"{day:%B %Y}" for day in (start, end) if day)


def _texts(body: bytes) -> Iterator[str]:
    """Yield every text of a JSON record; of another one all of it."""
    try:
        yield from _leaves(json.loads(body))
    except (ValueError, RecursionError):
        yield clean(body.decode("utf-8", "replace"))


def _leaves(value: object) -> Iterator[str]:
    match value:
        case str():
            if "://" not in value:
                yield clean(value)
        case dict():
            for part in value.values():
                yield from _leaves(part)
        case list():
            for part in value:
                yield from _leaves(part)
