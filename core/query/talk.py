"""One chat's message in, one reply out: the edge where the conversation meets the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from pydantic import ValidationError

from core.channel import Address, Inbound
from core.clock import Clock
from core.match.decide import Knowledge
from core.model.keys import Probe
from core.model.lexicon import Lexicon
from core.model.message import Block, Message, Role
from core.model.recall import Notice
from core.model.unit import Unit
from core.query.answer import MOST_CANDIDATES, Answer, aged, answer, at_home, probes
from core.query.conversation import Memory, hear, remember
from core.query.query import Action, Query
from core.store import conversations, notices, subscribers
from core.store.quick import QuickDatabase
from core.store.work import Database
from core.text.names import unit_name
from core.text.translations import Translator, translator

FEED_LIMIT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Talk:
    """Answers what people say, and keeps what they own.

    `limits` says how old each source may be for a negative answer, `otherwise` how old any
    other. With a `file` notices are looked up in it directly, several times faster than through
    `database`.
    """

    database: Database
    lexicon: Lexicon
    clock: Clock
    limits: Mapping[str, timedelta] = field(default_factory=lambda: MappingProxyType({}))
    file: QuickDatabase | None = None
    otherwise: timedelta = FEED_LIMIT

    def close(self) -> None:
        """Let go of the file; the database stays its opener's."""
        if self.file is not None:
            self.file.close()

    async def reply(self, inbound: Inbound) -> Message:
        """Return the reply to one message, and remember what it was about."""
        words = translator(inbound.lang)
        place = inbound.sender
        async with self.database.reading() as connection:
            body = await conversations.load(connection, place.channel, place.chat)
        memory = _memory(body)
        query = hear(inbound.text, memory, self.lexicon)
        found = await self.ask(query, words)
        kept = remember(found, memory)
        async with self.database.writing() as connection:
            await conversations.save(
                connection, place.channel, place.chat, kept.model_dump_json(), self.clock.now()
            )
        if query.action is None:
            return found.message
        return await self._own(query, found, place, words)

    async def ask(self, query: Query, words: Translator, region: str | None = None) -> Answer:
        """Return the answer to a query, from the notices in the store."""
        here = at_home(query, region)
        candidates, ages = await self._found(probes(here))
        known = aged(ages, self.limits, self.otherwise)
        return answer(here, candidates, Knowledge(self.lexicon, known, self.clock.now()), words)

    async def _found(
        self, wanted: Sequence[Probe]
    ) -> tuple[list[tuple[Notice, ...]], list[tuple[str, datetime, str | None]]]:
        """Return the notices for each probe, and how old each source is."""
        if self.file is not None:
            found = [self.file.candidates(probe, MOST_CANDIDATES) for probe in wanted]
            return found, self.file.source_ages()
        async with self.database.reading() as connection:
            found = [
                await notices.candidates(connection, probe, MOST_CANDIDATES) for probe in wanted
            ]
            ages = await notices.source_ages(connection)
        return found, [(name, as_of, mark) for name, as_of, mark in ages]

    async def _own(
        self, query: Query, found: Answer, place: Address, words: Translator
    ) -> Message:
        match query.action:
            case Action.ADD | Action.WATCH:
                return await self._add(query.action, found, place, words)
            case Action.REMOVE:
                return await self._remove(found, place, words)
            case Action.LIST:
                return await self._list(place, words)
            case Action.FORGET:
                return await self._forget(place, words)
        return found.message

    async def _add(
        self, action: Action, found: Answer, place: Address, words: Translator
    ) -> Message:
        if not found.items:
            return _told(words, words("own_watch" if action is Action.WATCH else "own_which"))
        told = []
        async with self.database.writing() as connection:
            who = await subscribers.subscriber(
                connection, place.channel, place.chat, self.clock.now()
            )
            for item in found.items:
                new = await subscribers.add_item(connection, who, item.unit, self.clock.now())
                key = "own_added" if new else "own_again"
                told.append(words(key, product=unit_name(item.unit, words)))
        later = words("own_alerts_later")
        blocks = (Block(Role.VERDICT, "\n".join(told)), *found.message.blocks)
        have = words("say_have")
        left = tuple(button for button in found.message.buttons if button.says != have)
        return Message((*blocks, Block(Role.DETAIL, later)), left, words.lang)

    async def _remove(self, found: Answer, place: Address, words: Translator) -> Message:
        if not found.items:
            return _told(words, words("own_which"))
        told = []
        async with self.database.writing() as connection:
            who = await subscribers.subscriber(
                connection, place.channel, place.chat, self.clock.now()
            )
            for item in found.items:
                gone = await subscribers.remove_item(connection, who, item.unit)
                key = "own_removed" if gone else "own_not_found"
                told.append(words(key, product=unit_name(item.unit, words)))
        return _told(words, "\n".join(told))

    async def _list(self, place: Address, words: Translator) -> Message:
        async with self.database.reading() as connection:
            units = await subscribers.items(connection, place.channel, place.chat)
        if not units:
            return _told(words, words("own_list_empty"))
        lines = "\n".join(f"- {_with_serial(unit, words)}" for unit in units)
        return _told(words, words("own_list"), lines)

    async def _forget(self, place: Address, words: Translator) -> Message:
        async with self.database.writing() as connection:
            await subscribers.forget(connection, place.channel, place.chat)
        return _told(words, words("forgotten"))


def _memory(body: str | None) -> Memory:
    """Return what was kept of the chat; what another version kept otherwise is let go."""
    try:
        return Memory.model_validate_json(body) if body else Memory()
    except ValidationError:
        return Memory()


def _with_serial(unit: Unit, words: Translator) -> str:
    name = unit_name(unit, words)
    return f"{name} ({unit.serial})" if unit.serial else name


def _told(words: Translator, *texts: str) -> Message:
    return Message(tuple(Block(Role.DETAIL, text) for text in texts), (), words.lang)
