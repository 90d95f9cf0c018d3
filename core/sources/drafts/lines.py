"""The symbols of a text, sentence by sentence, with what tells whether one is worth reading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.sources.drafts.symbols import Role, Symbol

# The longest sentence on record, a table that lost its lines, has 831.
MOST_SYMBOLS = 1500
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence without its full stop: its symbols, and its words in small letters.

    `telling` says that something but plain words stands there. A sentence longer than any we
    read comes in several lines; `beyond` is how the next one begins.
    """

    symbols: tuple[Symbol, ...]
    words: tuple[str, ...]
    said: frozenset[str]
    telling: bool
    beyond: str = ""


def lines(symbols: Sequence[Symbol]) -> tuple[Line, ...]:
    """Return the sentences that have any symbol besides a full stop."""
    return tuple(line for sentence in _sentences(symbols) for line in _of_sentence(sentence))


def _sentences(symbols: Sequence[Symbol]) -> Iterator[list[Symbol]]:
    line: list[Symbol] = []
    for symbol in symbols:
        if line and symbol.sentence != line[-1].sentence:
            yield line
            line = []
        if symbol.role is not Role.END:
            line.append(symbol)
    if line:
        yield line


def _of_sentence(found: Sequence[Symbol]) -> Iterator[Line]:
    for start in range(0, len(found), MOST_SYMBOLS):
        stop = start + MOST_SYMBOLS
        symbols = tuple(found[start:stop])
        words = tuple([symbol.word for symbol in symbols])
        beyond = " ".join(symbol.text for symbol in found[stop : stop + SHOWN])
        yield Line(symbols, words, frozenset(words), any(map(_tells, symbols)), beyond)


def _tells(symbol: Symbol) -> bool:
    if symbol.role is Role.WORD:
        return symbol.days is not None or "/" in symbol.text
    return symbol.role is not Role.MARK
