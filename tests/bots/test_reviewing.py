"""Drafts are listed beside their sentences, and accepted, edited or rejected."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bots.conftest import Command, refused

RECORD = {
    "RecallID": 1,
    "RecallNumber": "26342",
    "RecallDate": "2026-03-26T00:00:00",
    "Description": 'It is grey. "Product Model QX-831" is printed on a label.',
    "URL": "https://www.cpsc.gov/Recalls/2026/AirClub-Bassinets",
    "Title": "AirClub Bassinets Recalled Due to Fall Hazard",
    "LastPublishDate": "2026-03-27T00:00:00",
    "Products": [{"Name": "AirClub Bassinets", "NumberOfUnits": "About 110,400"}],
    "Hazards": [{"Name": "The bassinet can tip, posing a fall hazard."}],
    "Remedies": [{"Name": "Refund."}],
    "Images": [],
    "Inconjunctions": [],
}
ID = "cpsc-26342"


@pytest.fixture
def drafted(recallbot: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Give the command line on a database with one drafted notice."""
    monkeypatch.setenv("RECALLBOT_LOCAL_CATALOGUE", str(tmp_path / "reviewed"))
    payload = tmp_path / "payload.json"
    payload.write_text(json.dumps([RECORD]))
    assert recallbot("fetch", "cpsc", "--from", str(payload)).code == 0
    return recallbot


def _file(folder: Path) -> Path:
    return folder / "reviewed" / f"local-{ID}.json"


def test_a_draft_is_listed_with_its_sentence_and_its_rule(drafted: Command) -> None:
    told = drafted("review").out

    assert ID in told
    assert '“"Product Model QX-831" is printed on a label.”' in told
    assert "- The model number is QX-831." in told


def test_one_draft_is_shown(drafted: Command) -> None:
    assert "QX-831" in drafted("review", "show", ID).out


def test_an_accepted_draft_is_written_down_and_waits_no_longer(
    drafted: Command, tmp_path: Path
) -> None:
    ended = drafted("review", "accept", ID, "--complete")

    recall = json.loads(_file(tmp_path).read_text())["recalls"][0]
    assert ended.out.strip() == str(_file(tmp_path))
    assert recall["complete"]
    assert recall["units"] == {"op": "model", "any_of": ["QX-831"]}
    assert drafted("review").out == "No draft waits for a review.\n"


def test_an_accepted_draft_is_not_complete_unless_somebody_says_so(
    drafted: Command, tmp_path: Path
) -> None:
    drafted("review", "accept", ID)

    assert json.loads(_file(tmp_path).read_text())["recalls"][0]["complete"] is False


def test_an_edited_rule_is_checked_and_kept(
    drafted: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", "sed -i s/QX-831/QX-832/")

    drafted("review", "edit", ID)

    recall = json.loads(_file(tmp_path).read_text())["recalls"][0]
    assert recall["units"]["any_of"] == ["QX-832"]


@pytest.mark.parametrize(
    ("editor", "words"),
    [
        ("sed -i s/model/muddle/", "nothing was kept"),
        ("sed -i 1d", "not JSON"),
        ("false", "the editor ended with code 1"),
    ],
)
def test_an_edit_that_is_not_sound_is_refused(
    drafted: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, editor: str, words: str
) -> None:
    monkeypatch.setenv("VISUAL", editor)

    ended = drafted("review", "edit", ID)

    assert refused(ended, words)
    assert not _file(tmp_path).exists()


def test_a_rejected_draft_goes_on_warning_by_name(drafted: Command, tmp_path: Path) -> None:
    drafted("review", "reject", ID)

    units = json.loads(_file(tmp_path).read_text())["recalls"][0]["units"]
    assert [node["op"] for node in units["of"]] == ["attr", "unparsed"]


def test_an_unknown_draft_is_refused_in_one_line(drafted: Command) -> None:
    assert refused(drafted("review", "show", "cpsc-0"), "no source has a notice")


def test_a_folder_that_cannot_be_written_is_named_in_one_line(
    drafted: Command, tmp_path: Path
) -> None:
    (tmp_path / "reviewed").write_text("a file where the folder should be")

    assert refused(drafted("review", "accept", ID), "cannot be written")
