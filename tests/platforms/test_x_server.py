"""The X for tests, driven by tweepy: posting, reading, pictures, people and what they cost."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from decimal import Decimal

import aiohttp
import pytest

from tests.platforms.x_clients import a_client, an_async_client, called
from tests.platforms.x_server import XServer, a_picture


@pytest.fixture
async def server() -> AsyncIterator[XServer]:
    """Give an X."""
    async with XServer() as running:
        yield running


async def test_a_post_is_kept_as_given_and_shown_with_short_links(server: XServer) -> None:
    text = "Stop using <it> & see cpsc.gov/recalls"

    async with an_async_client(server) as client:
        made = await client.create_tweet(text=text)

    post = server.posts_of(server.accounts[0])[0]
    assert made.data["id"] == post.id
    assert post.text == text
    assert post.shown == f"Stop using &lt;it&gt; &amp; see {post.links[0].short}"
    assert len(post.links[0].short) == 23
    assert post.weight == len("Stop using <it> & see ") + 23


async def test_reading_gives_the_links_back_in_full(server: XServer) -> None:
    async with an_async_client(server) as client:
        await client.create_tweet(text="See https://www.cpsc.gov/a?b=c and ec.europa.eu")
        read = await client.get_users_tweets(
            server.accounts[0].id, tweet_fields=["entities", "created_at"], user_auth=True
        )

    urls = read.data[0].entities["urls"]
    shown = read.data[0].text
    expanded = ["https://www.cpsc.gov/a?b=c", "http://ec.europa.eu"]
    assert [url["expanded_url"] for url in urls] == expanded
    assert all(shown[url["start"] : url["end"]] == url["url"] for url in urls)
    assert read.data[0].created_at.tzinfo


async def test_the_blocking_client_is_understood_as_well(server: XServer) -> None:
    client = a_client(server)

    named = await asyncio.to_thread(client.get_me, user_auth=True)
    made = await asyncio.to_thread(client.create_tweet, text="Über 100 % „sicher“: 日本語")
    gone = await asyncio.to_thread(client.delete_tweet, made.data["id"])

    assert named.data.username == "recalls_test"
    assert gone.data == {"deleted": True}
    assert server.posts_of("recalls_test") == []


async def test_every_account_posts_for_itself(server: XServer) -> None:
    other = server.account("recalls_de")

    async with an_async_client(server, other) as client:
        await client.create_tweet(text="Rückruf")

    assert [post.text for post in server.posts_of(other)] == ["Rückruf"]
    assert server.posts_of(server.accounts[0]) == []


async def test_a_person_who_asks_is_answered(server: XServer) -> None:
    ann = server.person("ann")
    question = ann.mentions("@recalls_test A1263?")

    async with an_async_client(server) as client:
        read = await client.get_users_mentions(
            server.accounts[0].id,
            expansions=["author_id"],
            tweet_fields=["conversation_id", "entities"],
            user_auth=True,
        )
        await client.create_tweet(text="A1263 is recalled.", in_reply_to_tweet_id=question.id)

    assert read.data[0].author_id == int(ann.account.id)
    assert read.data[0].conversation_id == int(question.id)
    assert read.data[0].entities["mentions"][0]["id"] == server.accounts[0].id
    assert [user.username for user in read.includes["users"]] == ["ann"]
    assert [answer.shown for answer in server.replies_to(question)] == [
        "@ann A1263 is recalled."
    ]
    assert server.complaints == []


async def test_only_mentions_after_the_last_one_read_are_given(server: XServer) -> None:
    ann = server.person("ann")
    first, second, third = (ann.mentions(f"@recalls_test {n}") for n in range(3))
    ann.says("recalls_test without the sign")
    ann.deletes(second)

    async with an_async_client(server) as client:
        read = await client.get_users_mentions(
            server.accounts[0].id, since_id=first.id, user_auth=True
        )
        none = await client.get_users_mentions(
            server.accounts[0].id, since_id=third.id, user_auth=True
        )

    assert [post.id for post in read.data] == [int(third.id)]
    assert none.data is None
    assert none.meta == {"result_count": 0}


async def test_long_timelines_come_in_pages(server: XServer) -> None:
    ann = server.person("ann")
    for number in range(12):
        ann.mentions(f"@recalls_test {number}")

    async with an_async_client(server) as client:
        pages = []
        token = None
        while True:
            page = await client.get_users_mentions(
                server.accounts[0].id, max_results=5, pagination_token=token, user_auth=True
            )
            pages.append([post.text.split()[1] for post in page.data])
            if not (token := page.meta.get("next_token")):
                break

    assert pages == [["11", "10", "9", "8", "7"], ["6", "5", "4", "3", "2"], ["1", "0"]]


async def test_replies_quotes_and_reposts_of_others_are_told_apart(server: XServer) -> None:
    ann, bob = server.person("ann"), server.person("bob")
    async with an_async_client(server) as client:
        await client.create_tweet(text="Recalled: crib")
        post = server.posts_of("recalls_test")[0]
        reply, shared = ann.replies("Thanks", post), bob.reposts(post)
        quote = bob.quotes("look", post)
        read = await client.get_users_mentions(
            server.accounts[0].id, tweet_fields=["referenced_tweets"], user_auth=True
        )

    kinds = {found.id: found.referenced_tweets[0].type for found in read.data}
    assert kinds == {int(reply.id): "replied_to", int(shared.id): "retweeted"}
    assert not reply.asks(server.accounts[0])
    assert quote.asks(server.accounts[0])


async def test_one_post_is_read_with_its_author_and_its_absence_is_no_failure(
    server: XServer,
) -> None:
    post = server.person("ann").says("hello")

    async with an_async_client(server) as client:
        found = await client.get_tweet(post.id, expansions="author_id", user_auth=True)
        missing = await client.get_tweet(1, user_auth=True)

    assert found.includes["users"][0].username == "ann"
    assert missing.data is None
    assert missing.errors[0]["title"] == "Not Found Error"


async def test_a_timeline_leaves_out_what_it_is_told_to_and_brings_what_it_refers_to(
    server: XServer,
) -> None:
    ann, bob = server.person("ann"), server.person("bob")
    first = ann.says("Recalled: crib")
    answer, shared = ann.replies("And a cot", first), bob.reposts(first)
    quoting = bob.quotes("@ann is that so?", first)

    async with an_async_client(server) as client:
        own = await client.get_users_tweets(
            ann.account.id, exclude="replies", start_time="2026-01-01T00:00:00Z", user_auth=True
        )
        read = await client.get_users_tweets(
            bob.account.id,
            until_id=int(quoting.id) + 1,
            expansions=["referenced_tweets.id", "entities.mentions.username"],
            user_auth=True,
        )
        thread = await client.get_tweet(
            answer.id, expansions="in_reply_to_user_id", user_auth=True
        )

    assert [post.id for post in own.data] == [int(first.id)]
    assert [post.id for post in read.data] == [int(quoting.id), int(shared.id)]
    assert [post.id for post in read.includes["tweets"]] == [int(first.id)]
    assert [user.username for user in read.includes["users"]] == ["ann"]
    assert thread.data.in_reply_to_user_id == int(ann.account.id)


async def test_people_are_found_by_their_handle_and_nobody_is_by_another(
    server: XServer,
) -> None:
    ann = server.person("ann")

    _, found = await called(server, "GET", "/2/users/by/username/Ann")
    _, missing = await called(server, "GET", "/2/users/by/username/bob")
    _, unread = await called(server, "GET", "/2/users/7/tweets")

    assert found["data"]["id"] == ann.account.id
    assert missing["errors"][0]["title"] == "Not Found Error"
    assert unread["errors"][0]["resource_type"] == "user"
    with pytest.raises(ValueError, match="mentions nobody"):
        ann.mentions("A1263?")
    with pytest.raises(ValueError, match="somebody else"):
        server.person("bob").deletes(ann.says("mine"))


async def test_a_picture_goes_up_whole_with_its_words_and_stands_in_the_post(
    server: XServer,
) -> None:
    form = aiohttp.FormData({"media_category": "tweet_image"})
    form.add_field("media", a_picture(), filename="a.png", content_type="image/png")

    _, sent = await called(server, "POST", "/2/media/upload", data=form)
    number = sent["data"]["id"]
    words = {"id": number, "metadata": {"alt_text": {"text": "A crib"}}}
    described, _ = await called(server, "POST", "/2/media/metadata", json=words)
    async with an_async_client(server) as client:
        await client.create_tweet(text="Recalled", media_ids=[number])
        read = await client.get_users_tweets(
            server.accounts[0].id,
            expansions="attachments.media_keys",
            media_fields="alt_text",
            user_auth=True,
        )

    post = server.posts_of("recalls_test")[0]
    assert described == 200
    assert [(one.content, one.alt, one.kind) for one in post.media] == [
        (a_picture(), "A crib", "image/png")
    ]
    assert read.includes["media"][0].alt_text == "A crib"
    assert post.shown == f"Recalled {post.links[0].short}"
    assert server.bill.spent == Decimal("0.015") + Decimal("0.005")


async def test_a_picture_goes_up_as_text_and_in_pieces(server: XServer) -> None:
    picture = a_picture(200, 100)
    begun = {"media_type": "image/png", "total_bytes": len(picture)}
    begun |= {"media_category": "tweet_image"}

    whole, _ = await called(
        server,
        "POST",
        "/2/media/upload",
        json={"media": base64.b64encode(picture).decode(), "media_category": "tweet_image"},
    )
    _, started = await called(server, "POST", "/2/media/upload/initialize", json=begun)
    path = f"/2/media/upload/{started['data']['id']}"
    for number, piece in enumerate((picture[:50], picture[50:])):
        form = aiohttp.FormData({"segment_index": str(number)})
        form.add_field("media", piece, filename="piece")
        await called(server, "POST", f"{path}/append", data=form)
    _, ended = await called(server, "POST", f"{path}/finalize")
    state, _ = await called(
        server, "GET", f"/2/media/upload?media_id={started['data']['id']}&command=STATUS"
    )

    assert (whole, state) == (200, 200)
    assert ended["data"]["size"] == len(picture)
    assert server.world.media[started["data"]["id"]].content == picture


async def test_a_picture_can_be_looked_at_before_it_may_be_posted() -> None:
    body = {"media": base64.b64encode(a_picture()).decode(), "media_category": "tweet_image"}
    async with XServer(looks=1) as server:
        _, sent = await called(server, "POST", "/2/media/upload", json=body)
        post = {"text": "a", "media": {"media_ids": [sent["data"]["id"]]}}
        early, _ = await called(server, "POST", "/2/tweets", json=post)
        await called(server, "GET", f"/2/media/upload?media_id={sent['data']['id']}")
        later, _ = await called(server, "POST", "/2/tweets", json=post)

    assert sent["data"]["processing_info"] == {"state": "pending", "check_after_secs": 1}
    assert (early, later) == (400, 201)


async def test_everything_is_charged_at_its_price(server: XServer) -> None:
    question = server.person("ann").mentions("@recalls_test A1263?")

    async with an_async_client(server) as client:
        await client.create_tweet(text="plain")
        await client.create_tweet(text="with cpsc.gov")
        await client.create_tweet(text="an answer", in_reply_to_tweet_id=question.id)
        await client.get_users_mentions(server.accounts[0].id, user_auth=True)
        await client.delete_tweet(server.posts_of("recalls_test")[0].id)

    charged = {entry.what: entry.price * entry.times for entry in server.bill.entries}
    assert charged == {
        "post": Decimal("0.015"),
        "post with link": Decimal("0.20"),
        "reply": Decimal("0.010"),
        "read": Decimal("0.005"),
        "delete": Decimal("0.010"),
    }
    assert server.bill.spent == Decimal("0.24")


async def test_what_breaks_the_rules_for_automation_is_complained_of(server: XServer) -> None:
    other = server.account("recalls_de")
    question = server.person("ann").mentions("@recalls_test A1263?")
    _, sent = await called(
        server,
        "POST",
        "/2/media/upload",
        json={"media": base64.b64encode(a_picture()).decode(), "media_category": "tweet_image"},
    )

    async with an_async_client(server) as client, an_async_client(server, other) as second:
        await client.create_tweet(text="Recalled", media_ids=[sent["data"]["id"]])
        await second.create_tweet(text="Recalled")
        await client.create_tweet(text="Hey @bob, look")
        for text in ("yes", "and yes"):
            await client.create_tweet(text=text, in_reply_to_tweet_id=question.id)

    assert [said.partition(":")[0].split(" to ")[0] for said in server.complaints] == [
        "a picture without an alt text",
        "the same text over two accounts",
        "@bob was mentioned unasked",
        "a second answer",
    ]


async def test_a_test_waits_until_the_bot_has_posted(server: XServer) -> None:
    async with an_async_client(server) as client:
        posting = asyncio.create_task(client.create_tweet(text="soon"))

        posts = await server.until(lambda: server.posts_of("recalls_test"))
        await posting

    assert posts[0].text == "soon"
    with pytest.raises(TimeoutError):
        await server.until(lambda: False, seconds=0.01)


async def test_it_keeps_its_posts_and_its_port_when_it_is_started_again() -> None:
    server = XServer()
    async with server, an_async_client(server) as client:
        await client.create_tweet(text="before")
    port = server.port

    async with server, an_async_client(server) as client:
        read = await client.get_users_tweets(server.accounts[0].id, user_auth=True)

    assert server.port == port
    assert read.data[0].text == "before"
