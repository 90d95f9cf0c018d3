"""France RappelConso: how it is asked, its versions, and what its fiches say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from core.model.recall import HazardKind, Kind, Notice, RemedyKind, State
from core.sources.contract import RawRecord, SourceUnavailable
from core.sources.http import Fetcher
from core.sources.rappelconso import DATASET, RappelConso
from tests.builders import NOW
from tests.contracts.source_case import recorded
from tests.platforms.authority import Asked, Authority, Behaviour, says

SHARED = Path(__file__).parents[3].parent / "shared" / "data"
PURE = RappelConso(Fetcher())
ROWS = json.loads(recorded("rappelconso", "records.json"))["results"]
SORGHUM = next(row for row in ROWS if row["numero_fiche"] == "2026-06-0249")
CARS = next(row for row in ROWS if row["numero_fiche"] == "sr/00842/26")
PATE = next(row for row in ROWS if row["numero_fiche"] == "2021-07-0460")


def split(payload: object) -> list[RawRecord]:
    return list(PURE.split(json.dumps(payload).encode(), DATASET, NOW))


def read(fiche: Mapping[str, Any]) -> Notice:
    return PURE.parse(split([fiche])[0])


def first(number: str) -> Notice:
    records = PURE.split(recorded("rappelconso", "first.json"), DATASET, NOW)
    return PURE.parse(next(record for record in records if record.key == number))


class Portal:
    """Answers pages and exports from the fiches it holds; `total` may be claimed."""

    def __init__(self, fiches: list[dict[str, Any]], total: int | None = None) -> None:
        self.fiches = fiches
        self.total = len(fiches) if total is None else total
        self.asked: list[tuple[str, dict[str, str]]] = []

    def __call__(self, asked: Asked) -> Behaviour:
        address = urlsplit(asked.target)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        what = address.path.partition("/rappelconso-v2-gtin-espaces/")[2]
        self.asked.append((what, query))
        if what == "exports/json":
            return says(json.dumps(self.fiches).encode())
        start = int(query["offset"])
        rows = self.fiches[start : start + int(query["limit"])]
        return says(json.dumps({"total_count": self.total, "results": rows}).encode())


def fiches(count: int) -> list[dict[str, Any]]:
    return [{**PATE, "numero_fiche": f"2026-06-{number:04}"} for number in range(count)]


async def test_what_is_new_is_asked_for_page_by_page(
    authority: Authority, fetcher: Fetcher
) -> None:
    portal = Portal(fiches(250))
    authority.will_choose(portal)

    found = [record async for record in RappelConso(fetcher, authority.url).fetch(NOW)]

    assert len(found) == 250
    assert [query.pop("offset") for _, query in portal.asked] == ["0", "100", "200"]
    assert portal.asked[0] == (
        "records",
        {
            "limit": "100",
            "order_by": "date_publication desc",
            "where": "date_publication>'2026-06-11'",
        },
    )


async def test_more_than_the_pages_reach_is_exported(
    authority: Authority, fetcher: Fetcher
) -> None:
    portal = Portal(fiches(120), total=10_001)
    authority.will_choose(portal)
    long_ago = NOW - timedelta(days=900)

    found = [record async for record in RappelConso(fetcher, authority.url).fetch(long_ago)]

    assert len(found) == 120
    assert [what for what, _ in portal.asked] == ["records", "exports/json"]
    assert portal.asked[1][1] == {"where": "date_publication>'2023-12-24'"}


async def test_everything_is_one_export(authority: Authority, fetcher: Fetcher) -> None:
    portal = Portal(fiches(3))
    authority.will_choose(portal)

    found = [record async for record in RappelConso(fetcher, authority.url).fetch(None)]

    assert len(found) == 3
    assert portal.asked == [("exports/json", {})]


async def test_nothing_new_is_no_outage(authority: Authority, fetcher: Fetcher) -> None:
    authority.will_choose(Portal([]))

    assert [r async for r in RappelConso(fetcher, authority.url).fetch(NOW)] == []


async def test_a_page_that_does_not_count_is_an_outage(
    authority: Authority, fetcher: Fetcher
) -> None:
    authority.will(says(b'{"results": []}'))

    with pytest.raises(SourceUnavailable, match="how many"):
        [r async for r in RappelConso(fetcher, authority.url).fetch(NOW)]


async def test_of_versions_on_two_pages_the_highest_stands(
    authority: Authority, fetcher: Fetcher
) -> None:
    corrected, before = dict(SORGHUM), {**SORGHUM, "numero_version": 1, "libelle": "riz"}
    authority.will_choose(Portal([corrected, *fiches(150), before]))

    found = [record async for record in RappelConso(fetcher, authority.url).fetch(NOW)]

    assert len(found) == 151
    notice = PURE.parse(next(record for record in found if record.key == "2026-06-0249"))
    assert notice.product == "Sorgho biologique décortiqué"


def test_a_corrected_fiche_keeps_its_identity() -> None:
    before = {**SORGHUM, "numero_version": 1}

    assert [record.key for record in split([before, SORGHUM])] == ["2026-06-0249"]
    assert [read(row).id for row in (before, SORGHUM)] == ["rappelconso-2026-06-0249"] * 2


@pytest.mark.parametrize(
    ("file", "formats"),
    [("records.json", {"v2"}), ("joined.json", {"v2-joined"}), ("first.json", {"v1"})],
)
def test_each_shape_is_known_by_name(file: str, formats: set[str]) -> None:
    records = PURE.split(recorded("rappelconso", file), DATASET, NOW)

    assert {record.format for record in records} == formats


def test_it_is_verified() -> None:
    assert PURE.verified


def test_one_fiche_alone_is_a_payload() -> None:
    assert len(split(CARS)) == 1


@pytest.mark.parametrize("payload", [{"error_code": "ODSQLError"}, 7, "text", None])
def test_what_holds_no_fiches_is_no_payload(payload: object) -> None:
    with pytest.raises(SourceUnavailable):
        split(payload)


def test_a_european_alert_carries_the_number_of_the_safety_gate() -> None:
    notice = read(CARS)

    assert (notice.number, notice.kind) == ("SR/00842/26", Kind.ADVISORY)
    assert notice.main_source.url == "https://rappel.conso.gouv.fr/fiche-rappel/49410/rapex"
    assert notice.hazard.kinds == (HazardKind.FIRE,)
    assert str(notice.units).count("manufactured") == 2


def test_a_recall_is_closed_once_its_end_has_passed() -> None:
    ends = {**SORGHUM, "date_de_fin_de_la_procedure_de_rappel": "2026-06-13"}
    today = {**SORGHUM, "date_de_fin_de_la_procedure_de_rappel": "2026-06-14"}

    assert read(ends).state is State.CLOSED
    assert read(today).state is State.OPEN
    assert read(SORGHUM).state is State.OPEN


def test_pictures_are_kept_apart_by_a_bar() -> None:
    image = read(SORGHUM).image

    assert (
        image == "https://rappel.conso.gouv.fr/image/4bbac4cd-ba1b-4603-961e-3eb3e45f6817.jpg"
    )


def test_lower_case_becomes_sentences_and_names() -> None:
    notice = read(PATE)

    assert notice.brands == ("Jules Courtial",)
    assert notice.title == (
        "Jules Courtial – Pâté à la châtaigne tranché - poche sous vide de 1 tranche"
    )
    assert notice.hazard.text.startswith("Suspicion de présence de listeria\nListeria")


@pytest.mark.parametrize("brand", ["sans marque", "SANS MARQUE", "", None, "nc"])
def test_a_product_without_a_brand_has_none(brand: str | None) -> None:
    assert read({**PATE, "marque_produit": brand}).brands == ("unbranded",)


def test_two_brands_in_one_field_are_two() -> None:
    notice = read({**PATE, "marque_produit": "carrefour / carrefour extra"})

    assert notice.brands == ("Carrefour", "Carrefour Extra")


def test_remedy_contact_and_sale_are_read() -> None:
    notice = read({**PATE, "modalites_de_compensation": "remboursement|echange",
                   "numero_contact": "0494176300"})  # fmt: skip

    assert [option.kind for option in notice.remedies[0].options] == [
        RemedyKind.REFUND,
        RemedyKind.REPLACE,
    ]
    assert notice.contacts[0].phone == "0494176300"
    assert notice.sold is not None
    assert (notice.sold.start, notice.sold.end) == (date(2021, 7, 8), date(2021, 7, 8))


def test_a_remedy_that_is_told_elsewhere_is_none_of_ours() -> None:
    assert read(SORGHUM).remedies == ()
    assert "Ne plus consommer" in (read(SORGHUM).note or "")


def test_a_sale_that_ends_before_it_begins_has_no_days() -> None:
    sold = read({**PATE, "date_debut_commercialisation": "2022-01-01"}).sold

    assert sold is not None
    assert (sold.start, sold.end) == (None, None)


def test_names_of_dishes_do_not_make_food_a_cooker() -> None:
    pork = read({**PATE, "libelle": "rôti de porc cuit au four"})

    assert pork.category == read(PATE).category


def test_the_first_data_set_wrote_days_the_french_way() -> None:
    bottle = first("2022-03-0002")

    assert bottle.state is State.CLOSED
    assert bottle.published is None
    assert bottle.sold is not None
    assert (bottle.sold.start, bottle.sold.end) == (date(2022, 1, 20), date(2022, 2, 28))
    assert bottle.main_source.url == "https://rappel.conso.gouv.fr/fiche-rappel/6347/interne"
    assert (bottle.image or "").startswith("https://rappel.conso.gouv.fr/image/998281b2")
    assert "BIBS BabyGlassBottle 110ml Blush" in bottle.names


def test_a_bar_code_in_place_of_a_name_is_no_name() -> None:
    toy = first("2022-03-0009")

    assert not toy.product.isdigit()
    assert "3555801358876" in str(toy.units)


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="no shared folder beside the repository")
def test_every_recorded_fiche_can_be_read() -> None:
    files = [*sorted((SHARED / "fr_rappelconso").glob("*.json")),
             *sorted((SHARED / "hand_excerpts").glob("rappelconso*.json"))]  # fmt: skip

    notices = [
        PURE.parse(record)
        for file in files
        for record in PURE.split(file.read_bytes(), DATASET, NOW)
    ]

    assert len(notices) == 52
