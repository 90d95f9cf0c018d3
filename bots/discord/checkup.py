"""What is right and wrong with the Discord channel, in words for whoever runs the bot."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from discord import Client, HTTPException, LoginFailure
from discord.utils import oauth_url

from bots.discord.circuit import Circuit
from bots.discord.commands import Called
from bots.discord.pace import Pace
from bots.discord.permissions import needed
from bots.discord.rest import Rest
from bots.discord.settings import DiscordSettings
from bots.discord.tree import in_step, payload, planted, sync
from core.clock import SystemClock
from core.settings import SettingsError

HOW_TO = (
    "at discord.com/developers/applications choose New Application, then Bot, Reset Token, and "
    "set RECALLBOT_DISCORD_TOKEN to what it shows"
)
UNKNOWN = (
    "Discord does not know this token; perhaps it was reset: discord.com/developers/"
    "applications, your application, Bot, Reset Token, then set RECALLBOT_DISCORD_TOKEN"
)
UNREACHED = (HTTPException, aiohttp.ClientError, OSError, TimeoutError)
_TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)


async def checkup(settings: DiscordSettings) -> tuple[bool, str]:
    """Say whether the channel can work, and what to do where it cannot; not set up is right."""
    if settings.token is None:
        return True, f"not set up; to be in Discord, {HOW_TO}"
    if not _TOKEN.fullmatch(settings.token.get_secret_value()):
        return False, (
            "RECALLBOT_DISCORD_TOKEN does not look like a bot's token, which is three parts "
            f"with dots between (a client secret or an application id is none): {HOW_TO}"
        )
    try:
        async with _logged_in(settings) as client:
            return await _of_bot(client)
    except LoginFailure:
        return False, UNKNOWN
    except UNREACHED as error:
        return False, f"discord.com cannot be reached: {_reason(error)}"


async def synced(settings: DiscordSettings) -> tuple[bool, str]:
    """Bring the commands in step, and say what was done or what is wrong."""
    if settings.token is None:
        return False, f"RECALLBOT_DISCORD_TOKEN is not set: {HOW_TO}"
    try:
        async with _logged_in(settings) as client:
            wanted = await payload(await planted(client, _Deaf(), _no_names))
            changed = await sync(client, wanted)
    except LoginFailure:
        return False, UNKNOWN
    except UNREACHED as error:
        return False, f"Discord did not take the commands: {_reason(error)}"
    done = "written" if changed else "already in step"
    return True, f"{len(wanted)} commands {done}"


@asynccontextmanager
async def _logged_in(settings: DiscordSettings) -> AsyncIterator[Client]:
    if settings.token is None:
        raise SettingsError("RECALLBOT_DISCORD_TOKEN is not set")
    token = settings.token.get_secret_value()
    rest = Rest(token, Pace(), Circuit(SystemClock().now), settings.proxy_url)
    try:
        yield await rest.client()
    finally:
        await rest.close()


async def _of_bot(client: Client) -> tuple[bool, str]:
    name = f"{client.user}"
    application = client.application
    if application is not None and application.interactions_endpoint_url:
        return False, (
            f"{name}: an Interactions Endpoint URL is set, so commands go there and not to us; "
            "discord.com/developers/applications, General Information, empty that field"
        )
    wanted = await payload(await planted(client, _Deaf(), _no_names))
    hints = [f"{name} answers"]
    if not await in_step(client, wanted):
        hints.append(
            "Its commands are old: `recallbot run` and `recallbot discord sync` renew them"
        )
    number = client.application_id or 0
    hints.append(f"Add it to a server: {server_link(number)}")
    hints.append(f"or to your account: {account_link(number)}")
    return True, ". ".join(hints)


def server_link(application: int) -> str:
    """Return where the bot is added to a server."""
    scopes = ("bot", "applications.commands")
    return oauth_url(application, permissions=needed(), scopes=scopes)


def account_link(application: int) -> str:
    """Return where somebody takes the bot along in every chat."""
    return f"{oauth_url(application, scopes=('applications.commands',))}&integration_type=1"


def _reason(error: BaseException) -> str:
    if isinstance(error, HTTPException):
        return f"it answers {error.status} ({error.code})"
    return type(error).__name__


class _Deaf:
    """Hears no command: they are only described."""

    async def called(self, interaction: object, called: Called) -> None:
        """Do nothing."""

    async def shown(self, interaction: object, message: object) -> None:
        """Do nothing."""


def _no_names(_: str, __: str, ___: str | None) -> tuple[str, ...]:
    return ()
