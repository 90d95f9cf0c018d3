"""The recall pages: search, one recall, and the age of the sources."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bots.web.facts import sold
from bots.web.pages import Words
from bots.web.recalls import MOST_RESULTS, question
from core.model.message import Quote
from core.model.recall import Sold
from core.text.units import Sentence, in_words
from tests.bots.web.stage import Shelf, a_full_notice, on_stage
from tests.builders import a_notice, a_rule

ATTACK = "<script>alert(1)</script>"


async def test_the_newest_recalls_are_shown_until_something_is_searched(words: Words) -> None:
    async with on_stage(words=words) as stage:
        page = await stage.client.get("/recalls")

    assert '<a href="/recalls/acme-x100-us" lang="en">Acme X100 power bank</a>' in page.text
    assert "United States, Canada, and Japan" in page.text


async def test_a_search_shows_what_it_found_and_for_which_words(words: Words) -> None:
    shelf = Shelf(a_full_notice(), a_notice(id="other", product="Toaster"))
    async with on_stage(words=words, shelf=shelf) as stage:
        page = await stage.client.get("/recalls", params={"q": "  toaster "})

    assert 'href="/recalls/other"' in page.text
    assert "acme-x100-us" not in page.text
    assert "match “toaster”" in page.text


async def test_a_search_that_finds_nothing_does_not_reassure(words: Words) -> None:
    async with on_stage(words=words) as stage:
        page = await stage.client.get("/recalls", params={"q": ATTACK * 50})

    assert "no proof" in page.text
    assert ATTACK not in page.text
    assert "/?ask=%3Cscript%3E" in page.text


async def test_an_empty_store_says_so(words: Words) -> None:
    async with on_stage(words=words, shelf=Shelf()) as stage:
        page = await stage.client.get("/recalls")

    assert "No notices are held here yet" in page.text


async def test_more_than_fit_asks_for_another_word(words: Words) -> None:
    shelf = Shelf(*(a_notice(id=f"n{number}") for number in range(MOST_RESULTS + 5)))
    async with on_stage(words=words, shelf=shelf) as stage:
        page = await stage.client.get("/recalls", params={"q": "acme"})

    assert page.text.count("<li>") == MOST_RESULTS
    assert f"the first {MOST_RESULTS}" in page.text


async def test_a_recall_shows_everything_that_is_known_of_it(words: Words) -> None:
    async with on_stage(words=words) as stage:
        page = (await stage.client.get("/recalls/acme-x100-us")).text

    for part in (
        "Stop using and charging it until you know",
        "It can overheat.",
        "X100 or X200",
        "begins with 57V",
        "the days from December 1, 2016 to October 31, 2017",
        "a unit that looks different may be covered too",
        "Only the maker&#39;s page can tell",
        "may be incomplete",
        "https://acme.example/check",
        "On the back, in small grey print.",
        "CPSC (25-338)",
        "1,158,000",
        "19 fires and explosions.",
        "from June 1, 2016 to December 31, 2022, online, $27",
        "a free replacement (X300) or a gift card of $30.00",
        "since September 18, 2025",
        "with the date and your initials",
        "No receipt is needed.",
        "https://acme.example/claim",
        "a refund",
        'href="tel:8009887973"',
        'href="mailto:support@acme.example"',
        "Take it to a hazardous waste site.",
        "Version 1: the first one",
        "Version 2: more units",
        "as first published",
        "https://cpsc.example/recall/1",
        "official notice · read June 1, 2026",
        "the maker · read June 1, 2026",
        "https://recalls.example/other",
        "Two markets, one maker.",
        'href="/?ask=Acme%20X100"',
    ):
        assert part in page, part


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        ({"state": "closed"}, "as dangerous as before"),
        ({"state": "retracted"}, "has taken it back"),
        ({"kind": "advisory"}, "Product safety warning"),
        ({"kind": "withdrawal"}, "Withdrawal from sale"),
        ({"category": "heater"}, "Stop using it until you know"),
        ({"remedies": ()}, "No remedy is held here"),
        ({"expands": ("acme-x50-us",)}, "/recalls/acme-x50-us"),
        ({"published": None, "number": None, "contacts": (), "sold": None}, "Acme X100"),
        ({"regions": ("WORLD",)}, "worldwide"),
    ],
)
async def test_every_kind_of_notice_has_a_page(
    facts: dict[str, Any], shown: str, words: Words
) -> None:
    shelf = Shelf(a_full_notice(**facts))
    async with on_stage(words=words, shelf=shelf) as stage:
        page = await stage.client.get("/recalls/acme-x100-us")
        listed = await stage.client.get("/recalls")

    assert page.status_code == listed.status_code == 200
    assert shown in page.text


async def test_whatever_a_notice_says_stays_text(words: Words) -> None:
    shelf = Shelf(
        a_notice(
            a_rule({"op": "unparsed", "verbatim": ATTACK}),
            product=ATTACK,
            authority=ATTACK,
            brands=(ATTACK,),
            note=ATTACK,
            complete=False,
        )
    )
    async with on_stage(words=words, shelf=shelf) as stage:
        page = await stage.client.get("/recalls/acme-x100-us")
        listed = await stage.client.get("/recalls")

    assert ATTACK not in page.text + listed.text


def test_a_notice_without_a_model_is_asked_about_by_its_product() -> None:
    notice = a_notice(a_rule({"op": "all_units"}), brands=("Acme",), product="Kettle")

    assert question(notice) == "Acme Kettle"


# --- which units, in words --------------------------------------------------------------------

RULES: list[tuple[dict[str, Any], str]] = [
    ({"op": "all_units"}, "Every unit of the product."),
    ({"op": "model", "any_of": ["A1"]}, "The model number is A1."),
    (
        {"op": "model", "any_of": ["20HQ", "20HR", "20K3"], "match": "prefix"},
        "The model number begins with 20HQ, 20HR, or 20K3.",
    ),
    ({"op": "code", "field": "asin", "eq": ["B00"]}, "The Amazon product ID is B00."),
    ({"op": "code", "field": "serial", "ends": ["JC"]}, "The serial number ends in JC."),
    ({"op": "code", "field": "lot", "contains": ["K8"]}, "The lot number contains K8."),
    (
        {
            "op": "code",
            "field": "vin",
            "at": [-6, -1],
            "length": [17],
            "between": [["000076", "005141"]],
            "order": "number",
        },
        "The vehicle number (VIN), last 6 characters, is from 000076 to 005141.",
    ),
    (
        {"op": "code", "field": "serial", "at": [-4, -2], "eq": ["ABC"]},
        "The serial number, characters 2 to 4 counted from the end, is ABC.",
    ),
    (
        {"op": "code", "field": "serial", "at": [1, 2], "eq": ["20"], "shape": "99AA"},
        (
            "The serial number, characters 1 to 2, is 20. The whole code looks like 99AA, "
            "where 9 is any digit, A any letter and * either."
        ),
    ),
    (
        {"op": "date", "field": "bought", "start": "2022-12-25", "end": "2025-10-21"},
        "The date of purchase is from December 25, 2022 to October 21, 2025.",
    ),
    (
        {"op": "date", "field": "bought", "end": "2025-06-26"},
        "The date of purchase is June 26, 2025 or earlier.",
    ),
    (
        {"op": "date", "field": "expiry", "start": "2022-04-01", "hard": True},
        "The expiry date is April 1, 2022 or later.",
    ),
    (
        {"op": "attr", "field": "region", "any_of": ["JP", "US"]},
        "The country where it was bought is Japan or United States.",
    ),
    (
        {"op": "inspect", "field": "yellow_cap", "question": "Do you see a yellow cap?"},
        ("Covered if the answer is yes:", "Do you see a yellow cap?"),
    ),
    (
        {"op": "unparsed", "verbatim": "certain units"},
        ("In the notice's words:", "certain units"),
    ),
]


@pytest.mark.parametrize(("rule", "said"), RULES)
def test_each_condition_is_a_sentence(
    rule: dict[str, Any], said: str | tuple[str, str], words: Words
) -> None:
    text, quoted = said if isinstance(said, tuple) else (said, None)

    sentence = in_words(a_rule(rule), words("en"))

    assert sentence == Sentence(text, quote=Quote(quoted) if quoted else None)


def test_a_group_is_a_list_and_a_group_of_one_is_not(words: Words) -> None:
    one = {"op": "model", "any_of": ["A1"]}
    red = {"op": "attr", "field": "colour", "any_of": ["red"], "hard": True}
    rule = {
        "op": "or",
        "of": [{"op": "and", "of": [one]}, {"op": "not", "rule": red}],
    }

    said = in_words(a_rule(rule), words("en"))

    assert said == Sentence(
        "At least one of these holds:",
        (
            Sentence("The model number is A1."),
            Sentence("This does not hold:", (Sentence("The colour is red."),)),
        ),
    )


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ({"start": "2016-06-01"}, "from June 1, 2016"),
        ({"end": "2016-06-01", "price": "$5"}, "until June 1, 2016, $5"),
        ({"where": "in shops"}, "in shops"),
    ],
)
def test_when_it_was_sold_is_told_as_far_as_it_is_known(
    fact: dict[str, str], said: str, words: Words
) -> None:
    assert sold(Sold.model_validate({**fact, "source": "cpsc"}), words("en")) == said


# --- the age of the sources -------------------------------------------------------------------


async def test_people_are_told_which_source_is_too_old(words: Words) -> None:
    async with on_stage(words=words) as stage:
        page = await stage.client.get("/health")

    assert page.text.index("Within its limit") < page.text.index("Too old to say")
    assert "the limit is 90 days" in page.text


async def test_machines_are_told_the_same(words: Words) -> None:
    async with on_stage(words=words) as stage:
        told = (await stage.client.get("/health.json")).json()

    assert told["status"] == "stale"
    assert [(source["name"], source["fresh"]) for source in told["sources"]] == [
        ("catalogue", True),
        ("elder", False),
    ]


class Fresh(Shelf):
    async def ages(self) -> Any:
        return (await super().ages())[:1]


class Empty(Shelf):
    async def ages(self) -> Any:
        return []


@pytest.mark.parametrize(
    ("shelf", "status"),
    [(Fresh(), "ok"), (Fresh(age=timedelta(days=91)), "stale"), (Empty(), "stale")],
)
async def test_no_source_at_all_is_not_fresh(shelf: Shelf, status: str, words: Words) -> None:
    async with on_stage(words=words, shelf=shelf) as stage:
        told = (await stage.client.get("/health.json")).json()
        page = await stage.client.get("/health")

    assert told["status"] == status
    assert page.status_code == 200
