"""Codes sorted by what the makers print, dictated models, and expiry dates."""

from __future__ import annotations

import pytest

from core.query.understand import understand
from tests.core.query.lexicon import a_lexicon


def facts(text: str) -> dict[str, str]:
    (unit,) = understand(text, a_lexicon()).units
    return dict(unit.facts)


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("romoss PAC20-272 C14-P6", "batch", "C14-P6"),
        ("romoss PAC20-272 code C14-P6", "batch", "C14-P6"),
        ("ikea varmfront E2038 2313", "date_code", "2313"),
        ("Similac lot 27482SH00, expires 2023-05", "lot", "27482SH00"),
        ("Similac lot 27482SH00, expires 2023-05", "expiry", "2023-05"),
        ("Similac haltbar bis 15.08.2024", "expiry", "2024-08-15"),
    ],
)
def test_a_code_is_called_what_its_maker_calls_it(text: str, field: str, value: str) -> None:
    assert facts(text)[field] == value


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("is my anker a twelve sixty three recalled", "A1263"),
        ("anchor a 1263", "A1263"),
        ("A sixteen forty-seven", "A1647"),
        ("I have twelve sixty batteries", None),
        ("twenty one of them at a hundred dollars", None),
    ],
)
def test_a_dictated_model_is_written_out_where_it_is_one(text: str, model: str | None) -> None:
    models = [unit.model for unit in understand(text, a_lexicon()).units]

    assert models == ([model] if model else [])


@pytest.mark.parametrize(
    "text",
    ["'; DROP TABLE notices; --", "<script>alert(1)</script>", "{{7*7}}", "../../etc/passwd"],
)
def test_an_attack_asks_for_nothing(text: str) -> None:
    query = understand(text, a_lexicon())

    assert (query.intent, query.action, query.units) == ("unknown", None, ())


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("my powerbank is swollen, where can I drop it off", "dispose"),
        ("my powerbank is swollen!", "check"),
        ("I still have the receipt. Is the A1263 recalled?", "check"),
        ("do I need the receipt for the A1263?", "claim"),
    ],
)
def test_what_is_only_mentioned_is_not_what_is_asked(text: str, intent: str) -> None:
    assert understand(text, a_lexicon()).intent == intent


def test_the_danger_is_known_beside_another_wish() -> None:
    assert understand("my powerbank is swollen, where can I drop it off", a_lexicon()).urgent


@pytest.mark.parametrize(
    ("text", "model", "field", "value"),
    [
        ("petzl grigri2 engraved 10344 BB 0917", "GRIGRI 2", "serial", "10344BB0917"),
        ("Hoco J82", "J82", "brand", None),
    ],
)
def test_a_code_is_known_by_the_maker_beside_it(
    text: str, model: str, field: str, value: str | None
) -> None:
    (unit,) = understand(text, a_lexicon()).units

    assert (unit.model, unit.facts.get(field)) == (model, value)


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("A1257 bought in Osaka", "JP"),
        ("may I take the A1257 on a flight to Osaka", None),
        ("ich fliege morgen nach Osaka mit der A1257", None),
        ("明早飛大阪，A1257能帶嗎", None),
        ("A1257を大阪で買った", "JP"),
        ("I live in Germany and am flying to Japan with the A1257", "DE"),
    ],
)
def test_where_somebody_travels_is_not_where_a_unit_was_sold(
    text: str, region: str | None
) -> None:
    assert facts(text).get("region") == region


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ('the mail says "send it back for a full refund" but is my A1263 recalled', "check"),
        ("> how do I send the A1263 back\nis mine recalled", "check"),
        ('where is the button "send it back for a refund"', "claim"),
        ("Anker 20W power bank A1263 | 10000mAh | $19.99 | warranty, receipt, photos", "check"),
        ("bought with receipt number 88231, is my A1263 recalled", "check"),
    ],
)
def test_what_others_wrote_is_not_what_the_person_asks(text: str, intent: str) -> None:
    assert understand(text, a_lexicon()).intent == intent
