"""Public posts in the running program: from the feed to the platform, and through restarts."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bots.accounts import Accounts, Changes
from bots.app import open_database
from bots.asked_posts import Asked
from bots.broadcast import Broadcast
from bots.by_hand import Posting
from bots.channels import Supervised
from bots.failure import Failure
from bots.memory import Memory
from bots.publishing import Publishing, drawn, page_below, voices, voices_of
from bots.registry import PLATFORMS, found
from bots.surroundings import Surroundings
from core.alert.dispatch import Pipe
from core.channel import Address, Channel
from core.clock import SystemClock
from core.ingest.run import Reader
from core.model.delivery import State
from core.model.lexicon import Lexicon
from core.model.public import Card, Mode, Rules, Stage
from core.model.recall import HazardKind
from core.query.ages import AgeLimits
from core.settings import Settings, load
from core.store import accounts, drafts, ledger
from core.store.accounts import Described
from core.store.work import Database
from tests.bots.test_broadcasting import PATIENCE, telegram, until, working
from tests.builders import NOW
from tests.contracts.planning_stage import Ticking, World
from tests.fakes import FakeKept, FakeSource, a_record
from tests.platforms.telegram_server import TelegramServer

__all__ = ["telegram"]
QUICK = Pipe(commit=0.01, idle=0.01)
OLD = a_record("old", published="2026-06-01")
NEW = a_record("new", published="2026-06-13")


@dataclass(slots=True)
class Program:
    """What one process has open: the database, a channel in memory, the wiring between."""

    database: Database
    clock: Ticking
    channel: Memory
    broadcast: Broadcast = field(init=False)
    publishing: Publishing = field(init=False)

    def __post_init__(self) -> None:
        lexicon = Lexicon()
        limits, pipe = AgeLimits(), QUICK
        self.broadcast = Broadcast(
            self.database, self.clock, limits, lambda: lexicon, 1095, pipe, drawn
        )
        self.publishing = Publishing(
            self.database, self.clock, voices_of([self.supervised]), None, self.broadcast.wake
        )

    @property
    def supervised(self) -> Supervised:
        async def open_it() -> Channel:
            return self.channel

        return Supervised("telegram", open_it, channel=self.channel)

    async def account(self, mode: Mode = Mode.AUTOMATIC) -> int:
        place, described = Address("telegram", "-100"), Described("News", Rules(mode))
        async with self.database.writing() as connection:
            return await accounts.put_account(connection, place, described, NOW)

    async def read(self, *records: object) -> None:
        """Read the feed, and do what the running program does after it."""
        source = FakeSource(records=records, at=self.clock.now())
        await Reader(self.database, self.clock).cycle(source)
        await self.broadcast.plan()
        await self.publishing.draft()

    async def posted(self, number: int) -> list[str]:
        async def all_sent() -> bool:
            return len(self.channel.sent) >= number

        await until(all_sent)
        return [one.text for one in self.channel.sent]

    async def stages(self) -> list[Stage]:
        async with self.database.reading() as connection:
            return [
                one.draft.stage for one in await drafts.page(connection, tuple(Stage), None, 9)
            ]


async def states(database: Database) -> dict[State, int]:
    async with database.reading() as connection:
        return {one.state: one.number for one in await ledger.counts(connection)}


@asynccontextmanager
async def a_program(
    folder: Path, clock: Ticking, channel: Memory | None = None
) -> AsyncIterator[Program]:
    database = await Database.open(str(folder / "posts.db"))
    try:
        yield Program(database, clock, channel or Memory(clock.now, "telegram"))
    finally:
        await database.close()


@pytest.fixture
def clock() -> Ticking:
    return Ticking()


# --- voices ----------------------------------------------------------------------------------


def test_every_platform_that_accounts_post_on_has_a_voice_without_its_library() -> None:
    known = voices()

    assert set(known) == {name for name, platform in PLATFORMS.items() if platform.renders}
    assert known["mastodon"].hashtags
    assert not known["x"].capabilities.threads


@pytest.mark.parametrize("name", ["telegram", "discord", "bluesky", "x", "mastodon"])
async def test_what_is_known_of_a_platform_is_what_its_open_channel_can(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECALLBOT_TELEGRAM_TOKEN", f"12345:{'a' * 35}")
    monkeypatch.setenv("RECALLBOT_DISCORD_TOKEN", "abc.def.ghi")
    monkeypatch.setenv("RECALLBOT_BLUESKY_ACCOUNTS", "news.bsky.social:aaaa-bbbb-cccc-dddd")
    monkeypatch.setenv("RECALLBOT_X_API_KEY", "key")
    monkeypatch.setenv("RECALLBOT_X_API_SECRET", "secret")
    monkeypatch.setenv("RECALLBOT_X_ACCOUNTS", "NewsBot:token:secret")
    monkeypatch.setenv("RECALLBOT_X_REPLIES", "true")
    monkeypatch.setenv("RECALLBOT_MASTODON_ACCOUNTS", "news@127.0.0.1:1:abcdefgh")
    platform = PLATFORMS[name]
    around = Surroundings(lambda: NOW, FakeKept(), lambda *_: ())

    channel: Channel = await found(platform.opens)(around)
    told = voices([channel])[name].capabilities
    known = found(platform.can)(load(found(platform.settings)))
    await channel.close()

    # Methods of equal limits are not equal themselves.
    assert replace(told, fits=bool) == replace(known, fits=bool)


def test_an_open_channel_speaks_for_itself() -> None:
    channel = Memory(lambda: NOW, "mastodon")

    assert voices([channel])["mastodon"].render == channel.render
    assert "memory" not in voices([Memory(lambda: NOW)])


def test_a_wrong_setting_is_said_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECALLBOT_BLUESKY_ACCOUNTS", "nonsense")

    with pytest.raises(Failure, match="RECALLBOT_BLUESKY_ACCOUNTS"):
        voices_of([])


def test_our_own_list_is_named_where_it_can_be_reached() -> None:
    assert page_below(None) is None
    assert page_below("https://r.example.org/") == "https://r.example.org/recalls"


def test_a_picture_is_drawn_when_it_is_asked_for() -> None:
    card = Card(
        "en", "Recall", "A heater", (HazardKind.FIRE,), "fire", "Stop using it.", None,
        "CPSC", "https://cpsc.example/1", "A recall of a heater",
    )  # fmt: skip

    picture = drawn(card)

    assert picture is not None
    assert picture.jpeg.startswith(b"\xff\xd8")


# --- from the feed to the platform -----------------------------------------------------------


async def test_what_a_feed_brings_is_posted_at_once_and_once(
    tmp_path: Path, clock: Ticking
) -> None:
    async with a_program(tmp_path, clock) as program:
        await program.account()
        await program.read(OLD)
        program.broadcast.start([program.supervised])
        clock.move(minutes=30)
        await program.read(OLD, NEW)
        [text] = await program.posted(1)
        await program.publishing.draft()
        await program.broadcast.finish()
        counts = await states(program.database)

    assert "fake.example/recall/new" in text
    assert counts == {State.SENT: 1}


async def test_what_waits_for_approval_is_posted_after_it(
    tmp_path: Path, clock: Ticking
) -> None:
    async with a_program(tmp_path, clock) as program:
        await program.account(Mode.APPROVAL)
        await program.read(OLD)
        clock.move(minutes=30)
        await program.read(OLD, NEW)
        waiting = await program.stages()
        program.broadcast.start([program.supervised])
        asked = Asked(recalls=("fake-new",))
        before = [one async for one in Posting(program.database, clock, asked).every()]
        asked = Asked(recalls=("fake-old",))
        released = [one async for one in Posting(program.database, clock, asked).every()]
        [text] = await program.posted(1)
        await program.broadcast.finish()

    assert waiting == [Stage.DRAFTED]
    assert [one.became for one in before] == ["waits"]
    assert [one.became for one in released] == ["released"]
    assert "fake.example/recall/old" in text


async def test_what_was_released_before_a_restart_is_posted_after_it(
    tmp_path: Path, clock: Ticking
) -> None:
    async with a_program(tmp_path, clock) as before:
        await before.account()
        await before.read(OLD)
        clock.move(minutes=30)
        await before.read(OLD, NEW)
        released = await before.stages()
    async with a_program(tmp_path, clock) as after:
        after.broadcast.start([after.supervised])
        await after.read(OLD, NEW)
        [text] = await after.posted(1)
        await after.broadcast.finish()
        counts = await states(after.database)

    assert released == [Stage.RELEASED]
    assert "fake.example/recall/new" in text
    assert (before.channel.sent, counts) == ([], {State.SENT: 1})


async def test_of_two_processes_one_drafts_and_one_posts(
    tmp_path: Path, clock: Ticking
) -> None:
    board = Memory(clock.now, "telegram")
    async with (
        a_program(tmp_path, clock, board) as one,
        a_program(tmp_path, clock, board) as other,
    ):
        await one.account()
        await one.read(OLD)
        clock.move(minutes=30)
        for each in (one, other):
            each.broadcast.start([each.supervised])
        await one.read(OLD, NEW)
        await asyncio.gather(*(each.publishing.draft() for each in (one, other, one, other)))
        await one.posted(1)
        await asyncio.gather(one.broadcast.finish(), other.broadcast.finish())
        counts = await states(one.database)

    assert len(board.sent) == 1
    assert counts == {State.SENT: 1}


async def test_a_round_up_is_drafted_on_schedule(tmp_path: Path, clock: Ticking) -> None:
    async with a_program(tmp_path, clock) as program:
        number = await program.account(Mode.APPROVAL)
        async with program.database.writing() as connection:
            await accounts.set_rules(connection, number, Rules(round_up=True))
        await program.read(a_record("old", published="2026-06-09"))
        clock.at = NOW.replace(year=2026, month=6, day=15, hour=12)
        for task in program.publishing.tasks:
            await task.do()
        stages = await program.stages()

    assert [task.name for task in program.publishing.tasks] == ["draft", "round up"]
    assert stages == [Stage.DRAFTED]


async def test_somebodys_own_chat_is_no_account(tmp_path: Path, clock: Ticking) -> None:
    async with a_program(tmp_path, clock) as program:
        await World(program.database, clock).owner("123")

        with pytest.raises(Failure, match="own chat"):
            await Accounts(program.database, clock).add("telegram", "123", Changes())


# --- whole processes -------------------------------------------------------------------------


async def test_what_was_released_by_name_is_posted_by_machines_that_work(
    database: Path, telegram: TelegramServer
) -> None:
    owner = telegram.world.person("Ann")
    channel = telegram.world.gather("channel", "Recalls", owner, username="acme_recalls")
    store = await open_database(Settings(database_url=str(database)))
    people = Accounts(store, SystemClock())
    account = await people.add("telegram", "@acme_recalls", Changes(name="News"))
    asked = Asked(recalls=("isla-rae-us-2026-01",))
    released = [one async for one in Posting(store, SystemClock(), asked).every()]
    told = {
        "RECALLBOT_TELEGRAM_TOKEN": telegram.token,
        "RECALLBOT_TELEGRAM_API_URL": telegram.url,
        "RECALLBOT_PROCESSES": "2",
    }

    with working(database, **told) as one, working(database, **told) as other:
        await telegram.world.until(lambda: channel.messages, PATIENCE)
        await asyncio.sleep(1)
        ends = []
        for process in (one, other):
            process.send_signal(signal.SIGTERM)
            _, log = await asyncio.to_thread(process.communicate, timeout=PATIENCE)
            ends.append((process.returncode, "Traceback" in log))
    counts = await states(store)
    await store.close()

    assert account.chat == str(channel.id)
    assert [one.became for one in released] == ["released"]
    assert ends == [(0, False), (0, False)]
    assert len(channel.messages) == 1
    assert "RM5PBM" in channel.shown
    assert counts == {State.SENT: 1}


async def test_a_channel_that_telegram_does_not_show_us_is_no_account(
    tmp_path: Path, telegram: TelegramServer
) -> None:
    del telegram
    async with a_program(tmp_path, Ticking()) as program:
        with pytest.raises(Failure, match="@nobody_there"):
            await Accounts(program.database, program.clock).add(
                "telegram", "@nobody_there", Changes()
            )
