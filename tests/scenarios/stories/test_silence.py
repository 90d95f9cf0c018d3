"""Stories of silence: what is no news reaches nobody, and stops nothing that is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from core.ingest.run import OUTAGE, Reader
from core.sources.registry import build
from tests.fakes import a_record
from tests.platforms.asking import QUICK, Patience, asker
from tests.platforms.authority import Behaviour, pours, running, says
from tests.scenarios.desk import Record, another, cpsc, recorded
from tests.scenarios.stories.town import Town

LAMP = {"brands": ["Zorb"], "product": "Zorb lamp", "units": {"op": "model", "any_of": ["ZB9"]}}
FLOOD = 200_000_000


async def everybody_listens(town: Town) -> None:
    """Let somebody watch for fires, a group get every recall, and an owner have a thing."""
    await town.says("/watch fire", "eve")
    await town.says_in_group("/feed on", "flat", admin=True)
    await town.says("I own an Acme X100", "ann")


def kettle(number: int, **facts: Any) -> Record:
    """Return a recall of the CPSC from another time, of one kettle each."""
    products = [{**cpsc("26135")["Products"][0], "Name": f"Acme kettles KT{number:05}"}]
    title = f"Acme recalls kettles KT{number:05} due to fire hazard"
    return another(number, Products=products, Title=title, **facts)


async def test_s03_recalls_of_long_ago_that_are_stamped_anew_are_announced_to_nobody(
    town: Town,
) -> None:
    old = [
        kettle(
            number,
            RecallDate=f"{2000 + number % 5}-05-02T00:00:00",
            LastPublishDate="2004-06-01T00:00:00",
        )
        for number in range(1, 710)
    ]
    stamped = [one | {"LastPublishDate": "2026-06-14T00:00:00"} for one in old]
    known, never_held = old[:200], stamped[200:]
    await town.replays("cpsc", json.dumps([*known, cpsc("26349")]).encode())
    await everybody_listens(town)
    await town.says("I own an Acme KT00007", "kim")

    report = await town.replays("cpsc", json.dumps([*stamped[:200], *never_held]).encode())
    await town.passes(hours=12)

    assert dict(report.counts) == {"same": 200, "seeded": 509}
    assert town.everything == []


async def test_s04_a_first_start_announces_nothing_and_still_knows_it_all(town: Town) -> None:
    await town.says("/watch fire", "eve")
    await town.says_in_group("/feed on", "flat", admin=True)
    archive = [a_record(f"25-{number:05}", **of_kettle(number)) for number in range(10_000)]

    report = await town.reads(*archive)
    await town.passes(days=2)
    told = await town.says("I own an Acme KT09999", "ann")

    assert dict(report.counts) == {"seeded": 10_000}
    assert town.everything == []
    assert "Product safety recall: Acme kettle (KT09999)" in told.plain


def of_kettle(number: int) -> dict[str, Any]:
    """Return the facts of a recall of one kettle."""
    units = {"op": "model", "any_of": [f"KT{number:05}"], "match": "exact"}
    return {"product": "Acme kettle", "units": units}


async def test_s11_what_flips_or_vanishes_is_told_once_and_never_cleared(town: Town) -> None:
    standing, closed = a_record("1"), a_record("1", state="closed")
    await town.reads(a_record("0", **LAMP))
    await everybody_listens(town)
    await town.reads(standing, a_record("0", **LAMP))
    await town.passes(minutes=5)

    for version in (closed, standing, closed, standing, closed):
        await town.reads(version, a_record("0", **LAMP))
        await town.passes(minutes=5)
    await town.reads(a_record("0", **LAMP))
    await town.reads(standing, a_record("0", **LAMP))
    await town.passes(minutes=5)

    alert, closing = town.got("ann")
    assert alert.startswith("Product safety recall: your Acme X100")
    assert closing.startswith("Product safety recall")
    assert "Stop using" in closing
    assert not [told for told in town.everything if "is safe" in told]


async def test_s12_an_exercise_of_an_authority_reaches_nobody(town: Town) -> None:
    await town.reads(a_record("0", **LAMP))
    await everybody_listens(town)
    exercise = a_record("1", title="TEST: Acme recalls its power bank")

    await town.reads(a_record("0", **LAMP), exercise)
    await town.reads(a_record("0", **LAMP), exercise | {"hazard": FIRE})
    await town.passes(days=2)
    asked = await town.says("Acme X100", "bob")

    assert town.everything == []
    assert "Product safety recall" not in asked.plain


FIRE = {"kinds": ["fire", "burn"], "text": "It burns.", "source": "fake"}


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: says(json.dumps(recorded("cpsc/error.json")).encode()),
        lambda _: says(b"[]"),
        lambda _: says(b"<!doctype html><title>Sorry</title>", "text/html"),
        lambda body: says(body[: len(body) // 2]),
        lambda body: pours(body[:1000], FLOOD),
    ],
    ids=["RecallID 0", "empty", "html", "half", "200 MB"],
)
async def test_s22_nonsense_with_status_200_is_an_outage_told_once_and_announces_nothing(
    town: Town, answer: Callable[[bytes], Behaviour]
) -> None:
    page = json.dumps([cpsc("26349")]).encode()
    news = json.dumps([cpsc("26349"), cpsc("26135")]).encode()
    await town.replays("cpsc", page)
    await everybody_listens(town)
    await town.says("I own an INIU BI-B41", "ivy")
    async with running() as authority, asker(Patience(), QUICK) as fetcher:
        source = build("cpsc", fetcher, authority.url)
        reader = Reader(town.database, town.clock)
        authority.will_choose(lambda _: answer(news))

        with capture_logs() as logs:
            for _ in range(3):
                await town.passes(hours=1)
                report = await reader.cycle(source, whole=True)
        await town.passes(hours=1)

    assert report.error
    assert not report.counts
    assert [log["event"] for log in logs if log["event"] == OUTAGE] == [OUTAGE]
    assert town.everything == []


async def test_s23_one_malformed_record_of_900_is_kept_and_the_others_arrive(
    town: Town,
) -> None:
    archive = [a_record(f"25-{number:05}", **of_kettle(number)) for number in range(899)]
    await town.reads(*archive[:450])
    await town.says("I own an Acme KT00898", "ann")
    broken = {"key": "broken", "regions": 7}

    report = await town.reads(*archive[:450], broken, *archive[450:])
    await town.passes(minutes=5)

    assert dict(report.counts) == {"same": 450, "new": 449, "unreadable": 1}
    assert town.headlines("ann") == ["Product safety recall: your Acme kettle (KT00898)"]
