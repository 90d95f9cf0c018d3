"""An authority's text made plain, cut to fit, and an id made of its number."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.sources.contract import RecordUnreadable
from core.sources.normalise import clean, line, notice_id, passage


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("Nestl&eacute; &amp;amp; Co&nbsp;Ltd", "Nestlé & Co Ltd"),
        ("<p>Stop using it.</p><p>Call&#160;us.</p>", "Stop using it.\nCall us."),
        ("one<br/>two<br>three", "one\ntwo\nthree"),
        ("donâ€™t charge it", "don't charge it"),
        ("power\u200bbank\ufeff", "powerbank"),
        ("  much \t room \r\n\r\n here ", "much room\nhere"),
        ("less than < 10 mm and > 2", "less than < 10 mm and > 2"),
        ("<script>alert(1)</script>The <b>hose</b>", "The hose"),
        ("<td>Model</td><td>A1</td>", "Model A1"),
        (None, ""),
        (2313, "2313"),
    ],
)
def test_mark_up_entities_and_broken_encodings_become_plain_text(
    raw: object, plain: str
) -> None:
    assert clean(raw) == plain


@pytest.mark.parametrize("raw", [{}, [], True, b"bytes", object()])
def test_what_is_no_text_is_unreadable(raw: object) -> None:
    with pytest.raises(RecordUnreadable, match="text expected"):
        clean(raw)


@given(st.text())
@example("&amp;amp;amp;lt;b&amp;gt;")
@example("<<p>p>&lt;<b>br></b>")
@example("Ã¢â‚¬â„¢")
def test_cleaning_twice_changes_nothing(raw: str) -> None:
    once = clean(raw)

    assert clean(once) == once


@given(st.text(max_size=600))
@example("x" * 500)
def test_a_line_is_one_line_that_fits(text: str) -> None:
    cut = line(text)

    assert len(cut) <= 200
    assert "\n" not in cut
    assert line(cut) == cut


def test_a_line_is_cut_at_a_word() -> None:
    cut = line("power banks " * 40)

    assert cut.endswith(("banks…", "power…"))


def test_a_passage_is_cut_at_a_sentence() -> None:
    cut = passage("Stop using it at once. " * 200)

    assert len(cut) <= 2000
    assert cut.endswith("at once.")


@given(st.text(max_size=5000))
@example("word " * 900)
@example("x" * 3000)
def test_a_passage_fits_and_stays(text: str) -> None:
    cut = passage(text)

    assert len(cut) <= 2000
    assert passage(cut) == cut


@pytest.mark.parametrize(
    ("source", "number", "wanted"),
    [
        ("cpsc", "25-466", "cpsc-25-466"),
        ("safety_gate".replace("_", "-"), "SR/00939/26", "safety-gate-sr-00939-26"),
        ("usda-fsis", " PHA-01082025-01", "usda-fsis-pha-01082025-01"),
        ("rappelconso", "2026-06-0249 v2", "rappelconso-2026-06-0249-v2"),
        ("x", "Ä" + "9" * 200, "x-a" + "9" * 77),
    ],
)
def test_a_number_names_the_notice(source: str, number: str, wanted: str) -> None:
    assert notice_id(source, number) == wanted


def test_a_number_without_letter_or_digit_names_nothing() -> None:
    with pytest.raises(RecordUnreadable):
        notice_id("cpsc", " – ")
