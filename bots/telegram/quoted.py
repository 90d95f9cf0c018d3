"""A notice's own words with the language they are in, where that is not the reader's."""

from __future__ import annotations

from babel import UnknownLocaleError

from core.model.message import Quote
from core.text.translations import own_name


def in_its_language(quote: Quote, lang: str) -> str:
    """Return the quotation; Telegram cannot mark a language, so its name stands before it."""
    if quote.lang.partition("-")[0] == lang.partition("-")[0]:
        return quote.text
    try:
        return f"[{own_name(quote.lang)}] {quote.text}"
    except (ValueError, UnknownLocaleError):
        return quote.text
