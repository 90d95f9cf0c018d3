"""The rule language: which units a notice covers, as data that checks itself.

There are no regular expressions, so a rule from a stranger is safe to load. A node that cannot
mean what it says is refused by `ValueError` (pydantic turns it into a `ValidationError`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.model.date_code import LETTER_YEAR, ONE_DIGIT_YEAR, DateFormat, Days, days_of
from core.model.identifier import fold

PRODUCT_KEYS = frozenset({"upc", "gtin", "ean", "asin", "fcc_id", "product"})
Text = Annotated[str, Field(min_length=1, max_length=200)]
FieldName = Annotated[str, Field(pattern="^[a-z][a-z_]{1,30}$")]
Positions = tuple[int, int]
Range = tuple[Text, Text]
Letter = Annotated[str, Field(pattern="^[A-Z]$")]
Year = Annotated[int, Field(ge=1900, le=2100)]


class _Node(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AllUnits(_Node):
    """Every unit of the named product."""

    op: Literal["all_units"]


class Model(_Node):
    """The printed model, item or part number.

    `variants` lets a colour or region tail of up to four characters through (A1263016);
    `prefix` any tail (20HR0021US).
    """

    op: Literal["model"]
    any_of: tuple[Text, ...] = Field(min_length=1)
    match: Literal["exact", "prefix", "variants"] = "exact"

    @model_validator(mode="after")
    def _sound(self) -> Model:
        _refuse_duplicates(self.any_of)
        return self


class CodeRule(_Node):
    """A serial, lot, batch, date or bar code, or some of its characters.

    `at` counts characters from 1, or from -1 at the end. A miss excludes a unit only where
    `length` or `shape` ("9" a digit, "A" a letter, "*" either) says what a well-formed code
    looks like: without them a lost character cannot be noticed.
    """

    op: Literal["code"]
    field: FieldName
    at: Positions | None = None
    eq: tuple[Text, ...] = ()
    starts: tuple[Text, ...] = ()
    ends: tuple[Text, ...] = ()
    contains: tuple[Text, ...] = ()
    between: tuple[Range, ...] = ()
    order: Literal["number", "shape", "date", "opaque"] | None = None
    length: tuple[Annotated[int, Field(ge=1, le=64)], ...] = ()
    shape: Annotated[str, Field(pattern="^[9A*]{1,64}$")] | None = None
    date_format: DateFormat | None = None
    decade: Annotated[int, Field(ge=1980, le=2090, multiple_of=10)] | None = None
    years: dict[Letter, Year] | None = None

    @property
    def may_exclude(self) -> bool:
        """Say whether the rule states what a well-formed code is, so a miss can exclude."""
        return bool(self.lengths)

    @property
    def lengths(self) -> Sequence[int]:
        """Return how many characters a well-formed code has, () where the rule does not say."""
        return (len(self.shape),) if self.shape else self.length

    @model_validator(mode="after")
    def _sound(self) -> CodeRule:
        ways = [self.eq, self.starts, self.ends, self.contains, self.between]
        if sum(bool(way) for way in ways) != 1:
            _refuse("a code rule takes exactly one of eq, starts, ends, contains, between")
        for values in (self.eq, self.starts, self.ends, self.contains):
            _refuse_duplicates(values)
        self._check_positions()
        self._check_lengths()
        if bool(self.between) != bool(self.order):
            _refuse("between and order belong together")
        if self.date_format and self.order != "date":
            _refuse("a date_format needs order date")
        if self.order == "date":
            self._check_dates()
        elif self.between and self.order != "opaque":
            self._check_ranges()
        return self

    def _check_positions(self) -> None:
        if self.at is None:
            return
        first, last = self.at
        if not first or not last or (first > 0) != (last > 0) or first > last:
            _refuse(f"bad positions {first} to {last}")
        longest = max((abs(first), abs(last)))
        if any(length < longest for length in self.lengths):
            _refuse(f"bad positions {first} to {last} in a code of length {min(self.lengths)}")

    def _check_lengths(self) -> None:
        if self.shape and self.length and self.length != (len(self.shape),):
            _refuse("length and shape disagree")
        if self.order == "opaque":
            return
        for start, end in self.between:
            if len(fold(start)) != len(fold(end)):
                _refuse(f"range ends of different length: {start} to {end}")
        if width := self._width():
            self._check_widths(width)

    def _check_widths(self, width: Sequence[int]) -> None:
        for value in (*self.eq, *(end for pair in self.between for end in pair)):
            if len(fold(value)) not in width:
                _refuse(f"{value} does not have the stated length")
            if self.shape and not self.at and not fits_shape(fold(value), self.shape):
                _refuse(f"{value} does not have the stated shape")
        for value in (*self.starts, *self.ends, *self.contains):
            if len(fold(value)) > max(width):
                _refuse(f"{value} is longer than the code it is part of")

    def _width(self) -> Sequence[int]:
        return (self.at[1] - self.at[0] + 1,) if self.at else self.lengths

    def _check_dates(self) -> None:
        if self.date_format is None:
            _refuse("order date needs a date_format")
        if self.date_format in ONE_DIGIT_YEAR and self.decade is None:
            _refuse(f"{self.date_format} has a one-digit year: state the decade")
        if self.date_format in LETTER_YEAR and not self.years:
            _refuse(f"{self.date_format} has a letter for the year: state the years")
        if self.at and self.at[1] - self.at[0] + 1 != len(self.date_format or ""):
            _refuse(f"bad positions {self.at[0]} to {self.at[1]} for {self.date_format}")
        _refuse_overlaps(
            [
                _Span(f"{a} to {b}", str(days.first), str(days.last))
                for a, b in self.between
                for days in [self.days(a, b)]
            ]
        )

    def days(self, start: str, end: str) -> Days:
        """Return the days from one printed date code to another.

        Raises ValueError where an end is no such date or the range runs backwards.
        """
        ends = [
            days_of(fold(end), self.date_format or "", self.decade, self.years)
            for end in (start, end)
        ]
        if ends[0] is None or ends[1] is None:
            raise ValueError(f"range end does not fit {self.date_format}: {start} to {end}")
        if ends[0].first > ends[1].last:
            raise ValueError(f"inverted range {start} to {end}")
        return Days(ends[0].first, ends[1].last)

    def _check_ranges(self) -> None:
        for start, end in self.between:
            a, b = fold(start), fold(end)
            if self.order == "number" and not (a.isdigit() and b.isdigit()):
                _refuse(f"range end is not a number: {start} to {end}")
            if [c.isdigit() for c in a] != [c.isdigit() for c in b]:
                _refuse(f"range ends of different shape: {start} to {end}")
            if a > b:
                _refuse(f"inverted range {start} to {end}")
        _refuse_overlaps([_Span(f"{a} to {b}", fold(a), fold(b)) for a, b in self.between])


class DateRule(_Node):
    """When the unit was made, expires (hard), or was bought (soft: memory never excludes)."""

    op: Literal["date"]
    field: FieldName
    start: date | None = None
    end: date | None = None
    hard: bool = False

    @model_validator(mode="after")
    def _sound(self) -> DateRule:
        if self.start is None and self.end is None:
            _refuse("a date rule needs a start or an end")
        if self.start and self.end and self.start > self.end:
            _refuse(f"inverted dates {self.start} to {self.end}")
        return self


class Attribute(_Node):
    """Colour, region, retailer, model year or product name; soft unless printed on the unit."""

    op: Literal["attr"]
    field: FieldName
    any_of: tuple[Text, ...] = Field(min_length=1)
    hard: bool = False

    @model_validator(mode="after")
    def _sound(self) -> Attribute:
        _refuse_duplicates(self.any_of)
        return self


class Inspect(_Node):
    """Something to look at on the unit, answered yes or no."""

    op: Literal["inspect"]
    field: FieldName
    question: Text
    affected_if: Literal["yes", "no"] = "yes"
    hard: bool = False


class Checker(_Node):
    """The list is the maker's own: we can never tell from it, only send the person there."""

    op: Literal["checker"]
    needs: tuple[FieldName, ...] = Field(default=("serial",), min_length=1)


class Unparsed(_Node):
    """Wording of the notice that could not be turned into a rule."""

    op: Literal["unparsed"]
    verbatim: Annotated[str, Field(min_length=1, max_length=2000)]


class Expect(_Node):
    """Descriptive wording: a unit that looks different is doubtful, never excluded."""

    op: Literal["expect"]
    rule: Rule


class And(_Node):
    """All of these hold."""

    op: Literal["and"]
    of: tuple[Rule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> And:
        if all(isinstance(part, Expect) for part in self.of):
            _refuse("expect only describes: it stands in an `and` beside what decides")
        return self


class Or(_Node):
    """At least one of these holds."""

    op: Literal["or"]
    of: tuple[Rule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> Or:
        if any(isinstance(part, Expect) for part in self.of):
            _refuse("expect only describes: it stands in an `and` beside what decides")
        return self


class Not(_Node):
    """This does not hold."""

    op: Literal["not"]
    rule: Rule

    @model_validator(mode="after")
    def _sound(self) -> Not:
        if any(isinstance(part, Expect) for part in walk(self.rule)):
            _refuse("expect below not would exclude by a description")
        return self


Rule = Annotated[
    AllUnits
    | Model
    | CodeRule
    | DateRule
    | Attribute
    | Inspect
    | Checker
    | Unparsed
    | Expect
    | And
    | Or
    | Not,
    Field(discriminator="op"),
]
Expect.model_rebuild()
And.model_rebuild()
Or.model_rebuild()
Not.model_rebuild()


def walk(rule: Rule) -> Iterator[Rule]:
    """Yield the node itself and every node below it."""
    yield rule
    match rule:
        case And(of=parts) | Or(of=parts):
            for part in parts:
                yield from walk(part)
        case Not(rule=part) | Expect(rule=part):
            yield from walk(part)


def names_product(rule: Rule) -> bool:
    """Say whether the node tells products apart, rather than units of one product."""
    return isinstance(rule, Model) or (
        isinstance(rule, CodeRule | Attribute) and rule.field in PRODUCT_KEYS
    )


def fits_shape(text: str, shape: str) -> bool:
    """Say whether a folded code is as `shape` says: "9" a digit, "A" a letter, "*" either."""
    kinds = {"9": str.isdigit, "A": str.isalpha, "*": str.isalnum}
    return len(text) == len(shape) and all(
        kinds[kind](character) for kind, character in zip(shape, text, strict=True)
    )


def _refuse(reason: str) -> None:
    raise ValueError(reason)


def _refuse_duplicates(values: Sequence[str]) -> None:
    folded = [fold(value) for value in values]
    if not all(folded):
        _refuse("an empty value")
    twice = {value for value, times in Counter(folded).items() if times > 1}
    if twice:
        _refuse(f"duplicate after folding: {', '.join(sorted(twice))}")


class _Span(NamedTuple):
    """A range by its name, its ends as text that sorts as what it stands for."""

    name: str
    low: str
    high: str


def _refuse_overlaps(ranges: Sequence[_Span]) -> None:
    for index, one in enumerate(ranges):
        for other in ranges[index + 1 :]:
            alike = len(one.low) == len(other.low)
            if alike and one.low <= other.high and other.low <= one.high:
                _refuse(f"overlapping ranges {one.name} and {other.name}")
