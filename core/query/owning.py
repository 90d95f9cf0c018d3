"""What people do with their own list: add to it, take from it, see it, be forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.channel import Address
from core.model.message import Block, Message, Role
from core.model.unit import Unit
from core.query.answer import Answer
from core.query.memory import Memory
from core.query.query import Action
from core.store import subscribers
from core.store.work import Database
from core.text.names import unit_name
from core.text.translations import Translator


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose list it is, when, in which words, and what the chat remembers of them."""

    place: Address
    now: datetime
    words: Translator
    memory: Memory


async def carry_out(found: Answer, owner: Owner, database: Database) -> Message:
    """Do what the person asked with their list, and return what to tell them."""
    match found.query.action:
        case Action.ADD | Action.WATCH:
            return await _add(found, owner, database)
        case Action.REMOVE:
            return await _remove(found, owner, database)
        case Action.LIST:
            return await _list(owner, database)
        case Action.FORGET:
            async with database.writing() as connection:
                await subscribers.forget(connection, owner.place.channel, owner.place.chat)
            return _told(owner.words, owner.words("forgotten"))
    return found.message


async def _add(found: Answer, owner: Owner, database: Database) -> Message:
    words = owner.words
    if not found.items:
        watch = found.query.action is Action.WATCH
        return _told(words, words("own_watch" if watch else "own_which"))
    told = []
    async with database.writing() as connection:
        place = owner.place
        who = await subscribers.subscriber(connection, place.channel, place.chat, owner.now)
        if owner.memory.lang and who.lang != owner.memory.lang:
            await subscribers.set_lang(connection, who, owner.memory.lang)
        if owner.memory.home and who.region != owner.memory.home:
            await subscribers.set_region(connection, who, owner.memory.home)
        if found.query.corrects is not None:
            await subscribers.remove_item(connection, who, found.query.corrects)
        for item in found.items:
            new = await subscribers.add_item(connection, who, item.unit, owner.now)
            told.append(_line(words, "own_added" if new else "own_again", item.unit))
    blocks = (Block(Role.VERDICT, "\n".join(told)), *found.message.blocks)
    have = words("say_have")
    left = tuple(button for button in found.message.buttons if button.says != have)
    return Message((*blocks, Block(Role.DETAIL, words("own_alerts_later"))), left, words.lang)


async def _remove(found: Answer, owner: Owner, database: Database) -> Message:
    words = owner.words
    if not found.items:
        return _told(words, words("own_which"))
    told = []
    async with database.writing() as connection:
        place = owner.place
        who = await subscribers.subscriber(connection, place.channel, place.chat, owner.now)
        for item in found.items:
            gone = await subscribers.remove_item(connection, who, item.unit)
            told.append(_line(words, "own_removed" if gone else "own_not_found", item.unit))
    return _told(words, "\n".join(told))


async def _list(owner: Owner, database: Database) -> Message:
    words = owner.words
    async with database.reading() as connection:
        units = await subscribers.items(connection, owner.place.channel, owner.place.chat)
    if not units:
        return _told(words, words("own_list_empty"))
    lines = "\n".join(f"- {_with_serial(unit, words)}" for unit in units)
    return _told(words, words("own_list"), lines)


def _line(words: Translator, key: str, unit: Unit) -> str:
    return words(key, product=unit_name(unit, words))


def _with_serial(unit: Unit, words: Translator) -> str:
    name = unit_name(unit, words)
    return f"{name} ({unit.serial})" if unit.serial else name


def _told(words: Translator, *texts: str) -> Message:
    return Message(tuple(Block(Role.DETAIL, text) for text in texts), (), words.lang)
