"""What every channel is given when it is opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.channel import Kept, Positions, Purse

# (field: "brand" or "model", what was typed so far, the brand chosen before) to known names.
Suggest = Callable[[str, str, str | None], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The time in UTC, what buttons stand for, names to complete, and how large a photo may be.

    `public_url` is where our pages are reached from outside, None where they are not;
    `photo_limit` is in bytes, None where no photo is read. So many `processes` share the token,
    and each keeps to its share of what the platform allows. What costs money is paid from the
    `purse`; how far something was read stands in `positions`.
    """

    now: Callable[[], datetime]
    kept: Kept
    suggest: Suggest
    public_url: str | None = None
    photo_limit: int | None = None
    processes: int = 1
    purse: Purse | None = None
    positions: Positions | None = None
