from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from bots.cards.intake import LONGEST_SIDE, MOST_BYTES, SHORTEST_SIDE, jpeg_of, take_in
from core.model.photo import Unfit, UnfitPhoto
from tests.builders import STEADY

RED, BLUE = (250, 20, 20), (20, 20, 250)


def a_file(picture: Image.Image, kind: str = "PNG", **how: Any) -> bytes:
    written = BytesIO()
    picture.save(written, kind, **how)
    return written.getvalue()


def two_colours(size: tuple[int, int] = (400, 300)) -> Image.Image:
    """Return a picture whose left half is red and whose right half is blue."""
    picture = Image.new("RGB", size, BLUE)
    picture.paste(RED, (0, 0, size[0] // 2, size[1]))
    return picture


def taken(photo: bytes) -> Image.Image:
    return Image.open(BytesIO(jpeg_of(photo)))


def near(one: Any, other: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 25 for a, b in zip(one, other, strict=True))


@contextmanager
def refused(why: Unfit) -> Iterator[None]:
    with pytest.raises(UnfitPhoto) as error:
        yield
    assert error.value.why is why


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_cameras_and_programs_write_is_taken_as_a_jpeg(kind: str) -> None:
    picture = taken(a_file(two_colours(), kind))

    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (400, 300))
    assert near(picture.getpixel((20, 150)), RED)


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "BMP", "PPM", "ICO"])
def test_other_formats_are_refused(kind: str) -> None:
    with refused(Unfit.NO_PICTURE):
        jpeg_of(a_file(two_colours((256, 256)), kind))


def test_a_large_photo_is_made_smaller_and_keeps_its_shape() -> None:
    assert taken(a_file(Image.new("RGB", (4000, 3000)), "JPEG")).size == (LONGEST_SIDE, 1200)


@pytest.mark.parametrize(
    ("orientation", "corner"),
    [(1, (20, 20)), (3, (380, 20)), (6, (20, 20)), (8, (20, 380))],
)
def test_a_photo_stands_upright_however_the_camera_was_held(
    orientation: int, corner: tuple[int, int]
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation

    picture = taken(a_file(two_colours(), "JPEG", exif=exif))

    assert picture.size == ((300, 400) if orientation > 4 else (400, 300))
    assert near(picture.getpixel(corner), RED)


def test_where_and_by_which_camera_it_was_taken_is_left_behind() -> None:
    exif = Image.Exif()
    exif[0x010F] = "CameraMaker"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    photo = a_file(two_colours(), "JPEG", exif=exif, comment=b"at home", icc_profile=b"x" * 99)

    made = jpeg_of(photo)

    assert (b"CameraMaker" in photo, b"at home" in photo) == (True, True)
    assert not any(told in made for told in (b"Exif", b"CameraMaker", b"at home", b"ICC_PROF"))
    assert not Image.open(BytesIO(made)).getexif()


def test_one_sees_paper_through_what_is_transparent() -> None:
    clear = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    palette = clear.convert("P")
    palette.info["transparency"] = 0

    for picture in (clear, palette, Image.new("LA", (300, 300), (0, 0))):
        assert near(taken(a_file(picture)).getpixel((150, 150)), (255, 255, 255))


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK"])
def test_every_kind_of_colours_is_taken(mode: str) -> None:
    picture = Image.new("RGB", (300, 300), "black").convert(mode)
    kind = "JPEG" if mode == "CMYK" else "PNG"

    assert near(taken(a_file(picture, kind)).getpixel((150, 150)), (0, 0, 0))


def test_greys_of_sixteen_bits_keep_their_brightness() -> None:
    grey = Image.new("I;16", (300, 300), 0x4000)

    assert near(taken(a_file(grey)).getpixel((150, 150)), (64, 64, 64))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_moves_is_refused(kind: str) -> None:
    frames = [two_colours(), Image.new("RGB", (400, 300), "black")]

    with refused(Unfit.MOVING):
        jpeg_of(a_file(frames[0], kind, save_all=True, append_images=frames[1:]))


def test_a_telephone_may_append_a_second_picture() -> None:
    photo = a_file(two_colours(), "MPO", save_all=True, append_images=[two_colours()])

    assert taken(photo).size == (400, 300)


@pytest.mark.parametrize("side", [6400, 30_000])
def test_a_small_file_that_unpacks_to_more_than_memory_holds_is_refused(side: int) -> None:
    bomb = a_file(Image.new("1", (side, side)))

    assert len(bomb) < 1_000_000
    with refused(Unfit.TOO_LARGE):
        jpeg_of(bomb)


def test_a_file_of_too_many_bytes_is_not_even_looked_at() -> None:
    with refused(Unfit.TOO_LARGE):
        jpeg_of(b"x" * (MOST_BYTES + 1))


@pytest.mark.parametrize("size", [(1, 1), (2000, SHORTEST_SIDE), (199, 900)])
def test_what_nobody_could_make_out_is_refused(size: tuple[int, int]) -> None:
    with refused(Unfit.TOO_SMALL):
        jpeg_of(a_file(Image.new("RGB", size)))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_half_a_file_is_refused(kind: str) -> None:
    noise = Image.effect_noise((400, 300), 90).convert("RGB")
    whole = a_file(noise, kind)

    with refused(Unfit.NO_PICTURE):
        jpeg_of(whole[: len(whole) // 2])


@given(st.binary(max_size=200))
@example(b"")
@example(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
@example(b"\x89PNG\r\n\x1a\n" + b"\0" * 40)
@example(b"RIFF\xff\xff\xff\xffWEBPVP8 ")
@STEADY
def test_whatever_is_no_picture_is_refused_by_name(sent: bytes) -> None:
    with refused(Unfit.NO_PICTURE):
        jpeg_of(sent)


async def test_others_go_on_while_a_photo_is_taken_in() -> None:
    photo = a_file(two_colours())

    first, second = await asyncio.gather(take_in(photo), take_in(photo))

    assert first == second == jpeg_of(photo)
