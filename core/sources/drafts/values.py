"""The values behind a label: lists, ranges, beginnings and ends of codes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.model.date_code import FORMATS
from core.sources.drafts.clauses import How, Value
from core.sources.drafts.codes import alike, family
from core.sources.drafts.symbols import Role, Symbol
from core.sources.drafts.tokens import OPEN_MASK
from core.sources.drafts.vocabulary import words

SEPARATORS = words(", | / ; & and or et und ou oder •")
SKIPPED = words("\" ' (")
THROUGH = words("through thru to until – — -")
LINKS = words(
    "is are was were : ( # \" ' = of include includes including listed below following the "
    "as follows these this has have bear bears with either any one both for codes numbers "
    "within number code follow no . affected recalled range ranges ranging in format"
).union(form.lower() for form in FORMATS)
AFFIX = words(
    "begin begins beginning start starts starting end ends ending that which printed and "
    "with in"
)
COLOUR_WIDTH = 6
NAME_WIDTH = 4
SHORTEST_COUNTED = 4
COUNTED = words("ranges models styles codes numbers digits lots")
NAMED_WIDTH = 2
REMARKS = words("for in")
REMARK_WIDTH = 6
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
    first = reader(line, index, field) or _named_value(line, index, field)
    return None if first is None else _list(line, first, field)


def _named_value(line: Sequence[Symbol], index: int, field: str) -> Values | None:
    """Read "Rebel BRB54FX850": a name, and then the code it goes by."""
    if field != "model":
        return None
    stop = index
    while stop < len(line) and stop - index < NAMED_WIDTH and _names(line[stop]):
        stop += 1
    coded = index < stop < len(line) and line[stop].role is Role.CODE
    return _value(line, stop, field) if coded and family(line[stop].text) else None


def _after_links(line: Sequence[Symbol], index: int) -> int:
    while index < len(line) and line[index].role is not Role.LABEL:
        behind = _after_brackets(line, index)
        inserted = line[index].text == "," and _is_form(line, index)
        linked = line[index].word in LINKS or _is_pattern(line[index].text)
        if behind == index and not linked and not inserted:
            break
        index = max(behind, index + 1)
    return index


def _is_form(line: Sequence[Symbol], comma: int) -> bool:
    """Say whether ", in YYYYMM format," stands around this comma."""
    said = [symbol.word for symbol in line[max(0, comma - 2) : comma + 2]]
    return "in" in said[-1:] or "format" in said[:2]


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
        return reader(line, separated, field) or _named_value(line, separated, field)
    if index < len(line) and line[index].role is Role.CODE and _akin(line, index):
        return reader(line, index, field)
    named = _after_name(line, index) or _after_remark(line, index)
    return None if named is None else reader(line, named, field)


def _after_remark(line: Sequence[Symbol], index: int) -> int | None:
    """Return the place behind "for the Delta brand, and" in a list, None where none is."""
    stop = index
    if stop >= len(line) or line[stop].word not in REMARKS:
        return None
    while stop < len(line) and stop - index < REMARK_WIDTH:
        if line[stop].role is not Role.WORD or line[stop].word in SEPARATORS:
            break
        stop += 1
    goes_on = _after_separators(line, stop)
    coded = stop < goes_on < len(line) and line[goes_on].role is Role.CODE
    return goes_on if coded and _akin_to(line[index - 1], line[goes_on]) else None


def _akin_to(one: Symbol, other: Symbol) -> bool:
    """Say whether both are codes of about the same make."""
    mixed = bool(family(one.text)) == bool(family(other.text))
    return one.codelike and mixed and abs(len(one.text) - len(other.text)) <= ODD


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
    if not symbol.codelike or _is_pattern(symbol.text) or _counts(line, index):
        return None
    after = _after_quotes(line, index + 1)
    if after < len(line) and line[after].word in THROUGH:
        end = _after_quotes(line, after + 1)
        if end < len(line) and line[end].codelike:
            return _span(symbol, line[end], end + 1)
    found = values_of(symbol, field)
    return Values(found, index + 1, frozenset({symbol.first} if found else ()))


def _counts(line: Sequence[Symbol], index: int) -> bool:
    """Say whether it is "16" in "one of the 16 ranges"."""
    after = line[index + 1 : index + 2]
    small = line[index].text.isdigit() and len(line[index].text) < SHORTEST_COUNTED
    return small and bool(after) and after[0].word in COUNTED


def _is_pattern(text: str) -> bool:
    """Say whether it shows the form of dates: MM-YYYY."""
    return text[:1].isalpha() and set(text) <= set("YMDW-/")


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
        return _masked(text)
    if text[:2].lower() == "n°":
        text = text[2:]
    low, dash, high = text.partition("-")
    if dash and _is_range(low, high, field):
        return (Value("between", low, high),)
    if text[0] == "-":
        return ()
    return tuple(Value("eq", code) for code in _slashed(text))


def _slashed(text: str) -> tuple[str, ...]:
    """Return the codes of "PL585/SF585", "AB12/13" and "AB12/13/14", else the one code."""
    one, *others = text.split("/")
    letters = family(one)
    digits = len(one) - len(letters)
    if letters and others and all(_is_number(part, digits) for part in others):
        return (one, *(letters + part for part in others))
    if len(others) == 1 and min(len(one), len(others[0])) >= SHORTEST_RANGE and letters:
        return (one, others[0]) if family(others[0]) else (text,)
    return (text,)


def _is_number(text: str, width: int) -> bool:
    return text.isdigit() and len(text) == width


def is_masked(text: str) -> bool:
    """Say whether some of its characters are left open: XXXX24XXXXX, UCQ******."""
    return "XXX" in text.upper() or OPEN_MASK in text


def _masked(text: str) -> tuple[Value, ...]:
    """Return what a mask says: how codes begin, end, or what stands where within them.

    Nothing where it leaves open too little to be sure that it is one, or says two things.
    """
    said = text.strip("Xx*")
    first = text.find(said) + 1
    behind = len(text) - len(said) - first + 1
    if not said or not said.isalnum() or is_masked(said):
        return ()
    if first == 1:
        return (Value("starts", said),) if behind >= MASKED and len(said) > 1 else ()
    if not behind:
        return (Value("ends", said),)
    return (Value("eq", said, at=(first, first + len(said) - 1)),)


def _is_range(low: str, high: str, field: str) -> bool:
    if field == "date_code" and "/" in low and "/" in high:
        return True
    if not (low.isalnum() and high.isalnum()) or len(low) < SHORTEST_RANGE:
        return False
    counted = field in ("serial", "date_code", "vin") or bool(family(low))
    return counted and alike(low, high) and family(low) == family(high) and low < high
