"""How answers are scored against labelled questions, and figures against their aims."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bots.ask import open_asker
from core.settings import Settings
from tests.bots.conftest import SHIPPED
from tools.bench.result import Result, percentile
from tools.evaluate import (
    OWN_ROWS,
    UNSEEN_ROWS,
    Overlap,
    Score,
    Share,
    main,
    report,
    rows_of,
    score,
)

Row = dict[str, Any]


def a_row(**changes: Any) -> Row:
    return {
        "id": "q1",
        "text": "anker A1263",
        "intent": "check",
        "brand": "Anker",
        "models": ["A1263"],
        "serial": None,
        "verdict": "CANNOT_TELL",
        **changes,
    }


def told(verdict: str | None = "check_needed", **changes: Any) -> Row:
    item: Row = {
        "brand": "anker",
        "model": "a-1263",
        "serial": None,
        "codes": {},
        "verdict": None,
    }
    return {"intent": "check", "items": [{**item, **changes}], "verdict": verdict}


def counted(row: Row, answer: Row) -> Score:
    total = Score()
    total.count(row, answer)
    return total


@pytest.mark.parametrize("verdict", ["check_needed", "no_recall_found", "cannot_answer"])
def test_three_verdicts_count_as_cannot_tell(verdict: str) -> None:
    assert counted(a_row(), told(verdict)).verdict == Share(1, 1)


def test_names_agree_after_folding() -> None:
    total = counted(a_row(), told())

    assert total.brand.value == total.model.value == total.intent.value == 1
    assert total.wrong == []


def test_another_accepted_verdict_is_right() -> None:
    row = a_row(verdict="AFFECTED", also_ok=["CANNOT_TELL"])

    total = counted(row, told())

    assert total.verdict == Share(1, 1)
    assert total.affected == Share(0, 1)


def test_a_unit_cleared_wrongly_is_counted_whatever_the_intent() -> None:
    total = counted(a_row(intent="remedy"), told("not_affected"))

    assert total.false_clear == ["q1"]
    assert total.verdict == Share(0, 0)


def test_a_unit_cleared_rightly_is_no_false_clear() -> None:
    wanted = counted(a_row(verdict="NOT_AFFECTED"), told("not_affected"))
    accepted = counted(a_row(also_ok=["NOT_AFFECTED"]), told("not_affected"))

    assert wanted.false_clear == accepted.false_clear == []


def test_no_verdict_is_right_only_where_none_is_wanted() -> None:
    assert counted(a_row(intent="own", verdict="NONE"), told(None)).verdict == Share(1, 1)
    assert counted(a_row(), told(None)).verdict == Share(0, 1)


@pytest.mark.parametrize("reason", ["erase", "list_mine", "subscribe"])
def test_rows_that_ask_no_verdict_are_not_scored_on_it(reason: str) -> None:
    row = a_row(intent="own", reason=reason, verdict="NONE")

    assert counted(row, told("affected")).verdict == Share(0, 0)


def test_several_brands_and_a_serial_are_compared_one_by_one() -> None:
    total = counted(a_row(brand=["Anker", "INIU"], serial="AB 1"), told(serial="AB-2"))

    assert total.brand == Overlap(1, 1, 2)
    assert total.serial == Overlap(0, 1, 1)
    assert total.wrong[0].startswith("q1: brand, serial: check [anker/a-1263/AB-2")


def test_nothing_asked_is_nothing_wrong() -> None:
    assert Share().value == Overlap().value == 1


def test_questions_are_scored_by_what_the_bot_answers() -> None:
    with open_asker(Settings(database_url=str(SHIPPED))) as asker:
        total = score([a_row(), a_row(id="q2", intent="dispose")], asker)

    assert total.intent == Share(1, 2)
    assert total.model.value == 1
    assert "false not_affected   0" in report(total)


def test_the_command_prints_the_figures_and_the_wrong_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "rows.jsonl"
    rows = [a_row(), a_row(id="q2", intent="claim")]
    file.write_text("\n\n".join(json.dumps(row) for row in rows), encoding="utf-8")

    code = main([str(file), "--wrong"])

    printed = capsys.readouterr().out
    assert code == 0
    assert "q2: intent: check [" in printed
    assert "rows.jsonl\nrows                 2\nintent accuracy       50.00%" in printed


@pytest.mark.parametrize("file", [OWN_ROWS, UNSEEN_ROWS], ids=lambda file: file.stem)
def test_the_own_rows_are_labelled_alike(file: Path) -> None:
    rows = list(rows_of(file))

    assert len({row["id"] for row in rows}) == len(rows) > 0
    assert all(
        {"AFFECTED", "NOT_AFFECTED", "CANNOT_TELL", "NONE"} >= {row["verdict"]} for row in rows
    )


def test_the_rows_we_look_at_are_read_as_well_as_they_were(database: Path) -> None:
    with open_asker(Settings(database_url=str(database))) as asker:
        total = score(rows_of(OWN_ROWS), asker)

    assert total.false_clear == []
    assert total.intent.value >= 0.98
    assert min(total.brand.value, total.model.value) >= 0.99
    assert total.serial.value >= 0.98
    assert min(total.verdict.value, total.affected.value) >= 0.98


def test_no_row_at_all_is_cleared_wrongly(database: Path) -> None:
    with open_asker(Settings(database_url=str(database))) as asker:
        total = score(rows_of(UNSEEN_ROWS), asker)

    assert total.false_clear == []


def test_a_figure_is_held_against_its_aim() -> None:
    quick = Result("check", 4, "ms", floor=2, aim="ratio<=2")
    slow = Result("check", 6, "ms", aim="value<=5")

    assert (quick.ratio, quick.holds) == (2, True)
    assert (slow.ratio, slow.holds) == (None, False)
    assert Result("check", 6, "ms", aim="ratio<=2").holds is False
    assert Result("rate", 6, "1/s", aim="value>=5").holds is True
    assert Result("memory", 6, "MB").holds is None


def test_a_figure_is_written_with_the_fields_of_the_bench_file() -> None:
    assert Result("check", 4.0, "ms", 2.0, "ratio<=2").as_json() == {
        "name": "check",
        "value": 4.0,
        "unit": "ms",
        "floor": 2.0,
        "ratio": 2.0,
        "aim": "ratio<=2",
        "holds": True,
    }


def test_a_percentile_is_one_of_the_values() -> None:
    values = [5.0, 1.0, 3.0, 2.0, 4.0]

    assert percentile(values, 0.5) == 3
    assert percentile(values, 0.99) == percentile(values, 1) == 5
    assert percentile([7], 0) == 7
