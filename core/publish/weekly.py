"""The weekly round-up: drafted on Monday morning, once a week, however long we were down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from core.clock import Clock
from core.model.delivery import serious
from core.model.public import Account, Draft, Sort, Stage
from core.model.recall import Notice, State
from core.model.subscriber import zone_of
from core.publish.composing import round_up_parts
from core.publish.posts.round_ups import Week
from core.publish.release import begin
from core.publish.rules import wants
from core.publish.voice import Voice
from core.store import accounts, drafts
from core.store.drafts import About
from core.store.published_between import published_between
from core.store.work import Database

HOUR = 9
# A round-up that is older than this is not worth posting any more.
LATEST = timedelta(days=3)
WEEK = timedelta(days=7)
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Weekly:
    """Drafts the round-ups of all accounts that want them; `page` is our own list."""

    database: Database
    clock: Clock
    voices: Mapping[str, Voice]
    page: str | None = None

    async def run(self) -> int:
        """Draft what is due; return how many drafts were made."""
        now, count = self.clock.now(), 0
        async with self.database.reading() as connection:
            every = await accounts.accounts(connection)
        for account in every:
            monday = due_monday(account, now)
            if monday is not None and account.channel in self.voices:
                async with self.database.writing() as connection:
                    count += await self._draft(connection, account, monday)
        return count

    async def _draft(self, connection: AsyncConnection, account: Account, monday: date) -> int:
        now = self.clock.now()
        first, last = monday - WEEK, monday - timedelta(days=1)
        found = await published_between(connection, first, last)
        week = week_of(account, found, first, self.page)
        if not week.total:
            return 0
        year, number, _ = first.isocalendar()
        about = About(0, f"weekly {year}-W{number:02}")
        alert = await drafts.alert_for(connection, about, now)
        parts = round_up_parts(account, week, self.voices[account.channel], now)
        stage, due = begin(account, serious=False, now=now)
        made = Draft(
            alert=alert,
            account=account.number,
            event=0,
            sort=Sort.ROUND_UP,
            stage=stage if parts else Stage.DRAFTED,
            lang=account.style.lang,
            parts=parts,
            key=uuid4().hex,
            serious=False,
            created_at=now,
            due_at=due,
            rule=account.rules.mode.value,
        )
        return int(await drafts.draft(connection, made))


def due_monday(account: Account, now: datetime) -> date | None:
    """Return the Monday whose round-up of the week before may be drafted now, None for none."""
    if not (account.rules.round_up and account.active and not account.gone):
        return None
    local = now.astimezone(zone_of(account.rules.zone))
    monday = local.date() - timedelta(days=local.weekday())
    early = local.weekday() == 0 and local.hour < HOUR
    late = local.date() - monday > LATEST
    return None if early or late else monday


def week_of(account: Account, notices: Sequence[Notice], first: date, page: str | None) -> Week:
    """Return what an account tells of a week: what its rules let through, counted."""
    told = [one for one in notices if one.state is not State.RETRACTED and wants(account, one)]
    ordered = sorted(told, key=lambda one: not serious(one))
    return Week(
        first=first,
        last=first + timedelta(days=6),
        total=len(told),
        hazards=_counted(one.hazard.kinds for one in told),
        categories=_counted((one.category,) for one in told),
        countries=_counted(one.regions for one in told),
        notices=tuple(ordered),
        page=page,
    )


def _counted(values: Iterable[Iterable[Key]]) -> tuple[tuple[Key, int], ...]:
    counts = Counter(value for several in values for value in set(several))
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0]))))
