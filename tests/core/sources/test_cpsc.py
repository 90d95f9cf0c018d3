"""What the CPSC's records look like, and what we make of them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest

from core.ingest.linking import says_expansion
from core.model.recall import HazardKind, Notice, RemedyKind
from core.model.rule import CodeRule, Unparsed, walk
from core.sources.contract import RawRecord, RecordUnreadable, SourceUnavailable
from core.sources.cpsc import Cpsc
from core.sources.http import Fetcher
from tests.builders import NOW
from tests.contracts.source_case import recorded
from tests.platforms.authority import Authority, says

URL = "https://www.saferproducts.gov/RestWebServices/Recall?format=json"
PAGE = recorded("cpsc", "recalls.json")
ERROR = recorded("cpsc", "error.json")


@cache
def records() -> dict[str, RawRecord]:
    found = Cpsc(Fetcher()).split(PAGE, URL, NOW)
    return {json.loads(record.body)["RecallNumber"]: record for record in found}


@cache
def notice(number: str) -> Notice:
    return Cpsc(Fetcher()).parse(records()[number])


def changed(number: str, **fields: Any) -> Notice:
    """Return the notice of that record with other fields."""
    record = records()[number]
    body = json.dumps(json.loads(record.body) | fields).encode()
    return Cpsc(Fetcher()).parse(replace(record, body=body))


def split(payload: bytes, url: str = URL) -> list[RawRecord]:
    return list(Cpsc(Fetcher()).split(payload, url, NOW))


def test_a_record_keeps_the_bytes_that_were_sent_and_the_number_of_the_database() -> None:
    record = records()["26349"]

    assert record.body in PAGE
    assert record.key == str(json.loads(record.body)["RecallID"])


def test_where_its_number_stands_is_said_in_the_notices_own_words() -> None:
    said = "The model number is printed on a label on the underside of the lamp."

    found = changed("26349", Description=f"This recall involves lamps. {said}")

    assert found.find_it is not None
    assert found.find_it.text == said
    assert found.citation(found.find_it.source).url == str(found.main_source.url)
    assert notice("26349").find_it is None


def test_a_recall_becomes_a_notice_with_its_page() -> None:
    found = notice("26349")

    assert found.id == "cpsc-26349"
    assert found.number == "26349"
    assert found.published == date(2026, 3, 26)
    assert found.product == "DIY Sauna Heater Kits"
    assert found.hazard.kinds[0] is HazardKind.FIRE
    assert found.main_source.url == json.loads(records()["26349"].body)["URL"]
    assert found.main_source.seen == NOW.date()
    assert found.image == "https://www.cpsc.gov/s3fs-public/diy-1.png"


def test_a_number_with_a_hyphen_names_the_same_notice() -> None:
    assert changed("26349", RecallNumber="26-349").id == notice("26349").id


def test_units_are_counted_for_each_country() -> None:
    counts = {count.regions: count.units for count in notice("26349").counts}

    assert counts == {("US",): 675, ("CA",): 14}


def test_a_joint_recall_is_linked_to_the_other_authoritys_page_and_holds_there_too() -> None:
    found = notice("26349")

    assert found.regions == ("US", "CA")
    assert [url.split("/")[2] for url in found.linked] == ["recalls-rappels.canada.ca"]


def test_units_sold_in_mexico_make_it_a_recall_there_too() -> None:
    assert "MX" in notice("25200").regions


def test_the_sales_sentence_gives_days_seller_and_price() -> None:
    sold = notice("26349").sold

    assert sold is not None
    assert (sold.start, sold.end) == (date(2025, 3, 1), date(2026, 2, 28))
    assert "diycoldplunge.com" in (sold.where or "")
    assert "$400" in (sold.price or "")


def test_the_contact_sentence_gives_phone_hours_and_page() -> None:
    [contact] = changed(
        "26349",
        ConsumerContact="Acme toll-free at 800-233-4729 from 8 a.m. to 5 p.m. ET Monday "
        "through Friday, email at recall@acme.example, or online at www.acme.example/recall.",
    ).contacts

    assert contact.phone == "800-233-4729"
    assert contact.hours == "8 a.m. to 5 p.m. ET Monday through Friday"
    assert contact.email == "recall@acme.example"
    assert contact.url == "https://www.acme.example/recall"


def test_incidents_are_told_and_their_absence_is_not() -> None:
    told = changed("26349", Injuries=[{"Name": "The firm has received two reports of fire."}])
    none = changed("26349", Injuries=[{"Name": "None reported."}])

    assert told.incidents is not None
    assert told.incidents.text.endswith("two reports of fire.")
    assert none.incidents is None


@pytest.mark.parametrize("number", ["26135", "26246", "26294"])
def test_a_remedy_of_another_product_is_not_repeated(number: str) -> None:
    found = notice(number)

    assert found.remedies == ()
    assert found.note is not None
    assert "official page" in found.note
    assert "cpsc.gov/" in found.main_source.url


def test_a_hazard_of_another_product_is_not_repeated_and_the_titles_is_given() -> None:
    hazard = {"Name": "The recalled log splitter's rod can separate, posing an injury hazard."}

    found = changed("26349", Hazards=[hazard])

    assert found.hazard.text == found.title
    assert HazardKind.FIRE in found.hazard.kinds
    assert found.note is not None
    assert "hazard of another product" in found.note
    assert found.remedies == notice("26349").remedies


def test_a_sale_of_another_product_is_not_repeated() -> None:
    sale = {
        "Name": "Bikes with the recalled batteries were sold online from May 2020 to June 2021"
    }

    found = changed("26349", Retailers=[sale])

    assert found.sold is None
    assert found.note is not None
    assert "another product was sold" in found.note


def test_everything_of_another_product_is_noted_at_once() -> None:
    foreign = [{"Name": "The recalled log splitters were sold online."}]

    found = changed("26349", Retailers=foreign, Hazards=foreign, Remedies=foreign)

    assert (found.sold, found.remedies) == (None, ())
    assert found.note is not None
    assert found.note.count("another product") == len(("hazard", "remedy", "sale"))


def test_a_record_of_megabytes_is_answered_and_its_rule_marked() -> None:
    found = changed("26349", Description="Model number AB12, lot C34. " * 80_000)

    assert any(isinstance(node, Unparsed) for node in walk(found.units))


def test_a_remedy_of_its_own_product_is_repeated() -> None:
    [remedy] = notice("26349").remedies

    assert [option.kind for option in remedy.options] == [RemedyKind.REFUND]
    assert notice("26349").note is None


def test_where_every_text_slipped_one_field_on_it_is_put_back() -> None:
    found = notice("25326")

    assert found.hazard.text.startswith("The boiler door can fail to seal")
    assert [option.kind for option in found.remedies[0].options] == [RemedyKind.REPAIR]
    assert found.remedies[0].text.startswith("Consumers should immediately stop")


def test_a_label_of_one_letter_means_nothing_and_the_text_is_asked() -> None:
    assert RemedyKind.REPAIR in {o.kind for o in notice("26010").remedies[0].options}


def test_dispose_of_it_is_what_the_owner_gets_where_the_label_says_so() -> None:
    assert RemedyKind.DISPOSE in {o.kind for o in notice("25015").remedies[0].options}


def test_without_a_hazard_the_title_says_it() -> None:
    found = notice("26162")

    assert HazardKind.DROWNING in found.hazard.kinds
    assert found.hazard.text == found.title


def test_bar_codes_of_their_own_field_are_in_the_rule() -> None:
    listed = [row["UPC"] for row in json.loads(records()["25467"].body)["ProductUPCs"]]
    in_rule = {
        value
        for node in walk(notice("25467").units)
        if isinstance(node, CodeRule)
        for value in node.eq
    }

    assert set(listed) <= in_rule


def test_expansions_are_told_by_their_title_and_expandable_hoses_are_none() -> None:
    assert says_expansion(notice("26011"))
    assert says_expansion(notice("26166"))
    assert not says_expansion(notice("25394"))
    assert not says_expansion(notice("25437"))


def test_a_record_stamped_anew_says_the_same() -> None:
    assert changed("26349", LastPublishDate="2026-05-02T00:00:00") == notice("26349")


def test_batteries_come_with_how_to_throw_them_away() -> None:
    found = changed(
        "26349", Description="Note: Do not throw this recalled battery in the trash."
    )

    assert found.disposal is not None
    assert "in the trash" in found.disposal.text


def test_a_warning_about_a_firm_that_does_not_recall_is_an_advisory() -> None:
    title = "CPSC Warns Consumers to Immediately Stop Using Acme Heaters Due to Fire Hazard"

    assert changed("26349", Title=title).kind == "advisory"


def test_several_products_keep_their_names() -> None:
    products = [{"Name": "Heater A"}, {"Name": "Heater B"}, {"Name": "Heater A"}]
    found = changed("26349", Products=products)

    assert found.product == "Heater A; Heater B"
    assert found.names == ("Heater A", "Heater B")


def test_a_record_without_an_address_points_to_the_list_of_recalls() -> None:
    assert changed("26349", URL="javascript:alert(1)").main_source.url.endswith("/Recalls")


def test_the_error_that_looks_like_a_recall_is_no_record() -> None:
    with pytest.raises(SourceUnavailable, match="underlying provider failed"):
        split(ERROR)
    with pytest.raises(RecordUnreadable):
        Cpsc(Fetcher()).parse(replace(records()["26349"], body=ERROR.strip()[1:-1]))


def test_an_error_among_recalls_makes_all_of_them_suspect() -> None:
    rows = [*json.loads(PAGE), *json.loads(ERROR)]

    with pytest.raises(SourceUnavailable):
        split(json.dumps(rows).encode())


def test_an_error_without_words_is_an_error() -> None:
    with pytest.raises(SourceUnavailable, match="no reason given"):
        split(b'[{"RecallID": 0, "Title": []}]')


@pytest.mark.parametrize(
    "window",
    [
        "",
        "&RecallDateEnd=1979-12-31",
        "&RecallDateStart=2015-01-01&RecallDateEnd=2015-12-31",
        "&RecallDateStart=soon",
    ],
)
def test_nothing_at_all_is_an_error_where_something_must_be(window: str) -> None:
    with pytest.raises(SourceUnavailable, match="no recall at all"):
        split(b"[]", URL + window)


def test_nothing_new_in_the_holidays_is_no_error() -> None:
    since = (NOW - timedelta(days=18)).date()

    assert split(b"[]", f"{URL}&LastPublishDateStart={since}") == []


async def test_what_is_new_is_asked_for_with_the_parameters_spelt_exactly(
    authority: Authority, fetcher: Fetcher
) -> None:
    authority.will(says(PAGE))

    found = [record async for record in Cpsc(fetcher, authority.url).fetch(NOW)]

    yesterday = (NOW - timedelta(days=1)).date()
    assert len(found) == len(json.loads(PAGE))
    assert [asked.target for asked in authority.asked] == [
        f"/RestWebServices/Recall?format=json&LastPublishDateStart={yesterday}"
    ]


async def test_everything_is_asked_for_year_by_year_and_the_ends_are_open(
    authority: Authority, fetcher: Fetcher
) -> None:
    old = json.dumps(
        [json.loads(PAGE)[0] | {"RecallDate": "1975-06-01T00:00:00", "RecallID": 1}]
    ).encode()
    authority.will(says(old))

    found = [record async for record in Cpsc(fetcher, authority.url).fetch(None)]

    queries = [asked.target.partition("format=json&")[2] for asked in authority.asked]
    assert queries[0] == "RecallDateEnd=1979-12-31"
    assert queries[1] == "RecallDateStart=1980-01-01&RecallDateEnd=1980-12-31"
    assert queries[-1] == f"RecallDateStart={NOW.year}-01-01"
    assert len(queries) == len(found) == 1 + NOW.year - 1980 + 1


async def test_where_the_window_is_ignored_everything_is_read_once(
    authority: Authority, fetcher: Fetcher
) -> None:
    authority.will(says(PAGE))

    found = [record async for record in Cpsc(fetcher, authority.url).fetch(None)]

    assert len(authority.asked) == 1
    assert len(found) == len(json.loads(PAGE))


async def test_a_window_that_fails_is_asked_for_in_halves(
    authority: Authority, fetcher: Fetcher
) -> None:
    authority.will(says(ERROR), says(PAGE))
    since = NOW - timedelta(days=80)

    found = [record async for record in Cpsc(fetcher, authority.url).fetch(since)]

    first, second = (asked.words.partition("&")[2] for asked in authority.asked[1:])
    middle = date.fromisoformat(first.rpartition("=")[2])
    assert len(found) == 2 * len(json.loads(PAGE))
    assert second == f"LastPublishDateStart={middle + timedelta(days=1)}"


async def test_a_window_too_short_for_halves_is_asked_for_again(
    authority: Authority, fetcher: Fetcher
) -> None:
    authority.will(says(ERROR), says(ERROR), says(PAGE))

    found = [record async for record in Cpsc(fetcher, authority.url).fetch(NOW)]

    assert len({asked.target for asked in authority.asked}) == 1
    assert len(found) == len(json.loads(PAGE))


async def test_an_error_that_stays_ends_the_reading(
    authority: Authority, fetcher: Fetcher
) -> None:
    authority.will(says(ERROR))

    with pytest.raises(SourceUnavailable, match="an error instead of recalls"):
        [record async for record in Cpsc(fetcher, authority.url).fetch(NOW)]

    assert len(authority.asked) == 4


def test_a_row_that_is_no_recall_is_a_record_that_cannot_be_read() -> None:
    for row in (b"7", b"{}", b'{"RecallID": true, "RecallNumber": "1"}'):
        [record] = split(b"[" + row + b"]")

        assert record.key.startswith("unnumbered-")
        with pytest.raises(RecordUnreadable):
            Cpsc(Fetcher()).parse(record)


async def test_a_row_that_cannot_be_read_does_not_hide_that_a_window_was_ignored(
    authority: Authority, fetcher: Fetcher
) -> None:
    authority.will(says(json.dumps([7, *json.loads(PAGE)]).encode()))

    found = [record async for record in Cpsc(fetcher, authority.url).fetch(None)]

    assert len(authority.asked) == 1
    assert len(found) == 1 + len(json.loads(PAGE))


def test_a_record_that_says_little_is_still_a_notice() -> None:
    little = dict.fromkeys(("Retailers", "ConsumerContact", "Remedies", "RemedyOptions"))

    found = changed("26349", **little, Products=[], Hazards=[], Title="Acme Heaters")

    assert found.product == "Acme Heaters"
    assert (found.sold, found.contacts, found.remedies, found.note) == (None, (), (), None)


def test_a_record_that_names_nothing_is_unreadable() -> None:
    with pytest.raises(RecordUnreadable, match="neither a title nor a product"):
        changed("26349", Products=[], Title=" ")
