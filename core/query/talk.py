"""One chat's message in, one reply out: the edge where the conversation meets the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import ValidationError

from core.channel import Address, Inbound, Left, Moved
from core.clock import Clock
from core.match.decide import Knowledge
from core.model.keys import Probe
from core.model.lexicon import Lexicon
from core.model.message import Block, Message, Role
from core.model.recall import Notice
from core.query import group, photo
from core.query.ages import AgeLimits, aged
from core.query.answer import MOST_CANDIDATES, Answer, answer, at_home, probes
from core.query.bound import Pressed, bound
from core.query.commands import Command, command_of
from core.query.conversation import hear, remember
from core.query.feeding import feed
from core.query.memory import Memory
from core.query.owning import Owner, carry_out
from core.query.personal import menu, screen_of
from core.query.query import Action, Intent, Query
from core.query.understand import understand
from core.query.why import why
from core.store import chats, conversations, group_feeds, notices, subscribers
from core.store.quick import QuickDatabase
from core.store.work import Database
from core.text.translations import Translator, spoken, translator

# The address of an answer to somebody who asks for a card while writing to somebody else.
INLINE = "inline:"
CHECK, FEED, WHY = "check", "feed", "why"
OF_THE_PERSON = frozenset({Action.LANGUAGE, Action.REGION})
# What is said of a product nobody has named yet.
UNTIL_NAMED = frozenset({Role.ACTION, Role.VERDICT})


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
        pressed = Pressed.of(command_of(inbound.text))
        if pressed is None:
            return await self._replied(inbound, memory.answering(None).hearing(inbound.message))
        if not pressed.is_about(memory) and not inbound.group:
            return await self._stale(inbound, memory, pressed)
        said = replace(inbound, text=pressed.says)
        return await self._replied(said, memory.answering(pressed.mark))

    async def _replied(self, inbound: Inbound, memory: Memory) -> Message:
        command = command_of(inbound.text)
        if inbound.group or _inline(inbound):
            return await self._in_public(inbound, memory, command)
        if inbound.photo is not None:
            return await self._of_photo(inbound, memory)
        if command is not None and (screen := screen_of(command)):
            return await screen(command, self._owner(inbound, memory), self.database)
        if command is not None and command.name == FEED:
            return await feed(command, self._owner(inbound, memory), inbound, self.database)
        return await self._in_turn(inbound, memory, command)

    async def _in_turn(
        self, inbound: Inbound, memory: Memory, command: Command | None
    ) -> Message:
        """Return the reply to a question or a wish, which the chat remembers."""
        query = hear(inbound.text, memory, self.lexicon)
        words = _words(inbound, memory, query)
        found = await self.ask(query, words, memory.home)
        kept = remember(found, memory)
        await self._keep(inbound, kept, query.action)
        if query.intent is Intent.OWN:
            owner = Owner(inbound.sender, self.clock.now(), words, memory)
            return bound(await carry_out(found, owner, self.database), kept)
        return bound(self._told(found, command, words, inbound), kept)

    async def _stale(self, inbound: Inbound, memory: Memory, pressed: Pressed) -> Message:
        """Return the answer once more to who pressed twice; else that the button is old."""
        words = _words(inbound, memory)
        if memory.unit is None or pressed.mark != memory.answered:
            block = Block(Role.NEXT_STEP, words("button_of_another"))
            return Message((block,), lang=words.lang, anew=True)
        query = Query("", Intent.CHECK, None, urgent=False, units=(memory.unit,), lang=None)
        found = await self.ask(query, words, memory.home)
        return bound(found.message, remember(found, memory))

    def _told(
        self, found: Answer, command: Command | None, words: Translator, inbound: Inbound
    ) -> Message:
        """Return the answer as the command wants it told."""
        message = found.message
        if command is not None and not found.query.urgent:
            if command.name == WHY:
                return why(found, words)
            if command == Command(CHECK):
                kept = (block for block in message.blocks if block.role not in UNTIL_NAMED)
                return replace(message, blocks=tuple(kept))
        if found.query.action is not Action.HELP:
            return message
        photo_too = [words("help_photo")] if self.eyes is not None else []
        more = (*photo_too, menu(words, group=inbound.group))
        blocks = (Block(Role.DETAIL, text) for text in more)
        return replace(message, blocks=(*message.blocks, *blocks))

    def _owner(self, inbound: Inbound, memory: Memory) -> Owner:
        words = _words(inbound, memory)
        return Owner(inbound.sender, self.clock.now(), words, memory)

    async def note(self, event: Moved | Left) -> None:
        """Take what we know of a chat along to its new address, or leave it in peace."""
        async with self.database.writing() as connection:
            match event:
                case Moved(old, new):
                    await chats.move(connection, old, new)
                case Left(address):
                    await chats.leave(connection, address, self.clock.now())

    async def _in_public(
        self, inbound: Inbound, memory: Memory, command: Command | None
    ) -> Message:
        """Return the reply that everybody may read; nothing said there is remembered."""
        if command is not None and screen_of(command):
            words = _words(inbound, memory)
            return group.in_private("group_list_private", inbound.private_link, words)
        if command is not None and command.name == FEED and not _inline(inbound):
            return await feed(command, self._owner(inbound, memory), inbound, self.database)
        query = hear(inbound.text, memory.person, self.lexicon)
        words = _words(inbound, memory, query)
        if inbound.photo is not None:
            return group.in_private("group_photo_private", inbound.private_link, words)
        if query.intent is Intent.OWN:
            return group.in_private("group_list_private", inbound.private_link, words)
        found = await self.ask(group.in_public(query, self.lexicon), words, memory.home)
        if query.action in OF_THE_PERSON and not _inline(inbound):
            await self._keep(inbound, remember(found, memory.person), query.action)
        told = group.hides(query, self.lexicon)
        found = replace(found, message=self._told(found, command, words, inbound))
        return group.model_level(found, inbound.private_link, words, told=told)

    async def _of_photo(self, inbound: Inbound, memory: Memory) -> Message:
        """Return what is on the photo, and the question whether we read it right."""
        command = command_of(inbound.text)
        said = understand(command.rest if command else inbound.text, self.lexicon)
        words = _words(inbound, memory, said)
        if self.eyes is None:
            return photo.refusal(photo.OFF, {}, words)
        seen = await photo.seen_on(inbound.photo or b"", self.eyes, self.lexicon)
        if seen.label is None:
            return photo.refusal(seen.refused, self.eyes.limits, words)
        found = await self.ask(photo.asked(said, seen.label, memory), words, memory.home)
        kept = photo.remembered(found, seen.label, memory)
        await self._keep(inbound, kept, None)
        return bound(photo.read_back(found, seen.label, seen.crop, words), kept)

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
        """Return what was kept of the chat; whoever had left and speaks there is back."""
        body, gone = await self._chat(inbound.sender)
        if gone and not _inline(inbound):
            async with self.database.writing() as connection:
                await chats.come_back(connection, inbound.sender)
        return _remembered(body)

    async def _chat(self, sender: Address) -> tuple[str | None, bool]:
        """Return the conversation kept of the chat, and whether it was left."""
        if self.file is not None:
            return self.file.chat(sender.channel, sender.chat)
        async with self.database.reading() as connection:
            return await chats.state(connection, sender)

    async def _keep(self, inbound: Inbound, memory: Memory, action: Action | None) -> None:
        """Keep the memory; what alerts go by learns of another language or country, too."""
        place, body = inbound.sender, memory.model_dump_json()
        async with self.database.writing() as connection:
            await conversations.save(
                connection, place.channel, place.chat, body, self.clock.now()
            )
            if action in OF_THE_PERSON:
                await subscribers.learn(connection, place, memory.lang, memory.home)
            if action is Action.LANGUAGE and inbound.may_set_up and memory.lang:
                await group_feeds.set_lang(connection, place, memory.lang)


def _remembered(body: str | None) -> Memory:
    """Return what was kept of the chat; what another version kept otherwise is let go."""
    try:
        return Memory.model_validate_json(body) if body else Memory()
    except ValidationError:
        return Memory()


def _inline(inbound: Inbound) -> bool:
    """Say whether it is asked for a card to be shown in some chat that we do not see."""
    return inbound.answer_to is not None and inbound.answer_to.chat.startswith(INLINE)


def _words(inbound: Inbound, memory: Memory, query: Query | None = None) -> Translator:
    """Return the words to answer in: what was just asked for, chosen before, or is read."""
    if query is None:
        return translator(memory.lang, inbound.lang)
    if query.action is Action.LANGUAGE and query.lang and spoken(query.lang):
        return translator(query.lang)
    return translator(memory.lang, inbound.lang, query.lang)
