"""Tables that lost their lines: a heading of labels, then rows of cells run together."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter

from core.sources.drafts.clauses import Clause, Value, dated
from core.sources.drafts.codes import alike, family, is_bar_code
from core.sources.drafts.labels import PASSED
from core.sources.drafts.periods import Period, clause_of, periods_at
from core.sources.drafts.symbols import Role, Symbol
from core.sources.drafts.values import THROUGH, is_masked, values_of
from core.sources.drafts.vocabulary import words

BAR_CODES = ("upc", "gtin")
SMALL_WORDS = words("of and or the in on with for under to a & # / ( ) , - s content included")
HEADINGS = words(
    "description name color colour size sizes brand product country sold quantity number "
    "type style price image units dates distribution brush located holes third-party"
)
DATED = ("manufactured", "expiry", "date_code")
RANGED = ("serial", "lot", "batch", "date_code", "vin")
FIRST_OF = words("start starting begin beginning from first min low lowest")
LAST_OF = words("end ending to through last max high highest")
SHORTEST_TABLE = 2
SHORTEST_END = 4
LONGEST_TITLE = 4
WIDEST_SPREAD = 2
LOST_DIGIT = 11
FEWEST_BELOW_TITLE = 3
_FIRST = attrgetter("first")


@dataclass(frozen=True, slots=True)
class Heading:
    """The fields of a table's columns, in their order, and where its body begins.

    `spanned` is the field that has two columns, for the first and the last of a range.
    """

    fields: tuple[str, ...]
    body: int
    spanned: str = ""


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
        return Heading(columns, body, _spanned_field(line[index:body], fields))
    return None


def _dated_by(heading: Heading, line: Sequence[Symbol]) -> str:
    """Return what the dates of a column beside another one mean, "" where none has dates."""
    days = [symbol for symbol in line[heading.body :] if symbol.role is Role.DATE]
    columns = [field for field in heading.fields if field in DATED]
    if len(columns) != 1 or len(heading.fields) < SHORTEST_TABLE or not days:
        return ""
    return "expiry" if columns == ["expiry"] else "manufactured"


def _days_below(line: Sequence[Symbol], start: int, field: str) -> Iterator[Clause]:
    """Yield every date of the table, or stretch of dates, as one column."""
    found: list[Period] = []
    for place in range(start, len(line)):
        if line[place].role is Role.DATE and (not found or place >= found[-1].stop):
            found += periods_at(line, place)
    if found:
        yield clause_of(field, found, line[start].sentence)


def _spanned_field(heading: Sequence[Symbol], fields: Sequence[str]) -> str:
    """Return the field that the heading names twice, with words for beginning and end."""
    said = {symbol.word for symbol in heading}
    if said.isdisjoint(FIRST_OF) or said.isdisjoint(LAST_OF):
        return ""
    return next((field for field in RANGED if fields.count(field) > 1), "")


def rows(line: Sequence[Symbol], heading: Heading) -> Iterator[Clause]:
    """Yield what the table's cells say, column by column where rows cannot be told apart."""
    every = [cell for cell in _cells(line, heading.body) if not cell.text.endswith("-")]
    cells = [cell for cell in every if not is_masked(cell.text)]
    titles = _titles(cells)
    yield Clause(PASSED, (), line[0].sentence, frozenset(cell.first for cell in titles))
    cells = [cell for cell in cells if cell not in titles]
    masks = [cell for cell in every if is_masked(cell.text)]
    ranged = [field for field in heading.fields if field in RANGED]
    if masks and len(ranged) == 1:
        yield column(ranged[0], masks)
    if not cells:
        return
    if heading.spanned:
        yield from _start_and_end(line, heading)
        return
    dated_by = _dated_by(heading, line)
    if dated_by:
        yield from _days_below(line, heading.body, dated_by)
    settled = {"expiry", "manufactured", "model_year", *(ranged if masks else ())}
    settled |= {"date_code"} if dated_by else set()
    fields = [field for field in heading.fields if field not in settled]
    yield from _by_columns(line, fields, cells)


def _by_columns(
    line: Sequence[Symbol], fields: Sequence[str], cells: list[Symbol]
) -> Iterator[Clause]:
    """Yield the cells under bar codes, and then under the one or two other fields."""
    bar_codes = next((field for field in fields if field in BAR_CODES), None)
    plain = [field for field in fields if field not in BAR_CODES]
    if bar_codes and plain:
        codes = [cell for cell in cells if may_be_bar_code(cell.text)]
        cells = [c for c in cells if not (may_be_bar_code(c.text) or _is_maimed(c.text))]
        yield column(bar_codes, codes)
    elif bar_codes:
        plain = [bar_codes]
    cells = _without_strays(cells)
    if _has_spans(line, cells):
        yield from _spanned(line, plain, cells)
    elif len(plain) == 1:
        yield column(plain[0], cells)
    elif len(plain) == SHORTEST_TABLE:
        yield from _pairs(plain, _groups(line, cells))


def may_be_bar_code(text: str) -> bool:
    """Say whether it is one, a misprinted one included: its column says what it is."""
    return is_bar_code(text) or (text.isdigit() and len(text) > LOST_DIGIT)


def _is_maimed(text: str) -> bool:
    """Say whether it is as long as a bar code without being one: a digit was lost."""
    return text.isdigit() and len(text) >= LOST_DIGIT


def _without_strays(cells: list[Symbol]) -> list[Symbol]:
    """Return the cells without short mixed tokens among long numbers: "3A" beside 426028."""
    numbers = [c for c in cells if c.text.isdigit() and len(c.text) > LONGEST_TITLE]
    if len(numbers) * 10 < len(cells) * 7:
        return cells
    return [c for c in cells if len(c.text) > LONGEST_TITLE or c.text.isdigit()]


def _has_spans(line: Sequence[Symbol], cells: Sequence[Symbol]) -> bool:
    return any(_joined(line, one, other) for one, other in pairwise(cells))


def _joined(line: Sequence[Symbol], one: Symbol, other: Symbol) -> bool:
    between = _between(line, one, other)
    return len(between) == 1 and between[0].word in THROUGH


def _between(line: Sequence[Symbol], one: Symbol, other: Symbol) -> Sequence[Symbol]:
    """Return the symbols that stand behind the one and before the other."""
    start = bisect_right(line, one.last, key=_FIRST)
    return line[start : bisect_left(line, other.first, lo=start, key=_FIRST)]


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
        yield column(other, rest)


def _start_and_end(line: Sequence[Symbol], heading: Heading) -> Iterator[Clause]:
    """Yield ranges whose ends stand side by side in two columns, and what names each row.

    Nothing where no two cells side by side look alike, or a number has no other end.
    """
    families = {family(symbol.text) for symbol in line if symbol.role is Role.CODE} - {""}
    cells = [
        symbol
        for symbol in line[heading.body :]
        if symbol.role is Role.CODE
        or (symbol.role is Role.LISTED and _is_kin(symbol.text, families))
    ]
    ends: list[tuple[Symbol, Symbol]] = []
    rest: list[Symbol] = []
    place = 0
    while place < len(cells):
        pair = cells[place : place + 2]
        paired = len(pair) > 1 and _are_ends(line, pair[0], pair[1])
        if paired:
            ends.append((pair[0], pair[1]))
        else:
            rest.append(pair[0])
        place += 2 if paired else 1
    if not ends or any(cell.text.isdigit() for cell in rest):
        return
    used = frozenset(cell.first for pair in ends for cell in pair)
    spans = tuple(Value("between", a.text, b.text) for a, b in ends)
    yield Clause(heading.spanned, spans, cells[0].sentence, used)
    names = [field for field in heading.fields if field != heading.spanned]
    if len(names) == 1:
        yield column(names[0], [*rest, *_second_names(line[heading.body :])])


def _is_kin(text: str, families: Set[str]) -> bool:
    """Say whether a short cell is a number of a range, or begins like the names of others."""
    return (text.isdigit() and len(text) >= SHORTEST_END) or family(text) in families


def _are_ends(line: Sequence[Symbol], one: Symbol, other: Symbol) -> bool:
    numbers = one.text.isdigit() and other.text.isdigit()
    long = len(one.text) >= SHORTEST_END and (numbers or alike(one.text, other.text))
    return long and not _between(line, one, other)


def _second_names(line: Sequence[Symbol]) -> Iterator[Symbol]:
    """Yield "CX 199-NG" of "010-130A1 / CX 199-NG": a second name, of two words."""
    for slash, word, code in zip(line, line[1:], line[2:], strict=False):
        if slash.text == "/" and word.text.isalpha() and word.text.isupper() and code.codelike:
            yield code._replace(text=f"{word.text} {code.text}", first=word.first)


def _cells(line: Sequence[Symbol], body: int) -> Iterator[Symbol]:
    """Yield the codes, and the short ones that begin with the same letters as some code."""
    families = {family(symbol.text) for symbol in line if symbol.role is Role.CODE} - {""}
    for symbol in line[body:]:
        kin = symbol.role is Role.LISTED and family(symbol.text) in families
        if kin or symbol.role is Role.CODE:
            yield symbol


def _titles(cells: Sequence[Symbol]) -> frozenset[Symbol]:
    """Return the headings of rows: "LL3" before LL31027, LL33032, LL35045."""
    texts = {cell.text for cell in cells}
    below = Counter(
        text[:size] for text in texts for size in range(1, min(len(text), LONGEST_TITLE + 1))
    )
    short = (cell for cell in cells if len(cell.text) <= LONGEST_TITLE)
    return frozenset(cell for cell in short if below[cell.text] >= FEWEST_BELOW_TITLE)


def column(field: str, cells: Sequence[Symbol], row: int | None = None) -> Clause:
    """Return the cells as values of one field."""
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
    depth = 0
    for symbol in _between(line, one, other):
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
        yield column(fields[0], group[:1], number)
        yield column(fields[1], group[1:], number)
