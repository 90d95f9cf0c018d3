"""Photos for tests, and eyes that see on them what the test wrote there."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from pathlib import Path
from types import MappingProxyType

from bots.app import open_database, open_talk, serve
from bots.web.channel import Web
from core.model.label import Box, Line, Reading
from core.query.photo import Eyes, Look
from core.settings import Settings
from tests.bots.web.stage import Speaker

MEBIBYTE = 1024 * 1024
# A black bar on white, 48 by 24 pixels.
JPEG = b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQ"
    "c1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/wAALCAAYADABAREA/8QAFwABAQEBAAAAAAAAAAAAAAAAAAQHBv/EACAQ"
    "AAICAgICAwAAAAAAAAAAAAACAQQVVJPRBRE1c7L/2gAIAQEAAD8A6YAAAzMAGheL+LqfSn5gqJcbR0q3EvQxtHSr"
    "cS9DG0dKtxL0MbR0q3EvRQqqiwiLCqseoiI9REH/2Q=="
)
MARK = b"\nPRINTED:"
SHOWN = "Anker", "PowerCore 10000", "Model: A1263", "SN: AFVDC20G17301234"


def a_photo(*lines: str, padding: int = 0) -> bytes:
    """Return a picture on which StandInEyes see these lines."""
    return JPEG + b"\0" * padding + MARK + "\n".join(lines).encode()


class StandInEyes:
    """Sees the lines that `a_photo` wrote behind a picture, and refuses what is no picture."""

    limits: Mapping[str, int] = MappingProxyType({"size": 1, "megapixels": 50})

    async def look(self, photo: bytes, choose: Callable[[Reading], Box | None]) -> Look:
        """Return those lines, one below the other, and the picture as the crop."""
        if not photo.startswith(JPEG):
            return Look(refused="broken")
        printed = photo.partition(MARK)[2].decode().splitlines()
        lines = tuple(
            Line(text=text, box=Box(left=10, top=40 * row, right=400, bottom=40 * row + 30))
            for row, text in enumerate(printed)
        )
        reading = Reading(lines=lines, width=600, height=40 * len(lines) + 10)
        return Look(reading, JPEG if choose(reading) else None)


@asynccontextmanager
async def stand_in() -> AsyncIterator[Eyes]:
    """Yield the eyes of a test, as the real ones are opened."""
    yield StandInEyes()


def talking(
    database: Path, eyes: Callable[[], AbstractAsyncContextManager[Eyes | None]]
) -> Speaker:
    """Return what answers through the real conversation on a database, with these eyes."""

    async def speak(web: Web) -> None:
        settings = Settings(database_url=str(database))
        store = await open_database(settings)
        async with eyes() as opened:
            with closing(await open_talk(store, settings, None, opened)) as talk:
                await serve([web], talk)
        await store.close()

    return speak
