"""Stories of a conversation: over several messages, a restart, another language, in a group."""

from __future__ import annotations

from core.channel import Address, Inbound
from core.model.message import Message
from core.query.talk import Talk
from core.store import conversations
from tests.scenarios.stage import Stage

SERIAL = "AFVDC20G17301234"


async def restarted(stage: Stage) -> Stage:
    """Return the same bot as it is after a restart: nothing but the database is left."""
    talk = stage.talk
    fresh = Talk(talk.database, talk.lexicon, talk.clock, talk.limits, talk.file)
    return Stage(fresh, stage.database, stage.clock)


async def in_a_group(stage: Stage, text: str) -> Message:
    place, link = Address("web", "group"), "https://bot.example/private"
    inbound = Inbound(place, text, stage.clock.now(), "en", group=True, private_link=link)
    return await stage.talk.reply(inbound)


async def test_s17_a_serial_in_a_group_is_answered_for_the_model_and_taken_to_private(
    stage: Stage,
) -> None:
    answered = await in_a_group(stage, f"is my Anker A1263 recalled? SN {SERIAL}")

    async with stage.database.reading() as connection:
        kept = await conversations.load(connection, "web", "group")
    assert answered.plain.startswith("Product safety recall: check your Anker PowerCore 10000")
    assert SERIAL not in answered.plain
    assert "https://bot.example/private" in answered.plain
    assert kept is None


async def test_a_question_outlives_a_restart(stage: Stage) -> None:
    asked = await stage.says("INIU BI-B41")
    later = await restarted(stage)

    settled = await later.says("000G211234567")

    assert "serial number" in asked.plain
    assert settled.plain.startswith("Product safety recall: INIU 10,000mAh power bank (BI-B41)")
    assert "Recalled: the serial number 000G211234567" in settled.plain


async def test_a_misread_number_is_put_right_in_plain_words(stage: Stage) -> None:
    wrong = await stage.says("Anker A1268")

    right = await stage.says("sorry, I meant A1263")

    assert wrong.plain.startswith("Please check the number on your Anker A1268")
    assert right.plain.startswith("I now read: Anker A1263.")
    assert "Product safety recall" in right.plain


async def test_the_language_chosen_outlives_a_restart(stage: Stage) -> None:
    chosen = await stage.says("日本語で")
    later = await restarted(stage)

    answered = await later.says("Anker A1263")

    assert chosen.plain == "これからは日本語でお答えします。"
    assert answered.lang == "ja"
    assert "Anker A1263（モバイルバッテリー）" in answered.plain


async def test_the_persons_country_leads_every_answer_from_then_on(stage: Stage) -> None:
    before = await stage.says("Anker A1642")
    told = await stage.says("cancel")
    await stage.says("I live in Japan")

    after = await stage.says("Anker A1642")

    assert told.plain.startswith("Dropped.")
    assert "Recalled: the recall covers every unit" not in before.plain
    assert "Japan" in after.plain
    assert after.plain != before.plain


async def test_whoever_cannot_find_the_code_is_sent_to_the_notice(stage: Stage) -> None:
    asked = await stage.says("IKEA VARMFRONT E2038")

    given_up = await stage.says("I can't find it")

    assert "send me the date code" in asked.plain
    assert "compare your unit with the notice" in given_up.plain
    assert given_up.plain.startswith("Product safety recall: check your")
