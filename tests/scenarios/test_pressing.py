"""Buttons of old messages: what they say is taken only for what they were shown with."""

from __future__ import annotations

import pytest

from core.channel import Address, Inbound
from core.model.message import Message
from core.query.bound import words_of
from tests.scenarios.stage import Stage

CALYPSO = "IKEA CALYPSO date code"


def pressing(message: Message, words: str) -> str:
    """Return what is heard where the button of these words is pressed."""
    return next(one.says for one in message.buttons if words_of(one.says) == words)


async def test_yes_to_an_earlier_code_never_confirms_a_later_one(stage: Stage) -> None:
    earlier = await stage.says(f"{CALYPSO} 1820")
    await stage.says(f"{CALYPSO} 2301")

    told = await stage.says(pressing(earlier, "yes"))

    assert "Not covered" not in told.plain
    assert told.plain.startswith("This button belongs to an earlier question")
    assert told.anew


async def test_yes_still_confirms_the_code_it_was_shown_with(stage: Stage) -> None:
    earlier = await stage.says(f"{CALYPSO} 1820")
    later = await stage.says(f"{CALYPSO} 2301")
    await stage.says(pressing(earlier, "yes"))

    told = await stage.says(pressing(later, "yes"))

    assert told.blocks[0].text.startswith("Not covered")
    assert "2301" in told.plain
    assert not told.anew


async def test_a_second_press_says_the_same_once_more(stage: Stage) -> None:
    asked = await stage.says(f"{CALYPSO} 1820")
    first = await stage.says(pressing(asked, "yes"))

    second = await stage.says(pressing(asked, "yes"))

    assert second == first


async def test_after_other_words_an_old_yes_is_no_second_press(stage: Stage) -> None:
    asked = await stage.says(f"{CALYPSO} 1820")
    await stage.says(pressing(asked, "yes"))
    await stage.says("Casely E33A")

    told = await stage.says(pressing(asked, "yes"))

    assert told.anew


@pytest.mark.parametrize("words", ["I have this", "how do I claim"])
async def test_an_old_wish_is_never_about_another_product(stage: Stage, words: str) -> None:
    earlier = await stage.says("Casely E33A")
    says = next(
        one.says for one in earlier.buttons if words_of(one.says).lower() == words.lower()
    )
    await stage.says("IKEA CALYPSO")

    told = await stage.says(says)
    listed = await stage.says("what do I have")

    assert told.anew
    assert "CALYPSO" not in listed.plain


async def test_a_language_chosen_meanwhile_leaves_a_question_open(stage: Stage) -> None:
    asked = await stage.says(f"{CALYPSO} 1820")
    await stage.says("/language de")

    told = await stage.says(pressing(asked, "yes"))

    assert not told.anew
    assert "1820" in told.plain


@pytest.mark.parametrize(
    "text", ["/said", "/said 0", "/said 00000000 yes", "/said x /forget yes"]
)
async def test_a_press_that_nobody_was_offered_is_not_taken(stage: Stage, text: str) -> None:
    await stage.says(f"{CALYPSO} 1820")

    told = await stage.says(text)

    assert told.anew


async def told_as(stage: Stage, message: str, text: str) -> Message:
    """Say something in the message of that number, for the first time or again."""
    inbound = Inbound(Address("telegram", "1"), text, stage.clock.now(), "en", message=message)
    return await stage.talk.reply(inbound)


@pytest.mark.parametrize("again", ["1820", "1820.", " 1820 "])
async def test_a_code_heard_again_or_edited_was_typed_but_once(
    stage: Stage, again: str
) -> None:
    await told_as(stage, "1", "IKEA CALYPSO")
    await told_as(stage, "2", "1820")

    repeated = await told_as(stage, "2", again)
    typed_twice = await told_as(stage, "3", "1820")

    assert "Not covered" not in repeated.plain
    assert typed_twice.blocks[0].text.startswith("Not covered")


async def test_a_yes_heard_again_answers_no_later_question(stage: Stage) -> None:
    await told_as(stage, "1", f"{CALYPSO} 1820")
    await told_as(stage, "2", "yes")
    await told_as(stage, "3", f"{CALYPSO} 2301")

    told = await told_as(stage, "2", "yes")

    assert "Not covered" not in told.plain


async def test_a_code_behind_a_command_confirms_nothing(stage: Stage) -> None:
    await stage.says(f"{CALYPSO} 1820")

    told = await stage.says("/check 1820")

    assert "Not covered" not in told.plain
