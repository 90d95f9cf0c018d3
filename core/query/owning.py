"""What people do with their own list: add to it, take from it, see it, be forgotten."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from sqlalchemy.ext.asyncio import AsyncConnection

from core.alert.missed import missed
from core.alert.reminders import next_reminder
from core.channel import Address
from core.match.concern import concerns
from core.model.delivery import serious
from core.model.message import Block, Button, Message, Role
from core.model.recall import Notice
from core.model.unit import Unit
from core.query.answer import Answer, Item
from core.query.commands import Command
from core.query.memory import Memory
from core.query.query import Action
from core.store import forgetting, subscribers
from core.store.events import event_number
from core.store.follow_ups import told_of
from core.store.progress import alert_of_event
from core.store.replied import Replied, told_in_reply
from core.store.subscribers import OwnedItem, Subscriber
from core.store.work import Database
from core.text.alerts.parts import OF_AN_ALERT, POSITIVE, buttons
from core.text.names import unit_name
from core.text.screens import said
from core.text.translations import Translator

REMOVE = "remove"
# What stands for no name, and for nobody who has it.
NOTHING = "-"
LONGEST_NAME = 60
LONGEST_NUMBER = 15


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose list it is, when, in which words, what the chat remembers, and what was called."""

    place: Address
    now: datetime
    words: Translator
    memory: Memory
    command: Command | None = None


async def known_owner(connection: AsyncConnection, owner: Owner) -> Subscriber:
    """Return the person, with the language and country they are written to for from now on."""
    place, memory = owner.place, owner.memory
    who = await subscribers.subscriber(connection, place.channel, place.chat, owner.now)
    lang = memory.lang or who.lang or owner.words.lang
    if who.lang != lang:
        await subscribers.set_lang(connection, who, lang)
    if memory.home and who.region != memory.home:
        await subscribers.set_region(connection, who, memory.home)
    return who


async def carry_out(found: Answer, owner: Owner, database: Database) -> Message:
    """Do what the person asked with their list, and return what to tell them."""
    match found.query.action:
        case Action.ADD:
            return await add(found, owner, database)
        case Action.REMOVE:
            return await _remove(found, owner, database)
        case Action.LIST:
            return await _list(owner, database)
        case Action.FORGET:
            async with database.writing() as connection:
                await forgetting.forget(connection, owner.place.channel, owner.place.chat)
            return said(owner.words, owner.words("forgotten"))
    return found.message


async def add(found: Answer, owner: Owner, database: Database) -> Message:
    """Put what was named on the list; what is told of it now is no alert any more."""
    words = owner.words
    if not found.items:
        return said(words, words("own_which"))
    told = []
    async with database.writing() as connection:
        who = await known_owner(connection, owner)
        if found.query.corrects is not None:
            await subscribers.remove_item(connection, who, found.query.corrects)
        for item in found.items:
            new = await subscribers.add_item(connection, who, item.unit, owner.now)
            told.append(_line(words, "own_added" if new else "own_again", item.unit))
        alert = await _told(connection, who, found, owner.now)
    blocks = (Block(Role.VERDICT, "\n".join(told)), *found.message.blocks)
    have = words("say_have")
    left = [button for button in found.message.buttons if button.says != have]
    if alert is not None:
        left += buttons(OF_AN_ALERT, alert, words)
    return Message((*blocks, Block(Role.DETAIL, words("own_told"))), tuple(left), words.lang)


async def _told(
    connection: AsyncConnection, who: Subscriber, found: Answer, now: datetime
) -> int | None:
    """Note each recall that this reply tells of, so that none is told again as an alert.

    Returns the number of the first, None for none. Of several recalls of one thing the first
    is the one that its owner is reminded of.
    """
    owned = await subscribers.owned_by(connection, who.pk)
    alerts = []
    for item in found.items:
        mine = subscribers.same_item(owned, item.unit)
        remind_at = next_reminder(now, 0, None, now)
        for event, notice in (await _recalls(connection, item, found)).items():
            number = mine.pk if mine else None
            what = Replied(event, who.address, number, serious(notice), None, remind_at)
            alerts.append(await _told_once(connection, who, what, now))
            remind_at = None
    # What was published while we looked it up is not lost.
    place = Address(who.channel, who.chat)
    await missed(connection, found.knowledge.lexicon, place, found.knowledge.now, now)
    return alerts[0] if alerts else None


async def _told_once(
    connection: AsyncConnection, who: Subscriber, what: Replied, now: datetime
) -> int:
    """Note it for this chat, unless another one told them; who was told is reminded already."""
    known = await alert_of_event(connection, who.pk, what.event)
    if known is None:
        return await told_in_reply(connection, what, now)
    told = [one for one in await told_of(connection, who.pk, known) if one.sent_at is not None]
    if any(one.address != what.address for one in told):
        return known
    return await told_in_reply(connection, replace(what, remind_at=None) if told else what, now)


async def _recalls(connection: AsyncConnection, item: Item, found: Answer) -> dict[int, Notice]:
    """Return the recalls that an owner of the thing would be alerted of, by event."""
    if item.decision.verdict not in POSITIVE:
        return {}
    lexicon = found.knowledge.lexicon
    recalls: dict[int, Notice] = {}
    for one in item.decision.findings:
        if concerns(item.unit, one.notice, lexicon):
            event = await event_number(connection, one.notice.id)
            if event is not None:
                recalls.setdefault(event, one.notice)
    return recalls


async def _remove(found: Answer, owner: Owner, database: Database) -> Message:
    words = owner.words
    if not found.items:
        return said(words, words("own_which"))
    told = []
    async with database.writing() as connection:
        who = await known_owner(connection, owner)
        for item in found.items:
            gone = await subscribers.remove_item(connection, who, item.unit)
            told.append(_line(words, "own_removed" if gone else "own_not_found", item.unit))
    return said(words, "\n".join(told))


async def mine(command: Command, owner: Owner, database: Database) -> Message:
    """Return the list; take something off it, name it, or note who has it, by its number."""
    word, _, rest = command.rest.partition(" ")
    number, _, told = rest.strip().partition(" ")
    which = word.casefold()
    if which not in {REMOVE, *_CHANGES}:
        return await _list(owner, database)
    if not (number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER):
        return await _which(which, owner, database)
    if which == REMOVE:
        return await _remove_number(int(number), owner, database)
    return await _change(_CHANGES[which], int(number), " ".join(told.split()), owner, database)


async def _which(word: str, owner: Owner, database: Database) -> Message:
    """Return the question which of the things is meant."""
    words = owner.words
    async with database.reading() as connection:
        owned = await subscribers.owned_items(connection, owner.place.channel, owner.place.chat)
    listed = [Button(_named(item, words), f"/mine {word} {item.pk}") for item in owned]
    back = Button(words("button_back"), "/mine")
    return said(words, words(f"own_{word}_which"), buttons=[back, *listed])


@dataclass(frozen=True, slots=True)
class _Change:
    """Something that is told of a thing: how it is asked for, kept, and taken back."""

    word: str
    example: str
    none: str
    keep: Callable[[AsyncConnection, Subscriber, int, str | None], Awaitable[bool]]


_CHANGES: Mapping[str, _Change] = MappingProxyType(
    {
        "name": _Change("name", "bedroom", "button_no_name", subscribers.rename),
        "lent": _Change("lent", "Mum", "button_lent_back", subscribers.lend),
    }
)


async def _change(
    change: _Change, number: int, told: str, owner: Owner, database: Database
) -> Message:
    """Keep what is told of the thing of that number, or ask for it."""
    words, place = owner.words, owner.place
    if not told or len(told) > LONGEST_NAME or not told.isprintable():
        example = f"/mine {change.word} {number}"
        none = Button(words(change.none), f"{example} {NOTHING}")
        asked = words(f"own_{change.word}_how", example=f"{example} {change.example}")
        return said(words, asked, buttons=[Button(words("button_back"), "/mine"), none])
    async with database.writing() as connection:
        who = await subscribers.find_subscriber(connection, place.channel, place.chat)
        value = None if told == NOTHING else told
        if who is None or not await change.keep(connection, who, number, value):
            return said(words, words("own_not_found"))
    return await _list(owner, database)


async def _remove_number(number: int, owner: Owner, database: Database) -> Message:
    words, place = owner.words, owner.place
    async with database.writing() as connection:
        owned = await subscribers.owned_items(connection, place.channel, place.chat)
        item = next((item for item in owned if item.pk == number), None)
        who = await subscribers.find_subscriber(connection, place.channel, place.chat)
        if item is None or who is None:
            return said(words, words("own_not_found"))
        await subscribers.remove_number(connection, who, item.pk)
    return said(words, _line(words, "own_removed", item.unit))


async def _list(owner: Owner, database: Database) -> Message:
    words = owner.words
    async with database.reading() as connection:
        owned = await subscribers.owned_items(connection, owner.place.channel, owner.place.chat)
    if not owned:
        return said(words, words("own_list_empty"))
    lines = "\n".join(f"({item.pk}) {_named(item, words)}" for item in owned)
    pressed = (
        Button(words("button_remove"), f"/mine {REMOVE}"),
        Button(words("button_name"), "/mine name"),
        Button(words("button_lent"), "/mine lent"),
        Button(words("button_alerts"), "/alerts"),
    )
    return said(words, words("own_list"), lines, buttons=pressed)


def _line(words: Translator, key: str, unit: Unit) -> str:
    return words(key, product=unit_name(unit, words))


def _named(item: OwnedItem, words: Translator) -> str:
    """Return a thing with its serial number, what its owner calls it, and who has it."""
    unit = item.unit
    name = unit_name(unit, words)
    name = f"{name} ({unit.serial})" if unit.serial else name
    if item.nickname:
        name = words("alert_named", product=name, nickname=item.nickname)
    return words("own_lent", product=name, name=item.lent_to) if item.lent_to else name
