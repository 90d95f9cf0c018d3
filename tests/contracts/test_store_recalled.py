"""Recalls as posts tell of them, and drafts that wait, on every database."""

from __future__ import annotations

from datetime import date, timedelta

from core.model.public import Stage
from core.model.revision import RevisionKind
from core.store import recalled
from core.store.unapproved import unapproved
from core.store.work import Database
from tests.builders import NOW, a_citation, a_notice
from tests.contracts.publishing_stage import Newsroom, of_its_own


async def test_events_come_newest_first_and_those_that_stand_no_longer_do_not(
    database: Database,
) -> None:
    newsroom = Newsroom(database)
    old = await newsroom.publish(of_its_own("old", published=date(2025, 1, 1)))
    new = await newsroom.publish(of_its_own("new", published=date(2026, 1, 1)))
    await newsroom.publish(of_its_own("gone", state="retracted"))
    await newsroom.publish(of_its_own("drill"), exercise=True)

    async with database.reading() as connection:
        events = await recalled.newest(connection)
        found = await recalled.recalled(connection, events)

    assert events == (new, old)
    assert [[one.id for one in recall.notices] for recall in found] == [["new"], ["old"]]


async def test_notices_of_one_event_come_together_under_each_of_their_names(
    database: Database,
) -> None:
    newsroom = Newsroom(database)
    first = await newsroom.publish(a_notice(id="cpsc-1", number="25-337"))
    await newsroom.publish(a_notice(id="hc-1", number="SC-9", authority="Health Canada"))

    async with database.reading() as connection:
        names = ("cpsc-1", "hc-1", "25-337", "25337", " 25 337", "sc9")
        events = [await recalled.named(connection, name) for name in names]
        [recall] = await recalled.recalled(connection, events[1])

    assert events == [(first,)] * len(names)
    assert [one.id for one in recall.notices] == ["cpsc-1", "hc-1"]


async def test_an_id_counts_before_a_number_and_a_number_may_be_of_several(
    database: Database,
) -> None:
    newsroom = Newsroom(database)
    own = await newsroom.publish(of_its_own("77", number="1"))
    one = await newsroom.publish(of_its_own("a", number="77"))
    other = await newsroom.publish(of_its_own("b", number="7-7"))

    async with database.reading() as connection:
        by_id = await recalled.named(connection, "77")
        by_number = await recalled.named(connection, "7 7")
        unknown = [await recalled.named(connection, name) for name in ("78", "", "%")]

    assert by_id == (own,)
    assert by_number == (one, other)
    assert unknown == [(), (), ()]


async def test_what_stands_of_an_event_is_told_apart(database: Database) -> None:
    newsroom = Newsroom(database)
    shared = (a_citation(),)
    event = await newsroom.publish(a_notice(id="one", sources=shared))
    await newsroom.publish(a_notice(id="two", sources=shared))
    closed = a_notice(id="one", sources=shared, state="closed")
    await newsroom.publish(closed, kind=RevisionKind.CLOSED)

    async with database.reading() as connection:
        [recall] = await recalled.recalled(connection, (event,))

    assert [one.id for one in recall.open] == ["two"]


async def test_drafts_that_wait_are_counted_by_account_and_since_when(
    database: Database,
) -> None:
    newsroom = Newsroom(database)
    busy, idle = await newsroom.account("busy"), await newsroom.account("idle")
    await newsroom.draft(busy)
    newsroom.clock.move(hours=2)
    await newsroom.draft(busy)
    await newsroom.draft(idle, stage=Stage.PENDING)

    async with database.reading() as connection:
        [waiting] = await unapproved(connection)

    assert (waiting.account, waiting.number) == (busy, 2)
    assert waiting.since - NOW < timedelta(hours=1)
