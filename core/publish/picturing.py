"""A photo on the card of a draft: which one, and what is said with it; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.model.photo import Photo
from core.model.public import Card, Part
from core.text.translations import translator


def with_photo(parts: Iterable[Part], photo: Photo) -> tuple[Part, ...]:
    """Return the parts with that photo on every card, in place of another one.

    What its licence asks for is written on the card, and said at the end of its description.
    """
    return tuple(_changed(part, photo) for part in parts)


def without_photo(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Return the parts with no photo on any card."""
    return tuple(_changed(part, None) for part in parts)


def photo_of(parts: Iterable[Part]) -> str | None:
    """Return the name of the photo that the parts show, None where they show none."""
    cards = (part.picture for part in parts if isinstance(part.picture, Card))
    return next((card.photo for card in cards if card.photo), None)


def has_card(parts: Iterable[Part]) -> bool:
    """Say whether there is a card on which a photo can stand."""
    return any(isinstance(part.picture, Card) for part in parts)


def _changed(part: Part, photo: Photo | None) -> Part:
    card = part.picture
    if not isinstance(card, Card):
        return part
    plain = replace(card, photo=None, credit=None, alt=card.alt_without_credit)
    if photo is None:
        return replace(part, picture=plain)
    named = photo.statement.credit
    credit = translator(card.lang)("card_photo_credit", credit=named) if named else None
    alt = f"{plain.alt}\n{credit}" if credit else plain.alt
    shown = replace(plain, photo=photo.digest, credit=credit, alt=alt)
    return replace(part, picture=shown)
