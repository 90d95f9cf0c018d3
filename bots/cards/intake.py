"""Takes in a photo for cards: checked, upright, small enough, and nothing but the picture."""

from __future__ import annotations

import asyncio
import warnings
from io import BytesIO
from threading import Lock
from types import MappingProxyType

from PIL import Image

from core.model.photo import Unfit, UnfitPhoto

MOST_BYTES = 10_000_000
MOST_PIXELS = 40_000_000
LONGEST_SIDE, SHORTEST_SIDE = 1600, 200
QUALITY = 88
FORMATS = ("JPEG", "PNG", "WEBP")
_ORIENTATION = 0x0112
_UPRIGHT = MappingProxyType(
    {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
)
# An unpacked photo is large: one at a time.
_one_at_a_time = Lock()


async def take_in(photo: bytes) -> bytes:
    """Return the photo as a JPEG of at most 1600 pixels a side; raises UnfitPhoto.

    It is written anew: what the file told besides (where it was taken, by which camera) is
    left behind. Taken are JPEG, PNG and WebP of up to 10 MB and 40 megapixels that stand
    still. Others go on meanwhile.
    """
    return await asyncio.to_thread(jpeg_of, photo)


def jpeg_of(photo: bytes) -> bytes:
    """Do the same, and keep everybody waiting."""
    if len(photo) > MOST_BYTES:
        raise UnfitPhoto(Unfit.TOO_LARGE)
    with _one_at_a_time, warnings.catch_warnings():
        # Of what it forgives, and of sizes: those are checked here.
        warnings.simplefilter("ignore")
        return _written(_upright(photo))


def _upright(photo: bytes) -> Image.Image:
    try:
        with Image.open(BytesIO(photo), formats=FORMATS) as opened:
            _check(opened)
            return _reduced(opened)
    except (UnfitPhoto, MemoryError):
        raise
    except Image.DecompressionBombError:
        raise UnfitPhoto(Unfit.TOO_LARGE) from None
    except Exception:
        # Decoders of a broken file raise whatever they meet.
        raise UnfitPhoto(Unfit.NO_PICTURE) from None


def _check(opened: Image.Image) -> None:
    """Refuse by what stands in the header, before anything is unpacked."""
    if opened.width * opened.height > MOST_PIXELS:
        raise UnfitPhoto(Unfit.TOO_LARGE)
    # Telephones append a second picture to a JPEG (MPO): that does not move.
    if opened.format != "MPO" and getattr(opened, "is_animated", False):
        raise UnfitPhoto(Unfit.MOVING)


def _reduced(opened: Image.Image) -> Image.Image:
    opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    # Told by the file, which converting may forget.
    turn = _UPRIGHT.get(opened.getexif().get(_ORIENTATION, 1))
    mode = "RGBA" if opened.has_transparency_data else "RGB"
    small = _eight_bits(opened).convert(mode)
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    if min(small.size) < SHORTEST_SIDE:
        raise UnfitPhoto(Unfit.TOO_SMALL)
    ground = Image.new("RGB", small.size, "white")
    ground.paste(small, mask=small if mode == "RGBA" else None)
    return ground if turn is None else ground.transpose(turn)


def _eight_bits(opened: Image.Image) -> Image.Image:
    """Return greys of sixteen bits as greys of eight: converting alone would whiten them."""
    if not opened.mode.startswith("I"):
        return opened
    return opened.convert("I").point(lambda grey: grey * (1 / 256)).convert("L")


def _written(upright: Image.Image) -> bytes:
    file = BytesIO()
    upright.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()
