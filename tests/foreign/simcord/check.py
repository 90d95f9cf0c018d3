"""Our Discord channel in SimCord, a Discord that others wrote; it by-passes the transport."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime

import discord
import simcord

from bots.discord.channel import Discord
from bots.discord.hearing import Mouth
from bots.discord.settings import DiscordSettings
from bots.discord.tree import payload, planted
from bots.surroundings import Surroundings
from core.channel import Heard, Inbound
from core.model.message import Block, Button, Message, Role

NOW = datetime(2026, 11, 22, tzinfo=UTC)


class Kept:
    """Keeps what buttons stand for over restarts, as the database does."""

    words: dict[str, str] = {}  # noqa: RUF012 - one for all of them is the point

    async def keep(self, says: str) -> str:
        key = f"{len(self.words):024}"
        self.words[key] = says
        return key

    async def find(self, key: str) -> str | None:
        return self.words.get(key)


def suggest(field: str, typed: str, brand: str | None) -> list[str]:
    names = {"brand": ["Anker", "INIU"], "model": [f"{brand} A1263"]}[field]
    return [name for name in names if typed.lower() in name.lower()]


class Town:
    """One bot of ours, what it hears, and how it answers."""

    def __init__(self) -> None:
        """Build the client that our gateway would build."""
        settings = DiscordSettings.model_validate({"token": "a.b.c"})
        surroundings = Surroundings(lambda: NOW, Kept(), suggest, photo_limit=1_000_000)
        self.ours = Discord(settings, surroundings)
        self.heard: list[Inbound] = []
        self.ours._hearing.mouth = Mouth(self.put, self.ours._say, self.ours._knows)
        self.client = self.ours._gateway._build(1)
        self.client.setup_hook = self.set_up  # type: ignore[method-assign]

    async def set_up(self) -> None:
        """Wire the client and write its commands."""
        await self.ours._wire(self.client)
        other = discord.Client(intents=discord.Intents.none())
        wanted = await payload(await planted(other, self.ours._hearing, suggest))
        number = self.client.application_id or 0
        await self.client.http.bulk_upsert_global_commands(
            number, [dict(one) for one in wanted]
        )

    def put(self, heard: Heard) -> None:
        """Answer what is heard, as part of what the bot does."""
        if isinstance(heard, Inbound):
            self.heard.append(heard)
            self.answering = asyncio.get_running_loop().create_task(self.answer(heard))

    async def answer(self, inbound: Inbound) -> None:
        """Say back what was said, with a button and a question."""
        blocks = (
            Block(Role.ACTION, f"You said {inbound.text}"),
            Block(Role.NEXT_STEP, "What is the serial number?"),
        )
        buttons = (Button("Yes", "yes"), Button("Long", "long " * 40))
        (post,) = self.ours.render(Message(blocks, buttons))
        if inbound.replaces:
            await self.ours.edit(inbound.replaces, post)
        elif inbound.answer_to:
            await self.ours.send(post, inbound.answer_to, key="reply:1")


def texts(shown: simcord.ResponseMessage | None) -> str:
    """Return all that can be read in an answer."""
    assert shown is not None, "nothing is shown"
    found: list[str] = []

    def walk(parts: list[dict[str, object]]) -> None:
        for part in parts:
            found.append(str(part.get("content", "")))
            walk(part.get("components") or [])  # type: ignore[arg-type]

    walk(shown.components)
    return "\n".join(found)


async def check() -> None:
    """Call, complete, press before and after a restart, type, and use the menu."""
    town = Town()
    async with simcord.run(town.client) as env:
        guild = env.create_guild()
        room = guild.create_text_channel("general")
        ann = guild.add_member(env.create_user("ann"))

        called = await ann.slash(room, "check", text="A1263")
        assert called.acknowledged
        assert called.ephemeral
        assert "You said /check A1263" in texts(called.response), texts(called.response)

        offered = await ann.autocomplete(room, "check", "brand", "ank")
        assert [choice["name"] for choice in offered] == ["Anker"]
        offered = await ann.autocomplete(room, "check", "model", "12", brand="Anker")
        assert [choice["name"] for choice in offered] == ["Anker A1263"]

        form = await ann.click(called.response, label="Type it")
        assert form.modal is not None
        await ann.submit_modal(form, {"answer": "AHQ123"})
        assert town.heard[-1].text == "AHQ123"
        assert "You said AHQ123" in texts(called.response)

        after = Town()
        await env.restart_bot(after.client)
        await ann.click(called.response, label="Long")
        assert after.heard[-1].text == "long " * 40
        assert "You said long" in texts(called.response)

        offer = await ann.send(room, "Selling my Anker A1263")
        shown = await ann.context_menu(room, "Check this message", offer)
        assert shown.ephemeral
        assert "Selling my Anker A1263" in texts(shown.response)


if __name__ == "__main__":
    asyncio.run(check())
    sys.stdout.write("SimCord: command, completion, form, restart and menu\n")
