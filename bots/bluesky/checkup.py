"""What is right and wrong with the Bluesky channel, in words for whoever runs the bot."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from atproto import models
from atproto.exceptions import RequestErrorBase

from bots.bluesky.failures import FAILURES, said_by
from bots.bluesky.login import new_client
from bots.bluesky.settings import BlueskySettings

HOW_TO = (
    "on Bluesky make an app password (Settings, Privacy and security, App passwords), and set "
    "RECALLBOT_BLUESKY_ACCOUNTS to handle:app-password"
)
_APP_PASSWORD = re.compile(r"[a-z2-7]{4}(-[a-z2-7]{4}){3}")


async def checkup(settings: BlueskySettings) -> tuple[bool, str]:
    """Say whether the channel can work, and what to do where it cannot; not set up is right."""
    if settings.accounts is None:
        return True, f"not set up; to post on Bluesky, {HOW_TO}"
    found = [
        await _of_account(settings.service, handle, password)
        for handle, password in settings.passwords.items()
    ]
    return all(right for right, _ in found), ". ".join(told for _, told in found)


async def _of_account(service: str, handle: str, password: str) -> tuple[bool, str]:
    client = new_client(service)
    try:
        session = await client.com.atproto.server.create_session(
            models.ComAtprotoServerCreateSession.Data(identifier=handle, password=password)
        )
        # It was only a test; the session the channel works with is another.
        await client.com.atproto.server.delete_session(
            headers={"Authorization": f"Bearer {session.refresh_jwt}"}
        )
    except FAILURES as error:
        return False, _reason(error, service, handle)
    finally:
        await client.request.close()
    if session.active is False:
        return False, f"{handle}: the account is {session.status or 'not active'}"
    return True, f"{handle} answers{_hint(password)}"


def _hint(password: str) -> str:
    if _APP_PASSWORD.fullmatch(password):
        return ""
    return f", with what may be its main password, which opens everything: better {HOW_TO}"


def _reason(error: Exception, service: str, handle: str) -> str:
    if isinstance(error, RequestErrorBase) and error.response is not None:
        return f"{handle}: {said_by(error)}: {HOW_TO}"
    return f"{handle}: {urlsplit(service).hostname} cannot be reached: {said_by(error)}"
