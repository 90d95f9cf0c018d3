"""Why a photo is not read."""

from __future__ import annotations

from enum import StrEnum

# Known from the header of a photo, before anything is unpacked.
MOST_PIXELS = 50_000_000


class Refusal(StrEnum):
    """Why a photo was not read."""

    BROKEN = "broken"
    MOVING = "moving"
    TOO_LARGE = "too_large"
    TOOK_TOO_LONG = "took_too_long"
    BUSY = "busy"
    OFF = "off"


class PhotoRefused(Exception):  # noqa: N818 - it is an answer, not a defect
    """A photo was not read; `kind` says why."""

    def __init__(self, kind: Refusal) -> None:
        """Keep the reason."""
        super().__init__(kind.value)
        self.kind = kind
