"""Reading photos for real: the process, its limits, what is read, and what is left behind."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bots.photo.reader import PhotoReader, PhotoRefused, Refusal, installed
from bots.photo.settings import PhotoSettings
from core.catalogue.load import FOLDER, load
from core.match.decide import judge
from core.model.label import Box, Reading
from core.model.lexicon import Lexicon
from core.query.label import read_label

WITHOUT = "the packages for reading photos are not installed"
pictures: Any = pytest.importorskip("tests.bots.photo.pictures", reason=WITHOUT)
pytestmark = [
    pytest.mark.skipif(not installed(), reason=WITHOUT),
    pytest.mark.asyncio(loop_scope="module"),
]
PATIENT = PhotoSettings(timeout=120)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def reader() -> AsyncIterator[PhotoReader]:
    """Give one reader, warm after the first test."""
    one = PhotoReader(PATIENT)
    yield one
    await one.close()


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    """Return the names that ship with the bot."""
    shipped = load(FOLDER, judge)
    return Lexicon.of(
        [maker for file in shipped for maker in file.makers],
        [notice for file in shipped for notice in file.recalls],
    )


def whole(reading: Reading) -> Box | None:
    return Box(left=0, top=0, right=reading.width, bottom=reading.height)


async def refused(reader: PhotoReader, photo: bytes) -> Refusal:
    with pytest.raises(PhotoRefused) as caught:
        await reader.read(photo, whole)
    return caught.value.kind


def known_of(process: int | None, what: str) -> bytes:
    return Path(f"/proc/{process}/{what}").read_bytes()


def alive(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


async def works(reader: PhotoReader) -> bool:
    seen = await reader.read(pictures.saved(pictures.a_picture()), whole)
    return any(pictures.PRINTED.model in line.text for line in seen.reading.lines)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
async def test_a_label_is_read_whichever_way_it_is_held(
    reader: PhotoReader, lexicon: Lexicon, turns: int
) -> None:
    photo = pictures.saved(pictures.a_picture().rotate(90 * turns, expand=True))

    seen = await reader.read(photo, lambda reading: read_label(reading, lexicon).crop)

    unit = read_label(seen.reading, lexicon).unit
    assert (unit.brand, unit.model, unit.serial) == (
        pictures.PRINTED.brand,
        pictures.PRINTED.model,
        pictures.PRINTED.serial,
    )
    assert not unit.confirmed
    assert seen.crop is not None
    assert seen.crop.startswith(b"\xff\xd8")


async def test_a_photo_of_twenty_megapixels_is_read(
    reader: PhotoReader, lexicon: Lexicon
) -> None:
    seen = await reader.read(pictures.scene(), whole)

    unit = read_label(seen.reading, lexicon).unit
    assert (unit.model, unit.serial) == (pictures.PRINTED.model, pictures.PRINTED.serial)


async def test_notes_in_the_photo_turn_it_and_are_not_passed_on(reader: PhotoReader) -> None:
    held = pictures.a_picture().rotate(90, expand=True)
    photo = pictures.noted(held, 6)

    seen = await reader.read(photo, whole)

    crop = seen.crop or b""
    assert (seen.reading.width > seen.reading.height) == (held.width < held.height)
    assert pictures.SECRET.encode() in photo
    assert pictures.SECRET.encode() not in crop
    assert pictures.SECRET not in seen.reading.model_dump_json()
    image = pictures.Image.open(pictures.io.BytesIO(crop))
    assert not image.getexif()
    assert "comment" not in image.info
    assert max(image.size) <= 900


async def test_where_nothing_is_chosen_the_reader_looks_closer_and_gives_no_crop(
    reader: PhotoReader,
) -> None:
    asked: list[Reading] = []

    seen = await reader.read(pictures.saved(pictures.a_picture()), asked.append)

    assert len(asked) == 2
    assert seen.crop is None


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (400, 300)])
async def test_a_picture_with_nothing_on_it_reads_as_nothing(
    reader: PhotoReader, size: tuple[int, int]
) -> None:
    empty = pictures.Image.new("RGB", size, "grey")

    seen = await reader.read(pictures.saved(empty, "PNG"), whole)

    assert seen.reading.lines == ()
    assert seen.reading.barcodes == ()


async def test_bad_photos_are_refused_by_name_and_the_process_lives_on(
    reader: PhotoReader,
) -> None:
    await works(reader)
    before = reader.pid

    kinds = [
        await refused(reader, photo)
        for photo in (
            b"",
            b"no photo at all",
            pictures.saved(pictures.a_picture())[:5000],
            pictures.moving("GIF"),
        )
    ]

    assert kinds == [Refusal.BROKEN, Refusal.BROKEN, Refusal.BROKEN, Refusal.MOVING]
    assert reader.pid == before


async def test_too_many_pixels_or_bytes_are_too_large(reader: PhotoReader) -> None:
    pixels = await refused(reader, pictures.bomb())
    size = await refused(reader, bytes(reader.limits["size"] * 1024 * 1024 + 1))

    assert (pixels, size) == (Refusal.TOO_LARGE, Refusal.TOO_LARGE)
    assert await works(reader)


async def test_a_photo_that_takes_too_long_ends_the_process_and_the_next_one_is_read(
    reader: PhotoReader,
) -> None:
    await works(reader)
    stuck = reader.pid
    assert stuck is not None
    os.kill(stuck, signal.SIGSTOP)
    reader._settings = PhotoSettings(timeout=1)

    kind = await refused(reader, pictures.saved(pictures.a_picture()))
    reader._settings = PATIENT

    assert kind is Refusal.TOOK_TOO_LONG
    assert not alive(stuck)
    assert await works(reader)


async def test_a_process_killed_in_the_middle_is_replaced(reader: PhotoReader) -> None:
    await works(reader)
    assert reader.pid is not None
    os.kill(reader.pid, signal.SIGSTOP)
    reading = asyncio.create_task(refused(reader, pictures.saved(pictures.a_picture())))
    await asyncio.sleep(0)
    os.kill(reader.pid, signal.SIGKILL)

    kind = await reading

    assert kind is Refusal.TOO_LARGE


async def test_who_gives_up_waiting_leaves_no_process_behind(reader: PhotoReader) -> None:
    await works(reader)
    before = reader.pid
    assert before is not None
    os.kill(before, signal.SIGSTOP)
    reading = asyncio.create_task(reader.read(pictures.saved(pictures.a_picture()), whole))
    await asyncio.sleep(0)

    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)

    assert not alive(before)


async def test_a_photo_that_needs_more_memory_than_allowed_does_not_end_the_bot() -> None:
    small = PhotoReader(PhotoSettings(timeout=120, memory_mb=900))
    huge = pictures.Image.new("RGBA", (8100, 6100), (10, 20, 30, 40))
    photo = pictures.saved(huge, "PNG", compress_level=1)
    await works(small)

    kind = await refused(small, photo)
    again = await works(small)
    await small.close()

    assert kind is Refusal.TOO_LARGE
    assert again


async def test_who_comes_when_too_many_wait_is_told_to_come_again(reader: PhotoReader) -> None:
    photo = pictures.saved(pictures.a_picture().resize((200, 150)))

    outcomes = await asyncio.gather(
        *(reader.read(photo, whole) for _ in range(6)), return_exceptions=True
    )

    kinds = [one.kind for one in outcomes if isinstance(one, PhotoRefused)]
    assert kinds == [Refusal.BUSY, Refusal.BUSY]


async def test_a_reader_that_was_never_used_can_be_closed() -> None:
    await PhotoReader().close()


async def test_an_idle_process_is_stopped(reader: PhotoReader) -> None:
    reader._idle_seconds = 0

    await works(reader)
    assert reader._idle is not None
    await reader._idle
    reader._idle_seconds = 300

    assert reader.pid is None


async def test_after_closing_twice_a_photo_starts_a_process_that_knows_no_secrets(
    reader: PhotoReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECALLBOT_WEB_SESSION_SECRET", "a secret of the bot")
    await reader.close()
    await reader.close()
    assert reader.pid is None
    assert await works(reader)

    environment, limits = known_of(reader.pid, "environ"), known_of(reader.pid, "limits")

    assert b"SECRET" not in environment
    lines = limits.decode().splitlines()[1:]
    bounds = {line[:25].strip(): line[26:].split()[0] for line in lines}
    assert bounds["Max file size"] == "0"
    assert bounds["Max core file size"] == "0"
    assert int(bounds["Max address space"]) == PATIENT.memory_mb * 1024 * 1024


async def test_without_the_packages_every_photo_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bots.photo.reader.PACKAGES", ("a_package_that_nobody_has",))

    assert not installed()
    assert await refused(PhotoReader(), pictures.saved(pictures.a_picture())) is Refusal.OFF
