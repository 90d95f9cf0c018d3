"""Sessions outlive the process, since Bluesky allows few log-ins; refusals say what to do."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from bots.bluesky.login import LOCKED_OUT
from core.channel import (
    Address,
    AddressGone,
    DeliveryError,
    DeliveryUnknown,
    Post,
    PostRejected,
    TryLater,
)
from core.model.message import Picture
from tests.bots.bluesky.stage import KEY, NOWHERE, Noted, Stage, a_channel, a_jpeg, place_of
from tests.builders import NOW
from tests.platforms.bluesky_between import LOG_IN, PUT, READ, REFRESH, UPLOAD

LONG_AGO = 1_600_000_000
LONG_AHEAD = 4_000_000_000


def a_token(expires: int) -> str:
    """Return an access token that the server did not sign."""
    parts: list[dict[str, Any]] = [{"alg": "HS256", "typ": "at+jwt"}, {"exp": expires}]
    written = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts]
    return ".".join(part.rstrip("=") for part in [*written, "c2lnbmVk"])


def with_access(session: str, token: str) -> str:
    """Return a kept session with another access token."""
    fields = session.split(":::")
    fields[2] = token
    return ":::".join(fields)


async def test_one_log_in_is_enough_for_many_posts(stage: Stage) -> None:
    stage.forget()

    for number in range(3):
        await stage.send(str(number), f"k{number}")

    assert stage.between.asked.count(LOG_IN) == 1


async def test_after_a_restart_the_session_goes_on_without_a_log_in(stage: Stage) -> None:
    await stage.send("before", "k1")
    await stage.channel.close()
    stage.between.asked.clear()
    restarted = stage.another(stage.noted)

    await restarted.send(Post("after"), stage.chat, key="k2")
    await restarted.close()

    assert stage.between.asked == [PUT]
    assert {post["text"] for post in stage.member.posts} == {"before", "after"}


@pytest.mark.parametrize("expires", [LONG_AGO, LONG_AHEAD])
async def test_a_session_that_is_no_longer_taken_is_renewed_and_kept(
    stage: Stage, expires: int
) -> None:
    await stage.send("before", "k1")
    stale = with_access(stage.session, a_token(expires))
    restarted = stage.another(Noted({place_of(stage.member): stale}))
    stage.between.asked.clear()

    await restarted.send(Post("after"), stage.chat, key="k2")
    await restarted.close()

    assert REFRESH in stage.between.asked
    assert LOG_IN not in stage.between.asked
    assert len(stage.member.posts) == 2


async def test_a_renewed_session_is_the_one_that_is_kept(stage: Stage) -> None:
    await stage.send("before", "k1")
    before = stage.session
    stage.between.refuses(PUT, 400, '{"error":"ExpiredToken","message":"Token has expired"}')

    await stage.send("after", "k2")

    assert stage.between.asked.count(REFRESH) == 1
    assert stage.session != before


async def test_what_another_process_renewed_is_taken_over(stage: Stage) -> None:
    await stage.send("before", "k1")
    elsewhere = Noted()
    other = stage.another(elsewhere)
    await other.send(Post("other"), stage.chat, key="k2")
    await other.close()
    stage.noted.values.update(elsewhere.values)
    stage.between.asked.clear()
    stage.between.refuses(PUT, 400, '{"error":"ExpiredToken","message":"Token has expired"}')

    await stage.send("after", "k3")

    assert stage.between.asked == [PUT, PUT]


async def test_where_the_session_cannot_be_renewed_the_password_opens_another(
    stage: Stage,
) -> None:
    await stage.send("before", "k1")
    stage.between.refuses(PUT, 400, '{"error":"ExpiredToken","message":"Token has expired"}')
    stage.between.refuses(REFRESH, 400, '{"error":"ExpiredToken","message":"Token revoked"}')

    await stage.send("after", "k2")

    assert stage.between.asked.count(LOG_IN) == 1
    assert len(stage.member.posts) == 2


async def test_where_even_a_new_session_is_not_taken_it_waits(stage: Stage) -> None:
    for _ in range(2):
        stage.between.refuses(
            PUT, 400, '{"error":"ExpiredToken","message":"Token has expired"}'
        )

    error = await failure(stage.send("x"))

    assert isinstance(error, TryLater)
    assert stage.between.asked == [PUT, REFRESH, PUT]


async def test_while_sessions_cannot_be_renewed_nobody_logs_in_instead(stage: Stage) -> None:
    stage.between.refuses(PUT, 400, '{"error":"ExpiredToken","message":"Token has expired"}')
    stage.between.refuses(REFRESH, 503, "<html>busy</html>")

    assert await failure(stage.send("x")) is not None

    assert stage.between.asked == [PUT, REFRESH]


@pytest.mark.parametrize(
    "kept", ["", "rubbish", "{url} rubbish", "http://127.0.0.1:9 a:::b:::c:::d:::e"]
)
async def test_what_was_kept_and_is_no_session_of_this_server_is_passed_over(
    stage: Stage, kept: str
) -> None:
    stage.noted.values[place_of(stage.member)] = kept.format(url=stage.between.url)

    await stage.send("after")

    assert stage.member.shown == "after"


async def test_a_wrong_password_waits_and_does_not_knock_again(stage: Stage) -> None:
    channel = a_channel(stage.member, stage.between.url, password="aaaa-bbbb-cccc-dddd")

    with capture_logs() as logs:
        errors = [await failure(channel.send(Post("x"), stage.chat, key=KEY)) for _ in range(3)]
    await channel.close()

    assert all(isinstance(error, TryLater) for error in errors)
    assert {str(error) for error in errors} == {LOCKED_OUT}
    assert stage.between.asked == [LOG_IN]
    assert [line["event"] for line in logs] == ["channel_down"]
    assert stage.member.handle not in str(logs)


async def test_an_app_password_that_was_taken_back_ends_the_session(stage: Stage) -> None:
    channel = a_channel(stage.member, stage.between.url, password=stage.member.app_password())
    await channel.send(Post("before"), stage.chat, key="k1")
    stage.member.revokes()
    stage.between.refuses(PUT, 400, '{"error":"ExpiredToken","message":"Token has expired"}')

    error = await failure(channel.send(Post("after"), stage.chat, key="k2"))
    await channel.close()

    assert isinstance(error, TryLater)
    assert stage.member.shown == "before"


async def test_a_deactivated_account_is_gone_in_the_words_of_bluesky(stage: Stage) -> None:
    await stage.send("before", "k1")
    stage.member.leaves()

    error = await failure(stage.send("after", "k2"))

    assert isinstance(error, AddressGone)
    assert "deactivated" in error.said


@pytest.mark.parametrize("method", [LOG_IN, UPLOAD, PUT])
async def test_what_is_throttled_waits_as_long_as_bluesky_says(
    stage: Stage, method: str
) -> None:
    if method == LOG_IN:
        stage.forget()
    reset = str(int(NOW.timestamp()) + 90)
    body = '{"error":"RateLimitExceeded","message":"Rate Limit Exceeded"}'
    stage.between.refuses(method, 429, body, {"ratelimit-reset": reset})
    post = Post("x", picture=Picture(a_jpeg(40, 30), "Orange"))

    error = await failure(stage.channel.send(post, stage.chat, key=KEY))

    assert isinstance(error, TryLater)
    assert error.retry_after == timedelta(seconds=90)


@pytest.mark.parametrize(
    ("method", "status", "body", "kind"),
    [
        (LOG_IN, 503, "<html>busy</html>", TryLater),
        (LOG_IN, 502, "", TryLater),
        (LOG_IN, 401, '{"error":"AccountTakedown","message":"taken down"}', AddressGone),
        (PUT, 503, "<html>busy</html>", DeliveryUnknown),
        (PUT, 502, '{"error":"UpstreamFailure"}', DeliveryUnknown),
        (PUT, 500, '{"error":"InternalServerError","message":"x"}', DeliveryUnknown),
        (PUT, 200, "{half a JSON", DeliveryUnknown),
        (PUT, 200, "[]", DeliveryUnknown),
        (PUT, 400, '{"error":"InvalidRequest","message":"no such thing"}', PostRejected),
        (PUT, 413, '{"error":"PayloadTooLarge"}', PostRejected),
        (PUT, 501, '{"error":"MethodNotImplemented"}', TryLater),
        (PUT, 404, "<html>no</html>", TryLater),
        (PUT, 401, '{"error":"AccountTakedown","message":"taken down"}', AddressGone),
        (PUT, 400, '{"error":"InvalidSwap","message":"Record was at x"}', PostRejected),
    ],
)
async def test_a_refusal_means_what_it_says(
    stage: Stage, method: str, status: int, body: str, kind: type[DeliveryError]
) -> None:
    if method == LOG_IN:
        stage.forget()
    stage.between.refuses(method, status, body)

    error = await failure(stage.send("x"))

    assert type(error) is kind
    assert await stage.send("x")


async def test_where_nobody_answers_it_was_never_sent(stage: Stage) -> None:
    channel = a_channel(stage.member, NOWHERE)

    errors = [
        await failure(channel.send(Post("x"), stage.chat, key=KEY)),
        await failure(channel.find(KEY, stage.chat, Post("x"))),
    ]
    await channel.close()

    assert [type(error) for error in errors] == [TryLater, TryLater]


@pytest.mark.parametrize("status", [400, 401, 500])
async def test_what_cannot_be_looked_up_is_looked_up_later(stage: Stage, status: int) -> None:
    for _ in range(2):
        stage.between.refuses(READ, status, '{"error":"AccountTakedown"}')

    assert isinstance(await failure(stage.channel.find(KEY, stage.chat, Post("x"))), TryLater)


async def test_a_closed_channel_sends_later_and_may_be_closed_again(stage: Stage) -> None:
    await stage.send("before", "k1")
    await stage.channel.close()
    await stage.channel.close()

    error = await failure(stage.send("after", "k2"))

    assert isinstance(error, TryLater)
    assert (
        await failure(stage.channel.find("k1", Address("bluesky", "x"), Post(""))) is not None
    )


async def failure(doing: Any) -> DeliveryError | None:
    """Return which of the contract's errors this ends with, None for none."""
    try:
        await doing
    except DeliveryError as error:
        return error
    return None
