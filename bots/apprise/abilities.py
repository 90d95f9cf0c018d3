"""What the targets of Apprise can do, known without its library."""

from __future__ import annotations

from bots.apprise.settings import AppriseSettings
from core.channel import Capabilities, Markup

# A longer post is a mistake, even where it can be sent in pieces.
LONGEST_POST = 32_768


def fits(text: str) -> bool:
    """Say whether a post may be so long."""
    return len(text) <= LONGEST_POST


def of_targets(*, files: bool) -> Capabilities:
    """Return what targets can do of which one takes files, or none."""
    return Capabilities(
        fits=fits,
        markup=Markup.PLAIN,
        max_caption=LONGEST_POST if files else None,
        private=False,
        listens=False,
    )


def capabilities(_: AppriseSettings) -> Capabilities:
    """Return what targets can do of which nothing is known: one may take pictures."""
    return of_targets(files=True)
