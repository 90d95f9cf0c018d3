"""Stories of feeds: what is announced, what is not, and what is answered from them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.ingest.report import Report
from core.ingest.run import Payload, Reader, event_to_log, settle
from core.model.keys import probe_of_unit
from core.model.recall import State
from core.model.verdict import Verdict
from core.store import notices, raw, source_runs
from core.store.notices import RevisionKind
from core.store.work import Database
from tests.builders import NOW, a_citation, a_notice, a_unit
from tests.fakes import FakeSource, a_record
from tests.scenarios.stage import FixedClock, Stage

HOUR = timedelta(hours=1)


class Newsroom:
    """A reader of one fake authority, and everything that it announced aloud."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = FixedClock(NOW)
        self.source = FakeSource()
        self.reader = Reader(database, self.clock)

    async def reads(self, *records: Any, down: str | None = None) -> dict[str, int]:
        """Let the authority answer with these, an hour later; return what came of it."""
        return dict((await self.report(*records, down=down)).counts)

    async def report(self, *records: Any, down: str | None = None) -> Report:
        self.clock.at += HOUR
        self.source.records, self.source.down = records, down
        self.source.at = self.clock.at
        return await self.reader.cycle(self.source, whole=True)

    async def announced(self) -> list[tuple[str, RevisionKind]]:
        async with self.database.reading() as connection:
            every = [
                (found.id, revision)
                for found in await notices.latest(connection, 10_000)
                for revision in await notices.revisions(connection, found.id)
            ]
        return [(name, revision.kind) for name, revision in every if not revision.quiet]


@pytest.fixture
async def newsroom(tmp_path: Path) -> AsyncIterator[Newsroom]:
    database = await Database.open(f"sqlite:///{tmp_path / 'news.db'}")
    yield Newsroom(database)
    await database.close()


def archive(size: int, **facts: Any) -> list[dict[str, Any]]:
    return [a_record(f"25-{number:05}", **facts) for number in range(size)]


async def test_s03_old_recalls_stamped_anew_are_no_news(newsroom: Newsroom) -> None:
    old = [record | {"published": "2003-05-01"} for record in archive(709)]
    await newsroom.reads(*old, a_record("26-1", published="2026-06-01"))

    counts = await newsroom.reads(*(record | {"stamped": "2026-06-14"} for record in old))

    assert counts == {"same": 709}
    assert await newsroom.announced() == []


async def test_s03_old_recalls_that_we_never_held_are_no_news_either(
    newsroom: Newsroom,
) -> None:
    await newsroom.reads(a_record("26-1", published="2026-06-01"))

    counts = await newsroom.reads(*archive(20, published="2003-05-01"))

    assert counts == {"seeded": 20}
    assert await newsroom.announced() == []


async def test_s04_the_first_reading_of_a_whole_archive_announces_nothing(
    newsroom: Newsroom,
) -> None:
    first = await newsroom.reads(*archive(1000))
    then = await newsroom.reads(*archive(1001))

    assert first == {"seeded": 1000}
    assert then == {"same": 1000, "new": 1}
    assert await newsroom.announced() == [("fake-25-01000", RevisionKind.NEW)]


async def test_s04_a_first_reading_that_broke_off_goes_on_in_silence(
    newsroom: Newsroom,
) -> None:
    broken = await newsroom.report(*archive(300), down="connection lost")
    whole = await newsroom.reads(*archive(500))

    assert (dict(broken.counts), broken.error) == ({"seeded": 300}, "connection lost")
    assert whole == {"same": 300, "seeded": 200}
    assert await newsroom.announced() == []


async def test_s11_what_flips_within_hours_is_told_once_and_never_cleared(
    newsroom: Newsroom,
) -> None:
    standing, closed = a_record(), a_record(state="closed")
    await newsroom.reads(standing)

    for version in (closed, standing, closed, standing, closed):
        await newsroom.reads(version)

    assert await newsroom.announced() == [("fake-25-001", RevisionKind.CLOSED)]


async def test_s11_what_vanishes_stays(newsroom: Newsroom) -> None:
    await newsroom.reads(a_record("1"), a_record("2"))
    await newsroom.reads(a_record("2"))
    counts = await newsroom.reads(a_record("1"), a_record("2"))

    async with newsroom.database.reading() as connection:
        kept = await notices.notice(connection, "fake-1")
    assert counts == {"same": 2}
    assert kept is not None
    assert kept.state is State.OPEN
    assert await newsroom.announced() == []


async def test_an_earlier_state_that_stays_is_taken_back_after_days(newsroom: Newsroom) -> None:
    standing, closed = a_record(), a_record(state="closed")
    await newsroom.reads(standing)
    await newsroom.reads(closed)

    first = await newsroom.reads(standing)
    newsroom.clock.pass_days(3)
    later = await newsroom.reads(standing)

    assert (first, later) == ({"same": 1}, {"reopened": 1})


async def test_s12_a_drill_is_kept_and_reaches_nobody(newsroom: Newsroom) -> None:
    await newsroom.reads(a_record("1"))

    counts = await newsroom.reads(a_record("1"), a_record("2", title="TEST: please ignore"))

    async with newsroom.database.reading() as connection:
        kept = await notices.notice(connection, "fake-2")
        listed = await notices.latest(connection, 10)
        searched = await notices.search(connection, "please ignore fake-2", 10)
        [revision] = await notices.revisions(connection, "fake-2")
    assert counts == {"same": 1, "new": 1}
    assert kept is not None
    assert [notice.id for notice in listed] == ["fake-1"]
    assert searched == ()
    assert revision.quiet


async def test_s22_a_source_that_answers_nonsense_is_an_outage_and_nothing_is_lost(
    newsroom: Newsroom,
) -> None:
    await newsroom.reads(a_record())
    events = []
    for payload in (b"<html>", b"{}", b"[{", b'[{"key": "25-001"}]'):
        async with newsroom.database.reading() as connection:
            before = (await source_runs.standing(connection, "fake")).last
        newsroom.clock.at += HOUR
        pages = [Payload(bytes(payload).strip, "page", "https://fake.example/")]
        report = await newsroom.reader.replay(newsroom.source, pages, newsroom.clock.at)
        events.append((event_to_log(before, report), report.error))

    back = await newsroom.reads(a_record())
    assert events == [
        ("source_outage", "page: this is no JSON"),
        (None, "page: this is no list of records"),
        (None, "page: this is no JSON"),
        ("source_back", None),
    ]
    assert back == {"same": 1}


async def test_s23_one_malformed_record_is_kept_counted_and_stops_nothing(
    newsroom: Newsroom,
) -> None:
    records = archive(899)
    broken = {"key": "broken", "regions": 7}

    first = await newsroom.reads(*records[:450], broken, *records[450:])
    again = await newsroom.reads(*records[:450], broken, *records[450:])
    mended = await newsroom.reads(*records[:450], a_record("broken"), *records[450:])

    async with newsroom.database.reading() as connection:
        left = await raw.unreadable(connection, "fake")
    assert first == {"seeded": 899, "unreadable": 1}
    assert again == {"same": 899, "unreadable": 1}
    assert mended == {"same": 899, "new": 1}
    assert left == []


async def test_s25_two_authorities_notices_of_one_event_are_linked_and_both_kept(
    newsroom: Newsroom,
) -> None:
    page = "https://canada.example/en/lamp"
    canada = FakeSource(name="canada", records=[a_record("77", page=page)], at=NOW)
    await newsroom.reads(a_record(linked=[f"{page}/?utm_source=cpsc"]), a_record("other"))
    await newsroom.reader.cycle(canada)

    async with newsroom.database.reading() as connection:
        event = await notices.event_of(connection, "canada-77")
        same = await notices.event_of(connection, "fake-25-001")
        other = await notices.event_of(connection, "fake-other")
        none = await notices.event_of(connection, "unknown")
    assert [notice.id for notice in event] == ["fake-25-001", "canada-77"]
    assert same == event
    assert [notice.id for notice in other] == ["fake-other"]
    assert none == ()


async def test_an_expansion_under_a_new_number_is_linked_to_the_recall_it_extends(
    newsroom: Newsroom,
) -> None:
    more = a_record("26-011", title="Acme Expands Recall 25-437", published="2026-06-01")
    await newsroom.reads(a_record("25-437"), a_record("25-438"))

    counts = await newsroom.reads(more, a_record("25-437"), a_record("25-438"))
    again = await newsroom.reads(more | {"stamped": 2})

    async with newsroom.database.reading() as connection:
        linked = await notices.notice(connection, "fake-26-011")
    assert counts == {"expanded": 1, "same": 2}
    assert again == {"same": 1}
    assert linked is not None
    assert linked.expands == ("fake-25-437",)


async def test_what_a_better_parser_reads_is_no_news(newsroom: Newsroom) -> None:
    await newsroom.reads(a_record("1"), {"key": "2", "regions": 7})
    newsroom.source.corrects = {"regions": ["US"], "brands": ["Better"]}

    report = await newsroom.reader.reparse(newsroom.source)

    async with newsroom.database.reading() as connection:
        better_read = await notices.notice(connection, "fake-1")
    assert dict(report.counts) == {"corrected": 1, "seeded": 1}
    assert better_read is not None
    assert better_read.brands == ("Better",)
    assert await newsroom.announced() == []


async def test_only_what_is_due_is_asked_for(newsroom: Newsroom) -> None:
    newsroom.source.at = NOW
    for _ in range(26):
        await newsroom.reader.cycle(newsroom.source)
        newsroom.clock.at += HOUR

    whole = [place for place, since in enumerate(newsroom.source.asked) if since is None]
    assert whole == [0, 24]


async def test_a_failed_reading_leaves_the_age_as_it_was(newsroom: Newsroom) -> None:
    await newsroom.reads(a_record())
    before = newsroom.clock.at
    await newsroom.reads(a_record(), down="502")

    async with newsroom.database.reading() as connection:
        [state] = await notices.source_ages(connection)
        standing = await source_runs.standing(connection, "fake")
    assert state.as_of == before
    assert standing.last is not None
    assert standing.last.error == "502"


# Answers


async def fed(stage: Stage, *records: Any, name: str = "fake") -> None:
    """Let an authority's records be read into the stage's database, and its brands be known."""
    source = FakeSource(name=name, records=records, at=stage.clock.now())
    await Reader(stage.database, stage.clock).cycle(source)
    async with stage.database.reading() as connection:
        stage.talk.learn(await notices.lexicon(connection))


LAMP = {
    "brands": ["Zorblatt"],
    "product": "Zorblatt garden lamp",
    "units": {"op": "model", "any_of": ["ZB900"], "match": "exact"},
}


async def test_a_feeds_notice_is_answered_from(stage: Stage) -> None:
    await fed(stage, a_record("9", **LAMP))

    told = await stage.asks("Zorblatt ZB900", "US")
    other = await stage.asks("Zorblatt ZB901", "US")

    assert told.verdict in {Verdict.AFFECTED, Verdict.CHECK_NEEDED}
    assert "Zorblatt" in " ".join(block.plain for block in told.message.blocks)
    assert other.verdict is not Verdict.AFFECTED


async def test_a_stale_feed_supports_no_negative_answer(stage: Stage) -> None:
    await fed(stage, a_record("9", **LAMP))
    fresh = await stage.asks("Foobar X100", "US")
    stage.clock.pass_days(8)

    stale = await stage.asks("Foobar X100", "US")

    assert fresh.verdict is Verdict.NO_RECALL_FOUND
    assert stale.verdict is Verdict.CANNOT_ANSWER


async def test_a_reviewed_recall_is_not_weakened_by_the_feeds_draft_of_it(
    newsroom: Newsroom,
) -> None:
    page = "https://cpsc.example/lamp"
    reviewed = a_notice(id="acme-lamp", sources=(a_citation() | {"url": page},))
    async with newsroom.database.writing() as connection:
        await notices.put_notices(connection, "catalogue", [reviewed], NOW)
    await newsroom.reads(a_record("1", page=page))
    drafted = await found(newsroom)

    await newsroom.reads(a_record("1", page=page, regions=["US", "CA"]))
    changed = await found(newsroom)
    read_again = a_citation() | {"url": page, "seen": date(2026, 6, 20)}
    newer = reviewed.model_copy(
        update={"regions": ("US", "CA"), "sources": (a_notice(sources=(read_again,)).sources)}
    )
    async with newsroom.database.writing() as connection:
        await notices.put_notices(connection, "catalogue", [newer], NOW)
    await settle(newsroom.database)

    assert drafted == {"acme-lamp"}
    assert changed == {"acme-lamp", "fake-1"}
    assert await found(newsroom) == {"acme-lamp"}


async def found(newsroom: Newsroom) -> set[str]:
    async with newsroom.database.reading() as connection:
        hits = await notices.candidates(connection, probe_of_unit(a_unit()), 10)
    return {notice.id for notice in hits}
