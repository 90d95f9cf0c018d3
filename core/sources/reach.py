"""How to reach an American company, out of the sentence that says so."""

from __future__ import annotations

import re
from typing import NamedTuple

from core.sources.text import line

_LONGEST_URL = 500
_PHONE = re.compile(
    r"(?<![\w-])(?:\+?1[-. ])?\(?\d{3}\)?[-. ]\s?\d{3}[-. ]\d{4}(?![\w-])"
    r"(?:\s*,?\s*(?:ext\.?|extension)\s*\d{1,6})?"
)
_HOURS = re.compile(
    r"\bfrom (\d{1,2}(?::\d{2})? ?[ap]\.?m\.? [^;]{3,80}?(?:[MTWFS]\w+day|days a week|daily))"
    r"(?!\s+(?:through|to|and))",
    re.IGNORECASE,
)
# Bounded, as names are: a long run of letters must not be tried from each of them.
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"“”]+", re.IGNORECASE)
_AFTER_URL = ".,;:)]}'’!?"


class Reach(NamedTuple):
    """Phone, its hours, e-mail address and page: the first of each that a text names."""

    phone: str | None = None
    hours: str | None = None
    email: str | None = None
    url: str | None = None


def reach(text: str) -> Reach:
    """Return the first phone number, hours, e-mail address and page in `text`; never raises."""
    phone, hours, email = _PHONE.search(text), _HOURS.search(text), _EMAIL.search(text)
    return Reach(
        line(phone[0]) if phone else None,
        line(hours[1]) if hours else None,
        line(email[0]) if email else None,
        _page_in(text),
    )


def _page_in(text: str) -> str | None:
    for found in _URL.finditer(_EMAIL.sub(" ", text)):
        if url := link(found[0].rstrip(_AFTER_URL)):
            return url
    return None


def link(url: str) -> str | None:
    """Return an address we may show: http or https, no blanks, at most 500 characters."""
    whole = "%20".join(url.split())
    if whole.lower().startswith("www."):
        whole = f"https://{whole}"
    scheme, mark, rest = whole.partition("://")
    if not mark or scheme.lower() not in {"http", "https"} or rest.startswith("/"):
        return None
    whole = f"{scheme.lower()}://{rest}"
    fits = bool(rest) and len(whole) <= _LONGEST_URL and whole.isprintable()
    return whole if fits else None
