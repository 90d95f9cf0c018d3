"""Opening photos: every usual kind comes out upright, every bad one is named and refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bots.photo.refusal import PhotoRefused, Refusal

WITHOUT = "the packages for reading photos are not installed"
decode: Any = pytest.importorskip("bots.photo.decode", reason=WITHOUT)
pictures: Any = pytest.importorskip("tests.bots.photo.pictures", reason=WITHOUT)


def difference(one: Any, other: Any) -> float:
    """Return by how much two pictures of one size differ, 0 to 255."""
    return float(abs(one.astype(float) - other.astype(float)).mean())


KINDS: dict[str, Callable[[Any], bytes]] = {
    "JPEG": pictures.saved,
    "JPEG in CMYK": lambda image: pictures.saved(image.convert("CMYK")),
    "JPEG in grey": lambda image: pictures.saved(image.convert("L")),
    "JPEG with a depth map": pictures.with_depth_map,
    "PNG": lambda image: pictures.saved(image, "PNG"),
    "PNG of 16 bits": pictures.sixteen_bits,
    "PNG of 1 bit": lambda image: pictures.saved(image.convert("1"), "PNG"),
    "PNG with a palette": lambda image: pictures.saved(image.quantize(64), "PNG"),
    "PNG in grey with alpha": lambda image: pictures.saved(image.convert("LA"), "PNG"),
    "WebP": lambda image: pictures.saved(image, "WEBP"),
    "GIF that stands still": lambda image: pictures.saved(image, "GIF"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_usual_kind_of_picture_comes_out_as_rows_of_red_green_and_blue(kind: str) -> None:
    image = pictures.a_picture()

    picture = decode.picture_of(KINDS[kind](image))

    assert picture.shape == (image.height, image.width, 3)
    assert difference(picture, pictures.np.asarray(image)) < 40


def test_print_on_nothing_comes_out_on_white_paper() -> None:
    picture = decode.picture_of(pictures.see_through(pictures.a_picture()))

    assert picture[2, 2].tolist() == [255, 255, 255]
    assert picture.min() < 60


@pytest.mark.parametrize(("orientation", "turns"), [(3, 2), (6, 1), (8, 3)])
def test_a_photo_that_was_held_sideways_comes_out_upright(orientation: int, turns: int) -> None:
    image = pictures.a_picture()
    held = image.rotate(90 * turns, expand=True)

    picture = decode.picture_of(pictures.noted(held, orientation))

    assert picture.shape == (image.height, image.width, 3)
    assert difference(picture, pictures.np.asarray(image)) < 10


@pytest.mark.parametrize("orientation", [2, 4, 5, 7])
def test_a_mirrored_photo_has_its_shape_put_right(orientation: int) -> None:
    image = pictures.a_picture()

    picture = decode.picture_of(pictures.noted(image, orientation))

    width, height = image.size
    assert picture.shape[:2] == ((width, height) if orientation > 4 else (height, width))


def test_spoilt_notes_about_the_camera_do_not_spoil_the_photo() -> None:
    image = pictures.a_picture()
    whole = pictures.saved(image, exif=b"Exif\0\0MM\0*\xff\xff\xff\xff garbage")

    picture = decode.picture_of(whole)

    assert picture.shape[:2] == (image.height, image.width)


def test_a_large_photo_is_kept_at_a_bearable_size() -> None:
    picture = decode.picture_of(pictures.scene())

    assert max(picture.shape) == decode.KEPT_SIDE


def test_one_pixel_and_one_endless_line_are_pictures() -> None:
    for size in ((1, 1), (60_000, 1)):
        picture = decode.picture_of(
            pictures.saved(pictures.Image.new("RGB", size, "white"), "PNG")
        )

        assert picture.size


BROKEN: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "text": lambda: b"Model: A1263\n" * 50,
    "the first half of a JPEG": lambda: pictures.saved(pictures.a_picture())[:9000],
    "the first half of a PNG": lambda: pictures.saved(pictures.a_picture(), "PNG")[:9000],
    "a WebP's head alone": lambda: pictures.saved(pictures.a_picture(), "WEBP")[:200],
    "a PDF": lambda: b"%PDF-1.7\n" + bytes(500),
    "a TIFF": lambda: pictures.saved(pictures.a_picture(), "TIFF"),
    "a JPEG's head alone": lambda: b"\xff\xd8\xff\xe0" + bytes(40),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_what_is_no_whole_picture_is_refused_as_broken(kind: str) -> None:
    with pytest.raises(PhotoRefused) as refused:
        decode.picture_of(BROKEN[kind]())

    assert refused.value.kind is Refusal.BROKEN


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_a_moving_picture_is_refused_as_such(kind: str) -> None:
    with pytest.raises(PhotoRefused) as refused:
        decode.picture_of(pictures.moving(kind))

    assert refused.value.kind is Refusal.MOVING


@pytest.mark.parametrize("size", [(30_000, 30_000), (9_000, 6_000)])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(
    size: tuple[int, int],
) -> None:
    with pytest.raises(PhotoRefused) as refused:
        decode.picture_of(pictures.bomb(*size))

    assert refused.value.kind is Refusal.TOO_LARGE


def test_a_crop_is_a_new_jpeg_without_a_word_about_the_photo() -> None:
    photo = pictures.noted(pictures.a_picture(), 1)

    crop = decode.jpeg_of(decode.picture_of(photo), 300)

    image = pictures.Image.open(pictures.io.BytesIO(crop))
    assert pictures.SECRET.encode() in photo
    assert pictures.SECRET.encode() not in crop
    assert b"Exif" not in crop
    assert max(image.size) == 300
    assert not image.getexif()
