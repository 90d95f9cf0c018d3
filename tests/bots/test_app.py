"""The wiring: databases opened and filled, replies sent, failures told and not spread."""

from __future__ import annotations

import io
import logging
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bots.app import open_database, open_talk, serve
from bots.ask import Options, limits, open_asker
from bots.failure import Failure
from bots.logs import set_up
from bots.terminal import Terminal
from core.channel import (
    Address,
    AddressGone,
    Capabilities,
    DeliveryError,
    Inbound,
    Markup,
    Post,
    Receipt,
    TryLater,
)
from core.clock import SystemClock
from core.model.message import Message
from core.settings import Settings
from tests.bots.conftest import SHIPPED
from tests.builders import NOW
from tests.contracts.store_cases import postgresql_case

QUESTIONS = ("anker A1263", "casely E33A", "iniu BI-B41", "zzz 12345", "A1263 in japan", "")


class Chat:
    """A channel in memory: asks `texts`, keeps what is sent, or fails as it is told to."""

    kind = "memory"
    capabilities = Capabilities(fits=lambda _: True, markup=Markup.PLAIN)

    def __init__(self, *texts: str, fails: DeliveryError | None = None) -> None:
        self.texts = texts
        self.fails = fails
        self.sent: list[tuple[str, str]] = []

    def render(self, message: Message) -> tuple[Post, ...]:
        return (Post(message.plain),)

    async def send(
        self, post: Post, to: Address, *, key: str, reply_to: str | None = None
    ) -> Receipt:
        del reply_to
        if self.fails:
            raise self.fails
        self.sent.append((key, post.text))
        return Receipt(key, to)

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        del post
        return receipt

    async def find(self, key: str, to: Address, post: Post) -> Receipt | None:
        del key, to, post
        return None

    async def listen(self) -> AsyncIterator[Inbound]:
        for number, text in enumerate(self.texts):
            yield Inbound(Address(self.kind, str(number)), text, NOW)

    async def close(self) -> None:
        self.texts = ()


@pytest.fixture
def settings(database: Path) -> Settings:
    return Settings(database_url=str(database))


@pytest.fixture
def on_postgresql(postgres: str, tmp_path: Path) -> Iterator[Settings]:
    with postgresql_case(postgres, tmp_path) as case, case.fresh(empty=True) as url:
        yield Settings(database_url=url)


@pytest.mark.postgres
def test_postgresql_answers_like_sqlite(on_postgresql: Settings) -> None:
    def verdicts(settings: Settings) -> list[tuple[object, ...]]:
        with open_asker(settings) as asker:
            told = [asker.ask_text(text, Options("US")) for text in QUESTIONS]
        return [
            (
                one.verdict,
                one.message.plain,
                [f.notice.id for i in one.items for f in i.decision.findings],
            )
            for one in told
        ]

    assert verdicts(on_postgresql) == verdicts(Settings(database_url=str(SHIPPED)))


async def test_every_chat_gets_its_reply_with_a_key_of_its_own(settings: Settings) -> None:
    chat, other = Chat("anker A1263", "hello"), Chat("casely E33A")
    store = await open_database(settings)

    with closing(await open_talk(store, settings)) as talk:
        await serve([chat, other], talk)
    await store.close()

    assert len(chat.sent) == 2
    assert len(other.sent) == 1
    assert len({key for key, _ in chat.sent + other.sent}) == 3
    assert any("A1263" in text for _, text in chat.sent)


@pytest.mark.parametrize("error", [AddressGone(), TryLater(timedelta(hours=1))])
async def test_a_reply_that_cannot_be_sent_stops_nobody_else(
    settings: Settings, error: DeliveryError
) -> None:
    failing, chat = Chat("anker A1263", "hello", fails=error), Chat("anker A1263")
    store = await open_database(settings)

    with closing(await open_talk(store, settings)) as talk:
        await serve([failing, chat], talk)
    await store.close()

    assert failing.sent == []
    assert len(chat.sent) == 1


async def test_a_locked_database_ends_no_conversation(
    settings: Settings, database: Path
) -> None:
    printed = io.StringIO()
    terminal = Terminal(io.StringIO("anker A1263\n"), printed, lambda: NOW)
    store = await open_database(settings)
    talk = await open_talk(store, settings, SystemClock())

    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await serve([terminal], talk)
    await serve([Terminal(io.StringIO("anker A1263\n"), printed, lambda: NOW)], talk)
    talk.close()
    await store.close()

    assert printed.getvalue().count("Product safety recall") == 1
    assert printed.getvalue().count("send it again in a minute") == 1


async def test_a_database_locked_before_it_is_filled_is_a_failure(
    settings: Settings, database: Path
) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("UPDATE source_state SET digest = 'older'")
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(Failure, match="locked by another program"):
            await open_database(settings)


@pytest.mark.parametrize("as_json", [True, False])
def test_logs_are_set_up_as_text_or_json(*, as_json: bool) -> None:
    set_up(Settings(log_level="error", log_json=as_json))

    assert logging.getLogger().handlers


async def test_a_chat_knows_the_age_that_the_settings_allow(settings: Settings) -> None:
    own = {"safety_gate": 10}
    patient = settings.model_copy(
        update={"feed_max_age_days": 30, "source_max_age_days": own, "sources": "cpsc, fda"}
    )
    everybody = settings.model_copy(update={"source_max_age_days": own})
    store = await open_database(patient)

    with closing(await open_talk(store, patient)) as talk:
        allowed = talk.limits
    await store.close()

    assert allowed.of("cpsc") == timedelta(days=30)
    assert allowed.of("catalogue") == timedelta(days=90)
    assert allowed.of("safety_gate") is None
    assert limits(everybody).of("safety_gate") == timedelta(days=10)
    assert limits(everybody).of("opss") == timedelta(days=7)
