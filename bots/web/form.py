"""What the browser sends when a visitor writes, or presses a button."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import Request

MOST_FIELDS = 10
FORM = "application/x-www-form-urlencoded"
LONGEST_NUMBER = 18


@dataclass(frozen=True, slots=True)
class Form:
    """Typed text, or the words of a pressed button; and what the page already showed."""

    text: str = ""
    press: str | None = None
    after: int = 0
    token: str = ""

    @property
    def draft(self) -> str:
        """Return what to keep in the box when the message is refused."""
        return self.text if self.press is None else ""


async def read(request: Request) -> Form:
    """Return the form of a request; raises HTTPException where it is none."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise HTTPException(415)
    body = (await request.body()).decode("utf-8", "replace")
    try:
        fields = parse_qs(body, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise HTTPException(400) from None
    first = {name: values[0] for name, values in fields.items()}
    return Form(
        text=first.get("text", "").replace("\r\n", "\n"),
        press=first.get("press"),
        after=whole_number(first.get("after", "")),
        token=first.get("token", ""),
    )


def whole_number(text: str) -> int:
    """Return the number that `text` is, and 0 where it is none."""
    known = text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER
    return int(text) if known else 0
