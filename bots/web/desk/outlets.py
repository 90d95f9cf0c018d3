"""The accounts that post: how they are, by which rules, and what those would have posted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bots.web.desk.frame import Visit
from bots.web.desk.newsroom import PAID
from bots.web.desk.roles import Deed
from bots.web.desk.room import Room
from bots.web.desk.rules_form import Typed, empty, of_account, read
from bots.web.desk.when import moment
from core.channel import Address
from core.match.wanted import chosen
from core.model import facets
from core.model.public import Account, Links, Mode
from core.model.recall import HazardKind, Notice, State
from core.store import accounts, listing, piles
from core.store.accounts import Described, PersonsChat
from core.store.audit import Done
from core.store.published_between import published_between
from core.text.translations import Translator, languages, own_name

ACCOUNTS = "/desk/accounts"
LOOKED_BACK = timedelta(days=30)
DAY = timedelta(days=1)
LONGEST_CHAT = 200
LONGEST_WHY = 200


@dataclass(frozen=True, slots=True)
class Outlet:
    """An account as the list shows it."""

    account: Account
    last: str
    lately: int
    would: int
    why_gone: str = ""


class Outlets:
    """Serves the list and the forms."""

    def __init__(self, room: Room) -> None:
        """Stand in the frame of `room`."""
        self._room = room
        frame = room.frame
        frame.page(ACCOUNTS, self.page)
        frame.page(f"{ACCOUNTS}/new", self.new, Deed.ACCOUNTS)
        frame.action(f"{ACCOUNTS}/new", self.add, Deed.ACCOUNTS)
        frame.page(f"{ACCOUNTS}/{{account}}", self.one, Deed.ACCOUNTS)
        frame.action(f"{ACCOUNTS}/{{account}}", self.change, Deed.ACCOUNTS)
        frame.action(f"{ACCOUNTS}/{{account}}/pause", self.pause, Deed.ACCOUNTS)
        frame.action(f"{ACCOUNTS}/{{account}}/resume", self.resume, Deed.ACCOUNTS)

    async def page(self, visit: Visit) -> Response:
        """Show every account."""
        room = self._room
        async with room.frame.database.reading() as connection:
            every = await accounts.accounts(connection)
            busy = await piles.busy(connection, visit.now - DAY)
            notices = await _lately(connection, visit)
            gone = {
                one.number: (await piles.why_gone(connection, one.number))[:LONGEST_WHY]
                for one in every
                if one.gone
            }
        outlets = []
        for one in every:
            did = busy.get(one.number)
            last = moment(did.last, one.rules.zone, visit.words) if did else ""
            lately = did.lately if did else 0
            would = would_post(one, notices)
            outlets.append(Outlet(one, last, lately, would, gone.get(one.number, "")))
        paid = any(one.channel == PAID for one in every) and room.newsroom.tariff is not None
        return room.frame.show(visit, "desk/accounts.html", outlets=outlets, paid=paid)

    async def new(self, visit: Visit) -> Response:
        """Show the form of a new account."""
        return await self._form(visit, empty(visit.words.lang), None)

    async def add(self, visit: Visit) -> Response:
        """Let a place be an account, or show what its rules would have posted."""
        typed = read(visit.form, visit.words)
        place, wrong = await self._place(visit)
        errors = {**typed.errors, **({"chat": visit.words(wrong)} if wrong else {})}
        if errors or visit.form.one("do") == "preview" or place is None:
            return await self._form(visit, typed, None, errors)
        if await self._added(visit, typed, place):
            return self._room.frame.done(visit, ACCOUNTS, "desk_done_account", name=typed.name)
        errors = {"chat": visit.words("desk_chat_taken")}
        return await self._form(visit, typed, None, errors)

    async def _added(self, visit: Visit, typed: Typed, place: Address) -> bool:
        """Let the place be an account; False where it is one, or a person's own chat."""
        described = Described(typed.name, typed.rules, typed.style)
        async with self._room.frame.database.writing() as connection:
            if await accounts.at(connection, place) is not None:
                return False
            try:
                number = await accounts.put_account(connection, place, described, visit.now)
            except PersonsChat:
                return False
            done = Done("account_added", None, number, typed.name)
            await self._room.frame.note(connection, visit, done)
        return True

    async def _place(self, visit: Visit) -> tuple[Address | None, str]:
        """Return the place that the form names, and what is wrong with it."""
        channel, _, chat = visit.form.one("place").partition("|")
        if channel not in self._room.newsroom.voices():
            return None, "desk_missing"
        typed = chat or visit.form.one("chat").strip()[:LONGEST_CHAT]
        named = await self._room.newsroom.chat(channel, typed)
        return (Address(channel, named), "") if named else (None, "desk_chat_bad")

    async def one(self, visit: Visit) -> Response:
        """Show an account's rules."""
        account = await self._account(visit)
        return await self._form(visit, of_account(account), account)

    async def change(self, visit: Visit) -> Response:
        """Keep an account's rules, or show what they would have posted."""
        account = await self._account(visit)
        typed = read(visit.form, visit.words)
        if typed.errors or visit.form.one("do") == "preview":
            return await self._form(visit, typed, account, typed.errors)
        async with self._room.frame.database.writing() as connection:
            await accounts.set_name(connection, account.number, typed.name)
            await accounts.set_rules(connection, account.number, typed.rules)
            await accounts.set_style(connection, account.number, typed.style)
            done = Done("account_changed", None, account.number, typed.name)
            await self._room.frame.note(connection, visit, done)
        return self._room.frame.done(visit, ACCOUNTS, "desk_done_account", name=typed.name)

    async def pause(self, visit: Visit) -> Response:
        """Draft nothing more for it."""
        return await self._switch(visit, active=False)

    async def resume(self, visit: Visit) -> Response:
        """Draft for it again, and post there though the platform refused it once."""
        return await self._switch(visit, active=True)

    async def _switch(self, visit: Visit, *, active: bool) -> Response:
        account = await self._account(visit)
        async with self._room.frame.database.writing() as connection:
            await accounts.set_active(connection, account.number, visit.now, active=active)
            if active:
                await accounts.resume(connection, account.number)
            did = "account_resumed" if active else "account_paused"
            done = Done(did, None, account.number, account.name)
            await self._room.frame.note(connection, visit, done)
        key = "desk_done_resumed" if active else "desk_done_paused"
        return self._room.frame.done(visit, ACCOUNTS, key, name=account.name)

    async def _account(self, visit: Visit) -> Account:
        async with self._room.frame.database.reading() as connection:
            found = await accounts.account(connection, visit.part("account"))
        if found is None:
            raise HTTPException(404)
        return found

    async def _form(
        self,
        visit: Visit,
        typed: Typed,
        account: Account | None,
        errors: Mapping[str, str] | None = None,
    ) -> Response:
        async with self._room.frame.database.reading() as connection:
            notices = await _lately(connection, visit)
            choices = await listing.choices(connection)
        known = {*choices.get(facets.CATEGORY, ()), *typed.rules.categories}
        imagined = Account(0, "", "", typed.name, typed.rules, typed.style)
        return self._room.frame.show(
            visit,
            "desk/account.html",
            status=422 if errors else 200,
            errors=errors or {},
            account=account,
            typed=typed,
            would=would_post(imagined, notices),
            places=self._places(visit.words),
            place=visit.form.one("place"),
            chat=visit.form.one("chat"),
            modes=tuple(Mode),
            link_choices=tuple(Links),
            hazards=tuple(HazardKind),
            categories=_named(known, visit.words),
            tongues_offered=[(tag, own_name(tag)) for tag in languages()],
        )

    def _places(self, words: Translator) -> list[tuple[str, str]]:
        """Return the places an account may have: chats that are set up, or any of a channel."""
        offered = []
        for channel in sorted(self._room.newsroom.voices()):
            known = self._room.newsroom.chats(channel)
            if known is None:
                offered.append((f"{channel}|", words("desk_any_chat", channel=channel)))
            else:
                offered += [(f"{channel}|{chat}", f"{channel}: {chat}") for chat in known]
        return offered


async def _lately(connection: AsyncConnection, visit: Visit) -> Sequence[Notice]:
    today = visit.now.date()
    return await published_between(connection, today - LOOKED_BACK, today)


def would_post(account: Account, notices: Sequence[Notice]) -> int:
    """Return how many of these notices the account's rules let through."""
    return sum(1 for one in notices if one.state is State.OPEN and chosen(account.rules, one))


def _named(categories: set[str], words: Translator) -> list[tuple[str, str]]:
    named = [
        (one, words(f"category_{one}") if words.has(f"category_{one}") else one)
        for one in categories
    ]
    return sorted(named, key=lambda pair: pair[1].casefold())
