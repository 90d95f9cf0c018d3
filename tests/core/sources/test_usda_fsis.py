"""What the rows of FSIS look like, and what we make of them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest

from core.model.recall import HazardKind, Kind, Notice, RemedyKind, State
from core.sources.contract import RawRecord, RecordUnreadable, SourceUnavailable
from core.sources.http import Fetcher
from core.sources.usda_fsis import UsdaFsis
from tests.builders import NOW
from tests.contracts.source_case import recorded
from tests.platforms.authority import Authority, says, versioned

URL = "https://www.fsis.usda.gov/fsis/api/recall/v/1"
PAGE = recorded("usda_fsis", "recalls.json")


def split(payload: bytes) -> list[RawRecord]:
    return list(UsdaFsis(Fetcher()).split(payload, URL, NOW))


@cache
def records() -> dict[str, RawRecord]:
    return {record.key: record for record in split(PAGE)}


@cache
def notice(number: str) -> Notice:
    return UsdaFsis(Fetcher()).parse(records()[number])


def changed(number: str, **fields: Any) -> Notice:
    """Return the notice of that recall with other fields in every language."""
    rows = [row | fields for row in json.loads(records()[number].body)]
    record = replace(records()[number], body=json.dumps(rows).encode())
    return UsdaFsis(Fetcher()).parse(record)


def test_english_and_spanish_are_one_recall_in_english() -> None:
    rows = json.loads(records()["034-2024"].body)

    found = notice("034-2024")

    assert [row["langcode"] for row in rows] == ["English", "Spanish"]
    assert found.title is not None
    assert "Recalls Raw Pork Sausage" in found.title
    assert "/recalls-alerts/" in found.main_source.url
    assert [url.split("/")[3] for url in found.linked] == ["es"]


def test_every_number_is_one_record_whatever_the_languages() -> None:
    numbers = {row["field_recall_number"].strip() for row in json.loads(PAGE)}

    assert sorted(records()) == sorted(numbers)


def test_a_recall_in_spanish_alone_is_not_lost() -> None:
    rows = [row for row in json.loads(PAGE) if row["langcode"] == "Spanish"]

    [record] = split(json.dumps(rows[:1]).encode())
    found = UsdaFsis(Fetcher()).parse(record)

    assert found.title is not None
    assert "Retira" in found.title
    assert found.linked == ()


def test_a_second_row_in_the_same_language_is_another_record() -> None:
    row = json.loads(PAGE)[0]

    found = split(json.dumps([row, row | {"field_title": "Another"}]).encode())

    assert len(found) == 2
    assert len({record.key for record in found}) == 1


def test_a_number_with_a_leading_blank_is_the_same_number() -> None:
    raw = [row["field_recall_number"] for row in json.loads(PAGE)]

    assert " 034-2024" in raw
    assert notice("034-2024").id == "usda-fsis-034-2024"
    assert notice("034-2024").number == "034-2024"


def test_an_expansion_names_the_recall_it_takes_up() -> None:
    assert notice("030-2024-EXP").expands == (notice("030-2024").id,)
    assert notice("030-2024").expands == ()


def test_a_public_health_alert_is_an_advisory_that_stands() -> None:
    found = notice("PHA-01272025-01")

    assert (found.kind, found.state) == (Kind.ADVISORY, State.OPEN)
    assert found.product == "Wegmans Frozen Fully Cooked Chicken Nuggets"


@pytest.mark.parametrize(
    ("number", "state"),
    [
        ("004-2025", State.OPEN),
        ("031-2024", State.CLOSED),
        # Called an outbreak, neither archived nor closed.
        ("027-2024", State.OPEN),
        # Called active, yet archived with a closing day: it stands while that is unclear.
        ("019-2024", State.OPEN),
    ],
)
def test_a_recall_is_closed_only_where_nothing_says_otherwise(
    number: str, state: State
) -> None:
    assert notice(number).state is state


def test_a_recall_of_the_older_kind_is_closed_by_its_day_in_the_archive() -> None:
    archived = {"field_recall_type": "Recall", "field_closed_date": "2025-03-10"}

    assert changed("004-2025", **archived, field_archive_recall="True").state is State.CLOSED
    # Some rows of open recalls carry the day they began as the day they were closed.
    assert changed("004-2025", **archived, field_archive_recall="False").state is State.OPEN


def test_the_mark_for_the_front_page_says_nothing_about_the_recall() -> None:
    assert changed("004-2025", field_active_notice="False") == notice("004-2025")


def test_a_recall_becomes_a_notice_with_its_page() -> None:
    found = notice("004-2025")

    assert found.published == date(2025, 1, 31)
    assert found.product == "Sausage Link Products"
    assert found.category == "food"
    assert found.regions == ("US",)
    assert found.main_source.url.startswith("https://www.fsis.usda.gov/recalls-alerts/")
    assert found.hazard.text.startswith("D.J.'s Boudain, LLC, a Beaumont, Texas")
    assert found.sold is not None
    assert found.sold.where == "Louisiana, Mississippi, Texas"


def test_the_text_says_what_to_do_and_whom_to_ask() -> None:
    found = notice("004-2025")

    assert [option.kind for option in found.remedies[0].options] == [RemedyKind.DISPOSE]
    assert found.remedies[0].text.startswith("These products should be thrown away")
    assert found.contacts[0].phone == "409-842-0558 ext. 111"
    assert found.contacts[0].email == "jwallace@djsboudain.com"


def test_injuries_are_told_and_their_absence_is_not() -> None:
    told, none = notice("004-2025").incidents, notice("034-2024").incidents

    assert told is not None
    assert told.text.startswith("There has been one reported oral injury")
    assert none is None


def test_the_names_on_the_packages_are_kept_and_their_codes_are_no_names() -> None:
    assert notice("027-2024").names[0].startswith("TEXARONES BORN IN THE PHILIPPINES")
    assert notice("034-2024").names == ("Old World Italian Sausage",)


def test_an_editors_note_is_kept_apart_from_the_release() -> None:
    found = notice("027-2024")

    assert found.note is not None
    assert found.note.startswith("Editor's Note: Oct. 3, 2024")
    assert found.hazard.text.startswith("Pork Dynasty Inc., a Houston")


def test_an_allergen_is_the_hazard_and_a_reason_that_names_none_gives_none() -> None:
    assert HazardKind.ALLERGY in notice("027-2024").hazard.kinds
    assert notice("PHA-10242024-01").hazard.kinds == (HazardKind.OTHER,)


def test_where_the_address_is_missing_the_list_of_recalls_stands_in() -> None:
    assert changed("004-2025", field_recall_url=None).main_source.url.endswith("/recalls")


@pytest.mark.parametrize("body", [b"{", b"{}", b"[]", b"[7]", b"null"])
def test_a_body_that_is_no_list_of_rows_is_unreadable(body: bytes) -> None:
    with pytest.raises(RecordUnreadable):
        UsdaFsis(Fetcher()).parse(replace(records()["004-2025"], body=body))


@pytest.mark.parametrize("field", ["field_recall_number", "field_title"])
def test_a_row_without_a_number_or_a_title_is_unreadable(field: str) -> None:
    with pytest.raises(RecordUnreadable):
        changed("004-2025", **{field: None})


@pytest.mark.parametrize("row", [7, {}, {"field_recall_number": []}])
def test_a_row_without_an_identity_is_a_record_that_cannot_be_read(row: object) -> None:
    [record] = split(json.dumps([row]).encode())

    assert record.key.startswith("unnumbered-")
    with pytest.raises(RecordUnreadable):
        UsdaFsis(Fetcher()).parse(record)


def test_a_recall_that_says_little_is_still_a_notice() -> None:
    little = dict.fromkeys(
        ("field_summary", "field_states", "field_company_media_contact", "field_product_items")
    )

    found = changed("004-2025", **little)

    assert found.hazard.text == found.title
    assert (found.sold, found.contacts, found.remedies) == (None, (), ())


def test_no_recall_at_all_is_an_error() -> None:
    with pytest.raises(SourceUnavailable, match="no recall at all"):
        split(b"[]")


async def test_everything_is_asked_for_without_a_filter_that_loses_recalls(
    authority: Authority, fetcher: Fetcher
) -> None:
    authority.will(says(PAGE))

    found = [record async for record in UsdaFsis(fetcher, authority.url).fetch(None)]

    assert [asked.target for asked in authority.asked] == ["/fsis/api/recall/v/1"]
    assert [record.key for record in found] == list(records())


async def test_a_version_that_was_stored_before_gives_nothing(
    authority: Authority, fetcher: Fetcher
) -> None:
    authority.will(versioned(PAGE, '"v1"'))
    source = UsdaFsis(fetcher, authority.url)
    since = NOW - timedelta(hours=3)

    first = [record async for record in source.fetch(since)]
    fetcher.settle()
    second = [record async for record in source.fetch(since)]

    assert len(first) == len(records())
    assert second == []
