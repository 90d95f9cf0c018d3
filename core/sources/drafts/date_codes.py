"""Which form a maker's date codes have, told from the words around them, never guessed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.model.date_code import FORMATS, LETTER_YEAR, ONE_DIGIT_YEAR, DateFormat, days_of
from core.model.identifier import fold
from core.sources.drafts.symbols import Role, Symbol
from core.sources.drafts.vocabulary import words

EXPLAINS = words("represents represent means indicates is stands")
NEAR = 4
COUNTS = {"two": 2, "three": 3, "four": 4, "2": 2, "3": 3, "4": 4, "one": 1, "1": 1}
_PARTS = {"year": "Y", "week": "W", "month": "M", "day": "D"}


def stated_format(symbols: Sequence[Symbol]) -> DateFormat | None:
    """Return the only form that fits what the text says of its date codes, or None.

    An example ("16919 represents June 18, 2019"), a spelled-out form ("YYWW"), or the order
    of the parts ("the first three numbers are the day of the year, the last two the year").
    """
    for told in (_spelled(symbols), _by_examples(symbols), _by_parts(symbols)):
        if len(told) == 1:
            return told[0]
    return None


def _spelled(symbols: Sequence[Symbol]) -> list[DateFormat]:
    words = {symbol.text.upper() for symbol in symbols}
    return [form for form in _numeric() if form in words]


def _numeric() -> Iterator[DateFormat]:
    for form in FORMATS:
        if form not in (*ONE_DIGIT_YEAR, *LETTER_YEAR):
            yield form  # type: ignore[misc] # FORMATS are the values of DateFormat


def _by_examples(symbols: Sequence[Symbol]) -> list[DateFormat]:
    examples = list(_examples(symbols))
    if not examples:
        return []
    return [form for form in _numeric() if all(_fits(c, d, form) for c, d in examples)]


def _examples(symbols: Sequence[Symbol]) -> Iterator[tuple[str, Symbol]]:
    for index, symbol in enumerate(symbols):
        after = symbols[index + 1 : index + 1 + NEAR]
        if symbol.codelike and after and after[0].word in EXPLAINS:
            yield from ((fold(symbol.text), s) for s in after if s.role is Role.DATE)


def _fits(code: str, said: Symbol, form: str) -> bool:
    days = days_of(code, form)
    return days is not None and said.days is not None and days.touches(said.days)


def _by_parts(symbols: Sequence[Symbol]) -> list[DateFormat]:
    """Read "first two … week … last two … year" into the form that has these parts so."""
    said = list(_ends(symbols))
    if {end for end, _, _ in said} != {"first", "last"}:
        return []
    return [form for form in _numeric() if all(_has_part(form, *one) for one in said)]


def _ends(symbols: Sequence[Symbol]) -> Iterator[tuple[str, int, str]]:
    """Yield ("first", 3, "D") for "the first three numbers are for the day of the year"."""
    words = [symbol.word for symbol in symbols]
    part = None
    for end, count, behind in zip(words[-3::-1], words[-2::-1], reversed(words), strict=False):
        part = _PARTS.get(behind, part)
        if part and end in ("first", "last") and count in COUNTS:
            yield end, COUNTS[count], part


def _has_part(form: str, end: str, count: int, part: str) -> bool:
    piece = form[:count] if end == "first" else form[-count:]
    return piece == part * count and form.count(part) == count
