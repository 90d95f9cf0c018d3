"""Platforms fail in every way they know; what was received is answered, others go on."""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bots.app import open_database, open_talk
from bots.channels import Channels, Patience, Supervised
from bots.discord.channel import Discord
from bots.discord.settings import DiscordSettings
from bots.discord.standing import Pauses as DiscordPauses
from bots.surroundings import Surroundings
from bots.telegram.channel import Telegram
from bots.telegram.pace import UNLIMITED
from bots.telegram.settings import TelegramSettings
from bots.telegram.standing import Pauses as TelegramPauses
from core.channel import Channel
from core.clock import SystemClock
from core.settings import Settings
from core.store.keys import key_file
from core.store.location import Location
from core.store.pressed import Pressed
from tests.bots.conftest import environment
from tests.platforms.discord.people import Person as DiscordPerson
from tests.platforms.discord_server import Discord as DiscordServer
from tests.platforms.discord_server import a_discord, discord_py_reaches
from tests.platforms.telegram_server import Fault, Person, TelegramServer

PATIENCE = 40
SECOND_SCALE = 0.05  # a minute of outage lasts three seconds
ASKED = "Anker A1263"
ANSWER = "Product safety recall"
# Discord bans who is refused this often within ten minutes; we stay below a hundredth.
BAN = 10_000


@dataclass(slots=True)
class Drill:
    """Both platforms, somebody on each, and one bot on both."""

    telegram: TelegramServer
    discord: DiscordServer
    ann: Person
    bea: DiscordPerson

    async def ask_telegram(self, text: str = ASKED) -> None:
        """Ask there, and wait for the answer."""
        before = len(self.ann.chat.posts)
        self.ann.say(text)
        await self.ann.chat.post(before + 1, within=PATIENCE)

    async def ask_discord(self, text: str = ASKED) -> None:
        """Write there, and wait for the answer."""
        wanted = self.answers_in_discord + 1
        await self.bea.writes(text)
        await until(lambda: self.answers_in_discord >= wanted)

    @property
    def answers_in_discord(self) -> int:
        return sum(ANSWER in message.text for message in self.bea.dm.messages)


async def until(holds: Callable[[], object]) -> None:
    """Wait until something holds that nobody tells of."""
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110 - nobody tells of a count
            await asyncio.sleep(0.02)


def opened(name: str, channel: Channel) -> Supervised:
    """Return a channel that is open already."""

    async def open_it() -> Channel:
        return channel

    return Supervised(name, open_it, Patience(first_pause=0.01))


@asynccontextmanager
async def a_bot(
    settings: Settings, telegram: TelegramServer, discord: DiscordServer
) -> AsyncIterator[None]:
    """Run the bot on both platforms, impatient where people would wait minutes."""
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        database = await open_database(settings, clock)
        stack.push_async_callback(database.close)
        talk = stack.enter_context(closing(await open_talk(database, settings, clock)))
        around = Surroundings(clock.now, Pressed(database, clock), lambda *_: ())
        there = {"token": telegram.token, "api_url": telegram.url}
        quick = {"first": 0.02, "longest": 0.2, "wrong_token": 0.5}
        channels = Channels(
            [
                opened(
                    "telegram",
                    Telegram(
                        TelegramSettings.model_validate(there),
                        around,
                        UNLIMITED,
                        TelegramPauses(**quick),
                    ),
                ),
                opened(
                    "discord",
                    Discord(
                        DiscordSettings.model_validate({"token": discord.token}),
                        around,
                        DiscordPauses(**quick),
                    ),
                ),
            ],
            talk,
        )
        await channels.start()
        try:
            yield
        finally:
            await channels.finish()
            await channels.close()


@pytest.fixture
def settings(shipped: Path, tmp_path: Path) -> Settings:
    path = tmp_path / "own.db"
    shutil.copy(shipped, path)
    shutil.copy(key_file(Location(shipped)), key_file(Location(path)))
    return Settings(database_url=f"sqlite:///{path}", sources="none")


@pytest.fixture
async def platforms() -> AsyncIterator[Drill]:
    async with TelegramServer(limits=None) as telegram, a_discord() as discord:
        ann, bea = telegram.world.person("Ann", lang="en"), discord.person("bea")
        bea.installs()
        discord.guild("Parents", owner=bea)
        discord.limits.lift()
        with discord_py_reaches(discord):
            yield Drill(telegram, discord, ann, bea)


@pytest.fixture
async def drill(platforms: Drill, settings: Settings) -> AsyncIterator[Drill]:
    """Give a bot that has answered on both platforms."""
    async with a_bot(settings, platforms.telegram, platforms.discord):
        await platforms.discord.gateway.ready(PATIENCE)
        await platforms.ask_telegram()
        await platforms.ask_discord()
        yield platforms
        # Whatever happened, in the end both answer, and Discord has no reason to ban us.
        await platforms.ask_telegram()
        await platforms.ask_discord()
        assert platforms.discord.invalid_requests < BAN // 100
        assert platforms.telegram.complaints == []


@pytest.mark.parametrize("code", [1006, 1001, 4000, 4009])
async def test_a_dropped_gateway_loses_nothing_that_was_said_meanwhile(
    drill: Drill, code: int
) -> None:
    drill.discord.gateway.drop(code)

    await drill.ask_discord()

    await drill.ask_telegram()


async def test_a_gateway_that_refuses_to_come_back_is_tried_until_it_does(
    drill: Drill,
) -> None:
    drill.discord.gateway.refuses_handshakes(1)
    drill.discord.gateway.drop()

    await drill.ask_telegram()

    await drill.ask_discord()


async def test_a_session_that_is_gone_is_begun_anew(drill: Drill) -> None:
    sessions = drill.discord.gateway.sessions
    before = set(sessions)
    drill.discord.gateway.invalidate()

    # What is said between two sessions Discord tells nobody.
    await until(lambda: set(sessions) - before)

    await drill.ask_telegram()


async def test_a_minute_of_server_errors_loses_nothing_that_is_received_after_it(
    drill: Drill,
) -> None:
    drill.telegram.faults += [
        Fault("status", times=None, status=502),
        Fault("status", method="getUpdates", times=None, status=502),
    ]
    before = len(drill.ann.chat.posts)
    for _ in range(3):
        drill.ann.say(ASKED)
        await drill.ask_discord()
        await asyncio.sleep(20 * SECOND_SCALE)

    drill.telegram.faults.clear()

    # One poll may have been under way already, and its answer lost in the outage.
    await drill.ann.chat.post(before + 2, within=PATIENCE)


async def test_a_minute_of_server_errors_in_discord_leaves_telegram_alone(drill: Drill) -> None:
    drill.discord.faults.fails(503, times=1_000)
    await drill.bea.writes(ASKED)
    for _ in range(3):
        await drill.ask_telegram()
        await asyncio.sleep(20 * SECOND_SCALE)

    drill.discord.faults.clear()

    await drill.ask_discord()


async def test_a_storm_of_429_is_waited_out_and_everybody_is_answered_once(
    drill: Drill,
) -> None:
    people = [drill.telegram.world.person(f"p{number}", lang="en") for number in range(5)]
    fault = Fault("too_many", method="sendMessage", times=5, retry_after=1)
    drill.telegram.faults.append(fault)
    drill.discord.faults.throttles(0.1, times=4, route="POST /channels/{channel}/messages")

    for person in people:
        person.say(ASKED)
    await drill.ask_discord()
    for person in people:
        await person.chat.post(1, within=PATIENCE)

    assert [len(person.chat.posts) for person in people] == [1] * 5


async def test_a_token_revoked_and_given_back_is_found_without_a_flood(drill: Drill) -> None:
    drill.telegram.revoke()
    drill.discord.revoke_token()
    drill.ann.say(ASKED)
    before = len(drill.ann.chat.posts)
    await until(lambda: drill.telegram.counts["getUpdates", "401"])
    await asyncio.sleep(60 * SECOND_SCALE)
    refused = drill.discord.invalid_requests

    drill.telegram.revoked = False
    drill.telegram.world.touch()
    drill.discord.restore_token()
    await drill.discord.gateway.ready(PATIENCE)

    assert refused < BAN // 100
    await drill.ann.chat.post(before + 1, within=PATIENCE)


async def test_one_platform_down_at_the_start_comes_later_and_the_other_answers(
    platforms: Drill, settings: Settings
) -> None:
    port = platforms.telegram.port
    await platforms.telegram.__aexit__()
    async with a_bot(settings, platforms.telegram, platforms.discord):
        await platforms.discord.gateway.ready(PATIENCE)
        await platforms.ask_discord()

        platforms.ann.say(ASKED)
        await platforms.telegram.__aenter__()
        post = await platforms.ann.chat.post(1, within=PATIENCE)

    assert platforms.telegram.port == port
    assert ANSWER in post.text


async def test_killed_in_mid_conversation_it_goes_on_where_it_was(
    platforms: Drill, settings: Settings
) -> None:
    told = in_telegram(platforms, settings)
    platforms.ann.say("INIU BI-B41")
    with a_process(told) as first:
        asked = await platforms.ann.chat.post(1, within=PATIENCE)
        # Killed before it is confirmed, the answer would come once more.
        await until(lambda: not platforms.telegram.world.updates)
        first.send_signal(signal.SIGKILL)
        first.wait()

    platforms.ann.say("000G211234567")
    with a_process(told):
        settled = await platforms.ann.chat.post(2, within=PATIENCE)

    assert "serial number" in asked.text
    assert "000G211234567 is covered" in settled.text
    assert len(platforms.ann.chat.posts) == 2


async def test_killed_before_the_answer_it_is_given_after_the_restart(
    platforms: Drill, settings: Settings
) -> None:
    told = in_telegram(platforms, settings)
    server, bea = platforms.telegram, platforms.telegram.world.person("Bea", lang="en")
    server.faults.append(Fault("hang", method="sendMessage"))
    platforms.ann.say(ASKED)
    with a_process(told) as first:
        await until(lambda: server.counts["sendMessage", "hang"])
        bea.say(ASKED)
        await bea.chat.post(1, within=PATIENCE)
        polls = server.counts["getUpdates", "200"]
        await until(lambda: server.counts["getUpdates", "200"] > polls + 2)
        first.send_signal(signal.SIGKILL)
        first.wait()

    with a_process(told):
        answer = await platforms.ann.chat.post(1, within=PATIENCE)
        # She came after the one that waited: the price is that she reads it twice.
        again = await bea.chat.post(2, within=PATIENCE)
        await until(lambda: not server.world.updates)

    assert ANSWER in answer.text
    assert ANSWER in again.text
    assert [len(person.chat.posts) for person in (platforms.ann, bea)] == [1, 2]


async def test_stopped_before_the_answer_it_is_given_after_the_restart(
    platforms: Drill, settings: Settings
) -> None:
    told = in_telegram(platforms, settings)
    platforms.telegram.faults.append(Fault("hang", method="sendMessage"))
    platforms.ann.say(ASKED)
    with a_process(told) as first:
        await until(lambda: platforms.telegram.counts["sendMessage", "hang"])
        first.terminate()
        await asyncio.to_thread(first.wait)

    with a_process(told):
        answer = await platforms.ann.chat.post(1, within=PATIENCE)

    assert first.returncode == 0
    assert ANSWER in answer.text


async def test_killed_before_the_answer_to_a_call_it_is_given_after_the_restart(
    platforms: Drill, settings: Settings
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    told = in_telegram(platforms, settings) | {
        "RECALLBOT_TELEGRAM_WEBHOOK": "true",
        "RECALLBOT_WEB_PUBLIC_URL": f"https://127.0.0.1:{port}",
        "RECALLBOT_WEB_PORT": port,
    }
    server = platforms.telegram
    server.faults.append(Fault("hang", method="sendMessage"))
    platforms.ann.say(ASKED)
    with a_process(told, "web") as first:
        await reached_without_tls(server)
        await until(lambda: server.counts["sendMessage", "hang"])
        first.send_signal(signal.SIGKILL)
        first.wait()

    with a_process(told, "web"):
        await reached_without_tls(server)
        answer = await platforms.ann.chat.post(1, within=PATIENCE)
        await until(lambda: not server.world.updates)

    assert ANSWER in answer.text
    assert len(platforms.ann.chat.posts) == 1


async def reached_without_tls(server: TelegramServer) -> None:
    """Take the encryption off, as the web server in front of the bot does."""
    await until(lambda: server.updates.url.startswith("https:"))
    server.updates.url = server.updates.url.replace("https:", "http:")


def in_telegram(platforms: Drill, settings: Settings) -> dict[str, str]:
    """Return the settings of a process that is in Telegram."""
    return {
        "RECALLBOT_TELEGRAM_TOKEN": platforms.telegram.token,
        "RECALLBOT_TELEGRAM_API_URL": platforms.telegram.url,
        "RECALLBOT_DATABASE_URL": settings.database_url,
    }


@contextmanager
def a_process(told: dict[str, str], *more: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the bot as a process of its own, in Telegram and what `more` is named."""
    named = [part for name in ("telegram", *more) for part in ("--channel", name)]
    command = [sys.executable, "-m", "bots", "run", *named]
    with subprocess.Popen(command, env=environment(**told)) as process:
        try:
            yield process
        finally:
            process.terminate()
