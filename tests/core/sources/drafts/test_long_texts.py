"""What drafting does with texts that no authority should write: endless ones, empty lists."""

from __future__ import annotations

import sys
from types import FrameType

import pytest

from core.model.rule import Model, Unparsed, walk
from core.sources.drafts.draft import LONGEST_READ, Draft, draft
from core.sources.drafts.lines import MOST_SYMBOLS

MEGABYTE = 1_000_000
HOSTILE = (
    "through ",
    "A1 through ",
    "Model ",
    "Model AB12, ",
    "Model number AB12, lot C34. ",
    "Model A123 is not included. ",
    "Model AB12. CD34 CD35. ",
    "UPC Model 012345678905 AB12 ",
    "012345678905; AB1; Best by; 01/02/2020 | ",
    "LL3 LL31027 LL33 ",
    "Lots made before May 2020, ",
    "first two last ",
    "certain models ",
    "UCQ****** XXXX21XXXXX ",
    "October 21 to July and ",
    "prefixes AB1 ",
    "following model number: AB12 AB13 ",
    "Model Serial Number Start Serial Number End AB1234 AB1235 ",
    "version week the first digit ",
    ",",
    '"',
    ". ",
    "1,000",
    "(",
    "a",
)


def _unparsed(drafted: Draft) -> list[str]:
    return [node.verbatim for node in walk(drafted.rule) if isinstance(node, Unparsed)]


def _calls(text: str) -> int:
    """Return how many functions are called while the text is drafted."""
    draft([text], "Heater")  # what is remembered from a first time is not counted
    count = 0

    def counted(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        draft([text], "Heater")
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("piece", HOSTILE)
def test_two_megabytes_are_answered_and_marked_incomplete(piece: str) -> None:
    found = draft([piece * (2 * MEGABYTE // len(piece))], "Heater")

    assert not found.complete
    assert found.left_over
    assert _unparsed(found)


@pytest.mark.parametrize("piece", HOSTILE)
def test_twice_the_text_is_about_twice_the_work(piece: str) -> None:
    sentence = piece * (1200 // len(piece)) + ". Next one follows. "

    once, twice = _calls(sentence * 4), _calls(sentence * 8)

    assert twice < 3 * once


def test_what_is_left_unread_is_in_the_rule_word_for_word() -> None:
    words = "Model AB12 is recalled. " + "It is blue. " * (LONGEST_READ // 12)

    found = draft([words + "Model CD34 is recalled."], "Heater")

    assert "Model CD34 is recalled." in _unparsed(found)[-1]
    assert not found.complete


def test_texts_behind_the_one_that_was_cut_short_are_not_read_and_not_forgotten() -> None:
    found = draft(["word " * LONGEST_READ, "Model CD34 is recalled."], "Heater")

    assert not found.complete


def test_a_sentence_without_end_is_read_as_far_as_it_goes_and_marked() -> None:
    codes = [f"AB{number}" for number in range(1000, 1000 + MOST_SYMBOLS)]

    found = draft([f"Models {', '.join(codes)}"], "Heater")

    models = [
        code for node in walk(found.rule) if isinstance(node, Model) for code in node.any_of
    ]
    assert models == codes
    assert not found.complete


@pytest.mark.parametrize(
    "text",
    [
        f"Made on {'1' * 5000}/2/2020.",
        f"Made on 2020-{'1' * 5000}-01.",
        f"Models A{'1' * 5000} through A{'2' * 5000}.",
        "Made on \u00b2/3/2020.",
        "Models A\u00b2\u00b2\u00b2 through A\u00b3\u00b3\u00b3.",
    ],
)
def test_numbers_nobody_can_count_to_are_no_dates_and_no_ranges(text: str) -> None:
    found = draft([text], "Heater")

    assert "2020-" not in str([node for node in walk(found.rule) if node.op == "date"])
