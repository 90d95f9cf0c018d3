"""What can hurt, read from an authority's label or from its prose."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from core.model.recall import HazardKind
from core.sources.vocabulary import PhraseTable, any_of, folded, word_list

# What kills fastest comes first.
_ORDER = (
    HazardKind.FIRE,
    HazardKind.EXPLOSION,
    HazardKind.SHOCK,
    HazardKind.SUFFOCATION,
    HazardKind.DROWNING,
    HazardKind.CHOKING,
    HazardKind.INGESTION,
    HazardKind.CRASH,
    HazardKind.POISONING,
    HazardKind.INFECTION,
    HazardKind.ALLERGY,
    HazardKind.BURN,
    HazardKind.IMPACT,
    HazardKind.FALL,
    HazardKind.LACERATION,
    HazardKind.FAILURE_TO_PROTECT,
    HazardKind.OTHER,
)
_APART = re.compile(r"[|;\n¤]")
_PARENTHESIS = re.compile(r"\(.*?(?:\)|$)")


def hazards(*texts: str) -> tuple[HazardKind, ...]:
    """Return the hazards these English or French texts name, most serious first, never empty.

    (OTHER,) where nothing known is named. Words that only rule something out ("no fires have
    been reported") count for nothing.
    """
    plain = _negated().sub(" ", folded(" \n ".join(texts)))
    bare = _ignored().sub(" ", plain)
    # What a helmet fails at is worded with words that elsewhere name the blow itself.
    found = _named(bare) | (_named(plain) & {HazardKind.FAILURE_TO_PROTECT})
    if not found - {HazardKind.FAILURE_TO_PROTECT}:
        found |= {HazardKind(kind) for kind, *_ in _phrases("weak").find(bare)}
    return _sorted(found) or (HazardKind.OTHER,)


def hazards_of(label: str, table: str) -> tuple[HazardKind, ...]:
    """Return the hazards an authority's own label stands for, () where the table lacks it.

    `table` is "safety_gate", "rappelconso", "health_canada", "opss", "accc", "nhtsa", "fda" or
    "fsis"; a label may list several, apart by comma, semicolon, "|" or a line. Raises KeyError
    for a table there is none of.
    """
    known: dict[str, list[str]] = word_list("hazards")["labels"][table]
    found: set[HazardKind] = set()
    for part in _APART.split(label):
        found |= _looked_up(part, known)
    if len(found) > 1:
        found -= {HazardKind.OTHER}
    return _sorted(found)


def _looked_up(part: str, known: dict[str, list[str]]) -> set[HazardKind]:
    bare = folded(_PARENTHESIS.sub("", part)).replace("_", " ")
    for whole in (folded(part), bare, bare.rpartition("risktype.")[2], bare.split(":")[0]):
        if kinds := known.get(whole.strip(" .")):
            return {HazardKind(kind) for kind in kinds}
    listed = any_of(known).findall(bare) if known else []
    return {HazardKind(kind) for name in listed for kind in known.get(name, ())}


def _sorted(kinds: Iterable[HazardKind]) -> tuple[HazardKind, ...]:
    return tuple(sorted(kinds, key=_ORDER.index))


def _named(text: str) -> set[HazardKind]:
    return {HazardKind(kind) for kind, *_ in _phrases("prose").find(text)}


@cache
def _phrases(list_name: str) -> PhraseTable:
    return PhraseTable(word_list("hazards")[list_name])


@cache
def _ignored() -> re.Pattern[str]:
    return any_of(word_list("hazards")["ignored"])


@cache
def _negated() -> re.Pattern[str]:
    return re.compile("|".join(word_list("hazards")["negated"]))
