"""Whether uploaded bytes are what they say: a JPEG, PNG, GIF or WebP that is all there."""

from __future__ import annotations

import struct
import zlib

LARGEST = {"tweet_image": 5 << 20, "tweet_gif": 15 << 20, "tweet_video": 512 << 20}
PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
PNG_END, JPEG_END = b"IEND\xaeB`\x82", b"\xff\xd9"


def kind_of(content: bytes) -> str:
    """Return the media type of a picture or film, "" where it is none or was cut off."""
    if content.startswith(PNG):
        return "image/png" if content.endswith(PNG_END) else ""
    if content.startswith(JPEG):
        return "image/jpeg" if content.rstrip(b"\0").endswith(JPEG_END) else ""
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return "video/mp4" if content[4:8] == b"ftyp" else ""


def a_picture(width: int = 32, height: int = 24) -> bytes:
    """Return a small grey PNG."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    return PNG + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
