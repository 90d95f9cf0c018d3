"""Several channels in one process: none stops the others, and all stop together."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from bots.app import open_database, open_talk, serve
from bots.channels import Channels, Patience, Supervised, chosen
from bots.failure import Failure
from bots.page_server import PageServer
from bots.serve import run_all
from core.channel import Address, Capabilities, Channel, Heard, Inbound, Markup, Post, Receipt
from core.model.message import Message
from core.query.talk import Talk
from core.settings import Settings
from tests.bots.conftest import Command, environment, refused
from tests.builders import NOW
from tests.platforms.discord_server import a_discord, discord_py_reaches
from tests.platforms.telegram_server import Fault, TelegramServer

QUICK = Patience(open=0.05, reply=0.05, let_go=5, close=0.05, first_pause=0.01)
PATIENCE = 30


class Room:
    """A channel in memory: what is said in it is put there, and what is answered kept."""

    kind = "memory"
    capabilities = Capabilities(fits=lambda _: True, markup=Markup.PLAIN)

    def __init__(self, *said: str, fails: int = 0) -> None:
        self.heard: asyncio.Queue[Heard | None] = asyncio.Queue()
        for number, text in enumerate(said):
            self.heard.put_nowait(Inbound(Address(self.kind, str(number)), text, NOW))
        self.fails = fails
        self.listened = 0
        self.sent: asyncio.Queue[str] = asyncio.Queue()
        self.sending, self.deaf = asyncio.Event(), asyncio.Event()
        self.may_send = asyncio.Event()
        self.may_send.set()
        self.may_close = asyncio.Event()
        self.may_close.set()
        self.closed = False

    def render(self, message: Message) -> tuple[Post, ...]:
        return (Post(message.plain),)

    async def send(
        self, post: Post, to: Address, *, key: str, reply_to: str | None = None
    ) -> Receipt:
        del reply_to
        self.sending.set()
        await self.may_send.wait()
        self.sent.put_nowait(post.text)
        return Receipt(key, to)

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        del post
        return receipt

    async def find(self, key: str, to: Address, post: Post) -> Receipt | None:
        del key, to, post
        return None

    async def listen(self) -> AsyncIterator[Heard]:
        self.listened += 1
        if self.listened <= self.fails:
            raise ConnectionError("the platform's words, with somebody's name in them")
        try:
            while (heard := await self.heard.get()) is not None:
                yield heard
        finally:
            self.deaf.set()

    async def close(self) -> None:
        await self.may_close.wait()
        self.closed = True


def kept(room: Room | None, name: str = "memory") -> Supervised:
    """Return a channel that opens at once, or is not set up."""

    async def open_it() -> Channel | None:
        return room

    return Supervised(name, open_it, QUICK)


@pytest.fixture
async def talk(database: Path) -> AsyncIterator[Talk]:
    settings = Settings(database_url=str(database), sources="none")
    store = await open_database(settings)
    with closing(await open_talk(store, settings)) as talk:
        yield talk
    await store.close()


async def answer(room: Room) -> str:
    """Return what is answered next."""
    async with asyncio.timeout(PATIENCE):
        return await room.sent.get()


async def stop(channels: Channels) -> None:
    await channels.finish()
    await channels.close()


async def test_a_channel_that_dies_is_told_once_and_listens_again(
    talk: Talk, capsys: pytest.CaptureFixture[str]
) -> None:
    dying, well = Room("Anker A1263", fails=3), Room("Anker A1263")
    channels = Channels([kept(dying, "dying"), kept(well)], talk)

    await channels.start()
    answers = [await answer(well), await answer(dying)]
    await stop(channels)

    told = [line for line in capsys.readouterr().out.splitlines() if "channel_failed" in line]
    assert all("A1263" in text for text in answers)
    assert dying.listened == 4
    assert len(told) == 1
    assert "dying" in told[0]
    assert "ConnectionError" in told[0]
    assert "somebody" not in told[0]


async def test_a_channel_that_cannot_be_opened_is_tried_again_while_others_answer(
    talk: Talk,
) -> None:
    late, well, tries = Room("Anker A1263"), Room("Anker A1263"), []

    async def open_late() -> Channel:
        tries.append(len(tries))
        if len(tries) == 1:
            raise OSError("no route")
        if len(tries) == 2:
            await asyncio.Event().wait()
        return late

    channels = Channels([Supervised("late", open_late, QUICK), kept(well)], talk)
    await channels.start()
    answers = [await answer(well), await answer(late)]
    names = channels.names
    await stop(channels)

    assert all("A1263" in text for text in answers)
    assert len(tries) == 3
    assert names == ["late", "memory"]
    assert late.closed


async def test_a_channel_that_only_posts_is_kept_open_and_has_not_failed(
    talk: Talk, capsys: pytest.CaptureFixture[str]
) -> None:
    room = Room()
    room.capabilities = Capabilities(
        fits=lambda _: True, markup=Markup.PLAIN, private=False, listens=False
    )
    channels = Channels([kept(room)], talk)

    await channels.start()
    await asyncio.sleep(0.1)
    names = channels.names
    await stop(channels)

    assert (names, room.listened, room.closed) == (["memory"], 0, True)
    assert "channel_failed" not in capsys.readouterr().out


async def test_what_is_not_set_up_is_left_alone(talk: Talk) -> None:
    channels = Channels([kept(None, "absent"), kept(Room())], talk)

    await channels.start()
    names = channels.names
    await stop(channels)

    assert names == ["memory"]


async def test_settings_that_do_not_fit_end_the_start_and_close_what_is_open(
    talk: Talk,
) -> None:
    open_already = Room()

    async def misfit() -> Channel:
        raise Failure("RECALLBOT_X: is wrong")

    channels = Channels([kept(open_already), Supervised("x", misfit, QUICK)], talk)
    with pytest.raises(Failure, match="RECALLBOT_X"):
        await channels.start()
    await stop(channels)

    assert open_already.closed


async def test_a_reply_under_way_is_finished_and_nothing_more_is_heard(talk: Talk) -> None:
    room = Room("Anker A1263")
    room.may_send.clear()
    channels = Channels([kept(room)], talk, Patience())
    await channels.start()
    await room.sending.wait()

    finishing = asyncio.create_task(channels.finish())
    await room.deaf.wait()
    room.heard.put_nowait(Inbound(Address("memory", "later"), "hello", NOW))
    room.may_send.set()
    await finishing
    await channels.close()

    assert "A1263" in await answer(room)
    assert room.sent.empty()
    assert room.heard.qsize() == 1


async def test_a_reply_that_hangs_and_a_channel_that_does_not_close_are_left_behind(
    talk: Talk, capsys: pytest.CaptureFixture[str]
) -> None:
    hanging, well = Room("Anker A1263"), Room()
    hanging.may_send.clear()
    hanging.may_close.clear()
    channels = Channels([kept(hanging, "hanging"), kept(well)], talk, QUICK)

    await channels.start()
    await hanging.sending.wait()
    await stop(channels)

    told = capsys.readouterr().out
    assert well.closed
    assert hanging.sent.empty()
    assert "replies_cut_off" in told
    assert "channel_not_closed" in told


async def test_a_message_we_stumble_over_is_answered_and_ends_no_conversation(
    talk: Talk, capsys: pytest.CaptureFixture[str]
) -> None:
    room, text = Room(), "\N{SMILING FACE WITH OPEN MOUTH} private words"
    for number, said in enumerate((None, text, "Anker A1263")):
        inbound = Inbound(Address("memory", str(number)), said, NOW)  # type: ignore[arg-type]  # what no channel gives
        room.heard.put_nowait(inbound)
    room.heard.put_nowait(None)

    await serve([room], talk)

    told = [await answer(room) for _ in range(3)]
    log = capsys.readouterr().out
    assert sum("send it again in a minute" in text for text in told) == 1
    assert sum("A1263 power" in text or "(A1263)" in text for text in told) == 1
    assert log.count("reply_failed") == 1
    assert "private words" not in log


def test_every_channel_with_a_token_runs_unless_some_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without = chosen([])
    monkeypatch.setenv("RECALLBOT_TELEGRAM_TOKEN", "42:invented")
    monkeypatch.setenv("RECALLBOT_DISCORD_TOKEN", "invented")

    assert without == ["web"]
    assert chosen([]) == ["web", "telegram", "discord"]
    assert chosen(["discord", "web"]) == ["web", "discord"]


def test_a_channel_that_is_named_must_exist_and_be_set_up() -> None:
    with pytest.raises(Failure, match="no channel 'fax'"):
        chosen(["fax"])
    with pytest.raises(Failure, match="RECALLBOT_TELEGRAM_TOKEN is not set"):
        chosen(["telegram"])


def test_a_wrong_setting_of_a_platform_stops_the_start(
    recallbot: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECALLBOT_TELEGRAM_MESSAGES_PER_SECOND", "many")

    ended = recallbot("run", on=tmp_path / "new.db")

    assert refused(ended, "RECALLBOT_TELEGRAM_MESSAGES_PER_SECOND")
    assert not (tmp_path / "new.db").exists()


def test_a_webhook_without_pages_to_call_stops_the_start(
    recallbot: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECALLBOT_TELEGRAM_TOKEN", "42:invented")
    monkeypatch.setenv("RECALLBOT_TELEGRAM_WEBHOOK", "true")
    monkeypatch.setenv("RECALLBOT_WEB_PUBLIC_URL", "https://recalls.example")

    ended = recallbot("run", "--channel", "telegram")

    assert refused(ended, "--channel web")


async def test_what_platforms_call_is_answered_beside_the_pages() -> None:
    pages, called = FastAPI(openapi_url=None), APIRouter()
    pages.add_api_route("/", lambda: "page")
    called.add_api_route("/called", lambda: "called", methods=["POST"])
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        listener.setblocking(False)  # noqa: FBT003 - the standard library's own
        server = PageServer(pages, listener)
        server.mount(called)
        await server.start()

        async with httpx.AsyncClient(base_url=server.address) as client:
            answers = [await client.get("/"), await client.post("/called")]
            missing = await client.get("/called-not")
        await server.stop()

    assert [answer.json() for answer in answers] == ["page", "called"]
    assert missing.status_code == 404


@contextmanager
def running(database: Path, *arguments: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    """Run the bot as a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bots", "--database", str(database), "run", *arguments],
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


async def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Return how it ended and what it logged."""
    _, log = await asyncio.to_thread(process.communicate, timeout=PATIENCE)
    return process.returncode, log


async def until(holds: Callable[[], object]) -> None:
    """Wait until something holds that nobody tells of."""
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110 - nobody tells of a count
            await asyncio.sleep(0.02)


@asynccontextmanager
async def a_platform() -> AsyncIterator[tuple[TelegramServer, dict[str, str]]]:
    """Give a Telegram, and the settings that lead there."""
    async with TelegramServer(limits=None) as server:
        yield (
            server,
            {
                "RECALLBOT_TELEGRAM_TOKEN": server.token,
                "RECALLBOT_TELEGRAM_API_URL": server.url,
            },
        )


def a_free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        number: int = taken.getsockname()[1]
    return number


async def test_a_platform_and_the_pages_are_served_by_one_process(database: Path) -> None:
    port = a_free_port()
    async with a_platform() as (server, told):
        ann = server.world.person("Ann", lang="en")
        ann.say("Anker A1263")
        with running(database, RECALLBOT_WEB_PORT=str(port), **told) as process:
            post = await ann.chat.post(1, within=PATIENCE)
            async with httpx.AsyncClient() as client:
                page = await client.get(f"http://127.0.0.1:{port}/health")
            process.send_signal(signal.SIGTERM)
            code, log = await ended(process)

    assert "Product safety recall" in post.text
    assert page.status_code == 200
    assert code == 0
    assert "Traceback" not in log
    assert "web, telegram" in log
    assert len(log.splitlines()) == 1


async def test_only_the_named_channel_runs(database: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = str(taken.getsockname()[1])
        async with a_platform() as (server, told):
            ann = server.world.person("Ann", lang="en")
            ann.say("Anker A1263")
            arguments = ("--channel", "telegram")
            with running(database, *arguments, RECALLBOT_WEB_PORT=port, **told) as process:
                post = await ann.chat.post(1, within=PATIENCE)
                process.send_signal(signal.SIGTERM)
                code, log = await ended(process)

    assert "Product safety recall" in post.text
    assert code == 0
    assert "address" not in log


async def test_a_wrong_token_is_told_once_and_the_pages_go_on(database: Path) -> None:
    port = a_free_port()
    async with a_platform() as (server, told):
        told["RECALLBOT_TELEGRAM_TOKEN"] = "42:" + "x" * 35
        with running(database, RECALLBOT_WEB_PORT=str(port), **told) as process:
            await until(lambda: server.counts["getMe", "401"])
            async with httpx.AsyncClient() as client:
                page = await client.get(f"http://127.0.0.1:{port}/health")
            process.send_signal(signal.SIGTERM)
            code, log = await ended(process)

    assert page.status_code == 200
    assert code == 0
    assert log.count("channel_down") == 1
    assert "@BotFather" in log


async def test_a_second_signal_ends_at_once_what_would_still_be_waited_for(
    database: Path,
) -> None:
    async with a_platform() as (server, told):
        server.faults.append(Fault("hang", method="sendMessage", times=None))
        ann = server.world.person("Ann", lang="en")
        ann.say("Anker A1263")
        with running(database, "--channel", "telegram", **told) as process:
            await until(lambda: server.counts["sendMessage", "hang"])
            process.send_signal(signal.SIGTERM)
            while process.poll() is None:
                process.send_signal(signal.SIGTERM)
                await asyncio.sleep(0.05)

    assert process.returncode == -signal.SIGTERM


async def test_web_telegram_and_discord_run_on_one_loop_until_one_signal(
    database: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with a_platform() as (telegram, told), a_discord() as discord:
        told |= {
            "RECALLBOT_DISCORD_TOKEN": discord.token,
            "RECALLBOT_WEB_PORT": str(a_free_port()),
        }
        for name, value in told.items():
            monkeypatch.setenv(name, value)
        ann, bea = telegram.world.person("Ann", lang="en"), discord.person("bea")
        with discord_py_reaches(discord):
            bot = asyncio.create_task(
                run_all(Settings(database_url=str(database), sources="none"))
            )
            ann.say("Anker A1263")
            post = await ann.chat.post(1, within=PATIENCE)
            await discord.gateway.ready(PATIENCE)
            called = await bea.command("check", {"text": "Anker A1263"}, patience=PATIENCE)
            await until(lambda: called.message and "A1263" in called.message.text)
            offered = await bea.types("check", {"brand": "ank"}, focused="brand")
            signal.raise_signal(signal.SIGTERM)
            await bot

    assert "Product safety recall" in post.text
    assert "Anker" in offered
    assert "channels=web, telegram, discord" in capsys.readouterr().err.replace("'", "")
