"""Discord's REST API: the application, its commands, servers, and answers to interactions."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.platforms.discord.accounts import snowflake
from tests.platforms.discord.channel_routes import Asked, Created, Handler
from tests.platforms.discord.commands import commands_are_fit
from tests.platforms.discord.interactions import Interaction
from tests.platforms.discord.rules import LOADING, Json, Refused
from tests.platforms.discord.world import THREADS, Guild

if TYPE_CHECKING:
    from tests.platforms.discord_server import Discord

DAY = 86400.0
DAILY_CREATES = 200


def me(discord: Discord, _: Asked) -> Json:
    """GET the bot's own account."""
    return {**discord.bot.json(), "verified": True, "mfa_enabled": True, "locale": "en-US"}


def user(discord: Discord, asked: Asked) -> Json:
    """GET somebody's account."""
    found = discord.scene.users.get(asked.ids["user"])
    if found is None:
        raise Refused(404, 10013, "Unknown User")
    return found.json()


def my_guilds(discord: Discord, _: Asked) -> list[Json]:
    """GET the servers the bot is in."""
    return [
        {"id": guild.id, "name": guild.name, "icon": None, "owner": False, "features": [],
         "banner": None, "permissions": str(int(guild.may(discord.bot)))}
        for guild in discord.scene.guilds.values() if guild.has_bot
    ]  # fmt: skip


def open_dm(discord: Discord, asked: Asked) -> Json:
    """POST: open a direct conversation; that it cannot be used shows only later."""
    found = discord.scene.users.get(str(asked.body.get("recipient_id")))
    if found is None or found.bot:
        raise Refused(400, 50033, "Invalid Recipient(s)")
    return discord.scene.dm(found).json()


def application(discord: Discord, _: Asked) -> Json:
    """GET the application."""
    return discord.application


def gateway(discord: Discord, _: Asked) -> Json:
    """GET where the gateway is."""
    return {"url": discord.gateway.url}


def gateway_bot(discord: Discord, _: Asked) -> Json:
    """GET where the gateway is, how many shards to use and how many starts are left."""
    left = max(0, 1000 - discord.gateway.identified)
    limit = {"total": 1000, "remaining": left, "reset_after": 86_400_000, "max_concurrency": 1}
    return {"url": discord.gateway.url, "shards": discord.shards, "session_start_limit": limit}


def _guild(discord: Discord, asked: Asked) -> Guild:
    found = discord.scene.guilds.get(asked.ids["guild"])
    if found is None:
        raise Refused(404, 10004, "Unknown Guild")
    if not found.has_bot:
        raise Refused(403, 50001, "Missing Access")
    return found


def guild(discord: Discord, asked: Asked) -> Json:
    """GET a server the bot is in."""
    return _guild(discord, asked).json()


def roles(discord: Discord, asked: Asked) -> list[Json]:
    """GET its roles."""
    return [role.json() for role in _guild(discord, asked).roles]


def channels(discord: Discord, asked: Asked) -> list[Json]:
    """GET its channels, without threads."""
    places = _guild(discord, asked).channels
    return [place.json() for place in places if place.kind not in THREADS]


def member(discord: Discord, asked: Asked) -> Json:
    """GET one member."""
    found = _guild(discord, asked)
    if asked.ids["user"] not in found.people:
        raise Refused(404, 10007, "Unknown Member")
    return found.member(found.people[asked.ids["user"]][0])


def _registered(discord: Discord, asked: Asked) -> list[Json]:
    if asked.ids["application"] != discord.application["id"]:
        raise Refused(403, 20012, "You are not authorized to perform this action")
    if "guild" not in asked.ids:
        return discord.commands
    return discord.guild_commands.setdefault(_guild(discord, asked).id, [])


def commands(discord: Discord, asked: Asked) -> list[Json]:
    """GET the registered commands."""
    hidden = ("name_localizations", "description_localizations")
    known = _registered(discord, asked)
    if asked.query.get("with_localizations") == "true":
        return known
    return [{k: v for k, v in one.items() if k not in hidden} for one in known]


def put_commands(discord: Discord, asked: Asked) -> list[Json]:
    """PUT the whole set of commands in the place of the one before."""
    known = _registered(discord, asked)
    commands_are_fit(asked.body)
    before = {(one["type"], one["name"]): one for one in known}
    known[:] = [_command(discord, one, asked, before) for one in asked.body]
    return known


def post_command(discord: Discord, asked: Asked) -> Created:
    """POST one command, in the place of the one of that name."""
    known = _registered(discord, asked)
    before = {(one["type"], one["name"]): one for one in known}
    key = (asked.body.get("type", 1), asked.body.get("name"))
    rest = [one for one in known if (one["type"], one["name"]) != key]
    commands_are_fit([*rest, asked.body])
    known[:] = [*rest, _command(discord, asked.body, asked, before)]
    return Created(known[-1])


def _command(discord: Discord, body: Json, asked: Asked, before: Mapping[Any, Json]) -> Json:
    key = (body.get("type", 1), body["name"])
    if key not in before:
        now = time.monotonic()
        discord.creates = [*(at for at in discord.creates if at > now - DAY), now]
        if len(discord.creates) > DAILY_CREATES:
            reason = "Max number of daily application command creates has been reached (200)"
            raise Refused(400, 30034, reason)
    fresh: Json = {
        "type": 1, "description": "", "name_localizations": None, "options": [],
        "description_localizations": None, "default_member_permissions": None,
        "dm_permission": True, "contexts": None, "integration_types": None, "nsfw": False,
    }  # fmt: skip
    number = before[key]["id"] if key in before else snowflake()
    own = {"id": number, "application_id": discord.application["id"], "version": snowflake()}
    place = {"guild_id": asked.ids["guild"]} if "guild" in asked.ids else {}
    # A command that does not say so is there wherever the app can be installed.
    types = body.get("integration_types") or [
        int(kind) for kind in discord.application["integration_types_config"]
    ]
    return {**fresh, **body, "integration_types": types, **own, **place}


def delete_command(discord: Discord, asked: Asked) -> None:
    """DELETE one command."""
    known = _registered(discord, asked)
    if all(one["id"] != asked.ids["command"] for one in known):
        raise Refused(404, 10063, "Unknown application command")
    known[:] = [one for one in known if one["id"] != asked.ids["command"]]


def callback(discord: Discord, asked: Asked) -> Json | None:
    """POST the first answer to an interaction."""
    found = discord.interactions.get(asked.ids["token"])
    if found is None or found.id != asked.ids["interaction"]:
        raise Refused(404, 10062, "Unknown interaction")
    found.answer(asked.body, asked.uploads)
    if asked.query.get("with_response", "").lower() not in {"true", "1"}:
        return None
    shown, said = {"id": found.id, "type": found.asking.kind}, found.message
    resource: Json = {"type": found.kind_of_answer}
    if said:
        shown |= {"response_message_id": said.id, "response_message_ephemeral": said.ephemeral}
        shown["response_message_loading"] = bool(said.flags & LOADING)
        resource["message"] = said.json()
    return {"interaction": shown, "resource": resource}


def _webhook(discord: Discord, asked: Asked) -> Interaction:
    found = discord.interactions.get(asked.ids["token"])
    if found is None or asked.ids["application"] != discord.application["id"]:
        raise Refused(404, 10015, "Unknown Webhook")
    found.open()
    return found


def follow_up(discord: Discord, asked: Asked) -> Json:
    """POST a further answer."""
    return _webhook(discord, asked).follow_up(asked.body, asked.uploads).json()


def answer(discord: Discord, asked: Asked) -> Json:
    """GET an answer."""
    return _webhook(discord, asked).find(asked.ids["message"]).json()


def edit_answer(discord: Discord, asked: Asked) -> Json:
    """PATCH an answer."""
    found = _webhook(discord, asked)
    return found.edit(asked.ids["message"], asked.body, asked.uploads).json()


def delete_answer(discord: Discord, asked: Asked) -> None:
    """DELETE an answer."""
    _webhook(discord, asked).delete(asked.ids["message"])


COMMANDS = "/applications/{application}/commands"
IN_GUILD = "/applications/{application}/guilds/{guild}/commands"
WEBHOOK = "/webhooks/{application}/{token}"
APP_ROUTES: dict[str, Handler] = {
    "GET /users/@me": me,
    "GET /users/@me/guilds": my_guilds,
    "POST /users/@me/channels": open_dm,
    "GET /users/{user}": user,
    "GET /oauth2/applications/@me": application,
    "GET /applications/@me": application,
    "GET /gateway": gateway,
    "GET /gateway/bot": gateway_bot,
    "GET /guilds/{guild}": guild,
    "GET /guilds/{guild}/roles": roles,
    "GET /guilds/{guild}/channels": channels,
    "GET /guilds/{guild}/members/{user}": member,
    f"GET {COMMANDS}": commands,
    f"PUT {COMMANDS}": put_commands,
    f"POST {COMMANDS}": post_command,
    f"DELETE {COMMANDS}/{{command}}": delete_command,
    f"GET {IN_GUILD}": commands,
    f"PUT {IN_GUILD}": put_commands,
    f"POST {IN_GUILD}": post_command,
    f"DELETE {IN_GUILD}/{{command}}": delete_command,
    "POST /interactions/{interaction}/{token}/callback": callback,
    f"POST {WEBHOOK}": follow_up,
    f"GET {WEBHOOK}/messages/{{message}}": answer,
    f"PATCH {WEBHOOK}/messages/{{message}}": edit_answer,
    f"DELETE {WEBHOOK}/messages/{{message}}": delete_answer,
}
# They need no token of the bot, and its own limit does not count them.
OPEN = ("/interactions/", "/webhooks/", "/gateway")
EXEMPT = ("/interactions/", "/webhooks/")
