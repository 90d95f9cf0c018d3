"""Alerts in the running program: planned and sent beside the talk, given back at a stop."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bots.app import open_database, open_talk, serve
from bots.broadcast import Broadcast
from bots.channels import Supervised
from bots.memory import Memory
from bots.serve import run_all
from bots.surroundings import Surroundings
from bots.telegram.channel import Telegram
from bots.telegram.pace import smoothly
from bots.telegram.settings import TelegramSettings
from bots.web.channel import Said, Web
from bots.web.settings import WebSettings
from core.alert.dispatch import Pipe
from core.channel import Address, Channel, Post, Receipt
from core.clock import SystemClock
from core.model.delivery import State
from core.model.lexicon import Lexicon
from core.query.ages import AgeLimits
from core.settings import Settings
from core.store import ledger
from core.store.work import Database
from tests.bots.conftest import Command, environment, refused
from tests.builders import NOW, a_notice
from tests.contracts.planning_stage import Ticking, World
from tests.fakes import FakeKept
from tests.platforms.telegram_server import Person, TelegramServer

PATIENCE = 30


class Stuck:
    """A channel whose platform never answers."""

    kind = "telegram"
    capabilities = Memory.capabilities

    def __init__(self) -> None:
        self.memory = Memory(lambda: NOW, self.kind)
        self.asked = asyncio.Event()
        self.render = self.memory.render
        self.edit, self.find = self.memory.edit, self.memory.find
        self.listen, self.close = self.memory.listen, self.memory.close

    async def send(
        self, post: Post, to: Address, *, key: str, reply_to: str | None = None
    ) -> Receipt:
        del post, to, key, reply_to
        self.asked.set()
        await asyncio.Event().wait()
        raise AssertionError


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(str(tmp_path / "new.db"))
    yield database
    await database.close()


def broadcasting(world: World, pipe: Pipe | None = None, keep: int = 1095) -> Broadcast:
    quick = pipe or Pipe(commit=0.01, idle=0.01)
    lexicon = Lexicon()
    return Broadcast(world.database, world.clock, AgeLimits(), lambda: lexicon, keep, quick)


def open_as(channel: Channel) -> Supervised:
    async def open_it() -> Channel:
        return channel

    return Supervised("telegram", open_it, channel=channel)


async def until(look: Callable[[], Awaitable[bool]]) -> None:
    """Wait until it is so; nothing tells when."""
    async with asyncio.timeout(PATIENCE):
        while not await look():  # noqa: ASYNC110 - a database tells nobody that it changed
            await asyncio.sleep(0.01)


async def sent_by(channel: Memory, number: int) -> list[str]:
    """Wait until so many posts were sent; return to whom."""

    async def all_sent() -> bool:
        return len(channel.sent) >= number

    await until(all_sent)
    return [one.to.chat for one in channel.sent]


async def states(database: Database) -> dict[State, int]:
    async with database.reading() as connection:
        return {one.state: one.number for one in await ledger.counts(connection)}


async def test_what_is_planned_goes_out_at_once_and_each_gets_it_once(store: Database) -> None:
    world, channel = World(store), Memory(lambda: NOW, "telegram")
    for chat in ("ann", "bea"):
        await world.owner(chat)
    broadcast = broadcasting(world, Pipe(commit=0.01, idle=PATIENCE))

    broadcast.start([open_as(channel)])
    await world.publish(a_notice())
    await broadcast.plan()
    told = await sent_by(channel, 2)
    await broadcast.finish()

    assert sorted(told) == ["ann", "bea"]
    assert await states(store) == {State.SENT: 2}
    assert "Product safety recall" in channel.sent[0].text


async def test_a_channel_that_is_opened_anew_is_sent_through_from_then_on(
    store: Database,
) -> None:
    world = World(store)
    first, second = Memory(lambda: NOW, "telegram"), Memory(lambda: NOW, "telegram")
    await world.owner("ann")
    broadcast, one = broadcasting(world), open_as(first)

    broadcast.start([one])
    one.channel = second
    await asyncio.sleep(2.5)
    await world.publish(a_notice())
    await broadcast.plan()
    told = await sent_by(second, 1)
    await broadcast.finish()

    assert told == ["ann"]
    assert first.sent == []


async def test_at_a_stop_what_was_not_sent_is_given_back(store: Database) -> None:
    world, channel = World(store), Stuck()
    for number in range(6):
        await world.owner(f"chat {number}")
    await world.publish(a_notice())
    broadcast = broadcasting(world, Pipe(width=1, ahead=3, commit=0.01, patience=0.05))

    broadcast.start([open_as(channel)])
    await broadcast.plan()
    await channel.asked.wait()
    await broadcast.finish()
    found = await states(store)

    assert State.SENT not in found
    assert found[State.CLAIMED] == 1
    assert sum(found.values()) == 6


async def test_what_cannot_be_pushed_waits_for_whoever_comes(store: Database) -> None:
    world = World(store)
    await world.owner("ann", channel="web")
    await world.publish(a_notice())
    broadcast = broadcasting(world)

    broadcast.start([Supervised("web", _not_set_up)])
    await broadcast.plan()
    await broadcast.finish()

    assert await states(store) == {State.WAITING: 1}


async def _not_set_up() -> None:
    return None


async def test_reminders_are_planned_and_sent(store: Database) -> None:
    world, channel = World(store), Memory(lambda: NOW, "telegram")
    await world.owner("ann")
    await world.publish(a_notice())
    broadcast = broadcasting(world)

    broadcast.start([open_as(channel)])
    await broadcast.plan()
    await sent_by(channel, 1)

    async def noted() -> bool:
        return await states(store) == {State.SENT: 1}

    await until(noted)
    world.clock.move(days=1, minutes=1)
    await broadcast.follow_up()
    await sent_by(channel, 2)
    await broadcast.finish()

    assert "have you stopped using" in channel.sent[1].text


async def test_who_is_not_heard_of_for_long_is_forgotten_unless_they_own_something(
    store: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    world = World(store)
    await world.person("silent")
    await world.owner("owner")
    world.clock.move(days=31)

    await broadcasting(world, keep=30).sweep()
    (left,) = await world.run("SELECT COUNT(*) AS n FROM subscriber")

    assert left.n == 1
    assert "retention_swept" in capsys.readouterr().out


def test_processes_with_one_token_share_what_the_platform_allows() -> None:
    settings = TelegramSettings.model_validate({"token": "1:a"})
    alone = Surroundings(lambda: NOW, FakeKept(), lambda *_: ())
    of_three = Surroundings(lambda: NOW, FakeKept(), lambda *_: (), processes=3)

    whole, part = Telegram(settings, alone), Telegram(settings, of_three)

    assert whole.limits.overall == smoothly(30)
    assert part.limits.overall == smoothly(10)
    assert smoothly(0.5).count / smoothly(0.5).seconds == 0.5


# --- whole processes -------------------------------------------------------------------------


@pytest.fixture
async def telegram(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TelegramServer]:
    async with TelegramServer(limits=None) as server:
        monkeypatch.setenv("RECALLBOT_TELEGRAM_TOKEN", server.token)
        monkeypatch.setenv("RECALLBOT_TELEGRAM_API_URL", server.url)
        yield server


def a_free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        number: int = taken.getsockname()[1]
    return number


async def recalled(database: Path, chat: object) -> None:
    """Let somebody own a product in that chat, and let it be recalled."""
    store = await open_database(Settings(database_url=str(database)))
    world = World(store, Ticking(SystemClock().now() - timedelta(hours=1)))
    await world.owner(str(chat))
    await world.publish(a_notice())
    await store.close()


async def test_the_running_bot_tells_an_owner(
    database: Path, telegram: TelegramServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECALLBOT_WEB_PORT", str(a_free_port()))
    ann = telegram.world.person("Ann", lang="en")
    ann.start()
    await recalled(database, ann.chat.id)

    bot = asyncio.create_task(run_all(Settings(database_url=str(database), sources="none")))
    await telegram.world.until(lambda: "Product safety recall" in ann.chat.shown, PATIENCE)
    signal.raise_signal(signal.SIGTERM)
    await bot
    store = await open_database(Settings(database_url=str(database)))
    found = await states(store)
    await store.close()

    assert ann.chat.shown.count("Product safety recall") == 1
    assert found[State.SENT] == 1


@contextmanager
def working(database: Path, **more: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bots", "--database", str(database), "work"],
        cwd=database.parent,
        env=environment(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


async def test_two_further_machines_send_without_listening_and_stop_when_asked(
    database: Path, telegram: TelegramServer
) -> None:
    ann = telegram.world.person("Ann", lang="en")
    ann.start()
    await recalled(database, ann.chat.id)
    told = {
        "RECALLBOT_TELEGRAM_TOKEN": telegram.token,
        "RECALLBOT_TELEGRAM_API_URL": telegram.url,
        "RECALLBOT_PROCESSES": "2",
    }

    with working(database, **told) as one, working(database, **told) as other:
        await telegram.world.until(lambda: "Product safety recall" in ann.chat.shown, PATIENCE)
        await asyncio.sleep(1)
        ends = []
        for process in (one, other):
            process.send_signal(signal.SIGTERM)
            _, log = await asyncio.to_thread(process.communicate, timeout=PATIENCE)
            ends.append((process.returncode, "Traceback" in log))

    assert ends == [(0, False), (0, False)]
    assert ann.chat.shown.count("Product safety recall") == 1
    assert "Product safety recall" in (await ann.chat.post(1)).text


async def test_asked_to_stop_a_machine_gives_back_what_waits_for_its_turn(
    database: Path, telegram: TelegramServer
) -> None:
    people = [telegram.world.person(f"Person {number}") for number in range(12)]
    for person in people:
        person.start()
        await recalled(database, person.chat.id)
    told = {
        "RECALLBOT_TELEGRAM_TOKEN": telegram.token,
        "RECALLBOT_TELEGRAM_API_URL": telegram.url,
        "RECALLBOT_TELEGRAM_MESSAGES_PER_SECOND": "1",
    }

    with working(database, **told) as process:
        await telegram.world.until(lambda: reached(people), PATIENCE)
        process.send_signal(signal.SIGTERM)
        _, log = await asyncio.to_thread(process.communicate, timeout=PATIENCE)
    store = await open_database(Settings(database_url=str(database)))
    async with store.reading() as connection:
        found = await ledger.entries(connection, 100)
    await store.close()

    theirs = [one.state for one in found if one.notice == a_notice().id]
    assert (process.returncode, "Traceback" in log) == (0, False)
    assert len(theirs) == len(people)
    assert set(theirs) <= {State.SENT, State.LATER, State.WAITING}
    assert theirs.count(State.SENT) == reached(people) < len(people)


def reached(people: list[Person]) -> int:
    return sum("Product safety recall" in person.chat.shown for person in people)


def test_without_a_token_there_is_nothing_to_send_through(recallbot: Command) -> None:
    ended = recallbot("work")

    assert refused(ended, "no platform has a token")


@pytest.mark.parametrize(("synchronous", "number"), [("normal", 1), ("full", 2)])
async def test_how_far_the_file_goes_to_survive_a_power_cut_is_a_setting(
    tmp_path: Path, synchronous: str, number: int
) -> None:
    settings = Settings.model_validate(
        {"database_url": str(tmp_path / "new.db"), "sqlite_synchronous": synchronous}
    )

    store = await open_database(settings)
    async with store.writing() as connection:
        found = await connection.exec_driver_sql("PRAGMA synchronous")
        got = found.scalar()
    await store.close()

    assert got == number


# --- where nothing can be pushed -------------------------------------------------------------


async def test_who_comes_to_the_web_chat_is_told_what_waits_for_them_once(
    database: Path,
) -> None:
    settings = Settings(database_url=str(database), sources="none")
    store = await open_database(settings)
    world = World(store, Ticking(SystemClock().now() - timedelta(hours=1)))
    await world.owner("ann", channel="web")
    await world.publish(a_notice())
    await world.plan()
    web = Web(WebSettings(), SystemClock().now)
    web.hear("ann", Said("1", "hello", "en"))
    web.hear("ann", Said("2", "hello", "en"))

    with closing(await open_talk(store, settings)) as talk:
        listening = asyncio.create_task(serve([web], talk))

        async def told_all() -> bool:
            return len(texts(web)) >= 3

        await until(told_all)
        told = texts(web)
        await web.close()
        await listening
    found = await states(store)
    await store.close()

    assert "Product safety recall" in told[0]
    assert not any("Acme" in text for text in told[1:])
    assert found[State.SENT] == 1


def texts(web: Web) -> list[str]:
    transcript = web.transcript("ann")
    return [entry.text for entry in transcript.after(0) if entry.ours] if transcript else []
