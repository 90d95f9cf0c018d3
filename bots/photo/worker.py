"""The process that opens photos: `python -m bots.photo.worker MEMORY_MB SECONDS`.

It is asked by frames on its standard input and answers on its standard output. Whatever a photo
does to it, the bot goes on; it writes no file and keeps nothing but the picture last read.
"""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

from rapidocr.inference_engine.onnxruntime.main import ONNXRuntimeError

from bots.photo.decode import Picture, jpeg_of, picture_of
from bots.photo.refusal import PhotoRefused, Refusal
from bots.photo.sight import SEARCHED_SIDE, ZOOMED_SIDE, Sight, View
from bots.photo.wire import Word, frame, next_frame
from core.model.label import Box

MEBIBYTE = 1024 * 1024
LONGEST_QUESTION = 128 * MEBIBYTE
CROP_SIDE = 900
POLITE = 10
# Both cores may be busy for one photo.
CORES = 2


class Desk:
    """The one photo being looked at."""

    def __init__(self, sight: Sight) -> None:
        """Begin with no photo."""
        self._sight = sight
        self._photo: Picture | None = None
        self._view: View | None = None

    def answer(self, word: Word, content: bytes) -> bytes:
        """Return the frame that answers one question."""
        try:
            if word is Word.CROP:
                return frame(Word.PICTURE, self._crop(Box.model_validate_json(content)))
            if word is Word.READ:
                self._view = None
                self._photo = picture_of(content)
            return frame(Word.READING, self._reading(zoomed=word is Word.ZOOM))
        except PhotoRefused as refused:
            return frame(Word.REFUSED, refused.kind.value.encode())

    def _reading(self, *, zoomed: bool) -> bytes:
        if self._photo is None:
            raise PhotoRefused(Refusal.BROKEN)
        self._view = self._sight.look(self._photo, ZOOMED_SIDE if zoomed else SEARCHED_SIDE)
        return self._view.reading.model_dump_json().encode()

    def _crop(self, box: Box) -> bytes:
        if self._view is None:
            return b""
        piece = self._view.picture[box.top : box.bottom, box.left : box.right]
        return jpeg_of(piece, CROP_SIDE) if piece.size else b""


def limit(memory_mb: int) -> None:
    """Bound this process for good: its memory, no file written, no core dump, little haste."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb * MEBIBYTE, memory_mb * MEBIBYTE))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(POLITE)


def allow(seconds: int) -> None:
    """Let the process use that much more time of the processors before it is ended."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    until = int(spent.ru_utime + spent.ru_stime) + CORES * seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


def serve(asked: BinaryIO, told: BinaryIO, seconds: int) -> None:
    """Answer questions until there are no more."""
    desk = Desk(Sight())
    for word, content in _questions(asked):
        allow(seconds)
        told.write(desk.answer(word, content))
        told.flush()


def _questions(asked: BinaryIO) -> Iterator[tuple[Word, bytes]]:
    while question := next_frame(asked, LONGEST_QUESTION):
        yield question


def main(arguments: list[str]) -> int:
    """Set the limits, then serve; the unexpected ends the process, and a new one comes."""
    memory_mb, seconds = map(int, arguments)
    limit(memory_mb)
    told = os.fdopen(os.dup(1), "wb")
    # Nothing a library prints may mix with the answers.
    os.dup2(2, 1)
    allow(seconds)
    try:
        with suppress(BrokenPipeError):
            serve(sys.stdin.buffer, told, seconds)
    except (MemoryError, ONNXRuntimeError):
        # The models' library says it in words only, and fails on a picture for no other reason.
        with suppress(OSError):
            told.write(frame(Word.REFUSED, Refusal.TOO_LARGE.value.encode()))
            told.flush()
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
