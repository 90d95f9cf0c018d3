"""The local catalogue holds reviewed drafts soundly, and is loaded beside the shipped one."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from core.catalogue.file import FOLDER, CatalogueError
from core.catalogue.load import digest, load
from core.catalogue.local import (
    digest_with_local,
    keep,
    load_with_local,
    local_id,
    path_of,
    reviewed_file,
)
from core.match.decide import judge
from tests.builders import a_notice

DAY = date(2026, 11, 22)


def _reviewed(units: object = None, *, complete: bool = True) -> dict[str, Any]:
    notice = a_notice(complete=False)
    return reviewed_file(notice, units or {"op": "all_units"}, complete=complete, on=DAY)


def test_a_kept_review_is_loaded_beside_the_shipped_recalls(tmp_path: Path) -> None:
    keep(tmp_path, "acme-x100-us", _reviewed(), judge)

    catalogue = load_with_local(FOLDER, tmp_path, judge)

    kept = [notice for notice in catalogue.notices if notice.id == "local-acme-x100-us"]
    assert len(catalogue) == len(load(FOLDER, judge)) + 1
    assert kept[0].complete
    assert kept[0].sources[0].seen == DAY


def test_without_reviews_the_shipped_recalls_are_all(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"

    assert load_with_local(FOLDER, missing, judge) == load(FOLDER, judge)
    assert digest_with_local(FOLDER, missing) == digest(FOLDER)


def test_a_new_review_changes_the_fingerprint(tmp_path: Path) -> None:
    before = digest_with_local(FOLDER, tmp_path)

    keep(tmp_path, "acme-x100-us", _reviewed(), judge)

    assert digest_with_local(FOLDER, tmp_path) != before


@pytest.mark.parametrize(
    "units",
    [
        {"op": "nonsense"},
        {"op": "unparsed", "verbatim": "only some"},
        {"op": "code", "field": "serial", "between": [["9", "1"]], "order": "number"},
    ],
)
def test_what_the_models_refuse_is_not_kept(tmp_path: Path, units: object) -> None:
    with pytest.raises(CatalogueError):
        keep(tmp_path, "acme-x100-us", _reviewed(units), judge)

    assert list(tmp_path.iterdir()) == []


def test_what_is_no_json_object_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError):
        keep(tmp_path, "acme-x100-us", {}, judge)


def test_ids_stay_short_enough_and_different() -> None:
    long, longer = "a" * 80, "a" * 79 + "b"

    assert len(local_id(long)) <= 80
    assert local_id(long) != local_id(longer)
    assert path_of(Path("x"), "cpsc-1").name == "local-cpsc-1.json"
