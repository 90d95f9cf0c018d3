"""Moments as people at the desk read them, and as they type them in an account's zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_timedelta

from core.model.hours import wall
from core.model.subscriber import zone_of
from core.text.translations import Translator

TYPED = "%Y-%m-%dT%H:%M"
# A slip of the year would keep the account's other posts waiting for a day that never comes.
FARTHEST = timedelta(days=366)


def moment(at: datetime, zone: str | None, words: Translator) -> str:
    """Return "Nov 22, 2026, 2:05 PM (Europe/Berlin)"."""
    local = at.astimezone(zone_of(zone))
    shown = format_datetime(local, "medium", locale=words.locale, tzinfo=zone_of(zone))
    return words("desk_moment", at=_without_seconds(shown, local), zone=zone or "UTC")


def _without_seconds(shown: str, local: datetime) -> str:
    return shown.replace(f":{local.minute:02}:{local.second:02}", f":{local.minute:02}", 1)


def span(length: timedelta, words: Translator) -> str:
    """Return "25 minutes", never less than one."""
    least = max(length, timedelta(minutes=1))
    return str(format_timedelta(least, locale=words.locale, threshold=1.2))


def typed(at: datetime | None, zone: str | None) -> str:
    """Return a moment as a field for date and time has it, "" for none."""
    return at.astimezone(zone_of(zone)).strftime(TYPED) if at else ""


def read(text: str, zone: str | None) -> datetime | None:
    """Return what was typed as the time there; None where no clock there ever shows it."""
    place: ZoneInfo = zone_of(zone)
    try:
        local = datetime.strptime(text.strip()[:16], TYPED)  # noqa: DTZ007 - the zone is the account's
    except ValueError:
        return None
    try:
        at = local.replace(tzinfo=place).astimezone(UTC)
    except OverflowError:
        return None
    return at if wall(at, place) == local else None


def wrong_with(at: datetime | None, now: datetime) -> str:
    """Return the key of what is wrong with a time to post at, "" where nothing is."""
    if at is None:
        return "desk_time_unknown"
    if at <= now:
        return "desk_time_past"
    return "desk_time_far" if at > now + FARTHEST else ""
