"""What people and groups want to hear of, and when."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.model.identifier import fold
from core.model.recall import HazardKind

USUAL_HOUR = 9
HOURS = 24
MOST_POSTS, USUAL_POSTS = 50, 5
_CLOCK = r"(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm)?"
_RANGE = re.compile(rf"{_CLOCK}\s*(?:-|–|—|~|to|bis|à|a)\s*{_CLOCK}", re.IGNORECASE)
_NOON = 12


class Pace(StrEnum):
    """How soon somebody wants to hear of what is no serious risk: at once, or gathered."""

    INSTANT = "instant"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The hours of the local day, usually over midnight, in which only serious risks wake."""

    start: time
    end: time

    @classmethod
    def parse(cls, text: str) -> QuietHours | None:
        """Read "22-7", "22:30–07:00" or "10pm-7am"; None where it is no span of hours."""
        found = _RANGE.fullmatch(text.strip())
        if found is None:
            return None
        start, end = _clock(*found.groups()[:3]), _clock(*found.groups()[3:])
        if start is None or end is None or start == end:
            return None
        return cls(start, end)

    def contains(self, at: time) -> bool:
        """Say whether it is quiet at that local time; the end is not."""
        if self.start < self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


def _clock(hour: str, minute: str | None, half: str | None) -> time | None:
    hours, minutes = int(hour), int(minute or 0)
    if half:
        if not 1 <= hours <= _NOON:
            return None
        hours = hours % _NOON + (_NOON if half.lower() == "pm" else 0)
    try:
        return time(hours % HOURS if hours == HOURS and not minutes else hours, minutes)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Wishes:
    """When a person wants to be written to: `hour` is that of digests, in their `zone` (IANA).

    A `pace` outlives switching `alerts` off. Without a zone, hours are UTC.
    """

    alerts: bool = True
    pace: Pace = Pace.INSTANT
    hour: int = USUAL_HOUR
    quiet: QuietHours | None = None
    zone: str | None = None


class Takes(StrEnum):
    """Which alerts one of a person's chats is for; the words are stored."""

    EVERYTHING = "everything"
    SERIOUS = "serious"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Interest:
    """What somebody watches without owning it: every part that is told must hold.

    `country` is ISO 3166 alpha-2, `shown` how they wrote it. Two with the same `spec` are the
    same interest, however they are spelt.
    """

    brand: str = ""
    category: str = ""
    hazard: HazardKind | None = None
    country: str = ""
    keyword: str = ""
    shown: str = field(default="", compare=False)

    @property
    def empty(self) -> bool:
        """Say whether nothing that can be found is told, so that every recall would do."""
        return not any(self.spec)

    @property
    def spec(self) -> tuple[str, str, str, str, str]:
        """Return brand, category, hazard, country and keyword as they are compared."""
        return (
            fold(self.brand),
            self.category.strip().casefold(),
            self.hazard.value if self.hazard else "",
            self.country.strip().upper(),
            " ".join(unicodedata.normalize("NFKC", self.keyword).casefold().split()),
        )


def zone_of(name: str | None) -> ZoneInfo:
    """Return the zone of that name (IANA); UTC without one, and where this machine has none.

    An alert at the wrong hour is better than none. `ZoneInfo` raises an OSError for the name
    of a folder such as "America".
    """
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


class FeedStyle(StrEnum):
    """How a group gets a recall: as a post, with a thread of its own, or in a forum."""

    PLAIN = "plain"
    THREAD = "thread"
    FORUM = "forum"


@dataclass(frozen=True, slots=True)
class GroupFeed:
    """Which recalls a group is told: those that fit one of each list that is not empty.

    `countries` are ISO 3166 alpha-2 and find what holds everywhere too; `budget` is the most
    posts of a day; `roles` are whom to call, in the platform's words, by hazard.
    """

    active: bool = False
    countries: tuple[str, ...] = ()
    hazards: tuple[HazardKind, ...] = ()
    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    budget: int = USUAL_POSTS
    style: FeedStyle = FeedStyle.PLAIN
    roles: Mapping[HazardKind, str] = field(default_factory=lambda: MappingProxyType({}))
    lang: str | None = None
    previewed: bool = False

    @property
    def narrow(self) -> bool:
        """Say whether anything narrows it down."""
        return bool(self.countries or self.hazards or self.categories or self.brands)
