"""The answer for machines: every field, with values that JSON has."""

from __future__ import annotations

import json

from core.model.verdict import Verdict
from core.query.report import as_json
from tests.core.query.test_answer import W7310, X100, asked

FIELDS = {
    *("id", "text", "lang", "intent", "action", "urgent", "items", "verdict", "reason"),
    *("as_of", "sources", "reply"),
}
ITEM = {"brand", "model", "serial", "codes", "verdict", "reason", "recalls", "next"}


def test_an_answer_has_every_field_and_is_json() -> None:
    report = as_json(asked("acme X100 serial 57V00000 date code 2318"), "row 7")

    assert json.loads(json.dumps(report)) == report
    assert report.keys() == FIELDS
    assert (report["id"], report["intent"], report["verdict"]) == ("row 7", "check", "affected")
    (item,) = report["items"]
    assert item.keys() == ITEM
    assert (item["brand"], item["model"], item["serial"]) == ("Acme", "X100", "57V00000")
    assert "serial" not in item["codes"]
    assert report["sources"] == [
        {"name": "catalogue", "as_of": "2026-06-14T09:00:00+00:00", "fresh": True}
    ]


def test_a_recall_is_reported_with_its_source_and_what_it_covers() -> None:
    (item,) = as_json(asked("acme X100", X100))["items"]

    (recall,) = item["recalls"]
    assert recall == {
        "id": "acme-x100-us",
        "authority": "CPSC",
        "number": None,
        "published": "2025-06-12",
        "product": "Acme X100 power bank",
        "regions": ["US"],
        "covers": "unknown",
        "relation": "named",
        "elsewhere": False,
        "url": "https://cpsc.example/recall/1",
    }
    assert (item["next"]["kind"], item["next"]["field"]) == ("ask", "serial")


def test_of_several_the_worst_verdict_and_its_reason_stand_on_top() -> None:
    report = as_json(asked("acme X100 and acme W7310", X100, W7310))

    assert [item["verdict"] for item in report["items"]] == ["check_needed", "affected"]
    assert (report["verdict"], report["reason"]) == ("affected", "all_units_of_model")


def test_where_no_verdict_was_asked_for_none_is_given() -> None:
    report = as_json(asked("what do I get for the acme W7310"))

    assert report["verdict"] is None
    assert report["reason"] is None
    assert [item["verdict"] for item in report["items"]] == [None]


def test_old_sources_are_marked() -> None:
    report = as_json(asked("acme W7310", days=30))

    assert report["verdict"] == Verdict.AFFECTED
    assert report["sources"][0]["fresh"] is False


def test_without_a_product_the_reason_is_that() -> None:
    report = as_json(asked("is it recalled?"))

    assert (report["items"], report["reason"]) == ([], "no_identity")
