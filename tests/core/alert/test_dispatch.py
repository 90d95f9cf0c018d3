"""Sending what waits: each answer of a platform, and what becomes of the delivery."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from core.alert.backoff import DOUBTFUL_PAUSE
from core.channel import (
    Address,
    AddressGone,
    DeliveryError,
    DeliveryUnknown,
    PostRejected,
    TryLater,
)
from core.model.delivery import Because, State
from core.model.recall import State as Standing
from core.model.revision import RevisionKind
from core.store import addresses, chats, forgetting, subscribers
from tests.builders import a_notice, a_unit
from tests.core.alert.dispatch_stage import PostOffice, each, recalled


async def an_alert(office: PostOffice, *owners: str, **facts: object) -> None:
    """Let a notice come out that concerns these owners."""
    for chat in owners:
        await office.world.owner(chat)
    await office.world.publish(a_notice(**facts))
    await office.world.plan()


async def test_everybody_is_told_once_and_reminded_a_day_later(office: PostOffice) -> None:
    await an_alert(office, *(str(number) for number in range(50)))

    await office.send()

    assert sorted(office.chats, key=int) == [str(number) for number in range(50)]
    assert set(await office.states()) == {State.SENT}
    rows = await office.rows()
    assert {row.message for row in rows} == {one.id for one in office.platform.posts}
    assert all(row.due_at is None and row.remind_at is not None for row in rows)
    assert await office.send(minutes=10) == []


async def test_a_wait_that_the_platform_names_is_kept(office: PostOffice) -> None:
    await an_alert(office, "1")
    office.platform.refuse = each(TryLater(timedelta(seconds=40)))

    await office.send()

    assert await office.whys() == [Because.TRY_LATER]
    assert await office.send(seconds=39) == []
    assert len(await office.send(seconds=2)) == 1


async def test_a_platform_that_names_no_wait_is_asked_again_after_a_pause(
    office: PostOffice,
) -> None:
    await an_alert(office, "1")
    office.platform.refuse = each(TryLater(), TryLater())

    assert await office.send() == []
    assert await office.send(seconds=1) == []
    assert await office.send(seconds=9) == []
    assert len(await office.send(seconds=20)) == 1
    assert [row.attempts for row in await office.rows()] == [3]


async def test_s06_five_429_and_then_everybody_gets_it_once(office: PostOffice) -> None:
    await an_alert(office, *(str(number) for number in range(20)))
    left = dict.fromkeys((str(number) for number in range(20)), 5)

    def refuse(chat: str, key: str) -> DeliveryError | None:
        del key
        left[chat] -= 1
        return TryLater(timedelta(seconds=3)) if left[chat] >= 0 else None

    office.platform.refuse = refuse
    for _ in range(6):
        await office.send(seconds=4)

    assert sorted(office.chats, key=int) == [str(number) for number in range(20)]
    assert office.dispatcher.circuit.closed


async def test_s10_only_the_address_that_is_gone_is_left_alone(office: PostOffice) -> None:
    await an_alert(office, "1", "2", "3")
    office.platform.refuse = lambda chat, _: AddressGone() if chat == "2" else None
    await office.send()

    assert sorted(office.chats) == ["1", "3"]
    assert sorted(await office.states()) == [State.SENT, State.SENT, State.GONE]
    asked = len(office.platform.asked)
    await office.world.publish(recalled(2))
    await office.world.plan()
    assert len(await office.send()) == 2
    assert "2" not in office.platform.asked[asked:]


async def test_what_was_planned_before_the_address_was_gone_is_not_sent(
    office: PostOffice,
) -> None:
    await an_alert(office, "1")
    async with office.world.database.writing() as connection:
        await chats.leave(connection, Address("telegram", "1"), office.clock.now())

    await office.send()

    assert office.platform.asked == []
    assert await office.states() == [State.GONE]
    assert await office.whys() == [Because.ADDRESS_GONE]


async def test_s09_a_chat_that_moved_gets_it_once_at_its_new_address(
    office: PostOffice,
) -> None:
    await an_alert(office, "old")
    moved = AddressGone(Address("telegram", "new"))
    office.platform.refuse = lambda chat, _: moved if chat == "old" else None

    await office.send()
    await office.send(seconds=1)

    assert office.chats == ["new"]
    assert await office.states() == [State.SENT]


async def test_s09_also_where_the_new_address_is_known_already(office: PostOffice) -> None:
    await an_alert(office, "old")
    async with office.world.database.writing() as connection:
        await addresses.address(connection, Address("telegram", "new"))
    moved = AddressGone(Address("telegram", "new"))
    office.platform.refuse = lambda chat, _: moved if chat == "old" else None

    await office.send()
    await office.send(seconds=1)

    assert office.chats == ["new"]
    assert await office.states() == [State.SENT]
    assert office.dispatcher.held == 0


async def test_a_post_that_is_called_malformed_rests_and_says_so(office: PostOffice) -> None:
    await an_alert(office, "1", "2")
    office.platform.refuse = lambda chat, _: PostRejected("no") if chat == "1" else None

    await office.send()
    await office.send(days=1)

    assert office.chats == ["2"]
    assert sorted(await office.states()) == [State.SENT, State.REJECTED]
    assert f"{Because.POST_REJECTED} no" in await office.whys()


async def test_what_may_have_arrived_is_repeated_once_after_a_while(
    office: PostOffice,
) -> None:
    await an_alert(office, "1")
    office.platform.arrives = True
    office.platform.refuse = each(DeliveryUnknown())

    assert len(await office.send()) == 1
    assert await office.whys() == [Because.MAY_HAVE_ARRIVED]
    assert await office.send(seconds=60) == []
    assert len(await office.send(seconds=2 * DOUBTFUL_PAUSE.total_seconds())) == 1

    assert await office.states() == [State.SENT]


async def test_what_may_have_arrived_twice_rests_as_unknown(office: PostOffice) -> None:
    await an_alert(office, "1")
    office.platform.refuse = lambda *_: DeliveryUnknown()
    for _ in range(5):
        await office.send(minutes=10)

    assert await office.states() == [State.UNKNOWN]
    assert office.platform.asked == ["1", "1"]


async def test_doubt_is_not_forgotten_while_it_waits(office: PostOffice) -> None:
    await an_alert(office, "1")
    office.platform.refuse = each(
        DeliveryUnknown(), TryLater(timedelta(seconds=1)), DeliveryUnknown()
    )
    for _ in range(5):
        await office.send(minutes=10)

    assert await office.states() == [State.UNKNOWN]
    assert len(office.platform.asked) == 3


async def test_a_platform_that_can_tell_is_asked_before_anything_is_repeated(
    office: PostOffice,
) -> None:
    await an_alert(office, "1")
    office.platform.finds, office.platform.arrives = True, True
    office.platform.refuse = each(DeliveryUnknown())

    await office.send()
    await office.send(minutes=10)

    assert office.chats == ["1"]
    assert await office.states() == [State.SENT]


async def test_a_mistake_of_ours_holds_up_nobody_else(office: PostOffice) -> None:
    await an_alert(office, "1", "2")

    def refuse(chat: str, key: str) -> DeliveryError | None:
        del key
        if chat == "1":
            raise ZeroDivisionError
        return None

    office.platform.refuse = refuse
    await office.send()

    assert office.chats == ["2"]
    assert "mistake ZeroDivisionError" in await office.whys()
    assert office.dispatcher.held == 0


async def test_an_address_that_cannot_be_opened_waits_and_holds_up_nobody(
    office: PostOffice,
) -> None:
    await an_alert(office, "1", "2")
    await office.world.run(
        "UPDATE address SET chat = :broken WHERE pk = (SELECT MIN(pk) FROM address)",
        broken=b"not sealed by us",
    )

    await office.send()

    assert office.chats == ["2"]
    assert await office.states() == [State.LATER, State.SENT]
    assert (await office.whys())[0] == "mistake SealBroken"
    assert office.dispatcher.held == 0


async def test_what_is_no_longer_owned_is_not_told(office: PostOffice) -> None:
    await an_alert(office, "1", "2")
    async with office.world.database.writing() as connection:
        who = await subscribers.subscriber(connection, "telegram", "1", office.clock.now())
        assert await subscribers.remove_item(connection, who, a_unit())

    await office.send()

    assert office.chats == ["2"]
    assert await office.states() == [State.ABANDONED, State.SENT]
    assert (await office.whys())[0] == Because.NO_LONGER_OWNED


async def test_what_was_retracted_meanwhile_is_not_told(office: PostOffice) -> None:
    await an_alert(office, "1")
    retracted = a_notice(state=Standing.RETRACTED)
    await office.world.publish(retracted, RevisionKind.RETRACTED)

    await office.send()

    assert office.chats == []
    assert await office.states() == [State.ABANDONED]
    assert await office.whys() == [Because.NO_LONGER_CONCERNED]


async def test_whoever_is_forgotten_meanwhile_hears_nothing_more(office: PostOffice) -> None:
    await an_alert(office, "1", "2")
    office.platform.waits = asyncio.Event()
    sending = asyncio.create_task(office.dispatcher.drain())
    await office.platform.until_asked(2)
    async with office.world.database.writing() as connection:
        await forgetting.forget(connection, "telegram", "1")

    office.platform.waits.set()
    await sending

    assert await office.states() == [State.SENT]
    assert await office.send(days=1) == []


@pytest.mark.parametrize("serious", [True, False])
async def test_the_more_serious_goes_first(office: PostOffice, *, serious: bool) -> None:
    kinds = ["laceration", "fire"] if serious else ["fire", "laceration"]
    await office.world.owner("1")
    for number, hazard in enumerate(kinds):
        await office.world.publish(recalled(number, hazard))
    await office.world.plan()

    posts = await office.send()

    assert ["catch fire" in one.text for one in posts] == [True, False]
