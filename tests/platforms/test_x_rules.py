"""What the X for tests refuses, as tweepy meets it."""

from __future__ import annotations

import asyncio
import base64
import io
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import requests
import tweepy

from tests.platforms.x_clients import an_async_client, called
from tests.platforms.x_server import XServer, a_picture

POST = "POST /2/tweets"


@pytest.fixture
async def server() -> AsyncIterator[XServer]:
    """Give an X."""
    async with XServer() as running:
        yield running


async def _answer(server: XServer, **body: Any) -> tuple[int, Any]:
    return await called(server, "POST", "/2/tweets", json=body)


async def test_a_wrong_key_is_unauthorized(server: XServer) -> None:
    server.accounts[0].secret, right = "wrong", server.accounts[0].secret
    async with an_async_client(server) as client:
        server.accounts[0].secret = right

        with pytest.raises(tweepy.Unauthorized) as refused:
            await client.get_me(user_auth=True)

    assert refused.value.api_messages == ["Unauthorized"]


async def test_a_withdrawn_permission_is_unauthorized_until_it_is_given_again(
    server: XServer,
) -> None:
    async with an_async_client(server) as client:
        server.accounts[0].revoke()
        with pytest.raises(tweepy.Unauthorized):
            await client.create_tweet(text="no")
        server.accounts[0].restore()
        await client.create_tweet(text="yes")

    assert server.requests[POST, 401] == 1
    assert [post.text for post in server.posts_of("recalls_test")] == ["yes"]


async def test_a_signed_request_passes_once_and_only_as_it_was_signed(server: XServer) -> None:
    sent = []

    async def keep(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        sent.append(request.headers["Authorization"])
        return await handler(request)

    async with an_async_client(server) as client:
        client.session._middlewares = (*client.session._middlewares, keep)
        await client.get_me(user_auth=True)
    async with aiohttp.ClientSession(headers={"Authorization": sent[0]}) as session:
        again = await session.get(f"{server.url}/2/users/me")
        other = await session.get(f"{server.url}/2/users/me?user.fields=name")
    bearer = await asyncio.to_thread(
        requests.get, f"{server.url}/2/users/me", headers={"Authorization": "Bearer a"}
    )

    assert (again.status, other.status) == (401, 401)
    assert bearer.json()["title"] == "Unsupported Authentication"


async def test_a_suspended_and_a_locked_account_may_do_nothing(server: XServer) -> None:
    account = server.accounts[0]
    async with an_async_client(server) as client:
        server.suspend(account)
        with pytest.raises(tweepy.Forbidden, match="suspended"):
            await client.create_tweet(text="no")
        server.lock(account)
        with pytest.raises(tweepy.Forbidden, match="locked"):
            await client.create_tweet(text="no")
        account.restore()
        account.read_only = True
        with pytest.raises(tweepy.Forbidden, match="permissions"):
            await client.create_tweet(text="no")


@pytest.mark.parametrize(
    "text",
    [
        "a" * 280,
        "日" * 140,
        "👨‍👩‍👧‍👦" * 140,
        "a" * 256 + " https://www.cpsc.gov/" + "a" * 300,
        "a" * 256 + " cpsc.gov",
    ],
)
async def test_a_post_of_280_is_taken_and_one_more_is_not(server: XServer, text: str) -> None:
    async with an_async_client(server) as client:
        with pytest.raises(tweepy.Forbidden):
            await client.create_tweet(text="." + text)
        await client.create_tweet(text=text)

    assert server.posts_of("recalls_test")[0].weight == 280


async def test_what_was_said_before_is_a_duplicate_until_it_is_deleted(
    server: XServer,
) -> None:
    async with an_async_client(server) as client:
        made = await client.create_tweet(text="Café")
        with pytest.raises(tweepy.Forbidden) as refused:
            await client.create_tweet(text=" Cafe\u0301 ")
        await client.delete_tweet(made.data["id"])
        await client.create_tweet(text="Café")

    said = "You are not allowed to create a Tweet with duplicate content."
    assert refused.value.api_messages == [said]
    assert refused.value.api_codes == []


@pytest.mark.parametrize(("by_text", "status"), [(False, 201), (True, 403)])
async def test_a_new_picture_makes_an_old_text_new_unless_it_is_told_otherwise(
    *, by_text: bool, status: int
) -> None:
    async with XServer(duplicates_by_text=by_text) as server:
        answers = []
        for _ in range(2):
            picture = base64.b64encode(a_picture()).decode()
            body = {"media": picture, "media_category": "tweet_image"}
            _, sent = await called(server, "POST", "/2/media/upload", json=body)
            media = {"media_ids": [sent["data"]["id"]]}
            answers.append((await _answer(server, text="Recalled", media=media))[0])

    assert answers == [201, status]


async def test_two_people_may_be_told_the_same_and_one_person_may_not(
    server: XServer,
) -> None:
    people = [server.person(name) for name in ("ann", "bob", "cleo")]
    asked = [one.mentions("@recalls_test A1263?") for one in people]
    asked[2:] = [people[0].mentions("@recalls_test really?")]

    given = [
        (await _answer(server, text="Yes", reply={"in_reply_to_tweet_id": question.id}))[0]
        for question in asked
    ]

    assert given == [201, 201, 403]


async def test_nobody_is_answered_who_did_not_ask(server: XServer) -> None:
    ann = server.person("ann")
    aside = ann.says("my crib broke")
    async with an_async_client(server) as client:
        await client.create_tweet(text="Recalled: crib")
        thanks = ann.replies("Thanks", server.posts_of("recalls_test")[0])
        quote = ann.quotes("is that so?", server.posts_of("recalls_test")[0])

        for post in (aside, thanks):
            with pytest.raises(tweepy.Forbidden, match="not been mentioned or otherwise"):
                await client.create_tweet(text="Hello", in_reply_to_tweet_id=post.id)
        await client.create_tweet(text="Yes", in_reply_to_tweet_id=quote.id)
        ann.deletes(quote)
        with pytest.raises(tweepy.Forbidden, match="deleted or not visible"):
            await client.create_tweet(text="Still", in_reply_to_tweet_id=quote.id)


@pytest.mark.parametrize(("allowed", "status"), [(False, 403), (True, 201)])
async def test_threads_go_where_the_account_may_answer_itself(
    *, allowed: bool, status: int
) -> None:
    async with XServer(self_replies=allowed) as server:
        _, first = await _answer(server, text="one")
        reply = {"in_reply_to_tweet_id": first["data"]["id"]}
        given, _ = await _answer(server, text="two", reply=reply)

    assert given == status
    assert [post.leading for post in server.posts_of("recalls_test")] == [""] * (1 + allowed)


@pytest.mark.parametrize(("allowed", "status"), [(False, 403), (True, 201)])
async def test_quoting_is_refused_unless_it_is_allowed(*, allowed: bool, status: int) -> None:
    async with XServer(quotes=allowed) as server:
        post = server.person("ann").says("hello")
        given, _ = await _answer(server, text="look", quote_tweet_id=post.id)

    assert given == status


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "text"),
        ({"text": " "}, "text"),
        ({"text": 7}, "integer found, string expected"),
        ({"text": "a\ufeff"}, "may not hold"),
        ({"text": "a", "colour": 1}, "colour: is not defined in the schema"),
        ({"text": "a", "reply": {"in_reply_to_tweet_id": 7}}, "string expected"),
        ({"text": "a", "reply": {"in_reply_to_tweet_id": "x"}}, "regex"),
        ({"text": "a", "reply": "7"}, "object expected"),
        ({"text": "a", "media": {"media_ids": []}}, "between 1 and 4"),
        ({"text": "a", "media": {"media_ids": "1"}}, "array expected"),
        ({"text": "a", "media": {"media_ids": ["1"]}}, "Your media IDs are invalid."),
    ],
)
async def test_a_malformed_post_is_refused_with_the_field(
    server: XServer, body: dict[str, Any], said: str
) -> None:
    status, answer = await _answer(server, **body)

    assert status == 400
    assert answer["title"] == "Invalid Request"
    assert said in answer["errors"][0]["message"]


async def test_a_picture_of_somebody_else_or_half_a_picture_cannot_be_posted(
    server: XServer,
) -> None:
    other = server.account("recalls_de")
    body = {"media": base64.b64encode(a_picture()).decode(), "media_category": "tweet_image"}
    _, theirs = await called(server, "POST", "/2/media/upload", account=other, json=body)
    begun = {"media_type": "image/png", "total_bytes": 9, "media_category": "tweet_image"}
    _, half = await called(server, "POST", "/2/media/upload/initialize", json=begun)

    given = [
        (await _answer(server, text="a", media={"media_ids": [one["data"]["id"]]}))[0]
        for one in (theirs, half)
    ]

    assert given == [400, 400]


@pytest.mark.parametrize(
    "body",
    [
        {"media": "AAAA", "media_category": "tweet_image"},
        {"media": "not base64!", "media_category": "tweet_image"},
        {"media_category": "tweet_image"},
        {"media": base64.b64encode(a_picture()).decode()},
        {"media": base64.b64encode(a_picture()).decode(), "media_category": "picture"},
        {"media": base64.b64encode(a_picture()[:-8]).decode(), "media_category": "tweet_image"},
    ],
)
async def test_what_is_no_whole_picture_of_a_known_category_is_refused(
    server: XServer, body: dict[str, str]
) -> None:
    status, answer = await called(server, "POST", "/2/media/upload", json=body)

    assert status == 400
    assert answer["errors"]


@pytest.mark.parametrize(("size", "status"), [(5 << 20, 200), ((5 << 20) + 1, 400)])
async def test_a_picture_has_up_to_5_mb(server: XServer, size: int, status: int) -> None:
    content = b"\xff\xd8\xff" + bytes(size - 5) + b"\xff\xd9"
    form = aiohttp.FormData({"media_category": "tweet_image"})
    form.add_field("media", io.BytesIO(content), filename="a.jpg")

    given, _ = await called(server, "POST", "/2/media/upload", data=form)

    assert given == status


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/initialize", {"media_type": "image/png", "total_bytes": 0}),
        ("/initialize", {"total_bytes": 9, "media_category": "tweet_image"}),
        ("/{id}/append", {"segment_index": -1, "media": "AAAA"}),
        ("/{id}/append", {"segment_index": 0, "media": ""}),
        ("/{id}/finalize", {}),
        ("/x/finalize", {}),
    ],
)
async def test_an_upload_in_pieces_is_refused_where_they_do_not_fit(
    server: XServer, path: str, body: dict[str, Any]
) -> None:
    begun = {"media_type": "image/png", "total_bytes": 9, "media_category": "tweet_image"}
    _, started = await called(server, "POST", "/2/media/upload/initialize", json=begun)
    path = "/2/media/upload" + path.replace("{id}", started["data"]["id"])

    status, _ = await called(server, "POST", path, json=body)

    assert status == 400


async def test_words_for_a_picture_that_is_not_there_or_no_words_are_refused(
    server: XServer,
) -> None:
    picture = base64.b64encode(a_picture()).decode()
    body = {"media": picture, "media_category": "tweet_image"}
    _, sent = await called(server, "POST", "/2/media/upload", json=body)
    words = {"alt_text": {"text": "A crib"}}

    given = [
        (
            await called(
                server, "POST", "/2/media/metadata", json={"id": number, "metadata": told}
            )
        )[0]
        for number, told in (("7", words), (sent["data"]["id"], {}))
    ]

    assert given == [404, 400]


async def test_an_alt_text_has_up_to_1000_characters(server: XServer) -> None:
    body = {"media": base64.b64encode(a_picture()).decode(), "media_category": "tweet_image"}
    _, sent = await called(server, "POST", "/2/media/upload", json=body)

    given = []
    for text in ("a" * 1000, "a" * 1001):
        words = {"id": sent["data"]["id"], "metadata": {"alt_text": {"text": text}}}
        given.append((await called(server, "POST", "/2/media/metadata", json=words))[0])

    assert given == [200, 400]


@pytest.mark.parametrize(
    "query",
    [
        "max_results=4",
        "max_results=101",
        "since_id=a",
        "limit=5",
        "tweet.fields=name",
        "expansions=author",
        "start_time=noon",
        "pagination_token=b26v",
        "exclude=replies",
    ],
)
async def test_a_wrong_parameter_is_named(server: XServer, query: str) -> None:
    path = f"/2/users/{server.accounts[0].id}/mentions?{query}"

    status, answer = await called(server, "GET", path)

    assert status == 400
    assert query.partition("=")[0] in answer["errors"][0]["message"]


async def test_what_is_not_there_is_not_found(server: XServer) -> None:
    theirs = server.person("ann").says("mine")

    nowhere, _ = await called(server, "GET", "/2/trends")
    nothing, _ = await called(server, "DELETE", "/2/tweets/1")
    foreign, _ = await called(server, "DELETE", f"/2/tweets/{theirs.id}")

    assert (nowhere, nothing, foreign) == (404, 404, 403)
    with pytest.raises(ValueError, match="taken"):
        server.person("Ann")
