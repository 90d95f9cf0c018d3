"""Sending through outages, stops and two dispatchers at once."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta

from core.channel import DeliveryUnknown, TryLater
from core.model.delivery import Because, State
from core.store import outbox
from core.store.outbox import Outbox
from core.store.work import Database
from tests.builders import NOW
from tests.contracts.store_cases import StoreCase
from tests.core.alert.dispatch_stage import QUICK, PostOffice, recalled
from tests.core.alert.test_dispatch import an_alert

MANY = tuple(str(number) for number in range(60))


async def test_s07_an_outage_unsubscribes_nobody_and_all_is_delivered_later(
    office: PostOffice,
) -> None:
    await an_alert(office, *MANY)
    chance = random.Random(7)  # noqa: S311 - invented outages
    office.platform.refuse = lambda *_: DeliveryUnknown() if chance.random() < 0.6 else None
    for _ in range(10):
        await office.send(seconds=6)

    opened = office.dispatcher.circuit.openings
    office.platform.refuse = lambda *_: None
    for _ in range(20):
        await office.send(minutes=3)

    states = Counter(await office.states())
    assert opened > 0
    assert set(states) <= {State.SENT, State.UNKNOWN}
    assert states[State.SENT] == len(set(office.chats)) == len(office.chats)
    assert max(Counter(office.platform.asked).values()) == 2
    gone = await office.world.run("SELECT 1 FROM address WHERE gone_at IS NOT NULL")
    assert gone == []


async def test_an_open_circuit_lets_one_probe_through_at_a_time(office: PostOffice) -> None:
    await an_alert(office, *MANY)
    office.platform.refuse = lambda *_: TryLater()
    await office.send()
    asked = len(office.platform.asked)

    await office.send(seconds=1)
    assert len(office.platform.asked) == asked
    await office.send(seconds=6)
    assert len(office.platform.asked) == asked + 1
    assert not office.dispatcher.circuit.closed
    office.platform.refuse = lambda *_: None
    for _ in range(3):
        await office.send(minutes=10)

    assert sorted(office.chats) == sorted(MANY)
    assert office.dispatcher.circuit.closed


async def test_stopping_gives_back_what_was_not_begun(office: PostOffice) -> None:
    await an_alert(office, *MANY)
    office.platform.waits, stopping = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(office.dispatcher.run(stopping))
    await office.platform.until_asked(QUICK.width)
    stopping.set()
    await asyncio.sleep(0.01)
    office.platform.waits.set()
    await running

    assert len(office.chats) == QUICK.width
    assert Counter(await office.states())[State.SENT] == QUICK.width
    assert State.CLAIMED not in await office.states()
    given_back = [row for row in await office.rows() if row.state == State.LATER]
    assert {(row.why, row.attempts, row.sent_at) for row in given_back} == {
        (Because.STOPPING, 0, None)
    }
    await office.another().drain()
    assert sorted(office.chats) == sorted(MANY)


async def test_what_does_not_end_in_time_is_doubtful_after_its_lease(
    office: PostOffice,
) -> None:
    await an_alert(office, "1")
    office.platform.waits, stopping = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(office.dispatcher.run(stopping))
    await office.platform.until_asked(1)
    stopping.set()
    await running
    office.platform.waits.set()
    assert await office.states() == [State.CLAIMED]
    office.clock.move(minutes=6)
    office.platform.refuse = lambda *_: DeliveryUnknown()

    await office.another().drain()

    assert await office.states() == [State.UNKNOWN]


async def test_nothing_is_begun_so_late_that_somebody_else_may_begin_it(
    office: PostOffice,
) -> None:
    await an_alert(office, *MANY[:6])
    office.platform.waits = asyncio.Event()
    sending = asyncio.create_task(office.dispatcher.drain())
    await office.platform.until_asked(QUICK.width)
    office.clock.move(seconds=QUICK.lease.total_seconds() * 0.6)
    office.platform.waits.set()
    await sending

    assert sorted(office.chats) == sorted(MANY[:6])
    assert sorted(office.platform.asked) == sorted(MANY[:6])


async def test_two_dispatchers_send_each_thing_once(office: PostOffice) -> None:
    await an_alert(office, *MANY)

    await asyncio.gather(office.dispatcher.drain(), office.another().drain())

    assert sorted(office.chats) == sorted(MANY)


async def test_an_outage_of_the_database_loses_nothing(
    files: StoreCase, url: str, database: Database
) -> None:
    office = PostOffice.of(database, replace(QUICK, width=2, ahead=2))
    await an_alert(office, *MANY[:9])
    stopping = asyncio.Event()
    impatient = await Database.open(url, patience=0.01)
    office.dispatcher.database = impatient
    running = asyncio.create_task(office.dispatcher.run(stopping))
    with files.locked(url):
        await asyncio.sleep(0.1)
    await office.platform.until_asked(len(MANY[:9]))
    stopping.set()
    await running
    await impatient.close()

    assert sorted(office.chats) == sorted(MANY[:9])
    assert set(await office.states()) == {State.SENT}


async def test_what_was_looked_up_in_vain_is_given_back(office: PostOffice) -> None:
    await an_alert(office, *MANY[:5])
    await office.world.run("UPDATE notice SET body = :nonsense", nonsense="{}")
    body = (await office.world.run("SELECT body FROM revision"))[0].body

    await office.dispatcher.drain()
    await office.world.run("UPDATE notice SET body = :body", body=body)

    assert office.dispatcher.held == 0
    assert {State.REJECTED} == set(await office.states())


async def test_a_holder_whose_lease_ended_settles_only_what_it_sent(
    office: PostOffice,
) -> None:
    await an_alert(office, "1", "2")
    database, now = office.world.database, office.clock.now()
    slow, quick = Outbox("telegram"), Outbox("telegram")
    async with database.writing() as connection:
        first = await slow.claim(connection, now, now + timedelta(minutes=1), 5)
    later = now + timedelta(minutes=2)
    async with database.writing() as connection:
        second = await quick.claim(connection, later, later + timedelta(minutes=1), 5)

    told = [
        first[0].became(State.SENT, sent_at=later, message="7"),
        first[1].became(State.LATER, Because.TRY_LATER, due_at=NOW),
    ]
    async with database.writing() as connection:
        await outbox.settle(connection, told)

    assert [one.doubtful for one in second] == [True, True]
    assert await office.states() == [State.SENT, State.CLAIMED]


async def test_one_thing_published_again_does_not_hold_up_the_rest(
    office: PostOffice,
) -> None:
    await an_alert(office, "1")
    await office.send()
    await office.world.publish(recalled(2))
    await office.world.plan()

    assert len(await office.send()) == 1
    assert await office.world.run("SELECT * FROM queue") == []
