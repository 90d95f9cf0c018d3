"""Time zones by country, as CLDR and the time zone database know them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.core import get_global
from babel.dates import get_timezone_gmt, get_timezone_location

from core.model.identifier import fold
from core.text.translations import Translator

UTC = "UTC"
MOST_CITIES = 3
# Zones are one where their clocks agree in winter and in summer.
_MONTHS = (1, 7)


@dataclass(frozen=True, slots=True)
class LocalTime:
    """Places of one country whose clocks agree: the zones, the best known first."""

    zones: tuple[str, ...]

    @property
    def zone(self) -> str:
        """Return the zone that stands for all of them."""
        return self.zones[0]


@lru_cache(maxsize=256)
def local_times(region: str, year: int) -> tuple[LocalTime, ...]:
    """Return the local times of a country (ISO 3166), west to east; () where unknown."""
    groups: dict[tuple[float, ...], list[str]] = {}
    for zone in get_global("territory_zones").get(region, ()):
        if (clocks := _clocks(zone, year)) is not None:
            groups.setdefault(clocks, []).append(zone)
    return tuple(
        LocalTime(tuple(sorted(groups[clocks], key=_rank))) for clocks in sorted(groups)
    )


def zone_named(typed: str) -> str | None:
    """Return the IANA zone that `typed` names, by its whole name or its city; None for none."""
    return _zones_by_name().get(fold(typed))


def zone_name(zone: str, words: Translator) -> str:
    """Return the city a zone is known by."""
    if zone == UTC:
        return UTC
    return get_timezone_location(ZoneInfo(zone), locale=words.locale, return_city=True)


def local_time_name(local: LocalTime, now: datetime, words: Translator) -> str:
    """Return the cities and how far from UTC they are: "Chicago, Dallas (UTC-06:00)"."""
    cities = dict.fromkeys(zone_name(zone, words) for zone in local.zones[:MOST_CITIES])
    offset = get_timezone_gmt(now.astimezone(ZoneInfo(local.zone)), locale=words.locale)
    return f"{', '.join(cities)} ({offset})"


def likely_region(lang: str) -> str | None:
    """Return the country where most speakers of a language live, None where CLDR knows none."""
    full = get_global("likely_subtags").get(lang.replace("-", "_"))
    return full.rpartition("_")[2] if full else None


def _known(zone: str) -> ZoneInfo | None:
    """Return the zone, None where the machine's time zones are older than CLDR."""
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        return None


def _clocks(zone: str, year: int) -> tuple[float, ...] | None:
    if (place := _known(zone)) is None:
        return None
    days = (datetime(year, month, 15, 12, tzinfo=place).utcoffset() for month in _MONTHS)
    return tuple(day.total_seconds() for day in days if day is not None)


def _rank(zone: str) -> tuple[bool, int, str]:
    """Order zones by whether others are named by them, then by how many names became them."""
    return zone not in _leading(), -_old_names()[zone], zone


@lru_cache(maxsize=1)
def _old_names() -> Counter[str]:
    return Counter(get_global("zone_aliases").values())


@lru_cache(maxsize=1)
def _leading() -> frozenset[str]:
    return frozenset(get_global("windows_zone_mapping").values())


@lru_cache(maxsize=1)
def _zones_by_name() -> dict[str, str]:
    found = {fold(UTC): UTC}
    names = dict(get_global("zone_aliases"))
    names |= {zone: zone for zone in get_global("zone_territories")}
    for name, zone in names.items():
        if "/" in name and not name.startswith("Etc/"):
            found[fold(name)] = zone
            found.setdefault(fold(name.rpartition("/")[2]), zone)
    return {name: zone for name, zone in found.items() if _known(zone) is not None}
