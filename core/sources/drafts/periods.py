"""When units were made, sold or expire: from "made before June 2020" to days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.model.date_code import Days
from core.sources.drafts.clauses import Clause, Value, dated
from core.sources.drafts.symbols import Role, Symbol
from core.sources.drafts.vocabulary import words

MADE = words("manufactured made produced built assembled fabriqué fabriqués hergestellt")
SOLD = words("sold purchased distributed vendu vendus verkauft")
MADE_OR_SOLD = MADE | SOLD
THROUGH = words("through thru to until till au bis – — -")
UP_TO = words("through thru until till")
BEFORE = (("before",), ("prior", "to"), ("earlier", "than"))
INCLUSIVE = (("up", "to", "and", "including"), ("up", "to"))
SINCE = (("since",), ("starting",), ("beginning",), ("on", "or", "after"), ("from",))
AFTER = (("after",), ("later", "than"))
FILLER = words(
    "on in during of various dates date with a an the is are was were either between from "
    ": ( \" ' ranges range ranging label code codes white inner and production manufacture "
    "manufacturing that"
)
# What a wrong serial number seems to tell is not when units were made.
SEEMS = words("indicating incorrectly wrongly erroneously")
SEEMING = 8
WIDEST_GAP = 12


@dataclass(frozen=True, slots=True)
class Period:
    """Days as a value, where reading stopped, and the tokens they took."""

    value: Value
    stop: int
    used: frozenset[int]


def made_or_sold(line: Sequence[Symbol], index: int) -> tuple[Clause, int] | None:
    """Return the period behind "manufactured", "sold" and their kin, and where it ends."""
    word = line[index].word
    field = "manufactured" if word in MADE else "bought" if word in SOLD else ""
    if not field or any(s.word in SEEMS for s in line[max(0, index - SEEMING) : index]):
        return None
    start = _before_date(line, index + 1)
    found = None if start is None else periods_at(line, start, bounded=field == "bought")
    if not found:
        return None
    return clause_of(field, found, line[index].sentence), found[-1].stop


def clause_of(field: str, found: Sequence[Period], sentence: int) -> Clause:
    """Return the periods as what the field may be."""
    used = frozenset().union(*(period.used for period in found))
    return Clause(field, tuple(dict.fromkeys(period.value for period in found)), sentence, used)


def _before_date(line: Sequence[Symbol], index: int) -> int | None:
    """Return where the limit begins that ends at the next date of this sentence."""
    for place in range(index, min(len(line), index + WIDEST_GAP)):
        symbol = line[place]
        if symbol.days is not None:
            return back_to_limit(line, index, place)
        if symbol.role is Role.LABEL and symbol.field not in ("date_code", "manufactured"):
            return None
        if symbol.word in MADE_OR_SOLD or symbol.word in SEEMS:
            return None
    return None


def back_to_limit(line: Sequence[Symbol], index: int, place: int) -> int:
    """Return where "up to and including" begins before the date at `place`, else `place`."""
    for width in (4, 3, 2, 1):
        start = place - width
        said = tuple(symbol.word for symbol in line[max(index, start) : place])
        if start >= index and said in (*BEFORE, *SINCE, *AFTER, *INCLUSIVE, ("between",)):
            return start
        if start >= index and width == 1 and said[0] in UP_TO:
            return start
    return place


def periods_at(
    line: Sequence[Symbol], index: int, *, bounded: bool = False
) -> tuple[Period, ...]:
    """Return the periods listed from `index` on; `bounded` wants a beginning and an end."""
    first = _limit(line, index)
    if first is None or (bounded and not _is_stretch(first, index)):
        return ()
    found = [first]
    while not bounded and (onward := _further(line, found[-1].stop)):
        found.append(onward)
    return tuple(found)


def _is_stretch(period: Period, index: int) -> bool:
    """Say whether two dates were given, or one with "before" or "after"."""
    open_ended = period.value.first is None or period.value.last is None
    return open_ended or period.stop > index + 1


def _further(line: Sequence[Symbol], index: int) -> Period | None:
    start = index
    while index < len(line) and line[index].word in (",", "and", "or", ";", '"'):
        index += 1
    if index == start or index >= len(line) or line[index].role is not Role.DATE:
        return None
    return _limit(line, index)


def _limit(line: Sequence[Symbol], index: int) -> Period | None:
    """Read one limit: before, since, between, from … through …, a day or month alone."""
    for openings, reads in _OPENINGS:
        for opening in openings:
            said = tuple(symbol.word for symbol in line[index : index + len(opening)])
            if said == opening:
                return reads(line, index + len(opening))
    if index < len(line) and line[index].word in UP_TO:
        found = _date(line, index + 1)
        return None if found is None else _period(None, found.last, index + 2, line[index + 1])
    if line[index].word == "between":
        return _stretch(line, index + 1, THROUGH | {"and"})
    return _stretch(line, index)


def _up_to(line: Sequence[Symbol], index: int) -> Period | None:
    days = _date(line, index)
    return None if days is None else _period(None, days.last, index + 1, line[index])


def _until(line: Sequence[Symbol], index: int) -> Period | None:
    days = _date(line, index)
    return (
        None
        if days is None
        else _period(None, days.first - timedelta(days=1), index + 1, line[index])
    )


def _later(line: Sequence[Symbol], index: int) -> Period | None:
    days = _date(line, index)
    return (
        None
        if days is None
        else _period(days.last + timedelta(days=1), None, index + 1, line[index])
    )


def _since(line: Sequence[Symbol], index: int) -> Period | None:
    whole = _stretch(line, index)
    if whole is None or whole.stop > index + 1 or line[index - 1].word == "from":
        return whole
    days = _date(line, index)
    return None if days is None else _period(days.first, None, index + 1, line[index])


def _stretch(
    line: Sequence[Symbol], index: int, through: frozenset[str] = THROUGH
) -> Period | None:
    """Read "D through D", "D or earlier", "D or later", or D alone."""
    start = _date(line, index)
    if start is None:
        return None
    after = _after_brackets(line, index + 1)
    if line[after : after + 1] and line[after].text == "," and _reaches(line, after, through):
        after += 1
    if after < len(line) and line[after].word in through and (end := _date(line, after + 1)):
        if start.first > end.last:
            return None
        return _period(start.first, end.last, after + 2, line[index], line[after + 1])
    said = tuple(symbol.word for symbol in line[after : after + 2])
    if said in (("or", "earlier"), ("and", "earlier"), ("or", "before"), ("and", "before")):
        return _period(None, start.last, after + 2, line[index])
    if said in (("or", "later"), ("and", "later"), ("or", "after"), ("and", "after")):
        return _period(start.first, None, after + 2, line[index])
    return _period(start.first, start.last, index + 1, line[index])


def _reaches(line: Sequence[Symbol], comma: int, through: frozenset[str]) -> bool:
    """Say whether a date follows behind "July 25, 2024," and "to", "through" or "and"."""
    follows = line[comma + 1 : comma + 3]
    return len(follows) > 1 and follows[0].word in through and follows[1].days is not None


def _after_brackets(line: Sequence[Symbol], index: int) -> int:
    """Skip "(“8/21”)" behind a date: the same date as it is printed."""
    if index < len(line) and line[index].text == "(":
        for stop in range(index, min(len(line), index + 8)):
            if line[stop].text == ")":
                return stop + 1
    return index


def _date(line: Sequence[Symbol], index: int) -> Days | None:
    return line[index].days if index < len(line) else None


_Reads = Callable[[Sequence[Symbol], int], Period | None]
_OPENINGS: tuple[tuple[tuple[tuple[str, ...], ...], _Reads], ...] = (
    (BEFORE, _until),
    (AFTER, _later),
    (SINCE, _since),
    (INCLUSIVE, _up_to),
)


def _period(first: date | None, last: date | None, stop: int, *said: Symbol) -> Period:
    used = frozenset(place for symbol in said for place in range(symbol.first, symbol.last + 1))
    if first and last:
        return Period(dated(Days(first, last)), stop, used)
    return Period(Value("dated", first=first, last=last), stop, used)
