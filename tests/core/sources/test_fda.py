"""What the FDA's feeds, openFDA and iRES look like, and what we make of them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from core.model.recall import HazardKind, Kind, Notice, RemedyKind, State
from core.model.rule import CodeRule, Model, walk
from core.sources.contract import RawRecord, RecordUnreadable, SourceUnavailable
from core.sources.fda import Fda
from core.sources.http import Fetcher
from tests.builders import NOW
from tests.contracts.source_case import recorded
from tests.platforms.authority import Asked, Authority, Behaviour, says, versioned
from tests.scenarios.stage import FixedClock

URL = "https://api.fda.gov/food/enforcement.json"
PRESS = recorded("fda", "press.xml")
REPORTS = recorded("fda", "openfda.json")
IRES = recorded("fda", "ires.json")
UNCLASSIFIED = recorded("fda", "ires-unclassified.json")
ALL = {"press": PRESS, "openfda": REPORTS, "ires": IRES, "unclassified": UNCLASSIFIED}


def split(payload: bytes) -> list[RawRecord]:
    return list(Fda(Fetcher()).split(payload, URL, NOW))


def parse(record: RawRecord) -> Notice:
    return Fda(Fetcher()).parse(record)


@cache
def records(name: str) -> dict[str, RawRecord]:
    return {record.key: record for record in split(ALL[name])}


@cache
def notice(name: str, number: str) -> Notice:
    return parse(records(name)[number])


@cache
def release(words: str) -> Notice:
    """Return the press release with these words in its address."""
    return next(parse(r) for r in records("press").values() if words.encode() in r.body)


def a_release(
    title: str, told: str = "", link: str = "https://www.fda.gov/recalls/x"
) -> Notice:
    body = (
        f"<item><title>{title}</title><link>{link}</link>"
        f"<description>{told}</description></item>"
    )
    return parse(RawRecord("fda", "x", "fda-rss", body.encode(), link, NOW))


def a_report(**fields: Any) -> Notice:
    """Return an invented report of iRES, with these fields instead."""
    row = json.loads(records("ires")["H-0495-2026"].body) | fields
    return parse(replace(records("ires")["H-0495-2026"], body=json.dumps(row).encode()))


def codes(found: Notice, field: str) -> set[str]:
    return {
        code
        for node in walk(found.units)
        if isinstance(node, CodeRule) and node.field == field
        for code in node.eq
    }


def test_each_payload_says_by_its_shape_what_it_is() -> None:
    formats = {name: {record.format for record in split(body)} for name, body in ALL.items()}

    assert formats == {
        "press": {"fda-rss"},
        "openfda": {"openfda-enforcement"},
        "ires": {"fda-ires"},
        "unclassified": {"fda-ires"},
    }


def test_a_record_in_no_known_format_is_unreadable() -> None:
    with pytest.raises(RecordUnreadable, match="unknown format"):
        parse(RawRecord("fda", "x", "fda-csv", b"", URL, NOW))


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"<html></html>",
        b"<rss><channel/></rss>",
        b"[]",
        b"{}",
        b'{"meta": {}, "results": []}',
        b'{"STATUSCODE": 400, "MESSAGE": "success", "RESULT": []}',
        b'{"STATUSCODE": 401, "MESSAGE": "Authorization denied", "RESULT": []}',
        b'{"STATUSCODE": 406, "MESSAGE": {}}',
    ],
)
def test_what_holds_no_recall_is_refused(payload: bytes) -> None:
    with pytest.raises(SourceUnavailable):
        split(payload)


def test_ires_says_400_for_success_and_a_reason_otherwise() -> None:
    assert json.loads(IRES)["STATUSCODE"] == 400
    assert len(split(IRES)) == len(json.loads(IRES)["RESULT"])
    with pytest.raises(SourceUnavailable, match="Authorization denied"):
        split(b'{"STATUSCODE": 401, "MESSAGE": "Authorization denied", "RESULT": []}')


def test_openfda_and_ires_give_the_same_notice_of_the_same_report() -> None:
    numbers = set(records("ires")) & set(records("openfda"))

    assert len(numbers) == len(records("ires"))
    for number in numbers:
        assert notice("openfda", number) == notice("ires", number)


def test_a_report_is_named_by_its_recall_number_and_leads_to_its_event() -> None:
    found = notice("openfda", "H-1166-2026")

    assert (found.id, found.number) == ("fda-h-1166-2026", "H-1166-2026")
    assert found.main_source.url == (
        "https://www.accessdata.fda.gov/scripts/ires/index.cfm?Event=99040"
    )
    assert found.note == "Class I"
    assert found.published == date(2026, 7, 22)


def test_a_report_without_a_number_yet_is_named_by_event_and_product() -> None:
    key = next(iter(records("unclassified")))

    found = notice("unclassified", key)

    assert found.id == f"fda-{key}"
    assert found.number is None
    assert found.note == "Not Yet Classified"


def test_two_bar_codes_of_which_one_has_no_word_before_it_leave_a_doubt() -> None:
    found = notice("openfda", "H-1166-2026")

    assert codes(found, "upc") == {"827912008548"}
    assert any(node.op == "unparsed" for node in walk(found.units))


@pytest.mark.parametrize(
    ("number", "product", "brands"),
    [
        (
            "Z-1967-2026",
            "Philips SmartPath to dStream for XR and 3.0T with MR Elastography (MRE)",
            ("Philips",),
        ),
        (
            "H-0495-2026",
            "Spicy Breakfast Burrito in a flour tortilla",
            ("MG Foods-Compass Group",),
        ),
        (
            "H-0675-2026",
            "Einstein Bros Bagels Honey Almond Double-Whipped Shmear",
            ("Schreiber Foods",),
        ),
        ("F-0688-2019", "Tickled PEACHES Freestone Dices", ("Palmetto Processing Solutions",)),
    ],
)
def test_a_description_begins_with_the_product(
    number: str, product: str, brands: tuple[str, ...]
) -> None:
    found = notice("ires", number)

    assert (found.product, found.brands) == (product, brands)


def test_labelled_names_are_taken_as_they_are_labelled() -> None:
    found = a_report(
        PRODUCTDESCRIPTIONTXT="Brand Name: Kiwi\r\nProduct Name: Omni Delivery System\r\n"
        "Model/Catalog Number: VAC-6000MT",
        PRODUCTTYPESHORT="Devices",
        FIRMLEGALNAM="Clinical Innovations, LLC",
    )

    assert found.brands == ("Kiwi", "Clinical Innovations")
    assert found.product == "Omni Delivery System"
    assert found.category == "medical-device"
    assert [n.any_of for n in walk(found.units) if isinstance(n, Model)] == [("VAC-6000MT",)]


def test_a_list_of_brands_is_every_one_of_them() -> None:
    found = notice("ires", "H-0215-2026")

    assert {"Always Save", "Borden", "Cache Valley Creamery"} <= set(found.brands)
    assert "3680017231" not in codes(found, "upc")
    assert not any("/" in code for code in codes(found, "upc"))


def test_a_bar_code_is_one_however_it_is_spaced() -> None:
    burrito, spread = notice("ires", "H-0495-2026"), notice("ires", "H-0675-2026")

    assert codes(burrito, "upc") == {"100001000297"}
    assert codes(spread, "upc") == {"875343000013"}


def test_the_numbers_of_a_list_are_no_models() -> None:
    found = notice("ires", "Z-1770-2026")

    models = {model for n in walk(found.units) if isinstance(n, Model) for model in n.any_of}

    assert "L209" in models
    assert not {"10", "11", "21"} & models


def test_states_are_not_taken_for_countries() -> None:
    peaches, bowl = notice("ires", "F-0688-2019"), notice("ires", "H-0046-2026")
    gel = notice("ires", "D-0144-2025")

    assert peaches.regions == bowl.regions == ("US",)
    assert gel.regions == ("US", "CA", "DO", "SV", "HN", "QA")
    assert gel.sold is not None


@pytest.mark.parametrize(
    ("quantity", "counts"),
    [
        ("117 US; 950 OUS", [(("US",), 117)]),
        ("14 units", [(("US",), 14)]),
        ("184 units (28 US, 156 OUS)", [(("US",), 28)]),
        ("1056 cases (34 packs/case)", []),
        ("3,099 (10 oz) units", []),
        ("", []),
        (None, []),
    ],
)
def test_units_are_counted_only_where_one_number_says_so(quantity: str, counts: Any) -> None:
    found = a_report(PRODUCTDISTRIBUTEDQUANTITY=quantity)

    assert [(count.regions, count.units) for count in found.counts] == counts


def test_a_total_for_several_countries_counts_for_all_of_them() -> None:
    found = notice("ires", "Z-1967-2026")

    assert [count.regions for count in found.counts] == [found.regions]
    assert len(found.regions) > 10


@pytest.mark.parametrize(
    ("phase", "state"),
    [("Ongoing", State.OPEN), ("Completed", State.OPEN), ("Terminated", State.CLOSED)],
)
def test_only_a_terminated_recall_is_closed(phase: str, state: State) -> None:
    assert a_report(PHASETXT=phase).state is state


@pytest.mark.parametrize(
    ("kind", "described", "category"),
    [
        ("Food", "Frozen Shrimp", "seafood"),
        ("Food", "Door locks", "food"),
        ("Drugs", "Furosemide Tablets", "drug"),
        ("Devices", "Rover Mobile X-ray System", "medical-device"),
        ("Veterinary", "Cracked Corn", "pet-food"),
        ("Biologics", "Xyz", "other"),
    ],
)
def test_what_kind_of_product_it_is(kind: str, described: str, category: str) -> None:
    found = a_report(PRODUCTTYPESHORT=kind, PRODUCTDESCRIPTIONTXT=described)

    assert found.category == category


def test_a_label_stands_for_the_hazard_where_no_word_of_it_does() -> None:
    found = a_report(PRODUCTSHORTREASONTXT="Superpotent Drug")

    assert found.hazard.kinds == (HazardKind.POISONING,)


def test_a_description_that_only_numbers_is_the_product_all_the_same() -> None:
    assert a_report(PRODUCTDESCRIPTIONTXT="UPC 12").product == "UPC 12"


def test_a_report_without_a_product_is_unreadable() -> None:
    with pytest.raises(RecordUnreadable, match="no product"):
        a_report(PRODUCTDESCRIPTIONTXT=" \r\n")


@pytest.mark.parametrize("reason", ["XXX", "N/A", "tbd.", "", None])
def test_a_placeholder_for_the_reason_is_not_told_and_loses_no_recall(
    reason: str | None,
) -> None:
    found = a_report(PRODUCTDESCRIPTIONTXT="Reprocessor Tubes", PRODUCTSHORTREASONTXT=reason)

    assert found.title == found.hazard.text == "Reprocessor Tubes"
    assert found.hazard.kinds == (HazardKind.OTHER,)


def test_an_event_that_is_no_number_leads_to_the_overview() -> None:
    found = a_report(RECALLEVENTID="98779&x=1")

    assert found.main_source.url.endswith("/scripts/ires/index.cfm")


def test_press_releases_are_dated_and_linked_over_https() -> None:
    found = release("african-food-wheels")

    assert found.published == date(2025, 11, 5)
    assert found.main_source.url.startswith("https://www.fda.gov/safety/")
    assert found.regions == ("US",)
    assert found.hazard.kinds == (HazardKind.INFECTION,)


def test_long_addresses_that_differ_only_at_their_end_are_two_notices() -> None:
    page = "https://www.fda.gov/safety/" + "long-company-name-recalls-a-thing-" * 3
    feed = "".join(
        f"<item><title>A Recalls B</title><link>{page}{at}</link></item>" for at in (0, 1)
    )

    found = split(f"<rss><channel>{feed}</channel></rss>".encode())

    assert len({parse(record).id for record in found}) == 2


@pytest.mark.parametrize(
    ("words", "product", "brands"),
    [
        (
            "african-food",
            "Oven Dried Fish (Scomberomorus Cavalla)",
            ("African Food on Wheels",),
        ),
        ("ea-sween", "Deli Express® BBQ Pulled Pork sandwich", ("E.A. Sween",)),
        ("new-hoque", "Dry Ghoinnya Fish", ("New Hoque & Sons", "Dry Ghoinnya")),
    ],
)
def test_a_release_names_the_product_in_its_title_or_its_text(
    words: str, product: str, brands: tuple[str, ...]
) -> None:
    found = release(words)

    assert (found.product, found.brands) == (product, brands)


def test_an_allergy_alert_is_on_what_the_allergen_is_in() -> None:
    found = release("dreyers")

    assert found.product.startswith("Haagen-Dazs Chocolate Dark Chocolate Mini Bars")
    assert found.kind is Kind.RECALL
    assert found.hazard.kinds == (HazardKind.ALLERGY,)


def test_a_preamble_is_no_part_of_the_firm() -> None:
    found = a_release("In Response to a Broader Investigation, ByHeart Recalls Infant Formula")

    assert found.brands == ("ByHeart",)
    assert found.product == "Infant Formula"


def test_a_title_that_names_no_product_stands_for_it() -> None:
    assert a_release("Update on Ongoing Work").product == "Update on Ongoing Work"


def test_what_is_broken_off_in_a_sentence_ends_before_it() -> None:
    whole = "Example Foods of Utah is recalling Oat Bars. " + "They were sold nationwide. " * 8
    told = whole + "The lot codes are printed on the back of every package: UPC 0-41433-130"

    found = a_release("Example Foods Recalls Oat Bars", told)

    assert len(told) >= 290
    assert found.hazard.text == whole.strip()
    assert codes(found, "upc") == set()


def test_one_long_sentence_that_is_broken_off_loses_its_last_word() -> None:
    found = a_release(
        "Example Foods Recalls Oat Bars", "Oats and more oats " * 16 + "0-41433-130"
    )

    assert found.hazard.text.endswith("oats …")


def test_a_withdrawal_and_an_alert_are_no_recalls() -> None:
    assert a_release("Market Withdrawal of Oat Bars").kind is Kind.WITHDRAWAL
    assert a_release("Safety Alert on Oat Bars").kind is Kind.ADVISORY


def test_a_remedy_in_the_release_is_told() -> None:
    told = "Example Foods recalls oat bars. Consumers may return them for a full refund."

    found = a_release("Example Foods Recalls Oat Bars", told)

    assert [option.kind for option in found.remedies[0].options] == [RemedyKind.REFUND]


@pytest.mark.parametrize(
    "body",
    [
        b"<item>",
        b"<item><title>A</title></item>",
        b"<item><link>https://www.fda.gov/x</link></item>",
        b"<item><title>A</title><link>javascript:alert(1)</link></item>",
    ],
)
def test_an_entry_without_title_or_address_is_unreadable(body: bytes) -> None:
    with pytest.raises(RecordUnreadable):
        parse(RawRecord("fda", "x", "fda-rss", body, URL, NOW))


async def fetched(source: Fda) -> tuple[list[RawRecord], str]:
    """Return what came, and why no more did."""
    found = []
    try:
        async for record in source.fetch(None):
            found.append(record)  # noqa: PERF401 - what came before the error counts
    except SourceUnavailable as error:
        return found, str(error)
    return found, ""


def pages(*bodies: bytes) -> Behaviour | Any:
    """Answer openFDA's pages one after the other, each with the address of the next."""

    def answer(asked: Asked) -> Behaviour:
        if "rss.xml" in asked.words:
            return says(PRESS, "application/rss+xml")
        if "/food/" not in asked.words:
            return says(page_of([7], 1))
        at = int(parse_qs(urlsplit(asked.target).query).get("search_after", ["0"])[0])
        link = f'<https://api.fda.gov/food/enforcement.json?search_after={at + 1}>; rel="next"'
        return says(bodies[at], headers={"Link": link} if at + 1 < len(bodies) else {})

    return answer


def page_of(rows: list[Any], total: int) -> bytes:
    return json.dumps({"meta": {"results": {"total": total}}, "results": rows}).encode()


def foods(found: list[RawRecord]) -> list[str]:
    return [r.key for r in found if r.format == "openfda-enforcement" and "food" in r.url]


async def test_further_pages_are_asked_for_where_the_link_leads(
    authority: Authority, fetcher: Fetcher
) -> None:
    rows = json.loads(REPORTS)["results"]
    authority.will_choose(pages(page_of(rows[:4], 7), page_of(rows[4:7], 7)))

    source = Fda(fetcher, authority.url, FixedClock(NOW))
    found = [record async for record in source.fetch(None)]

    assert foods(found) == [row["recall_number"] for row in rows[:7]]
    asked = [one.words for one in authority.asked if "/food/" in one.words]
    since = "search=report_date:[20230615 TO 20280101]"
    assert asked == [
        f"/food/enforcement.json?sort=report_date:asc&limit=1000&{since}",
        "/food/enforcement.json?search_after=1",
    ]


async def test_pages_that_end_too_early_are_said(
    authority: Authority, fetcher: Fetcher
) -> None:
    rows = json.loads(REPORTS)["results"]
    authority.will_choose(pages(page_of(rows[:4], 7)))

    found, reason = await fetched(Fda(fetcher, authority.url))

    assert len(foods(found)) == 4
    assert reason == "openFDA gave 4 of 7 reports"


async def test_a_page_that_does_not_say_how_many_there_are_is_said(
    authority: Authority, fetcher: Fetcher
) -> None:
    authority.will_choose(pages(b'{"results": [{"recall_number": "H-1-2026"}]}'))

    with pytest.raises(SourceUnavailable, match="how many reports"):
        [record async for record in Fda(fetcher, authority.url).fetch(None)]


async def test_what_is_new_is_asked_for_by_the_day_of_the_report(
    authority: Authority, fetcher: Fetcher
) -> None:
    authority.will_choose(pages(REPORTS))
    since = datetime(2026, 6, 14, 9, 0, tzinfo=UTC)

    source = Fda(fetcher, authority.url, FixedClock(since))
    found = [record async for record in source.fetch(since)]

    food = next(one.words for one in authority.asked if "/food/" in one.words)
    assert "search=report_date:[20260415 TO 20280101]" in food
    assert len(foods(found)) == len(json.loads(REPORTS)["results"])


async def test_a_silent_feed_keeps_nobody_from_asking_openfda(
    authority: Authority, fetcher: Fetcher
) -> None:
    def answer(asked: Asked) -> Behaviour:
        return says(b"", status=404) if "rss.xml" in asked.words else pages(REPORTS)(asked)

    authority.will_choose(answer)

    found, reason = await fetched(Fda(fetcher, authority.url))

    assert reason.endswith("answered 404")
    assert len(foods(found)) == len(json.loads(REPORTS)["results"])


async def test_a_feed_that_has_not_changed_is_not_read_again(
    authority: Authority, fetcher: Fetcher
) -> None:
    def answer(asked: Asked) -> Behaviour:
        return versioned(PRESS, '"1"') if "rss.xml" in asked.words else pages(REPORTS)(asked)

    authority.will_choose(answer)
    source = Fda(fetcher, authority.url)

    first = [record async for record in source.fetch(NOW)]
    fetcher.settle()
    second = [record async for record in source.fetch(NOW)]

    assert sum(record.format == "fda-rss" for record in first) == 2 * len(records("press"))
    assert not any(record.format == "fda-rss" for record in second)
