"""`recallbot fetch` and `recallbot sources`: payloads, sequences, refusals, the list."""

from __future__ import annotations

import gzip
import json
import lzma
from pathlib import Path
from typing import Any

import pytest

from bots.source_names import chosen
from core.sources.registry import SOURCES
from tests.bots.conftest import Command, in_process_of_its_own

COUNTS = {
    *("source", "fetched", "new", "expanded", "corrected", "remedy_changed", "closed"),
    *("reopened", "retracted", "same", "unreadable", "seeded", "took_s"),
}
FSIS = Path(__file__).parents[2].parent / "shared/data/usda_fsis/revisions"


def a_recall(number: int, **facts: Any) -> dict[str, Any]:
    """Return a recall as the CPSC's web service writes it."""
    return {
        "RecallID": number,
        "RecallNumber": f"26{number:03}",
        "RecallDate": "2026-03-26T00:00:00",
        "Description": "This recall involves the Zorblatt lamp with model number ZB900.",
        "URL": f"https://www.cpsc.gov/Recalls/2026/Zorblatt-{number}",
        "Title": f"Zorblatt Recalls Lamps {number} Due to Fire Hazard",
        "LastPublishDate": "2026-03-27T00:00:00",
        "Products": [{"Name": f"Zorblatt lamp {number}", "NumberOfUnits": "About 675"}],
        "Hazards": [{"Name": "The lamp can overheat, posing a fire hazard."}],
        "Remedies": [{"Name": "Consumers should stop using the lamp and get a refund."}],
        "RemedyOptions": [{"Option": "Refund"}],
        "Manufacturers": [{"Name": "Zorblatt Inc., of Ohio", "CompanyID": ""}],
        **facts,
    }


def written(path: Path, *records: Any) -> str:
    path.write_text(json.dumps(records), encoding="utf-8")
    return str(path)


def counted(out: str) -> dict[str, Any]:
    [row] = json.loads(out)
    assert set(row) - {"error"} == COUNTS
    outcomes = COUNTS - {"source", "fetched", "took_s"}
    assert row["fetched"] == sum(row[name] for name in outcomes)
    return {name: row[name] for name in outcomes if row[name]}


def test_a_recorded_payload_is_taken_in_as_if_fetched_then(
    recallbot: Command, tmp_path: Path
) -> None:
    first = written(tmp_path / "one.json", a_recall(1), a_recall(2), {"RecallID": 9})
    then = written(
        tmp_path / "two.json",
        a_recall(1, LastPublishDate="2026-05-01T00:00:00"),
        a_recall(2, RemedyOptions=[{"Option": "Replace"}]),
        a_recall(3),
    )

    at = ("--at", "2026-04-01T00:00:00+00:00", "--json")
    seeded = recallbot("fetch", "cpsc", "--from", first, *at)
    again = recallbot("fetch", "cpsc", "--from", first, *at)
    changed = recallbot("fetch", "cpsc", "--from", then, *at)
    shown = recallbot("recalls", "zorblatt")

    assert counted(seeded.out) == {"seeded": 2, "unreadable": 1}
    assert counted(again.out) == {"same": 2, "unreadable": 1}
    assert counted(changed.out) == {"same": 1, "remedy_changed": 1, "new": 1}
    assert shown.out.count("cpsc-26") == 3


def test_a_feeds_recall_is_answered_from(recallbot: Command, tmp_path: Path) -> None:
    recallbot("fetch", "cpsc", "--from", written(tmp_path / "one.json", a_recall(1)), "--json")

    told = recallbot("check", "--json", "Zorblatt ZB900")

    answer = json.loads(told.out)
    assert answer["verdict"] in {"affected", "check_needed"}
    assert "cpsc-26001" in told.out


def test_a_sequence_gives_order_and_times_and_is_summed(
    recallbot: Command, tmp_path: Path
) -> None:
    folder = tmp_path / "seen"
    folder.mkdir()
    one = json.dumps([a_recall(1)]).encode()
    two = json.dumps([a_recall(1), a_recall(2)]).encode()
    (folder / "one.json.xz").write_bytes(lzma.compress(one))
    (folder / "two.json.gz").write_bytes(gzip.compress(two))
    lines = (
        "observed_at\tfile",
        "2026-04-01T10:00:00+00:00\tone.json",
        "2026-04-01T11:00:00+00:00\ttwo.json",
        "2026-04-01T12:00:00+00:00\tone.json",
    )
    (folder / "SEQUENCE.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")

    told = recallbot("fetch", "cpsc", "--from", str(folder), "--json")

    assert counted(told.out) == {"seeded": 1, "same": 2, "new": 1}


def test_a_folder_without_a_sequence_is_read_by_name(
    recallbot: Command, tmp_path: Path
) -> None:
    folder = tmp_path / "seen"
    folder.mkdir()
    written(folder / "b.json", a_recall(1), a_recall(2))
    written(folder / "a.json", a_recall(1))

    told = recallbot("fetch", "cpsc", "--from", str(folder))

    assert told.code == 0
    assert "3 fetched" in told.out
    assert "2 seeded, 1 same" in told.out


def test_an_error_said_with_status_200_is_an_outage_and_stores_nothing(
    recallbot: Command, tmp_path: Path
) -> None:
    error = written(tmp_path / "error.json", {"RecallID": 0, "Title": "Error retrieving"})

    told = recallbot("fetch", "cpsc", "--from", error, "--json")

    assert told.code == 2
    assert counted(told.out) == {}
    assert json.loads(told.out)[0]["error"]
    assert told.err.count("\n") == 1
    assert "Error retrieving" in told.err


def test_the_json_is_one_list_with_exactly_the_promised_keys_for_each_source(
    tmp_path: Path,
) -> None:
    payload = written(tmp_path / "one.json", a_recall(1))

    told = in_process_of_its_own("fetch", "cpsc", "--from", payload, "--json", folder=tmp_path)

    [row] = json.loads(told.out)
    assert list(row) == [
        *("source", "fetched", "new", "expanded", "corrected", "remedy_changed", "closed"),
        *("reopened", "retracted", "same", "unreadable", "seeded", "took_s"),
    ]
    assert told.code == 0
    assert told.err == ""


def test_a_file_of_a_folder_that_is_no_payload_is_named_and_the_others_are_read(
    recallbot: Command, tmp_path: Path
) -> None:
    folder = tmp_path / "seen"
    folder.mkdir()
    (folder / "a-page.json").write_text("<html>", encoding="utf-8")
    written(folder / "b.json", a_recall(1))

    told = recallbot("fetch", "cpsc", "--from", str(folder), "--json")

    assert told.code == 2
    assert counted(told.out) == {"seeded": 1}
    assert str(folder / "a-page.json") in json.loads(told.out)[0]["error"]
    assert "b.json" not in told.err


def test_what_lies_beside_the_payloads_is_left_out_and_named(
    recallbot: Command, tmp_path: Path
) -> None:
    folder = tmp_path / "here" / "seen"
    folder.mkdir(parents=True)
    for name in ("a.json", "b.json"):
        written(folder / name, a_recall(1))
    (folder / "about.tsv").write_text("a\tb\n", encoding="utf-8")

    told = recallbot("fetch", "cpsc", "--from", str(folder.parent), "--json")

    assert told.code == 0
    assert counted(told.out) == {"seeded": 1, "same": 1}
    assert f"{folder / 'about.tsv'} is left out" in told.err


@pytest.mark.parametrize("typed", ["CPSC", " cpsc ", "Cpsc"])
def test_a_source_is_found_however_it_is_typed(
    recallbot: Command, tmp_path: Path, typed: str
) -> None:
    payload = written(tmp_path / "one.json", a_recall(1))

    told = recallbot("fetch", typed, "cpsc", "--from", payload, "--json")

    assert counted(told.out) == {"seeded": 1}


@pytest.mark.parametrize("typed", ["safety-gate", "Safety Gate", "safetygate"])
def test_a_name_of_two_words_is_found_however_they_are_joined(typed: str) -> None:
    found = chosen([typed, "cpsc", "safety_gate"])

    assert found == ["safety_gate", "cpsc"]


def test_every_source_that_fails_is_told_on_a_line_of_its_own(
    recallbot: Command, tmp_path: Path
) -> None:
    half = tmp_path / "half.json"
    half.write_text("[{", encoding="utf-8")

    told = recallbot("fetch", "cpsc", "--from", str(half))

    assert told.code == 2
    assert told.out == "cpsc                0 fetched: nothing  (failed)\n"
    assert told.err.startswith(f"recallbot: cpsc: {half}: ")
    assert told.err.count("\n") == 1


def test_stored_records_are_read_again(recallbot: Command, tmp_path: Path) -> None:
    recallbot("fetch", "cpsc", "--from", written(tmp_path / "one.json", a_recall(1)), "--json")

    told = recallbot("fetch", "cpsc", "--reparse", "--json")

    assert counted(told.out) == {"same": 1}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["fetch", "nowhere"], "there is no source 'nowhere'; there are cpsc, "),
        (["fetch", "cspc"], "did you mean cpsc?"),
        (["fetch", "fsis"], "did you mean usda_fsis?"),
        (["fetch", ""], "there is no source ''"),
        (["fetch", "catalogue"], "nothing to fetch"),
        (["fetch", "cpsc", "--from", "missing.json"], "there is no missing.json"),
        (["fetch", "--from", "."], "--from needs the one source"),
        (["fetch", "cpsc", "fda", "--from", "."], "--from needs the one source"),
        (["fetch", "cpsc", "--at", "2026-01-01"], "--at belongs to --from"),
        (["fetch", "cpsc", "--since", "yesterday"], "is no time like"),
        (["fetch", "cpsc", "--since", "2099-01-01"], "--since is still to come"),
        (["fetch", "cpsc", "--since", "2026-01-01", "--all"], "leave out --all"),
        (["fetch", "cpsc", "--since", "2026-01-01", "--reparse"], "leave out --reparse"),
        (["fetch", "cpsc", "--reparse", "--all"], "leave out --all"),
        (["fetch", "cpsc", "--from", ".", "--since", "2026-01-01"], "leave out --since"),
        (["fetch", "cpsc", "--from", ".", "--all"], "leave out --all"),
        (["fetch", "cpsc", "--from", ".", "--reparse"], "leave out --reparse"),
        (["fetch", "cpsc", "--from", ""], "--from names no file"),
        (["fetch", "cpsc", "--from", "/dev/null"], "/dev/null is no file"),
        (["fetch", "cpsc", "--from", ".", "--at", "2099-01-01"], "--at is still to come"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_in_one_line(
    recallbot: Command, arguments: list[str], says: str
) -> None:
    told = recallbot(*arguments)

    assert told.code == 2
    assert says in told.err
    assert told.err.count("\n") == 1


@pytest.mark.parametrize("content", [b"\xfd7zXZ\0broken", b""])
def test_a_broken_packing_is_refused_in_one_line(
    recallbot: Command, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "one.json.xz").write_bytes(content)

    told = recallbot("fetch", "cpsc", "--from", str(tmp_path / "one.json.xz"))

    assert told.code == 2
    assert told.err.count("\n") == 1


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("when\tfile\n1\tone.json\n", "it needs the columns"),
        ("observed_at\tfile\n2026-01-01\tgone.json\n", "there is no file gone.json"),
        ("observed_at\tfile\n2026-01-01\t../one.json\n", "there is no file"),
        ("observed_at\tfile\nsoon\tone.json\n", "SEQUENCE.tsv: 'soon' is no time"),
        ("", "it needs the columns"),
    ],
)
def test_a_broken_sequence_is_refused_in_one_line(
    recallbot: Command, tmp_path: Path, lines: str, says: str
) -> None:
    folder = tmp_path / "seen"
    folder.mkdir()
    written(tmp_path / "one.json")
    written(folder / "one.json")
    (folder / "SEQUENCE.tsv").write_text(lines, encoding="utf-8")

    told = recallbot("fetch", "cpsc", "--from", str(folder))

    assert told.code == 2
    assert says in told.err


def test_every_source_is_listed_with_its_terms(recallbot: Command, tmp_path: Path) -> None:
    recallbot("fetch", "cpsc", "--from", written(tmp_path / "one.json", a_recall(1)), "--json")

    rows = {row["source"]: row for row in json.loads(recallbot("sources", "--json").out)}
    shown = recallbot("sources").out

    assert set(rows) == {"catalogue", *SOURCES}
    assert all(row["licence"] and row["attribution"] for row in rows.values())
    assert rows["cpsc"]["notices"] == 1
    assert rows["cpsc"]["counts"] == {"seeded": 1}
    assert rows["cpsc"]["alarms"] == []
    assert rows["fda"]["last_success"] is None
    assert max(map(len, shown.splitlines())) <= 80
    assert "last reading: 1 seeded" in shown
    assert rows["catalogue"]["notices"] > 50
    assert all(name in shown for name in rows)


def test_a_source_that_there_is_not_stops_the_start(tmp_path: Path) -> None:
    ended = in_process_of_its_own("run", folder=tmp_path, RECALLBOT_SOURCES="cpsc,nowhere")

    assert ended.code == 2
    assert "RECALLBOT_SOURCES" in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.shared
def test_s11_the_recorded_fsis_sequence_has_no_false_closure(recallbot: Command) -> None:
    if not FSIS.is_dir():
        pytest.skip("the shared data are not on this machine")

    told = recallbot("fetch", "usda_fsis", "--from", str(FSIS), "--json")

    counts = counted(told.out)
    assert counts.get("new") == 1
    assert not {"closed", "reopened", "retracted", "expanded"} & set(counts)
