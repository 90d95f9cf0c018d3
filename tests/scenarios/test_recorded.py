"""Stories of feeds told with the records that authorities really sent, by the real sources."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from core.ingest.run import Reader
from core.model.recall import State
from core.model.verdict import Verdict
from core.sources.contract import RawRecord
from core.sources.cpsc import Cpsc
from core.sources.http import Fetcher
from core.store import notices, raw
from core.store.notices import RevisionKind
from tests.scenarios.desk import FIXTURES, Desk, Record, another, cpsc, recorded
from tests.scenarios.stage import FixedClock, Stage


class OnTape:
    """The CPSC, answering with what it was recorded to say."""

    def __init__(self, clock: FixedClock) -> None:
        self._clock = clock
        self._cpsc = Cpsc(Fetcher())
        self.name = self._cpsc.name
        self.authority = self._cpsc.authority
        self.cadence = self._cpsc.cadence
        self.verified = self._cpsc.verified
        self.split = self._cpsc.split
        self.parse = self._cpsc.parse

    async def fetch(self, since: datetime | None) -> AsyncIterator[RawRecord]:
        assert since is None
        page = (FIXTURES / "cpsc/recalls.json").read_bytes()
        for record in self.split(page, "https://cpsc.example/", self._clock.now()):
            yield record


async def test_s02_an_answer_from_a_feed_too_old_for_it_is_no_negative(stage: Stage) -> None:
    await Reader(stage.database, stage.clock).cycle(OnTape(stage.clock))
    async with stage.database.reading() as connection:
        stage.talk.learn(await notices.lexicon(connection))
    fresh = await stage.asks("Foobar X100", "US")
    stage.clock.pass_days(8)

    stale = await stage.asks("Foobar X100", "US")
    positive = await stage.asks("INIU BI-B41", "US")

    assert fresh.verdict is Verdict.NO_RECALL_FOUND
    assert stale.verdict is Verdict.CANNOT_ANSWER
    assert positive.verdict in {Verdict.AFFECTED, Verdict.CHECK_NEEDED}


async def test_s03_recalls_that_the_cpsc_stamps_anew_are_no_news(desk: Desk) -> None:
    stamp, long_ago = {"LastPublishDate": "2026-06-14T00:00:00"}, "2003-05-01T00:00:00"
    known = recorded("cpsc/recalls.json")
    await desk.reads("cpsc", *known)

    counts = await desk.reads(
        "cpsc",
        *(one | stamp for one in known),
        *(another(3100 + n, RecallDate=long_ago) | stamp for n in range(20)),
    )

    assert counts == {"same": len(known), "seeded": 20}
    assert await desk.told("cpsc-3100") == []
    assert await desk.told("cpsc-26349") == []


async def test_s04_s05_the_archive_is_silent_and_what_was_missed_is_told_once(
    desk: Desk,
) -> None:
    archive = [another(25001 + n) for n in range(50)]
    missed = [another(26401 + n) for n in range(40)]
    first = await desk.reads("cpsc", *archive)
    desk.clock.pass_days(3)

    back = await desk.reads("cpsc", *archive, *missed)
    again = await desk.reads("cpsc", *archive, *missed)

    assert first == {"seeded": 50}
    assert back == {"same": 50, "new": 40}
    assert again == {"same": 90}
    assert await desk.told("cpsc-25001") == []
    assert await desk.told("cpsc-26440") == [RevisionKind.NEW]


async def test_s11_a_recall_of_fsis_that_vanishes_and_flips_is_cleared_by_nothing(
    desk: Desk,
) -> None:
    rows = recorded("usda_fsis/recalls.json")
    closed = [one for one in rows if one["field_recall_number"].strip() == "031-2024"]
    standing = [
        one | {"field_recall_type": "Active Recall", "field_archive_recall": "False"}
        for one in closed
    ]
    others = [one for one in rows if one not in closed]
    await desk.reads("usda_fsis", *others, *closed)

    counts = [
        await desk.reads("usda_fsis", *others, *version)
        for version in (standing, closed, [], standing, closed, [], standing)
    ]

    told = [name for count in counts for name, n in count.items() if n and name != "same"]
    assert told == ["reopened"]
    assert (await desk.kept("usda-fsis-031-2024")).state is State.OPEN


@pytest.mark.parametrize(
    "changes",
    [
        {"Title": "TEST RECALL - please ignore"},
        {"Title": "[EXERCISE] DIY Cold Plunge Recalls Sauna Heater Kits"},
        {"Hazards": [{"Name": "This is a test of the recall system."}]},
    ],
)
async def test_s12_a_drill_of_the_cpsc_reaches_nobody(desk: Desk, changes: Record) -> None:
    await desk.reads("cpsc", cpsc("26135"))

    await desk.reads("cpsc", another(26399, **changes))

    async with desk.open.reading() as connection:
        listed = [one.id for one in await notices.latest(connection, 10)]
        found = await notices.search(connection, "sauna heater", 10)
    assert (await desk.kept("cpsc-26399")).number == "26399"
    assert await desk.told("cpsc-26399") == []
    assert listed == ["cpsc-26135"]
    assert found == ()


async def test_s22_what_the_cpsc_says_instead_of_recalls_is_an_outage(desk: Desk) -> None:
    await desk.reads("cpsc", cpsc("26349"))
    payloads = (
        (FIXTURES / "cpsc/error.json").read_bytes(),
        b"<html><body>Service unavailable</body></html>",
        json.dumps(recorded("cpsc/recalls.json")).encode()[:9000],
    )

    reports = [await desk.replays("cpsc", payload) for payload in payloads]

    async with desk.open.reading() as connection:
        listed = [one.id for one in await notices.latest(connection, 10)]
    assert all(report.error and not report.counts for report in reports)
    assert listed == ["cpsc-26349"]


async def test_s23_a_malformed_recall_of_the_cpsc_is_kept_and_stops_no_other(
    desk: Desk,
) -> None:
    good = [another(25001 + n) for n in range(30)]
    broken = another(25900, Title=["no", "text"], Products=7)

    counts = await desk.reads("cpsc", *good[:15], broken, *good[15:])

    async with desk.open.reading() as connection:
        left = await raw.unreadable(connection, "cpsc")
    assert counts == {"seeded": 30, "unreadable": 1}
    assert len(left) == 1


async def test_s26_the_remedy_of_another_product_is_not_ours(desk: Desk) -> None:
    power_bank = cpsc("26135")

    await desk.reads("cpsc", power_bank)

    notice = await desk.kept("cpsc-26135")
    assert [one["Name"] for one in power_bank["Remedies"] if one["Name"]]
    assert notice.remedies == ()
    assert notice.main_source.url == power_bank["URL"]
    assert notice.note is not None


# Two versions that take turns, and what is told while they do


CHANGES: dict[str, Record] = {
    "remedy": {"Remedies": [{"Name": "Contact DIY Cold Plunge for a free repair."}]},
    "hazard": {"Hazards": [{"Name": "The sauna heater can pose an electric shock hazard."}]},
    "title": {"Title": "DIY Cold Plunge Recalls Sauna Heater Kits After Two Fires"},
}


@pytest.mark.parametrize("way", ["there", "back"])
@pytest.mark.parametrize("change", sorted(CHANGES))
async def test_two_versions_that_take_turns_are_told_once_also_over_restarts(
    desk: Desk, change: str, way: str
) -> None:
    one, other = another(26398), another(26398, **CHANGES[change])
    first, second = (one, other) if way == "there" else (other, one)
    await desk.reads("cpsc", first, cpsc("26135"))

    for hour in range(6):
        await desk.restart()
        await desk.reads("cpsc", first if hour % 2 else second, cpsc("26135"))

    assert len(await desk.told("cpsc-26398")) == 1


async def test_a_real_change_is_told_at_its_first_reading_while_versions_take_turns(
    desk: Desk,
) -> None:
    one, other = another(26398), another(26398, **CHANGES["title"])
    await desk.reads("cpsc", one)
    for hour in range(6):
        await desk.reads("cpsc", one if hour % 2 else other)

    counts = await desk.reads("cpsc", one | CHANGES["remedy"])
    turns = [await desk.reads("cpsc", version) for version in (other, one, other)]

    assert counts == {"remedy_changed": 1}
    assert turns == [{"same": 1}] * 3


async def test_what_the_authority_goes_back_to_is_told_three_days_after(desk: Desk) -> None:
    one, other = another(26398), another(26398, **CHANGES["remedy"])
    await desk.reads("cpsc", one)
    for hour in range(6):
        await desk.reads("cpsc", one if hour % 2 else other)
    await desk.reads("cpsc", other)

    readings = []
    for hour in range(74):
        if hour in {1, 71}:
            await desk.restart()
        readings.append(await desk.reads("cpsc", one))

    told = [place for place, counts in enumerate(readings) if set(counts) != {"same"}]
    assert told == [72]


# The FDA's reports, which come late


async def test_a_report_of_the_fda_is_answered_from_and_told_to_nobody(desk: Desk) -> None:
    first, late = recorded("fda/openfda.json")[:2]
    await desk.reads("fda", first)

    counts = await desk.reads("fda", first, late)

    async with desk.open.reading() as connection:
        listed = {one.number for one in await notices.latest(connection, 10)}
    assert counts == {"same": 1, "seeded": 1}
    assert listed == {first["recall_number"], late["recall_number"]}
    assert await desk.told(f"fda-{late['recall_number'].lower()}") == []


async def test_what_changes_of_a_late_report_is_told(desk: Desk) -> None:
    first, late = recorded("fda/openfda.json")[:2]
    await desk.reads("fda", first)
    await desk.reads("fda", first, late)

    counts = await desk.reads("fda", first, late | {"status": "Terminated"})

    assert counts == {"same": 1, "closed": 1}
    assert await desk.told(f"fda-{late['recall_number'].lower()}") == [RevisionKind.CLOSED]


async def test_a_press_release_of_the_fda_is_told_at_once(desk: Desk) -> None:
    release = (FIXTURES / "fda/press.xml").read_bytes()
    await desk.reads("fda", recorded("fda/openfda.json")[0])

    report = await desk.replays("fda", release)

    assert report.counts["new"] + report.counts["expanded"] == 8


async def test_reports_of_one_event_of_the_fda_are_one_event(desk: Desk) -> None:
    row = recorded("fda/openfda.json")[0]
    sibling, stranger = (
        row | {"recall_number": "H-1167-2026"},
        row
        | {
            "recall_number": "H-1168-2026",
            "event_id": "99041",
        },
    )
    nameless = [row | {"recall_number": f"H-12{n}-2026", "event_id": ""} for n in range(10, 12)]

    await desk.reads("fda", row, sibling, stranger, *nameless)

    assert await desk.event("fda-h-1166-2026") == ["fda-h-1166-2026", "fda-h-1167-2026"]
    assert await desk.event("fda-h-1168-2026") == ["fda-h-1168-2026"]
    assert await desk.event("fda-h-1210-2026") == ["fda-h-1210-2026"]
