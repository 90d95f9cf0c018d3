"""Rows of "bar code; lot; kind of date; date | …", as France prints them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.sources.drafts.clauses import Clause, Value
from core.sources.drafts.codes import is_bar_code
from core.sources.drafts.symbols import Role, Symbol
from core.sources.drafts.tables import column, may_be_bar_code
from core.sources.drafts.vocabulary import words

SHORTEST_ARTICLE = 8
BESIDE_LOTS = words("et tous toutes les lots lot n° à au non concerné concernée")


def record_rows(line: Sequence[Symbol]) -> Iterator[Clause]:
    """Yield what rows of "bar code; lot; kind of date; date | …" say, as in France."""
    starts = [0, *(place + 1 for place, s in enumerate(line) if s.text == "|")]
    stops = [*(start - 1 for start in starts[1:]), len(line)]
    for number, (start, stop) in enumerate(zip(starts, stops, strict=True), 1):
        yield from _record(line[start:stop], number)


def _record(row: Sequence[Symbol], number: int) -> Iterator[Clause]:
    while row and row[0].text == ";":
        row = row[1:]
    expiry = next((place for place, s in enumerate(row) if s.field == "expiry"), None)
    if expiry is None:
        yield from _of_all_lots(row, number)
        return
    if not _is_record(row[:expiry]):
        return
    cells = [symbol for symbol in row if symbol.codelike]
    head = cells[:1] if _is_article(row, alone=len(cells) == 1) else []
    if head:
        yield column("gtin", head, number)
    lots = cells[len(head) :]
    if lots:
        yield column("lot", lots, number)
    days = [s for s in row[expiry:] if s.role is Role.DATE and s.days]
    if days and days[0].days and days[-1].days and days[0].days <= days[-1].days:
        used = frozenset(place for s in days for place in range(s.first, s.last + 1))
        value = Value("dated", first=days[0].days.first, last=days[-1].days.last)
        yield Clause("expiry", (value,), row[0].sentence, used, number)


def _of_all_lots(row: Sequence[Symbol], number: int) -> Iterator[Clause]:
    """Yield bar codes beside which nothing stands but "tous les lots"."""
    cells = [symbol for symbol in row if symbol.codelike]
    others = [s for s in row if s.role in (Role.WORD, Role.LABEL, Role.DATE)]
    bare = all(symbol.word in BESIDE_LOTS for symbol in others)
    if others and bare and cells and all(may_be_bar_code(cell.text) for cell in cells):
        yield column("gtin", cells, number)


def _is_record(before: Sequence[Symbol]) -> bool:
    """Say whether a row begins with codes, and no prose stands before its date."""
    if not before or not before[0].codelike:
        return False
    if before[0].text.isdigit() and before[1:2] and before[1].text == ";":
        return True
    stop = next((n for n, symbol in enumerate(before) if symbol.text == "("), len(before))
    words_said = [symbol.word for symbol in before[:stop] if symbol.role is Role.WORD]
    return all(word in BESIDE_LOTS for word in words_said)


def _is_article(row: Sequence[Symbol], *, alone: bool) -> bool:
    """Say whether the row's first cell is the article's number, and its second the lot."""
    first, behind = row[0].text, row[1].text
    enough = not alone or len(first) >= SHORTEST_ARTICLE
    return first.isdigit() and (is_bar_code(first) or (behind == ";" and enough))
