"""Has hikari, a library we do not use, live in the Discord that our tests run against."""

from __future__ import annotations

import asyncio
import logging
import sys

import hikari

from tests.platforms.discord_server import Discord, Permission, Upload, a_discord

PNG = b"\x89PNG\r\n\x1a\n rest"


def a_bot(town: Discord) -> hikari.GatewayBot:
    """Return hikari's bot at that Discord, which answers /check, its button and its modal."""
    bot = hikari.GatewayBot(
        town.token,
        rest_url=town.api,
        banner=None,
        logs="ERROR",
        intents=hikari.Intents.GUILDS | hikari.Intents.DM_MESSAGES,
    )

    async def answers(event: hikari.InteractionCreateEvent) -> None:
        asked = event.interaction
        if isinstance(asked, hikari.AutocompleteInteraction):
            await asked.create_response(
                [hikari.impl.AutocompleteChoiceBuilder("Anker", "anker")]
            )
        elif isinstance(asked, hikari.CommandInteraction):
            await called(bot, asked)
        elif isinstance(asked, hikari.ComponentInteraction):
            await asked.create_modal_response("Serial", "serial", components=[field(bot)])
        elif isinstance(asked, hikari.ModalInteraction):
            await asked.create_initial_response(hikari.ResponseType.MESSAGE_CREATE, "thanks")

    bot.subscribe(hikari.InteractionCreateEvent, answers)
    return bot


def field(bot: hikari.GatewayBot) -> hikari.api.ModalActionRowBuilder:
    """Return a row with one text input."""
    return bot.rest.build_modal_action_row().add_text_input("number", "Number")


async def called(bot: hikari.GatewayBot, asked: hikari.CommandInteraction) -> None:
    """Promise an answer, then give it with a button."""
    kind = hikari.ResponseType.DEFERRED_MESSAGE_CREATE
    await asked.create_initial_response(kind, flags=hikari.MessageFlag.EPHEMERAL)
    row = bot.rest.build_message_action_row()
    row.add_interactive_button(hikari.ButtonStyle.PRIMARY, "enter", label="Enter serial")
    await asked.edit_initial_response(f"{asked.locale}", component=row)
    await asked.execute("more", flags=hikari.MessageFlag.EPHEMERAL)


async def commands(bot: hikari.GatewayBot, town: Discord) -> None:
    """Register a command with an option that is completed."""
    brand = hikari.CommandOption(
        type=hikari.OptionType.STRING,
        name="brand",
        description="The brand",
        is_required=True,
        autocomplete=True,
    )
    check = bot.rest.slash_command_builder("check", "Check a product").add_option(brand)
    known = await bot.rest.set_application_commands(int(town.application["id"]), [check])
    assert [one.name for one in known] == ["check"]
    assert (await bot.rest.fetch_application()).name == town.bot.name


async def talks(bot: hikari.GatewayBot, town: Discord) -> None:
    """Go through a command, its completion, a button and a modal."""
    ann = town.person("ann", locale="de")
    room = town.guild("Parents", owner=ann).text("general")
    await commands(bot, town)
    assert await ann.types("check", {"brand": "An"}, focused="brand", where=room) == ["Anker"]
    done = await ann.command("check", {"brand": "anker"}, where=room)
    assert done.message, done
    assert done.message.text == "de", done.message.text
    assert done.ephemeral
    opened = await ann.presses("Enter serial", done.message)
    last = await ann.submits(opened, {"Number": "AB12"})
    assert last.message, last
    assert last.message.text == "thanks"


async def posts(bot: hikari.GatewayBot, town: Discord) -> None:
    """Post, edit, publish, open threads, write directly, and be refused."""
    ann = town.person("ann")
    guild = town.guild("News", owner=ann)
    news, forum = guild.announcement("news"), guild.forum("recalls")
    said = await bot.rest.create_message(
        int(news.id), "text", attachment=hikari.Bytes(PNG, "a.png")
    )
    assert await said.attachments[0].read() == PNG
    await said.edit("changed")
    assert (await bot.rest.fetch_message(int(news.id), said.id)).content == "changed"
    await bot.rest.crosspost_message(int(news.id), said.id)
    await bot.rest.create_message_thread(int(news.id), said.id, "thread")
    post = await bot.rest.create_forum_post(int(forum.id), "A1263", "first")
    assert forum.threads[0].id == str(post.id)
    layout = [hikari.impl.TextDisplayComponentBuilder(content="shown")]
    layout = [hikari.impl.ContainerComponentBuilder(components=layout)]
    shown = await bot.rest.create_message(int(news.id), components=layout)
    assert news.message(str(shown.id)).text == "shown"
    direct = await bot.rest.create_dm_channel(int(ann.id))
    await direct.send("hello")
    assert [one.text for one in ann.sees(ann.dm)] == ["hello"]
    assert len(await bot.rest.fetch_roles(int(guild.id))) == 2
    news.forbid(Permission.SEND_MESSAGES)
    await refused(bot, town, news.id, 50013)
    news.forbid(Permission.VIEW_CHANNEL)
    await refused(bot, town, news.id, 50001)
    ann.refuses_messages()
    await refused(bot, town, ann.dm.id, 50007)


async def refused(bot: hikari.GatewayBot, town: Discord, channel: str, code: int) -> None:
    """See to it that a message is forbidden with this code."""
    given = 0
    try:
        await bot.rest.create_message(int(channel), "no")
    except hikari.ForbiddenError as error:
        given = error.code
    assert given == code, f"{given} came, not {code}"


async def comes_back(town: Discord) -> None:
    """Lose the connection and resume; be asked to reconnect; start anew."""
    town.gateway.drop(4000)
    await town.gateway.until(lambda: town.gateway.resumed == 1, 30)
    town.gateway.reconnect()
    await town.gateway.until(lambda: town.gateway.resumed == 2, 30)


async def reads(bot: hikari.GatewayBot, town: Discord) -> None:
    """Hear what somebody writes to it, with a file."""
    bob = town.person("bob")
    async with asyncio.timeout(10):
        coming = asyncio.create_task(bot.wait_for(hikari.DMMessageCreateEvent, timeout=10))
        await asyncio.sleep(0)
        await bob.writes("A1263", files=[Upload("a.png", PNG, "image/png")])
        event = await coming
    assert event.content == "A1263"
    assert event.message.attachments[0].filename == "a.png"


async def main() -> None:
    """Run every part."""
    # hikari leaves a task behind when it is asked to reconnect.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    async with a_discord() as town:
        town.limits.lift()
        bot = a_bot(town)
        await bot.start(check_for_updates=False)
        try:
            await talks(bot, town)
            await posts(bot, town)
            await reads(bot, town)
            await comes_back(town)
        finally:
            await bot.close()
        asked = town.count.total()
    sys.stdout.write(f"hikari {hikari.__version__}: {asked} requests understood\n")


asyncio.run(main())
