"""The Discord for tests, driven by discord.py: its gateway, its limits, and what goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import discord
import pytest

from tests.platforms.discord_bot import Hasty, a_bot
from tests.platforms.discord_server import Discord, a_discord, discord_py_reaches

SEND = "POST /channels/{channel}/messages"


@pytest.fixture
async def town() -> AsyncIterator[Discord]:
    """Give a Discord."""
    async with a_discord() as running:
        yield running


async def connects(town: Discord, intents: discord.Intents) -> int:
    """Return the code a bot was sent away with."""
    with discord_py_reaches(town):
        async with discord.Client(intents=intents) as bot:
            with pytest.raises((discord.ConnectionClosed, discord.PrivilegedIntentsRequired)):
                await bot.start(town.token)
    return town.gateway.closed[-1]


async def test_a_dropped_connection_is_resumed_and_what_was_missed_is_told(
    town: Discord,
) -> None:
    ann = town.person("ann")
    async with a_bot(town) as bot:
        town.gateway.drop(1006)
        await town.gateway.until(lambda: not town.gateway.lines)
        await ann.writes("while you were away")
        await town.gateway.until(lambda: town.gateway.resumed == 1)
        await ann.writes("and now")
        await bot.hears(2)

    assert bot.heard == ["while you were away", "and now"]
    assert town.gateway.identified == 1


async def test_a_client_that_is_asked_to_reconnect_resumes(town: Discord) -> None:
    async with a_bot(town):
        town.gateway.reconnect()
        await town.gateway.until(lambda: town.gateway.resumed == 1)

    assert town.gateway.identified == 1


async def test_an_invalid_session_is_identified_anew(town: Discord) -> None:
    async with a_bot(town):
        town.gateway.invalidate()
        await town.gateway.until(lambda: town.gateway.identified == 2, 15)

    assert town.gateway.resumed == 0


async def test_a_client_whose_heart_stopped_is_sent_away() -> None:
    async with a_discord() as town, aiohttp.ClientSession() as session:
        town.gateway.heartbeat = 0.05
        async with session.ws_connect(f"{town.gateway.url}?v=10&encoding=json") as line:
            hello = await line.receive_json()
            await line.receive()

    assert hello["d"]["heartbeat_interval"] == 50
    assert line.close_code == 4009


async def test_a_deaf_gateway_is_left_by_its_client() -> None:
    async with a_discord() as town:
        town.gateway.heartbeat, town.gateway.deaf = 0.2, True
        with discord_py_reaches(town):
            intents = discord.Intents(guilds=True)
            async with discord.Client(intents=intents, heartbeat_timeout=0.5) as bot:
                running = asyncio.create_task(bot.start(town.token))
                await town.gateway.until(lambda: town.gateway.resumed > 0, 20)
                await bot.close()
                await running

    assert town.gateway.identified == 1


async def test_privileged_and_unknown_intents_are_refused(town: Discord) -> None:
    code = await connects(town, discord.Intents(guilds=True, message_content=True))
    other = await identifies(town, {"token": town.token, "intents": 1 << 30, "properties": {}})

    assert (code, other) == (4014, 4013)


async def identifies(town: Discord, identity: dict[str, object]) -> int | None:
    """Return the code that an identity is answered with."""
    async with aiohttp.ClientSession() as session, session.ws_connect(town.gateway.url) as line:
        await line.send_json({"op": 2, "d": identity})
        await line.receive_json()
        await line.receive()
        return line.close_code


async def test_a_wrong_token_is_refused_by_both_doors(town: Discord) -> None:
    with discord_py_reaches(town):
        async with discord.Client(intents=discord.Intents.none()) as bot:
            with pytest.raises(discord.LoginFailure):
                await bot.login("wrong")
    code = await identifies(town, {"token": "wrong", "intents": 1, "properties": {}})

    assert code == 4004
    assert town.requests["GET /users/@me", 401] == 1
    assert town.invalid_requests == 1


async def test_a_token_revoked_in_mid_run_ends_the_connection(town: Discord) -> None:
    with discord_py_reaches(town):
        async with discord.Client(intents=discord.Intents(guilds=True)) as bot:
            running = asyncio.create_task(bot.start(town.token))
            await town.gateway.ready()
            town.revoke_token()
            with pytest.raises(discord.ConnectionClosed) as closed:
                await running

    assert closed.value.code == 4004


async def test_refused_handshakes_are_counted(town: Discord) -> None:
    town.gateway.refuses_handshakes(2)

    async with aiohttp.ClientSession() as session:
        for _ in range(2):
            with pytest.raises(aiohttp.WSServerHandshakeError, match="503"):
                await session.ws_connect(town.gateway.url)
        async with session.ws_connect(town.gateway.url) as line:
            assert (await line.receive_json())["op"] == 10


async def test_shards_are_told_of_their_own_guilds() -> None:
    async with a_discord(shards=2) as town:
        ann = town.person("ann")
        guilds = [town.guild(str(number), owner=ann) for number in range(4)]
        with discord_py_reaches(town):
            bot = Hasty(intents=discord.Intents(guilds=True), guild_ready_timeout=0.05)
            async with bot:
                running = asyncio.create_task(bot.start(town.token))
                await bot.wait_until_ready()
                known = {str(guild.id): guild.shard_id for guild in bot.guilds}
                await bot.close()
                await running

    assert known == {guild.id: (int(guild.id) >> 22) % 2 for guild in guilds}


async def test_a_full_bucket_answers_429_and_the_library_waits(town: Discord) -> None:
    room = town.guild("Parents", owner=town.person("ann")).text("general")
    town.limits.routes[SEND] = (2, 0.3)

    async with a_bot(town) as bot, aiohttp.ClientSession() as session:
        place = bot.get_partial_messageable(int(room.id))
        await asyncio.gather(*(place.send(str(number)) for number in range(5)))
        refused = await _posts_until_refused(session, town, room.id)

    assert len(room.messages) >= 5
    assert refused.headers["Via"]
    assert refused.headers["X-RateLimit-Scope"] == "user"
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert (await refused.json())["retry_after"] <= 0.3


async def _posts_until_refused(
    session: aiohttp.ClientSession, town: Discord, room: str
) -> aiohttp.ClientResponse:
    headers = {"Authorization": f"Bot {town.token}"}
    while True:
        url = f"{town.api}/channels/{room}/messages"
        answer = await session.post(url, json={"content": "x"}, headers=headers)
        await answer.read()
        if answer.status == 429:
            return answer


async def test_the_whole_bot_may_ask_fifty_times_a_second(town: Discord) -> None:
    headers = {"Authorization": f"Bot {town.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for _ in range(51):
            answer = await session.get(f"{town.api}/users/@me")
            await answer.read()

    assert answer.status == 429
    assert answer.headers["X-RateLimit-Global"] == "true"
    assert town.requests["GET /users/@me", 200] == 50


async def test_who_keeps_asking_wrongly_is_shut_out_at_the_edge(town: Discord) -> None:
    town.count.limit = 3
    async with aiohttp.ClientSession() as session:
        for _ in range(4):
            answer = await session.get(f"{town.api}/users/@me")
            text = await answer.text()

    assert (answer.status, text) == (429, "error code: 1015")
    assert "Via" not in answer.headers


async def test_faults_happen_as_often_as_they_were_ordered(town: Discord) -> None:
    room = town.guild("Parents", owner=town.person("ann")).text("general")
    town.limits.lift()
    seen: list[int | type[Exception]] = []

    async with a_bot(town) as bot:
        place = bot.get_partial_messageable(int(room.id))
        town.faults.fails(503, route=SEND)
        town.faults.drops(route=SEND)
        town.faults.throttles(0.05, times=3, route=SEND, scope="shared")
        for text in ("fails", "dropped", "throttled", "well"):
            try:
                await place.send(text)
                seen.append(200)
            except (discord.HTTPException, aiohttp.ClientError) as error:
                seen.append(type(error))

    assert seen == [discord.DiscordServerError, aiohttp.ServerDisconnectedError, 200, 200]
    assert [one.text for one in room.messages] == ["dropped", "throttled", "well"]
    assert town.requests[SEND, 0] == 1
    assert town.invalid_requests == 0


async def test_a_hanging_answer_came_too_late_for_its_client(town: Discord) -> None:
    room = town.guild("Parents", owner=town.person("ann")).text("general")
    town.faults.hangs(30, route=SEND)

    async with a_bot(town) as bot:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await bot.get_partial_messageable(int(room.id)).send("said")

    assert [one.text for one in room.messages] == ["said"]
