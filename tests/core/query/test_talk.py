"""One chat on a real SQLite file: what is kept between messages, for whom, and what is not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.channel import Address, Inbound
from core.model.lexicon import Lexicon
from core.model.message import Message
from core.query.conversation import Memory
from core.query.talk import FEED_LIMIT, Talk
from core.store import conversations, notices
from core.store.work import Database
from tests.builders import NOW, a_code_rule, a_maker, a_model, a_notice, all_of

LISTED = a_notice(all_of(a_model(), a_code_rule(starts=("57V",), length=(8,))))
OTHER = a_notice(a_model("W7310"), id="acme-w7310-us", product="Acme W7310 power bank")


@dataclass(frozen=True)
class Standing:
    """A clock that stands."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    database = await Database.open(f"sqlite:///{tmp_path / 'talk.db'}")
    async with database.writing() as connection:
        await notices.put_notices(connection, "catalogue", [LISTED, OTHER], NOW)
        await notices.set_source(connection, "catalogue", NOW, "mark")
    lexicon = Lexicon.of([a_maker()], [LISTED, OTHER])
    yield Talk(database, lexicon, Standing())
    await database.close()


async def says(talk: Talk, text: str, chat: str = "ann", lang: str | None = "en") -> Message:
    return await talk.reply(Inbound(Address("web", chat), text, NOW, lang))


async def kept(talk: Talk, chat: str = "ann") -> Memory | None:
    async with talk.database.reading() as connection:
        body = await conversations.load(connection, "web", chat)
    return Memory.model_validate_json(body) if body else None


async def test_a_question_is_settled_over_several_messages(talk: Talk) -> None:
    first = await says(talk, "acme x100")
    second = await says(talk, "57X00000")
    third = await says(talk, "yes")

    assert "Next: send me the serial number." in first.plain
    assert "Does it really say 57X00000?" in second.plain
    assert third.blocks[0].text.startswith("Not covered by the recall")


async def test_chats_do_not_hear_each_other(talk: Talk) -> None:
    await says(talk, "acme x100", chat="ann")

    answered = await says(talk, "57V00000", chat="bob")

    assert not answered.blocks[0].text.startswith("Product safety recall: Acme")
    memory = await kept(talk, "ann")
    assert memory is not None
    assert (memory.model, memory.facts) == ("X100", {})


async def test_what_another_version_kept_is_let_go(talk: Talk) -> None:
    async with talk.database.writing() as connection:
        await conversations.save(connection, "web", "ann", '{"step": "no such step"}', NOW)

    answered = await says(talk, "acme W7310")

    assert answered.blocks[0].text == "Product safety recall: Acme W7310 power bank"


async def test_a_source_without_a_limit_of_its_own_takes_a_week(talk: Talk) -> None:
    late = replace(talk, clock=Standing(NOW + FEED_LIMIT + timedelta(seconds=1)))
    patient = replace(late, limits={"catalogue": timedelta(days=90)})

    answers = [await says(each, "nokia 3310") for each in (talk, late, patient)]

    assert [answer.blocks[0].text.split(" for ")[0] for answer in answers] == [
        "No recall found",
        "I cannot answer",
        "No recall found",
    ]


async def test_several_things_are_remembered_at_once(talk: Talk) -> None:
    told = await says(talk, "add acme x100 and acme W7310 to my list")

    listed = await says(talk, "what do I have")
    assert told.blocks[0].text.splitlines() == [
        "I will remember: Acme X100.",
        "I will remember: Acme W7310.",
    ]
    assert listed.plain.endswith("- Acme X100\n- Acme W7310")


async def test_a_language_we_do_not_speak_is_answered_in_english(talk: Talk) -> None:
    answered = await says(talk, "acme W7310", lang="tlh")

    assert answered.lang == "en"


async def test_forgetting_erases_the_conversation_of_this_very_message(talk: Talk) -> None:
    await says(talk, "acme x100")

    await says(talk, "forget me")

    assert await kept(talk) is None


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "'; DROP TABLE notice; --", "<b>", "x" * 100_000]
)
async def test_anything_typed_is_answered_and_loses_nothing(talk: Talk, text: str) -> None:
    answered = await says(talk, text)

    after = await says(talk, "acme W7310")
    assert answered.blocks
    assert after.blocks[0].text == "Product safety recall: Acme W7310 power bank"
