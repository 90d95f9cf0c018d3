"""Which recall a notice takes up, which notices are one event, and what is only a drill."""

from __future__ import annotations

from typing import Any

import pytest

from core.ingest.linking import expanded_by, is_exercise, says_expansion
from core.ingest.reviewed import answered_by
from core.model.event import event_keys, page_of
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


def test_a_number_in_the_text_names_what_is_expanded() -> None:
    first = one("a", number="25-437", product="Drawer dresser")
    other = one("b", number="25-438")
    more = one("c", number="26-011", title="Acme Expands Recall 25-437 of Leaf Vacuums")

    assert expanded_by(more, [first, other]) == ("a",)


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


def test_notices_of_one_event_share_a_key() -> None:
    page = "https://recalls-rappels.canada.ca/en/alert-recall/lamp"
    cpsc = one("a", linked=(page,))
    canada = one("b", sources=(a_citation() | {"url": f"{page}?utm_source=feed"},))
    gate = one("c", number="SR/00842/26", sources=(a_citation() | {"url": "https://ec.eu/1"},))
    france = one("d", number="sr/00842/26", sources=(a_citation() | {"url": "https://r.fr/1"},))

    assert event_keys(cpsc) & event_keys(canada)
    assert event_keys(gate) & event_keys(france) == {"case SR/00842/26"}
    assert not event_keys(cpsc) & event_keys(gate)


def test_the_page_of_a_whole_site_is_no_event() -> None:
    home = one("a", sources=(a_citation() | {"url": "https://www.cpsc.gov/"},))

    assert event_keys(home) == frozenset()


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
