"""How the X for tests throttles, charges and fails, as tweepy meets it; and alone."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator

import aiohttp
import pytest
import tweepy

from tests.platforms.x_clients import a_client, an_async_client
from tests.platforms.x_server import Limits, XServer

POST = "POST /2/tweets"


@pytest.fixture
async def server() -> AsyncIterator[XServer]:
    """Give an X."""
    async with XServer() as running:
        yield running


async def test_the_post_after_the_last_one_of_a_window_waits_until_it_is_over() -> None:
    clock = [1_790_000_000.0]
    limits = Limits(routes={POST: 2})
    async with (
        XServer(limits, now=lambda: clock[0]) as server,
        an_async_client(server) as client,
    ):
        client.return_type = aiohttp.ClientResponse
        first = await client.create_tweet(text="post 1")
        await client.create_tweet(text="post 2")
        with pytest.raises(tweepy.TooManyRequests) as refused:
            await client.create_tweet(text="post 3")
        clock[0] += 901
        await client.create_tweet(text="post 4")

    headers = refused.value.response.headers
    assert first.headers["x-rate-limit-remaining"] == "1"
    assert headers["x-rate-limit-remaining"] == "0"
    assert headers["x-app-limit-24hour-remaining"] == "9998"
    assert refused.value.reset_time == 1_790_000_900
    assert len(server.posts_of("recalls_test")) == 3


async def test_tweepy_reads_until_when_it_has_to_wait(server: XServer) -> None:
    server.faults.throttles(60, route=POST)

    async with an_async_client(server) as client:
        with pytest.raises(tweepy.TooManyRequests) as refused:
            await client.create_tweet(text="a")

    assert refused.value.reset_time
    assert abs(refused.value.reset_time - server.now() - 60) < 30


async def test_without_limits_any_number_passes() -> None:
    async with XServer(limits=None) as server, an_async_client(server) as client:
        for number in range(120):
            await client.create_tweet(text=f"post {number}")

    assert server.count.total(POST, 201) == 120


async def test_spent_credits_block_everything_but_asking_who_one_is(server: XServer) -> None:
    server.dollars = 0.02

    async with an_async_client(server) as client:
        await client.create_tweet(text="the last one")
        with pytest.raises(tweepy.HTTPException, match="does not have any credits") as refused:
            await client.create_tweet(text="one too many")
        await client.get_me(user_auth=True)

    assert refused.value.response.status == 402
    assert len(server.posts_of("recalls_test")) == 1


async def test_an_answer_that_is_lost_leaves_the_post_there(server: XServer) -> None:
    server.faults.drops(route=POST)
    server.faults.drops(route=POST, after=False)

    async with an_async_client(server) as client:
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await client.create_tweet(text="arrived")
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await client.create_tweet(text="never arrived")

    assert [post.text for post in server.posts_of("recalls_test")] == ["arrived"]
    assert server.requests[POST, 0] == 2


async def test_an_answer_that_takes_too_long_leaves_the_post_there(server: XServer) -> None:
    server.faults.hangs(route=POST)

    async with an_async_client(server, seconds=0.2) as client:
        with pytest.raises(TimeoutError):
            await client.create_tweet(text="arrived")

    assert len(server.posts_of("recalls_test")) == 1


async def test_pages_of_html_come_before_or_after_the_post(server: XServer) -> None:
    server.faults.fails(503, route=POST)
    server.faults.fails(500, route=POST, after=True)

    async with an_async_client(server) as client:
        for _ in range(2):
            with pytest.raises(aiohttp.ContentTypeError):
                await client.create_tweet(text="a")
    blocking = a_client(server)
    server.faults.fails(503, html=False)
    with pytest.raises(tweepy.TwitterServerError):
        await asyncio.to_thread(blocking.create_tweet, text="b")

    assert [post.text for post in server.posts_of("recalls_test")] == ["a"]


async def test_any_refusal_can_be_put_in_its_mouth_and_taken_back(server: XServer) -> None:
    server.faults.refuses(403, "Forbidden", "Something new.", times=9)
    server.faults.delay = 0.01

    async with an_async_client(server) as client:
        with pytest.raises(tweepy.Forbidden, match="Something new"):
            await client.create_tweet(text="a")
        server.faults.clear()
        await client.create_tweet(text="a")

    assert server.count.total(POST) == 2


async def test_it_runs_by_itself() -> None:
    words = ("-m", "tests.platforms.x", "--accounts", "2", "--without-limits", "--credits", "1")
    process = await asyncio.create_subprocess_exec(
        sys.executable, *words, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout
        told = json.loads(await process.stdout.readline())
    finally:
        process.terminate()
        await process.wait()

    assert told["url"].startswith("http://127.0.0.1:")
    assert [one.partition(":")[0] for one in told["accounts"]] == [
        "recalls_test",
        "recalls_test1",
    ]
