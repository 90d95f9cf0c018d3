"""The values behind a label: lists, ranges, beginnings and ends of codes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.model.date_code import FORMATS
from core.sources.drafts.clauses import How, Value
from core.sources.drafts.codes import alike, family
from core.sources.drafts.symbols import Role, Symbol
from core.sources.drafts.vocabulary import words

SEPARATORS = words(", | / ; & and or et und ou oder •")
SKIPPED = words("\" ' (")
THROUGH = words("through thru to until – — -")
LINKS = words(
    "is are was were : ( # \" ' = of include includes including listed below following the "
    "as follows these this has have bear bears with either any one both for codes numbers "
    "number code follow no . affected recalled range ranges ranging in format"
).union(form.lower() for form in FORMATS)
AFFIX = words(
    "begin begins beginning start starts starting end ends ending that which printed and "
    "with in"
)
COLOUR_WIDTH = 6
NAME_WIDTH = 4
SHORTEST_RANGE = 4
MASKED = 3
ODD = 3


@dataclass(frozen=True, slots=True)
class Values:
    """The values read, where reading stopped, and the tokens they took."""

    found: tuple[Value, ...]
    stop: int
    used: frozenset[int]


def values_at(line: Sequence[Symbol], index: int, field: str) -> Values | None:
    """Return the list of values that begins at `index`, or None where none does.

    `line` is one sentence.
    """
    index = _after_links(line, index)
    affixed = _affixed(line, index)
    if affixed:
        return affixed
    reader = _between if index < len(line) and line[index].word == "between" else _value
    if index < len(line) and line[index].word in ("from", "between"):
        index += 1
    first = reader(line, index, field)
    return None if first is None else _list(line, first, field)


def _after_links(line: Sequence[Symbol], index: int) -> int:
    while index < len(line) and line[index].role is not Role.LABEL:
        behind = _after_brackets(line, index)
        if behind == index and line[index].word not in LINKS:
            break
        index = max(behind, index + 1)
    return index


def _affixed(line: Sequence[Symbol], index: int) -> Values | None:
    """Read "starting with AB, AC" and "ending in JC or JE"."""
    said = []
    while index < len(line) and line[index].word in AFFIX | {
        '"',
        ":",
        "the",
        "letters",
        "digits",
    }:
        said.append(line[index].word)
        index += 1
    how = next((word[:3] for word in said if word[:3] in ("beg", "sta", "end")), None)
    if how is None:
        return None
    found = _list_of(line, index, _affix)
    way: How = "ends" if how == "end" else "starts"
    return found and Values(
        tuple(Value(way, value.text) for value in found.found), found.stop, found.used
    )


def _affix(line: Sequence[Symbol], index: int, _field: str) -> Values | None:
    if index >= len(line):
        return None
    symbol = line[index]
    number = symbol.role is Role.WORD and symbol.text.isdigit()
    capitals = symbol.role is Role.WORD and symbol.text.isalpha() and symbol.text.isupper()
    if symbol.codelike or number or capitals:
        return Values((Value("eq", symbol.text),), index + 1, frozenset({symbol.first}))
    return None


_Reader = Callable[[Sequence[Symbol], int, str], Values | None]


def _list_of(
    line: Sequence[Symbol], index: int, reader: _Reader, field: str = ""
) -> Values | None:
    first = reader(line, index, field)
    return None if first is None else _list(line, first, field, reader)


def _list(
    line: Sequence[Symbol], first: Values, field: str, reader: _Reader | None = None
) -> Values:
    found, used, stop = list(first.found), set(first.used), first.stop
    while (onward := _next(line, stop, field, reader or _value)) is not None:
        found += onward.found
        used |= onward.used
        stop = onward.stop
    return Values(tuple(dict.fromkeys(found)), stop, frozenset(used))


def _next(line: Sequence[Symbol], index: int, field: str, reader: _Reader) -> Values | None:
    """Read the next value: behind a separator, a colour in brackets, a name of its own."""
    index = _after_quotes(line, index)
    separated = _after_separators(line, _after_brackets(line, index))
    if separated > index and line[separated - 1].word in SEPARATORS | SKIPPED | {
        "from",
        "between",
    }:
        return reader(line, separated, field)
    if index < len(line) and line[index].role is Role.CODE and _akin(line, index):
        return reader(line, index, field)
    named = _after_name(line, index)
    return None if named is None else reader(line, named, field)


def _akin(line: Sequence[Symbol], index: int) -> bool:
    """Say whether the code is like the one right before it, so that both are of one list."""
    one, other = line[index - 1].text, line[index].text
    kin = alike(one, other) or family(one)[:1] == family(other)[:1]
    return line[index - 1].codelike and kin and abs(len(one) - len(other)) <= ODD


def _after_quotes(line: Sequence[Symbol], index: int) -> int:
    while index < len(line) and line[index].text in "\"')":
        index += 1
    return index


def _after_brackets(line: Sequence[Symbol], index: int) -> int:
    if index >= len(line) or line[index].text != "(":
        return index
    for stop in range(index, min(len(line), index + COLOUR_WIDTH)):
        if line[stop].text == ")":
            inside = line[index + 1 : stop]
            return index if any(symbol.codelike for symbol in inside) else stop + 1
    return index


def _after_separators(line: Sequence[Symbol], index: int) -> int:
    while index < len(line) and (
        line[index].word in SEPARATORS
        or line[index].text in SKIPPED
        or line[index].word == "from"
    ):
        index += 1
    return index


def _after_name(line: Sequence[Symbol], index: int) -> int | None:
    """Return the place behind "Blue," in "W1056 Blue, W1057 Red", None where there is none."""
    stop = index
    while stop < len(line) and stop - index < NAME_WIDTH and _names(line[stop]):
        stop += 1
    behind = _after_separators(line, stop)
    if stop in (index, behind) or behind >= len(line):
        return None
    return behind if line[behind].role is Role.CODE else None


def _names(symbol: Symbol) -> bool:
    return symbol.role is Role.WORD and symbol.text.isalpha() and symbol.capital


def _between(line: Sequence[Symbol], index: int, field: str) -> Values | None:
    """Read the ends of "between A and B"."""
    match line[index : index + 3]:
        case [start, word, end] if word.word in THROUGH | {"and"}:
            if start.codelike and end.codelike:
                return _span(start, end, index + 3)
    return _value(line, index, field)


def _value(line: Sequence[Symbol], index: int, field: str) -> Values | None:
    index = _after_quotes(line, index)
    if index >= len(line):
        return None
    symbol = line[index]
    if symbol.role is Role.DATE and field in ("lot", "batch"):
        return _dated_lot(line, index)
    if not symbol.codelike:
        return None
    after = _after_quotes(line, index + 1)
    if after < len(line) and line[after].word in THROUGH:
        end = _after_quotes(line, after + 1)
        if end < len(line) and line[end].codelike:
            return _span(symbol, line[end], end + 1)
    found = values_of(symbol, field)
    return Values(found, index + 1, frozenset({symbol.first} if found else ()))


def _dated_lot(line: Sequence[Symbol], index: int) -> Values:
    """Read a lot that is a date, with the letter that may follow it ("11/28/2024 L")."""
    symbol, text, stop = line[index], line[index].text, index + 1
    used = set(range(symbol.first, symbol.last + 1))
    if stop < len(line) and len(line[stop].text) == 1 and line[stop].capital:
        text, used, stop = f"{text} {line[stop].text}", used | {line[stop].first}, stop + 1
    return Values((Value("eq", text),), stop, frozenset(used))


def _span(start: Symbol, end: Symbol, stop: int) -> Values:
    used = frozenset({start.first, end.first})
    return Values((Value("between", start.text, end.text),), stop, used)


def values_of(symbol: Symbol, field: str) -> tuple[Value, ...]:
    """Return what one printed token stands for: a code, a range, a mask, or two codes."""
    text = symbol.text
    if is_masked(text):
        return (Value("starts", masked),) if (masked := _masked(text)) else ()
    low, dash, high = text.partition("-")
    if dash and _is_range(low, high, field):
        return (Value("between", low, high),)
    one, slash, other = text.partition("/")
    if slash and min(len(one), len(other)) >= SHORTEST_RANGE and family(one) and family(other):
        return (Value("eq", one), Value("eq", other))
    if slash and family(one) and other.isdigit() and len(other) == len(one) - len(family(one)):
        return (Value("eq", one), Value("eq", family(one) + other))
    return (Value("eq", text),)


def is_masked(text: str) -> bool:
    """Say whether some of its characters are left open: XXXX24XXXXX."""
    return "XXX" in text.upper()


def _masked(text: str) -> str:
    """Return what stands before a mask such as XXXX, "" where there is none or more."""
    bare = text.rstrip("Xx")
    open_end = len(text) - len(bare) >= MASKED and len(bare) > 1
    return bare if open_end and not is_masked(bare) else ""


def _is_range(low: str, high: str, field: str) -> bool:
    if field == "date_code" and "/" in low and "/" in high:
        return True
    if not (low.isalnum() and high.isalnum()) or len(low) < SHORTEST_RANGE:
        return False
    counted = field in ("serial", "date_code", "vin") or bool(family(low))
    return counted and alike(low, high) and family(low) == family(high) and low < high
