"""No misreading, however unlucky, turns a unit that a rule covers into one it leaves out."""

from __future__ import annotations

import string
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hypothesis import assume, example, given
from hypothesis import strategies as st

from core.match.codes import code_evidence
from core.match.decide import decide
from core.model.rule import CodeRule
from core.model.verdict import Truth, Verdict
from tests.builders import (
    STEADY,
    a_code_rule,
    a_maker,
    a_model,
    a_notice,
    a_rule,
    a_unit,
    all_of,
    knowledge,
)
from tests.core.match.damage import misread, written_differently

PRINTABLE = string.digits + string.ascii_uppercase
CHANCES = st.integers(0, 2**32)
CODES = st.text(PRINTABLE, min_size=4, max_size=12)
DATE_FORMATS = {
    "YYMM": "%y%m",
    "MMYY": "%m%y",
    "YYMMDD": "%y%m%d",
    "MMDDYY": "%m%d%y",
    "YYDDD": "%y%j",
    "DDDYY": "%j%y",
    "YYYYMMDD": "%Y%m%d",
}


@dataclass(frozen=True)
class Covered:
    """A rule and a code that it covers, as printed."""

    rule: CodeRule
    printed: str


def _shape(code: str) -> str:
    return "".join("9" if character.isdigit() else "A" for character in code)


@st.composite
def _listed(draw: st.DrawFn) -> Covered:
    printed = draw(CODES)
    others = draw(st.lists(CODES.filter(lambda code: len(code) == len(printed)), max_size=4))
    listed = list(dict.fromkeys((*others, printed)))
    same_shape = all(_shape(code) == _shape(printed) for code in listed)
    stated: dict[str, Any] = {"length": [len(printed)]}
    if same_shape and draw(st.booleans()):
        stated = {"shape": _shape(printed)}
    return Covered(a_code_rule(eq=listed, **stated), printed)


@st.composite
def _partly_listed(draw: st.DrawFn) -> Covered:
    printed = draw(CODES)
    way = draw(st.sampled_from(["starts", "ends", "contains"]))
    size = draw(st.integers(1, len(printed)))
    start = {"starts": 0, "ends": len(printed) - size}.get(
        way, draw(st.integers(0, len(printed) - size))
    )
    part = printed[start : start + size]
    return Covered(a_code_rule(**{way: [part], "length": [len(printed)]}), printed)


@st.composite
def _numbered(draw: st.DrawFn) -> Covered:
    before = draw(st.text(string.ascii_uppercase, max_size=3))
    width = draw(st.integers(2, 8))
    first, middle, last = sorted(draw(st.integers(0, 10**width - 1)) for _ in range(3))
    start, printed, end = (f"{before}{number:0{width}}" for number in (first, middle, last))
    order = "shape" if before else draw(st.sampled_from(["number", "shape"]))
    rule = a_code_rule(between=[(start, end)], order=order, length=[len(printed)])
    return Covered(rule, printed)


@st.composite
def _dated(draw: st.DrawFn) -> Covered:
    date_format, printing = draw(st.sampled_from(sorted(DATE_FORMATS.items())))
    days = st.dates(date(2000, 1, 1), date(2029, 12, 31))
    start, made, end = (f"{day:{printing}}" for day in sorted(draw(days) for _ in range(3)))
    rule = a_code_rule(
        between=[(start, end)],
        order="date",
        date_format=date_format,
        length=[len(date_format)],
    )
    return Covered(rule, made)


@st.composite
def _inside(draw: st.DrawFn, covered: st.SearchStrategy[Covered]) -> Covered:
    """Draw a rule on some characters of a longer code."""
    core = draw(covered)
    before, after = draw(CODES), draw(CODES)
    printed = before + core.printed + after
    at = (len(before) + 1, len(before) + len(core.printed))
    if draw(st.booleans()):
        at = (at[0] - len(printed) - 1, at[1] - len(printed) - 1)
    parts = core.rule.model_dump(exclude={"at", "length", "shape", "op"})
    return Covered(
        CodeRule(op="code", at=at, length=(len(printed),), **_without_at(parts)), printed
    )


def _without_at(parts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parts.items() if value}


WHOLE = st.one_of(_listed(), _partly_listed(), _numbered(), _dated())
COVERED = st.one_of(WHOLE, _inside(WHOLE))


def _verdict(rule: CodeRule, typed: str, alphabet: str = "", model: str = "X100") -> Verdict:
    maker = a_maker(alphabet={"serial": alphabet} if alphabet else {})
    notice = a_notice(all_of(a_model(), rule))
    return decide(a_unit(model, serial=typed), [notice], knowledge(maker)).verdict


@STEADY
@given(covered=COVERED, chance=CHANCES)
def test_however_it_is_written_a_covered_code_is_affected(
    covered: Covered, chance: int
) -> None:
    typed = written_differently(covered.printed, chance)
    model = written_differently("X100", chance)

    assert _verdict(covered.rule, typed, model=model) is Verdict.AFFECTED


@STEADY
@given(covered=COVERED, chance=CHANCES)
def test_however_it_is_misread_a_covered_code_is_never_left_out(
    covered: Covered, chance: int
) -> None:
    typed = misread(covered.printed, chance)
    model = misread("X100", chance)

    verdict = _verdict(covered.rule, typed, model=model)

    assert verdict in {Verdict.AFFECTED, Verdict.CHECK_NEEDED}


@STEADY
@given(covered=COVERED, extra=st.sets(st.sampled_from(PRINTABLE), min_size=2), chance=CHANCES)
@example(
    covered=Covered(a_code_rule(eq=["OOOO"], length=[4]), "OOOO"),
    extra={"0", "Q"},
    chance=7,
)
def test_a_makers_alphabet_never_leaves_a_covered_code_out(
    covered: Covered, extra: set[str], chance: int
) -> None:
    alphabet = "".join(sorted(extra | set(covered.printed)))
    typed = misread(covered.printed, chance)

    verdict = _verdict(covered.rule, typed, alphabet)

    assert verdict in {Verdict.AFFECTED, Verdict.CHECK_NEEDED}


@STEADY
@given(covered=COVERED, printed=CODES, chance=CHANCES)
def test_where_hits_are_spared_a_code_not_spared_is_never_left_out(
    covered: Covered, printed: str, chance: int
) -> None:
    assume(code_evidence(covered.rule, a_unit(serial=printed)).truth is not Truth.YES)
    spared = a_rule({"op": "not", "rule": covered.rule.model_dump()})
    notice = a_notice(all_of(a_model(), spared))

    typed = misread(printed, chance)
    decision = decide(a_unit(serial=typed), [notice], knowledge())

    assert decision.verdict is not Verdict.NOT_AFFECTED


@STEADY
@given(covered=COVERED, place=st.integers(0, 40), mark=st.sampled_from("?*_|…#"))
@example(covered=Covered(a_code_rule(starts=["12"], length=[4, 5]), "12345"), place=1, mark="?")
def test_a_character_marked_unread_is_never_left_out(
    covered: Covered, place: int, mark: str
) -> None:
    at = place % len(covered.printed)
    typed = covered.printed[:at] + mark + covered.printed[at + 1 :]

    assert _verdict(covered.rule, typed) is not Verdict.NOT_AFFECTED


@STEADY
@given(covered=COVERED, lost=st.integers(0, 40))
def test_a_lost_character_is_noticed_by_the_stated_length(covered: Covered, lost: int) -> None:
    at = lost % len(covered.printed)
    typed = covered.printed[:at] + covered.printed[at + 1 :]

    assert _verdict(covered.rule, typed) is not Verdict.NOT_AFFECTED


@STEADY
@given(day=st.dates(date(2001, 1, 1), date(2029, 1, 1)), before=st.integers(0, 400))
def test_the_first_and_last_day_of_a_range_are_covered(day: date, before: int) -> None:
    start = f"{day - timedelta(days=before):%y%j}"
    rule = a_code_rule(
        between=[(start, f"{day:%y%j}")], order="date", date_format="YYDDD", length=[5]
    )

    assert _verdict(rule, start) is Verdict.AFFECTED
    assert _verdict(rule, f"{day:%y%j}") is Verdict.AFFECTED
