"""Which recall a notice takes up, which notices are one event, and what is only a drill."""

from __future__ import annotations

from typing import Any

import pytest

from core.ingest.linking import (
    expanded_by,
    is_exercise,
    named_by_suffix,
    says_expansion,
)
from core.ingest.reviewed import answered_by
from core.model.event import POINTS, event_keys, page_of
from core.model.recall import Notice
from tests.builders import NOW, a_citation, a_model, a_notice


def one(name: str, **facts: Any) -> Notice:
    return a_notice(**{"id": name, "number": name, "product": "Leaf vacuum", **facts})


def test_the_suffix_of_a_number_names_what_is_expanded() -> None:
    first = one("a", number="030-2024", brands=("Yu Shang",))
    more = one("b", number="030-2024-EXP", brands=("Yu Shang Food",))
    other = one("c", number="031-2024", brands=("Yu Shang Food",))

    assert says_expansion(more)
    assert expanded_by(more, [first, other, more]) == ("a",)


def test_the_suffix_of_a_number_gives_the_id_of_the_earlier_notice() -> None:
    more = one("usda-fsis-030-2024-exp", number="030-2024-EXP")
    plain = one("usda-fsis-030-2024", number="030-2024")

    assert named_by_suffix(more) == plain.id
    assert named_by_suffix(plain) is None


def test_a_number_in_the_text_names_what_is_expanded() -> None:
    first = one("a", number="25-437", product="Drawer dresser")
    other = one("b", number="25-438")
    more = one("c", number="26-011", title="Acme Expands Recall 25-437 of Leaf Vacuums")

    assert expanded_by(more, [first, other]) == ("a",)


@pytest.mark.parametrize(
    "said",
    ["Write to P.O. Box 25437.", "Call 254-3700.", "Recall 25437,000 units", "Model 25437"],
)
def test_a_number_that_is_not_called_a_recall_names_none(said: str) -> None:
    first = one("a", number="25437", brands=("Other",))
    more = one("c", title="Acme Expands Recall of Leaf Vacuums", note=said)

    assert expanded_by(more, [first]) == ()


@pytest.mark.parametrize(
    ("title", "takes_up"),
    [
        ("DR Power Equipment Reannounces and Expands Recall of Leaf Vacuums", True),
        ("WLIVE Fabric Drawer Dressers Recall Expanded to Include 16-Drawer Dressers", True),
        ("Garment Steamers Recalled by Empower Brands in Major Recall Expansion", True),
        ("Children's Robes Recall Expansion Announced Due to Burn Hazard", True),
        ("HP expands notebook batteries recall programme", True),
        ("ByHeart Broadens Voluntary Recall While Investigation Continues", True),
        ("Boar's Head Provisions Co. Expands Recall for Ready-To-Eat Meat", True),
        ("Expanded recall: Ascent Series blending containers", True),
        ("Acme Announces Second Recall of Lamps", True),
        ("Acme Re-announces Recall of Lamps", True),
        (
            "Peaches Recalled - Codes Revised; This Recall Has Not Been Expanded",
            False,
        ),
        ("Goal Zero Yeti Link Expansion Module recalled due to fire hazard", False),
        ("Acme Recalls Expansion Tanks Due to Burst Hazard", False),
        ("Acme Recalls Expanded Metal Grills", False),
        ("Expanded polystyrene helmets recalled", False),
        ("Winston Products Recalls HydroTech Expandable Burst-Proof Hoses", False),
        ("Ladders That Extend Recalled Due to Fall Hazard", False),
    ],
)
def test_taking_up_an_earlier_recall_is_told_from_things_that_expand(
    title: str, *, takes_up: bool
) -> None:
    assert says_expansion(one("a", title=title)) is takes_up


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Including those who got a cable in the April 2024 recall.", ("a",)),
        ("Two deaths were reported after the 2024 recall.", ("a",)),
        ("Since the recall was announced on April 11, 2024, nine were reported.", ("a",)),
        ("Acme recalled in 2022 and recalled in April 2024.", ("a",)),
        ("Including those of the May 2024 recall.", ()),
        ("Including those of the 2022 recall.", ()),
        ("Sold in 2022.", ("a",)),
    ],
)
def test_the_date_it_gives_of_the_earlier_recall_must_agree(
    said: str, found: tuple[str, ...]
) -> None:
    first = one("a", published="2024-04-11")
    fact = {"text": said, "source": "cpsc"}
    more = one(
        "c", title="Acme Reannounces Recall of Vacuums", published="2025-01-08", incidents=fact
    )

    assert expanded_by(more, [first]) == found


def test_a_recall_for_another_hazard_is_not_what_is_expanded() -> None:
    cut = {"kinds": ["laceration"], "text": "It cuts.", "source": "cpsc"}
    more = one("c", title="Acme Expands Recall of Leaf Vacuums", published="2026-01-08")

    assert expanded_by(more, [one("a"), one("b", hazard=cut)]) == ("a",)


def test_the_brand_alone_makes_no_two_products_alike() -> None:
    brand = ("Acme Comfort Technologies",)
    first = one(
        "a", brands=brand, product="Acme Comfort Technologies lamp", units=a_model("L1")
    )
    more = one(
        "c",
        brands=brand,
        product="Acme Comfort Technologies fan",
        title="Acme Expands Recall of Fans",
        units=a_model("F1"),
    )

    assert expanded_by(more, [first]) == ()


def test_without_a_day_nothing_is_guessed() -> None:
    more = one("c", title="Acme Expands Recall of Leaf Vacuums", published=None)

    assert expanded_by(more, [one("a")]) == ()


def test_without_a_number_brand_and_product_must_agree() -> None:
    more = one("c", title="Acme Expands Recall of Leaf Vacuums", published="2026-01-08")
    first = one("a", published="2024-01-01", units=a_model("V1"))
    stranger = one("b", brands=("Other",), published="2024-01-01")
    another = one("d", product="Hedge trimmer", published="2024-01-01", units=a_model("H1"))
    later = one("e", published="2026-02-01")

    assert expanded_by(more, [first, stranger, another, later]) == ("a",)


def test_between_two_nothing_is_guessed() -> None:
    more = one("c", title="Acme Expands Recall of Leaf Vacuums")

    assert expanded_by(more, [one("a"), one("b")]) == ()


def test_of_a_chain_the_last_counts() -> None:
    more = one("c", title="Acme Expands Recall of Leaf Vacuums Again")

    assert expanded_by(more, [one("a"), one("b", expands=("a",))]) == ("b",)


def test_another_authority_is_never_expanded() -> None:
    more = one("c", title="Acme Expands Recall of Leaf Vacuums")

    assert expanded_by(more, [one("a", authority="Health Canada")]) == ()


@pytest.mark.parametrize(
    ("title", "drill"),
    [
        ("TEST", True),
        ("Test record - please ignore", True),
        ("[EXERCISE] Acme Recalls Lamps", True),
        ("EXERCISE: Acme Recalls Lamps", True),
        ("This is a test of the recall system", True),
        ("Acme Recalls Exercise Bikes", False),
        ("Exercise Bikes Recalled Due to Fall Hazard", False),
        ("Test Strips Recalled by Acme", False),
        ("Pregnancy Test", False),
        ("Acme Recalls Drill-Drivers", False),
        ("Drill Bits Recalled", False),
    ],
)
def test_a_drill_is_told_from_things_of_that_name(title: str, *, drill: bool) -> None:
    assert is_exercise(a_notice(title=title)) is drill


def test_an_address_has_one_spelling() -> None:
    spellings = {
        page_of("https://www.cpsc.gov/Recalls/2025/Lamp"),
        page_of("http://cpsc.gov/recalls/2025/lamp/"),
        page_of("https://www.cpsc.gov/Recalls/2025/Lamp?utm_source=x#top"),
    }

    assert spellings == {"cpsc.gov/recalls/2025/lamp"}
    assert page_of("https://a.jp/detail.php?rcl=1") != page_of("https://a.jp/detail.php?rcl=2")


def at(url: str) -> tuple[dict[str, Any], ...]:
    return (a_citation() | {"url": url},)


def meet(one: Notice, other: Notice) -> bool:
    """Say whether one of them bears a name that the other bears or points to."""
    ours, theirs = event_keys(one), event_keys(other)
    pointed = {name for name in ours if f"{POINTS}{name}" in theirs}
    pointed |= {name for name in theirs if f"{POINTS}{name}" in ours}
    return bool(pointed) or any(not name.startswith(POINTS) for name in ours & theirs)


CANADA = "https://recalls-rappels.canada.ca/en/alert-recall"
TRANSPORT = "https://wwwapps.tc.gc.ca/Saf-Sec-Sur/7/VRDB-BDRV/search-recherche/detail.aspx"
FICHE = "https://rappel.conso.gouv.fr/fiche-rappel"


@pytest.mark.parametrize(
    ("pointed", "page"),
    [
        (f"{CANADA}/lamp", f"{CANADA}/lamp?utm_source=feed"),
        (f"{CANADA}/Lamp/", f"{CANADA}/lamp#issue"),
        ("https://rsams.prod.cloud.openplus.ca/en/alert-recall/lamp", f"{CANADA}/lamp"),
        (
            f"{TRANSPORT}?lang=eng&rn=2025124",
            f"{CANADA}/transport-canada-recall-2025124-polaris",
        ),
    ],
)
def test_a_joint_recall_meets_the_page_it_points_to(pointed: str, page: str) -> None:
    cpsc = one("a", linked=(pointed,))

    assert meet(cpsc, one("b", sources=at(page)))
    assert not meet(cpsc, one("c", sources=at(f"{CANADA}/lamp-2")))
    assert not meet(cpsc, one("d", sources=at(f"{CANADA}/transport-canada-recall-2025125-x")))


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("SR/00842/26", True),
        ("sr/00842/26", True),
        ("SR/842/26", True),
        ("SR / 00842 / 2026", True),
        ("SR/00842/25", False),
        ("SR/00843/26", False),
        ("A12/00842/26", False),
        ("XSR/00842/26", False),
        ("SR/00842/26 and others", False),
    ],
)
def test_a_case_number_names_its_event_however_it_is_written(
    written: str, *, same: bool
) -> None:
    gate = one("a", number="SR/00842/26", sources=at("https://ec.europa.eu/alertDetail/1"))
    france = one("b", number=written, sources=at(f"{FICHE}/49410/rapex"))

    assert meet(gate, france) is same


def test_a_fiche_is_met_by_its_number_and_by_its_page() -> None:
    fiche = one("a", number="2026-02-0062", sources=at(f"{FICHE}/1506/interne"))
    by_number = one("b", linked=(f"{FICHE}/2026-02-0062",), sources=at("https://ec.eu/1"))
    by_page = one("c", linked=(f"{FICHE}/1506/Interne",), sources=at("https://ec.eu/2"))
    elsewhere = one("d", number="2026-02-0062", sources=at("https://other.example/1"))

    assert meet(fiche, by_number)
    assert meet(fiche, by_page)
    assert not meet(by_number, by_page)
    assert not meet(elsewhere, by_number)


def test_a_date_in_an_address_is_no_case_number() -> None:
    ours = one("a", linked=("https://acme.example/a4/2024/05",))
    theirs = one(
        "b", linked=("https://other.example/a4/2024/05",), sources=at("https://o.eu/1")
    )

    assert not meet(ours, theirs)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.cpsc.gov/",
        "https://recalls-rappels.canada.ca/en",
        "https://ec.europa.eu/safety-gate-alerts",
        "https://www.accessdata.fda.gov/scripts/ires/index.cfm",
        "https://www.consumerproductsafety.gov.sg/consumers/safety-alerts-and-recalls/others/",
    ],
)
def test_the_page_of_many_notices_is_no_event(url: str) -> None:
    assert event_keys(one("a", sources=at(url))) == frozenset()


FEED = one("cpsc-25-466", complete=False)


@pytest.mark.parametrize(
    ("reviewed", "name"),
    [
        (one("acme"), "acme"),
        (one("acme", regions=("WORLD",)), "acme"),
        (one("acme", regions=("JP",)), None),
        (one("acme", state="retracted"), None),
        (one("acme", sources=(a_citation("maker"),)), None),
        (one("acme", sources=(a_citation() | {"url": "https://cpsc.example/2"},)), None),
    ],
)
def test_a_reviewed_notice_of_the_same_page_answers_for_the_draft(
    reviewed: Notice, name: str | None
) -> None:
    assert answered_by(FEED, [reviewed], None) == name


def test_a_reviewed_notice_that_names_fewer_models_does_not() -> None:
    feed = FEED.model_copy(update={"units": a_model("X100", "X200")})
    other = one("other").model_copy(update={"units": a_model("X200")})

    assert answered_by(feed, [one("acme")], None) is None
    assert answered_by(feed, [one("acme"), other], None) == "acme"


def test_a_reviewed_notice_older_than_the_last_change_does_not() -> None:
    assert answered_by(FEED, [one("acme")], NOW) is None
