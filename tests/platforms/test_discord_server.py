"""The Discord for tests, driven by discord.py: what people do in it, and what it answers."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import discord
import pytest
from discord import ui

from tests.platforms.discord_bot import a_bot
from tests.platforms.discord_server import Discord, Permission, Upload, a_discord

PNG = b"\x89PNG\r\n\x1a\n rest"


@pytest.fixture
async def town() -> AsyncIterator[Discord]:
    """Give a Discord."""
    async with a_discord() as running:
        yield running


async def test_a_slash_command_reaches_the_bot_with_the_persons_locale_and_file(
    town: Discord,
) -> None:
    ann = town.person("ann", locale="de")
    room = town.guild("Parents", owner=ann).text("general")
    photo = Upload("label.png", PNG, "image/png")

    async with a_bot(town):
        done = await ann.command("check", {"text": "A1263", "photo": photo}, where=room)

    assert done.message
    assert done.message.text == f"checked A1263 None {len(PNG)} de"
    assert done.message.buttons == ["Again"]
    assert done.ephemeral


async def test_a_button_works_in_place_and_after_the_bot_was_started_anew(
    town: Discord,
) -> None:
    ann = town.person("ann")
    town.guild("Parents", owner=ann)
    async with a_bot(town):
        done = await ann.command("check", {"text": "A1263"})

    async with a_bot(town):
        again = await ann.presses("Again", done.message)

    assert again.message is done.message
    assert again.message
    assert again.message.text == "again word"


async def test_a_modal_is_filled_in_and_answered(town: Discord) -> None:
    ann = town.person("ann")

    async with a_bot(town):
        opened = await ann.command("serial")
        done = await ann.submits(opened, {"Serial": "AB12"})

    assert done.message
    assert done.message.text == "serial AB12"
    with pytest.raises(ValueError, match="Surname"):
        await ann.submits(opened, {"Surname": "x"})


async def test_a_select_is_picked_from_by_label(town: Discord) -> None:
    ann = town.person("ann")

    async with a_bot(town):
        asked = await ann.command("pick")
        done = await ann.picks(["Deutsch"], asked.message)

    assert done.message
    assert done.message.text == "picked de"
    assert done.message.selects == []


async def test_names_are_completed_while_they_are_typed(town: Discord) -> None:
    ann = town.person("ann")

    async with a_bot(town):
        names = await ann.types("check", {"brand": "Ank"}, focused="brand")

    assert len(names) == 25
    assert names[0] == "Ank0"


async def test_an_answer_can_be_promised_and_followed_up(town: Discord) -> None:
    ann = town.person("ann")

    async with a_bot(town):
        done = await ann.command("slow")
        await done.changes.until(lambda: bool(done.followups), 5)

    assert done.message
    assert done.message.text == "at last"
    assert [said.text for said in done.followups] == ["and more"]


async def test_a_message_can_be_checked_where_only_its_reader_installed_the_app(
    town: Discord,
) -> None:
    ann, bob = town.person("ann"), town.person("bob")
    elsewhere = town.guild("Elsewhere", owner=bob, bot=False)
    room = elsewhere.text("sales")
    ann.joins(elsewhere)
    listing = await bob.writes("crib for sale", room, [Upload("crib.png", PNG, "image/png")])

    async with a_bot(town):
        with pytest.raises(LookupError):
            await ann.uses("Check this message", listing)
        ann.installs()
        done = await ann.uses("Check this message", listing)

    assert done.message
    assert done.message.text == "read crib for sale and 1 files"
    assert done.message.visible_to(ann.user)
    assert not done.message.visible_to(bob.user)


async def test_an_unanswered_interaction_fails_after_its_deadline() -> None:
    async with a_discord(deadline=0.2) as town, a_bot(town):
        ann = town.person("ann")

        done = await ann.command("silent")

    assert done.failed
    assert done.message is None


async def test_without_the_intent_a_bot_reads_no_messages_but_those_written_to_it(
    town: Discord,
) -> None:
    ann = town.person("ann")
    room = town.guild("Parents", owner=ann).text("general")

    async with a_bot(town) as bot:
        await ann.writes("in public", room)
        await ann.writes("to you")
        await bot.hears(2)

    assert bot.heard == ["", "to you"]


async def test_a_repeated_nonce_gives_the_first_message_again(town: Discord) -> None:
    ann = town.person("ann")
    room = town.guild("Parents", owner=ann).text("general")

    async with a_bot(town) as bot:
        place = bot.get_partial_messageable(int(room.id))
        first = await place.send("once", nonce="key-1")
        second = await place.send("once", nonce="key-1")

    assert first.id == second.id
    assert len(room.messages) == 1


async def test_what_discord_refuses_names_the_field(town: Discord) -> None:
    ann = town.person("ann")
    room = town.guild("Parents", owner=ann).text("general")
    view = ui.LayoutView()
    view.add_item(ui.TextDisplay("x" * 3000)).add_item(ui.TextDisplay("x" * 1001))

    async with a_bot(town) as bot:
        place = bot.get_partial_messageable(int(room.id))
        with pytest.raises(discord.HTTPException, match="In content: Must be 2000") as long:
            await place.send("x" * 2001)
        with pytest.raises(discord.HTTPException, match="exceeds maximum size of 6000"):
            await place.send(embeds=[discord.Embed(description="x" * 3001)] * 2)
        with pytest.raises(discord.HTTPException, match="4000"):
            await place.send(view=view)
        with pytest.raises(discord.HTTPException, match="empty message") as empty:
            await place.send("  ")

    assert (long.value.status, long.value.code) == (400, 50035)
    assert empty.value.code == 50006
    assert room.messages == []


async def test_permissions_are_asked_for_by_channel_and_each_refusal_has_its_code(
    town: Discord,
) -> None:
    ann, bob = town.person("ann"), town.person("bob")
    guild = town.guild("Parents", owner=ann)
    hidden, mute, forum = guild.text("hidden"), guild.text("mute"), guild.forum("recalls")
    ann.refuses_messages()
    hidden.forbid(Permission.VIEW_CHANNEL)
    mute.forbid(Permission.SEND_MESSAGES)
    codes = []

    async with a_bot(town) as bot:
        for place in (hidden.id, mute.id, "1", forum.id, ann.dm.id, bob.dm.id):
            with pytest.raises(discord.HTTPException) as refused:
                await bot.get_partial_messageable(int(place)).send("hello")
            codes.append((refused.value.status, refused.value.code))

    assert codes == [
        (403, 50001), (403, 50013), (404, 10003), (400, 40058), (403, 50007), (403, 50278),
    ]  # fmt: skip


async def test_a_recall_has_its_post_in_a_forum_and_its_thread_under_a_message(
    town: Discord,
) -> None:
    guild = town.guild("Parents", owner=town.person("ann"))
    forum, room = guild.forum("recalls"), guild.text("general")

    async with a_bot(town) as bot:
        posts, rooms = bot.get_channel(int(forum.id)), bot.get_channel(int(room.id))
        assert isinstance(posts, discord.ForumChannel)
        assert isinstance(rooms, discord.TextChannel)
        opened = await posts.create_thread(name="A1263", content="first")
        await opened.thread.send("later")
        said = await rooms.send("recall")
        thread = await said.create_thread(name="A1263")

    assert [one.text for one in forum.threads[0].messages] == ["first", "later"]
    assert opened.thread.id == opened.message.id
    assert thread.id == said.id
    assert room.threads[0].name == "A1263"


async def test_an_announcement_is_published_once_and_ten_times_an_hour(town: Discord) -> None:
    news = town.guild("Parents", owner=town.person("ann")).announcement("news")
    town.limits.overall = None
    town.limits.routes["POST /channels/{channel}/messages"] = (100, 1.0)
    answers = []

    async with a_bot(town) as bot, aiohttp.ClientSession() as session:
        said = [await bot.get_partial_messageable(int(news.id)).send("x") for _ in range(11)]
        await said[0].publish()
        for one in (said[0], *said[1:]):
            url = f"{town.api}/channels/{news.id}/messages/{one.id}/crosspost"
            headers = {"Authorization": f"Bot {town.token}"}
            async with session.post(url, headers=headers) as answer:
                answers.append((answer.status, await answer.json()))

    assert answers[0] == (
        400,
        {"message": "This message has already been crossposted", "code": 40033},
    )
    assert [status for status, _ in answers[1:9]] == [200] * 8
    assert answers[9][0] == 429
    assert answers[9][1]["retry_after"] > 3500


async def test_only_a_mentionable_role_that_is_allowed_is_pinged(town: Discord) -> None:
    guild = town.guild("Parents", owner=town.person("ann"))
    room, pumps = guild.text("general"), guild.role("Pumps", mentionable=True)
    cots = guild.role("Cots")
    guild.forbid(Permission.MENTION_EVERYONE)
    text = f"<@&{pumps.id}> <@&{cots.id}>"
    allowed = discord.AllowedMentions(roles=[discord.Object(int(pumps.id), type=discord.Role)])

    async with a_bot(town) as bot:
        place = bot.get_partial_messageable(int(room.id))
        await place.send(text)
        await place.send(text, allowed_mentions=allowed)
        await place.send(text, allowed_mentions=discord.AllowedMentions.none())

    assert [one.mentions for one in room.messages] == [[pumps.id], [pumps.id], []]
