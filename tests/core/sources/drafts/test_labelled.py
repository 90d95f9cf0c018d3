"""The labelled notices the grammar was built on are read as well as we claim."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.drafts import labelled, score

FIXTURES = Path(__file__).parents[3] / "fixtures" / "drafts"
TUNED = FIXTURES / "tuned.jsonl"
BLIND_SEEN = FIXTURES / "blind-seen.jsonl"


@pytest.mark.parametrize("half", [TUNED, BLIND_SEEN])
def test_what_is_read_is_right_what_stands_there_is_read_and_gaps_are_marked(
    half: Path,
) -> None:
    total = score(half)

    assert total.precision >= 0.99
    assert total.recall >= 0.90
    assert total.marking >= 0.99


@pytest.mark.parametrize("half", [TUNED, BLIND_SEEN])
def test_a_full_draft_is_seldom_marked_as_incomplete(half: Path) -> None:
    total = score(half)

    assert total.overmarked <= total.flawless // 3


def test_every_labelled_identifier_stands_in_its_text_or_is_a_date() -> None:
    strange = [
        (record.id, value)
        for record in labelled(TUNED)
        for field, value in record.want
        if field not in ("expiry", "manufactured", "model_year")
        and value != "GCV200"
        and not all(end in " ".join(record.texts) for end in value.split(".."))
    ]

    assert strange == []
