"""What Mastodon can do, known without its library."""

from __future__ import annotations

from bots.mastodon.counting import Limit
from bots.mastodon.settings import MastodonSettings
from core.channel import Capabilities, Markup


def within(limit: Limit) -> Capabilities:
    """Return what instances can do that take posts of that length."""
    return Capabilities(
        fits=limit.fits,
        markup=Markup.PLAIN,
        max_caption=limit.characters,
        threads=True,
        edits=True,
        finds=True,
        private=False,
        listens=False,
    )


def capabilities(_: MastodonSettings) -> Capabilities:
    """Return what instances can do that were not asked yet: they take what most take."""
    return within(Limit())
