from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.model.photo import (
    LONGEST_ADDRESS,
    LONGEST_ATTRIBUTION,
    OWN,
    PUBLIC_DOMAIN,
    NotLicensed,
    Photo,
    Statement,
    Unstated,
    stated,
)
from tests.builders import STEADY


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("CC BY 4.0", "CC BY 4.0"),
        ("cc-by-4.0", "CC BY 4.0"),
        ("CC BY-SA 3.0 de", "CC BY-SA 3.0 DE"),
        ("cc by nc sa 2.5", "CC BY-NC-SA 2.5"),
        (" ogl  3.0 ", "OGL 3.0"),
        ("Licence ouverte 2.0", "Licence Ouverte 2.0"),
        ("https://example.org/press/terms", "https://example.org/press/terms"),
    ],
)
def test_a_licence_is_known_however_it_is_typed(typed: str, named: str) -> None:
    assert stated(typed, "Jo Example") == Statement(named, "Jo Example")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "I may use it",
        "we have permission",
        "ok",
        "CC",
        "CC BY",
        "CC BY-ND 4.0",
        "CC BY 9.0",
        "http://example.org/terms",
        "https://example",
        "https://example.org/ not an address",
        "all rights reserved",
    ],
)
def test_what_names_no_licence_is_none(typed: str) -> None:
    with pytest.raises(NotLicensed) as refused:
        stated(typed, "Jo Example")

    assert refused.value.why is Unstated.UNNAMED


@pytest.mark.parametrize("licence", ["CC BY 4.0", "OGL 3.0", "https://example.org/terms"])
def test_most_licences_ask_for_somebody_to_be_named(licence: str) -> None:
    with pytest.raises(NotLicensed) as refused:
        stated(licence, "  ")

    assert refused.value.why is Unstated.NOBODY


@pytest.mark.parametrize("licence", [OWN, PUBLIC_DOMAIN, "own_work", "cc0 1.0"])
def test_what_asks_for_nobody_needs_no_name(licence: str) -> None:
    assert stated(licence).credit == ""


@pytest.mark.parametrize(
    ("statement", "credit"),
    [
        (Statement("CC BY 4.0", "Jo Example"), "Jo Example, CC BY 4.0"),
        (
            Statement("https://example.org/terms", "Example Ltd"),
            "Example Ltd, example.org/terms",
        ),
        (Statement(OWN, "Consumer Desk"), "Consumer Desk"),
        (Statement(PUBLIC_DOMAIN, "NASA"), "NASA"),
    ],
)
def test_what_is_said_with_a_photo_names_whom_and_the_licence(
    statement: Statement, credit: str
) -> None:
    assert statement.credit == credit


def test_what_does_not_fit_under_a_card_is_refused() -> None:
    for licence, name in (
        ("CC BY 4.0", "J" * (LONGEST_ATTRIBUTION + 1)),
        ("https://example.org/" + "a" * LONGEST_ADDRESS, "Jo"),
    ):
        with pytest.raises(NotLicensed) as refused:
            stated(licence, name)

        assert refused.value.why is Unstated.TOO_LONG


def test_what_no_database_holds_is_left_out_of_what_is_stated() -> None:
    assert stated("CC\0 BY 4.0", " Jo\0 Ex\ud800ample\n") == Statement(
        "CC BY 4.0", "Jo Example"
    )


def test_other_words_about_the_same_picture_are_another_photo() -> None:
    said = Statement("CC BY 4.0", "Jo")
    others = (Statement("CC BY 4.0", "J"), Statement("own work"), Statement("CC BY 4.0J", "o"))

    names = {Photo.of(b"a", one).digest for one in (said, *others)} | {
        Photo.of(b"b", said).digest
    }

    assert len(names) == 5
    assert Photo.of(b"a", said) == Photo.of(b"a", Statement("CC BY 4.0", "Jo"))


@given(st.text(max_size=40), st.text(max_size=100))
@example("cc by sa 4.0 x", "Jo")
@example("https://a.b", "\x1f")
@STEADY
def test_whatever_is_typed_is_a_statement_in_one_line_or_refused(
    licence: str, name: str
) -> None:
    try:
        statement = stated(licence, name)
    except NotLicensed:
        return

    assert statement == stated(statement.licence, statement.attribution)
    assert len(statement.credit.splitlines()) <= 1
