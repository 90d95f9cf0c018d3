"""What Telegram can do, known without its library."""

from __future__ import annotations

from bots.telegram.render import LONGEST_CAPTION, MOST_BUTTONS, fits
from bots.telegram.settings import TelegramSettings
from core.channel import Capabilities, Markup

CAPABILITIES = Capabilities(
    fits=fits,
    markup=Markup.HTML,
    max_buttons=MOST_BUTTONS,
    max_caption=LONGEST_CAPTION,
    threads=True,
    edits=True,
)


def capabilities(_: TelegramSettings) -> Capabilities:
    """Return what it can do with these settings."""
    return CAPABILITIES
