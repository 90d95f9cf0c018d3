"""A folder of catalogue files: all or nothing, and cheap to tell from yesterday's."""

from __future__ import annotations

import pytest

from core.catalogue.file import CatalogueError
from core.catalogue.load import digest, load, reviewed, reviewed_at


def test_every_file_of_a_folder_is_loaded(write, recall, judge, tmp_path):
    write()
    write(recall(id="acme-x2", expands=["acme-x1-us-2025"]), name="more.json")

    files = load(tmp_path, judge)

    assert [file.recalls[0].id for file in files] == ["acme-x1-us-2025", "acme-x2"]
    assert [notice.id for notice in files.notices] == ["acme-x1-us-2025", "acme-x2"]
    assert [maker.name for maker in files.makers] == ["Acme", "Acme"]


def test_the_oldest_review_counts(write, recall, judge, tmp_path):
    write(reviewed="2026-03-01")
    write(recall(id="acme-x2"), name="more.json", reviewed="2025-11-30")

    files = load(tmp_path, judge)

    assert reviewed(files).isoformat() == "2025-11-30"
    assert reviewed_at(files).isoformat() == "2025-11-30T00:00:00+00:00"


def test_all_that_is_wrong_in_a_folder_is_told_at_once(write, recall, judge, tmp_path):
    write(recall(brands=["Apex"]))
    write(recall(expands=["acme-x9"]), name="more.json")
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")

    with pytest.raises(CatalogueError) as raised:
        load(tmp_path, judge)

    broken, *others = map(str, raised.value.problems)
    assert broken.startswith("broken.json: is not JSON: expecting property name")
    assert others == [
        "acme.json: acme-x1-us-2025: brands: Apex is not a brand of this file's makers",
        "more.json: acme-x1-us-2025: acme.json has a recall of this id",
        "more.json: acme-x1-us-2025: expands acme-x9, which no file has",
    ]


def test_an_example_that_fails_stops_the_load(write, recall, judge, tmp_path):
    write(recall(examples=[{"brand": "Acme", "model": "X2", "want": "not_affected"}]))

    with pytest.raises(CatalogueError, match="wants not_affected, gets no_recall_found"):
        load(tmp_path, judge)


def test_an_empty_folder_is_refused(judge, tmp_path):
    with pytest.raises(CatalogueError, match="holds no catalogue file"):
        load(tmp_path, judge)


def test_the_digest_changes_with_any_byte_and_with_any_name(write, tmp_path):
    path = write()
    first = digest(tmp_path)

    path.write_bytes(path.read_bytes() + b"\n")
    second = digest(tmp_path)
    path.rename(tmp_path / "other.json")
    third = digest(tmp_path)

    assert len({first, second, third}) == 3


def test_the_digest_is_the_same_for_the_same_files(write, tmp_path):
    write()

    first, second = digest(tmp_path), digest(tmp_path)

    assert first == second


def test_the_digest_leaves_what_cannot_be_read_to_the_load(tmp_path, judge):
    (tmp_path / "folder.json").mkdir()

    fingerprint = digest(tmp_path)

    assert len(fingerprint) == 64
    with pytest.raises(CatalogueError, match=r"folder\.json: is not a file"):
        load(tmp_path, judge)
