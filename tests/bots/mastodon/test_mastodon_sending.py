from __future__ import annotations

import asyncio
import io
import json
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from PIL import Image

from bots.mastodon.channel import Mastodon, open_mastodon
from bots.mastodon.settings import MastodonSettings
from bots.surroundings import Surroundings
from core.channel import (
    Address,
    AddressGone,
    DeliveryUnknown,
    Post,
    PostRejected,
    Receipt,
    TryLater,
)
from core.model.message import Picture
from tests.builders import NOW
from tests.fakes import FakeKept
from tests.platforms.mastodon_server import OTHER_NAME, OTHER_TOKEN, MastodonServer

STATUSES = "/api/v1/statuses"
MEDIA = "/api/v2/media"
INSTANCE = "/api/v2/instance"
AROUND = Surroundings(lambda: NOW, FakeKept(), lambda *_: ())
WARNING = Post("Stop using it.\n\nhttps://www.cpsc.gov/Recalls?a=1&b=2", lang="de")


def a_picture() -> Picture:
    drawn = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(drawn, "JPEG")
    return Picture(drawn.getvalue(), "The label is on the back.")


def to(server: MastodonServer) -> Address:
    return Address("mastodon", server.chat)


async def test_a_post_is_public_in_its_language_and_the_receipt_names_it(
    server: MastodonServer, channel: Mastodon
) -> None:
    receipt = await channel.send(WARNING, to(server), key="k1")

    (status,) = await server.statuses()
    assert receipt == Receipt(status["id"], to(server))
    assert (status["visibility"], status["language"]) == ("public", "de")
    assert "Stop using it." in status["content"]
    assert (status["spoiler_text"], status["sensitive"]) == ("", False)


async def test_the_key_goes_along_and_a_repeat_within_an_hour_is_the_same_post(
    server: MastodonServer, channel: Mastodon
) -> None:
    first = await channel.send(WARNING, to(server), key="k1")
    again = await channel.send(WARNING, to(server), key="k1")

    assert again == first
    assert len(await server.statuses()) == 1
    keys = [head["Idempotency-Key"] for head, _ in server.asked_for("POST", STATUSES)]
    assert keys == ["k1", "k1"]


async def test_the_second_part_hangs_under_the_first(
    server: MastodonServer, channel: Mastodon
) -> None:
    first = await channel.send(Post("one"), to(server), key="k1")
    await channel.send(Post("two"), to(server), key="k2", reply_to=first.id)

    one, two = await server.statuses()
    assert two["in_reply_to_id"] == one["id"] == first.id


@pytest.mark.parametrize(
    ("lang", "named"),
    [("zh_Hans", "zh-CN"), ("zh-Hant", "zh-TW"), ("pt-BR", "pt"), ("ja", "ja")],
)
async def test_languages_are_named_as_mastodon_names_them(
    server: MastodonServer, channel: Mastodon, lang: str, named: str
) -> None:
    await channel.send(Post("text", lang=lang), to(server), key="k1")

    ((_, body),) = server.asked_for("POST", STATUSES)
    assert parse_qs(body)["language"] == [named]


async def test_a_picture_goes_along_with_its_description(
    server: MastodonServer, channel: Mastodon
) -> None:
    await channel.send(Post("text", picture=a_picture()), to(server), key="k1")

    (status,) = await server.statuses()
    (media,) = status["media_attachments"]
    assert media["description"] == "The label is on the back."
    assert media["type"] == "image"


async def test_a_picture_that_is_being_worked_up_is_waited_for(
    server: MastodonServer, channel: Mastodon
) -> None:
    server.fails("POST", MEDIA, status=202, body='{"id": "7", "type": "image", "url": null}')
    path = "/api/v1/media/7"
    server.fails("GET", path, status=206, body='{"id": "7", "type": "image", "url": null}')
    server.fails("GET", path, body='{"id": "7", "type": "image", "url": "https://x.example/7"}')

    await channel.send(Post("text", picture=a_picture()), to(server), key="k1")

    assert len(server.asked_for("GET", path)) == 2
    ((_, body),) = server.asked_for("POST", STATUSES)
    assert parse_qs(body)["media_ids[]"] == ["7"]


async def test_a_picture_that_is_never_done_is_tried_again_later(
    server: MastodonServer, channel: Mastodon
) -> None:
    waiting = '{"id": "7", "type": "image", "url": null}'
    server.fails("POST", MEDIA, status=202, body=waiting)
    for _ in range(30):
        server.fails("GET", "/api/v1/media/7", status=206, body=waiting)

    with pytest.raises(TryLater):
        await channel.send(Post("text", picture=a_picture()), to(server), key="k1")

    assert await server.statuses() == []


@pytest.mark.parametrize(
    "fault", [{"status": 500}, {"cut": True}, {"cut": True, "arrives": True}]
)
async def test_whatever_fails_before_the_post_itself_is_never_doubtful(
    server: MastodonServer, channel: Mastodon, fault: dict[str, int]
) -> None:
    server.fails("POST", MEDIA, **fault)

    with pytest.raises(TryLater):
        await channel.send(Post("text", picture=a_picture()), to(server), key="k1")

    assert await server.statuses() == []


async def test_a_429_says_how_long_to_wait_by_the_clock_of_the_instance(
    server: MastodonServer, channel: Mastodon
) -> None:
    headers = {
        "Date": "Sun, 22 Nov 2026 10:00:00 GMT",
        "X-RateLimit-Reset": "2026-11-22T10:05:00.000000Z",
        "X-RateLimit-Remaining": "0",
    }
    server.fails("POST", STATUSES, status=429, body='{"error": "Throttled"}', headers=headers)

    with pytest.raises(TryLater) as caught:
        await channel.send(WARNING, to(server), key="k1")

    assert caught.value.retry_after == timedelta(minutes=5)


@pytest.mark.parametrize("status", [401, 403])
async def test_a_token_that_is_refused_is_an_address_that_is_gone_and_says_why(
    server: MastodonServer, channel: Mastodon, status: int
) -> None:
    server.fails("POST", STATUSES, status=status, body='{"error": "The token was revoked"}')

    with pytest.raises(AddressGone) as caught:
        await channel.send(WARNING, to(server), key="k1")

    assert caught.value.said == f"{status} The token was revoked"


async def test_a_403_of_something_in_front_of_the_instance_is_tried_again(
    server: MastodonServer, channel: Mastodon
) -> None:
    server.fails("POST", STATUSES, status=403, body="<html>Attention required</html>")

    with pytest.raises(TryLater):
        await channel.send(WARNING, to(server), key="k1")


async def test_a_post_that_the_instance_refuses_is_rejected_in_its_words(
    server: MastodonServer, channel: Mastodon
) -> None:
    with pytest.raises(PostRejected, match="Text can't be blank"):
        await channel.send(Post(""), to(server), key="k1")


async def test_an_answer_below_a_post_that_is_gone_is_rejected(
    server: MastodonServer, channel: Mastodon
) -> None:
    server.fails("POST", STATUSES, status=404, body='{"error": "Record not found"}')

    with pytest.raises(PostRejected, match="404"):
        await channel.send(WARNING, to(server), key="k1", reply_to="1")


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 503, "body": "<html>Service Unavailable</html>"},
        {"status": 520, "body": "<html></html>"},
        {"status": 200, "body": "<html>Welcome</html>"},
        {"status": 200, "body": "{}"},
        {"cut": True},
    ],
)
async def test_what_may_have_arrived_is_doubtful_and_not_found_where_it_did_not(
    server: MastodonServer, channel: Mastodon, fault: dict[str, str]
) -> None:
    server.fails("POST", STATUSES, **fault)

    with pytest.raises(DeliveryUnknown):
        await channel.send(WARNING, to(server), key="k1")

    assert await channel.find("k1", to(server), WARNING) is None


@pytest.mark.parametrize("picture", [None, a_picture()])
async def test_a_post_whose_answer_was_lost_is_found(
    server: MastodonServer, channel: Mastodon, picture: Picture | None
) -> None:
    post = Post(
        "Heat & <fire> #CheckYourHeater\n\nhttps://www.cpsc.gov/a?b=1&c=ü", picture=picture
    )
    server.fails("POST", STATUSES, cut=True, arrives=True)
    with pytest.raises(DeliveryUnknown):
        await channel.send(post, to(server), key="k1")

    found = await channel.find("k1", to(server), post)

    (status,) = await server.statuses()
    assert found == Receipt(status["id"], to(server))


async def test_where_nothing_can_be_looked_through_it_is_looked_for_later(
    server: MastodonServer, channel: Mastodon
) -> None:
    server.fails("GET", "/api/v1/accounts/verify_credentials", status=503)

    with pytest.raises(TryLater):
        await channel.find("k1", to(server), WARNING)


async def test_an_instance_that_is_not_there_was_sent_nothing() -> None:
    settings = MastodonSettings.model_validate({"accounts": "ann@127.0.0.1:9:mock_token"})
    channel = Mastodon(settings)

    with pytest.raises(TryLater):
        await channel.send(WARNING, Address("mastodon", "ann@127.0.0.1:9"), key="k1")
    with pytest.raises(TryLater):
        await channel.find("k1", Address("mastodon", "ann@127.0.0.1:9"), WARNING)

    await channel.close()


async def test_a_redirect_is_not_followed(server: MastodonServer, channel: Mastodon) -> None:
    server.fails("POST", STATUSES, status=302, headers={"Location": f"http://{server.host}/"})

    with pytest.raises(TryLater) as caught:
        await channel.send(WARNING, to(server), key="k1")

    assert "another address" in caught.value.said
    assert server.asked_for("GET", "") == []


async def test_an_edit_takes_the_place_of_text_and_picture(
    server: MastodonServer, channel: Mastodon
) -> None:
    receipt = await channel.send(Post("before", picture=a_picture()), to(server), key="k1")

    edited = await channel.edit(receipt, Post("after", picture=a_picture()))

    (status,) = await server.statuses()
    assert edited == receipt
    assert "after" in status["content"]
    ((_, body),) = server.asked_for("PUT", f"{STATUSES}/{receipt.id}")
    assert len(parse_qs(body)["media_ids[]"]) == 1


async def test_a_post_that_was_deleted_cannot_be_edited(
    server: MastodonServer, channel: Mastodon
) -> None:
    with pytest.raises(PostRejected, match="404"):
        await channel.edit(Receipt("123456", to(server)), Post("after"))


async def test_several_accounts_post_each_with_its_own_token(server: MastodonServer) -> None:
    other = f"{OTHER_NAME}@{server.host}"
    settings = {"accounts": f"{server.login}\n{other}:{OTHER_TOKEN}"}
    channel = Mastodon(MastodonSettings.model_validate(settings))

    await asyncio.gather(
        channel.send(Post("one"), to(server), key="k1"),
        channel.send(Post("two"), Address("mastodon", other), key="k1"),
    )

    assert [one["content"] for one in await server.statuses()] == ["<p>one</p>"]
    assert [one["content"] for one in await server.statuses(OTHER_TOKEN)] == ["<p>two</p>"]
    await channel.close()


async def test_an_account_that_is_not_set_up_waits_for_whoever_runs_the_bot(
    channel: Mastodon,
) -> None:
    with pytest.raises(TryLater) as caught:
        await channel.send(WARNING, Address("mastodon", "ann@elsewhere.example"), key="k1")

    assert "RECALLBOT_MASTODON_ACCOUNTS" in caught.value.said


async def test_what_an_instance_takes_is_read_from_it(
    server: MastodonServer, channel: Mastodon
) -> None:
    told = {"statuses": {"max_characters": 60, "characters_reserved_per_url": 25}}
    server.fails("GET", INSTANCE, body=json.dumps({"configuration": told}))

    await channel.meet()

    assert channel.capabilities.fits("x" * 60)
    assert not channel.capabilities.fits("x" * 61)
    assert channel.capabilities.fits("x" * 34 + " https://www.example.org/" + "y" * 200)
    assert not channel.capabilities.fits("x" * 35 + " https://www.example.org/" + "y" * 200)
    with pytest.raises(PostRejected):
        await channel.send(Post("x" * 61), to(server), key="k1")


async def test_an_older_instance_tells_it_on_its_older_page(
    server: MastodonServer, channel: Mastodon
) -> None:
    server.fails("GET", INSTANCE, status=404, body='{"error": "Not found"}')
    server.fails("GET", "/api/v1/instance", body='{"max_toot_chars": 5000}')

    await channel.meet()

    assert channel.capabilities.fits("x" * 5000)
    assert not channel.capabilities.fits("x" * 5001)


async def test_an_instance_that_is_down_at_the_start_is_asked_before_the_first_post(
    server: MastodonServer, channel: Mastodon
) -> None:
    server.fails("GET", INSTANCE, status=502, body="<html></html>")
    await channel.meet()
    assert channel.capabilities.fits("x" * 500)

    await channel.send(WARNING, to(server), key="k1")

    assert len(server.asked_for("GET", INSTANCE)) == 2


async def test_nothing_is_sent_once_it_is_closed(
    server: MastodonServer, channel: Mastodon
) -> None:
    await channel.close()

    with pytest.raises(TryLater):
        await channel.send(WARNING, to(server), key="k1")

    assert await server.statuses() == []


async def test_without_accounts_there_is_no_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RECALLBOT_MASTODON_ACCOUNTS", raising=False)

    assert await open_mastodon(AROUND) is None


async def test_with_an_account_there_is_one_that_knows_its_limit(
    server: MastodonServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"statuses": {"max_characters": 5000}}
    server.fails("GET", INSTANCE, body=json.dumps({"configuration": told}))
    monkeypatch.setenv("RECALLBOT_MASTODON_ACCOUNTS", server.login)

    channel = await open_mastodon(AROUND)

    assert channel is not None
    assert channel.capabilities.max_caption == 5000
    await channel.close()


async def sending_held(
    server: MastodonServer, channel: Mastodon, key: str
) -> asyncio.Task[Receipt]:
    """Send a post that the instance has heard of and does not answer yet."""
    await channel.meet()
    server.opened.clear()
    server.called.clear()
    sending = asyncio.create_task(channel.send(WARNING, to(server), key=key))
    await server.called.wait()
    return sending


async def test_what_is_on_its_way_arrives_before_it_is_closed(
    server: MastodonServer, channel: Mastodon
) -> None:
    sending = await sending_held(server, channel, "k1")

    closing = asyncio.create_task(channel.close())
    server.opened.set()
    await closing

    receipt = await sending
    assert [status["id"] for status in await server.statuses()] == [receipt.id]


async def test_what_nobody_waits_for_any_more_arrives_before_it_is_closed(
    server: MastodonServer, channel: Mastodon
) -> None:
    sending = await sending_held(server, channel, "k1")

    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    server.opened.set()
    await channel.close()

    assert len(await server.statuses()) == 1


async def test_what_had_not_begun_when_it_was_closed_is_tried_again(
    server: MastodonServer, channel: Mastodon
) -> None:
    first = await sending_held(server, channel, "k1")
    second = asyncio.create_task(channel.send(Post("two"), to(server), key="k2"))
    await asyncio.sleep(0)

    closing = asyncio.create_task(channel.close())
    with pytest.raises(TryLater):
        await second
    server.opened.set()
    await closing

    assert (await first).id
    assert len(await server.statuses()) == 1
