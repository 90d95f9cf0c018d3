"""What pressing a button of ours means: its words travel in 100 characters, or are kept."""

from __future__ import annotations

from collections.abc import Sequence

from core.channel import Kept
from core.model.message import Button

LONGEST_ID = 100
LONGEST_LABEL = 80
# The first character tells what the rest is; the second only sets apart buttons that say the
# same, since Discord wants every custom_id of a message to be another.
SAID, KEPT, TYPED = "=", "#", "?"
# Stands between the words and the channel that they are about.
ABOUT = "\x1f"
_PLACES = "0123456789abcdefghijklmnopqrstuvwxyz"


async def carried(
    buttons: Sequence[Button], kept: Kept, about: int | None = None
) -> list[tuple[str, str]]:
    """Return the label and the custom_id of each button; they are `about` that channel."""
    tail = f"{ABOUT}{about}" if about else ""
    return [
        (_label(button.label), await _carried(f"{button.says}{tail}", place, kept))
        for place, button in zip(_PLACES, buttons, strict=False)
    ]


def _label(label: str) -> str:
    text = " ".join(label.split()) or "…"
    return text if len(text) <= LONGEST_LABEL else f"{text[: LONGEST_LABEL - 1]}…"


async def _carried(says: str, place: str, kept: Kept) -> str:
    short = f"{SAID}{place}{says}"
    # Discord does not say what it counts; UTF-8 is the largest count.
    if len(short.encode()) <= LONGEST_ID and says == says.strip():
        return short
    return f"{KEPT}{place}{await kept.keep(says)}"


async def said_by(custom_id: str, kept: Kept) -> str | None:
    """Return the words of a pressed button, None where it is not, or no longer, known."""
    mark, rest = custom_id[:1], custom_id[2:]
    if mark == SAID:
        return rest
    return await kept.find(rest) if mark == KEPT else None


def about_of(said: str) -> tuple[str, int | None]:
    """Return the words, and the channel they are about where that is another."""
    words, _, about = said.partition(ABOUT)
    return words, int(about) if about.isdecimal() else None


def opens_modal(custom_id: str) -> bool:
    """Say whether the button, or the modal it opened, is for typing an answer."""
    return custom_id == TYPED
