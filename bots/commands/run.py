"""`recallbot run`: every channel, until it is stopped."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Timer

import typer

from bots.commands.place import Place
from core.settings import Settings

PATIENCE = 1.0
# Every source may wait for a name that nobody answers for, and photos are still to be read.
MOST_THREADS = 32


def run(context: typer.Context) -> None:
    """Start the bot: the web chat at http://127.0.0.1:8000, on an SQLite file.

    RECALLBOT_WEB_HOST and RECALLBOT_WEB_PORT choose another address. Stop with Ctrl-C.
    """
    import asyncio  # noqa: PLC0415 - slow to import

    place: Place = context.obj
    asyncio.run(_until_stopped(place.settings()))


async def _until_stopped(settings: Settings) -> None:
    import asyncio  # noqa: PLC0415 - slow to import

    from bots.serve import run_all  # noqa: PLC0415 - slow to import

    threads = ThreadPoolExecutor(MOST_THREADS, "recallbot")
    asyncio.get_running_loop().set_default_executor(threads)
    await run_all(settings)
    # A name that is being looked up cannot be called back, and would be waited for: for half a
    # minute where the network swallows the question. By now nothing is open that it could hurt.
    end = Timer(PATIENCE, os._exit, (0,))
    end.daemon = True
    end.start()
