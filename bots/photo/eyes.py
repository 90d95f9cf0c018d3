"""The reader of photos as the conversation knows it: it sees, or says why not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from bots.failure import Failure
from bots.photo.reader import PhotoReader, installed
from bots.photo.refusal import PhotoRefused
from bots.photo.settings import PhotoSettings
from core.model.label import Box, Reading
from core.query.photo import Look
from core.settings import SettingsError, load


class PhotoEyes:
    """Looks at photos through a reader, within its limits."""

    def __init__(self, reader: PhotoReader) -> None:
        """Look through `reader`."""
        self._reader = reader

    @property
    def limits(self) -> Mapping[str, int]:
        """Return the most it takes: `size` in megabytes, and `megapixels`."""
        return self._reader.limits

    async def look(self, photo: bytes, choose: Callable[[Reading], Box | None]) -> Look:
        """Return what is on the photo, and the piece that `choose` picked, or why not."""
        try:
            seen = await self._reader.read(photo, choose)
        except PhotoRefused as refused:
            return Look(refused=refused.kind.value)
        return Look(seen.reading, seen.crop)


@asynccontextmanager
async def open_eyes() -> AsyncIterator[PhotoEyes | None]:
    """Open the reader of photos, None where its packages are not installed; raises Failure."""
    if not installed():
        yield None
        return
    try:
        settings = load(PhotoSettings)
    except SettingsError as error:
        raise Failure(str(error)) from None
    reader = PhotoReader(settings)
    try:
        yield PhotoEyes(reader)
    finally:
        await reader.close()
