"""One chat's message in, one reply out: the edge where the conversation meets the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import ValidationError

from core.alert.missed import missed
from core.alert.waiting import waiting_for
from core.channel import Address, Inbound, Left, Moved
from core.clock import Clock
from core.match.decide import Knowledge
from core.model.keys import Probe
from core.model.lexicon import Lexicon
from core.model.message import Block, Message, Role
from core.model.recall import Notice
from core.model.unit import Unit
from core.query import claiming, feeding, group, linking, photo, telling, watching
from core.query.ages import AgeLimits, aged
from core.query.answer import MOST_CANDIDATES, Answer, answer, at_home, probes
from core.query.bound import Pressed, bound
from core.query.claiming import Draw
from core.query.commands import Command, command_of
from core.query.conversation import hear, remember
from core.query.memory import Memory
from core.query.owning import Owner, carry_out
from core.query.personal import is_private, menu, screen_of
from core.query.query import Action, Intent, Query
from core.query.remembering import note, telling_so
from core.query.understand import understand
from core.query.why import why
from core.store import addresses, chats, conversations, group_feeds, notices, subscribers
from core.store.claims import Claims
from core.store.links import Tries
from core.store.quick import QuickDatabase
from core.store.work import Database
from core.text.translations import Translator, spoken, translator

# The address of an answer to somebody who asks for a card while writing to somebody else.
INLINE = "inline:"
CHECK, WHY = "check", "why"
OF_THE_PERSON = frozenset({Action.LANGUAGE, Action.REGION})
# What is said of a product nobody has named yet.
UNTIL_NAMED = frozenset({Role.ACTION, Role.VERDICT})


@dataclass(slots=True)
class Talk:
    """Answers what people say, and keeps what they own.

    `limits` says how old each source may be for a negative answer. With a `file` notices are
    looked up in it directly, several times faster than through `database`. Without `eyes`
    photos are not read, and without `draw` none is drawn as an example.
    """

    database: Database
    lexicon: Lexicon
    clock: Clock
    limits: AgeLimits = field(default_factory=AgeLimits)
    file: QuickDatabase | None = None
    eyes: photo.Eyes | None = None
    draw: Draw | None = None
    tries: Tries = field(default_factory=Tries)

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
        if command is None:
            return await self._in_turn(inbound, memory, None)
        return await self._commanded(inbound, memory, command)

    async def _commanded(self, inbound: Inbound, memory: Memory, command: Command) -> Message:
        """Do what a command asks of us in private."""
        owner = self._owner(inbound, memory)
        if screen := screen_of(command):
            return await screen(command, owner, self.database)
        match command.name:
            case linking.NAME:
                return await linking.link(command, owner, self.database, self.tries)
            case telling.NAME:
                return await self._of_alert(inbound, memory, command)
            case claiming.NAME:
                return await self._of_claim(inbound, memory, command)
            case feeding.NAME:
                return await feeding.feed(command, owner, inbound, self.database)
        return await self._in_turn(inbound, memory, command)

    async def _in_turn(
        self, inbound: Inbound, memory: Memory, command: Command | None
    ) -> Message:
        """Return the reply to a question or a wish, which the chat remembers."""
        query = hear(inbound.text, memory, self.lexicon)
        words = _words(inbound, memory, query)
        found = await self.ask(query, words, memory.home)
        owner = Owner(inbound.sender, self.clock.now(), words, memory, command)
        return await self._done(found, owner, inbound)

    async def _done(self, found: Answer, owner: Owner, inbound: Inbound) -> Message:
        """Keep what was spoken of, do what was asked with it, and return what to tell."""
        kept, intent = remember(found, owner.memory), found.query.intent
        new = await self._keep(inbound, kept, found.query.action, found)
        if found.query.action is Action.WATCH:
            return bound(await watching.wished(found, owner, self.database), kept)
        if intent is Intent.OWN:
            return bound(await carry_out(found, owner, self.database), kept)
        if intent is Intent.CLAIM and not found.query.urgent:
            return bound(await claiming.opened(found, owner, self._desk()), kept)
        told = self._told(found, owner.command, owner.words, inbound)
        return bound(telling_so(told, owner.words) if new else told, kept)

    async def _of_alert(self, inbound: Inbound, memory: Memory, command: Command) -> Message:
        """Return what comes of an alert's button; "which" speaks of its thing from now on."""
        owner = self._owner(inbound, memory)
        said = await telling.tell(command, owner, self.database)
        if isinstance(said, Message):
            return said
        found = await self._about(said.unit, owner, Intent.CHECK)
        kept = remember(found, memory).model_copy(update={"item": said.item})
        await self._keep(inbound, kept, None)
        return bound(telling.about_which(said.unit, found.message, owner.words), kept)

    async def _of_claim(self, inbound: Inbound, memory: Memory, command: Command) -> Message:
        """Return a claim: with a step ticked, of a thing on the list, or as it is asked for."""
        owner = self._owner(inbound, memory)
        if tick := claiming.Tick.of(command):
            found = await self._about(memory.unit, owner, Intent.CLAIM)
            return await claiming.ticked(tick, found, owner, self._desk())
        number = claiming.item_asked(command)
        if number is None:
            return await self._in_turn(inbound, memory, command)
        unit = await claiming.item_of(number, owner, self.database)
        if unit is None:
            return telling.old_button(owner.words)
        return await self._done(await self._about(unit, owner, Intent.CLAIM), owner, inbound)

    async def _about(self, unit: Unit | None, owner: Owner, intent: Intent) -> Answer:
        units = (unit,) if unit is not None else ()
        query = Query("", intent, None, urgent=False, units=units, lang=None)
        return await self.ask(query, owner.words, owner.memory.home)

    def _desk(self) -> claiming.Desk:
        return claiming.Desk(self.database, Claims(self.clock), self.draw)

    async def waiting_for(self, place: Address) -> tuple[Message, ...]:
        """Return what waits for that chat where nothing can be pushed, and note it as told."""
        return await waiting_for(place, self.database, self.clock, self.knowledge)

    async def knowledge(self) -> Knowledge:
        """Return what is known now: the names, and how old each source is."""
        _, ages = await self._found(())
        return Knowledge(self.lexicon, aged(ages, self.limits), self.clock.now())

    async def _stale(self, inbound: Inbound, memory: Memory, pressed: Pressed) -> Message:
        """Return the answer once more to who pressed twice; else that the button is old."""
        words = _words(inbound, memory)
        if memory.unit is None or pressed.mark != memory.answered:
            block = Block(Role.NEXT_STEP, words("button_of_another"))
            return Message((block,), lang=words.lang, anew=True)
        found = await self._about(memory.unit, self._owner(inbound, memory), Intent.CHECK)
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
        if command is not None and is_private(command):
            words = _words(inbound, memory)
            return group.in_private("group_list_private", inbound.private_link, words)
        if command is not None and command.name == feeding.NAME and not _inline(inbound):
            owner = self._owner(inbound, memory)
            return await feeding.feed(command, owner, inbound, self.database)
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
        new = await self._keep(inbound, kept, None, found)
        told = photo.read_back(found, seen.label, seen.crop, words)
        return bound(telling_so(told, words) if new else told, kept)

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
            await self._welcome_back(inbound.sender)
        return _remembered(body)

    async def _welcome_back(self, place: Address) -> None:
        """Send there again, and plan what whoever is there missed."""
        now = self.clock.now()
        async with self.database.writing() as connection:
            known = await addresses.find(connection, place)
            await chats.come_back(connection, place)
            if known is not None and known.gone_at is not None:
                await missed(connection, self.lexicon, place, known.gone_at, now)

    async def _chat(self, sender: Address) -> tuple[str | None, bool]:
        """Return the conversation kept of the chat, and whether it was left."""
        if self.file is not None:
            return self.file.chat(sender.channel, sender.chat)
        async with self.database.reading() as connection:
            return await chats.state(connection, sender)

    async def _keep(
        self,
        inbound: Inbound,
        memory: Memory,
        action: Action | None,
        answered: Answer | None = None,
    ) -> bool:
        """Keep the memory; what alerts go by learns of another language or country, too.

        What was answered in private is remembered: True where the person is to be told so,
        because it is the first time.
        """
        place, new = inbound.sender, False
        async with self.database.writing() as connection:
            if answered is not None:
                words = _words(inbound, memory, answered.query)
                owner = Owner(place, self.clock.now(), words, memory)
                new = await note(connection, answered, owner) and not memory.noted
            body = memory.model_copy(update={"noted": memory.noted or new}).model_dump_json()
            await conversations.save(
                connection, place.channel, place.chat, body, self.clock.now()
            )
            if action in OF_THE_PERSON:
                await subscribers.learn(connection, place, memory.lang, memory.home)
            if action is Action.LANGUAGE and inbound.may_set_up and memory.lang:
                await group_feeds.set_lang(connection, place, memory.lang)
        return new


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
