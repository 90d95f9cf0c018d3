"""A reviewer is shown the sentences of the record that the rule was read from."""

from __future__ import annotations

import json
from datetime import date

from core.model.rule import And, CodeRule, DateRule, Model
from core.sources.drafts.witness import witnesses

MODEL = Model(op="model", any_of=("QX-831",))


def test_the_sentences_that_name_a_code_are_found_anywhere_in_the_record() -> None:
    body = json.dumps(
        {
            "Description": "It is grey. <b>Model</b> QX-831 is on it.",
            "Images": [{"a": "QX 831!"}],
        }
    ).encode()

    assert witnesses(body, MODEL) == ("Model QX-831 is on it.", "QX 831!")


def test_addresses_are_no_sentences() -> None:
    body = json.dumps({"URL": "https://example.org/QX-831", "n": 3}).encode()

    assert witnesses(body, MODEL) == ()


def test_ranges_and_dates_are_looked_for_by_their_ends() -> None:
    serials = CodeRule(
        op="code", field="serial", between=(("1000", "2000"),), order="number", length=(4,)
    )
    made = DateRule(op="date", field="manufactured", start=date(2020, 7, 1), hard=True)
    body = b"Serials 1000 to 2000 only. Made since July 2020. It is grey."

    found = witnesses(body, And(op="and", of=(serials, made)))

    assert found == ("Serials 1000 to 2000 only.", "Made since July 2020.")
