"""Tables that lost their lines: a heading of labels, then rows of cells run together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.sources.drafts.clauses import Clause, Value, dated
from core.sources.drafts.codes import family, is_bar_code
from core.sources.drafts.labels import PASSED
from core.sources.drafts.symbols import Role, Symbol
from core.sources.drafts.values import THROUGH, is_masked, values_of
from core.sources.drafts.vocabulary import words

BAR_CODES = ("upc", "gtin")
SMALL_WORDS = words("of and or the in on with for under to a & # / ( ) , - s")
HEADINGS = words(
    "description name color colour size sizes brand product country sold quantity number "
    "type style price image units dates distribution brush located holes third-party"
)
RANGED = ("serial", "lot", "batch", "date_code", "vin")
SHORTEST_TABLE = 2
LONGEST_TITLE = 4
WIDEST_SPREAD = 2
LOST_DIGIT = 11
FEWEST_BELOW_TITLE = 3


@dataclass(frozen=True, slots=True)
class Heading:
    """The fields of a table's columns, in their order, and where its body begins."""

    fields: tuple[str, ...]
    body: int


def heading_at(line: Sequence[Symbol], index: int) -> Heading | None:
    """Return the heading whose first label stands at `index`, or None where prose goes on."""
    fields: list[str] = []
    between = 0
    for place in range(index, len(line)):
        symbol = line[place]
        if symbol.role is Role.LABEL:
            fields.append(symbol.field)
        elif symbol.role is Role.CODE or (symbol.role is Role.DATE and fields):
            return _heading(line, index, fields, place, between)
        elif symbol.role is Role.WORD:
            between += 1
            if not (
                symbol.capital or symbol.word in SMALL_WORDS or place - index > LONGEST_TITLE
            ):
                return None
    return None


def _heading(
    line: Sequence[Symbol], index: int, fields: Sequence[str], body: int, between: int
) -> Heading | None:
    """A heading is written large, and something stands between its labels and its cells."""
    columns = tuple(dict.fromkeys(fields))
    titles = [line[place] for place in range(index + 1, min(len(line), index + 3))]
    headed = any(
        symbol.role is Role.LABEL or symbol.word in HEADINGS or symbol.capital
        for symbol in titles
    )
    before = line[index - 1] if index else None
    begins = before is None or before.text in ':"*' or before.capital or before.text in ")#(/"
    written = line[index].capital or line[index].text.startswith("#")
    enough = between > 0 or len(columns) > 1
    if headed and begins and written and enough:
        return Heading(columns, body)
    return None


def rows(line: Sequence[Symbol], heading: Heading) -> Iterator[Clause]:
    """Yield what the table's cells say, column by column where rows cannot be told apart."""
    cells = [
        symbol
        for symbol in line[heading.body :]
        if symbol.role is Role.CODE or _kin(symbol, line)
    ]
    cells = [c for c in cells if not (c.text.endswith("-") or is_masked(c.text))]
    titles = [cell for cell in cells if _is_title(cell, cells)]
    yield Clause(PASSED, (), line[0].sentence, frozenset(cell.first for cell in titles))
    cells = [cell for cell in cells if cell not in titles]
    if not cells:
        return
    bar_codes = next((field for field in heading.fields if field in BAR_CODES), None)
    plain = [
        field
        for field in heading.fields
        if field not in (*BAR_CODES, "expiry", "manufactured", "model_year")
    ]
    if bar_codes and plain:
        codes = [cell for cell in cells if _is_bar_code(cell.text)]
        cells = [c for c in cells if not (c in codes or _is_maimed(c.text))]
        yield _column(bar_codes, codes)
    elif bar_codes:
        plain = [bar_codes]
    cells = [cell for cell in cells if not _stray(cell, cells)]
    if _has_spans(line, cells):
        yield from _spanned(line, plain, cells)
    elif len(plain) == 1:
        yield _column(plain[0], cells)
    elif len(plain) == SHORTEST_TABLE:
        yield from _pairs(plain, _groups(line, cells))


def _is_bar_code(text: str) -> bool:
    """Say whether it is one, a misprinted one included: its column says what it is."""
    return is_bar_code(text) or (text.isdigit() and len(text) > LOST_DIGIT)


def _is_maimed(text: str) -> bool:
    """Say whether it is as long as a bar code without being one: a digit was lost."""
    return text.isdigit() and len(text) >= LOST_DIGIT


def _stray(cell: Symbol, cells: Sequence[Symbol]) -> bool:
    """Say whether a short mixed token stands among long numbers: "3A" beside 426028."""
    numbers = [c for c in cells if c.text.isdigit() and len(c.text) > LONGEST_TITLE]
    most = len(numbers) * 10 >= len(cells) * 7
    return most and len(cell.text) <= LONGEST_TITLE and not cell.text.isdigit()


def _has_spans(line: Sequence[Symbol], cells: Sequence[Symbol]) -> bool:
    return any(_joined(line, one, other) for one, other in pairwise(cells))


def _joined(line: Sequence[Symbol], one: Symbol, other: Symbol) -> bool:
    between = [symbol for symbol in line if one.last < symbol.first < other.first]
    return len(between) == 1 and between[0].word in THROUGH


def _spanned(
    line: Sequence[Symbol], fields: Sequence[str], cells: Sequence[Symbol]
) -> Iterator[Clause]:
    """Yield ranges under the label that has ranges; single cells under the other one.

    Nothing where the labels do not say which column holds ranges.
    """
    ranged = [field for field in fields if field in RANGED]
    if len(ranged) != 1 or len(fields) > SHORTEST_TABLE:
        return
    ends = [(a, b) for a, b in pairwise(cells) if _joined(line, a, b)]
    used = frozenset(cell.first for pair in ends for cell in pair)
    spans = tuple(Value("between", a.text, b.text) for a, b in ends)
    yield Clause(ranged[0], spans, cells[0].sentence, used)
    rest = [cell for cell in cells if cell.first not in used]
    other = next((field for field in fields if field not in RANGED), None)
    if rest and other and all(cell.role is Role.CODE for cell in rest):
        yield _column(other, rest)


def _kin(symbol: Symbol, line: Sequence[Symbol]) -> bool:
    """Say whether a short code belongs with the long ones: it begins with the same letters."""
    if symbol.role is not Role.LISTED or not family(symbol.text):
        return False
    families = {family(other.text) for other in line if other.role is Role.CODE}
    return family(symbol.text) in families


def _is_title(cell: Symbol, cells: Sequence[Symbol]) -> bool:
    """Say whether it is the heading of rows: "LL3" before LL31027, LL33032, LL35045."""
    if len(cell.text) > LONGEST_TITLE:
        return False
    below = {c.text for c in cells if c.text.startswith(cell.text) and c.text != cell.text}
    return len(below) >= FEWEST_BELOW_TITLE


def _column(field: str, cells: Sequence[Symbol], row: int | None = None) -> Clause:
    used = frozenset(place for c in cells for place in range(c.first, c.last + 1))
    sentence = cells[0].sentence if cells else 0
    values = (
        tuple(dated(c.days) for c in cells if c.days)
        if field == "expiry"
        else tuple(dict.fromkeys(value for cell in cells for value in values_of(cell, field)))
    )
    return Clause(field, values, sentence, used, row)


def _groups(line: Sequence[Symbol], cells: Sequence[Symbol]) -> list[list[Symbol]]:
    """Return the cells that stand together, other cells' words between the groups."""
    groups: list[list[Symbol]] = []
    for cell in cells:
        if groups and not _words_between(line, groups[-1][-1], cell):
            groups[-1].append(cell)
        else:
            groups.append([cell])
    return groups


def _words_between(line: Sequence[Symbol], one: Symbol, other: Symbol) -> bool:
    between = [s for s in line if one.last < s.first < other.first]
    depth = 0
    for symbol in between:
        depth += {"(": 1, ")": -1}.get(symbol.text, 0)
        if not depth and symbol.role is Role.WORD:
            return True
    return False


def _pairs(fields: Sequence[str], groups: Sequence[Sequence[Symbol]]) -> Iterator[Clause]:
    """Yield, row by row, the first cell under the first label and the rest under the second.

    Nothing where a group has one cell only: then the rows cannot be told apart.
    """
    heads = {family(group[0].text) for group in groups}
    tails = [cell.text for group in groups for cell in group[1:]]
    if any(len(group) < SHORTEST_TABLE for group in groups) or heads & set(map(family, tails)):
        return
    widths = [len(text) for text in tails]
    if max(widths) - min(widths) > WIDEST_SPREAD:
        return
    for number, group in enumerate(groups, 1):
        yield _column(fields[0], group[:1], number)
        yield _column(fields[1], group[1:], number)


def record_rows(line: Sequence[Symbol]) -> Iterator[Clause]:
    """Yield what rows of "bar code; lot; kind of date; date | …" say, as in France."""
    starts = [0, *(place + 1 for place, s in enumerate(line) if s.text == "|")]
    stops = [*(start - 1 for start in starts[1:]), len(line)]
    for number, (start, stop) in enumerate(zip(starts, stops, strict=True), 1):
        yield from _record(line[start:stop], number)


def _record(row: Sequence[Symbol], number: int) -> Iterator[Clause]:
    if not _is_record(row):
        return
    yield _column("gtin", row[:1], number)
    cells = [s for s in row[2:] if s.text != ";"]
    lots = [s for s in cells if s.codelike]
    if lots:
        yield _column("lot", lots, number)
    days = [s for s in cells if s.role is Role.DATE and s.days]
    if days and days[0].days and days[-1].days and days[0].days <= days[-1].days:
        used = frozenset(place for s in days for place in range(s.first, s.last + 1))
        value = Value("dated", first=days[0].days.first, last=days[-1].days.last)
        yield Clause("expiry", (value,), row[0].sentence, used, number)


def _is_record(row: Sequence[Symbol]) -> bool:
    return (
        len(row) > SHORTEST_TABLE
        and row[0].text.isdigit()
        and row[0].role is Role.CODE
        and row[1].text == ";"
        and any(symbol.field == "expiry" for symbol in row)
    )
