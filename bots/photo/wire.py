"""What the reader of photos and its process say to each other: a word, a length, bytes."""

from __future__ import annotations

import asyncio
import struct
from enum import IntEnum
from typing import BinaryIO

HEAD = struct.Struct(">BI")
# More than any reading or crop; a larger answer is none of ours.
LONGEST_ANSWER = 16 * 1024 * 1024


class Word(IntEnum):
    """What a frame is: the first three are asked, the others answered."""

    READ = 1
    ZOOM = 2
    CROP = 3
    READING = 4
    PICTURE = 5
    REFUSED = 6


def frame(word: Word, content: bytes = b"") -> bytes:
    """Return one frame as it goes through a pipe."""
    return HEAD.pack(word, len(content)) + content


def next_frame(pipe: BinaryIO, longest: int) -> tuple[Word, bytes] | None:
    """Return the next frame, or None at the end; raises ValueError where it is no frame."""
    head = pipe.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    word, size = HEAD.unpack(head)
    if size > longest:
        raise ValueError(f"a frame of {size} bytes")
    return Word(word), pipe.read(size)


async def frame_from(pipe: asyncio.StreamReader) -> tuple[Word, bytes]:
    """Return the next answer; raises EOFError at the end and ValueError for no frame."""
    word, size = HEAD.unpack(await pipe.readexactly(HEAD.size))
    if size > LONGEST_ANSWER:
        raise ValueError(f"an answer of {size} bytes")
    return Word(word), await pipe.readexactly(size)
