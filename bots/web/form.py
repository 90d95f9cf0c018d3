"""What the browser sends when a visitor writes, presses a button or adds a photo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import Request

from bots.web.multipart import is_multipart, parts_of

MOST_FIELDS = 10
FORM = "application/x-www-form-urlencoded"
LONGEST_NUMBER = 18


@dataclass(frozen=True, slots=True)
class Form:
    """Typed text, or the words of a pressed button; a photo; what the page already showed.

    Of a photo that is `too_large` nothing is kept.
    """

    text: str = ""
    press: str | None = None
    after: int = 0
    token: str = ""
    photo: bytes | None = field(default=None, repr=False)
    too_large: bool = False

    @property
    def draft(self) -> str:
        """Return what to keep in the box when the message is refused."""
        return self.text if self.press is None else ""


async def read(request: Request, photo_bytes: int | None = None) -> Form:
    """Return the form of a request, with a photo of at most `photo_bytes` where those are on.

    Raises HTTPException where it is no form.
    """
    if photo_bytes is not None and is_multipart(request.headers.get("content-type", "")):
        parts = await parts_of(request, photo_bytes)
        return _form(parts.fields, parts.take_photo(), too_large=parts.too_large)
    return _form(await fields(request))


async def fields(request: Request) -> Mapping[str, str]:
    """Return the fields of a form without files; raises HTTPException where it is none."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise HTTPException(415)
    body = (await request.body()).decode("utf-8", "replace")
    try:
        found = parse_qs(body, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise HTTPException(400) from None
    return {name: values[0] for name, values in found.items()}


def _form(
    first: Mapping[str, str], photo: bytes | None = None, *, too_large: bool = False
) -> Form:
    return Form(
        text=first.get("text", "").replace("\r\n", "\n"),
        press=first.get("press"),
        after=whole_number(first.get("after", "")),
        token=first.get("token", ""),
        photo=photo,
        too_large=too_large,
    )


def whole_number(text: str) -> int:
    """Return the number that `text` is, and 0 where it is none."""
    known = text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER
    return int(text) if known else 0
