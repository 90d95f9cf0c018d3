"""Several chats of one person: linked by a code, each for what they say, and apart again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.model.message import Message
from core.text.translations import languages, translator
from tests.core.query.told_stage import Standing, a_stage


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Standing]:
    async with a_stage(tmp_path) as stage:
        yield stage


def code_in(message: Message) -> str:
    return message.plain.split("/link ")[1].split()[0]


def presses(message: Message) -> list[str]:
    return [button.says for button in message.buttons]


async def test_a_code_links_a_chat_and_both_see_one_list(stage: Standing) -> None:
    await stage.says("/add Acme X100")
    await stage.says("/add Acme L200", "42", channel="telegram")

    told = await stage.says("/link")
    linked = await stage.says(f"/link {code_in(told).lower()}", "42", channel="telegram")

    mine = await stage.says("/mine")
    theirs = await stage.says("/mine", "42", channel="telegram")
    assert "within 15 minutes" in told.plain
    assert linked.plain == (
        "Linked: these chats now share one list.\n\nWhich chat is for what?\n"
        "Web: everything\nTelegram (this chat): everything"
    )
    assert mine.plain == theirs.plain
    assert "Acme X100" in mine.plain
    assert "Acme L200" in mine.plain


async def test_a_code_is_good_once_and_for_a_quarter_of_an_hour(stage: Standing) -> None:
    first = code_in(await stage.says("/link"))
    await stage.says(f"/link {first}", "bob")
    second = code_in(await stage.says("/link"))
    stage.clock.move(minutes=16)

    used = await stage.says(f"/link {first}", "carl")
    late = await stage.says(f"/link {second}", "carl")

    assert used.plain.startswith("That code is wrong or too old.")
    assert late.plain == used.plain


async def test_nobody_finds_a_code_by_trying(stage: Standing) -> None:
    good = code_in(await stage.says("/link"))
    for _ in range(5):
        await stage.says("/link AAAAAAAA", "eve")

    refused = await stage.says(f"/link {good}", "eve")
    stage.clock.move(minutes=1)
    another = await stage.says(f"/link {good}", "bob")

    assert refused.plain.startswith("Too many wrong codes.")
    assert another.plain.startswith("Linked")


async def test_ones_own_code_changes_nothing(stage: Standing) -> None:
    good = code_in(await stage.says("/link"))

    told = await stage.says(f"/link {good}")

    assert told.plain == "These chats are linked already."


async def test_each_chat_is_for_what_the_person_says(stage: Standing) -> None:
    await stage.says("/add Acme X100")
    code = code_in(await stage.says("/link"))
    shown = await stage.says(f"/link {code}", "phone")

    less = await stage.says(next(one for one in presses(shown) if "nothing" in one))
    none = await stage.says("/link nothing 2")
    await stage.says("/link everything 2")
    await stage.publish()

    assert "Web 1 (this chat): nothing" in less.plain
    assert none.plain.startswith("Now none of your chats gets alerts.")
    assert [len(await stage.waiting(chat)) for chat in ("ann", "phone")] == [0, 1]


async def test_a_chat_is_unlinked_and_the_list_stays_with_the_other(stage: Standing) -> None:
    await stage.says("/add Acme X100")
    code = code_in(await stage.says("/link"))
    await stage.says(f"/link {code}", "phone")

    ended = await stage.says("/link off", "phone")
    again = await stage.says("/link off", "phone")

    assert ended.plain.startswith("This chat is linked no longer.")
    assert again.plain == "This chat is not linked to another one."
    assert (await stage.says("/mine", "phone")).plain.startswith("Your list is empty")
    assert "Acme X100" in (await stage.says("/mine")).plain


async def test_a_chat_of_somebody_else_is_not_set(stage: Standing) -> None:
    await stage.says("/add Acme X100")
    code = code_in(await stage.says("/link"))
    await stage.says(f"/link {code}", "phone")

    alone = await stage.says("/link nothing 1", "eve")
    foreign = await stage.says("/link nothing 99", "phone")

    assert alone.plain == "This chat is not linked to another one."
    assert foreign.plain.startswith("This button belongs")


async def test_in_a_group_nothing_is_linked(stage: Standing) -> None:
    code = code_in(await stage.says("/link"))

    asked = await stage.in_group("/link")
    given = await stage.in_group(f"/link {code}")

    assert "between you and me" in asked.plain
    assert "between you and me" in given.plain
    assert (await stage.says(f"/link {code}", "phone")).plain.startswith("Linked")


@pytest.mark.parametrize("lang", languages())
async def test_every_button_of_the_chats_is_understood_in_every_language(
    stage: Standing, lang: str
) -> None:
    code = code_in(await stage.says("/link", lang=lang))
    shown = await stage.says(f"/link {code}", "phone", lang=lang)

    for says in presses(shown):
        answered = await stage.says(says, lang=lang)

        assert answered.lang == translator(lang).lang
        assert len(answered.buttons) == len(shown.buttons)
        assert len(says.encode()) <= 64
