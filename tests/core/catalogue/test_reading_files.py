"""A file that cannot be read, or means nothing, becomes plain lines and never a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.catalogue.file import CatalogueError
from core.catalogue.read import LARGEST, read


def lines_of(path: Path) -> list[str]:
    with pytest.raises(CatalogueError) as raised:
        read(path)
    return str(raised.value).splitlines()


def test_a_sound_file_is_read(write):
    path = write(**{"$schema": "catalogue.schema.json"})

    file = read(path)

    assert [recall.id for recall in file.recalls] == ["acme-x1-us-2025"]
    assert file.reviewed.isoformat() == "2026-01-02"


def test_a_byte_order_mark_is_no_fault(write):
    path = write()
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    file = read(path)

    assert file.makers[0].name == "Acme"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "acme.json: is not JSON: expecting value (line 1, column 1)"),
        (b'{"makers": [', "acme.json: is not JSON: expecting value (line 1, column 13)"),
        (b'{"makers": "\xff"}', "acme.json: is not UTF-8 (byte 12)"),
        (b"\x00\x01\x02", "acme.json: is not JSON: expecting value (line 1, column 1)"),
        (b"[" * 100_000, "acme.json: is nested too deeply"),
        (b'{"reviewed": NaN}', "acme.json: is not JSON: NaN is no number"),
        (
            b'{"reviewed": "2026-01-02", "reviewed": "2025-01-02"}',
            "acme.json: is not JSON: the key reviewed stands twice in one object",
        ),
        (b'{"reviewed": "\\ud800"}', "acme.json: has half a character, a lone surrogate"),
        (b"[]", "acme.json: is not an object in braces"),
        (b"7", "acme.json: is not an object in braces"),
        (b" " * (LARGEST + 1), "acme.json: is larger than 5 MB"),
    ],
)
def test_what_is_no_catalogue_file_says_so_in_one_line(tmp_path, content, line):
    path = tmp_path / "acme.json"
    path.write_bytes(content)

    lines = lines_of(path)

    assert lines == [line]


def test_a_missing_file_says_so(tmp_path):
    path = tmp_path / "nowhere.json"

    lines = lines_of(path)

    assert lines == ["nowhere.json: no such file or directory"]


def test_a_folder_in_place_of_a_file_says_so(tmp_path):
    path = tmp_path / "folder.json"
    path.mkdir()

    lines = lines_of(path)

    assert lines == ["folder.json: is not a file"]


def test_a_rule_nested_far_too_deeply_is_refused(write, recall):
    rule = {"op": "all_units"}
    for _ in range(60):
        rule = {"op": "not", "rule": rule}
    path = write(recall(units=rule))

    lines = lines_of(path)

    assert lines == ["acme.json: is nested too deeply"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"colour": "red"}, "colour: is an unknown key"),
        ({"product": None}, "product: null is not text"),
        ({"product": ""}, "product: is empty"),
        ({"product": "x" * 201}, "product: is longer than 200 characters"),
        ({"brands": []}, "brands: has too few entries"),
        ({"brands": "Acme"}, "brands: is not a list"),
        ({"complete": "perhaps"}, 'complete: "perhaps" is neither true nor false'),
        (
            {"kind": "rumour"},
            "kind: \"rumour\" is not one of 'recall', 'withdrawal' or 'advisory'",
        ),
        ({"published": "12 June"}, 'published: "12 June" is not a date such as 2025-06-12'),
        (
            {"published": "2025-02-30"},
            'published: "2025-02-30" is not a date such as 2025-06-12',
        ),
        ({"published": 1749686400}, "published: 1749686400 is not a date such as 2025-06-12"),
        ({"number": 25338}, "number: 25338 is not text"),
        ({"regions": ["us"]}, 'regions.1: "us" does not have the form ^([A-Z]{2}|WORLD)$'),
        ({"hazard": 7}, "hazard: is not an object in braces"),
        ({"units": {"op": "guess"}}, "units: guess is no kind of rule"),
        ({"units": {"any_of": ["X1"]}}, "units: has no op, so it is no rule"),
        (
            {"units": {"op": "or", "of": [{"op": "model", "any_of": ["X1", "x-1"]}]}},
            "units.of.1: duplicate after folding: X1",
        ),
        (
            {"units": {"op": "model", "any_of": ["X1"], "like": True}},
            "units.like: is an unknown key",
        ),
        (
            {"units": {"op": "checker"}},
            "a checker rule needs an https address in `checker`",
        ),
    ],
)
def test_each_fault_names_file_recall_place_and_reason(write, recall, changes, reason):
    path = write(recall(**changes))

    lines = lines_of(path)

    assert lines == [f"acme.json: acme-x1-us-2025: {reason}"]


def test_a_missing_field_is_named(write, recall):
    spoiled = recall()
    del spoiled["hazard"]
    path = write(spoiled)

    lines = lines_of(path)

    assert lines == ["acme.json: acme-x1-us-2025: hazard: is missing"]


def test_a_recall_without_an_id_goes_by_its_place(write, recall):
    nameless = recall()
    del nameless["id"]
    path = write(recall(), nameless, "no recall at all")

    lines = lines_of(path)

    assert lines == [
        "acme.json: recall 2: id: is missing",
        "acme.json: recall 3: is not an object in braces",
    ]


def test_every_fault_of_a_file_is_told_at_once(write, recall):
    path = write(recall(product=""), recall(id="acme-x2", brands=[]), reviewed="soon")

    lines = lines_of(path)

    assert lines == [
        'acme.json: reviewed: "soon" is not a date such as 2025-06-12',
        "acme.json: acme-x1-us-2025: product: is empty",
        "acme.json: acme-x2: brands: has too few entries",
    ]


def test_a_fault_that_pydantic_words_itself_is_still_one_line(write, recall):
    count = {"regions": ["US"], "units": 0, "source": "office"}
    path = write(recall(counts=[count]))

    lines = lines_of(path)

    assert lines == [
        "acme.json: acme-x1-us-2025: counts.1.units: input should be greater than 0"
    ]


def test_long_or_strange_input_is_quoted_short(write, recall):
    path = write(recall(id="\u202e" * 400))

    lines = lines_of(path)

    assert len(lines) == 1
    assert len(lines[0]) < 1_000


def test_a_list_of_recalls_that_is_empty_is_refused(write):
    path = write(recalls=[])

    lines = lines_of(path)

    assert lines == ["acme.json: recalls: has too few entries"]


def test_a_file_holding_only_a_string_of_json_is_refused(tmp_path):
    path = tmp_path / "acme.json"
    path.write_text(json.dumps("recalls"), encoding="utf-8")

    lines = lines_of(path)

    assert lines == ["acme.json: is not an object in braces"]
