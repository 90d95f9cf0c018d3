"""The grammar: a notice's sentences as clauses, read by recursive descent over symbols."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from core.sources.drafts.clauses import Clause, Reading, Value
from core.sources.drafts.codes import alike, family, is_bar_code
from core.sources.drafts.labels import PASSED
from core.sources.drafts.lines import Line
from core.sources.drafts.periods import (
    MADE,
    MADE_OR_SOLD,
    back_to_limit,
    clause_of,
    made_or_sold,
    periods_at,
)
from core.sources.drafts.records import record_rows
from core.sources.drafts.symbols import Role, Symbol
from core.sources.drafts.tables import BAR_CODES, heading_at, rows
from core.sources.drafts.values import Values, is_masked, values_at
from core.sources.drafts.vocabulary import words

WIDEST_GAP = 20
DATED = ("manufactured", "expiry", "date_code", "model_year")
LEFT_OUT = frozenset(
    {
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
    }
)
EXCEPT = words("excluding except excepting excludes sauf hormis ausgenommen")
# One of these stands in every sentence that leaves something out.
LEAVING_OUT = EXCEPT | {"not", "excluded"}
PRINTED = words("printed written marked stamped engraved embossed labeled molded")
SHORTEST_PRINTED = 5
BESIDE_CODE = words('" , or and is are')
NUMBERED = words(
    "model upc gtin asin fcc_id serial lot batch vin imei date_code tracking passed"
)
EXPLAINS = words("represents represent means indicates stands example")
BEGINS = (["begins", "with"], ["begin", "with"], ["starts", "with"], ["starting", "with"])
FEWEST_ANNOUNCED = 2
PREFIXES = ("prefix", "prefixes")
RESUMED = 2
UNNUMBERED = -1


def read_lines(lines: Iterable[Line]) -> Reading:
    """Return everything the sentences of one text say about the affected units."""
    clauses: list[Clause] = []
    passed: set[int] = set()
    seen = _Seen()
    for line in lines:
        if not line.telling:
            continue
        found = _marked([*_line(line), *_printed(line)], line)
        here = [c for c in found if c.values and c.field != PASSED]
        passing = {place for c in found if c.field == PASSED for place in c.used}
        passing |= _explained(line.symbols)
        seen.add(here, passing)
        resumed = list(_resumed(line.symbols, seen))
        seen.add(resumed)
        clauses += [*here, *resumed]
        passed |= passing
    return Reading(tuple(clauses), frozenset(passed))


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was read so far: fields by the letters their codes begin with, and the tokens."""

    fields: dict[str, set[str]] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)

    def add(self, clauses: Iterable[Clause], passed: Iterable[int] = ()) -> None:
        """Take in what one sentence said."""
        self.used.update(passed)
        for clause in clauses:
            self.used.update(clause.used)
            for value in clause.values:
                letters = family(value.text)
                if clause.row is None and value.how == "eq" and len(letters) >= RESUMED:
                    self.fields.setdefault(letters[:RESUMED], set()).add(clause.field)


def _line(line: Line) -> Iterator[Clause]:
    tabular = line.symbols[0].codelike or ";" in line.said
    records = list(record_rows(line.symbols)) if tabular else []
    if records:
        yield from records
        return
    index = 0
    while index < len(line.symbols):
        found, index = _item(line.symbols, index)
        yield from found


def _printed(line: Line) -> Iterator[Clause]:
    """Yield codes that stand on the product, with no word for what they are.

    They are taken for a model; `used` stays empty, so that they are owned up to as well.
    """
    if line.said.isdisjoint(PRINTED) or "establishment" in line.said:
        return
    if any(symbol.field in NUMBERED for symbol in line.symbols):
        return
    for index, code in enumerate(line.symbols):
        before = line.symbols[index - 1].word if index else ","
        after = line.symbols[index + 1].word if index + 1 < len(line.symbols) else ""
        alone = before in BESIDE_CODE and after in BESIDE_CODE
        earlier = line.symbols[index - 2] if index > 1 else None
        if code.text.isdigit() and earlier and earlier.role is Role.WORD:
            continue
        if alone and code.codelike and _names_model(code.text):
            yield Clause("model", (Value("eq", code.text),), code.sentence, frozenset())


def _names_model(text: str) -> bool:
    """Say whether it is made of capitals and digits, and is no shop's or bar code number."""
    digits = sum(map(str.isdigit, text))
    plain = text.replace("-", "").replace("_", "").isalnum()
    printed = text == text.upper() and digits and plain
    number = text.isdigit() and not is_bar_code(text)
    lettered = any(map(str.isalpha, text)) and not text.startswith(("X00", "RN", "CA"))
    long = len(text) >= SHORTEST_PRINTED
    return bool(printed) and long and (number or lettered) and not is_masked(text)


def _item(line: Sequence[Symbol], index: int) -> tuple[Sequence[Clause], int]:
    """Read a table, a labelled list or a period at `index`, else step over one symbol."""
    if line[index].role is Role.LABEL:
        heading = heading_at(line, index)
        found = [c for c in rows(line, heading) if c.used] if heading else []
        if heading and (found or len(heading.fields) > 1):
            return [*found, *_made(line, heading.body)], len(line)
        if labelled := _labelled(line, index):
            return labelled
    elif line[index].word in PREFIXES and (prefixed := _prefixed(line, index)):
        return prefixed
    elif line[index].word in MADE_OR_SOLD and (period := made_or_sold(line, index)):
        return [period[0]], period[1]
    return [], index + 1


def _made(line: Sequence[Symbol], start: int) -> Iterator[Clause]:
    """Yield when the units of a table were made, where that is said between its rows."""
    for place in range(start, len(line)):
        if line[place].word in MADE and (period := made_or_sold(line, place)):
            yield period[0]


def _labelled(line: Sequence[Symbol], index: int) -> tuple[Sequence[Clause], int] | None:
    label = line[index]
    if _is_explanation(line, index):
        return None
    if label.field in DATED and (dates := _dates(line, index)):
        return dates
    if label.field == "model_year":
        return _years(line, index)
    said = [symbol.word for symbol in line[max(0, index - 2) : index]]
    if label.field == "expiry" or said == ["tous", "les"]:
        return None
    read = (
        values_at(line, index + 1, label.field)
        or _behind_colon(line, index)
        or _announced(line, index)
    )
    if read is None:
        return None
    if said in BEGINS:
        read = replace(read, found=tuple(replace(v, how="starts") for v in read.found))
    field = "date_code" if label.field == "manufactured" else label.field
    return [Clause(field, read.found, label.sentence, read.used)], read.stop


def _prefixed(line: Sequence[Symbol], index: int) -> tuple[Sequence[Clause], int] | None:
    """Read "prefixes ranging from 1901 through 2101": how the serial numbers begin."""
    announced = [s.field for s in line[:index] if s.role is Role.LABEL and s.field != PASSED]
    read = values_at(line, index + 1, "serial")
    if read is None:
        return None
    field = announced[-1] if announced else "serial"
    found = tuple(begun for value in read.found if (begun := _beginning(value)))
    if len(found) < len(read.found):
        return None
    return [Clause(field, found, line[index].sentence, read.used)], read.stop


def _beginning(value: Value) -> Value | None:
    """Return the value as what codes begin with, None where nobody can tell."""
    if value.how == "eq":
        return replace(value, how="starts")
    if value.how == "starts":
        return value
    counted = value.how == "between" and len(value.text) == len(value.end)
    return replace(value, at=(1, len(value.text))) if counted else None


def _is_explanation(line: Sequence[Symbol], index: int) -> bool:
    """Say whether the code behind the label is an example: "date code 16919 represents …"."""
    after = line[index + 1 : index + 4]
    return any(symbol.word in EXPLAINS for symbol in after)


def _explained(line: Sequence[Symbol]) -> set[int]:
    """Return the tokens of codes that are given as examples, and of what they stand for."""
    found: set[int] = set()
    for index, symbol in enumerate(line[:-1]):
        if symbol.codelike and line[index + 1].word in EXPLAINS - {"example"}:
            meant = [s.first for s in line[index + 2 : index + 5] if s.role is Role.DATE]
            found.update((symbol.first, *meant))
    return found


def _behind_colon(line: Sequence[Symbol], index: int) -> Values | None:
    """Read "model numbers are … on the package: A1, A2"."""
    for place in range(index + 1, min(len(line), index + WIDEST_GAP)):
        symbol = line[place]
        if symbol.role is Role.LABEL or symbol.codelike:
            return None
        if symbol.text == ":":
            return values_at(line, place + 1, line[index].field)
    return None


def _announced(line: Sequence[Symbol], index: int) -> Values | None:
    """Read "the following style number located on a label: Brand Style/Name MCS 7903815 …".

    The codes behind the colon that are written alike, nothing where they are of several kinds.
    """
    label = line[index]
    before = {symbol.word for symbol in line[max(0, index - 3) : index]}
    behind = {symbol.word for symbol in line[index + 1 : index + 3]}
    colon = next((n for n in range(index, len(line)) if line[n].text == ":"), None)
    if colon is None or not ("following" in before or behind & {"below", "listed"}):
        return None
    rest = line[colon + 1 :]
    fields = {symbol.field for symbol in rest if symbol.role is Role.LABEL}
    codes = [s for s in rest if s.role is Role.CODE and not is_bar_code(s.text)]
    if fields - {label.field, PASSED, *BAR_CODES} or len(codes) < FEWEST_ANNOUNCED:
        return None
    if not all(_of_one_kind(codes[0].text, symbol.text) for symbol in codes):
        return None
    values = tuple(Value("eq", text) for text in dict.fromkeys(s.text for s in codes))
    return Values(values, colon, frozenset(symbol.first for symbol in codes))


def _of_one_kind(one: str, other: str) -> bool:
    """Say whether two codes are written alike, or begin with the same letters."""
    start = family(one)[:RESUMED]
    return alike(one, other) or (len(start) == RESUMED and other.startswith(start))


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
            found = periods_at(line, back_to_limit(line, index + 1, place))
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


def _marked(clauses: list[Clause], line: Line) -> list[Clause]:
    """Return the clauses, those left out that the sentence says are not recalled."""
    if not clauses or not line.said & LEAVING_OUT:
        return clauses
    if LEFT_OUT & frozenset(pairwise(line.words)):
        return [replace(clause, left_out=True) for clause in clauses]
    mark = next((symbol.first for symbol in line.symbols if symbol.word in EXCEPT), None)
    if mark is None:
        return clauses
    return [
        replace(clause, left_out=True) if clause.used and min(clause.used) > mark else clause
        for clause in clauses
    ]


def _resumed(line: Sequence[Symbol], seen: _Seen) -> Iterator[Clause]:
    """Yield a list that goes on after a remark: codes akin to those of an earlier list."""
    unread: dict[str, list[Symbol]] = {}
    for symbol in line:
        if symbol.role is Role.CODE and symbol.first not in seen.used:
            unread.setdefault(family(symbol.text)[:RESUMED], []).append(symbol)
    for start in sorted(unread.keys() & seen.fields.keys()):
        kin = unread[start]
        if len(kin) >= RESUMED:
            values = tuple(Value("eq", symbol.text) for symbol in kin)
            used = frozenset(symbol.first for symbol in kin)
            for name in sorted(seen.fields[start]):
                yield Clause(name, values, kin[0].sentence, used)
