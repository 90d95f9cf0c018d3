"""The channels of one process: opened side by side, each kept going, closed together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import structlog
from fastapi import APIRouter

from bots.app import serve
from bots.failure import Failure
from bots.page_server import PageServer
from bots.registry import PLATFORMS, found
from bots.surroundings import Surroundings
from core.channel import Channel
from core.query.talk import Talk
from core.settings import SettingsError, load, variable

log = structlog.get_logger(__name__)
WEB = "web"


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds each step may take, and pass before a failed channel is tried again.

    The pauses double. A stop may take ten seconds: `reply`, `let_go` and `close` together.
    """

    open: float = 10
    reply: float = 3
    let_go: float = 0.5
    close: float = 5
    first_pause: float = 1
    longest_pause: float = 600


Open = Callable[[], Awaitable[Channel | None]]


@dataclass(slots=True)
class Supervised:
    """One channel, kept going whatever it does; `open` gives None where it is not set up."""

    name: str
    open: Open
    patience: Patience = field(default_factory=Patience)
    channel: Channel | None = None
    _failures: int = 0

    async def keep(self, talk: Talk, stopping: asyncio.Event) -> None:
        """Answer what is said on it until we are to stop; replies under way are finished.

        One that cannot listen is kept open until then.
        """
        while not stopping.is_set():
            try:
                await self.opened()
                if self.channel is None:
                    return
                if not self.channel.capabilities.listens:
                    await stopping.wait()
                    return
                await serve([self.channel], talk, stopping)
                reason = "it listens no more"
            # Whatever it is, the other channels go on.
            except Exception as error:
                reason = type(_first(error)).__name__
            if not stopping.is_set():
                await _pause(self._failed(reason), stopping)

    async def opened(self) -> Channel | None:
        """Return the channel, opened now unless it is open; raises what opening raises."""
        if self.channel is None:
            async with asyncio.timeout(self.patience.open):
                self.channel = await self.open()
        return self.channel

    def _failed(self, reason: str) -> float:
        """Tell it, once for a row of failures, and return for how long to pause."""
        if not self._failures:
            log.error(
                "channel_failed",
                channel=self.name,
                reason=reason,
                advice="it is tried again, the others go on; `recallbot doctor` looks at it",
            )
        self._failures += 1
        doubled = self.patience.first_pause * 2.0 ** min(self._failures - 1, 16)
        return min(self.patience.longest_pause, doubled)

    async def close(self) -> None:
        """Close it, or leave it behind where it does not close in time."""
        if self.channel is None:
            return
        try:
            async with asyncio.timeout(self.patience.close):
                await self.channel.close()
        except Exception as error:  # however it ends, it ends
            log.error("channel_not_closed", channel=self.name, reason=type(error).__name__)  # noqa: TRY400 - one line says it


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


async def _pause(seconds: float, stopping: asyncio.Event) -> None:
    """Pause, unless we are to stop meanwhile."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stopping.wait()


def chosen(names: Sequence[str]) -> list[str]:
    """Return the channels to run: those named, else all that have a token.

    Raises Failure for a name that there is not, for one without a token, and for any setting of
    theirs that is wrong: that stops the start.
    """
    known = [WEB, *PLATFORMS]
    for name in names:
        if name not in known:
            raise Failure(f"there is no channel {name!r} to run; there are {', '.join(known)}")
    wanted = [name for name in known if not names or name in names]
    # Without a token its library is not even imported.
    return [name for name in wanted if name == WEB or _is_set_up(name, named=name in names)]


def _is_set_up(name: str, *, named: bool) -> bool:
    kind, needs = found(PLATFORMS[name].settings), PLATFORMS[name].needs
    try:
        settings = load(kind)
    except SettingsError as error:
        raise Failure(str(error)) from None
    there = bool(getattr(settings, needs))
    if named and not there:
        raise Failure(f"{variable(kind, needs)} is not set; `recallbot doctor` says what to do")
    return there


@runtime_checkable
class Called(Protocol):
    """A channel whose platform may call us instead of being asked."""

    def routes(self) -> APIRouter | None:
        """Return the page that the platform calls, None where we ask."""
        ...


async def opened(
    name: str, surroundings: Surroundings, pages: PageServer | None
) -> Channel | None:
    """Open a platform's channel, None where it is not set up; raises Failure for its settings.

    The platform is not asked yet; what it calls is mounted in `pages`.
    """
    try:
        channel: Channel | None = await found(PLATFORMS[name].opens)(surroundings)
    except SettingsError as error:
        raise Failure(str(error)) from None
    routes = channel.routes() if isinstance(channel, Called) else None
    if routes is not None:
        if pages is None:
            raise Failure(f"{name} is to call our pages: add --channel {WEB}")
        pages.mount(routes)
    return channel


class Channels:
    """All channels of a process."""

    def __init__(
        self, supervised: Sequence[Supervised], talk: Talk, patience: Patience | None = None
    ) -> None:
        """Nothing is listened to yet."""
        self._patience = patience or Patience()
        self._all = supervised
        self._talk = talk
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Open them side by side and listen; raises Failure where settings do not fit.

        One that cannot be opened otherwise is tried again while the others go on.
        """
        opening = [one.opened() for one in self._all]
        for outcome in await asyncio.gather(*opening, return_exceptions=True):
            if isinstance(outcome, Failure):
                raise outcome
        self._tasks = [
            asyncio.create_task(one.keep(self._talk, self._stopping)) for one in self._all
        ]

    @property
    def names(self) -> list[str]:
        """Return those that are open."""
        return [one.name for one in self._all if one.channel is not None]

    async def finish(self) -> None:
        """Listen no more, and finish the replies under way; within four seconds."""
        self._stopping.set()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=self._patience.reply)
            await self._let_go(late)

    async def _let_go(self, late: set[asyncio.Task[None]]) -> None:
        for task in late:
            task.cancel()
        if late:
            log.warning("replies_cut_off", channels=len(late))
            await asyncio.wait(late, timeout=self._patience.let_go)

    async def close(self) -> None:
        """Close all of them side by side; within five seconds."""
        await asyncio.gather(*(one.close() for one in self._all))
