"""Buttons of ours as Telegram's: what pressing them says travels in 64 bytes, or is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from core.channel import Kept
from core.model.message import Button

LONGEST_DATA = 64
# The first character tells which of both the rest is.
SAID = "="
KEPT = "#"
# Labels side by side are cut off on a narrow phone beyond about this many letters in all.
WIDEST_ROW = 26
MOST_IN_A_ROW = 4
# A letter of Chinese or Japanese is as wide as two of Latin.
WIDE_FROM = "\u1100"


async def keyboard(buttons: Sequence[Button], kept: Kept) -> InlineKeyboardMarkup | None:
    """Return the buttons in rows, None where there are none."""
    if not buttons:
        return None
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(
                    button.label, callback_data=await carried(button.says, kept)
                )
                for button in row
            ]
            for row in rows(buttons)
        ]
    )


async def carried(says: str, kept: Kept) -> str:
    """Return what a button carries for these words, in at most 64 bytes."""
    if len(f"{SAID}{says}".encode()) <= LONGEST_DATA:
        return f"{SAID}{says}"
    return f"{KEPT}{await kept.keep(says)}"


async def said_by(carried: str, kept: Kept) -> str | None:
    """Return the words of a pressed button, None where they are no longer known."""
    mark, rest = carried[:1], carried[1:]
    if mark == SAID:
        return rest
    return await kept.find(rest) if mark == KEPT else None


def rows(buttons: Iterable[Button]) -> Iterator[list[Button]]:
    """Yield the buttons row by row, as many side by side as stay readable."""
    row: list[Button] = []
    for button in buttons:
        together = [*row, button]
        width = max(_width(one.label) for one in together) * len(together)
        if row and (len(together) > MOST_IN_A_ROW or width > WIDEST_ROW):
            yield row
            together = [button]
        row = together
    if row:
        yield row


def _width(label: str) -> int:
    return sum(2 if letter >= WIDE_FROM else 1 for letter in label)
