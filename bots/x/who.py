"""Which number X knows an account by; it never changes, so it is asked once."""

from __future__ import annotations

from dataclasses import dataclass, field

from tweepy.asynchronous import AsyncClient

from bots.x.rest import Json, Rest
from core.channel import Positions, TryLater


@dataclass(slots=True)
class Who:
    """Finds the numbers of our accounts, and keeps them through restarts."""

    rest: Rest
    positions: Positions | None
    _numbers: dict[str, str] = field(default_factory=dict)

    async def number(self, handle: str) -> str:
        """Return the number of an account of ours; raises what `Rest.read` raises."""
        name = f"x:number:{handle.casefold()}"
        if name not in self._numbers:
            kept = await self.positions.position(name) if self.positions else None
            self._numbers[name] = kept or await self._asked(handle, name)
        return self._numbers[name]

    async def _asked(self, handle: str, name: str) -> str:
        me = await me_of(self.rest, handle)
        number = str(me.get("id") or "")
        if not number.isdecimal():
            raise TryLater
        if self.positions:
            await self.positions.keep(name, number)
        return number


async def me_of(rest: Rest, handle: str) -> Json:
    """Return what X knows of the account whose token we have; raises what `read` raises."""

    async def ask(client: AsyncClient) -> object:
        return await client.get_me(user_auth=True)

    found = (await rest.read(handle, ask)).get("data")
    return found if isinstance(found, dict) else {}
