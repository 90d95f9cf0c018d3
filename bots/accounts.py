"""Accounts that post, from the command line: set up, changed, paused, taken away."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bots.app import open_database
from bots.asked_posts import called, posting_channels
from bots.failure import Failure
from bots.registry import PLATFORMS, found
from bots.web.desk.names import COMMAND_LINE
from core.channel import Address
from core.clock import Clock, SystemClock
from core.model.public import Account, Links, Rules, Style
from core.settings import Settings, SettingsError, load, variable
from core.store import accounts, audit
from core.store.accounts import Described, PersonsChat
from core.store.audit import Done
from core.store.work import Database


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be another way about an account; what is not named stays."""

    name: str | None = None
    rules: Mapping[str, Any] = field(default_factory=dict)
    style: Mapping[str, Any] = field(default_factory=dict)

    def of(self, rules: Rules, style: Style) -> tuple[Rules, Style]:
        """Return rules and style with these changes."""
        return replace(rules, **self.rules), replace(style, **self.style)


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts of one database; every change is written in the log of the desk."""

    database: Database
    clock: Clock

    async def every(self) -> tuple[Account, ...]:
        """Return all of them."""
        async with self.database.reading() as connection:
            return await accounts.accounts(connection)

    async def add(self, channel: str, typed: str, changes: Changes) -> Account:
        """Let a place be an account; raises Failure where it cannot be one, or is one."""
        place = Address(channel, await chat_of(channel, typed))
        rules, style = changes.of(Rules(), Style())
        described = Described(changes.name or place.chat, rules, style)
        now = self.clock.now()
        async with self.database.writing() as connection:
            if await accounts.at(connection, place) is not None:
                raise Failure(f"{place.chat} is an account already: `recallbot account set`")
            await _free(connection, described.name)
            try:
                number = await accounts.put_account(connection, place, described, now)
            except PersonsChat:
                raise Failure(
                    f"{place.chat} is somebody's own chat: nothing public goes there"
                ) from None
            await self._note(connection, "account_added", number, described.name)
            return await _existing(connection, number)

    async def change(self, name: str, changes: Changes) -> Account:
        """Change an account; its next drafts are by the new rules. Raises Failure."""
        async with self._changing(name, "account_changed") as (connection, account):
            rules, style = changes.of(account.rules, account.style)
            if changes.name and changes.name != account.name:
                await _free(connection, changes.name)
                await accounts.set_name(connection, account.number, changes.name)
            await accounts.set_rules(connection, account.number, rules)
            await accounts.set_style(connection, account.number, style)
            return await _existing(connection, account.number)

    async def pause(self, name: str) -> Account:
        """Draft nothing more for it; what is released goes out. Raises Failure."""
        async with self._changing(name, "account_paused") as (connection, account):
            now = self.clock.now()
            await accounts.set_active(connection, account.number, now, active=False)
            return account

    async def resume(self, name: str) -> Account:
        """Draft for it what comes from now on, also where it was refused. Raises Failure."""
        async with self._changing(name, "account_resumed") as (connection, account):
            now = self.clock.now()
            await accounts.set_active(connection, account.number, now, active=True)
            await accounts.resume(connection, account.number)
            return account

    async def remove(self, name: str) -> tuple[Account, bool]:
        """Take it away; False where it is only paused, as it has posts. Raises Failure."""
        async with self._changing(name, "account_removed") as (connection, account):
            now = self.clock.now()
            return account, await accounts.remove(connection, account.number, now)

    @asynccontextmanager
    async def _changing(
        self, name: str, did: str
    ) -> AsyncIterator[tuple[AsyncConnection, Account]]:
        async with self.database.writing() as connection:
            found = called(await accounts.accounts(connection), name)
            if len(found) > 1:
                numbers = ", ".join(f"{one.number} ({one.channel})" for one in found)
                raise Failure(f"several accounts are called {name!r}; name one of {numbers}")
            await self._note(connection, did, found[0].number, found[0].name)
            yield connection, found[0]

    async def _note(
        self, connection: AsyncConnection, did: str, number: int, name: str
    ) -> None:
        done = Done(did, None, number, name)
        await audit.add(connection, self.clock.now(), COMMAND_LINE, done)


async def _existing(connection: AsyncConnection, number: int) -> Account:
    account = await accounts.account(connection, number)
    if account is None:
        raise Failure("somebody took the account away meanwhile")
    return account


async def _free(connection: AsyncConnection, name: str) -> None:
    """Raise Failure where another account has that name."""
    wanted = name.casefold()
    if any(one.name.casefold() == wanted for one in await accounts.accounts(connection)):
        raise Failure(f"there is an account {name!r} already; --name gives it another name")


async def chat_of(channel: str, typed: str) -> str:
    """Return the chat as the channel names it: one that is set up, or a place it can be.

    Raises Failure, and says what would do.
    """
    if channel not in posting_channels():
        raise Failure(f"no account posts on {channel!r}; there are {_listed()}")
    platform = PLATFORMS[channel]
    try:
        settings = load(found(platform.settings))
    except SettingsError as error:
        raise Failure(str(error)) from None
    typed = typed.strip()
    if not platform.accounts:
        chat: str = await found(platform.chats)(settings, typed)
        return chat
    known: Sequence[str] = found(platform.accounts)(settings)
    wanted = typed.removeprefix("@").casefold()
    for chat in known:
        if chat.casefold() == wanted:
            return chat
    name = variable(found(platform.settings), platform.needs)
    have = f"has {', '.join(known)}" if known else "is not set"
    raise Failure(f"{typed!r} is none of the accounts we can post as: {name} {have}")


def _listed() -> str:
    return ", ".join(posting_channels())


@asynccontextmanager
async def open_accounts(
    settings: Settings, clock: Clock | None = None
) -> AsyncIterator[Accounts]:
    """Open the accounts of the database that the settings name; raises Failure."""
    clock = clock or SystemClock()
    database = await open_database(settings, clock)
    try:
        yield Accounts(database, clock)
    finally:
        await database.close()


def rows(every: Sequence[Account]) -> list[dict[str, Any]]:
    """Return the accounts as a program reads them."""
    return [_row(one) for one in every]


def _row(one: Account) -> dict[str, Any]:
    rules, style, hours = one.rules, one.style, one.rules.hours
    return {
        "number": one.number,
        "channel": one.channel,
        "chat": one.chat,
        "name": one.name,
        "active": one.active,
        "gone": one.gone,
        "mode": rules.mode.value,
        "delay_minutes": round(rules.delay.total_seconds() / 60),
        "countries": list(rules.countries),
        "hazards": [kind.value for kind in rules.hazards],
        "categories": list(rules.categories),
        "brands": list(rules.brands),
        "hours": f"{hours.start:%H:%M}-{hours.end:%H:%M}" if hours else None,
        "zone": rules.zone,
        "per_day": rules.per_day,
        "two_for_serious": rules.two_for_serious,
        "round_up": rules.round_up,
        "lang": style.lang,
        "region": style.region,
        "threads": style.threads,
        "links": style.links.value,
        "pictures": style.pictures,
    }


def table(every: Sequence[Account]) -> str:
    """Return the accounts as text, a line each and one of their rules."""
    lines = [_lines(one) for one in every]
    return "".join(lines) or "No account is set up; `recallbot account add` sets one up.\n"


def _lines(one: Account) -> str:
    state = "" if one.active else ", paused"
    state += ", refused by the platform" if one.gone else ""
    row = _row(one)
    lists = ("countries", "hazards", "categories", "brands")
    told = [f"{name} {', '.join(row[name])}" for name in lists if row[name]]
    told += [f"not at {row['hours']} ({row['zone'] or 'UTC'})"] if row["hours"] else []
    told += ["two people for what is serious"] if row["two_for_serious"] else []
    told += ["round-up"] if row["round_up"] else []
    mode = row["mode"] + (f" {row['delay_minutes']} min" if row["mode"] == "delayed" else "")
    rules = ", ".join([mode, f"at most {row['per_day']} a day", *told])
    style = one.style
    place = f"{style.lang}, {style.region}" if style.region else style.lang
    head = f"{one.number}  {one.name}  {one.channel} {one.chat}  {place}{state}"
    return f"{head}\n    {rules}\n    {_style(style)}\n"


def _style(style: Style) -> str:
    told = ["threads" if style.threads else "one post a recall"]
    told += ["no links" if style.links is Links.NONE else f"links in the {style.links}"]
    return ", ".join([*told, "pictures" if style.pictures else "no pictures"])
