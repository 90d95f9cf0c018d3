"""Recalls per week: the picture, its colours, the numbers beside it; and the sources' page."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from bots.web.charts import MOST_SERIES, SHOWN_WEEKS, series
from bots.web.drawing import DARK, LIGHT, MOST_STEPS, SCHEMES, draw, whole_steps
from bots.web.pages import STATIC, Words
from core.model.recall import HazardKind
from core.model.revision import RevisionKind
from core.store import listing
from core.store.feed import keep
from core.store.listing import Weeks
from core.store.work import Database
from core.store.writing import Version
from core.text.translations import languages
from tests.bots.web.stage import Shelf, a_source, on_stage
from tests.builders import NOW, a_notice

TODAY = date(2026, 6, 14)  # a Sunday
SVG = "{http://www.w3.org/2000/svg}"


def weeks_of(**counts: tuple[int, ...]) -> Weeks:
    """Return weeks in which each of these hazards was told of so often."""
    number = len(next(iter(counts.values())))
    mondays = tuple(date(2026, 6, 1) + timedelta(weeks=week) for week in range(number))
    every = {HazardKind(name): row for name, row in counts.items()}
    return Weeks(
        mondays, tuple(sum(each) for each in zip(*counts.values(), strict=True)), every
    )


# --- counting --------------------------------------------------------------------------------


async def test_recalls_are_counted_in_the_week_of_their_publication(tmp_path: Path) -> None:
    both = {"kinds": ["fire", "burn"], "text": "It burns.", "source": "cpsc"}
    days = [TODAY, TODAY - timedelta(6), TODAY - timedelta(7), TODAY - timedelta(400), None]
    held = [
        Version(a_notice(id=f"n{n}", published=day, hazard=both), RevisionKind.NEW)
        for n, day in enumerate([*days, date(2099, 1, 1)])
    ]
    drill = Version(a_notice(id="drill", published=TODAY), RevisionKind.NEW, exercise=True)
    database = await Database.open(str(tmp_path / "recallbot.db"))

    async with database.writing() as connection:
        await keep(connection, "cpsc", [*held, drill], NOW)
    async with database.reading() as connection:
        counted = await listing.weeks(connection, TODAY, 3)
    await database.close()

    assert counted.mondays == (date(2026, 5, 25), date(2026, 6, 1), date(2026, 6, 8))
    assert counted.recalls == (0, 1, 2)
    assert counted.hazards == {HazardKind.FIRE: (0, 1, 2), HazardKind.BURN: (0, 1, 2)}


def test_rare_hazards_are_told_together_and_none_is_lost(words: Words) -> None:
    counts = {kind.value: (place, 1) for place, kind in enumerate(HazardKind)}

    shown = series(weeks_of(**counts), words("en"))

    assert len(shown) == MOST_SERIES + 1
    assert shown[0].name == "Failure to protect"
    assert shown[-1].name == "Other hazards"
    assert sum(one.counts[0] for one in shown) == sum(range(len(HazardKind)))


# --- drawing ---------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", languages())
def test_the_picture_is_sound_in_every_language(lang: str, words: Words) -> None:
    weeks = weeks_of(fire=(3, 0), burn=(1, 12))
    spoken = words(lang)

    drawn = draw(weeks.mondays, series(weeks, spoken), spoken)

    picture = etree.fromstring(drawn)
    said = {"".join(map(str, text.itertext())) for text in picture.iter(f"{SVG}text")}
    assert {spoken("web_weeks_title"), spoken("web_hazard_fire")} <= said
    assert not list(picture.iter(f"{SVG}script"))
    # The namespaces are names; nothing is loaded.
    assert b"href" not in drawn
    assert b"@import" not in drawn


def test_a_picture_of_nothing_says_so(words: Words) -> None:
    drawn = draw((date(2026, 6, 1),), (), words("en"))

    assert b"No recalls are held here of these weeks." in drawn


def light(colour: str) -> float:
    """Return the relative luminance of "#rrggbb" as WCAG 2 defines it."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((light(one), light(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(("scheme", "bars"), [("light", LIGHT), ("dark", DARK)])
def test_bars_and_words_stand_out_from_the_page(scheme: str, bars: tuple[str, ...]) -> None:
    colours = SCHEMES[scheme]

    weakest = min(contrast(bar, colours["page"]) for bar in bars)

    assert weakest >= 3
    assert contrast(colours["text"], colours["page"]) >= 4.5
    assert len(set(bars)) == len(bars) == MOST_SERIES + 1


def test_the_picture_has_the_colours_of_the_pages() -> None:
    style = (STATIC / "style.css").read_text()

    used = [
        SCHEMES[scheme][name] for scheme, name in product(SCHEMES, ("page", "text", "line"))
    ]

    assert [colour for colour in used if colour not in style] == []


# --- the pages -------------------------------------------------------------------------------


async def test_the_numbers_stand_beside_the_picture_the_newest_week_first() -> None:
    async with on_stage() as stage:
        page = await stage.client.get("/weeks")
        picture = await stage.client.get("/weeks.svg", headers={"Accept-Language": "ja"})

    rows = page.text.split("<tr>")[2:]
    assert len(rows) == SHOWN_WEEKS
    assert f"<td>{SHOWN_WEEKS - 1}</td>" in rows[0]
    assert "<td>0</td>" in rows[-1]
    assert picture.headers["content-type"] == "image/svg+xml"
    assert "週ごとのリコール" in picture.text


async def test_sources_are_shown_with_their_terms_and_what_is_odd() -> None:
    class Odd(Shelf):
        async def sources(self) -> Any:
            return [
                a_source(),
                a_source("off", enabled=False, last_success=None, age_s=None, notices=0),
                a_source("bad", verified=False, error="no <route>", licence_url=None),
                a_source("mute", alarms=[{"kind": kind} for kind in ("silent", "outage")]),
            ]

    async with on_stage(shelf=Odd()) as stage:
        page = await stage.client.get("/sources")

    for said in (
        "Source: the Commission &amp; others",
        "1,234",
        "1 day ago",
        "Not read at present",
        "never",
        "Unverified",
        "The last reading failed",
        "Silent for longer",
        "Not reachable",
        'href="https://www.cpsc.example/terms"',
    ):
        assert said in page.text
    assert "no <route>" not in page.text


async def test_the_pages_of_an_empty_store_work() -> None:
    class Bare(Shelf):
        async def sources(self) -> Any:
            return []

    async with on_stage(shelf=Bare()) as stage:
        answers = [
            await stage.client.get(path)
            for path in ("/weeks", "/weeks.svg", "/sources", "/recalls")
        ]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 200]


@pytest.mark.parametrize("most", [0, 1, 2, 3, 8, 9, 30, 57, 709, 12_345])
def test_the_numbers_beside_the_bars_are_whole_few_and_reach_the_highest(most: int) -> None:
    steps = whole_steps(most)

    assert steps[0] == 0
    assert steps[-1] >= most
    assert len(set(steps)) == len(steps) <= MOST_STEPS + 2
    assert len({later - one for one, later in pairwise(steps)}) == 1
