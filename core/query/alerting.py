"""When a person wants to be written to: the commands /alerts and /quiet."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from core.alert.missed import missed_at_home, missed_while_off
from core.channel import Address
from core.model.lexicon import Lexicon
from core.model.message import Message
from core.model.subscriber import HOURS, Pace, QuietHours, Wishes
from core.query.commands import Command
from core.query.countries import country_named
from core.query.owning import Owner, known_owner
from core.store import answered, conversations, interests, notices, subscribers, wishes
from core.store.work import Database
from core.text import screens
from core.text.zones import LocalTime, likely_region, local_times, zone_named

_HOUR = re.compile(r"(?:at\s+)?(\d{1,2})(?:[:.h]00)?", re.IGNORECASE)
_COUNTRY = re.compile(r"country\s+(.+)", re.IGNORECASE | re.DOTALL)
_ZONE = re.compile(r"zone(?:\s+(.+))?", re.IGNORECASE | re.DOTALL)
_ANSWERS = re.compile(r"answers\s+(on|off)", re.IGNORECASE)


async def alerts(command: Command, owner: Owner, database: Database) -> Message:
    """Change when the person is written to as they say, and return how it stands now."""
    if named := _COUNTRY.fullmatch(command.rest):
        region = country_named(named[1])
        if region is None:
            return screens.wrong(screens.ALERT_EXAMPLES, owner.words)
        return await _move_to(region, owner, database)
    if answers := _ANSWERS.fullmatch(command.rest):
        await _remember_answers(owner, database, remembers=answers[1].casefold() == "on")
        return await _alerts_screen(await _wished(owner, database), owner, database)
    wished = await _wished(owner, database)
    if command.rest:
        changed = alerts_changed(wished, command.rest)
        if changed is None:
            return screens.wrong(screens.ALERT_EXAMPLES, owner.words)
        on_again = changed.alerts and not wished.alerts
        wished = await _keep(changed, owner, database)
        if on_again:
            await _catch_up(missed_while_off, owner, database)
        if _needs_zone(wished):
            return _ask_zone(wished, await _region(owner, database), owner)
    return await _alerts_screen(wished, owner, database)


def alerts_changed(wished: Wishes, said: str) -> Wishes | None:
    """Return the wishes as "on", "off", "daily" or "at 8" changes them, else None."""
    word = said.strip().casefold()
    if word in {"on", "off"}:
        return replace(wished, alerts=word == "on")
    if word in set(Pace):
        return replace(wished, alerts=True, pace=Pace(word))
    hour = _HOUR.fullmatch(word)
    if hour is None or int(hour[1]) >= HOURS:
        return None
    pace = Pace.DAILY if wished.pace is Pace.INSTANT else wished.pace
    return replace(wished, alerts=True, pace=pace, hour=int(hour[1]))


async def quiet(command: Command, owner: Owner, database: Database) -> Message:
    """Change the quiet hours or the time zone as the person says, and return them."""
    wished = await _wished(owner, database)
    if zone := _ZONE.fullmatch(command.rest):
        return await _zone(zone[1], wished, owner, database)
    if not command.rest:
        return screens.quiet_screen(wished, owner.words)
    hours = QuietHours.parse(command.rest)
    if hours is None and command.rest.casefold() != "off":
        return screens.wrong(screens.QUIET_EXAMPLES, owner.words)
    wished = await _keep(replace(wished, quiet=hours), owner, database)
    if _needs_zone(wished):
        return _ask_zone(wished, await _region(owner, database), owner)
    return screens.quiet_screen(wished, owner.words)


async def _zone(typed: str | None, wished: Wishes, owner: Owner, database: Database) -> Message:
    """Take a zone, a city or a country with one time; else offer those there are."""
    if typed is None:
        return _ask_zone(wished, await _region(owner, database), owner)
    zone = zone_named(typed)
    country = country_named(typed) if zone is None else None
    times = _times(country, owner)
    if zone is None and not times:
        return screens.wrong(screens.ZONE_EXAMPLE, owner.words)
    if zone is None and len(times) > 1:
        return screens.zone_screen(wished, times, owner.now, owner.words)
    wished = await _keep(replace(wished, zone=zone or times[0].zone), owner, database)
    if wished.quiet is None and wished.pace is not Pace.INSTANT:
        return await _alerts_screen(wished, owner, database)
    return screens.quiet_screen(wished, owner.words)


def _ask_zone(wished: Wishes, region: str | None, owner: Owner) -> Message:
    """Ask, offering the times of the country; where none was told, of the language's."""
    times = _times(region or likely_region(owner.words.lang), owner)
    return screens.zone_screen(wished, times, owner.now, owner.words)


def _times(region: str | None, owner: Owner) -> tuple[LocalTime, ...]:
    return local_times(region, owner.now.year) if region else ()


def _needs_zone(wished: Wishes) -> bool:
    timed = wished.quiet is not None or (wished.alerts and wished.pace is not Pace.INSTANT)
    return timed and wished.zone is None


async def _remember_answers(owner: Owner, database: Database, *, remembers: bool) -> None:
    """Keep what the person is answered from now on, or erase it all and keep none."""
    async with database.writing() as connection:
        who = await known_owner(connection, owner)
        await answered.set_remembers(connection, who, remembers=remembers)


async def _wished(owner: Owner, database: Database) -> Wishes:
    async with database.reading() as connection:
        return await wishes.wishes(connection, owner.place.channel, owner.place.chat)


async def _keep(wished: Wishes, owner: Owner, database: Database) -> Wishes:
    """Keep the wishes, with the time zone where the person's country has but one."""
    async with database.writing() as connection:
        who = await known_owner(connection, owner)
        times = _times(owner.memory.home or who.region, owner)
        if _needs_zone(wished) and len(times) == 1:
            wished = replace(wished, zone=times[0].zone)
        await wishes.set_wishes(connection, who, wished)
    return wished


async def _move_to(region: str, owner: Owner, database: Database) -> Message:
    """Remember the country, for answers and for alerts."""
    moved = replace(owner, memory=owner.memory.model_copy(update={"home": region}))
    async with database.writing() as connection:
        await known_owner(connection, moved)
        await _remember(connection, moved)
    await _catch_up(missed_at_home, moved, database)
    return await _alerts_screen(await _wished(moved, database), moved, database)


CatchUp = Callable[[AsyncConnection, Lexicon, Address, datetime], Awaitable[int]]


async def _catch_up(missed: CatchUp, owner: Owner, database: Database) -> None:
    """Plan what the person was not told so far."""
    async with database.writing() as connection:
        lexicon = await notices.lexicon(connection)
        await missed(connection, lexicon, owner.place, owner.now)


async def _remember(connection: AsyncConnection, owner: Owner) -> None:
    place, body = owner.place, owner.memory.model_dump_json()
    await conversations.save(connection, place.channel, place.chat, body, owner.now)


async def _region(owner: Owner, database: Database) -> str | None:
    async with database.reading() as connection:
        return (await _told(connection, owner)).region


async def _alerts_screen(wished: Wishes, owner: Owner, database: Database) -> Message:
    async with database.reading() as connection:
        told = await _told(connection, owner)
    return screens.alerts_screen(wished, told, owner.words)


async def _told(connection: AsyncConnection, owner: Owner) -> screens.Told:
    place = owner.place
    who = await subscribers.find_subscriber(connection, place.channel, place.chat)
    watched = await interests.watched(connection, place.channel, place.chat)
    return screens.Told(
        owner.memory.home or (who.region if who else None),
        tuple(one.shown for one in watched),
        remembers=who is None or who.remembers,
    )
