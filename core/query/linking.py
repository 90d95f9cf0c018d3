"""Several chats of one person: the command /link, and which chat is for what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.message import Message
from core.model.subscriber import Takes
from core.query.commands import Command
from core.query.owning import Owner, known_owner
from core.store import links, subscribers
from core.store.addresses import Known
from core.store.links import Linked, Tries
from core.store.subscribers import Subscriber
from core.store.work import Database
from core.text import screens
from core.text.screens import LinkedChat, said

NAME = "link"
OFF = "off"


async def link(command: Command, owner: Owner, database: Database, tries: Tries) -> Message:
    """Give a code, take one, end the link of this chat, or say what each chat is for."""
    word, _, number = command.rest.casefold().partition(" ")
    if not word:
        return await _code(owner, database)
    if word == OFF:
        return await _unlink(owner, database)
    if word in set(Takes) and number.isascii() and number.isdecimal():
        return await _take(Takes(word), int(number), owner, database)
    return await _redeem(command.rest, owner, database, tries)


async def _code(owner: Owner, database: Database) -> Message:
    """Return a new code, with the chats that are linked already."""
    async with database.writing() as connection:
        who = await known_owner(connection, owner)
        code = await links.new_code(connection, who, owner.now)
        chats = await links.addresses_of(connection, who.pk)
    told = owner.words("link_code", example=f"/{NAME} {code}")
    if len(chats) == 1:
        return said(owner.words, told)
    return screens.link_screen(_shown(chats, who.address), owner.words, told)


async def _redeem(code: str, owner: Owner, database: Database, tries: Tries) -> Message:
    words = owner.words
    async with database.writing() as connection:
        came = await links.redeem(connection, owner.place, code, owner.now, tries)
        who = await _known(connection, owner)
        chats = await links.addresses_of(connection, who.pk) if who else ()
    told = words(f"link_{came}")
    if who is None or came not in {Linked.LINKED, Linked.ALREADY} or len(chats) == 1:
        return said(words, told)
    return screens.link_screen(_shown(chats, who.address), words, told)


async def _unlink(owner: Owner, database: Database) -> Message:
    async with database.writing() as connection:
        who = await _known(connection, owner)
        done = who is not None and await links.unlink(connection, who.pk, who.address)
    return said(owner.words, owner.words("link_off" if done else "link_alone"))


async def _take(takes: Takes, number: int, owner: Owner, database: Database) -> Message:
    words = owner.words
    async with database.writing() as connection:
        who = await _known(connection, owner)
        done = who is not None and await links.set_takes(connection, who.pk, number, takes)
        chats = await links.addresses_of(connection, who.pk) if who else ()
    if who is None or not done:
        return said(words, words("link_alone" if len(chats) < 2 else "button_of_another"))  # noqa: PLR2004 - more than this one
    silent = all(chat.takes is Takes.NOTHING for chat in chats)
    before = [words("link_silent")] if silent else []
    return screens.link_screen(_shown(chats, who.address), words, *before)


async def _known(connection: AsyncConnection, owner: Owner) -> Subscriber | None:
    place = owner.place
    return await subscribers.find_subscriber(connection, place.channel, place.chat)


def _shown(chats: Sequence[Known], here: int) -> list[LinkedChat]:
    """Return the chats with a name each; several of one channel are numbered."""
    count = Counter(chat.channel for chat in chats)
    seen: Counter[str] = Counter()
    shown = []
    for chat in chats:
        seen[chat.channel] += 1
        name = chat.channel.capitalize()
        if count[chat.channel] > 1:
            name = f"{name} {seen[chat.channel]}"
        shown.append(LinkedChat(chat.pk, name, chat.takes, here=chat.pk == here))
    return shown
