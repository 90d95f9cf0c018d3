"""Which country somebody names, by its code or in words."""

from __future__ import annotations

from babel.core import get_global

from core.query.fragments import fragment


def country_named(typed: str) -> str | None:
    """Return the country (ISO 3166 alpha-2) of a code or a few words, None for none."""
    code = typed.strip().upper()
    return code if code in get_global("territory_zones") else fragment(typed, "region")
