"""What a draft did not understand: codes nobody read, and limits nobody could apply."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.sources.drafts.clauses import Clause, Reading
from core.sources.drafts.labels import PASSED
from core.sources.drafts.limits import is_listing, limits, may_limit, sentence_of
from core.sources.drafts.lines import Line
from core.sources.drafts.suspicions import Known, sent_elsewhere, suspicions
from core.sources.drafts.symbols import Role, Symbol
from core.sources.drafts.tokens import holds_address
from core.sources.drafts.vocabulary import words

CONTACT = words("contact call toll-free visit email hotline telephone")
LONGEST_REST = 200


def unread(
    lines: Sequence[Line], reading: Reading, fields: frozenset[str], known: frozenset[str]
) -> tuple[tuple[int, str], ...]:
    """Return, by sentence, what looks like an identifier or a limit and was not read.

    `fields` are all those the notice gave values for; `known` the folded codes that are
    understood already: in the product's name, in fields of their own, or read elsewhere.
    """
    used = reading.passed.union(*(clause.used for clause in reading.clauses))
    understood = Known(used, known)
    here: dict[int, list[Clause]] = {}
    for clause in reading.clauses:
        here.setdefault(clause.sentence, []).append(clause)
    listed = any(map(is_listing, reading.clauses))
    found: list[tuple[int, str]] = []
    for line in lines:
        number = line.symbols[0].sentence
        if line.telling or may_limit(line):
            sentence = sentence_of(line, tuple(here.get(number, ())), fields, listed=listed)
            doubts = [*limits(sentence), *sent_elsewhere(line.words)]
            if not _is_contact(line):
                codes = [symbol.text for symbol in _codes(line.symbols, understood)]
                doubts += [*codes, *suspicions(line.symbols, line.words, understood)]
            found += [(number, text) for text in doubts]
        if line.beyond:
            found.append((number, line.beyond[:LONGEST_REST]))
    return tuple(dict.fromkeys(found))


def _is_contact(line: Line) -> bool:
    reachable = not CONTACT.isdisjoint(line.said) or holds_address(line.words)
    return reachable and not any(symbol.role is Role.LABEL for symbol in line.symbols)


def _codes(line: Sequence[Symbol], understood: Known) -> Iterator[Symbol]:
    for symbol in line:
        if symbol.role is Role.CODE and not understood.has(symbol):
            yield symbol


def cut_off(symbols: Sequence[Symbol]) -> Iterator[tuple[int, str]]:
    """Yield the label a text ends with, and its sentence: what it announced was cut off."""
    if symbols and symbols[-1].role is Role.LABEL and symbols[-1].field != PASSED:
        yield symbols[-1].sentence, symbols[-1].text
