"""The piles of the desk, on every database: what lies where, in which order, and why."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.model.delivery import State
from core.model.public import Stage
from core.store import audit, piles
from core.store.audit import Done
from core.store.drafts import About
from core.store.listed import Which
from core.store.piles import Busy, Pile
from core.store.work import Database
from tests.contracts.publishing_stage import Newsroom


@pytest.fixture
def newsroom(database: Database) -> Newsroom:
    return Newsroom(database)


async def lying_on(newsroom: Newsroom, pile: Pile, account: int | None = None) -> list[Which]:
    async with newsroom.database.reading() as connection:
        found = await piles.of_pile(connection, pile, account, 0, 50)
    assert [piles.pile_of(one) for one in found] == [pile] * len(found)
    return [(one.draft.alert, one.draft.account) for one in found]


async def counted(newsroom: Newsroom, account: int | None = None) -> dict[Pile, int]:
    async with newsroom.database.reading() as connection:
        found = await piles.counts(connection, account)
    return {pile: number for pile, number in found.items() if number}


async def test_every_draft_lies_on_one_pile(newsroom: Newsroom) -> None:
    one = await newsroom.account()
    drafted = await newsroom.draft(one)
    blocked = await newsroom.draft(one, why="blocked")
    unwritten = await newsroom.draft(one, parts=(), why="does_not_fit")
    pending = await newsroom.draft(one, stage=Stage.PENDING, due_at=newsroom.clock.now())
    held = await newsroom.draft(one, stage=Stage.HELD)
    dropped = await newsroom.draft(one, stage=Stage.DROPPED)
    released = await newsroom.released(one)
    sent = await newsroom.sent(one)
    doubtful = await newsroom.released(one)
    await newsroom.rests(doubtful, State.UNKNOWN, "may_have_arrived")
    gone = await newsroom.sent(one)
    await newsroom.rests(gone, State.ABANDONED, "taken_down")

    lies = {pile: await lying_on(newsroom, pile) for pile in Pile}

    assert lies == {
        Pile.HUMAN: [doubtful, unwritten, blocked],
        Pile.APPROVAL: [drafted],
        Pile.COUNTING: [pending],
        Pile.HELD: [held],
        Pile.UNDER_WAY: [released],
        Pile.POSTED: [gone, sent],
        Pile.DROPPED: [dropped],
    }
    assert await counted(newsroom) == {pile: len(names) for pile, names in lies.items()}


async def test_what_can_kill_lies_on_top_and_an_account_has_its_own(
    newsroom: Newsroom,
) -> None:
    one, two = await newsroom.account(), await newsroom.account("office")
    serious = await newsroom.draft(one, About(0, "a", serious=True))
    other = await newsroom.draft(two)
    newest = await newsroom.draft(one)

    assert await lying_on(newsroom, Pile.APPROVAL) == [serious, newest, other]
    assert await lying_on(newsroom, Pile.APPROVAL, two) == [other]
    assert await counted(newsroom, two) == {Pile.APPROVAL: 1}


async def test_what_is_still_to_be_posted_is_told(newsroom: Newsroom) -> None:
    one, two = await newsroom.account(), await newsroom.account("office")
    drafted = await newsroom.draft(one)
    released = await newsroom.released(one)
    await newsroom.sent(one)
    await newsroom.draft(two)

    async with newsroom.database.reading() as connection:
        found = await piles.to_be_posted(connection, [one], 50)

    assert [(each.draft.alert, each.draft.account) for each in found] == [released, drafted]


async def test_an_account_tells_when_it_posted_and_why_it_does_no_more(
    newsroom: Newsroom,
) -> None:
    one = await newsroom.account()
    since = newsroom.clock.now() - timedelta(days=1)
    await newsroom.sent(one, None, "1", "2")
    last = newsroom.clock.now()
    await newsroom.sent(one)
    refused = await newsroom.released(one)
    await newsroom.rests(refused, State.GONE, "address_gone")

    async with newsroom.database.reading() as connection:
        busy = await piles.busy(connection, since)
        why = await piles.why_gone(connection, one)
        nothing = await piles.why_gone(connection, 99)

    assert busy == {one: Busy(last, 2)}
    assert (why, nothing) == ("address_gone", "")


async def test_the_history_is_that_of_one_draft(newsroom: Newsroom) -> None:
    one = await newsroom.account()
    mine, other = await newsroom.draft(one), await newsroom.draft(one)
    key = (await newsroom.get(mine)).draft.key
    async with newsroom.database.writing() as connection:
        for which, did in ((mine, "edit"), (other, "held"), (mine, "approve")):
            await audit.add(connection, newsroom.clock.now(), "ann", Done(did, *which))

    async with newsroom.database.reading() as connection:
        found = await piles.history(connection, mine, 10)
        named = await piles.of_keys(connection, [key, "nobody's"])

    assert [entry.did for entry in found] == ["approve", "edit"]
    assert named == {key: mine}
