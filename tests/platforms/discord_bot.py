"""A small bot on discord.py, for testing the Discord server: it shows what it was asked."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
from discord import app_commands, ui

from tests.platforms.discord_server import Discord, discord_py_reaches

Interaction = discord.Interaction[Any]
EVERYWHERE = {"guilds": True, "dms": True, "private_channels": True}


class Again(ui.DynamicItem[ui.Button[Any]], template=r"again:(?P<word>\w+)"):
    """A button that any process understands by its custom_id alone."""

    def __init__(self, word: str) -> None:
        """Keep the word it repeats."""
        super().__init__(ui.Button(label="Again", custom_id=f"again:{word}"))
        self.word = word

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str], /
    ) -> Again:
        """Read it back."""
        del interaction, item
        return cls(match["word"])

    async def callback(self, interaction: Interaction) -> None:
        """Change the message in place."""
        await interaction.response.edit_message(content=f"again {self.word}")


class Language(ui.Select[Any]):
    """A select with one entry."""

    def __init__(self) -> None:
        """Offer German."""
        super().__init__(options=[discord.SelectOption(label="Deutsch", value="de")])

    async def callback(self, interaction: Interaction) -> None:
        """Show what was picked in the place of the question."""
        await interaction.response.edit_message(content=f"picked {self.values[0]}", view=None)


class Form(ui.Modal, title="Serial number"):
    """A modal with one field."""

    serial: ui.TextInput[Form] = ui.TextInput(label="Serial", max_length=20)

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Repeat what was written."""
        await interaction.response.send_message(f"serial {self.serial.value}", ephemeral=True)


@app_commands.command(description="Check a product")
@app_commands.allowed_installs(guilds=True, users=True)
@app_commands.allowed_contexts(**EVERYWHERE)
async def check(
    interaction: Interaction,
    text: str,
    brand: str | None = None,
    photo: discord.Attachment | None = None,
) -> None:
    """Say what was asked, to the one who asked, with a button."""
    size = len(await photo.read()) if photo else 0
    view = ui.View(timeout=None).add_item(Again("word"))
    said = f"checked {text} {brand} {size} {interaction.locale.value}"
    await interaction.response.send_message(said, view=view, ephemeral=True)


@check.autocomplete("brand")
async def brands(_: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Offer as many completions as may be."""
    return [app_commands.Choice(name=f"{typed}{n}", value=f"{typed}{n}") for n in range(25)]


@app_commands.command(description="Answer later")
async def slow(interaction: Interaction) -> None:
    """Promise an answer, give it, and one more."""
    await interaction.response.defer(thinking=True, ephemeral=True)
    await interaction.edit_original_response(content="at last")
    await interaction.followup.send("and more", ephemeral=True)


@app_commands.command(description="Never answer")
async def silent(_: Interaction) -> None:
    """Say nothing."""


@app_commands.command(description="Open a modal")
async def serial(interaction: Interaction) -> None:
    """Ask for a serial number."""
    await interaction.response.send_modal(Form())


@app_commands.command(description="Offer a select")
async def pick(interaction: Interaction) -> None:
    """Ask for a language."""
    view = ui.View(timeout=None).add_item(Language())
    await interaction.response.send_message("which?", view=view)


@app_commands.context_menu(name="Check this message")
async def looked_at(interaction: Interaction, message: discord.Message) -> None:
    """Say what a message holds."""
    said = f"read {message.content} and {len(message.attachments)} files"
    await interaction.response.send_message(said, ephemeral=True)


COMMANDS: tuple[app_commands.Command[Any, Any, Any] | app_commands.ContextMenu, ...] = (
    *(check, slow, silent, serial, pick),
    looked_at,
)


class Hasty(discord.AutoShardedClient):
    """A client that does not wait the five seconds between two identities."""

    async def before_identify_hook(
        self, shard_id: int | None, *, initial: bool = False
    ) -> None:
        """Go on at once."""


class Bot(discord.Client):
    """The bot, which notes what people write."""

    def __init__(self, intents: discord.Intents) -> None:
        """Make it quick to be ready."""
        super().__init__(intents=intents, guild_ready_timeout=0.05)
        self.tree = app_commands.CommandTree(self)
        self.heard: list[str] = []
        self.more = asyncio.Event()
        self.add_dynamic_items(Again)
        for command in COMMANDS:
            self.tree.add_command(command)

    async def before_identify_hook(
        self, shard_id: int | None, *, initial: bool = False
    ) -> None:
        """Go on at once."""

    async def on_message(self, message: discord.Message) -> None:
        """Note what people write."""
        if message.author != self.user:
            self.heard.append(message.content)
            self.more.set()

    async def hears(self, times: int) -> None:
        """Wait until so many messages came; raises TimeoutError."""
        async with asyncio.timeout(60):
            while len(self.heard) < times:
                self.more.clear()
                await self.more.wait()


@asynccontextmanager
async def a_bot(server: Discord, intents: discord.Intents | None = None) -> AsyncIterator[Bot]:
    """Run the bot at that Discord until the end of the block, its commands registered."""
    chosen = intents or discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
    with discord_py_reaches(server):
        async with Bot(chosen) as bot:
            await bot.login(server.token)
            await bot.tree.sync()
            running = asyncio.create_task(bot.connect())
            await bot.wait_until_ready()
            try:
                yield bot
            finally:
                await bot.close()
                await running
