"""What was heard is settled when it was answered or given up, and not when it was cut off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from bots.app import open_database, open_talk, serve
from core.channel import (
    Address,
    AddressGone,
    Capabilities,
    DeliveryError,
    DeliveryUnknown,
    Heard,
    Inbound,
    Left,
    Markup,
    Post,
    PostRejected,
    Receipt,
    TryLater,
)
from core.model.message import Message
from core.query.talk import Talk
from core.settings import Settings
from tests.builders import NOW

SOON = TryLater(timedelta(milliseconds=1))
HERE = Address("memory", "1")


class Chat:
    """A channel on which one thing is heard; each try to say something meets one of `meets`."""

    kind = "memory"
    capabilities = Capabilities(fits=lambda _: True, markup=Markup.PLAIN, edits=True)

    def __init__(self, heard: Heard, *meets: Exception | None) -> None:
        self.heard = heard
        self.meets = list(meets)
        self.tried: list[str] = []
        self.hangs = False
        self.began = asyncio.Event()

    def render(self, message: Message) -> tuple[Post, ...]:
        return (Post(message.plain),)

    async def send(
        self, post: Post, to: Address, *, key: str, reply_to: str | None = None
    ) -> Receipt:
        del post, reply_to
        return await self._said(key, to)

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        del post
        return await self._said("edit", receipt.to)

    async def _said(self, key: str, to: Address) -> Receipt:
        self.tried.append(key)
        self.began.set()
        if self.hangs:
            await asyncio.Event().wait()
        if self.meets and (error := self.meets.pop(0)):
            raise error
        return Receipt(key, to)

    async def find(self, key: str, to: Address, post: Post) -> Receipt | None:
        del key, to, post
        return None

    async def listen(self) -> AsyncIterator[Heard]:
        yield self.heard

    async def close(self) -> None:
        self.meets.clear()


class Counting:
    """Counts how often something was settled."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


@pytest.fixture
async def talk(database: Path) -> AsyncIterator[Talk]:
    settings = Settings(database_url=str(database))
    store = await open_database(settings)
    with closing(await open_talk(store, settings)) as talk:
        yield talk
    await store.close()


@pytest.mark.parametrize(
    "error", [None, AddressGone(), PostRejected(), DeliveryUnknown(), RuntimeError()]
)
async def test_what_was_answered_or_given_up_is_settled_once(
    talk: Talk, error: DeliveryError | None
) -> None:
    settled = Counting()
    chat = Chat(Inbound(HERE, "anker A1263", NOW, settled=settled), error)

    await serve([chat], talk)

    assert len(chat.tried) == 1
    assert settled.times == 1


async def test_that_somebody_left_is_settled_when_it_was_noted(talk: Talk) -> None:
    settled = Counting()

    await serve([Chat(Left(HERE, settled=settled))], talk)

    assert settled.times == 1


async def test_what_is_cut_off_by_a_stop_is_not_settled(talk: Talk) -> None:
    settled = Counting()
    chat = Chat(Inbound(HERE, "anker A1263", NOW, settled=settled))
    chat.hangs = True
    serving = asyncio.create_task(serve([chat], talk))
    await chat.began.wait()

    serving.cancel()
    with suppress(asyncio.CancelledError):
        await serving

    assert settled.times == 0


async def test_a_reply_that_surely_did_not_go_is_tried_again_by_the_same_key(
    talk: Talk,
) -> None:
    chat = Chat(Inbound(HERE, "anker A1263", NOW), *[SOON] * 4)

    await serve([chat], talk)

    assert len(chat.tried) == 5
    assert len(set(chat.tried)) == 1


async def test_so_is_one_that_takes_the_place_of_its_question(talk: Talk) -> None:
    pressed = Inbound(HERE, "anker A1263", NOW, replaces=Receipt("7", HERE))
    chat = Chat(pressed, SOON, SOON)

    await serve([chat], talk)

    assert chat.tried == ["edit"] * 3


async def test_a_reply_is_given_up_where_a_minute_would_not_do(talk: Talk) -> None:
    settled = Counting()
    long = TryLater(timedelta(seconds=61))
    chat = Chat(Inbound(HERE, "anker A1263", NOW, settled=settled), long)

    await serve([chat], talk)

    assert len(chat.tried) == settled.times == 1
