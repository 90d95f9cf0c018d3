"""What happens when Discord is away, throttles, or does not know us."""

from __future__ import annotations

import asyncio
import threading

import pytest
from discord.gateway import KeepAliveHandler
from structlog.testing import capture_logs

from bots.discord import gateway
from core.channel import Address, Post, TryLater
from tests.bots.discord.stage import opened
from tests.platforms.discord_server import Discord, Person

COMMANDS = "PUT /applications/{application}/commands"


@pytest.fixture
def ann(discord: Discord) -> Person:
    person = discord.person("ann")
    person.installs()
    return person


async def came_back(discord: Discord) -> None:
    """Wait for a connection after one was lost."""
    before = discord.gateway.identified + discord.gateway.resumed
    await discord.gateway.until(
        lambda: discord.gateway.identified + discord.gateway.resumed > before
    )
    await discord.gateway.ready()


async def refused(discord: Discord, times: int) -> None:
    """Wait until the token was refused so often."""
    async with asyncio.timeout(60):
        while discord.count.total(status=401) < times:  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("times", [1, 2])
async def test_handshakes_that_fail_are_tried_with_a_new_client_and_told_once(
    discord: Discord, ann: Person, times: int
) -> None:
    discord.gateway.refuses_handshakes(times)

    with capture_logs() as logs:
        async with opened(discord) as stage:
            await discord.gateway.ready()
            await ann.writes("hello")
            assert (await stage.inbound()).text == "hello"

    events = [log["event"] for log in logs if log["event"].startswith("channel_")]
    assert events == ["channel_down", "channel_up"]


async def test_a_dropped_connection_resumes_and_nothing_is_lost(
    discord: Discord, ann: Person
) -> None:
    async with opened(discord) as stage:
        await discord.gateway.ready()
        discord.gateway.reconnect()
        await came_back(discord)
        await ann.writes("hello")

        assert (await stage.inbound()).text == "hello"


@pytest.mark.parametrize("code", [4004, 4014, 4000, 1006])
async def test_whatever_ends_the_connection_it_comes_back(
    discord: Discord, ann: Person, code: int
) -> None:
    async with opened(discord) as stage:
        await discord.gateway.ready()
        discord.gateway.drop(code)
        await came_back(discord)
        await ann.writes("hello")

        assert (await stage.inbound()).text == "hello"


async def test_a_revoked_token_is_told_once_and_listened_with_when_it_works_again(
    discord: Discord, ann: Person
) -> None:
    with capture_logs() as logs:
        async with opened(discord) as stage:
            await discord.gateway.ready()
            discord.revoke_token()
            await refused(discord, 3)
            discord.restore_token()
            await discord.gateway.ready()
            await ann.writes("hello")
            assert (await stage.inbound()).text == "hello"

    told = [log for log in logs if log["event"].startswith("channel_")]
    assert [log["event"] for log in told] == ["channel_down", "channel_up"]
    assert told[0]["reason"] == "wrong token"
    assert "Reset Token" in told[0]["advice"]


async def test_a_token_that_never_worked_ends_nothing(discord: Discord) -> None:
    discord.token_works = False

    with capture_logs() as logs:
        async with opened(discord):
            await asyncio.sleep(0.2)

    assert [log["event"] for log in logs if log["log_level"] == "warning"] == ["channel_down"]


async def test_where_nothing_answers_closing_takes_a_moment(
    discord: Discord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("discord.http.Route.BASE", "http://127.0.0.1:9/api/v10")

    async with asyncio.timeout(60):
        async with opened(discord) as stage:
            await asyncio.sleep(0.05)
            await stage.channel.close()


async def test_commands_are_written_once_and_not_at_every_connection(
    discord: Discord,
) -> None:
    for _ in range(2):
        async with opened(discord):
            await discord.gateway.ready()
            discord.gateway.drop(4000)
            await came_back(discord)
            await discord.gateway.ready()

    assert discord.count.total(COMMANDS) == 1


async def test_refused_commands_do_not_stop_the_channel(discord: Discord, ann: Person) -> None:
    discord.faults.fails(503, route=COMMANDS)

    with capture_logs() as logs:
        async with opened(discord) as stage:
            await discord.gateway.ready()
            await ann.writes("hello")
            assert (await stage.inbound()).text == "hello"

    assert "commands_not_synced" in [log["event"] for log in logs]


async def test_many_at_once_are_all_acknowledged_in_time_and_answered(
    discord: Discord,
) -> None:
    people = [discord.person(f"person {number}") for number in range(50)]
    discord.limits.overall = 50

    async with opened(discord) as stage:
        await discord.gateway.ready()
        asking = [
            asyncio.create_task(person.command("check", {"text": f"A{number}"}))
            for number, person in enumerate(people)
        ]
        inbounds = [await stage.inbound() for _ in people]
        await asyncio.gather(
            *(stage.answer(inbound, f"About {inbound.text}") for inbound in inbounds)
        )
        done = await asyncio.gather(*asking)

    assert not any(one.failed for one in done)
    for number, one in enumerate(done):
        assert one.message is not None
        assert f"About /check A{number}" in one.message.text


@pytest.mark.parametrize("seconds", [0.01, 40])
async def test_a_storm_of_429_stays_below_a_hundredth_of_what_discord_bans_for(
    discord: Discord, seconds: float
) -> None:
    people = [discord.person(f"person {number}") for number in range(300)]
    async with opened(discord) as stage:
        await discord.gateway.ready()
        discord.faults.throttles(seconds, times=10_000, route="POST /users/@me/channels")
        refused = 0
        for person in people:
            try:
                await stage.channel.send(
                    Post("Stop using it."), Address("discord", f"user:{person.id}"), key="k"
                )
            except TryLater:
                refused += 1

    assert refused == 300
    assert discord.invalid_requests < 100


async def test_without_starts_left_it_waits(discord: Discord) -> None:
    discord.gateway.identified = 1000

    with capture_logs() as logs:
        async with opened(discord):
            await asyncio.sleep(0.1)

    (told,) = (log for log in logs if log["event"] == "channel_down")
    assert told["reason"] == gateway.NoStartsLeft.__name__


def heartbeats() -> list[KeepAliveHandler]:
    """Return the threads that keep a connection which is being opened alive."""
    beating = [one for one in threading.enumerate() if isinstance(one, KeepAliveHandler)]
    return [one for one in beating if one.shard_id == 1]


async def test_many_servers_are_listened_to_in_shards(discord: Discord, ann: Person) -> None:
    discord.shards = 2

    async with opened(discord) as stage:
        await discord.gateway.ready()
        await ann.writes("hello")
        heard = await stage.inbound()
        # The second one says hello and then waits its turn to say who it is.
        await discord.gateway.until(lambda: len(discord.gateway.lines) > 1)
        while not (beating := heartbeats()):  # noqa: ASYNC110 - a thread begins
            await asyncio.sleep(0.01)
        await stage.channel.close()
        for thread in beating:
            await asyncio.to_thread(thread.join, 60)

    assert heard.text == "hello"
    assert not any(thread.is_alive() for thread in beating)
