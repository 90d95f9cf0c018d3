"""`recallbot send-test`: one clearly marked message, to see whether an address is reached."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from bots.commands.place import Place


def send_test(
    context: typer.Context,
    channel: Annotated[str, typer.Argument(metavar="CHANNEL", help="telegram or discord.")],
    address: Annotated[
        str,
        typer.Argument(
            metavar="ADDRESS", help="The chat, as docs/telegram.md and docs/discord.md name it."
        ),
    ],
    lang: Annotated[str | None, typer.Option(metavar="TAG", help="Its language.")] = None,
) -> None:
    """Send one test message and print its receipt, or say why it did not go.

    A chat of Telegram is named by its number, one of Discord by "user:<id>" or "channel:<id>".
    """
    import asyncio  # noqa: PLC0415 - slow to import

    from bots.testing import send_test_message  # noqa: PLC0415 - slow to import
    from core.channel import Address  # noqa: PLC0415 - slow to import

    place: Place = context.obj
    to = Address(channel.strip().lower(), address.strip())
    receipt = asyncio.run(send_test_message(place.settings(), to, lang))
    sys.stdout.write(f"sent: {receipt.id}\n")
