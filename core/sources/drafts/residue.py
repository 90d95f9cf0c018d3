"""What a draft did not understand: codes nobody read, and limits nobody could apply."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.model.identifier import fold
from core.sources.drafts.clauses import Reading
from core.sources.drafts.grammar import lines
from core.sources.drafts.labels import PASSED
from core.sources.drafts.limits import Sentence, limits
from core.sources.drafts.symbols import Role, Symbol
from core.sources.drafts.tokens import is_address
from core.sources.drafts.vocabulary import words

CONTACT = words("contact call toll-free visit email hotline telephone")


def unread(
    symbols: Sequence[Symbol], reading: Reading, fields: frozenset[str], known: frozenset[str]
) -> tuple[tuple[int, str], ...]:
    """Return, by sentence, what looks like an identifier or a limit and was not read.

    `fields` are all those the notice gave values for; `known` the folded codes that are
    understood already: in the product's name, in fields of their own, or read elsewhere.
    """
    used = reading.passed.union(*(clause.used for clause in reading.clauses))
    found: list[tuple[int, str]] = []
    for line in lines(symbols):
        if not _is_contact(line):
            number = line[0].sentence
            here = tuple(c for c in reading.clauses if c.sentence == number)
            codes = (s.text for s in _codes(line, used, known))
            found += [
                (number, text) for text in (*codes, *limits(Sentence(line, here, fields)))
            ]
    return tuple(dict.fromkeys([*found, *_cut_off(symbols)]))


def _is_contact(line: Sequence[Symbol]) -> bool:
    said = {symbol.word for symbol in line}
    reachable = any(is_address(symbol.text) for symbol in line) or bool(said & CONTACT)
    return reachable and not any(symbol.role is Role.LABEL for symbol in line)


def _codes(
    line: Sequence[Symbol], used: frozenset[int], known: frozenset[str]
) -> Iterator[Symbol]:
    for symbol in line:
        read = symbol.first in used or fold(symbol.text) in known
        if symbol.role is Role.CODE and not read:
            yield symbol


def _cut_off(symbols: Sequence[Symbol]) -> Iterator[tuple[int, str]]:
    """Yield the label a text ends with: what it announced was cut off."""
    if symbols and symbols[-1].role is Role.LABEL and symbols[-1].field != PASSED:
        yield symbols[-1].sentence, symbols[-1].text
