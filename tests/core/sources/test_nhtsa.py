"""What NHTSA's flat file and API look like, and what we make of them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest

from core.model.recall import HazardKind, Notice, RemedyKind
from core.model.rule import And, Attribute, Checker, DateRule, Model, Rule, walk
from core.sources.contract import RawRecord, RecordUnreadable, SourceUnavailable
from core.sources.http import Fetcher
from core.sources.nhtsa import Nhtsa
from core.sources.nhtsa_campaign import MOST_GROUPS
from tests.builders import NOW
from tests.contracts.source_case import recorded
from tests.contracts.sources.nhtsa import zipped
from tests.platforms.authority import Authority, says, versioned

URL = "https://static.nhtsa.gov/odi/ffdd/rcl/FLAT_RCL_POST_2010.zip"
TABLE = recorded("nhtsa", "flat.tsv")
ROWS = [row.split("\t") for row in TABLE.decode().splitlines()]


def split(payload: bytes) -> list[RawRecord]:
    return list(Nhtsa(Fetcher()).split(payload, URL, NOW))


def parse(record: RawRecord) -> Notice:
    return Nhtsa(Fetcher()).parse(record)


@cache
def records() -> dict[str, RawRecord]:
    return {record.key: record for record in split(TABLE)}


@cache
def notice(number: str) -> Notice:
    return parse(records()[number])


def told(file: str) -> list[Notice]:
    return [parse(record) for record in split(recorded("nhtsa", file))]


def table(*rows: Mapping[int, str]) -> bytes:
    """Return the invented vehicle's row once for each mapping, with these columns changed."""
    like = next(row for row in ROWS if row[1] == "26V004000")
    lines = ["\t".join(row.get(at, cell) for at, cell in enumerate(like)) for row in rows]
    return "".join(f"{line}\r\n" for line in lines).encode()


def nodes(rule: Rule, kind: type[Any]) -> list[Any]:
    return [node for node in walk(rule) if isinstance(node, kind)]


def test_rows_of_a_campaign_are_one_record_wherever_they_stand() -> None:
    numbers = [row[1] for row in ROWS]

    assert numbers.index("18V579000") < len(numbers) - numbers[::-1].index("16V747000") - 1
    assert sorted(records()) == sorted(set(numbers))
    assert records()["18V579000"].body.count(b"\n") == 3


def test_the_same_rows_in_another_build_of_the_file_are_the_same_records() -> None:
    renumbered = [[str(at + 90_000), *row[1:]] for at, row in enumerate(reversed(ROWS))]
    built_anew = "".join("\t".join(row) + "\r\n" for row in [*renumbered, renumbered[0]])

    found = {record.key: record.body for record in split(built_anew.encode())}

    assert found == {key: record.body for key, record in records().items()}


def test_the_zip_holds_what_the_table_does_however_it_was_packed() -> None:
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as file:
        file.writestr("FLAT_RCL_POST_2010.txt", TABLE)

    assert zipped(TABLE) != stored.getvalue()
    assert split(zipped(TABLE)) == split(stored.getvalue()) == split(TABLE)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\r\n",
        b"PK\x03\x04",
        zipped(TABLE)[:-30],
        zipped(b"NHTSA ID,DOCUMENT NAME,MAKE\r\n"),
        zipped(TABLE, "RCL_FROM_2025_2026.csv"),
        b"<!doctype html><html></html>",
        b'{"message": "Forbidden"}',
        b"{",
    ],
    ids=lambda payload: repr(payload[:20]),
)
def test_what_is_no_table_of_recalls_is_refused(payload: bytes) -> None:
    with pytest.raises(SourceUnavailable):
        split(payload)


def test_a_zip_that_unpacks_without_end_is_refused_before_it_is_unpacked() -> None:
    packed = bytearray(zipped(TABLE))
    directory = packed.rindex(b"PK\x01\x02")
    packed[directory + 24 : directory + 28] = (2_000_000_000).to_bytes(4, "little")

    with pytest.raises(SourceUnavailable, match="unpacks to more"):
        split(bytes(packed))


def test_a_vehicle_is_told_by_make_model_years_and_build_dates_and_its_vin() -> None:
    found = notice("18V579000")

    assert isinstance(found.units, And)
    assert found.brands == ("Toyota",)
    assert found.product == "Toyota PRIUS (2016–2018)"
    assert nodes(found.units, Model)[0].any_of == ("PRIUS",)
    assert nodes(found.units, Attribute)[0].any_of == ("2016", "2017", "2018")
    assert nodes(found.units, DateRule)[0].end == date(2018, 5, 15)
    assert nodes(found.units, Checker)[0].needs == ("vin",)
    assert found.checker == "https://www.nhtsa.gov/recalls"
    assert found.number == "18V579000"
    assert found.main_source.url == "https://www.nhtsa.gov/recalls?nhtsaId=18V579000"
    assert found.published == date(2018, 9, 5)
    assert [count.units for count in found.counts] == [192_347]
    assert [contact.phone for contact in found.contacts] == ["1-888-270-9371"]
    assert found.remedies[0].options[0].kind is RemedyKind.REPAIR


def test_one_campaign_may_cover_several_makes_each_model_with_its_own_limits() -> None:
    found = notice("16V747000")

    assert set(found.brands) == {"BMW", "Mini", "Rolls-Royce"}
    assert found.product.endswith("… (2016–2017)")
    by_model = {group.any_of: group for group in nodes(found.units, Model)}
    assert ("GHOST",) in by_model
    assert len(nodes(found.units, DateRule)) == len(by_model)


def test_a_campaign_with_very_many_limits_is_told_by_all_its_models_and_years() -> None:
    rows = [
        {3: f"TOURER {at}", 4: str(1980 + at), 8: f"{1980 + at}0101", 9: f"{1980 + at}0601"}
        for at in range(MOST_GROUPS + 1)
    ]

    found = parse(split(table(*rows))[0])

    assert len(nodes(found.units, Model)[0].any_of) == MOST_GROUPS + 1
    assert len(nodes(found.units, Attribute)[0].any_of) == MOST_GROUPS + 1
    assert nodes(found.units, DateRule) == []


def test_what_is_no_vehicle_has_no_vin_and_goes_by_model_and_part_number() -> None:
    found = notice("26E002000")

    assert found.category == "vehicle-part"
    assert found.checker is None
    assert nodes(found.units, Checker) == nodes(found.units, Attribute) == []
    models = {model for node in nodes(found.units, Model) for model in node.any_of}
    assert models == {"LED LAMP", "LED LAMP II", "80410-K0000", "80410-Q5000", "80410-K0001"}
    assert [contact.email for contact in found.contacts] == ["recall@lamps.example"]


def test_a_child_seat_is_a_child_seat() -> None:
    assert notice("26C001000").category == "child-seat"


def test_dates_nobody_can_mean_are_left_out() -> None:
    lamps, car = notice("26E002000"), notice("26V004000")

    assert nodes(lamps.units, DateRule) == []
    assert car.published == date(2026, 3, 2)


def test_a_build_that_ends_before_it_begins_says_nothing() -> None:
    found = parse(split(table({8: "20250630", 9: "20250101"}))[0])

    assert nodes(found.units, DateRule) == []


def test_counts_the_rows_do_not_agree_on_are_not_told() -> None:
    assert notice("26E002000").counts == ()


def test_do_not_drive_and_park_outside_come_first_in_the_hazard() -> None:
    found = notice("26V004000")

    assert found.hazard.text.startswith(
        "Consumer advisory: Do Not Drive. Consumer advisory: Park Outside. "
    )
    assert found.hazard.kinds == (HazardKind.FIRE,)


def test_mark_up_in_a_text_is_no_part_of_it() -> None:
    link = "<A HREF=HTTP://WWW.SAFERCAR.GOV>HTTP://WWW.SAFERCAR.GOV</A>"

    found = parse(split(table({21: f"Dealers will repair it. Go to {link} ."}))[0])

    assert found.remedies[0].text == "Dealers will repair it. Go to HTTP://WWW.SAFERCAR.GOV ."


def test_the_hazard_is_what_there_is_a_risk_of_and_not_how_it_happens() -> None:
    parked = "The vehicle may roll while the ignition is on, increasing the risk of a crash."
    vague = "This increases the risk of injury."

    crash = parse(split(table({20: parked}))[0])
    by_component = parse(split(table({6: "SEAT BELTS", 20: vague}))[0])
    by_defect = parse(split(table({6: "", 19: "Batteries may catch fire.", 20: ""}))[0])

    assert crash.hazard.kinds == (HazardKind.CRASH,)
    assert by_component.hazard.kinds == (HazardKind.FAILURE_TO_PROTECT,)
    assert by_defect.hazard.kinds == (HazardKind.FIRE,)


def test_a_remedy_that_names_none_is_no_remedy() -> None:
    assert parse(split(table({21: "The remedy is not yet known."}))[0]).remedies == ()


def test_a_repair_needs_no_word_for_it_where_dealers_do_it_free_of_charge() -> None:
    said = "Dealers will apply a label to the door frame, free of charge."

    assert parse(split(table({21: said}))[0]).remedies[0].options[0].kind is RemedyKind.REPAIR


def test_a_row_of_before_2025_has_fewer_columns() -> None:
    row = table({}).rstrip(b"\r\n").split(b"\t")[:24]

    assert parse(split(b"\t".join(row))[0]).id == "nhtsa-26v004000"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no row"),
        (b"\t26V004000\tEXAMPLE\n", "fewer than 22 columns"),
        (b"\xff" * 9, "not UTF-8"),
        (table({2: "", 3: "", 7: ""}), "neither make nor model"),
        (table({6: "", 19: "", 20: ""}), "what is wrong"),
        (table({1: "…"}), "no number"),
    ],
)
def test_a_row_that_means_nothing_says_why(body: bytes, reason: str) -> None:
    with pytest.raises(RecordUnreadable, match=reason):
        parse(replace(records()["26V004000"], body=body))


def test_a_part_without_any_model_goes_by_its_name() -> None:
    found = parse(split(table({3: "", 4: "9999", 8: "", 9: "", 10: "E"}))[0])

    assert nodes(found.units, Attribute)[0].any_of == (found.product,)


def test_the_api_tells_the_same_campaign_with_its_subject() -> None:
    found = told("campaign.json")[0]

    assert found.title is not None
    assert found.title.endswith(": Seat Belt may Not Lock/FMVSS 209")
    assert found.published == date(2016, 10, 17)
    models = {model for node in nodes(found.units, Model) for model in node.any_of}
    ours = {model for node in nodes(notice("16V747000").units, Model) for model in node.any_of}
    assert models == ours
    assert found.id == notice("16V747000").id


def test_recalls_found_by_a_vin_name_the_vehicle_they_were_found_for() -> None:
    found = told("by-vin.json")

    assert [one.number for one in found] == ["18V579000", "17V295000", "16V741000"]
    assert {one.product for one in found} == {"Toyota PRIUS (2017)"}


def test_a_look_up_puts_the_day_first() -> None:
    found = told("look-up.json")[0]

    assert found.published == date(2018, 9, 5)
    assert "Park Outside" in found.hazard.text


@pytest.mark.parametrize("results", [[None], [7], [{"recalls": [None]}], [{"recalls": 7}]])
def test_a_recall_of_the_api_that_is_none_is_unreadable_alone(results: Any) -> None:
    record = split(json.dumps({"results": results}).encode())[0]

    assert record.key.startswith("unnumbered-")
    with pytest.raises(RecordUnreadable):
        parse(record)


def test_a_recall_of_the_api_that_leaves_out_lists_goes_by_its_maker() -> None:
    recall = {"nhtsaCampaignNumber": "16V747000", "manufacturer": "BMW", "summary": "It burns."}
    body = json.dumps(recall).encode()

    found = parse(RawRecord("nhtsa", "16V747000", "nhtsa-safety-issues", body, URL, NOW))

    assert (found.brands, found.product) == (("BMW",), "BMW")


def test_an_empty_number_names_no_record() -> None:
    record = split(b'{"results": [{"NHTSACampaignNumber": "", "Make": "BMW"}]}')[0]

    assert record.key.startswith("unnumbered-")


def test_a_sentence_in_place_of_a_part_number_is_none() -> None:
    said = "See the list of part numbers in the report that the maker has filed, x"

    found = parse(split(table({10: "E", 26: said}))[0])

    assert nodes(found.units, Model)[0].any_of == ("TOURER",)


def test_a_model_of_nothing_but_marks_is_none() -> None:
    found = parse(split(table({3: "---"}))[0])

    assert nodes(found.units, Model) == []


@pytest.mark.parametrize("products", [7, [7], {"type": "Vehicle"}])
def test_products_of_another_kind_are_unreadable(products: Any) -> None:
    recall = {"nhtsaCampaignNumber": "16V747000", "associatedProducts": products}
    body = json.dumps(recall).encode()
    record = RawRecord("nhtsa", "16V747000", "nhtsa-safety-issues", body, URL, NOW)

    with pytest.raises(RecordUnreadable, match="associatedProducts"):
        parse(record)


async def test_the_first_reading_takes_the_older_file_too_and_later_ones_do_not(
    authority: Authority, fetcher: Fetcher
) -> None:
    authority.will(says(zipped(TABLE)))
    source = Nhtsa(fetcher, authority.url)

    whole = [record async for record in source.fetch(None)]
    recent = [record async for record in source.fetch(NOW - timedelta(days=1))]

    assert len(whole) == 2 * len(recent) == 2 * len(records())
    assert [asked.words.rpartition("/")[2] for asked in authority.asked] == [
        "FLAT_RCL_PRE_2010.zip",
        "FLAT_RCL_POST_2010.zip",
        "FLAT_RCL_POST_2010.zip",
    ]


async def test_a_file_that_is_the_same_build_is_not_read_again(
    authority: Authority, fetcher: Fetcher
) -> None:
    authority.will(versioned(zipped(TABLE), '"436e400b"'))
    source = Nhtsa(fetcher, authority.url)
    since = NOW - timedelta(days=1)

    first = [record async for record in source.fetch(since)]
    fetcher.settle()
    second = [record async for record in source.fetch(since)]

    assert len(first) == len(records())
    assert second == []


async def test_a_vehicle_is_looked_up_by_make_model_and_year(
    authority: Authority, fetcher: Fetcher
) -> None:
    authority.will(says(recorded("nhtsa", "look-up.json")))

    found = await Nhtsa(fetcher, authority.url).look_up("toyota", "prius c", 2017)

    assert [record.key for record in found] == ["18V579000"]
    assert authority.asked[0].words == (
        "/recalls/recallsByVehicle?make=toyota&model=prius c&modelYear=2017"
    )


async def test_a_vehicle_nhtsa_does_not_know_is_no_vehicle_without_recalls(
    authority: Authority, fetcher: Fetcher
) -> None:
    authority.will(says(b'{"Count":0,"Message":"","results":[]}', status=400))

    with pytest.raises(SourceUnavailable):
        await Nhtsa(fetcher, authority.url).look_up("no such make", "x", 2017)
