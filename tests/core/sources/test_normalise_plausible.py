"""Texts that stand with another product are noticed."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.recall import HazardKind
from core.sources.normalise import hazards, plausible, remedy_options, sold, unit_counts

RECORDED = Path(__file__).parents[3].parent / "shared" / "data" / "cpsc"
shared = [
    pytest.mark.shared,
    pytest.mark.skipif(not RECORDED.exists(), reason="no shared folder beside the repository"),
]


@pytest.mark.parametrize(
    ("product", "remedy"),
    [
        (
            "INIU BI-B41 Power Banks",
            "Stop using the recalled planers and contact Grizzly Industrial for a free kit.",
        ),
        (
            "Kitosun Submersible LED Lights",
            "Secure the recalled essential oil out of the sight and reach of children.",
        ),
        (
            "TheKiddoSpace Fingerpainting Kits\nwith painted hands on the box",
            "Stop using the recalled handwriting kits and contact KiddoSpace for free pens.",
        ),
        (
            "Crate & Barrel Hampshire Cribs",
            "The recalled log splitter's hydraulic cylinder rod can separate from the piston.",
        ),
    ],
)
def test_another_products_text_is_noticed(product: str, remedy: str) -> None:
    assert not plausible(product, remedy)


@pytest.mark.parametrize(
    ("product", "remedy"),
    [
        (
            "Charmast power banks, model W1056",
            "Stop using the recalled power banks immediately.",
        ),
        (
            "Gazelle E-Bikes",
            "Consumers should immediately stop using the bikes and contact us.",
        ),
        (
            "Andy & Evan Children's Pajama Sets",
            "Take the recalled garments away from children.",
        ),
        ("Anker Power Banks", "Contact Anker for a full refund."),
        ("Anker Power Banks", "Stop using the recalled products immediately."),
        ("Anker Power Banks", ""),
    ],
)
def test_a_text_in_other_words_or_without_a_thing_is_plausible(
    product: str, remedy: str
) -> None:
    assert plausible(product, remedy)


@given(st.text(max_size=100), st.text(max_size=100))
def test_asking_never_raises(product: str, remedy: str) -> None:
    assert plausible(product, f"stop using the recalled {remedy}") in {True, False}


def recorded() -> list[dict[str, Any]]:
    """Return the recorded CPSC recalls, each once."""
    found = [
        recall
        for name in ("recalls.json", "power_banks.json")
        for recall in json.loads((RECORDED / name).read_text(encoding="utf-8"))
    ]
    return list({recall["RecallNumber"]: recall for recall in found}.values())


def said(recall: dict[str, Any], field: str) -> str:
    """Return the sentences of one field of a recall."""
    return " ".join(one["Name"] for one in recall[field])


def product_of(recall: dict[str, Any]) -> str:
    """Return what a recall says its product is."""
    names = [product["Name"] for product in recall["Products"]]
    return "\n".join([*names, recall["Title"], recall["Description"]])


class TestRecorded:
    """The recorded recalls, all of them."""

    pytestmark = shared

    def test_mixed_up_remedies_are_noticed_and_few_others(self) -> None:
        recalls = recorded()

        flagged = {
            recall["RecallNumber"]
            for recall in recalls
            if not plausible(product_of(recall), said(recall, "Remedies"))
        }

        assert {"26135", "26246", "26294"} <= flagged
        assert len(flagged) <= len(recalls) / 100

    def test_a_mixed_up_hazard_is_noticed_and_no_other(self) -> None:
        flagged = {
            recall["RecallNumber"]
            for recall in recorded()
            if not plausible(product_of(recall), said(recall, "Hazards"))
        }

        assert flagged == {"24209"}

    def test_most_fields_are_filled(self) -> None:
        recalls = recorded()
        sales = [sold(said(recall, "Retailers")) for recall in recalls if recall["Retailers"]]
        units = [
            unit_counts(recall["Products"][0]["NumberOfUnits"], ("US",)) for recall in recalls
        ]
        kinds = [hazards(said(recall, "Hazards")) for recall in recalls]
        remedies = [
            remedy_options(
                [one["Option"] for one in recall["RemedyOptions"]], said(recall, "Remedies")
            )
            for recall in recalls
        ]

        assert sum(bool(sale.start and sale.where) for sale in sales) >= 0.99 * len(sales)
        assert sum(bool(sale.end and sale.price) for sale in sales) >= 0.98 * len(sales)
        assert sum(map(bool, units)) >= 0.99 * len(recalls)
        assert sum(found != (HazardKind.OTHER,) for found in kinds) >= 0.95 * len(recalls)
        assert all(remedies)
