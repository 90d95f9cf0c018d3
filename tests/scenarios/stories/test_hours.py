"""Stories of hours: nights in which only danger wakes, and digests in forty time zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.fakes import a_record
from tests.scenarios.stories.town import Town

OTHER = a_record("0", brands=["Other"], units={"op": "model", "any_of": ["Z1"]})
CUTS = {"kinds": ["laceration"], "text": "It is sharp.", "source": "fake"}
BERLIN = ZoneInfo("Europe/Berlin")
# Of every offset that people live at, and of every rule by which clocks are changed.
ZONES = (
    *("Pacific/Kiritimati", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Fiji"),
    *("Australia/Sydney", "Australia/Lord_Howe", "Australia/Adelaide", "Australia/Brisbane"),
    *("Asia/Tokyo", "Asia/Shanghai", "Asia/Manila", "Asia/Jakarta", "Asia/Kathmandu"),
    *("Asia/Kolkata", "Asia/Karachi", "Asia/Tehran", "Asia/Kabul", "Asia/Yangon"),
    *("Europe/Moscow", "Europe/Berlin", "Europe/London", "Europe/Athens", "Africa/Cairo"),
    *("Asia/Beirut", "Asia/Jerusalem", "Africa/Casablanca", "Africa/Lagos", "Atlantic/Azores"),
    *("America/St_Johns", "America/Sao_Paulo", "America/Halifax", "America/New_York"),
    *("America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles"),
    *("America/Anchorage", "America/Havana", "America/Santiago", "Pacific/Honolulu"),
)
DAY = timedelta(days=1)


def sharp(number: int) -> dict[str, Any]:
    """Return a recall of something that cuts."""
    units = {"op": "model", "any_of": [f"KN{number}{number}9"], "match": "exact"}
    return a_record(f"k{number}", units=units, product=f"Acme knife {number}", hazard=CUTS)


def model_of(number: int) -> str:
    """Return a model that is not easily mixed up with the others."""
    return f"PB{number}{number}{number}"


def burning(number: int) -> dict[str, Any]:
    """Return a recall of something that burns."""
    units = {"op": "model", "any_of": [model_of(number)], "match": "exact"}
    return a_record(f"p{number}", units=units, product=f"Acme power bank {number}")


async def test_s15_a_daily_digest_comes_once_at_nine_across_a_change_of_the_clocks(
    town: Town,
) -> None:
    # Europe's clocks go back; every other rule there is has its turn in the tests of digests.
    changes = date(2026, 10, 25)
    assert len(ZONES) == 40
    town.clock.at = datetime.combine(changes - DAY, datetime.min.time(), UTC) - DAY
    news = [OTHER]
    await town.reads(*news)
    for zone in ZONES:
        await town.says("/watch Acme", zone)
        await town.says("/alerts daily", zone)
        await town.says(f"/quiet zone {zone}", zone)

    for number in range(3):
        news.append(sharp(number))
        await town.reads(*news)
        await town.passes(hours=23)

    for zone in ZONES:
        letters = town.letters.shown(zone)
        local = [letter.at.astimezone(ZoneInfo(zone)) for letter in letters]
        assert {(at.hour, at.minute) for at in local} == {(9, 0)}, zone
        days = [at.date() for at in local]
        assert days == [days[0] + count * DAY for count in range(len(days))], zone
        assert changes in days, zone
        told = "\n".join(letter.text for letter in letters)
        assert [told.count(f"Acme knife {number}") for number in range(2)] == [1] * 2, zone


async def test_s28_only_serious_dangers_wake_and_no_more_than_three_a_night(
    town: Town,
) -> None:
    await town.reads(OTHER)
    owned = [*map(model_of, range(5)), "KN009"]
    for model in owned:
        await town.says(f"I own an Acme {model}", "ann")
    await town.says("/quiet zone Europe/Berlin", "ann")
    await town.says("/quiet 22-7", "ann")
    town.clock.at = datetime(2026, 6, 14, 22, 30, tzinfo=BERLIN).astimezone(UTC)

    news = [OTHER, sharp(0)]
    await town.reads(*news)
    await town.passes(minutes=1)
    for number in range(5):
        news.append(burning(number))
        await town.reads(*news)
        await town.passes(minutes=1)
    await town.lives_until(datetime(2026, 6, 15, 9, 0, tzinfo=BERLIN))

    woken = [letter for letter in town.letters.shown("ann") if at_berlin(letter.at) < "07:00"]
    later = [letter for letter in town.letters.shown("ann") if letter not in woken]
    assert [named(letter.text) for letter in woken] == [model_of(0), model_of(1), model_of(2)]
    assert sorted(named(letter.text) for letter in later) == ["KN009", model_of(3), model_of(4)]
    assert {at_berlin(letter.at) for letter in later} == {"07:00"}


def at_berlin(moment: datetime) -> str:
    """Return the time of day there."""
    return moment.astimezone(BERLIN).strftime("%H:%M")


def named(told: str) -> str:
    """Return the model that a message is about."""
    headline = told.partition("\n")[0]
    return headline[headline.index("(") + 1 : headline.index(")")]
