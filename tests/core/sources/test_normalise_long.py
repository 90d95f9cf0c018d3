"""Texts without end: every reading of prose answers, whatever an authority's record holds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.sources.hazards import hazards_of
from core.sources.normalise import (
    brands,
    category,
    clean,
    hazards,
    passage,
    plausible,
    regions,
    remedy_options,
    sold,
    unit_counts,
)
from core.sources.reach import reach

SIZE = 100_000
PIECES = (
    *("a", "1", ",", ".", " ", "(", "<", "&amp;", "a.", "-", "1,000 ", "A, Inc"),
    *("from May 2020 through ", "about 1 ", "in Canada ", "incident ", "no fires reported "),
    *("stop using the recalled things ", "www.", "\u201c", "\u00c3\u00a9", "refund of "),
)
READINGS: dict[str, Callable[[str], object]] = {
    "clean": clean,
    "passage": passage,
    "brands": lambda text: brands(text, (), text),
    "category": category,
    "hazards": hazards,
    "labels": lambda text: hazards_of(text, "accc"),
    "plausible": lambda text: plausible(text, text),
    "regions": regions,
    "remedies": lambda text: remedy_options((), text),
    "sold": sold,
    "units": lambda text: unit_counts(text, ("US",)),
    "reach": reach,
}


@pytest.mark.parametrize("reading", READINGS)
def test_a_hundred_thousand_characters_of_anything_are_read(reading: str) -> None:
    texts = [piece * (SIZE // len(piece)) for piece in PIECES]

    answers = [READINGS[reading](text) for text in texts]

    assert len(answers) == len(PIECES)


def test_tags_nested_without_end_are_gone_all_the_same() -> None:
    found = clean("<" * 5000 + "b>" * 5000 + "&amp;" * 5000 + "hose")

    assert found.endswith("hose")
    assert "<" not in found
    assert clean(found) == found


def test_a_number_nobody_can_count_to_is_no_count_of_units() -> None:
    assert unit_counts("9" * 5000, ("US",)) == ()
    assert unit_counts("9" + ",999" * 2000, ("US",)) == ()


def test_a_sale_that_is_told_without_end_gives_no_days() -> None:
    told = sold(
        "Amazon.com from May 2020 through June 2021 for about $27. " + "It was so. " * 4000
    )

    assert (told.start, told.end) == (None, None)
    assert told.where == "Amazon.com"
