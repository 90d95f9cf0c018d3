"""What `recallbot doctor` looks at."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass

from bots.app import open_database
from bots.ask import aged
from bots.failure import Failure
from bots.web.settings import WebSettings
from core.catalogue.file import CatalogueError
from core.catalogue.load import FOLDER, load
from core.clock import SystemClock
from core.match.decide import judge
from core.settings import Settings, SettingsError
from core.settings import load as load_settings
from core.store import notices


@dataclass(frozen=True, slots=True)
class Line:
    """One thing looked at: right or not, and what to know or do about it."""

    subject: str
    right: bool
    says: str


async def checkup(read_settings: Callable[[], Settings]) -> list[Line]:
    """Look at everything that a start needs; one failure does not hide the next."""
    try:
        settings = read_settings()
    except Failure as error:
        return [Line("settings", right=False, says=str(error)), _catalogue()]
    lines = [Line("settings", right=True, says="read"), _catalogue()]
    return [*lines, *await _database(settings), _web()]


def _catalogue() -> Line:
    try:
        files = load(FOLDER, judge)
    except CatalogueError as error:
        return Line("catalogue", right=False, says=str(error).splitlines()[0])
    count = sum(len(file.recalls) for file in files)
    return Line("catalogue", right=True, says=f"{count} recalls of {len(files)} makers")


async def _database(settings: Settings) -> list[Line]:
    try:
        database = await open_database(settings)
    except Failure as error:
        return [Line("database", right=False, says=str(error))]
    try:
        async with database.reading() as connection:
            ages = aged(await notices.source_ages(connection), settings)
    finally:
        await database.close()
    now = SystemClock().now()
    lines = [Line("database", right=True, says="opens, at the newest schema")]
    for age in ages:
        old = "" if age.fresh(now) else "; too old for a negative answer: update recallbot"
        lines.append(
            Line(f"source {age.name}", age.fresh(now), f"as of {age.as_of.date()}{old}")
        )
    return lines


def _web() -> Line:
    try:
        settings = load_settings(WebSettings)
    except SettingsError as error:
        return Line("web", right=False, says=str(error))
    try:
        socket.create_server((settings.host, settings.port)).close()
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        return Line(
            "web", right=False, says=f"{where}: {error.strerror} (is it running already?)"
        )
    return Line("web", right=True, says=f"http://{settings.host}:{settings.port} is free")
