"""Whether public posts go out: a line for each account that somebody should look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from bots.registry import PLATFORMS, found
from bots.x.settings import XSettings
from core.model.public import Account
from core.settings import SettingsError, load, variable
from core.store import accounts, purse, unapproved
from core.store.unapproved import Unapproved
from core.store.work import Database

# A recall that nobody decided on for so long is late.
LONG = timedelta(hours=24)
PAID = "x"
MILLION = 1_000_000
Told = tuple[str, bool, str]


async def account_health(database: Database, now: datetime) -> list[Told]:
    """Return lines of (subject, right, what to know or do)."""
    async with database.reading() as connection:
        every = await accounts.accounts(connection)
        waiting = {one.account: one for one in await unapproved.unapproved(connection)}
        spent = await purse.spent(connection, purse.month_of(now, PAID))
    if not every:
        none = "none posts in public; `recallbot account add` sets one up"
        return [("accounts", True, none)]
    told = [_one(account, waiting, now) for account in every]
    return [*told, *_money(every, spent)]


def _one(account: Account, waiting: Mapping[int, Unapproved], now: datetime) -> Told:
    subject = f"account {account.name}"
    if account.gone:
        resume = f"`recallbot account resume {account.number}`"
        return subject, False, f"{account.channel} refuses it; put that right, then {resume}"
    if wrong := _not_set_up(account):
        return subject, False, wrong
    where = f"{account.channel}, {account.rules.mode}"
    if not account.active:
        return subject, True, f"{where}; paused"
    drafts = waiting.get(account.number)
    if drafts is None:
        return subject, True, f"{where}; nothing waits for approval"
    for_long = now - drafts.since
    says = f"{drafts.number} to be decided on, the first for {_hours(for_long)}"
    late = for_long > LONG
    return subject, not late, f"{where}; {says}{': look at /desk' if late else ''}"


def _not_set_up(account: Account) -> str:
    """Return why we cannot post as the account, "" where we can."""
    platform = PLATFORMS.get(account.channel)
    if platform is None or not platform.renders:
        return f"there is no channel {account.channel} to post on"
    try:
        settings = load(found(platform.settings))
    except SettingsError as error:
        return str(error)
    name = variable(found(platform.settings), platform.needs)
    if not getattr(settings, platform.needs):
        return f"{name} is not set: nothing is posted there"
    if platform.accounts and account.chat not in found(platform.accounts)(settings):
        return f"{name} does not have {account.chat}: nothing is posted there"
    return ""


def _money(every: Sequence[Account], spent: int) -> Iterator[Told]:
    """Tell what posts have cost this month, where there is an account whose posts cost."""
    if all(account.channel != PAID for account in every):
        return
    try:
        prices = load(XSettings).prices
    except SettingsError:
        return  # it is said with the account
    told = f"{_dollars(spent)} of {_dollars(prices.cap)} spent this month"
    right = spent + prices.url_post <= prices.cap
    yield "money for x", right, told if right else f"{told}: posts wait for the next month"


def _dollars(millionths: int) -> str:
    return f"${millionths / MILLION:.2f}"


def _hours(time: timedelta) -> str:
    minutes = round(time / timedelta(minutes=1))
    return f"{minutes} min" if minutes < 120 else f"{round(minutes / 60)} h"  # noqa: PLR2004 - two hours
