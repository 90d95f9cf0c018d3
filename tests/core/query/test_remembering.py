"""Answers that are remembered: by whom, what of them, and what comes of it when they change."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.channel import Address, Inbound
from core.model.revision import RevisionKind
from core.model.verdict import Verdict
from core.store import answered, subscribers
from core.store.answered import Answered
from tests.builders import NOW, a_code_rule, a_model, all_of
from tests.core.query.told_stage import LISTED, Standing, a_stage

LINE = "If this answer changes, I will tell you. To switch that off: /alerts answers off"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Standing]:
    async with a_stage(tmp_path) as stage:
        yield stage


async def kept(stage: Standing, chat: str = "ann") -> tuple[Answered, ...]:
    async with stage.world.database.reading() as connection:
        who = await subscribers.find_subscriber(connection, "web", chat)
        return await answered.answers_of(connection, who.pk) if who else ()


async def test_every_check_is_remembered_and_the_first_time_said(stage: Standing) -> None:
    first = await stage.says("Acme X100")
    again = await stage.says("Acme X100")
    other = await stage.says("Acme L200")

    assert first.blocks[-1].text == LINE
    assert LINE not in again.plain
    assert LINE not in other.plain
    assert [(one.product.model, one.verdict) for one in await kept(stage)] == [
        ("X100", Verdict.NO_RECALL_FOUND),
        ("L200", Verdict.NO_RECALL_FOUND),
    ]


@pytest.mark.parametrize("text", ["hello", "/check", "/mine", "/claim", "/help", "hot dog?"])
async def test_what_is_no_check_of_a_product_is_not_remembered(
    stage: Standing, text: str
) -> None:
    told = await stage.says(text)

    assert LINE not in told.plain
    assert await kept(stage) == ()


async def test_s21_a_changed_answer_is_told_to_whoever_got_it(stage: Standing) -> None:
    await stage.says("Acme X100")
    await stage.says("Acme L200", "bob")

    await stage.publish()
    [told] = await stage.waiting()

    assert "On June 14, 2026 I found no recall." in told.plain or "June 14, 2026" in told.plain
    assert "Product safety recall" in told.plain
    assert await stage.waiting() == ()
    assert await stage.waiting("bob") == ()


async def test_a_confirmed_code_is_kept_as_a_mark_that_a_list_is_held_against(
    stage: Standing, tmp_path: Path
) -> None:
    await stage.publish(LISTED)
    for chat, code in (("ann", "57V00003"), ("bob", "57V00002")):
        await stage.says(f"Acme L200 serial {code}", chat)
        await stage.says("yes", chat)
    both = a_code_rule(eq=("57V00001", "57V00003"), length=(8,))
    more = LISTED.model_copy(update={"units": all_of(a_model("L200"), both)})

    remembered = [(one.field, one.verdict) for one in await kept(stage)]
    await stage.world.publish(more, RevisionKind.EXPANDED)
    await stage.world.plan()

    assert remembered == [
        (None, Verdict.CHECK_NEEDED),
        ("serial", Verdict.NOT_AFFECTED),
    ]
    assert b"57V00003" not in (tmp_path / "told.db").read_bytes()
    assert [len(await stage.waiting(chat)) for chat in ("ann", "bob")] == [1, 0]


async def test_whoever_wants_none_kept_has_none_kept(stage: Standing) -> None:
    await stage.says("Acme X100")

    off = await stage.says("/alerts answers off")
    await stage.says("Acme L200")
    without = await kept(stage)
    on = await stage.says("/alerts answers on")
    await stage.says("Acme L200")

    assert "I keep none of the answers I give you." in off.plain
    assert without == ()
    assert "If an answer I gave you changes, I tell you." in on.plain
    assert [one.product.model for one in await kept(stage)] == ["L200"]


async def test_nothing_is_remembered_of_groups_and_cards(stage: Standing) -> None:
    await stage.in_group("Acme X100")
    place = Address("web", "ann")
    card = Inbound(place, "Acme X100", NOW, "en", answer_to=Address("web", "inline:1"))
    shown = await stage.talk.reply(card)

    assert LINE not in shown.plain
    assert await stage.world.run("SELECT * FROM answered") == []


async def test_the_language_of_the_answer_is_that_of_the_news(stage: Standing) -> None:
    await stage.says("ist mein Acme X100 zurückgerufen?", lang=None)

    await stage.publish()
    [told] = await stage.waiting()

    assert told.lang == "de"


async def test_what_goes_wrong_with_remembering_spoils_no_answer(stage: Standing) -> None:
    await stage.world.run("ALTER TABLE answered RENAME TO mislaid")

    told = await stage.says("Acme X100")
    again = await stage.says("yes please")

    assert told.plain.startswith("No recall found for Acme X100")
    assert LINE not in told.plain
    assert again.blocks


async def test_everything_remembered_is_handed_over_and_forgotten(stage: Standing) -> None:
    await stage.says("Acme X100")
    handed = await stage.says("/mydata")

    await stage.says("/forget yes")

    assert handed.attachment is not None
    assert json.loads(handed.attachment.content)["answers"][0]["model"] == "X100"
    assert await stage.world.run("SELECT * FROM answered") == []
    assert (await stage.says("Acme X100")).blocks[-1].text == LINE
