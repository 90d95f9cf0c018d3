"""Photos as people and attackers send them, drawn here."""

from __future__ import annotations

import io
import struct
import zlib
from random import Random
from typing import Any

import numpy as np
from PIL import Image

from tools.labels import LAYOUTS, Printed, a_label, drawn

CHANCE = 7
PRINTED: Printed = a_label(LAYOUTS[0], Random(CHANCE))  # noqa: S311 - an invented unit
ORIENTATION, GPS, MAKE = 0x0112, 0x8825, 0x010F
SECRET = "Secret Camera 4711"


def a_picture() -> Image.Image:
    """Return a drawn label."""
    return drawn(PRINTED)


def saved(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """Return the picture as a file."""
    written = io.BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def scene() -> bytes:
    """Return a photo of 20 megapixels with a label in its middle."""
    table = Image.new("RGB", (5472, 3648), (150, 140, 128))
    label = a_picture()
    table.paste(label.resize((label.width * 2, label.height * 2)), (1600, 900))
    return saved(table, quality=88)


def noted(image: Image.Image, orientation: int) -> bytes:
    """Return a JPEG whose notes tell how it was held, where, and with what."""
    notes = Image.Exif()
    notes[ORIENTATION] = orientation
    notes[MAKE] = SECRET
    notes.get_ifd(GPS).update({1: "N", 2: (48.0, 8.0, 15.0), 3: "E", 4: (11.0, 34.0, 30.0)})
    return saved(image, exif=notes, comment=SECRET.encode())


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """Return a PNG of a few kilobytes that would unpack to that many pixels of one bit."""
    row = b"\0" + bytes((width + 7) // 8)
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(name, content)
        for name, content in ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    )


def _chunk(name: bytes, content: bytes) -> bytes:
    checked = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checked)


def moving(kind: str) -> bytes:
    """Return two pictures that follow each other."""
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue")]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def sixteen_bits(image: Image.Image) -> bytes:
    """Return the picture in grey as a PNG of sixteen bits a pixel."""
    grey = np.asarray(image.convert("L"), np.uint16) * 257
    return saved(Image.fromarray(grey), "PNG")


def see_through(image: Image.Image) -> bytes:
    """Return the print alone on nothing, as a PNG with a palette."""
    print_alone = image.convert("RGBA")
    print_alone.putalpha(image.convert("L").point(lambda value: 255 if value < 90 else 0))
    return saved(print_alone.quantize(16), "PNG")


def with_depth_map(image: Image.Image) -> bytes:
    """Return a JPEG as telephones write it: a second, small picture is appended."""
    depth = image.convert("L").resize((64, 48)).convert("RGB")
    return saved(image, "MPO", save_all=True, append_images=[depth])
