"""`recallbot replay`: a recorded history through the whole bot, by a clock of its own."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bots.memory import Memory, Sent
from core.alert.dispatch import Dispatcher, Pipe
from core.alert.follow_up import plan_follow_ups
from core.alert.planner import plan_all
from core.catalogue.load import FOLDER, load
from core.channel import Address, Inbound, Left, Receipt
from core.ingest.run import Reader
from core.match.decide import Knowledge, judge
from core.model.lexicon import Lexicon
from core.model.message import Message
from core.model.recall import Maker, Notice
from core.query.ages import AgeLimits, aged
from core.query.bound import words_of
from core.query.talk import Talk
from core.sources.contract import HOUR, Authority, Cadence, RawRecord
from core.store import ledger, notices
from core.store.work import Database
from core.stories.story import Household, Pressed, Published, Said, Story
from core.stories.story import Left as Leaves

SOURCE = "story"
REPLY = "reply"
AUTHORITY = Authority(
    name="The authorities of the story",
    regions=("WORLD",),
    homepage="",
    licence="MIT",
    licence_url=None,
    attribution="Each fact of the story names its own source",
)
# One post after the other, so that the same story is told the same way every time.
PIPE = Pipe(width=1, ahead=1, commit=0.001, idle=0.001)
LEAD = timedelta(hours=1)
A_MINUTE = timedelta(minutes=1)
# So old may be what an alert is composed from; whoever asks is answered from today's.
FRESH = timedelta(days=6)


@dataclass(slots=True)
class StoryClock:
    """A clock that stands until the story moves it on."""

    at: datetime

    def now(self) -> datetime:
        """Return the present moment of the story."""
        return self.at


@dataclass(slots=True)
class StorySource:
    """The authorities of a story: what they have published and not yet been read."""

    clock: StoryClock
    published: list[Published] = field(default_factory=list)
    name: str = SOURCE
    authority: Authority = AUTHORITY
    cadence: Cadence = field(default_factory=lambda: Cadence(HOUR))
    verified: bool = True

    async def fetch(self, since: datetime | None) -> AsyncIterator[RawRecord]:
        """Yield what was published since it was last asked."""
        del since
        new, self.published = self.published, []
        for one in new:
            body = one.read_then().model_dump_json().encode()
            url = one.notice.sources[0].url
            yield RawRecord(self.name, one.notice.id, SOURCE, body, url, self.clock.now())

    def split(self, payload: bytes, url: str, at: datetime) -> Iterator[RawRecord]:
        """Yield the notices of a recorded list."""
        for one in json.loads(payload):
            yield RawRecord(self.name, one["id"], SOURCE, json.dumps(one).encode(), url, at)

    def parse(self, record: RawRecord) -> Notice:
        """Return the notice."""
        return Notice.model_validate_json(record.body)


@dataclass(frozen=True, slots=True)
class Told:
    """One message that a household got, why, and where it stands as another's reply."""

    at: datetime
    household: str
    channel: str
    reason: str
    text: str
    key: str
    edited: bool = False
    said: str | None = None


@dataclass(slots=True)
class Played:
    """What became of a story: every message in order, and what went wrong."""

    story: Story
    told: list[Told] = field(default_factory=list)
    not_pressed: list[str] = field(default_factory=list)
    lost: int = 0

    @property
    def repeated(self) -> int:
        """Return how many posts went out more often than once."""
        keys = [
            (one.channel, one.key)
            for one in self.told
            if one.reason != REPLY and not one.edited
        ]
        return len(keys) - len(set(keys))


@dataclass(slots=True)
class Replay:
    """Plays one story on a database that holds nothing yet.

    With `lang` everybody's platform says that they read that language.
    """

    story: Story
    database: Database
    clock: StoryClock
    talk: Talk
    source: StorySource
    makers: tuple[Maker, ...]
    lang: str | None = None
    channels: dict[str, Memory] = field(default_factory=dict)
    standing: dict[str, Notice] = field(default_factory=dict)
    played: Played = field(init=False)
    _seen: dict[str, int] = field(default_factory=dict)
    _replies: int = 0
    _read_at: datetime | None = None

    def __post_init__(self) -> None:
        """Give every platform of the story a place in memory."""
        self.played = Played(self.story)
        for household in self.story.households:
            kind = household.channel
            self.channels.setdefault(kind, Memory(self.clock.now, kind))

    async def play(self) -> Played:
        """Play it to its end."""
        await self._read()
        for event in self.story.events:
            await self._pass_until(event.at)
            self.clock.at = event.at
            match event:
                case Published():
                    await self._publish(event)
                case Said():
                    await self._read()
                    await self._hear(event.household, event.says)
                case Pressed():
                    await self._press(event)
                case Leaves():
                    await self._leave(event)
            await self._settle()
        await self._pass_until(self.story.until)
        self.clock.at = self.story.until
        await self._settle()
        self.played.lost = await self._lost()
        return self.played

    async def _pass_until(self, moment: datetime) -> None:
        """Let the time pass, from one thing that is due to the next."""
        while True:
            async with self.database.reading() as connection:
                due = await ledger.next_due(connection)
            if due is None or due > moment:
                return
            # What is due and stays so, such as what somebody else holds, is looked at later.
            later = self.clock.at + A_MINUTE
            self.clock.at = due if due > self.clock.at else min(later, moment)
            await self._read(FRESH)
            await self._settle()
            if self.clock.at >= moment:
                return

    async def _publish(self, event: Published) -> None:
        self.source.published.append(event)
        self.standing[event.notice.id] = event.notice
        await self._read()
        known = Lexicon.of(self.makers, self.standing.values())
        lexicon = known.with_brands(one.brands[0] for one in self.standing.values())
        async with self.database.writing() as connection:
            await notices.put_lexicon(connection, lexicon)
        self.talk.learn(lexicon)

    async def _read(self, age: timedelta = timedelta()) -> None:
        """Ask the authorities, unless what we hold is not older than that."""
        now = self.clock.now()
        if self.source.published or self._read_at is None or now - self._read_at > age:
            await Reader(self.database, self.clock).cycle(self.source)
            self._read_at = now

    async def _settle(self) -> None:
        """Plan, and send what may be sent now."""
        await plan_all(self.database, self.talk.lexicon, self.clock)
        await plan_follow_ups(self.database, self.clock.now())
        for channel in self.channels.values():
            dispatcher = Dispatcher(self.database, channel, self.clock, self._knowledge, PIPE)
            await dispatcher.drain()
        await self._note()

    async def _knowledge(self) -> Knowledge:
        async with self.database.reading() as connection:
            ages = await notices.source_ages(connection)
        return Knowledge(self.talk.lexicon, aged(ages, self.talk.limits), self.clock.now())

    async def _hear(self, name: str, text: str, replaces: Receipt | None = None) -> None:
        """Let a household say something, and send the reply."""
        household = self.story.household(name)
        channel, place = self.channels[household.channel], Address(household.channel, name)
        channel.gone.discard(name)
        inbound = Inbound(
            place,
            text,
            self.clock.now(),
            self.lang or household.lang,
            group=household.group,
            may_set_up=household.group,
            replaces=replaces,
        )
        await self._note()
        await self._reply(channel, await self.talk.reply(inbound), inbound)
        await self._note(said=text)

    async def _reply(self, channel: Memory, message: Message, inbound: Inbound) -> None:
        old = None if message.anew else inbound.replaces
        (post,) = channel.render(message)
        if old is not None:
            await channel.edit(old, post)
            return
        self._replies += 1
        await channel.send(post, inbound.sender, key=f"{REPLY}:{self._replies}")

    async def _press(self, event: Pressed) -> None:
        """Press the button on the newest message that has it."""
        household = self.story.household(event.household)
        for sent in reversed(self.channels[household.channel].shown(household.id)):
            for button in sent.buttons:
                if words_of(button.says).startswith(event.presses):
                    await self._hear(household.id, button.says, Receipt(sent.id, sent.to))
                    return
        self.played.not_pressed.append(
            f"{event.at:%Y-%m-%d %H:%M} {household.id}: no button {event.presses}"
        )

    async def _leave(self, event: Leaves) -> None:
        household = self.story.household(event.household)
        self.channels[household.channel].gone.add(household.id)
        await self.talk.note(Left(Address(household.channel, household.id)))

    async def _note(self, said: str | None = None) -> None:
        """Take down what was sent since the last time."""
        for kind, channel in self.channels.items():
            new = channel.sent[self._seen.get(kind, 0) :]
            self._seen[kind] = len(channel.sent)
            for sent in new:
                reason = REPLY if said is not None else await self._reason(sent)
                self.played.told.append(
                    Told(
                        *(sent.at, sent.to.chat, kind, reason, sent.text, sent.key),
                        edited=sent.edited,
                        said=said,
                    )
                )

    async def _reason(self, sent: Sent) -> str:
        alert = sent.key.partition(".")[0]
        async with self.database.reading() as connection:
            return await ledger.reason_of(connection, int(alert)) or REPLY

    async def _lost(self) -> int:
        """Return how many deliveries rest unsent, or were to be sent by now and were not."""
        async with self.database.reading() as connection:
            return await ledger.not_sent(connection, self.clock.now())


async def replay(story: Story, database: Database, lang: str | None = None) -> Played:
    """Play the story on this database, which holds nothing yet; return all that was told."""
    clock = StoryClock(story.events[0].at - LEAD)
    makers = load(FOLDER, judge).makers
    lexicon = Lexicon.of(makers, ())
    async with database.writing() as connection:
        await notices.put_lexicon(connection, lexicon)
    talk = Talk(database, lexicon, clock, AgeLimits())
    stage = Replay(story, database, clock, talk, StorySource(clock), makers, lang)
    return await stage.play()


def household_named(story: Story, name: str) -> Household | None:
    """Return the household of that id or name, None where there is none."""
    wanted = name.strip().casefold()
    return next(
        (one for one in story.households if wanted in {one.id, one.name.casefold()}), None
    )
