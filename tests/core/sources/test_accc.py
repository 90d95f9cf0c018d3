"""Australia's ACCC: what its feed and its pages say, quirk by quirk."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from core.model.recall import Notice
from core.model.rule import CodeRule, walk
from core.sources.accc import Accc
from core.sources.contract import RawRecord, SourceUnavailable
from core.sources.http import Fetcher
from tests.builders import NOW
from tests.contracts.source_case import recorded
from tests.platforms.asking import Patience, asker
from tests.platforms.authority import Asked, Authority, Behaviour, moves, says, versioned

ACCC = Accc(Fetcher())
FEED = recorded("accc", "feed.xml")
PAGE = recorded("accc", "page.html")
URL = "https://www.productsafety.gov.au/rss/feed.xml/psa_recall"


def notices() -> dict[str, Notice]:
    found = [ACCC.parse(record) for record in ACCC.split(FEED, URL, NOW)]
    return {notice.product: notice for notice in found}


def site(feed: bytes = FEED, page: bytes = PAGE, status: int = 200) -> Any:
    def choose(asked: Asked) -> Behaviour:
        if "/rss/" in asked.target:
            return says(feed, "application/rss+xml")
        return says(page, "text/html", status)

    return choose


async def arrived(authority: Authority, since: Any = None) -> tuple[list[RawRecord], str]:
    found: list[RawRecord] = []
    async with asker(Patience()) as fetcher:
        try:
            async for record in Accc(fetcher, authority.url).fetch(since):
                found.append(record)  # noqa: PERF401 - what came before the error counts
        except SourceUnavailable as error:
            return found, str(error)
    return found, ""


async def with_page(authority: Authority) -> Notice:
    authority.will_choose(site())
    found, _ = await arrived(authority)
    return ACCC.parse(next(record for record in found if "mondraker" in record.url))


def test_an_entry_says_what_how_and_when() -> None:
    notice = notices()["Basco BFO-15671 oil filter for diesel engines"]

    assert notice.id == "accc-c09b530a-0353-4de5-8669-b2a29adcade3"
    assert notice.published == date(2026, 8, 27)
    assert notice.regions == ("AU",)
    assert {kind.value for kind in notice.hazard.kinds} >= {"fire", "crash"}
    assert [option.kind.value for option in notice.remedies[0].options] == ["refund", "replace"]
    assert notice.remedies[0].text.startswith("Stop driving")
    assert "Basco Wholesale" not in notice.remedies[0].text


def test_numbers_in_the_description_become_a_rule() -> None:
    rule = notices()["Basco BFO-15671 oil filter for diesel engines"].units

    codes = [node for node in walk(rule) if isinstance(node, CodeRule)]
    values = {value for code in codes for value in code.eq}
    assert {"9356247149707", "9356247157535"} <= values


def test_incidents_that_happened_are_told() -> None:
    told = notices()["Basco BFO-15671 oil filter for diesel engines"].incidents

    assert told is not None
    assert told.text == "An incident causing oil loss to a vehicle has occurred."
    assert notices()["Hanging clown head"].incidents is None


def test_an_updated_notice_keeps_its_name_and_tells_the_change() -> None:
    notice = notices()["MagSlim 5K Power Bank (Black)"]

    assert notice.title == "MagSlim 5K Power Bank (Black) (updated)"
    assert notice.note is not None
    assert notice.note.startswith("Recall updated on 29 April 2026: more batch numbers added")


def test_the_contact_stands_under_its_heading_or_in_the_last_lines() -> None:
    (heading,) = notices()["MagSlim 5K Power Bank (Black)"].contacts
    (without,) = notices()["Hanging clown head"].contacts

    assert (heading.email, heading.phone) == ("info@cygnett.com", "03 9912 9100")
    assert heading.url == "https://www.cygnett.com/pages/magslim-product-recall"
    assert (without.email, without.phone) == ("sales@sweidas.com.au", "(07) 3274 1171")


def test_the_picture_is_the_one_that_was_uploaded() -> None:
    image = notices()["Hanging clown head"].image

    assert image is not None
    assert image.endswith(
        "/system/files/Recall%20Notice%20-%20product%20details%20-%20HW5205_0.png"
    )


async def test_the_page_adds_number_brand_seller_and_days_of_sale(authority: Authority) -> None:
    notice = await with_page(authority)

    assert notice.number == "2026/20986"
    assert notice.brands == ("MONDRAKER",)
    assert notice.sold is not None
    assert (notice.sold.start, notice.sold.end) == (date(2025, 5, 15), date(2026, 6, 5))
    assert notice.sold.where == "Mondraker dealers, Nationally"
    assert notice.find_it is not None
    assert notice.find_it.text.startswith("The serial number can be found")


async def test_only_the_article_of_a_page_is_kept(authority: Authority) -> None:
    authority.will_choose(site())

    found, error = await arrived(authority)

    assert error == ""
    assert {record.format for record in found} == {"page"}
    assert all(b"js-view-dom-id" not in record.body for record in found)


async def test_a_feed_that_redirects_to_itself_is_left_for_the_shorter_one(
    authority: Authority,
) -> None:
    def choose(asked: Asked) -> Behaviour:
        return moves(asked.target) if "psa_recall" in asked.target else site()(asked)

    authority.will_choose(choose)

    found, error = await arrived(authority)

    assert error == ""
    assert len(found) == 4


async def test_a_new_notice_is_not_lost_with_its_page_and_an_old_one_waits(
    authority: Authority,
) -> None:
    authority.will_choose(site(status=403))
    since = NOW.replace(year=2026, month=8, day=20)

    found, error = await arrived(authority, since)

    assert [record.format for record in found] == ["feed"]
    assert "basco" in found[0].url
    assert "4 pages not read" in error


async def test_an_unchanged_feed_asks_for_no_page(authority: Authority) -> None:
    authority.will_choose(
        lambda asked: versioned(FEED, '"1"') if "/rss/" in asked.target else says(PAGE)
    )
    async with asker(Patience()) as fetcher:
        source = Accc(fetcher, authority.url)
        first = [record async for record in source.fetch(None)]
        fetcher.settle()

        again = [record async for record in source.fetch(NOW - timedelta(days=1))]

    assert len(first) == 4
    assert again == []


async def test_pages_are_no_longer_asked_for_when_many_failed(authority: Authority) -> None:
    entries = b"".join(
        b"<item><title>Lamp %d</title><link>https://www.productsafety.gov.au/l%d</link>"
        b"<guid>g%d</guid></item>" % (number, number, number)
        for number in range(30)
    )
    authority.will_choose(site(b"<rss><channel>%s</channel></rss>" % entries, status=404))

    found, error = await arrived(authority)

    assert [record.format for record in found] == ["feed"] * 30
    assert len(authority.asked) == 11
    assert "30 pages not read" in error
