"""The grammar: a notice's sentences as clauses, read by recursive descent over symbols."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from core.sources.drafts.clauses import Clause, Reading, Value
from core.sources.drafts.codes import family
from core.sources.drafts.labels import PASSED
from core.sources.drafts.periods import clause_of, made_or_sold, periods_at
from core.sources.drafts.symbols import Role, Symbol
from core.sources.drafts.tables import heading_at, record_rows, rows
from core.sources.drafts.values import Values, values_at
from core.sources.drafts.vocabulary import words

WIDEST_GAP = 20
DATED = ("manufactured", "expiry", "date_code", "model_year")
LEFT_OUT = (
    ("not", "included"),
    ("not", "include"),
    ("not", "affected"),
    ("not", "affect"),
    ("not", "part"),
    ("not", "involve"),
    ("not", "involved"),
    ("not", "subject"),
    ("not", "recalled"),
    ("not", "apply"),
    ("are", "excluded"),
    ("is", "excluded"),
)
EXCEPT = words("excluding except excepting excludes sauf hormis ausgenommen")
EXPLAINS = words("represents represent means indicates stands example")
BEGINS = (["begins", "with"], ["begin", "with"], ["starts", "with"], ["starting", "with"])
RESUMED = 2
UNNUMBERED = -1


def read_lines(symbols: Sequence[Symbol]) -> Reading:
    """Return everything the symbols of one text say about the affected units."""
    clauses: list[Clause] = []
    passed: set[int] = set()
    for line in lines(symbols):
        found = [_marked(clause, line) for clause in _line(line)]
        clauses += [c for c in found if c.values and c.field != PASSED]
        passed |= {place for c in found if c.field == PASSED for place in c.used}
        passed |= _explained(line)
        clauses += _resumed(line, clauses, passed)
    return Reading(tuple(clauses), frozenset(passed))


def lines(symbols: Sequence[Symbol]) -> Iterator[tuple[Symbol, ...]]:
    """Yield the symbols of each sentence, without the full stop."""
    line: list[Symbol] = []
    for symbol in symbols:
        if line and symbol.sentence != line[-1].sentence:
            yield tuple(line)
            line = []
        if symbol.role is not Role.END:
            line.append(symbol)
    if line:
        yield tuple(line)


def _line(line: Sequence[Symbol]) -> Iterator[Clause]:
    records = list(record_rows(line))
    if records:
        yield from records
        return
    index = 0
    while index < len(line):
        found, index = _item(line, index)
        yield from found


def _item(line: Sequence[Symbol], index: int) -> tuple[Sequence[Clause], int]:
    """Read a table, a labelled list or a period at `index`, else step over one symbol."""
    if line[index].role is Role.LABEL:
        heading = heading_at(line, index)
        found = [c for c in rows(line, heading) if c.used] if heading else []
        if heading and (found or len(heading.fields) > 1):
            return found, len(line)
        if labelled := _labelled(line, index):
            return labelled
    elif line[index].role is Role.WORD and (period := made_or_sold(line, index)):
        return [period[0]], period[1]
    return [], index + 1


def _labelled(line: Sequence[Symbol], index: int) -> tuple[Sequence[Clause], int] | None:
    label = line[index]
    if _is_explanation(line, index):
        return None
    if label.field in DATED and (dates := _dates(line, index)):
        return dates
    if label.field == "model_year":
        return _years(line, index)
    if label.field == "expiry":
        return None
    read = values_at(line, index + 1, label.field) or _behind_colon(line, index)
    if read is None:
        return None
    said = [symbol.word for symbol in line[max(0, index - 2) : index]]
    if said in BEGINS:
        read = replace(read, found=tuple(replace(v, how="starts") for v in read.found))
    field = "date_code" if label.field == "manufactured" else label.field
    return [Clause(field, read.found, label.sentence, read.used)], read.stop


def _is_explanation(line: Sequence[Symbol], index: int) -> bool:
    """Say whether the code behind the label is an example: "date code 16919 represents …"."""
    after = line[index + 1 : index + 4]
    return any(symbol.word in EXPLAINS for symbol in after)


def _explained(line: Sequence[Symbol]) -> set[int]:
    """Return the tokens of codes that are given as examples."""
    return {
        symbol.first
        for index, symbol in enumerate(line)
        if symbol.codelike
        and index + 1 < len(line)
        and line[index + 1].word in EXPLAINS - {"example"}
    }


def _behind_colon(line: Sequence[Symbol], index: int) -> Values | None:
    """Read "model numbers are … on the package: A1, A2"."""
    for place in range(index + 1, min(len(line), index + WIDEST_GAP)):
        symbol = line[place]
        if symbol.role is Role.LABEL or symbol.codelike:
            return None
        if symbol.text == ":":
            return values_at(line, place + 1, line[index].field)
    return None


def _dates(line: Sequence[Symbol], index: int) -> tuple[Sequence[Clause], int] | None:
    """Read the dates behind "manufacture dates", "best by" or "date code"."""
    field = "expiry" if line[index].field == "expiry" else "manufactured"
    if line[index].field == "model_year":
        return None
    for place in range(index + 1, min(len(line), index + WIDEST_GAP)):
        symbol = line[place]
        if symbol.role is Role.LABEL or symbol.codelike:
            return None
        if symbol.role is Role.DATE or symbol.word in ("before", "prior", "between", "after"):
            found = periods_at(line, place)
            return (
                ([clause_of(field, found, symbol.sentence)], found[-1].stop) if found else None
            )
    return None


def _years(line: Sequence[Symbol], index: int) -> tuple[Sequence[Clause], int] | None:
    found: list[str] = []
    used: set[int] = set()
    place = index + 1
    while place < len(line) and (
        line[place].days or line[place].word in (",", "and", "or", "through")
    ):
        days = line[place].days
        if days:
            found += [str(year) for year in range(days.first.year, days.last.year + 1)]
            used.add(line[place].first)
        place += 1
    if not found:
        return None
    if any(symbol.word == "through" for symbol in line[index + 1 : place]):
        found = [str(year) for year in range(int(found[0]), int(found[-1]) + 1)]
    values = tuple(Value("eq", year) for year in dict.fromkeys(found))
    return [Clause("model_year", values, line[index].sentence, frozenset(used))], place


def _marked(clause: Clause, line: Sequence[Symbol]) -> Clause:
    """Return the clause as left out where its sentence says that those are not recalled."""
    said = [symbol.word for symbol in line]
    pairs = set(pairwise(said))
    if pairs & set(LEFT_OUT):
        return replace(clause, left_out=True)
    marks = [symbol.first for symbol in line if symbol.word in EXCEPT]
    if marks and clause.used and min(clause.used) > marks[0]:
        return replace(clause, left_out=True)
    return clause


def _resumed(
    line: Sequence[Symbol], before: Sequence[Clause], passed: set[int]
) -> Iterator[Clause]:
    """Yield a list that goes on after a remark: codes akin to those of an earlier list."""
    known = {
        (family(value.text)[:2], clause.field)
        for clause in before
        for value in clause.values
        if clause.row is None and value.how == "eq" and len(family(value.text)) >= RESUMED
    }
    used = passed | {place for clause in before for place in clause.used}
    unread = [s for s in line if s.role is Role.CODE and s.first not in used]
    for start, field in sorted(known):
        kin = [s for s in unread if family(s.text).startswith(start)]
        if len(kin) >= RESUMED:
            values = tuple(Value("eq", s.text) for s in kin)
            yield Clause(field, values, kin[0].sentence, frozenset(s.first for s in kin))
