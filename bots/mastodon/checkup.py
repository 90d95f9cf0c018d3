"""What is right and wrong with the Mastodon channel, in words for whoever runs the bot."""

from __future__ import annotations

import asyncio

from bots.mastodon.account import Account
from bots.mastodon.settings import Login, MastodonSettings
from core.channel import AddressGone, DeliveryError

HOW_TO = (
    "on your instance open Preferences, Development, New application with the scopes "
    "read:accounts, read:statuses, write:media and write:statuses, and set "
    "RECALLBOT_MASTODON_ACCOUNTS to name@host:token with the access token it shows"
)
NO_BOT = (
    "people are not told that it is a bot: tick “This is an automated account” under "
    "Preferences, Public profile"
)


async def checkup(settings: MastodonSettings) -> tuple[bool, str]:
    """Say whether the channel can work, and what to do where it cannot; not set up is right."""
    if not settings.logins:
        return True, f"not set up; to be on Mastodon, {HOW_TO}"
    looked = await asyncio.gather(*(_of(login) for login in settings.logins))
    return all(right for right, _ in looked), ". ".join(says for _, says in looked)


async def _of(login: Login) -> tuple[bool, str]:
    account = Account(login)
    try:
        limit = await account.meet()
        me = await account.me()
    except AddressGone as gone:
        return False, f"{login.chat}: its token is refused ({gone.said}); {HOW_TO}"
    except DeliveryError as error:
        return False, f"{login.chat}: {login.host} cannot be reached or read: {error}"
    finally:
        await account.close()
    name = str(me.get("username"))
    if name.lower() != login.name:
        return False, f"{login.chat}: the token belongs to {name}"
    told = f"{login.chat} answers, {limit.characters} characters a post"
    return True, told if me.get("bot") else f"{told}; {NO_BOT}"
