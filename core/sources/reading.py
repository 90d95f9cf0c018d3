"""Reading a body up to a size, and unpacking it without trusting how large it becomes."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator

from core.sources.contract import SourceUnavailable

MEGABYTE = 1_000_000
_GZIP = 16 + zlib.MAX_WBITS
PLAIN = frozenset({"", "identity"})
PACKED = frozenset({"gzip", "x-gzip"})


class CutShort(Exception):  # noqa: N818 - it says what happened
    """The body ended before its end; asking again may help."""


async def read(chunks: AsyncIterator[bytes], coding: str, largest: int) -> bytes:
    """Return the whole body behind these chunks, unpacked where `coding` is gzip.

    Neither what is received nor what it unpacks to is read beyond `largest` bytes. Raises
    SourceUnavailable where it is larger or packed in another way, CutShort where it breaks off.
    """
    if coding in PACKED:
        unpacker = _Unpacker(largest)
    elif coding in PLAIN:
        unpacker = None
    else:
        raise SourceUnavailable("the answer is packed in a way we did not ask for")
    received, body = 0, bytearray()
    async for chunk in chunks:
        received += len(chunk)
        body += chunk if unpacker is None else unpacker.more(chunk, len(body))
        if max(received, len(body)) > largest:
            raise too_large(largest)
    if unpacker is not None and not unpacker.complete:
        raise CutShort("the answer broke off")
    return bytes(body)


def too_large(largest: int) -> SourceUnavailable:
    """Return the refusal of a body larger than that."""
    return SourceUnavailable(f"the answer is larger than {largest / MEGABYTE:g} MB")


class _Unpacker:
    """Unpacks one or several gzip members, never further than one byte beyond the limit."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._member = zlib.decompressobj(_GZIP)
        self._begun = False

    @property
    def complete(self) -> bool:
        """Say whether the last member was read to its end, or there was none."""
        return self._member.eof or not self._begun

    def more(self, chunk: bytes, so_far: int) -> bytes:
        """Return what this chunk unpacks to, where `so_far` bytes came before."""
        unpacked = bytearray()
        while chunk:
            if self._member.eof:
                self._member = zlib.decompressobj(_GZIP)
            self._begun = True
            room = self._largest + 1 - so_far - len(unpacked)
            if room <= 0:
                raise too_large(self._largest)
            try:
                unpacked += self._member.decompress(chunk, room)
            except zlib.error:
                raise SourceUnavailable("the answer is no gzip, though it says so") from None
            chunk = self._member.unused_data or self._member.unconsumed_tail
        return bytes(unpacked)
