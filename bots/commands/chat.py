"""`recallbot chat`: the conversation in this terminal."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import Annotated

import typer

from bots.commands.place import Place
from core.settings import Settings


def chat(
    context: typer.Context,
    lang: Annotated[str | None, typer.Option(metavar="TAG", help="Your language.")] = None,
) -> None:
    """Chat here: ask, say “I have this”, “what do I have”. End with Ctrl-D.

    Choices are numbered: type the number. `/photo FILE` sends the photo of a label. What you
    own is kept in the database.
    """
    import asyncio  # noqa: PLC0415 - slow to import

    place: Place = context.obj
    asyncio.run(_chat(place.settings(), lang))


async def _chat(settings: Settings, lang: str | None) -> None:

    from bots.app import open_database, open_talk, serve  # noqa: PLC0415 - slow to import
    from bots.logs import set_up  # noqa: PLC0415 - slow to import
    from bots.photo.eyes import open_eyes  # noqa: PLC0415 - slow to import
    from bots.terminal import CHAT, Terminal  # noqa: PLC0415 - slow to import
    from core.channel import Address, Inbound  # noqa: PLC0415 - slow to import
    from core.clock import SystemClock  # noqa: PLC0415 - slow to import
    from core.text.translations import spoken, translator  # noqa: PLC0415 - slow to import

    set_up(settings)
    clock = SystemClock()
    database = await open_database(settings, clock)
    try:
        sys.stdout.write(translator(lang)("greeting", example="Anker A1263") + "\n")
        terminal = Terminal(sys.stdin, sys.stdout, clock.now, lang)
        async with open_eyes() as eyes:
            with closing(await open_talk(database, settings, clock, eyes)) as talk:
                if lang and spoken(lang):
                    # Asked for now, it counts more than what an earlier chat chose.
                    place = Address(terminal.kind, CHAT)
                    await talk.reply(Inbound(place, f"/language {lang}", clock.now()))
                await serve([terminal], talk)
    finally:
        await database.close()
