"""What Telegram shows of us elsewhere: cards in other chats, menus, descriptions."""

from __future__ import annotations

import pytest

from bots.telegram.menu import menus, show
from bots.telegram.render import render
from core.channel import Address, Post, PostRejected
from core.model.message import Block, Message, Role
from core.text.translations import languages, translator
from tests.bots.telegram.stage import Stage, a_channel, opened
from tests.platforms.telegram_server import TelegramServer


async def test_a_question_from_another_chat_gets_a_card(stage: Stage) -> None:
    ann, bob = stage.world.person("Ann", lang="de"), stage.world.person("Bob")
    question = ann.ask_inline("A1263")
    inbound = await stage.inbound()
    assert inbound.answer_to
    blocks = Block(Role.HEADLINE, "Recall <1>"), Block(Role.ACTION, "Stop & read")
    (post,) = render(Message(blocks))

    receipt = await stage.channel.send(post, inbound.answer_to, key="reply:1")

    assert (inbound.text, inbound.group) == ("A1263", True)
    assert inbound.sender == Address("telegram", str(ann.id))
    assert receipt.to == inbound.answer_to
    (card,) = question.results
    assert (card["title"], card["description"]) == ("Recall <1>", "Stop & read")
    shared = ann.choose(question, card["id"], bob.chat)
    assert shared.text == "Recall <1>\n\nStop & read"
    assert shared.labels == ["Privat fragen"] or shared.buttons[0]["url"].startswith("https")


async def test_a_second_post_to_the_same_question_is_left_out(stage: Stage) -> None:
    question = stage.world.person().ask_inline("A1263")
    to = (await stage.inbound()).answer_to
    assert to

    for text in ("card", "more"):
        await stage.channel.send(Post(text), to, key=f"reply:{text}")

    assert [card["title"] for card in question.results] == ["card"]


async def test_a_question_that_waited_too_long_is_rejected(stage: Stage) -> None:
    question = stage.world.person().ask_inline("A1263")
    to = (await stage.inbound()).answer_to
    assert to
    question.expired = True

    with pytest.raises(PostRejected):
        await stage.channel.send(Post("card"), to, key="reply:1")


async def test_an_empty_question_gets_a_hint_and_the_way_into_private(stage: Stage) -> None:
    question = stage.world.person("Ann", lang="de").ask_inline("  ")

    answer = await stage.until(lambda: question.answer)

    assert answer["results"] == []
    assert answer["button"]["text"] == translator("de")("telegram_inline_hint")
    assert stage.heard == []


async def test_what_somebody_types_on_counts_and_not_what_they_had_typed(
    server: TelegramServer,
) -> None:
    ann = server.world.person()
    for typed in ("A", "A1", "A1263"):
        ann.ask_inline(typed)

    async with opened(server) as stage:
        await stage.inbound()
        await stage.settled(ann)

        assert stage.said == ["A1263"]


async def test_where_nobody_asked_there_is_no_card(server: TelegramServer) -> None:
    channel = a_channel(server)

    with pytest.raises(PostRejected):
        await channel.send(Post("card"), Address("telegram", "inline:1"), key="reply:1")

    await channel.close()


async def test_menus_and_descriptions_are_set_once_and_mended(server: TelegramServer) -> None:
    channel = a_channel(server)

    first = await show(channel._bot)
    again = await show(channel._bot)
    server.methods.profile.texts["Description", "de"] = "somebody else's"
    mended = await show(channel._bot)

    assert (first > 20, again, mended) == (True, 0, 1)
    profile = server.methods.profile
    assert "check" in profile.menu("all_private_chats", "ja")
    assert "feed" not in profile.menu("all_group_chats")
    assert "feed" in profile.menu("all_chat_administrators", "de")
    assert server.complaints == []
    await channel.close()


async def test_the_menu_comes_by_itself_when_we_listen(stage: Stage) -> None:
    profile = stage.server.methods.profile

    await stage.settled(stage.world.person())
    await stage.until(lambda: ("ShortDescription", "zh") in profile.texts)

    assert "mine" in profile.menu("all_private_chats", "zh")


def test_every_text_fits_where_telegram_shows_it() -> None:
    for tag in languages():
        words = translator(tag)
        assert len(words("telegram_about")) <= 512
        assert len(words("telegram_about_short")) <= 120
        assert len(words("telegram_old_button")) <= 200
    for menu in menus():
        assert 1 <= len(menu.commands) <= 100
        assert all(1 <= len(one.description) <= 256 for one in menu.commands)
