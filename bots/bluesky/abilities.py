"""What Bluesky can do, known without its library."""

from __future__ import annotations

from bots.bluesky.render import MOST_GRAPHEMES, fits
from bots.bluesky.settings import BlueskySettings
from core.channel import Capabilities, Markup

CAPABILITIES = Capabilities(
    fits=fits,
    markup=Markup.PLAIN,
    max_caption=MOST_GRAPHEMES,
    threads=True,
    finds=True,
    private=False,
    listens=False,
    drops_repeats=True,
)


def capabilities(_: BlueskySettings) -> Capabilities:
    """Return what it can do with these settings."""
    return CAPABILITIES
