"""Mentions of one account: read in pages that are paid for, and none lost by a restart."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

import structlog
from tweepy.asynchronous import AsyncClient

from bots.x.address import Place
from bots.x.asked import FIELDS, asks_us, language_of, question_in, written_at
from bots.x.money import Budget
from bots.x.rest import Json, Rest
from bots.x.seen import Tweet
from bots.x.standing import Standing
from bots.x.who import Who
from core.channel import DeliveryError, Inbound, Positions
from core.query.group import PAYLOAD

log = structlog.get_logger(__name__)
PAGE = 10
# X gives the newest 800 mentions of an account and no more.
MOST_PAGES = 80
# Who asked before we first listened does not wait any more.
FIRST_HEARD = timedelta(hours=1)
# Longer than an answer is tried for: beyond it something hangs, and the others go on.
ANSWER_OVERDUE = timedelta(minutes=5)
# Whoever reads and is killed is followed by another after this, or three readings.
LEASE = timedelta(minutes=2)


@dataclass(slots=True)
class Passages:
    """How far each mention has come, in the order of their numbers."""

    _settled: OrderedDict[str, bool] = field(default_factory=OrderedDict)
    _since: dict[str, datetime] = field(default_factory=dict)

    def begin(self, number: str, now: datetime) -> None:
        """Take note of a mention that is newer than all before."""
        self._settled[number] = False
        self._since[number] = now

    def settle(self, number: str) -> None:
        """Take note that it was answered or given up; more than once is harmless."""
        if number in self._settled:
            self._settled[number] = True

    def passed(self, now: datetime) -> str | None:
        """Return the newest of those that need not be read again, None where there is none.

        With it those are forgotten.
        """
        last = None
        while self._settled:
            number, settled = next(iter(self._settled.items()))
            if not settled and now - self._since[number] < ANSWER_OVERDUE:
                break
            del self._settled[number], self._since[number]
            last = number
        return last


@dataclass(slots=True)
class Reading:
    """What mentions are read with: X, who we are, the purse, where to keep how far we came."""

    rest: Rest
    who: Who
    budget: Budget
    now: Callable[[], datetime]
    positions: Positions | None
    public_url: str | None = None


class Mentions:
    """Reads the mentions of one account every so many seconds."""

    def __init__(
        self, handle: str, seconds: float, reading: Reading, standing: Standing | None = None
    ) -> None:
        """Read nothing yet."""
        self._handle = handle
        self._seconds = seconds
        self._with = reading
        self._standing = standing or Standing()
        self._name = f"x:mentions:{handle.casefold()}"
        self._me = uuid4().hex
        self._passages = Passages()
        self._since: str | None = None
        self._changed = asyncio.Event()
        self._reads = False
        self._closed = False

    async def heard(self) -> AsyncIterator[Inbound]:
        """Yield what is asked until it is closed, oldest first; reads on after an outage.

        Of several processes one reads, and another goes on once that one is gone.
        """
        while not self._closed:
            pause: float = self._seconds
            tweets: Sequence[Tweet] = ()
            try:
                tweets = await self._news() if await self._alone() else ()
                self._standing.up()
            except DeliveryError as error:
                pause = self._standing.down(error)
            for tweet in tweets:
                if self._closed:
                    return
                if not await self._alone():
                    break  # it took so long that another hears the rest
                if (inbound := await self._inbound(tweet)) is not None:
                    yield inbound
            await self._rest_for(pause)

    async def close(self) -> None:
        """End `heard`, keep how far we came and let others go on; safe to call twice."""
        self._closed = True
        self._changed.set()
        await self._keep()
        if self._with.positions and self._reads:
            now, self._reads = self._with.now(), False
            await self._with.positions.take(self._name, self._me, now, now)

    async def _alone(self) -> bool:
        """Say whether we read, and nobody else; who begins goes on where the last one ended."""
        if self._with.positions is None:
            return True
        now = self._with.now()
        until = now + max(LEASE, 3 * timedelta(seconds=self._seconds))
        reads = await self._with.positions.take(self._name, self._me, now, until)
        if not reads:
            self._since, self._passages = None, Passages()
        self._reads = reads
        return reads

    async def _news(self) -> Sequence[Tweet]:
        """Return the mentions that came since the last, oldest first."""
        first = self._since is None
        if first and self._with.positions:
            self._since = await self._with.positions.position(self._name)
        known = self._since is not None
        tweets: list[Tweet] = []
        token: str | None = None
        for _ in range(MOST_PAGES if known else 1):
            answer = await self._page(token)
            tweets += answer.get("data") or ()
            token = (answer.get("meta") or {}).get("next_token")
            if token is None:
                break
        tweets.sort(key=lambda tweet: int(tweet["id"]))
        if tweets:
            self._since = str(tweets[-1]["id"])
        for tweet in tweets:
            self._passages.begin(str(tweet["id"]), self._with.now())
        return tweets if known else [one for one in tweets if not self._is_stale(one)]

    def _is_stale(self, tweet: Tweet) -> bool:
        now = self._with.now()
        stale = written_at(tweet, now) < now - FIRST_HEARD
        if stale:
            self._passages.settle(str(tweet["id"]))
        return stale

    async def _page(self, token: str | None) -> Json:
        number = await self._with.who.number(self._handle)
        budget = self._with.budget
        key = f"read:{uuid4().hex}"
        await budget.pay(key, PAGE * budget.prices.read)

        async def ask(client: AsyncClient) -> object:
            return await client.get_users_mentions(
                number,
                max_results=PAGE,
                since_id=self._since,
                pagination_token=token,
                tweet_fields=list(FIELDS),
                user_auth=True,
            )

        try:
            answer = await self._with.rest.read(self._handle, ask)
        except DeliveryError:
            await budget.back(key)
            raise
        await budget.reads(key, tuple(str(one["id"]) for one in answer.get("data") or ()))
        return answer

    async def _inbound(self, tweet: Tweet) -> Inbound | None:
        number = str(tweet["id"])
        ourselves = await self._with.who.number(self._handle)
        if not asks_us(tweet, self._handle, ourselves):
            self._passages.settle(number)
            return None
        place = Place(self._handle, number).address
        url = self._with.public_url
        return Inbound(
            place,
            question_in(tweet),
            written_at(tweet, self._with.now()),
            language_of(tweet),
            group=True,
            private_link=f"{url}/?start={PAYLOAD}" if url else None,
            answer_to=place,
            message=number,
            settled=partial(self._settle, number),
        )

    def _settle(self, number: str) -> None:
        self._passages.settle(number)
        self._changed.set()

    async def _rest_for(self, seconds: float) -> None:
        """Pause, and meanwhile keep how far we came as mentions are settled."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self._closed:
                    await self._keep()
                    self._changed.clear()
                    await self._changed.wait()
        await self._keep()

    async def _keep(self) -> None:
        passed = self._passages.passed(self._with.now())
        if passed is not None and self._with.positions:
            await self._with.positions.keep(self._name, passed)
