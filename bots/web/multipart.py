"""Reads a form with a photo as it arrives: in memory alone, and never more than allowed."""

from __future__ import annotations

import asyncio

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.exceptions import HTTPException
from starlette.requests import Request

from bots.web.limits import MOST_BYTES, MOST_PHOTO_TIMES, PHOTO_SECONDS

MULTIPART = "multipart/form-data"
MOST_PARTS = 10
PHOTO = "photo"


class Parts:
    """The fields and the one photo of a form; feed it what arrives, in order.

    Starlette's own reader keeps files in temporary files on disk, and a photo must never lie
    there. What a photo is called is not even looked at.
    """

    def __init__(self, content_type: str, photo_bytes: int) -> None:
        """Expect a form of this content type; raises HTTPException where it is none."""
        boundary = parse_options_header(content_type)[1].get(b"boundary")
        if not boundary:
            raise HTTPException(400)
        self.fields: dict[str, str] = {}
        self.photo: bytes | None = None
        self.too_large = False
        self.whole = False
        self._photo_bytes = photo_bytes
        self._room = MOST_BYTES
        self._parts = 0
        self._content = bytearray()
        self._header = (bytearray(), bytearray())
        self._disposition = ""
        self._name = ""
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._part_begins,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._header_ends,
                "on_headers_finished": self._content_begins,
                "on_part_data": self._content_goes_on,
                "on_part_end": self._part_ends,
                "on_end": self._all_ends,
            },
        )

    def take_photo(self) -> bytes | None:
        """Return the photo and let go of it: whoever takes it has it alone."""
        photo, self.photo = self.photo, None
        return photo

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes; raises HTTPException where they are no form of ours."""
        try:
            self._parser.write(chunk)
        except FormParserError:
            raise HTTPException(400) from None

    def _part_begins(self) -> None:
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise HTTPException(400)
        self._disposition = ""
        self._content = bytearray()

    def _header_name(self, told: bytes, start: int, end: int) -> None:
        self._header[0].extend(told[start:end])

    def _header_value(self, told: bytes, start: int, end: int) -> None:
        self._header[1].extend(told[start:end])

    def _header_ends(self) -> None:
        if self._header[0].lower() == b"content-disposition":
            self._disposition = self._header[1].decode("latin-1")
        self._header = (bytearray(), bytearray())

    def _content_begins(self) -> None:
        options = parse_options_header(self._disposition)[1]
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        is_file = b"filename" in options
        second = self.photo is not None or self.too_large
        if is_file != (self._name == PHOTO) or (is_file and second):
            raise HTTPException(400)
        # A browser sends an unnamed, empty file where none was chosen.
        self._chosen = bool(options.get(b"filename"))

    def _content_goes_on(self, told: bytes, start: int, end: int) -> None:
        if self._name == PHOTO:
            self.too_large |= len(self._content) + end - start > self._photo_bytes
            if self.too_large:
                self._content.clear()
                return
        else:
            self._room -= end - start
            if self._room < 0:
                raise HTTPException(413)
        self._content.extend(told[start:end])

    def _part_ends(self) -> None:
        if self._name != PHOTO:
            self.fields.setdefault(self._name, self._content.decode("utf-8", "replace"))
        elif (self._content or self._chosen) and not self.too_large:
            self.photo = bytes(self._content)
        self._content = bytearray()

    def _all_ends(self) -> None:
        self.whole = True


async def parts_of(
    request: Request, photo_bytes: int, patience_seconds: float = PHOTO_SECONDS
) -> Parts:
    """Return what a form holds; raises HTTPException where it is too much, too slow or broken.

    A photo beyond the limit is read to its end and dropped, so that the page can say so and
    give the text back; a body several times as large is cut off.
    """
    parts = Parts(request.headers["content-type"], photo_bytes)
    left = most_bytes(photo_bytes)
    try:
        async with asyncio.timeout(patience_seconds):
            async for chunk in request.stream():
                left -= len(chunk)
                if left < 0:
                    raise HTTPException(413)
                parts.feed(chunk)
    except TimeoutError:
        raise HTTPException(408) from None
    if not parts.whole:
        raise HTTPException(400)
    return parts


def most_bytes(photo_bytes: int) -> int:
    """Return how much of a body with such a photo is read before it is cut off."""
    return MOST_BYTES + MOST_PHOTO_TIMES * photo_bytes


def is_multipart(content_type: str) -> bool:
    """Say whether a request is a form as browsers send it with files."""
    return content_type.partition(";")[0].strip().lower() == MULTIPART
