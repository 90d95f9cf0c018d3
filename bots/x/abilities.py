"""What X can do, known without its library."""

from __future__ import annotations

from bots.x.count import LONGEST_TEXT, fits
from bots.x.settings import XSettings
from core.channel import Capabilities, Markup


def capabilities(settings: XSettings) -> Capabilities:
    """Return what it can do with these settings: replies only where we may, as few may."""
    return Capabilities(
        fits=fits,
        markup=Markup.PLAIN,
        max_caption=LONGEST_TEXT,
        threads=settings.replies,
        finds=True,
        private=False,
        listens=settings.mentions is not None,
    )
