"""What waits for somebody on a channel that cannot push: shown when they next come."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime, timedelta

import structlog

from core.alert.composing import message_of
from core.alert.mistakes import mistake_of
from core.alert.preparing import Postable, Prepared, Preparing
from core.alert.reminders import next_reminder
from core.channel import Address
from core.clock import Clock
from core.match.decide import Knowledge
from core.model.delivery import Because, Reason, State
from core.model.message import Message
from core.model.outbox import Claimed, Outcome
from core.store import addresses, outbox
from core.store.outbox import mistaken
from core.store.work import Database

log = structlog.get_logger(__name__)
# Whoever composes it needs moments; after a crash it waits again.
LEASE = timedelta(minutes=2)
# More at once nobody reads; the rest is shown the next time.
MOST = 20


async def waiting_for(
    place: Address,
    database: Database,
    clock: Clock,
    knowledge: Callable[[], Awaitable[Knowledge]],
) -> tuple[Message, ...]:
    """Return what waits for that chat, the nearest to the danger first, and note it as told.

    For chats of channels whose `Capabilities.pushes` is False: everything else is sent by a
    dispatcher. What is returned is returned once, also to two who ask at the same time.
    """
    async with database.reading() as connection:
        here = await addresses.find(connection, place)
        if here is None or not await outbox.anything(connection, place.channel, clock.now()):
            return ()
    now = clock.now()
    async with database.writing() as connection:
        claimed = await outbox.claim_here(connection, here.pk, now, now + LEASE, MOST)
    prepared = await Preparing(database, clock, knowledge).prepared(claimed)
    shown, outcomes = _shown(prepared, now)
    async with database.writing() as connection:
        await outbox.settle(connection, outcomes)
    return tuple(shown)


def _shown(
    prepared: Sequence[Prepared | Postable | Outcome], now: datetime
) -> tuple[list[Message], list[Outcome]]:
    """Return the messages, and what became of each delivery."""
    shown: list[Message] = []
    outcomes: list[Outcome] = [one for one in prepared if isinstance(one, Outcome)]
    ready = [one for one in prepared if isinstance(one, Prepared)]
    latest = dict(_reminders(ready))
    for one in ready:
        claimed = one.claimed
        try:
            message = _message(one, latest)
        except Exception as mistake:
            # It waits for a human, and what else waits for this person is shown.
            at = {"alert": claimed.alert, "address": claimed.address}
            log.error("not_shown", **at, **mistake_of(mistake))  # noqa: TRY400 - a traceback may quote what somebody owns
            outcomes.append(claimed.became(State.REJECTED, mistaken(mistake)))
            continue
        if isinstance(message, Because):
            outcomes.append(_outcome(claimed, State.ABANDONED, now, message))
            continue
        shown.append(message)
        outcomes.append(_outcome(claimed, State.SENT, now))
    return shown, outcomes


def _message(one: Prepared, latest: dict[int, int]) -> Message | Because:
    claimed = one.claimed
    if claimed.wishes is not None and not claimed.wishes.alerts:
        return Because.ALERTS_OFF
    if claimed.reason == Reason.REMINDER and latest[claimed.event] != claimed.alert:
        return Because.TOLD_ELSEWHERE
    return message_of(claimed, one.context)


def _reminders(prepared: Sequence[Prepared]) -> Iterator[tuple[int, int]]:
    """Yield event and alert of each reminder, the latest of an event last: it says it all."""
    reminders = [one.claimed for one in prepared if one.claimed.reason == Reason.REMINDER]
    for claimed in sorted(reminders, key=lambda one: int(one.occurrence)):
        yield claimed.event, claimed.alert


def _outcome(
    claimed: Claimed, state: State, now: datetime, why: Because | None = None
) -> Outcome:
    alerted = claimed.reason in {Reason.ALERT, Reason.ANSWER} and claimed.item is not None
    sent = state is State.SENT
    remind_at = next_reminder(now, 0, None, now) if sent and alerted else None
    return Outcome(
        claimed.alert,
        claimed.address,
        state,
        why,
        claimed.attempts,
        sent_at=now if sent else None,
        remind_at=remind_at,
        digest=claimed.reason == Reason.DIGEST,
    )
