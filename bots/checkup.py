"""What `recallbot doctor` looks at."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException

from bots.account_health import account_health
from bots.app import open_database
from bots.ask import aged
from bots.cards.fonts import fonts_checkup
from bots.failure import Failure
from bots.outbox_health import health
from bots.registry import PLATFORMS, found
from bots.web.settings import WebSettings
from core.catalogue.file import CatalogueError
from core.catalogue.load import FOLDER, load
from core.clock import SystemClock
from core.match.decide import judge
from core.settings import Settings, SettingsError, variable
from core.settings import load as load_settings
from core.store import notices
from core.store.failure import StoreUnavailable
from core.store.keys import key_file, mode_is_right, secrets_in
from core.store.location import Location

# A platform that answers slower than this is as good as down.
PLATFORM_SECONDS = 20.0
WEB_SECONDS = 5.0
LONGEST_ANSWER = 100_000


@dataclass(frozen=True, slots=True)
class Line:
    """One thing looked at: right or not, and what to know or do about it."""

    subject: str
    right: bool
    says: str


async def checkup(read_settings: Callable[[], Settings]) -> list[Line]:
    """Look at everything that a start needs; one failure does not hide the next.

    A platform that no token is set for is right: it is said how to get one.
    """
    platforms = asyncio.gather(*(_platform(name) for name in PLATFORMS))
    try:
        settings = read_settings()
    except Failure as error:
        lines = [Line("settings", right=False, says=str(error)), _catalogue()]
        return [*lines, *await platforms]
    lines = [Line("settings", right=True, says="read"), _catalogue(), _typefaces()]
    return [*lines, *await _database(settings), _web(), *await platforms]


async def _platform(name: str) -> Line:
    """Look at one platform; whatever goes wrong there is its own line."""
    platform = PLATFORMS[name]
    try:
        settings = load_settings(found(platform.settings))
        async with asyncio.timeout(PLATFORM_SECONDS):
            right, says = await found(platform.checks)(settings)
    except SettingsError as error:
        return Line(name, right=False, says=str(error))
    except TimeoutError:
        return Line(name, right=False, says=f"no answer within {PLATFORM_SECONDS:.0f} seconds")
    except Exception as error:  # the rest is still to be looked at
        return Line(name, right=False, says=f"cannot be looked at: {type(error).__name__}")
    return Line(name, right=right, says=says)


def _catalogue() -> Line:
    try:
        files = load(FOLDER, judge)
    except CatalogueError as error:
        return Line("catalogue", right=False, says=str(error).splitlines()[0])
    count = sum(len(file.recalls) for file in files)
    return Line("catalogue", right=True, says=f"{count} recalls of {len(files)} makers")


def _typefaces() -> Line:
    """Look at what the pictures of public posts are written with; without, they go without."""
    right, says = fonts_checkup()
    # Posts go out without a picture too.
    return Line("typefaces", right=True, says=says if right else f"{says}; posts go without it")


async def _database(settings: Settings) -> list[Line]:
    try:
        database = await open_database(settings)
    except Failure as error:
        return [Line("database", right=False, says=str(error))]
    try:
        async with database.reading() as connection:
            ages = aged(await notices.source_ages(connection), settings)
        now = SystemClock().now()
        outbox = [Line(*told) for told in await health(database, now)]
        outbox += [Line(*told) for told in await account_health(database, now)]
    finally:
        await database.close()
    lines = [Line("database", right=True, says="opens, at the newest schema"), _key(settings)]
    lines += outbox
    for age in ages:
        old = "" if age.fresh(now) else "; too old for a negative answer: update recallbot"
        lines.append(
            Line(f"source {age.name}", age.fresh(now), f"as of {age.as_of.date()}{old}")
        )
    return lines


def _key(settings: Settings) -> Line:
    """Look at where the key is without which the database cannot be read."""
    given = len(settings.secret_key)
    if given:
        more = "" if given == 1 else f", {given} secrets of which the first seals"
        return Line("key", right=True, says=f"{variable(Settings, 'secret_key')}{more}")
    path = key_file(Location.of(settings.database_url))
    try:
        secrets, closed = secrets_in(path), mode_is_right(path)
    except StoreUnavailable as error:
        return Line("key", right=False, says=str(error))
    if not closed:
        return Line("key", right=False, says=f"others may read {path}: chmod 600 {path}")
    if len(secrets) > 1:
        return Line("key", right=False, says="half rotated: run recallbot db rotate-key")
    says = f"{path}, for its owner alone; keep a copy of it apart from the backups"
    return Line("key", right=True, says=says)


def _web() -> Line:
    try:
        settings = load_settings(WebSettings)
    except SettingsError as error:
        return Line("web", right=False, says=str(error))
    try:
        socket.create_server((settings.host, settings.port)).close()
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        if _runs(settings):
            return Line("web", right=True, says=f"the bot runs at http://{where}")
        return Line("web", right=False, says=f"{where}: {error.strerror}")
    return Line("web", right=True, says=f"http://{settings.host}:{settings.port} is free")


def _runs(settings: WebSettings) -> bool:
    """Say whether a bot answers where we would listen."""
    asked = HTTPConnection(settings.host, settings.port, timeout=WEB_SECONDS)
    try:
        asked.request("GET", "/health.json")
        told = json.loads(asked.getresponse().read(LONGEST_ANSWER))
    except (OSError, HTTPException, ValueError):
        return False
    finally:
        asked.close()
    return isinstance(told, dict) and {"status", "now", "sources"} <= told.keys()
