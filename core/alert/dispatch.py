"""Sending what waits: claim, compose, send, settle; the only part of alerts that sends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from core.alert.calm import CALM, Calm
from core.alert.circuit import CLOSED, Circuit, counts
from core.alert.mistakes import mistake_of
from core.alert.posting import Draw, Posting, undrawn
from core.alert.preparing import Postable, Prepared, Preparing
from core.alert.sending import Sending, Sent
from core.channel import Channel, DeliveryError
from core.clock import Clock
from core.match.decide import Knowledge
from core.model.delivery import Because, State
from core.model.outbox import Claimed, Outcome
from core.store import outbox
from core.store.failure import StoreUnavailable
from core.store.outbox import Outbox, mistaken
from core.store.work import Database

log = structlog.get_logger(__name__)
# When the database cannot be used, what was claimed is tried again after this.
_SOON = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Pipe:
    """How much of the outbox one process holds: `width` posts under way, and more claimed.

    That is twice as many at first, and where it is too few to go on sending while the database
    is asked, up to `ahead`: the less is claimed, the sooner comes what is more serious. What is
    claimed belongs to this process for `lease`; receipts are written down together, at least
    every `commit` seconds; an empty outbox is looked at every `idle` seconds.
    """

    width: int = 64
    ahead: int = 512
    lease: timedelta = timedelta(minutes=5)
    commit: float = 0.05
    idle: float = 1.0
    patience: float = 3.0


@dataclass(slots=True)
class Dispatcher:
    """Sends the deliveries of one channel; any number of processes may do so at once."""

    database: Database
    channel: Channel
    clock: Clock
    knowledge: Callable[[], Awaitable[Knowledge]]
    pipe: Pipe = field(default_factory=Pipe)
    draw: Draw = undrawn
    circuit: Circuit = CLOSED
    calm: Calm = CALM
    held: int = 0
    _outbox: Outbox = field(init=False)
    _preparing: Preparing = field(init=False)
    _sending: Sending = field(init=False)
    _posting: Posting = field(init=False)
    _ready: asyncio.Queue[Prepared | Postable] = field(default_factory=asyncio.Queue)
    _done: list[Outcome] = field(default_factory=list)
    _ahead: int = field(init=False)
    _ending: bool = False
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Hold nothing yet."""
        self._ahead = min(2 * self.pipe.width, self.pipe.ahead)
        self._outbox = Outbox(self.channel.kind)
        self._preparing = Preparing(self.database, self.clock, self.knowledge)
        self._sending = Sending(self.database, self.channel, self.clock)
        self._posting = Posting(self.database, self.channel, self.clock, self.draw)

    def wake(self) -> None:
        """Look at the outbox now: something was planned."""
        self._changed.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Send what waits and what comes, until we are to stop.

        Then what is under way is finished, and what was not begun is given back.
        """
        workers = [asyncio.create_task(self._work()) for _ in range(self.pipe.width)]
        stop = asyncio.ensure_future(stopping.wait())
        try:
            while not stopping.is_set():
                busy = await self._guarded_turn()
                await self._pause(stop, self.pipe.commit if busy else self.pipe.idle)
        finally:
            stop.cancel()
            await self._finish(workers)

    async def drain(self) -> None:
        """Send all that may be sent now, then return; what is due later stays."""
        workers = [asyncio.create_task(self._work()) for _ in range(self.pipe.width)]
        try:
            while await self._turn() or self.held:
                await self._pause(None, self.pipe.commit)
        finally:
            await self._finish(workers)

    async def _guarded_turn(self) -> bool:
        """Take a turn; while the database cannot be used, wait for it.

        A mistake of ours does not end the sending of everything else.
        """
        try:
            return await self._turn()
        except StoreUnavailable as error:
            log.error("outbox_not_read", channel=self.channel.kind, reason=str(error))  # noqa: TRY400 - one line says it
        except Exception as mistake:
            log.error("outbox_not_read", channel=self.channel.kind, **mistake_of(mistake))  # noqa: TRY400 - a traceback may quote what somebody owns
        return False

    async def _turn(self) -> bool:
        """Write down what was done, and take what is next; False where there was neither."""
        room = self._room()
        if not self._done and not (room and await self._anything()):
            return False
        now = self.clock.now()
        done, self._done = self._done, []
        try:
            async with self.database.writing() as connection:
                await outbox.settle(connection, done)
                claimed = await self._outbox.claim(connection, now, now + self.pipe.lease, room)
        except BaseException:
            self._done = done + self._done
            raise
        self.held += len(claimed) - len(done)
        await self._prepare(claimed)
        return bool(claimed or done)

    async def _prepare(self, claimed: Sequence[Claimed]) -> None:
        """Hand over what was claimed; what cannot be looked up now is given back."""
        try:
            found = await self._preparing.prepared(claimed)
        except BaseException:
            due = self.clock.now() + _SOON
            self._done += [_given_back(one, due) for one in claimed]
            raise
        for one in found:
            if isinstance(one, Outcome):
                self._done.append(one)
            else:
                self._ready.put_nowait(one)

    async def _anything(self) -> bool:
        async with self.database.reading() as connection:
            return await outbox.anything(connection, self.channel.kind, self.clock.now())

    def _room(self) -> int:
        """Return how many more may be claimed: none a few at a time, none in an outage."""
        if not self.circuit.permits(self.clock.now()):
            return 0
        if not self.circuit.closed:
            return 0 if self.held else 1
        if self.held and self._ready.qsize() < self.pipe.width:
            self._ahead = min(2 * self._ahead, self.pipe.ahead)
        room = self.pipe.width + self._ahead - self.held
        return room if room >= self._ahead // 2 else 0

    async def _pause(self, stop: asyncio.Future[Any] | None, seconds: float) -> None:
        """Wait until something is done, we are woken or to stop, or that long."""
        changed = asyncio.ensure_future(self._changed.wait())
        waiting: set[asyncio.Future[Any]] = {changed} if stop is None else {changed, stop}
        with suppress(TimeoutError):
            await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        changed.cancel()
        self._changed.clear()

    async def _work(self) -> None:
        while True:
            prepared = await self._ready.get()
            outcome = await self._delivered(prepared)
            self._done.append(outcome)
            short = self._ready.qsize() <= self._ahead // 2 <= 2 * len(self._done)
            if self._ending or short:
                self._changed.set()

    async def _delivered(self, prepared: Prepared | Postable) -> Outcome:
        """Return what became of it; a mistake of ours keeps it, for a human to look at."""
        now = self.clock.now()
        claimed = prepared.claimed
        if not self.circuit.permits(now):
            return _given_back(claimed, self.circuit.until or now)
        if claimed.until - now < self.pipe.lease / 2:
            # Sending takes a while, and by the end of the lease somebody else may begin.
            return _given_back(claimed, now)
        if claimed.doubtful:
            if (due := self.calm.waits(now)) is not None:
                return _given_back(claimed, due)
            self.calm = self.calm.trying(now)
        self.circuit = self.circuit.sending(now)
        sent = await self._sent(prepared)
        if sent.asked:
            self._note(sent.error, now)
        else:
            self.circuit = replace(self.circuit, probing=None)
        return sent.outcome

    async def _sent(self, prepared: Prepared | Postable) -> Sent:
        claimed = prepared.claimed
        try:
            if isinstance(prepared, Postable):
                return await self._posting.send(prepared)
            return await self._sending.send(prepared)
        except StoreUnavailable as error:
            log.error("not_delivered_yet", alert=claimed.alert, reason=str(error))  # noqa: TRY400 - one line says it
            return Sent(_given_back(claimed, self.clock.now() + _SOON))
        except Exception as mistake:
            at = {"alert": claimed.alert, "address": claimed.address}
            log.error("not_delivered", **at, **mistake_of(mistake))  # noqa: TRY400 - a traceback may quote what somebody owns
            return Sent(claimed.became(State.REJECTED, mistaken(mistake)))

    def _note(self, error: DeliveryError | None, sent: datetime) -> None:
        """Let the circuit know how the platform answered; tell when it opens and closes."""
        before = self.circuit
        if error is None or not counts(error):
            self.circuit, self.calm = before.answered(), self.calm.answered()
        else:
            now = self.clock.now()
            self.circuit, self.calm = before.failed(sent, now), self.calm.failed(now)
        if before.closed and not self.circuit.closed:
            log.warning("broadcast_paused", channel=self.channel.kind)
        if self.circuit.closed and not before.closed:
            log.info("broadcast_resumed", channel=self.channel.kind)
            self._changed.set()

    async def _finish(self, workers: Sequence[asyncio.Task[None]]) -> None:
        """Give back what was not begun, finish what was, and write it all down."""
        now, self._ending = self.clock.now(), True
        while not self._ready.empty():
            self._done.append(_given_back(self._ready.get_nowait().claimed, now))
        with suppress(TimeoutError):
            async with asyncio.timeout(self.pipe.patience):
                while self.held > len(self._done):
                    self._changed.clear()
                    await self._changed.wait()
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        done, self._done = self._done, []
        with suppress(StoreUnavailable):
            async with self.database.writing() as connection:
                await outbox.settle(connection, done)
            self.held -= len(done)


def _given_back(claimed: Claimed, due: datetime) -> Outcome:
    """Return that nothing was sent; what is known of earlier attempts stays known."""
    why = claimed.why_still or Because.STOPPING
    return claimed.became(State.LATER, why, due_at=due, untried=True)
