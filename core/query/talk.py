"""One chat's message in, one reply out: the edge where the conversation meets the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import ValidationError

from core.channel import Inbound, Left, Moved
from core.clock import Clock
from core.match.decide import Knowledge
from core.model.keys import Probe
from core.model.lexicon import Lexicon
from core.model.message import Block, Message, Role
from core.model.recall import Notice
from core.query import group, photo
from core.query.ages import AgeLimits, aged
from core.query.answer import MOST_CANDIDATES, Answer, answer, at_home, probes
from core.query.conversation import hear, remember
from core.query.memory import Memory
from core.query.owning import Owner, carry_out
from core.query.query import Action, Intent, Query
from core.query.understand import understand
from core.store import chats, conversations, notices
from core.store.quick import QuickDatabase
from core.store.work import Database
from core.text.translations import Translator, spoken, translator


@dataclass(slots=True)
class Talk:
    """Answers what people say, and keeps what they own.

    `limits` says how old each source may be for a negative answer. With a `file` notices are
    looked up in it directly, several times faster than through `database`. Without `eyes`
    photos are not read.
    """

    database: Database
    lexicon: Lexicon
    clock: Clock
    limits: AgeLimits = field(default_factory=AgeLimits)
    file: QuickDatabase | None = None
    eyes: photo.Eyes | None = None

    def learn(self, lexicon: Lexicon) -> None:
        """Know these names from the next message on."""
        self.lexicon = lexicon

    def close(self) -> None:
        """Let go of the file; the database stays its opener's."""
        if self.file is not None:
            self.file.close()

    async def reply(self, inbound: Inbound) -> Message:
        """Return the reply to one message, and remember what it was about."""
        memory = await self._memory(inbound)
        if inbound.group:
            return await self._in_group(inbound, memory)
        if inbound.photo is not None:
            return await self._of_photo(inbound, memory)
        query = hear(inbound.text, memory, self.lexicon)
        words = _words(inbound, memory, query)
        found = await self.ask(query, words, memory.home)
        await self._keep(inbound, remember(found, memory))
        if query.intent is Intent.OWN:
            owner = Owner(inbound.sender, self.clock.now(), words, memory)
            return await carry_out(found, owner, self.database)
        if query.action is Action.HELP and self.eyes is not None:
            more = Block(Role.DETAIL, words("help_photo"))
            return replace(found.message, blocks=(*found.message.blocks, more))
        return found.message

    async def note(self, event: Moved | Left) -> None:
        """Take what we know of a chat along to its new address, or leave it in peace."""
        async with self.database.writing() as connection:
            match event:
                case Moved(old, new):
                    await chats.move(connection, old, new)
                case Left(address):
                    await chats.leave(connection, address, self.clock.now())

    async def _in_group(self, inbound: Inbound, memory: Memory) -> Message:
        """Return the reply that everybody may read; nothing said there is remembered."""
        query = hear(inbound.text, memory.person, self.lexicon)
        words = _words(inbound, memory, query)
        if inbound.photo is not None:
            return group.in_private("group_photo_private", inbound.private_link, words)
        if query.intent is Intent.OWN:
            return group.in_private("group_list_private", inbound.private_link, words)
        found = await self.ask(group.in_public(query, self.lexicon), words, memory.home)
        if query.action in {Action.LANGUAGE, Action.REGION}:
            await self._keep(inbound, remember(found, memory.person))
        told = group.hides(query, self.lexicon)
        return group.model_level(found, inbound.private_link, words, told=told)

    async def _of_photo(self, inbound: Inbound, memory: Memory) -> Message:
        """Return what is on the photo, and the question whether we read it right."""
        said = understand(inbound.text, self.lexicon)
        words = _words(inbound, memory, said)
        if self.eyes is None:
            return photo.refusal(photo.OFF, {}, words)
        seen = await photo.seen_on(inbound.photo or b"", self.eyes, self.lexicon)
        if seen.label is None:
            return photo.refusal(seen.refused, self.eyes.limits, words)
        found = await self.ask(photo.asked(said, seen.label, memory), words, memory.home)
        await self._keep(inbound, photo.remembered(found, seen.label, memory))
        return photo.read_back(found, seen.label, seen.crop, words)

    async def ask(self, query: Query, words: Translator, region: str | None = None) -> Answer:
        """Return the answer to a query, from the notices in the store."""
        here = at_home(query, region)
        candidates, ages = await self._found(probes(here))
        known = aged(ages, self.limits)
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

    async def _memory(self, inbound: Inbound) -> Memory:
        place = inbound.sender
        async with self.database.reading() as connection:
            return _remembered(await conversations.load(connection, place.channel, place.chat))

    async def _keep(self, inbound: Inbound, memory: Memory) -> None:
        place, body = inbound.sender, memory.model_dump_json()
        async with self.database.writing() as connection:
            await conversations.save(
                connection, place.channel, place.chat, body, self.clock.now()
            )


def _remembered(body: str | None) -> Memory:
    """Return what was kept of the chat; what another version kept otherwise is let go."""
    try:
        return Memory.model_validate_json(body) if body else Memory()
    except ValidationError:
        return Memory()


def _words(inbound: Inbound, memory: Memory, query: Query) -> Translator:
    """Return the words to answer in: what was just asked for, chosen before, or is read."""
    if query.action is Action.LANGUAGE and query.lang and spoken(query.lang):
        return translator(query.lang)
    return translator(memory.lang, inbound.lang, query.lang)
