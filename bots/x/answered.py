"""Which mentions were answered: at most one post each, whatever happens in between."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from core.channel import DeliveryError, DeliveryUnknown, Positions

# More than can be under way when a process ends; what is older was settled long ago.
MOST = 500
# A mention whose answer was begun, and of which we do not know whether it arrived.
BEGUN = ""


class Answered:
    """Remembers the answers of one account, through restarts where there are `positions`.

    One process listens for an account; it reads anew each time, so that another one that was
    stopped a moment ago is not repeated.
    """

    def __init__(self, handle: str, positions: Positions | None) -> None:
        """Read nothing yet."""
        self._name = f"x:answered:{handle.casefold()}"
        self._positions = positions
        self._known: OrderedDict[str, str] = OrderedDict()
        self._lock = asyncio.Lock()

    async def once(
        self,
        mention: str,
        send: Callable[[], Awaitable[str]],
        look: Callable[[], Awaitable[str | None]],
    ) -> str:
        """Return the number of the answer to a mention: the earlier one, or what `send` gives.

        Where an earlier attempt may have arrived, `look` tells.
        """
        async with self._lock:
            known = await self._read()
            if known.get(mention):
                return known[mention]
            if mention in known and (found := await look()) is not None:
                await self._note(mention, found)
                return found
            await self._note(mention, BEGUN)
            try:
                number = await send()
            except DeliveryUnknown:
                raise
            except DeliveryError:
                await self._note(mention, None)
                raise
            await self._note(mention, number)
            return number

    async def _read(self) -> OrderedDict[str, str]:
        if self._positions:
            told = await self._positions.position(self._name) or ""
            pairs = (one.partition("=") for one in told.split())
            self._known = OrderedDict((mention, number) for mention, _, number in pairs)
        return self._known

    async def _note(self, mention: str, number: str | None) -> None:
        known = await self._read()
        known.pop(mention, None)
        if number is not None:
            known[mention] = number
        while len(known) > MOST:
            known.popitem(last=False)
        if self._positions:
            kept = " ".join(f"{one}={answer}" for one, answer in known.items())
            await self._positions.keep(self._name, kept)
