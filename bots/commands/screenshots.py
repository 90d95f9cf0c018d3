"""`recallbot screenshots`: what each channel shows, as pictures to look at beforehand."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def screenshots(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Where the pictures go; made if need be.")
    ] = Path("screenshots"),
    lang: Annotated[str | None, typer.Option(metavar="TAG", help="Their language.")] = None,
) -> None:
    """Take pictures of the standard cards in every channel, light and dark.

    They are drawn from what the channels would send, on a database of their own. Needs Chromium
    and Playwright; Chinese and Japanese need a font that has them, such as Noto Sans CJK.
    """
    import asyncio  # noqa: PLC0415 - slow to import

    from bots.screenshots.take import take  # noqa: PLC0415 - slow to import

    for line in asyncio.run(take(folder, lang)):
        sys.stdout.write(f"{line}\n")
