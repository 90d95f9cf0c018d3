"""One chat on a real SQLite file: what is kept between messages, for whom, and what is not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.channel import Address, Inbound
from core.model.label import Box, Line, Reading
from core.model.lexicon import Lexicon
from core.model.message import Message, Picture
from core.query.ages import FEED_LIMIT, AgeLimits
from core.query.bound import words_of
from core.query.memory import Memory
from core.query.photo import Look
from core.query.talk import Talk
from core.store import conversations, notices, subscribers
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
    patient = replace(late, limits=AgeLimits({"catalogue": timedelta(days=90)}))

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
    assert listed.plain.endswith("(1) Acme X100\n(2) Acme W7310")


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


SERIAL = "57X00000"


async def in_group(talk: Talk, text: str, photo: bytes | None = None) -> Message:
    place = Address("web", "club")
    link = "https://bot.example/private"
    return await talk.reply(
        Inbound(place, text, NOW, "en", photo, group=True, private_link=link)
    )


async def test_a_serial_in_a_group_is_neither_repeated_nor_kept(talk: Talk) -> None:
    answered = await in_group(talk, f"acme x100 serial {SERIAL}")

    said = answered.plain
    assert said.startswith("Product safety recall: check your Acme X100")
    assert SERIAL not in said
    assert "Ask me in private" in said
    assert "https://bot.example/private" in said
    assert answered.buttons == ()
    assert await kept(talk, "club") is None


async def test_a_model_recalled_as_a_whole_needs_no_private_chat(talk: Talk) -> None:
    answered = await in_group(talk, "acme W7310")

    assert answered.plain.startswith("Product safety recall: Acme W7310")
    assert "private" not in answered.plain


@pytest.mark.parametrize("text", ["I have this: acme x100", "what do I have", "forget me"])
async def test_a_list_is_kept_in_private_only(talk: Talk, text: str) -> None:
    answered = await in_group(talk, text)

    assert "between you and me" in answered.plain
    async with talk.database.reading() as connection:
        assert await subscribers.items(connection, "web", "club") == ()


async def test_a_photo_in_a_group_is_sent_to_a_private_chat_unseen(talk: Talk) -> None:
    answered = await in_group(replace(talk, eyes=Sees()), "is this recalled?", b"photo")

    assert answered.plain.startswith("Photos of labels show serial numbers.")


async def test_the_language_of_a_group_is_remembered(talk: Talk) -> None:
    await in_group(talk, "auf Deutsch bitte")

    answered = await in_group(talk, "acme W7310")

    assert answered.lang == "de"


@dataclass(frozen=True)
class Sees:
    """Eyes that see these lines on every photo, or refuse it."""

    lines: tuple[str, ...] = ("Acme", "Model: X100", f"SN: {SERIAL}")
    refused: str | None = None
    limits: Mapping[str, int] = field(default_factory=lambda: {"size": 15, "megapixels": 50})

    async def look(self, photo: bytes, choose: Callable[[Reading], Box | None]) -> Look:
        assert photo
        if self.refused:
            return Look(refused=self.refused)
        rows = enumerate(self.lines)
        lines = tuple(
            Line(text=text, box=Box(left=10, top=40 * row, right=300, bottom=40 * row + 30))
            for row, text in rows
        )
        reading = Reading(lines=lines, width=400, height=400)
        return Look(reading, b"jpeg" if choose(reading) else None)


async def photographs(talk: Talk, caption: str = "") -> Message:
    return await talk.reply(Inbound(Address("web", "ann"), caption, NOW, "en", b"photo"))


async def test_a_label_is_read_back_and_clears_only_after_a_yes(talk: Talk) -> None:
    seeing = replace(talk, eyes=Sees())

    shown = await photographs(seeing)
    settled = await says(seeing, "yes")

    assert shown.blocks[0].text.startswith("Product safety recall: check your")
    assert f"- serial number: {SERIAL}" in shown.plain
    assert "Is it exactly that?" in shown.plain
    assert [words_of(button.says) for button in shown.buttons] == ["yes", "no"]
    assert shown.picture == Picture(b"jpeg", shown.picture.alt if shown.picture else "")
    assert settled.blocks[0].text.startswith("Not covered by the recall")


async def test_a_label_read_wrong_is_typed_instead(talk: Talk) -> None:
    seeing = replace(talk, eyes=Sees())
    await photographs(seeing)

    asked = await says(seeing, "no")
    settled = await says(seeing, "acme x100 serial 57V00000")

    assert asked.plain.startswith("Next: type what the label really says")
    assert settled.blocks[0].text.startswith("Product safety recall: Acme X100")


async def test_a_correction_of_a_label_is_heard(talk: Talk) -> None:
    seeing = replace(talk, eyes=Sees())
    await photographs(seeing)

    settled = await says(seeing, "no, 57V00000")

    assert settled.blocks[0].text == "I now read: Acme X100."
    assert "Recalled: the serial number 57V00000" in settled.plain


async def test_a_photo_of_the_serial_completes_what_was_spoken_of(talk: Talk) -> None:
    seeing = replace(talk, eyes=Sees((f"SN: {SERIAL}",)))
    await says(seeing, "acme x100")

    shown = await photographs(seeing)

    assert "check your Acme X100" in shown.blocks[0].text
    assert f"- serial number: {SERIAL}" in shown.plain


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("broken", "cannot open that file"),
        ("moving", "moving picture"),
        ("too_large", "15 MB and 50 megapixels"),
        ("took_too_long", "took too long"),
        ("busy", "in a minute"),
        ("off", "cannot read photos here"),
    ],
)
async def test_a_photo_that_is_not_read_is_answered_with_a_way_out(
    talk: Talk, kind: str, words: str
) -> None:
    answered = await photographs(replace(talk, eyes=Sees(refused=kind)))

    assert words in answered.plain


async def test_a_photo_without_a_label_says_how_to_take_a_better_one(talk: Talk) -> None:
    answered = await photographs(replace(talk, eyes=Sees(("Happy birthday",))))

    assert answered.plain.startswith("I found neither a bar code nor a model number")


async def test_without_eyes_a_photo_is_answered_with_words(talk: Talk) -> None:
    answered = await photographs(talk)

    assert answered.plain.startswith("I cannot read photos here.")


async def test_help_speaks_of_photos_only_where_they_are_read(talk: Talk) -> None:
    without = await says(talk, "help")
    with_eyes = await says(replace(talk, eyes=Sees()), "help")

    assert "photo" not in without.plain
    assert "photo of the label" in with_eyes.plain


async def test_the_language_chosen_outlives_what_the_platform_says(talk: Talk) -> None:
    chosen = await says(talk, "auf Deutsch bitte")

    answered = await says(talk, "acme W7310", lang="ja")

    assert chosen.plain == "Ab jetzt antworte ich auf Deutsch."
    assert answered.lang == "de"


async def test_where_the_platform_says_nothing_the_message_shows_the_language(
    talk: Talk,
) -> None:
    answered = await says(talk, "ist mein Acme W7310 vom Rückruf betroffen?", lang=None)

    assert answered.lang == "de"


async def test_a_wrong_model_on_the_list_is_put_right_there(talk: Talk) -> None:
    await says(talk, "I have this: acme x100")

    await says(talk, "no, W7310")

    listed = await says(talk, "what do I have")
    assert listed.plain == "On your list:\n\n(2) Acme W7310"


async def test_the_country_and_language_of_an_owner_are_kept_with_them(talk: Talk) -> None:
    await says(talk, "I live in Japan")
    await says(talk, "auf Deutsch bitte")

    await says(talk, "Ich besitze das: acme x100")

    async with talk.database.reading() as connection:
        who = await subscribers.find_subscriber(connection, "web", "ann")
    assert who is not None
    assert (who.lang, who.region) == ("de", "JP")


@pytest.mark.parametrize("text", ["57V00000", "lot L5712345", "serial 57V00000"])
async def test_a_code_alone_is_never_answered_with_no_recall(talk: Talk, text: str) -> None:
    place = Address("web", "group")
    group = Inbound(place, text, NOW, "en", group=True, private_link="https://bot.example/")

    public = await talk.reply(group)

    assert public.blocks[0].text == "Which product do you have?"
    assert "5712345" not in public.plain
    assert "V00000" not in public.plain
    assert "https://bot.example/" in public.plain


async def test_what_is_printed_leads_over_the_caption_and_alone_is_confirmed(
    talk: Talk,
) -> None:
    seeing = replace(talk, eyes=Sees(("Acme", "Model: X100")))

    await photographs(seeing, "serial 57X00000")
    settled = await says(seeing, "yes")

    assert "Does it really say 57X00000?" in settled.plain


async def test_a_caption_never_takes_the_place_of_what_the_label_says(talk: Talk) -> None:
    seeing = replace(talk, eyes=Sees(("Acme", "Model: X100", "SN: 57V00000")))

    shown = await photographs(seeing, "Nokia, serial 57X00000")
    settled = await says(seeing, "yes")

    assert "- serial number: 57V00000" in shown.plain
    assert settled.blocks[0].text == "Product safety recall: Acme X100 power bank"


async def test_a_photo_of_the_model_keeps_the_serial_that_was_typed(talk: Talk) -> None:
    seeing = replace(talk, eyes=Sees(("Acme", "Model: X100")))
    await says(seeing, "acme x100")
    await says(seeing, "57V00000")

    await photographs(seeing)
    settled = await says(seeing, "yes")

    assert "Recalled: the serial number 57V00000" in settled.plain


async def test_a_source_that_is_not_asked_stands_in_nobodys_way(talk: Talk) -> None:
    async with talk.database.writing() as connection:
        await notices.set_source(connection, "elsewhere", NOW - timedelta(days=8))
    asking = replace(talk, limits=AgeLimits({"catalogue": FEED_LIMIT}, None))

    blocked, answered = [await says(each, "nokia 3310") for each in (talk, asking)]

    assert blocked.blocks[0].text.startswith("I cannot answer")
    assert answered.blocks[0].text.startswith("No recall found")
    assert "elsewhere" not in str(answered)
