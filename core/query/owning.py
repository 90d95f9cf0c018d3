"""What people do with their own list: add to it, take from it, see it, be forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from core.channel import Address
from core.model.message import Block, Button, Message, Role
from core.model.rule import PRODUCT_KEYS
from core.model.unit import Unit
from core.query.answer import Answer
from core.query.commands import Command
from core.query.memory import Memory
from core.query.query import Action
from core.store import subscribers, wishes
from core.store.subscribers import Subscriber
from core.store.work import Database
from core.text.names import unit_name
from core.text.screens import said, watch_screen
from core.text.translations import Translator

REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose list it is, when, in which words, and what the chat remembers of them."""

    place: Address
    now: datetime
    words: Translator
    memory: Memory


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
            return await _add(found, owner, database)
        case Action.WATCH:
            return await _watch(found, owner, database)
        case Action.REMOVE:
            return await _remove(found, owner, database)
        case Action.LIST:
            return await _list(owner, database)
        case Action.FORGET:
            async with database.writing() as connection:
                await subscribers.forget(connection, owner.place.channel, owner.place.chat)
            return said(owner.words, owner.words("forgotten"))
    return found.message


async def _add(found: Answer, owner: Owner, database: Database) -> Message:
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
    blocks = (Block(Role.VERDICT, "\n".join(told)), *found.message.blocks)
    have = words("say_have")
    left = tuple(button for button in found.message.buttons if button.says != have)
    return Message((*blocks, Block(Role.DETAIL, words("own_alerts_later"))), left, words.lang)


async def _watch(found: Answer, owner: Owner, database: Database) -> Message:
    """Watch the brands named alone; what is named with its model goes on the list."""
    if not all(_is_brand(item.unit) for item in found.items):
        return await _add(found, owner, database)
    brands = [item.unit.brand for item in found.items if item.unit.brand]
    place = owner.place
    async with database.writing() as connection:
        if brands:
            who = await known_owner(connection, owner)
        for brand in brands:
            await wishes.watch(connection, who, brand, owner.now)
        watched = await wishes.watched(connection, place.channel, place.chat)
    told = [owner.words("watch_added", brand=brand) for brand in brands]
    return watch_screen(watched, owner.words, *told)


def _is_brand(unit: Unit) -> bool:
    """Say whether a brand was named, and nothing that tells one of its products."""
    told = PRODUCT_KEYS | {"name", "serial"}
    return bool(unit.brand) and not unit.model and not told & unit.facts.keys()


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
    """Return the list; with "remove" what may be taken off it, or, by its number, do so."""
    word, _, number = command.rest.casefold().partition(" ")
    if word != REMOVE:
        return await _list(owner, database)
    if number.isascii() and number.isdecimal():
        return await _remove_number(int(number), owner, database)
    words = owner.words
    async with database.reading() as connection:
        owned = await subscribers.owned_items(connection, owner.place.channel, owner.place.chat)
    buttons = [
        Button(_with_serial(item.unit, words), f"/mine {REMOVE} {item.pk}") for item in owned
    ]
    back = Button(words("button_back"), "/mine")
    return said(words, words("own_remove_which"), buttons=[back, *buttons])


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
        units = await subscribers.items(connection, owner.place.channel, owner.place.chat)
    if not units:
        return said(words, words("own_list_empty"))
    lines = "\n".join(f"- {_with_serial(unit, words)}" for unit in units)
    buttons = (
        Button(words("button_remove"), f"/mine {REMOVE}"),
        Button(words("button_alerts"), "/alerts"),
    )
    return said(words, words("own_list"), lines, buttons=buttons)


def _line(words: Translator, key: str, unit: Unit) -> str:
    return words(key, product=unit_name(unit, words))


def _with_serial(unit: Unit, words: Translator) -> str:
    name = unit_name(unit, words)
    return f"{name} ({unit.serial})" if unit.serial else name
