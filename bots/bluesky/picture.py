"""Pictures as Bluesky takes them: at most a million bytes each, with their size told."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

from core.channel import PostRejected

LARGEST = 1_000_000
_QUALITIES = (85, 75, 65)
_SHRINK = 0.8
_SMALLEST = 200


@dataclass(frozen=True, slots=True)
class Fitted:
    """A JPEG file small enough, and how many pixels it has each way."""

    jpeg: bytes
    width: int
    height: int


def fitted(jpeg: bytes) -> Fitted:
    """Return the picture, written anew and smaller where it is too large.

    The same picture gives the same bytes. Raises PostRejected where it cannot be read.
    """
    try:
        with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as picture:
            if len(jpeg) <= LARGEST:
                return Fitted(jpeg, *picture.size)
            return next(one for one in _smaller(picture) if len(one.jpeg) <= LARGEST)
    except (OSError, ValueError, StopIteration, Image.DecompressionBombError) as error:
        raise PostRejected("the picture cannot be read, or not made small enough") from error


def _smaller(picture: Image.Image) -> Iterator[Fitted]:
    """Yield it in ever fewer bytes: first with less care, then in fewer pixels."""
    plain = picture.convert("RGB")
    while min(plain.size) >= _SMALLEST:
        for quality in _QUALITIES:
            file = io.BytesIO()
            plain.save(file, "JPEG", quality=quality, optimize=True)
            yield Fitted(file.getvalue(), *plain.size)
        plain = plain.resize((int(plain.width * _SHRINK), int(plain.height * _SHRINK)))
