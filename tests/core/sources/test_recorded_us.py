"""Every recorded record of CPSC and FSIS, where the recordings lie beside the repository."""

from __future__ import annotations

import lzma
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from core.model.recall import Notice
from core.sources.cpsc import Cpsc
from core.sources.http import Fetcher
from core.sources.usda_fsis import UsdaFsis
from tests.builders import NOW

SHARED = Path(__file__).parents[3].parent / "shared"
RECORDED = SHARED / "data"
SWAPPED = {"26135", "26246", "26294", "26297"}
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.exists(), reason="no shared folder beside the repository"),
]


@cache
def cpsc() -> tuple[Notice, ...]:
    source = Cpsc(Fetcher())
    pages = [RECORDED / "cpsc" / name for name in ("recalls.json", "power_banks.json")]
    found = {
        record.key: record
        for page in pages
        for record in source.split(page.read_bytes(), "https://www.saferproducts.gov/", NOW)
    }
    return tuple(source.parse(record) for record in found.values())


def fsis() -> Iterator[dict[str, Notice]]:
    """Yield each recorded answer as it was received, one after the other."""
    source = UsdaFsis(Fetcher())
    folder = RECORDED / "usda_fsis" / "revisions"
    for row in (folder / "SEQUENCE.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        page = lzma.decompress((folder / f"{row.split()[1]}.xz").read_bytes())
        records = source.split(page, "https://www.fsis.usda.gov/fsis/api/recall/v/1", NOW)
        yield {record.key: source.parse(record) for record in records}


def test_every_recorded_recall_of_the_cpsc_is_readable() -> None:
    assert len(cpsc()) == len({notice.id for notice in cpsc()}) == 602


def test_the_remedies_of_other_products_are_left_out() -> None:
    without = {notice.number for notice in cpsc() if not notice.remedies}

    assert without == SWAPPED


def test_every_recorded_recall_of_fsis_is_readable() -> None:
    assert [len(notices) for notices in fsis()] == [57, 58, 56, 58, 56, 58, 56, 56]


def test_no_recall_of_fsis_changes_its_state_in_the_recorded_sequence() -> None:
    states: dict[str, set[str]] = {}
    for notices in fsis():
        for number, notice in notices.items():
            states.setdefault(number, set()).add(notice.state.value)

    assert [number for number, seen in states.items() if len(seen) > 1] == []
