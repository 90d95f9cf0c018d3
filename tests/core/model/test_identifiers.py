"""How printed identifiers are folded, and which readings of one are possible."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.model.identifier import (
    LOOK_ALIKES,
    Code,
    deletions,
    fold,
    legible,
    one_edit_apart,
    skeleton,
)
from tests.builders import STEADY

ANKER = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("a-1263", "A1263"),
        ("ａ１２６３", "A1263"),
        ("А1263", "A1263"),  # Cyrillic
        ("Α1263", "A1263"),  # Greek
        ("A\u200b12\u00ad63\ufeff", "A1263"),
        ("A 12–63", "A1263"),
        ("A1263\u3164", "A1263"),
        ("ＢＰＢー００２", "BPB002"),
        ("١٢٣", "123"),
        ("२३१३", "2313"),
        ("FAC-024868-19060", "FAC02486819060"),
        ("22/03", "2203"),
        ("é", "E"),
        ("S10+", "S10+"),
        ("Ӏ1", "I1"),
        ("\U0001d7d9\U0001d7da", "12"),
        ("???", ""),
        ("", ""),
    ],
)
def test_widths_scripts_and_separators_fold_away(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@STEADY
@given(text=st.text(max_size=300))
@example(text="ß" * 250)
@example(text="ﬃ½㎏")
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    "typed", ["2313", "22/09", "1234 30014 7", "M14-Q2", "２３１３", "2\u200b313", "SN:23.13"]
)
def test_separators_leave_a_code_legible(typed: str) -> None:
    assert legible(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "2?13",
        "23*13",
        "23_13",
        "|2313",
        "23…13",
        "2..13",
        "2--13",
        "23\ufffd13",
        "2З13",  # Cyrillic Ze, which looks like 3
        "½13",
        "ß313",
        "ν313",  # Greek nu, which looks like v and is a small N
        "2+13",
        "😀2313",
        "",
    ],
)
def test_a_mark_that_may_hide_a_character_makes_a_code_illegible(typed: str) -> None:
    assert not legible(typed)


def test_the_skeleton_is_one_for_all_look_alikes() -> None:
    skeletons = [{skeleton(character) for character in group} for group in LOOK_ALIKES]

    assert skeletons == [{group[0]} for group in LOOK_ALIKES]


def test_a_letter_the_maker_never_prints_is_read_as_its_digit() -> None:
    code = Code.read("OOIG21", ANKER)

    assert code.literal == "001G21"
    assert code.corrected == (0, 1, 2)
    assert code.legible


def test_without_a_maker_nothing_is_corrected() -> None:
    code = Code.read("OOIG21")

    assert code.literal == "OOIG21"
    assert code.corrected == ()
    assert code.may_be("001621")


def test_a_character_the_maker_cannot_print_makes_the_code_illegible() -> None:
    assert not Code.read("A1X", "0123456789A").legible


def test_a_letter_whose_digit_is_not_printed_either_stays_and_is_read_as_its_look_alikes() -> (
    None
):
    code = Code.read("0A", "ABCDO")

    assert code.literal == "0A"
    assert code.may_be("OA")
    assert not code.may_be("0A")


def test_positions_count_from_either_end() -> None:
    code = Code.read("12345678")

    first, last, beyond, before = (
        code.part(1, 3),
        code.part(-3, -1),
        code.part(7, 9),
        code.part(-9, -8),
    )

    assert first is not None
    assert first.literal == "123"
    assert last is not None
    assert last.literal == "678"
    assert beyond is None
    assert before is None


def test_the_place_to_look_at_is_the_first_that_differs() -> None:
    code = Code.read("13O4")

    assert code.differing_place("1304") == 3
    assert code.differing_place("13O4") is None
    assert not code.may_be("130")


@pytest.mark.parametrize(
    ("one", "other"),
    [("A1263", "A1236"), ("A1263", "A126"), ("A1263", "A12633"), ("A1263", "A1264")],
)
def test_one_lost_added_wrong_or_swapped_character_is_one_edit(one: str, other: str) -> None:
    assert one_edit_apart(one, other)
    assert one_edit_apart(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A1263", "A1263"),
        ("A1263", "A12"),
        ("A1263", "A2136"),
        ("A1263", "3126A"),
        ("AB", "CD"),
    ],
)
def test_anything_more_or_nothing_is_not_one_edit(one: str, other: str) -> None:
    assert not one_edit_apart(one, other)


def test_deletions_leave_out_one_character() -> None:
    assert deletions("ABA") == {"BA", "AA", "AB"}
