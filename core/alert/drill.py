"""A drill: one marked test through the real sending, to a test audience and nobody else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from core.alert.preparing import Postable, Prepared, Preparing
from core.alert.sending import Sending
from core.channel import Address, Channel
from core.clock import Clock
from core.match.decide import Knowledge
from core.model.delivery import State
from core.model.outbox import Claimed
from core.model.outbox import Outcome as Settled
from core.store import drills, outbox
from core.store.drills import Outcome
from core.store.work import Database

LEASE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Drill:
    """Sends tests through these channels, by name."""

    database: Database
    channels: Mapping[str, Channel]
    clock: Clock
    knowledge: Callable[[], Awaitable[Knowledge]]

    async def run(self, name: str, audience: Sequence[Address]) -> list[Outcome] | None:
        """Send a test of the notice of that id; return what became of it at each address.

        None where the notice is unknown. Nobody outside `audience` is written to: neither is
        the test planned for anybody else, nor is anything sent that goes to another address.
        """
        now = self.clock.now()
        async with self.database.writing() as connection:
            alert = await drills.plan(connection, name, audience, now, now + LEASE)
            if alert is None:
                return None
            claimed = await outbox.claim_alert(connection, alert, now, now + LEASE)
        await self._send([one for one in claimed if _place(one) in audience])
        async with self.database.reading() as connection:
            return await drills.outcomes(connection, alert, audience)

    async def _send(self, claimed: Sequence[Claimed]) -> None:
        preparing = Preparing(self.database, self.clock, self.knowledge)
        for prepared in await preparing.prepared(claimed):
            outcome = await self._sent(prepared)
            async with self.database.writing() as connection:
                await outbox.settle(connection, [outcome])

    async def _sent(self, prepared: Prepared | Postable | Settled) -> Settled:
        if isinstance(prepared, Postable):
            return prepared.claimed.became(State.REJECTED)  # a drill has no drafts
        if not isinstance(prepared, Prepared):
            return prepared
        channel = self.channels[prepared.claimed.channel]
        sent = await Sending(self.database, channel, self.clock).send(prepared)
        return sent.outcome


def _place(claimed: Claimed) -> Address:
    return Address(claimed.channel, claimed.chat)
