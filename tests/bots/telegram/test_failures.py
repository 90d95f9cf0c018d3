"""What each failure of the real library means, every one of them caused on the wire."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from telegram.error import BadRequest, Conflict, NetworkError, TelegramError, TimedOut

from bots.telegram.failures import failure_of
from bots.telegram.request import MOST_CONNECTIONS, TooManyRequests
from core.channel import (
    Address,
    AddressGone,
    DeliveryError,
    DeliveryUnknown,
    Post,
    PostRejected,
    TryLater,
)
from tests.bots.telegram.stage import Stage, a_channel
from tests.platforms.telegram_server import Chat, Fault, Person, TelegramServer

Scene = Callable[[TelegramServer, Person], Chat]


@pytest.fixture
async def alone(server: TelegramServer) -> AsyncIterator[Stage]:
    """Give a channel that nobody listens to: it only sends."""
    channel = a_channel(server)
    yield Stage(server, channel)
    await channel.close()


async def failure(stage: Stage, chat: str, text: str = "hello") -> DeliveryError:
    """Send something and return how it failed."""
    with pytest.raises(DeliveryError) as raised:
        await stage.channel.send(Post(text), Address("telegram", chat), key="alert:1")
    return raised.value


def blocked(_: TelegramServer, ann: Person) -> Chat:
    ann.block()
    return ann.chat


def deactivated(_: TelegramServer, ann: Person) -> Chat:
    ann.deactivate()
    return ann.chat


def never_met(server: TelegramServer, _: Person) -> Chat:
    return server.world.person("Bob", met=False).chat


def kicked(server: TelegramServer, ann: Person) -> Chat:
    group = server.world.gather("supergroup", "Flat 3", ann)
    ann.remove_bot(group)
    return group


def unknown(server: TelegramServer, ann: Person) -> Chat:
    chat = server.world.person("Nobody").chat
    del server.world.chats[chat.id], server.world.people[chat.id]
    return chat


@pytest.mark.parametrize("scene", [blocked, deactivated, never_met, kicked, unknown])
async def test_a_chat_that_does_not_take_us_any_more_is_gone(
    alone: Stage, scene: Scene
) -> None:
    chat = scene(alone.server, alone.world.person())

    found = await failure(alone, str(chat.id))

    assert isinstance(found, AddressGone)
    assert found.moved_to is None


async def test_a_deleted_topic_is_gone(alone: Stage) -> None:
    group = alone.world.gather("supergroup", "Flat 3", alone.world.person(), forum=True)

    assert isinstance(await failure(alone, f"{group.id}/77"), AddressGone)


async def test_a_group_that_moved_says_where_to_with_its_topic(alone: Stage) -> None:
    ann = alone.world.person()
    group = alone.world.gather("group", "Flat 3", ann)
    moved = group.migrate(ann)

    plain, topical = await failure(alone, f"{group.id}"), await failure(alone, f"{group.id}/5")

    assert isinstance(plain, AddressGone)
    assert isinstance(topical, AddressGone)
    assert plain.moved_to == Address("telegram", f"{moved.id}")
    assert topical.moved_to == Address("telegram", f"{moved.id}/5")


@pytest.mark.parametrize("chat", ["", "somebody", "1/2/3", "@channel", "inline"])
async def test_an_address_that_names_no_chat_is_gone_without_asking(
    alone: Stage, chat: str
) -> None:
    assert isinstance(await failure(alone, chat), AddressGone)
    assert not alone.server.counts


async def test_an_address_of_another_channel_is_not_ours(alone: Stage) -> None:
    with pytest.raises(AddressGone):
        await alone.channel.send(Post("hello"), Address("web", "1"), key="k")


@pytest.mark.parametrize("text", ["<b>open", "<marquee>x</marquee>", "<b><i>x</b></i>"])
async def test_markup_that_telegram_does_not_take_is_rejected(alone: Stage, text: str) -> None:
    ann = alone.world.person()

    assert isinstance(await failure(alone, str(ann.id), text), PostRejected)


async def test_too_many_requests_say_how_long_to_wait(alone: Stage) -> None:
    ann = alone.world.person()
    alone.server.faults.append(Fault("too_many", "sendMessage", retry_after=7))

    found = await failure(alone, str(ann.id))

    assert isinstance(found, TryLater)
    assert found.retry_after == timedelta(seconds=7)


async def test_a_revoked_token_is_put_right_by_somebody_later(alone: Stage) -> None:
    ann = alone.world.person()
    alone.server.revoke()

    assert isinstance(await failure(alone, str(ann.id)), TryLater)


@pytest.mark.parametrize(
    "fault",
    [
        *(Fault("status", status=status) for status in (500, 502, 503, 504)),
        *(Fault("drop_before"), Fault("drop_after")),
    ],
    ids=lambda fault: f"{fault.kind} {fault.status}",
)
async def test_what_may_have_arrived_is_unknown(alone: Stage, fault: Fault) -> None:
    ann = alone.world.person()
    alone.server.faults.append(
        Fault(fault.kind, status=fault.status)  # one run must not use up the next one's
    )

    assert isinstance(await failure(alone, str(ann.id)), DeliveryUnknown)


async def test_a_post_whose_answer_was_lost_did_arrive(alone: Stage) -> None:
    ann = alone.world.person()
    alone.server.faults.append(Fault("drop_after"))

    await failure(alone, str(ann.id))

    assert len(ann.chat.posts) == 1


async def test_an_answer_that_does_not_come_in_time_leaves_it_open(alone: Stage) -> None:
    ann = alone.world.person()
    alone.server.faults.append(Fault("hang"))

    with pytest.raises(TimedOut) as raised:
        await alone.channel._bot.send_message(ann.id, "hello", read_timeout=0.05)

    assert isinstance(failure_of(raised.value, "telegram"), DeliveryUnknown)


async def test_who_waits_in_vain_for_a_connection_has_sent_nothing(alone: Stage) -> None:
    ann = alone.world.person()
    alone.server.faults.append(Fault("hang", times=None))
    bot = alone.channel._bot
    busy = [asyncio.create_task(bot.send_message(ann.id, "x")) for _ in range(MOST_CONNECTIONS)]
    await asyncio.sleep(0)

    with pytest.raises(TimedOut) as raised:
        await bot.send_message(ann.id, "hello", pool_timeout=0.05)

    assert isinstance(failure_of(raised.value, "telegram"), TryLater)
    for task in busy:
        task.cancel()
    await asyncio.gather(*busy, return_exceptions=True)


async def test_where_no_connection_comes_about_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    nowhere = TelegramServer(port=port)
    channel = a_channel(nowhere)

    with pytest.raises(TryLater):
        await channel.send(Post("hello"), Address("telegram", "1"), key="alert:1")

    await channel.close()


def caused(error: TelegramError, cause: BaseException) -> TelegramError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (caused(NetworkError("x"), aiohttp.ConnectionTimeoutError()), TryLater),
        (caused(NetworkError("x"), aiohttp.SocketTimeoutError()), DeliveryUnknown),
        (caused(NetworkError("x"), aiohttp.ServerDisconnectedError()), DeliveryUnknown),
        (TooManyRequests(), TryLater),
        (NetworkError("Request Entity Too Large (413)"), PostRejected),
        (Conflict("terminated by other getUpdates request"), TryLater),
        (BadRequest("Not enough rights to send text messages to the chat"), AddressGone),
        (BadRequest("CHAT_WRITE_FORBIDDEN"), AddressGone),
        (BadRequest("Message is too long"), PostRejected),
        (TelegramError("Invalid server response"), DeliveryUnknown),
    ],
    ids=str,
)
def test_each_error_has_its_meaning(error: TelegramError, kind: type[DeliveryError]) -> None:
    assert isinstance(failure_of(error, "telegram"), kind)


async def answering(writer: asyncio.StreamWriter, body: bytes, status: str = "200 OK") -> None:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()
    writer.close()


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"<html>", "200 OK", DeliveryUnknown),
        (b"[]", "200 OK", DeliveryUnknown),
        (b"<html>", "429 Too Many Requests", TryLater),
        (b'{"ok":false,"parameters":{"retry_after":"soon"}}', "429 Too Many", TryLater),
        (b"<html>", "413 Request Entity Too Large", PostRejected),
        (b"", "302 Found", DeliveryUnknown),
    ],
)
async def test_an_answer_that_is_none_of_telegrams(
    body: bytes, status: str, kind: type[DeliveryError]
) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await answering(writer, body, status)

    listening: Any = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    channel = a_channel(TelegramServer(port=port))

    with pytest.raises(kind):
        await channel.send(Post("hello"), Address("telegram", "1"), key="alert:1")

    await channel.close()
    listening.close()
    await listening.wait_closed()
