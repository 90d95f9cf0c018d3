"""The newest posts of an account, looked through for one that may have arrived."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from tweepy.asynchronous import AsyncClient

from bots.x.money import Budget
from bots.x.rest import Json, Rest
from bots.x.seen import FIELDS, Tweet, is_shared, replied_to, same_text
from bots.x.who import Who
from core.channel import DeliveryError

# It is most often the newest, and what is read is paid for.
PAGE, PAGES = 20, 5


@dataclass(frozen=True, slots=True)
class Timeline:
    """Looks through our own posts, newest first, a hundred at most."""

    rest: Rest
    who: Who
    budget: Budget

    async def saying(self, text: str, handle: str, key: str) -> str | None:
        """Return the number of the newest post that says `text`; raises TryLater."""
        async for tweet in self._newest(handle, key):
            if same_text(tweet, text):
                return str(tweet["id"])
        return None

    async def answer_to(self, mention: str, handle: str, key: str) -> str | None:
        """Return the number of our post below that one; raises TryLater."""
        async for tweet in self._newest(handle, key):
            if replied_to(tweet) == mention:
                return str(tweet["id"])
        return None

    async def _newest(self, handle: str, key: str) -> AsyncIterator[Tweet]:
        token: str | None = None
        for page in range(PAGES):
            answer = await self._page(handle, f"{key}:{page}", token)
            for tweet in answer.get("data") or ():
                if not is_shared(tweet):
                    yield tweet
            token = (answer.get("meta") or {}).get("next_token")
            if token is None:
                return

    async def _page(self, handle: str, key: str, token: str | None) -> Json:
        number = await self.who.number(handle)
        paid = f"find:{key}:{self.budget.now():%Y-%m-%dT%H:%M}"
        await self.budget.pay(paid, PAGE * self.budget.prices.own_read)

        async def ask(client: AsyncClient) -> object:
            return await client.get_users_tweets(
                number,
                max_results=PAGE,
                pagination_token=token,
                tweet_fields=list(FIELDS),
                user_auth=True,
            )

        try:
            return await self.rest.read(handle, ask)
        except DeliveryError:
            await self.budget.back(paid)
            raise
