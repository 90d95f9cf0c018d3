"""What a form of the desk carries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import Request

from bots.web.form import FORM
from bots.web.multipart import is_multipart, parts_of

# Rules of an account tick many boxes.
MOST_FIELDS = 500


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form, each with everything that was given for it; never shown in logs.

    `photo` is the one file that a form may carry; `too_large` says that it was left out.
    """

    fields: Mapping[str, Sequence[str]] = field(
        default_factory=lambda: MappingProxyType({}), repr=False
    )
    photo: bytes | None = field(default=None, repr=False)
    too_large: bool = False

    def one(self, name: str) -> str:
        """Return what was given first, "" where nothing was; line ends are "\\n"."""
        given = self.fields.get(name, ("",))
        return given[0].replace("\r\n", "\n").replace("\0", "")

    def all(self, name: str) -> tuple[str, ...]:
        """Return everything that was given, such as the boxes that were ticked."""
        return tuple(one.replace("\0", "") for one in self.fields.get(name, ()))

    def number(self, name: str) -> int | None:
        """Return a whole number from 0 on, None where none was given."""
        text = self.one(name).strip()
        known = text.isascii() and text.isdecimal() and len(text) <= 18  # noqa: PLR2004 - fits 64 bits
        return int(text) if known else None


async def read_form(request: Request, photo_bytes: int | None = None) -> Form:
    """Return the form of a request; raises HTTPException where it is none.

    A photo of that many bytes may come with it, None: no photo.
    """
    if photo_bytes is not None and is_multipart(request.headers.get("content-type", "")):
        parts = await parts_of(request, photo_bytes)
        fields = {name: (text,) for name, text in parts.fields.items()}
        return Form(fields, parts.take_photo(), parts.too_large)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise HTTPException(415)
    body = (await request.body()).decode("utf-8", "replace")
    try:
        return Form(parse_qs(body, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise HTTPException(400) from None
