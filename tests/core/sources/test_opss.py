"""UK OPSS: what its search and content items say, quirk by quirk."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from core.model.recall import Kind, Notice, State
from core.model.rule import CodeRule, Model, walk
from core.sources.contract import RawRecord, RecordUnreadable, SourceUnavailable
from core.sources.http import Fetcher
from core.sources.opss import Opss
from tests.builders import NOW
from tests.contracts.source_case import recorded
from tests.platforms.asking import Patience, asker
from tests.platforms.authority import Asked, Authority, Behaviour, says

OPSS = Opss(Fetcher())
ITEM = "https://www.gov.uk/api/content/product-safety-alerts-reports-recalls/a"
SEARCH = recorded("opss", "search.json")


def item(name: str, **changes: Any) -> bytes:
    whole = json.loads(recorded("opss", f"content-{name}.json"))
    return json.dumps({**whole, **changes}).encode()


def read(payload: bytes) -> Notice:
    (record,) = OPSS.split(payload, ITEM, NOW)
    return OPSS.parse(record)


def with_metadata(name: str, **changes: Any) -> bytes:
    details = json.loads(item(name))["details"]
    metadata = {**details["metadata"], **changes}
    return item(name, details={**details, "metadata": metadata})


def titled(title: str) -> Notice:
    return read(item("recall", title=title))


def models(notice: Notice) -> set[str]:
    nodes = [node for node in walk(notice.units) if isinstance(node, Model)]
    return {value for node in nodes for value in node.any_of}


def test_a_recall_says_what_how_and_when() -> None:
    notice = read(item("recall"))

    assert notice.id == "opss-2609-0229"
    assert notice.number == "2609-0229"
    assert notice.kind is Kind.RECALL
    assert notice.published == date(2026, 10, 2)
    assert notice.product == "My First Baby Spinner"
    assert notice.sold is not None
    assert notice.sold.where == "The Works"
    assert notice.regions == ("GB",)
    assert [kind.value for kind in notice.hazard.kinds] == ["choking"]


def test_the_table_gives_the_bar_code_and_no_limit_where_all_batches_are_meant() -> None:
    codes = [node for node in walk(read(item("recall")).units) if isinstance(node, CodeRule)]

    assert {value for code in codes for value in code.eq} == {"5052089365995"}


def test_the_table_gives_every_model_of_a_list_without_asides() -> None:
    several, aside = read(item("changed")), read(item("report"))

    assert models(several) == {"CW-200", "CW-400", "CW-730"}
    assert "A1" in models(aside)
    assert "A1 (carton only)" not in models(aside)


def test_a_row_that_knows_nothing_says_nothing() -> None:
    body = json.loads(item("changed"))["details"]["body"].replace("CW-200", "Unknown")
    details = {"body": body.replace(", CW-400 and CW-730", "")}

    notice = read(item("changed", details=details))

    assert models(notice) == set()


def test_goods_stopped_at_the_border_are_no_recall() -> None:
    assert read(item("report")).kind is Kind.ADVISORY


@pytest.mark.parametrize(
    ("measure", "kind"),
    [
        ("recall-of-product-from-end-users", Kind.RECALL),
        ("withdrawal-of-product-from-market", Kind.WITHDRAWAL),
        ("warning-consumers-of-risks", Kind.ADVISORY),
    ],
)
def test_what_was_done_counts_more_than_what_the_notice_is_called(
    measure: str, kind: Kind
) -> None:
    notice = read(with_metadata("report", product_measure_type=[measure]))

    assert notice.kind is kind


def test_a_report_that_became_a_recall_keeps_its_address_and_is_a_recall() -> None:
    changes = {"product_alert_type": "product-recall", "product_measure_type": ["other"]}

    notice = read(with_metadata("report", **changes))

    assert notice.kind is Kind.RECALL
    assert "product-safety-report" in notice.main_source.url


@pytest.mark.parametrize(
    ("title", "number", "product"),
    [
        ("Product Recall: Kettle (2603-0036a)", "2603-0036a", "Kettle"),
        ("Product Recall: Alarm (FADS) (2607-0120)", "2607-0120", "Alarm (FADS)"),
        ("Product Safety Alert: Water Balloons (PSA6)", "PSA6", "Water Balloons"),
        ("Product Recall: Toy (2202-0103 / 2202-0100)", "2202-0103 / 2202-0100", "Toy"),
        ("Product Safety Report: Lamp sold via eBay  (2103-0255)", "2103-0255", "Lamp"),
    ],
)
def test_the_title_ends_with_the_number_of_the_case(
    title: str, number: str, product: str
) -> None:
    notice = titled(title)

    assert (notice.number, notice.product) == (number, product)


def test_a_notice_without_a_number_is_named_by_its_address() -> None:
    body = "<p>Hazard: The product presents a risk of fire.</p>"

    notice = read(item("recall", title="Product Recall: Lamp", details={"body": body}))

    assert notice.number is None
    assert notice.id.startswith("opss-my-first-baby-spinner")


def test_what_was_changed_and_when_is_kept() -> None:
    assert read(item("changed")).note == (
        "2026-08-14: First published.\n2026-08-25: Expanded to further sizes and batches."
    )


def test_a_remedy_is_read_and_another_authority_is_linked() -> None:
    notice = read(item("changed"))

    assert [option.kind.value for option in notice.remedies[0].options] == ["refund"]
    assert notice.linked == ("https://www.cpsc.gov/Recalls/2026/example",)
    assert notice.contacts == ()


def test_owners_are_told_what_to_do_where_no_remedy_is_offered() -> None:
    notice = read(item("recall"))

    assert notice.remedies == ()
    assert notice.note is not None
    assert "stop using this product immediately" in notice.note
    assert "PSD notification" not in notice.note


def test_the_contact_is_the_firm_and_never_an_authority() -> None:
    (contact,) = read(item("recall")).contacts

    assert contact.email == "enquiries@theworks.co.uk"
    assert contact.phone == "0121 313 6050"
    assert contact.url == "https://www.theworks.co.uk/page/product-recalls.html"


def test_a_page_that_was_withdrawn_is_closed() -> None:
    withdrawn = {"explanation": "<p>Out of date</p>", "withdrawn_at": "2026-10-05T09:00:00Z"}

    assert read(item("recall", withdrawn_notice=withdrawn)).state is State.CLOSED


def test_without_a_recall_date_the_first_publication_counts() -> None:
    assert read(item("changed")).published == date(2026, 8, 14)


def test_a_body_in_several_kinds_is_read_as_html() -> None:
    details = json.loads(item("changed"))["details"]
    html = {"content_type": "text/html", "content": details["body"]}
    both = [{"content_type": "text/govspeak", "content": "##"}, html]

    notice = read(item("changed", details={**details, "body": both}))

    assert models(notice) == {"CW-200", "CW-400", "CW-730"}


def test_a_content_item_that_is_no_notice_is_unreadable() -> None:
    (record,) = OPSS.split(item("recall", base_path="/government/news"), ITEM, NOW)

    with pytest.raises(RecordUnreadable, match="not a notice"):
        OPSS.parse(record)


def answering(total: int, fails: str = "nothing") -> Any:
    """Answer a search for that many notices, page by page, and a content item for each."""
    hit = json.loads(SEARCH)["results"][0]

    def search(asked: Asked) -> Behaviour:
        start = int(asked.words.partition("start=")[2].partition("&")[0])
        numbers = range(start, min(start + 200, total))
        results = [{**hit, "link": f"{hit['link']}-{number}"} for number in numbers]
        return says(json.dumps({"results": results, "total": total, "start": start}).encode())

    def choose(asked: Asked) -> Behaviour:
        if "search.json" in asked.words:
            return search(asked)
        path = asked.words.removeprefix("/api/content")
        return (
            says(b"gone", status=404)
            if path.endswith(fails)
            else says(item("recall", base_path=path))
        )

    return choose


async def arrived(authority: Authority, since: Any = None) -> tuple[list[RawRecord], str]:
    found: list[RawRecord] = []
    async with asker(Patience()) as fetcher:
        try:
            async for record in Opss(fetcher, authority.url).fetch(since):
                found.append(record)  # noqa: PERF401 - what came before the error counts
        except SourceUnavailable as error:
            return found, str(error)
    return found, ""


async def test_the_search_is_read_page_by_page_to_its_end(authority: Authority) -> None:
    authority.will_choose(answering(201))

    found, error = await arrived(authority)

    assert error == ""
    assert len({record.key for record in found}) == 201
    searches = [asked.words for asked in authority.asked if "search.json" in asked.words]
    assert [("start=0" in words, "start=200" in words) for words in searches] == [
        (True, False),
        (False, True),
    ]


async def test_only_what_moved_since_is_asked_for(authority: Authority) -> None:
    authority.will_choose(answering(1))

    await arrived(authority, NOW)

    day = (NOW - timedelta(days=1)).date().isoformat()
    assert f"filter_public_timestamp=from:{day}" in authority.asked[0].words
    assert "filter_format=product_safety_alert_report_recall" in authority.asked[0].words
    assert "order=-public_timestamp" in authority.asked[0].words


async def test_one_notice_that_cannot_be_read_is_said_after_all_the_others(
    authority: Authority,
) -> None:
    authority.will_choose(answering(4, fails="-2"))

    found, error = await arrived(authority)

    assert len(found) == 3
    assert "1 notices not read" in error


async def test_a_service_that_is_down_is_not_asked_for_every_notice(
    authority: Authority,
) -> None:
    authority.will_choose(answering(60, fails=""))

    found, error = await arrived(authority)

    assert found == []
    assert "20 notices not read" in error
