"""What Discord can do, known without its library."""

from __future__ import annotations

from bots.discord.render import LONGEST_TEXT, MOST_BUTTONS, fits
from bots.discord.settings import DiscordSettings
from core.channel import Capabilities, Markup

CAPABILITIES = Capabilities(
    fits=fits,
    markup=Markup.MARKDOWN,
    max_buttons=MOST_BUTTONS,
    max_caption=LONGEST_TEXT,
    threads=True,
    aside=True,
    edits=True,
)


def capabilities(_: DiscordSettings) -> Capabilities:
    """Return what it can do with these settings."""
    return CAPABILITIES
