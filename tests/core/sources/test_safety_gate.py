"""The EU Safety Gate: how it is asked, and what its alerts say and leave open."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.model.recall import HazardKind, Kind, Notice
from core.sources.contract import RawRecord, SourceUnavailable
from core.sources.http import Fetcher
from core.sources.safety_gate import SafetyGate
from core.sources.safety_gate_alert import API
from tests.builders import NOW
from tests.contracts.source_case import recorded
from tests.platforms.asking import Patience
from tests.platforms.authority import Asked, Authority, Behaviour, says

SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "eu_safety_gate"
TOY, CAR, ELF = (json.loads(recorded("safety_gate", "alerts.json"))[at] for at in range(3))
PURE = SafetyGate(Fetcher())


def split(payload: bytes) -> list[RawRecord]:
    return list(PURE.split(payload, f"{API}/notification/1", NOW))


def read(alert: Mapping[str, Any]) -> Notice:
    return PURE.parse(split(json.dumps(alert).encode())[0])


def changed(alert: Mapping[str, Any], **product: Any) -> dict[str, Any]:
    return {**alert, "product": {**alert["product"], **product}}


def with_measures(*names: str) -> dict[str, Any]:
    measures = [{"measureCategory": {"name": name}} for name in names]
    return {**TOY, "measureTaken": {"measures": measures}}


def rule(notice: Notice) -> dict[str, Any]:
    return notice.units.model_dump(exclude_defaults=True)


def page(days: Iterator[int] | range, *, last: bool) -> bytes:
    rows = [
        {"id": 1000 + day, "publicationDate": (NOW - timedelta(days=day)).isoformat()}
        for day in days
    ]
    return json.dumps({"content": rows, "last": last}).encode()


async def collect(source: SafetyGate, found: list[str]) -> None:
    """Note the key of every record, also of those before an outage."""
    async for record in source.fetch(None):
        found.append(record.key)  # noqa: PERF401 - a comprehension would lose them


class Gate:
    """Answers searches page by page, and every alert that is not missing."""

    def __init__(self, *pages: bytes, missing: tuple[int, ...] = ()) -> None:
        self.pages = pages
        self.missing = missing
        self.searches: list[dict[str, Any]] = []
        self.alerts: list[int] = []

    def __call__(self, asked: Asked) -> Behaviour:
        if asked.method == "POST":
            self.searches.append(json.loads(asked.body))
            return says(self.pages[self.searches[-1]["pagination"]["page"]])
        number = int(asked.target.partition("?")[0].rpartition("/")[2])
        if number in self.missing:
            return says(b"gone", "text/plain", 404)
        self.alerts.append(number)
        return says(json.dumps({**TOY, "id": number, "reference": f"SR/{number}/26"}).encode())


async def test_it_searches_with_every_field_and_asks_for_each_alert_in_english(
    authority: Authority, fetcher: Fetcher, patience: Patience
) -> None:
    gate = Gate(page(range(2), last=True))
    authority.will_choose(gate)

    found = [r async for r in SafetyGate(fetcher, authority.url, patience).fetch(None)]

    assert [record.key for record in found] == ["SR/1000/26", "SR/1001/26"]
    assert gate.searches == [
        {
            "criteria": {"year": [2026, 2025]},
            "searchCriteriaForNotification": False,
            "isLaunched": True,
            "isLaunchSearch": True,
            "pagination": {
                "sortField": "PUBLICATION_DATE",
                "sortOrder": "DESC",
                "totalElements": 0,
                "numberElements": 100,
                "page": 0,
            },
            "fullTextSearch": "",
            "language": "en",
            "displayDefaultResults": False,
            "isForMostRecent": False,
        }
    ]
    assert authority.asked[1].target.endswith("/public/api/notification/1000?language=en")


async def test_it_turns_pages_until_one_is_older_than_what_is_asked_for(
    authority: Authority, fetcher: Fetcher, patience: Patience
) -> None:
    gate = Gate(page(range(3), last=False), page(range(2, 9), last=False))
    authority.will_choose(gate)
    source = SafetyGate(fetcher, authority.url, patience)
    gate.pages += (page(range(10, 20), last=False),)

    found = [record async for record in source.fetch(NOW - timedelta(days=2))]

    assert len(gate.searches) == 3
    assert gate.searches[0]["criteria"] == {"year": [2026]}
    assert gate.alerts == [1000, 1001, 1002, 1003, 1004, 1005]
    assert len(found) == 6


async def test_an_alert_that_is_gone_holds_up_no_other_and_is_complained_about(
    authority: Authority, fetcher: Fetcher, patience: Patience
) -> None:
    authority.will_choose(Gate(page(range(4), last=True), missing=(1001,)))
    found: list[str] = []

    with pytest.raises(SourceUnavailable, match=r"1 alerts could not be read: .*404"):
        await collect(SafetyGate(fetcher, authority.url, patience), found)

    assert found == ["SR/1000/26", "SR/1002/26", "SR/1003/26"]


async def test_several_alerts_that_cannot_be_had_are_an_outage(
    authority: Authority, fetcher: Fetcher, patience: Patience
) -> None:
    gate = Gate(page(range(40), last=True), missing=tuple(range(1000, 1040)))
    authority.will_choose(gate)

    with pytest.raises(SourceUnavailable, match="404"):
        [r async for r in SafetyGate(fetcher, authority.url, patience).fetch(None)]

    assert len(authority.asked) == 4


async def test_a_search_without_an_end_is_an_outage(
    authority: Authority, fetcher: Fetcher, patience: Patience
) -> None:
    authority.will_choose(Gate(*[page(range(2), last=False)] * 200))
    found: list[str] = []

    with pytest.raises(SourceUnavailable, match="goes on after 150 pages"):
        await collect(SafetyGate(fetcher, authority.url, patience), found)

    assert found == ["SR/1000/26", "SR/1001/26"]


async def test_a_search_that_answers_in_another_shape_is_an_outage(
    authority: Authority, fetcher: Fetcher, patience: Patience
) -> None:
    authority.will(says(b'{"content": [{"reference": "SR/1/26"}]}'))

    with pytest.raises(SourceUnavailable, match="no page of search results"):
        [r async for r in SafetyGate(fetcher, authority.url, patience).fetch(None)]


@pytest.mark.parametrize("file", ["search.json", "portal.json"])
def test_a_list_that_only_says_which_alerts_there_are_holds_no_record(file: str) -> None:
    assert split(recorded("safety_gate", file)) == []


@pytest.mark.parametrize(
    "payload",
    [b"<html>enable JavaScript</html>", b"{}", b"[]", b'{"results": [7]}', b"[7]", b"7"],
)
def test_a_shell_of_a_page_is_no_payload(payload: bytes) -> None:
    with pytest.raises(SourceUnavailable):
        split(payload)


def test_it_is_verified() -> None:
    assert PURE.verified


def test_a_number_nobody_gives_an_alert_leads_to_the_front_page() -> None:
    url = read({**TOY, "id": 10**600}).main_source.url

    assert url == "https://ec.europa.eu/safety-gate-alerts"


def test_a_corrected_alert_keeps_its_identity_and_says_so() -> None:
    notice = read(CAR)

    assert notice.id == "safety-gate-sr-00581-26"
    assert notice.number == "SR/00581/26"
    assert (notice.note or "").startswith("Case SR/00581/26 at the request of the authority")
    assert "Demande d'arrêt de la conduite" in (notice.note or "")


def test_the_weekly_report_s_corrigendum_speaks_of_other_alerts() -> None:
    assert "SR/00507/26" in ELF["webReport"]["corrigendum"]

    assert read(ELF).note is None


def test_it_holds_in_every_country_of_the_system_and_in_those_that_react() -> None:
    reacting = [{"country": {"key": "CH", "name": "Switzerland"}}]

    notice = read({**CAR, "reactingCountries": reacting})

    assert len(notice.regions) == 31
    assert {"FR", "NO", "CH"} <= set(notice.regions)


@pytest.mark.parametrize(
    ("measures", "kind"),
    [
        (("PRODUCT_WITHDRAWAL_FROM_MARKET", "PRODUCT_RECALL_FROM_CONSUMERS"), Kind.RECALL),
        (("REMOVAL_FROM_ONLINE_MARKETPLACE", "WARNING_CONSUMERS_OF_RISKS"), Kind.ADVISORY),
        (("REMOVAL_FROM_ONLINE_MARKETPLACE",), Kind.WITHDRAWAL),
        ((), Kind.ADVISORY),
    ],
)
def test_the_kind_is_what_the_measures_ask_of_consumers(
    measures: tuple[str, ...], kind: Kind
) -> None:
    assert read(with_measures(*measures)).kind is kind


def test_models_bar_codes_and_batches_become_a_rule() -> None:
    assert rule(read(ELF)) == {
        "op": "and",
        "of": (
            {
                "op": "or",
                "of": (
                    {"op": "model", "any_of": ("362558",)},
                    {"op": "code", "field": "gtin", "eq": ("3385533625584",)},
                ),
            },
            {"op": "code", "field": "batch", "eq": ("25-D0069",)},
        ),
    }


def test_a_batch_that_is_a_period_is_when_it_was_made() -> None:
    made = rule(read(CAR))["of"][-1]

    assert (made["field"], str(made["start"]), str(made["end"])) == (
        "manufactured",
        "1998-11-09",
        "2003-12-19",
    )


def test_a_type_approval_is_no_model() -> None:
    fields = [part.get("field") for part in rule(read(CAR))["of"][0]["of"]]

    assert fields == [None, "type_approval", "barcode"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ("3385533625584", "gtin"),
        ("760258386219", "gtin"),
        ("B0CB5J8PWD", "asin"),
        ("0032800300", "barcode"),
        ("X003ZZ", "barcode"),
    ],
)
def test_the_field_for_bar_codes_holds_other_codes_too(said: str, field: str) -> None:
    notice = read(changed(TOY, barcodes=[{"barcode": said}]))

    assert rule(notice)["of"][-1] == {"op": "code", "field": field, "eq": (said,)}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            "25-D0069, 25-D0070",
            {"op": "code", "field": "batch", "eq": ("25-D0069", "25-D0070")},
        ),
        (
            "made late, with a red dot",
            {"op": "unparsed", "verbatim": "made late, with a red dot"},
        ),
    ],
)
def test_batches_are_read_where_they_look_like_some(
    said: str, expected: dict[str, Any]
) -> None:
    notice = read(changed(ELF, batchNumbers=[{"batchNumber": said}]))

    assert rule(notice)["of"][-1] == expected


@pytest.mark.parametrize("said", ["All batches", "unknown", "Various"])
def test_batches_that_are_all_or_unknown_are_no_limit(said: str) -> None:
    notice = read(changed(ELF, batchNumbers=[{"batchNumber": said}]))

    assert rule(notice)["op"] == "or"


def test_what_a_shop_calls_the_product_is_listed_with_it() -> None:
    shops = [{"onlineTrader": "Shop", "uniqueProductIdentifier": "B0CB5J8PWD"}]

    notice = read({**TOY, "onlineTraderProductIdentifierReference": shops})

    assert {"op": "code", "field": "asin", "eq": ("B0CB5J8PWD",)} in rule(notice)["of"]


def test_without_models_and_codes_the_product_goes_by_its_name() -> None:
    bare = changed(ELF, modelTypes=[], barcodes=[], batchNumbers=None)

    named = rule(read(bare))

    assert "HAPPY LUTINS" in str(named)


def test_an_english_text_is_preferred_where_there_is_one() -> None:
    english = {"language": {"key": "EN"}, "name": "Doll", "description": "A red doll."}
    versions = [*ELF["product"]["versions"], english]

    assert read(changed(ELF, versions=versions)).product.startswith("Doll – ")
    assert read(ELF).product.startswith("Poupée – ")


def test_the_main_picture_is_shown_else_the_first() -> None:
    photos = [{"id": 7, "mainPicture": False}, {"id": 8}]

    assert read(TOY).image == f"{API}/notification/image/11001108"
    assert read(changed(TOY, photos=photos)).image == f"{API}/notification/image/7"
    assert read(changed(TOY, photos=[])).image is None


def test_a_product_without_a_brand_has_none() -> None:
    assert read(TOY).brands == ("unbranded",)
    assert read(ELF).brands == ("JOURDAIN",)


def test_the_company_s_own_recall_is_linked() -> None:
    assert read(ELF).linked == ("http://rappel.conso.gouv.fr/fiche-rappel/2026-02-0062",)


def test_a_risk_nobody_named_is_read_from_its_description() -> None:
    version = {"language": {"key": "EN"}, "riskDescription": "The battery may catch fire."}
    risk = {"riskType": [{"name": "OTHER"}], "versions": [version]}

    assert read({**TOY, "risk": risk}).hazard.kinds == (HazardKind.FIRE,)
    assert read({**TOY, "risk": {}}).hazard.text == "not stated"


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="no shared folder beside the repository")
def test_every_recorded_alert_can_be_read() -> None:
    pages = [path.read_bytes() for path in sorted(SHARED.glob("*.json"))]

    notices = [PURE.parse(record) for payload in pages for record in split(payload)]

    assert len(notices) == 3
