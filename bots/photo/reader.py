"""Takes photos in and hands them, one after another, to a process that may die of them."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from time import monotonic

import structlog

from bots.photo.refusal import MOST_PIXELS, PhotoRefused, Refusal
from bots.photo.settings import PhotoSettings
from bots.photo.wire import Word, frame, frame_from
from core.model.label import Box, Reading

__all__ = ["PhotoReader", "PhotoRefused", "PhotoSettings", "Refusal", "Seen", "installed"]

PACKAGES = ("PIL", "cv2", "numpy", "onnxruntime", "rapidocr", "zxingcpp")
MEBIBYTE = 1024 * 1024
# One is read, the others wait; who comes later is told to come again.
MOST_AT_ONCE = 4
IDLE_SECONDS = 300.0
ENDING_SECONDS = 2.0
_ROOT = Path(__file__).resolve().parent.parent.parent
# The signal for too much processor time, and what a lack of memory ends with: the kernel kills,
# or a library gives up.
_ENDS = {
    -signal.SIGXCPU: Refusal.TOOK_TOO_LONG,
    -signal.SIGKILL: Refusal.TOO_LARGE,
    -signal.SIGABRT: Refusal.TOO_LARGE,
}
# It gets no other variable: what opens strangers' files need not know any token. These keep its
# memory the same on a machine with many cores.
_THRIFT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "2", "MALLOC_ARENA_MAX": "2"}
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read on a photo, and the chosen piece of it as a JPEG without any metadata."""

    reading: Reading
    crop: bytes | None


def installed() -> bool:
    """Say whether the packages for reading photos are there, without loading them."""
    return all(find_spec(name) for name in PACKAGES)


class PhotoReader:
    """Reads one photo after another; a photo lives in memory and pipes alone.

    The process that reads is started by the first photo, kept for the next ones, replaced when
    it takes too long or dies, and stopped after five idle minutes.
    """

    def __init__(
        self, settings: PhotoSettings | None = None, *, idle_seconds: float = IDLE_SECONDS
    ) -> None:
        """Take the limits; nothing starts before the first photo."""
        self._settings = settings or PhotoSettings()
        self._worker: Process | None = None
        self._turn = asyncio.Lock()
        self._inside = 0
        self._idle: asyncio.Task[None] | None = None
        self._idle_seconds = idle_seconds

    async def read(self, photo: bytes, choose: Callable[[Reading], Box | None]) -> Seen:
        """Return what stands on `photo` and the piece of it that `choose` picks.

        Where `choose` finds nothing it is asked again, with a closer look at the picture.
        Raises PhotoRefused.
        """
        started = monotonic()
        try:
            seen = await self._read(photo, choose)
        except PhotoRefused as refused:
            _log.debug("photo_refused", kind=refused.kind.value, seconds=_since(started))
            raise
        _log.debug("photo_read", seconds=_since(started))
        return seen

    @property
    def limits(self) -> Mapping[str, int]:
        """Return the most it takes: `size` in megabytes, and `megapixels`."""
        return {"size": self._settings.max_mb, "megapixels": MOST_PIXELS // 1_000_000}

    @property
    def pid(self) -> int | None:
        """Return the number of the process that reads, None while there is none."""
        return self._worker.pid if self._worker else None

    async def close(self) -> None:
        """Stop the process; safe twice, and the next photo would start a new one."""
        self._stop_waiting()
        await self._end()

    async def _read(self, photo: bytes, choose: Callable[[Reading], Box | None]) -> Seen:
        if not installed():
            raise PhotoRefused(Refusal.OFF)
        if not photo:
            raise PhotoRefused(Refusal.BROKEN)
        if len(photo) > self._settings.max_mb * MEBIBYTE:
            raise PhotoRefused(Refusal.TOO_LARGE)
        async with self._place():
            try:
                async with asyncio.timeout(self._settings.timeout):
                    return await self._look(photo, choose)
            except TimeoutError:
                raise PhotoRefused(Refusal.TOOK_TOO_LONG) from None
            except (OSError, EOFError, ValueError):
                raise PhotoRefused(await self._why_it_ended()) from None

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        """Wait for a turn, and leave no process behind that is in the middle of something."""
        if self._inside >= MOST_AT_ONCE:
            raise PhotoRefused(Refusal.BUSY)
        self._inside += 1
        try:
            async with self._turn:
                self._stop_waiting()
                whole = False
                try:
                    yield
                    whole = True
                except PhotoRefused as refused:
                    whole = refused.kind in {Refusal.BROKEN, Refusal.MOVING}
                    raise
                finally:
                    if not whole:
                        await self._end()
                    self._wait()
        finally:
            self._inside -= 1

    async def _look(self, photo: bytes, choose: Callable[[Reading], Box | None]) -> Seen:
        worker = await self._started()
        reading = Reading.model_validate_json(await _ask(worker, Word.READ, photo))
        box = choose(reading)
        if box is None:
            reading = Reading.model_validate_json(await _ask(worker, Word.ZOOM))
            box = choose(reading)
        crop = b""
        if box is not None:
            crop = await _ask(worker, Word.CROP, box.model_dump_json().encode())
        return Seen(reading, crop or None)

    async def _started(self) -> Process:
        if self._worker is not None and self._worker.returncode is None:
            return self._worker
        settings = self._settings
        environment = {
            "PYTHONPATH": os.pathsep.join([str(_ROOT), *filter(None, sys.path)]),
            **_THRIFT,
        }
        self._worker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-B", "-m", "bots.photo.worker"),
            *(str(settings.memory_mb), str(settings.timeout)),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env=environment,
        )
        return self._worker

    async def _why_it_ended(self) -> Refusal:
        worker, code = self._worker, 0
        if worker is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(ENDING_SECONDS):
                    code = await worker.wait()
        return _ENDS.get(code, Refusal.BROKEN)

    async def _end(self) -> None:
        worker, self._worker = self._worker, None
        if worker is None:
            return
        with suppress(ProcessLookupError):
            worker.kill()
        # Reading to the end lets go of the pipes even where it died in the middle of an answer.
        await worker.communicate()

    def _wait(self) -> None:
        if self._worker is not None:
            self._idle = asyncio.create_task(self._rest())

    async def _rest(self) -> None:
        await asyncio.sleep(self._idle_seconds)
        await self._end()

    def _stop_waiting(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None


async def _ask(worker: Process, word: Word, content: bytes = b"") -> bytes:
    if worker.stdin is None or worker.stdout is None:
        raise EOFError
    worker.stdin.write(frame(word, content))
    await worker.stdin.drain()
    answer, told = await frame_from(worker.stdout)
    if answer is Word.REFUSED:
        raise PhotoRefused(Refusal(told.decode()))
    return told


def _since(started: float) -> float:
    return round(monotonic() - started, 2)
