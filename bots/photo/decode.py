"""From the bytes somebody sent to an upright picture, refusing what is none or too much."""

from __future__ import annotations

import io
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bots.photo.refusal import MOST_PIXELS, PhotoRefused, Refusal

Picture = NDArray[np.uint8]

# The longer side that is kept: small print is still legible, and 20 megapixels are not carried.
KEPT_SIDE = 3200
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIXTEEN_BITS = 257


def picture_of(photo: bytes) -> Picture:
    """Return the upright picture as rows of RGB; raises PhotoRefused.

    Format, size and movement are known from the header, before anything is unpacked.
    """
    try:
        with warnings.catch_warnings():
            # Of what it forgives; a picture is either read or refused.
            warnings.simplefilter("ignore")
            return _opened(photo)
    except (PhotoRefused, MemoryError):
        raise
    except Image.DecompressionBombError:
        raise PhotoRefused(Refusal.TOO_LARGE) from None
    except Exception:
        # Decoders of hostile bytes raise whatever they meet; none of it is ours to mend.
        raise PhotoRefused(Refusal.BROKEN) from None


def _opened(photo: bytes) -> Picture:
    with Image.open(io.BytesIO(photo), formats=FORMATS) as image:
        _check(image)
        return _decoded(image)


def _check(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise PhotoRefused(Refusal.TOO_LARGE)
    # Telephones append a depth or brightness map to a JPEG as a second picture (MPO).
    if image.format != "MPO" and getattr(image, "is_animated", False):
        raise PhotoRefused(Refusal.MOVING)


def _decoded(image: Image.Image) -> Picture:
    turn = _UPRIGHT.get(_orientation(image))
    image.draft("RGB", (KEPT_SIDE, KEPT_SIDE))
    image.load()
    small = _reduced(image)
    plain = _opaque(small)
    upright = plain.transpose(turn) if turn is not None else plain
    # A bare array: whatever else the file told ends here.
    return np.ascontiguousarray(upright)


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:
        # A spoilt note about the camera is no reason to refuse the picture.
        return 1


def _reduced(image: Image.Image) -> Image.Image:
    share = KEPT_SIDE / max(image.size)
    if share >= 1:
        return image
    width, height = (max(1, round(side * share)) for side in image.size)
    if image.mode in {"1", "P", "PA"}:
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    if image.mode.startswith("I"):
        image = _eight_bits(image)
    return image.resize((width, height), Image.Resampling.BOX, reducing_gap=2.0)


def _opaque(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        return _eight_bits(image).convert("RGB")
    if image.mode in {"LA", "PA", "RGBA", "RGBa", "La"} or "transparency" in image.info:
        paper = Image.new("RGB", image.size, "white")
        see_through = image.convert("RGBA")
        paper.paste(see_through, mask=see_through)
        return paper
    return image.convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    values: Any = np.asarray(image)
    return Image.fromarray((values // _SIXTEEN_BITS).clip(0, 255).astype(np.uint8))


def jpeg_of(picture: Picture, side: int) -> bytes:
    """Return the picture alone as a new JPEG of at most `side` pixels either way."""
    image = Image.fromarray(picture)
    image.thumbnail((side, side))
    written = io.BytesIO()
    image.save(written, "JPEG", quality=85)
    return written.getvalue()
