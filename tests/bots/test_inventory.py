"""An inventory: every row gets its answer in its place, and no row stops the others."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.bots.conftest import Command, refused

Row = dict[str, Any]


def written(path: Path, *rows: object) -> str:
    lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def answers(text: str) -> list[Row]:
    return [json.loads(line) for line in text.splitlines()]


def test_answers_come_in_the_order_of_the_rows_with_their_ids(
    recallbot: Command, tmp_path: Path
) -> None:
    file = written(
        tmp_path / "shop.jsonl",
        {"id": "shelf 1", "text": "anker A1263"},
        "",
        {"id": 2, "brand": "Anker", "model": "A1263", "serial": "A1B2C3D4E5F60718"},
        {"id": None, "text": "thank you"},
        {"id": "t", "model": "A1263", "codes": {"batch": "B1"}, "region": "jp"},
    )

    ended = recallbot("check", "--file", file, "--json")
    told = answers(ended.out)

    assert ended.code == 0
    assert [row["id"] for row in told] == ["shelf 1", 2, None, "t"]
    assert [row["verdict"] for row in told] == [
        "check_needed",
        "check_needed",
        None,
        told[3]["verdict"],
    ]
    assert told[1]["items"][0]["serial"] == "A1B2C3D4E5F60718"
    assert told[3]["items"][0]["codes"] == {"batch": "B1", "region": "JP"}
    assert ended.err.startswith("4 checked: ")


@pytest.mark.parametrize(
    ("row", "name", "reason"),
    [
        ("nonsense", None, "not a JSON object"),
        ("[1, 2]", None, "not a JSON object"),
        ('{"id": 7', None, "not a JSON object"),
        ("[" * 90_000, None, "not a JSON object"),
        ('{"serial": ' + "1" * 5_000 + "}", None, "not a JSON object"),
        ({"id": "long", "text": "a" * 100_000}, None, "the row is too long"),
        ({"id": {"a": 1}}, None, "`id` must be text"),
        ({"id": "b", "codes": ["batch"]}, "b", "`codes` must be an object"),
        ({"id": "c", "text": ["anker"]}, "c", "`text` must be text"),
        ({"id": "d", "codes": {"batch": {}}}, "d", "`batch` must be text"),
    ],
    ids=lambda value: str(value)[:12],
)
def test_a_bad_row_says_why_in_its_place_and_the_others_are_answered(
    recallbot: Command, tmp_path: Path, row: object, name: str | None, reason: str
) -> None:
    good = {"id": "good", "text": "anker A1263"}
    file = written(tmp_path / "shop.jsonl", good, row, good)

    ended = recallbot("check", "--file", file, "--json")
    told = answers(ended.out)

    assert ended.code == 2
    assert ended.err.splitlines()[-1].startswith("recallbot: 1 row(s) could not be read")
    assert [row["id"] for row in told] == ["good", name, "good"]
    assert told[1]["error"] == f"row 2: {reason}"
    assert "verdict" in told[2]


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"text": ""},
        {"text": "\ud800 anker"},
        {"text": "\x00\x1b[2J"},
        {"text": "<script>alert(1)</script>", "brand": "'; DROP TABLE notice; --"},
        {"brand": "<b>", "model": "'; DROP TABLE notice; --", "serial": "\x00"},
        {"brand": True, "model": 1263, "serial": 1.5, "confirmed": "yes", "region": 7},
        {"model": "A1263", "lang": "tlh", "region": "../.."},
    ],
    ids=lambda row: repr(row)[:20],
)
def test_odd_fields_get_a_normal_answer(recallbot: Command, tmp_path: Path, row: Row) -> None:
    file = written(tmp_path / "odd.jsonl", row)
    out = tmp_path / "told.jsonl"

    ended = recallbot("check", "--file", file, "--out", str(out))

    assert ended.code == 0
    assert answers(out.read_text(encoding="utf-8"))[0]["reply"]


def test_a_csv_file_has_the_same_fields_and_a_column_for_each_code(
    recallbot: Command, tmp_path: Path
) -> None:
    file = written(
        tmp_path / "school.csv",
        "\ufeffid,brand,model,serial,batch,confirmed,region",
        "1,Anker,A1263,,,,",
        '2,Anker,A1263,"A1B2C3D4E5F60718",B1,yes,US',
        "3,,,,,,",
        "4,Anker,A1263,one,two,no,US,too many",
    )

    ended = recallbot("check", "--file", file, "--json")
    told = answers(ended.out)

    assert ended.code == 2
    assert [row["id"] for row in told] == ["1", "2", "3", "4"]
    assert told[1]["items"][0]["codes"] == {"batch": "B1", "region": "US"}
    assert told[2]["items"] == []
    assert told[3]["error"].startswith("row 4: more values than columns")


def test_answers_in_a_csv_file_are_one_line_a_row(recallbot: Command, tmp_path: Path) -> None:
    file = written(tmp_path / "in.csv", "id,text", '1,"anker, A1263\nbought here"', "2,hello")
    out = tmp_path / "out.csv"

    ended = recallbot("check", "--file", file, "--out", str(out))
    with out.open(encoding="utf-8", newline="") as rows:
        told = list(csv.DictReader(rows))

    assert ended.code == 0
    assert ended.out == ""
    assert [(row["id"], row["verdict"]) for row in told] == [("1", "check_needed"), ("2", "")]
    assert told[0]["text"] == "anker, A1263\nbought here"
    assert told[0]["model"] == "A1263"
    assert "anker-a1263" in told[0]["recalls"]


def test_on_a_terminal_a_row_is_one_line_and_commands_nothing(
    recallbot: Command, tmp_path: Path
) -> None:
    file = written(
        tmp_path / "shop.ndjson", {"id": "a", "text": "anker A1263\n\x1b[2Jsecond"}, "bad"
    )

    ended = recallbot("check", "--file", file)
    first, second = ended.out.splitlines()

    assert first.split() == ["check_needed", "a", "anker", "A1263", "[2Jsecond"]
    assert second.split() == ["error", "row", "2:", "not", "a", "JSON", "object"]
    assert "\x1b" not in ended.out


def test_an_empty_inventory_is_said_to_be_empty(recallbot: Command, tmp_path: Path) -> None:
    for name in ("empty.csv", "empty.jsonl"):
        (tmp_path / name).touch()

        ended = recallbot("check", "--file", str(tmp_path / name))

        assert (ended.code, ended.err) == (0, "0 checked: no rows\n")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("missing.jsonl", None, "No such file"),
        ("folder.csv", "folder", "is a folder"),
        ("binary.jsonl", b"\xff\xfe\x00", "it is not UTF-8 text"),
        ("notes.txt", b"anker A1263", "an inventory is a .jsonl or .csv file"),
        ("unnamed.csv", b"Anker,A1263\nAnker,A1257\n", "must name the columns"),
        ("open.csv", b'id,text\n1,"never closed', "cannot read"),
    ],
)
def test_a_file_that_is_no_inventory_is_refused(
    recallbot: Command, tmp_path: Path, name: str, content: bytes | str | None, words: str
) -> None:
    path = tmp_path / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content:
        path.mkdir()

    assert refused(recallbot("check", "--file", str(path)), words)


def test_answers_never_replace_the_inventory(recallbot: Command, tmp_path: Path) -> None:
    file = written(tmp_path / "shop.jsonl", {"id": 1, "text": "anker A1263"})
    before = Path(file).read_bytes()

    ended = recallbot("check", "--file", file, "--out", file)

    assert refused(ended, "names the inventory itself")
    assert Path(file).read_bytes() == before


def test_answers_that_cannot_be_written_are_refused(recallbot: Command, tmp_path: Path) -> None:
    file = written(tmp_path / "shop.jsonl", {"id": 1, "text": "anker A1263"})

    ended = recallbot("check", "--file", file, "--out", str(tmp_path / "no" / "told.csv"))

    assert refused(ended, "cannot write")
