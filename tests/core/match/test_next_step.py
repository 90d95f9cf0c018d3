"""The one thing to do next: a question, a page, a place to look, a claim."""

from __future__ import annotations

import pytest

from core.match.decide import decide
from core.model.recall import Contact, Notice, Remedy, Said
from core.model.unit import Unit
from core.model.verdict import (
    Decision,
    NextKind,
)
from tests.builders import (
    a_citation,
    a_code_rule,
    a_maker,
    a_model,
    a_notice,
    a_rule,
    a_unit,
    all_of,
    knowledge,
    unconfirmed,
)

CHECKER = a_rule({"op": "checker"})
STAMP = {"op": "code", "field": "date_code", "eq": ["2313"], "length": [4]}
STAMPED = all_of(a_model(), a_code_rule(field="date_code", eq=["2313", "2316"], length=[4]))
CAPPED = all_of(
    a_model(),
    a_rule({"op": "inspect", "field": "cap", "question": "A yellow cap?", "hard": True}),
)


def _decided(unit: Unit, *notices: Notice) -> Decision:
    return decide(unit, notices, knowledge(a_maker()))


@pytest.mark.parametrize(
    ("unit", "step", "field"),
    [
        (a_unit("Z900", None), NextKind.ASK, "brand"),
        (a_unit(None, "Acme"), NextKind.ASK, "model"),
        (a_unit(None, "Acme", serial="1"), NextKind.REMEMBER, None),
    ],
)
def test_where_nothing_is_found_the_step_is_to_name_it_better_or_have_it_watched(
    unit: Unit, step: NextKind, field: str | None
) -> None:
    decision = _decided(unit)

    assert (decision.next.kind, decision.next.field) == (step, field)


def test_the_checker_gets_the_serial_as_the_maker_prints_it() -> None:
    decision = _decided(a_unit(serial="aoi-77"), a_notice(all_of(a_model(), CHECKER)))

    assert decision.next.value == "A0177"
    assert decision.next.url == "https://acme.example/check"


def test_the_step_names_the_character_the_reading_and_where_to_find_it() -> None:
    notice = a_notice(STAMPED, find_it=Said(text="On the back.", source="cpsc").model_dump())

    decision = _decided(a_unit(date_code="23I3"), notice)

    step = decision.next
    assert (step.field, step.value, step.place) == ("date_code", "23I3", 3)
    assert step.find_it == "On the back."


def test_the_code_to_confirm_is_the_one_that_decided() -> None:
    pairs = a_rule(
        {
            "op": "or",
            "of": [
                {"op": "and", "of": [{"op": "model", "any_of": [model]}, STAMP]}
                for model in ("E2037", "X100")
            ],
        }
    )
    spared = {"op": "code", "field": "serial", "starts": ["12"], "shape": "9999"}
    exception = all_of(a_model(), a_rule({"op": "not", "rule": spared}))

    steps = [
        _decided(unconfirmed(unit), a_notice(units)).next
        for units, unit in (
            (pairs, a_unit(date_code="9944")),
            (exception, a_unit(serial="1244")),
        )
    ]

    assert [(step.kind, step.field, step.value) for step in steps] == [
        (NextKind.CONFIRM, "date_code", "9944"),
        (NextKind.CONFIRM, "serial", "1244"),
    ]


def test_the_step_of_an_inspection_is_its_question() -> None:
    step = _decided(a_unit(), a_notice(CAPPED)).next

    assert (step.field, step.question, step.choices) == ("cap", "A yellow cap?", ("yes", "no"))


def test_the_step_of_a_near_miss_offers_the_model() -> None:
    step = _decided(a_unit("X101"), a_notice()).next

    assert step.choices == ("X100",)


def test_without_a_checker_the_step_opens_the_source() -> None:
    step = _decided(a_unit(region="JP"), a_notice(checker=None)).next

    assert step.url == a_citation()["url"]


@pytest.mark.parametrize(
    ("region", "url"),
    [
        ("JP", "https://acme.example/jp"),
        ("US", "https://acme.example/us"),
        (None, "https://acme.example/jp"),
        ("CA", "https://acme.example/contact"),
    ],
)
def test_an_owner_claims_where_they_are(region: str | None, url: str) -> None:
    remedies = [
        Remedy.model_validate(
            {
                "regions": [country],
                "options": [{"kind": "refund"}],
                "text": "Refund.",
                "claim_url": f"https://acme.example/{country.lower()}",
                "source": "cpsc",
            }
        ).model_dump()
        for country in ("JP", "US")
    ]
    contact = Contact(
        regions=("WORLD",), url="https://acme.example/contact", source="cpsc"
    ).model_dump()
    notice = a_notice(regions=("WORLD",), remedies=remedies, contacts=[contact])

    facts = {} if region is None else {"region": region}
    decision = _decided(a_unit(**facts), notice)

    assert (decision.next.kind, decision.next.url) == (NextKind.CLAIM, url)


def test_an_owner_without_a_claim_page_gets_the_source() -> None:
    assert _decided(a_unit(), a_notice()).next.url == a_citation()["url"]
