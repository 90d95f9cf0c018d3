"""Singapore's CPSO: what its pages list, quirk by quirk, and all recorded pages."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from core.model.recall import Kind, Notice
from core.model.rule import Model, walk
from core.sources.contract import RawRecord, SourceUnavailable
from core.sources.http import Fetcher
from core.sources.sg_cpso import SgCpso
from tests.builders import NOW
from tests.contracts.source_case import recorded
from tests.platforms.asking import Patience, asker
from tests.platforms.authority import Asked, Authority, Behaviour, says, versioned

CPSO = SgCpso(Fetcher())
URL = "https://raw.githubusercontent.com/isomerpages/enterprisesg-cpso/master/a.md"
SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "sg_cpso" / "head"


def split(page: str) -> list[RawRecord]:
    return list(CPSO.split(recorded("sg_cpso", page), URL, NOW))


def notices(page: str) -> dict[str, Notice]:
    found = [CPSO.parse(record) for record in split(page)]
    return {notice.title or "": notice for notice in found}


def named(page: str, piece: str) -> Notice:
    return next(notice for title, notice in notices(page).items() if piece in title)


def models(notice: Notice) -> set[str]:
    nodes = [node for node in walk(notice.units) if isinstance(node, Model)]
    return {value for node in nodes for value in node.any_of}


def test_a_row_says_who_recalls_what_and_why() -> None:
    notice = named("power-banks.md", "VARMFRONT")

    assert notice.brands == ("IKEA",)
    assert notice.product == "VARMFRONT power banks"
    assert notice.published == date(2024, 7, 17)
    assert [kind.value for kind in notice.hazard.kinds] == ["fire"]
    assert notice.kind is Kind.RECALL
    assert notice.category == "power-bank"


def test_a_model_in_the_title_becomes_a_rule() -> None:
    assert models(named("power-banks.md", "Baseus")) == {"BS-30KP365"}


def test_the_head_of_a_page_tells_about_the_notice_of_its_day() -> None:
    notice = named("power-banks.md", "Xiaomi")

    assert "PB2030MI" in models(notice)
    assert [option.kind.value for option in notice.remedies[0].options] == ["refund"]
    assert notice.contacts[0].phone == "800 8528474"
    assert notice.contacts[0].email == "service.sg@support.mi.com"
    assert notice.image is not None
    assert notice.image.endswith("Xiaomi_power_bank_PB2030MI.png")
    assert "27 October 2025" not in notice.hazard.text


def test_the_head_of_a_page_is_told_with_one_notice_only() -> None:
    assert Counter(record.format for record in split("power-banks.md")) == {"row": 5, "lead": 1}


def test_the_second_list_holds_safety_alerts() -> None:
    kinds = [notice.kind for notice in notices("others.md").values()]

    assert kinds == [Kind.RECALL] * 5 + [Kind.ADVISORY] * 5


def test_a_list_without_a_heading_holds_recalls() -> None:
    assert named("children-toys.md", "plastic dumbbell").kind is Kind.RECALL


def test_an_alert_names_its_kind_of_product_and_who_sold_it() -> None:
    notice = named("others.md", "Seller: Sunclouds")

    assert notice.product == "Green Luminous Strap Watch with Light"
    assert notice.sold is not None
    assert notice.sold.where == "Lazada Seller: Sunclouds"
    assert notice.note == "updated on 6 Mar 2026"
    assert notice.published == date(2025, 9, 15)


def test_pages_in_markdown_are_read_like_those_in_html() -> None:
    notice = named("children-apparel.md", "MATVRÅ")

    assert notice.published == date(2019, 10, 1)
    assert [kind.value for kind in notice.hazard.kinds] == ["choking"]
    assert [option.kind.value for option in notice.remedies[0].options] == ["refund", "replace"]
    assert "_blank" not in (notice.title or "")


def test_a_name_with_blanks_becomes_an_address() -> None:
    url = named("recreational-products.md", "SCUBAPRO").main_source.url

    assert url == (
        "https://www.consumerproductsafety.gov.sg/files/product-safety-alerts-and-recalls/"
        "recreational-products/cgsr_recall_scubapro_monorail_weight_pockets_20%20apr%2026.pdf"
    )


def test_the_days_of_sale_are_read_and_no_other_days() -> None:
    sale = named("recreational-products.md", "SCUBAPRO").sold

    assert sale is not None
    assert (sale.start, sale.end) == (date(2025, 11, 29), date(2026, 2, 13))
    assert named("power-banks.md", "Xiaomi").sold is None


def test_a_paper_that_was_renamed_is_the_same_notice() -> None:
    page = recorded("sg_cpso", "power-banks.md")
    renamed = page.replace(
        b"powerbanks_recall_2025_08_01_baseus", b"powerbanks-recall-2025-08-01_Baseus"
    ).replace(b"BS_30KP365.pdf", b"BS_30KP365_updated.pdf")

    before = [record.key for record in CPSO.split(page, URL, NOW)]
    after = [record.key for record in CPSO.split(renamed, URL, NOW)]

    assert page != renamed
    assert before == after


def test_a_page_without_a_list_has_no_notices() -> None:
    assert split("international-product-recalls.md") == []


def test_a_page_cut_short_is_no_page() -> None:
    page = recorded("sg_cpso", "power-banks.md")

    with pytest.raises(SourceUnavailable, match="cut short"):
        list(CPSO.split(page[: len(page) // 2], URL, NOW))


async def test_every_page_of_the_folder_is_read_once_until_it_changes(
    authority: Authority,
) -> None:
    page = recorded("sg_cpso", "power-banks.md")
    listing = recorded("sg_cpso", "listing.json")

    def choose(asked: Asked) -> Behaviour:
        return says(listing) if "/contents/" in asked.target else versioned(page, '"1"')

    authority.will_choose(choose)
    async with asker(Patience()) as fetcher:
        source = SgCpso(fetcher, authority.url)
        first = [record async for record in source.fetch(None)]
        fetcher.settle()
        again = [record async for record in source.fetch(NOW)]

    assert len(first) == 36
    assert again == []
    assert "ref=master" in authority.asked[0].target
    assert "/Power%20banks.md" in authority.asked[1].target


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="no shared folder beside the repository")
def test_every_recorded_page_is_read_without_one_unreadable_notice() -> None:
    found = [
        CPSO.parse(record)
        for path in sorted(SHARED.glob("*.md"))
        for record in CPSO.split(path.read_bytes(), URL, NOW)
    ]

    assert len(found) == 312
    assert len({notice.id for notice in found}) == 312
    assert all(notice.published for notice in found)
    assert Counter(notice.kind for notice in found)[Kind.RECALL] == 72
