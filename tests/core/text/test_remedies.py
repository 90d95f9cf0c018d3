"""Which remedy stands, for whom, and how to claim and to dispose."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core.model.message import Block, Quote, Role
from core.model.recall import Notice
from core.text.remedies import claim_blocks, disposal_blocks, remedies_for, remedy_blocks
from core.text.translations import translator
from tests.builders import a_notice

WORDS = translator("en")


def a_remedy(*regions: str, kind: str = "refund", **facts: Any) -> dict[str, Any]:
    return {
        "regions": regions or ("US",),
        "options": ({"kind": kind},),
        "text": f"Ask for {kind}.",
        "source": "cpsc",
        **facts,
    }


def recalled(*remedies: dict[str, Any], **facts: Any) -> Notice:
    return a_notice(remedies=remedies, **facts)


def kinds(*notices: Notice, region: str | None) -> list[str]:
    return [remedy.options[0].kind.value for remedy in remedies_for(notices, region)]


def texts(blocks: list[Block]) -> str:
    return "\n".join(block.plain for block in blocks)


@pytest.mark.parametrize("newest_first", [True, False])
def test_of_one_countrys_remedies_the_newest_stands(newest_first: bool) -> None:  # noqa: FBT001 - pytest gives it
    old = a_remedy("US", kind="gift_card", since=date(2025, 6, 1))
    new = a_remedy("US", kind="refund", since=date(2025, 9, 1))
    remedies = (new, old) if newest_first else (old, new)

    assert kinds(recalled(*remedies), region="US") == ["refund"]


def test_a_dated_remedy_replaces_one_without_a_date_across_notices() -> None:
    undated = recalled(a_remedy("US", kind="gift_card"))
    dated = recalled(a_remedy("US", kind="refund", since=date(2025, 9, 1)))

    assert kinds(undated, dated, region="US") == ["refund"]


def test_the_own_countrys_remedy_replaces_that_for_the_whole_world() -> None:
    notice = recalled(a_remedy("WORLD", kind="gift_card"), a_remedy("AU", kind="replace"))

    assert kinds(notice, region="AU") == ["replace"]
    assert kinds(notice, region="DE") == ["gift_card"]


def test_without_a_country_every_remedy_is_told_with_its_own() -> None:
    notice = recalled(a_remedy("US"), a_remedy("JP", kind="replace"))

    told = texts(list(remedy_blocks([notice], None, WORDS)))

    assert "What you get (United States): a refund." in told
    assert "What you get (Japan): a free replacement." in told


def test_a_country_without_a_remedy_is_told_so_and_what_others_get() -> None:
    notice = recalled(a_remedy("US"), a_remedy("JP", kind="replace"))

    blocks = list(remedy_blocks([notice], "DE", WORDS))

    assert [block.text for block in blocks] == [
        "I know of no remedy for Germany.",
        "Elsewhere (United States): a refund.",
        "Elsewhere (Japan): a free replacement.",
    ]


@pytest.mark.parametrize("region", [None, "US"])
def test_without_any_remedy_the_notice_is_pointed_to(region: str | None) -> None:
    notice = recalled()

    (block,) = remedy_blocks([notice], region, WORDS)

    assert block.url == notice.main_source.url


def test_a_claim_tells_the_photo_the_receipt_and_whom_to_ask_before_disposal() -> None:
    remedy = a_remedy(
        "US",
        photo="The back with the serial number.",
        proof_of_purchase="not_needed",
        claim_url="https://acme.example/claim",
    )
    contact = {
        "regions": ("US",),
        "phone": "800-555-0100",
        "hours": "9 to 5",
        "email": "help@acme.example",
        "source": "cpsc",
    }

    blocks = list(claim_blocks([recalled(remedy, contacts=(contact, contact))], "US", WORDS))

    assert blocks[0].text.startswith("Take your photos before you dispose of the product")
    told = texts(blocks)
    assert "The photo they want: The back with the serial number." in told
    assert "No receipt is needed." in told
    assert told.count("800-555-0100 (9 to 5), help@acme.example") == 1


def test_a_claim_without_a_known_remedy_points_to_the_notice() -> None:
    notice = recalled()

    blocks = list(claim_blocks([notice], None, WORDS))

    assert notice.main_source.url in [block.url for block in blocks]


def test_whom_to_ask_elsewhere_is_told_where_the_own_country_has_nobody() -> None:
    contact = {"regions": ("US",), "phone": "800-555-0100", "source": "cpsc"}

    told = texts(list(claim_blocks([recalled(contacts=(contact,))], "DE", WORDS)))

    assert "Contact (United States): 800-555-0100" in told


def test_an_old_battery_never_goes_into_the_bin_and_the_notice_says_more() -> None:
    disposal = {"text": "Take it to the depot.", "source": "cpsc"}

    blocks = list(disposal_blocks([recalled(disposal=disposal)], WORDS))

    assert blocks[0].role is Role.ACTION
    assert "neither in the bin" in blocks[0].text
    assert blocks[1].quote == Quote("Take it to the depot.", "en")
    assert blocks[1].url == "https://cpsc.example/recall/1"


def test_what_is_no_battery_is_kept_until_the_notice_was_read() -> None:
    (block,) = disposal_blocks([recalled(category="extinguisher")], WORDS)

    assert "Follow the notice" in block.text


def test_without_a_product_the_advice_for_batteries_is_given() -> None:
    (block,) = disposal_blocks([], WORDS)

    assert "hazardous-waste" in block.text
