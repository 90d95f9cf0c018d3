"""Draws a label plainly, for the reader of photos to read."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw, ImageFont


def a_drawn_label(*lines: str) -> bytes:
    """Return a JPEG of these lines in black on white."""
    picture = Image.new("RGB", (900, 90 * len(lines) + 80), "white")
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(48)
    for row, line in enumerate(lines):
        pen.text((50, 40 + 90 * row), line, fill="black", font=font)
    written = BytesIO()
    picture.save(written, "JPEG", quality=90)
    return written.getvalue()
