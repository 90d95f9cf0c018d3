"""Discord's REST API: channels, threads and messages, with their refusals.

Second-hand: 50278 for somebody who shares no server with the bot; unverified: that an
installed app may write to its user.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.platforms.discord.accounts import P, Permission, User
from tests.platforms.discord.messages import Message, Origin, Upload, change, post, remove
from tests.platforms.discord.rules import (
    CROSSPOSTED,
    EPHEMERAL,
    HAS_THREAD,
    LOADING,
    Form,
    Json,
    Refused,
)
from tests.platforms.discord.world import ANNOUNCEMENT, FORUM, TAG_REQUIRED, THREADS, Channel

if TYPE_CHECKING:
    from tests.platforms.discord_server import Discord


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, taken apart."""

    ids: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    uploads: Sequence[Upload]


@dataclass(frozen=True, slots=True)
class Created:
    """An answer of 201."""

    body: Any


Handler = Callable[["Discord", Asked], Any]


def _reach(discord: Discord, asked: Asked, *needed: Permission) -> Channel:
    """Return a channel the bot sees and has these permissions in."""
    found = discord.scene.channels.get(asked.ids["channel"])
    if found is None or found.gone:
        raise Refused(404, 10003, "Unknown Channel")
    if found.guild is None:
        if discord.bot not in found.people:
            raise Refused(403, 50001, "Missing Access")
        return found
    may = found.guild.may(discord.bot, found)
    if not may & P.VIEW_CHANNEL:
        raise Refused(403, 50001, "Missing Access")
    if any(not may & permission for permission in needed):
        raise Refused(403, 50013, "Missing Permissions")
    return found


def channel(discord: Discord, asked: Asked) -> Json:
    """GET a channel."""
    return _reach(discord, asked).json()


def change_channel(discord: Discord, asked: Asked) -> Json:
    """PATCH a name, or a thread's state and tags."""
    found = _reach(discord, asked)
    own = found.kind in THREADS and found.owner is discord.bot
    needed = P.MANAGE_THREADS if found.kind in THREADS else P.MANAGE_CHANNELS
    if not own or "locked" in asked.body:
        _reach(discord, asked, needed)
    found.name = asked.body.get("name") or found.name
    found.archived = asked.body.get("archived", found.archived)
    found.locked = asked.body.get("locked", found.locked)
    found.applied = asked.body.get("applied_tags", found.applied)
    found.changed()
    return found.json()


def delete_channel(discord: Discord, asked: Asked) -> Json:
    """DELETE a channel or thread."""
    found = _reach(discord, asked)
    _reach(discord, asked, P.MANAGE_THREADS if found.kind in THREADS else P.MANAGE_CHANNELS)
    found.delete()
    return found.json()


def typing(discord: Discord, asked: Asked) -> None:
    """POST that the bot is writing."""
    _reach(discord, asked, P.SEND_MESSAGES)


def messages(discord: Discord, asked: Asked) -> list[Json]:
    """GET the latest messages, newest first."""
    found = _reach(discord, asked)
    if found.guild and not found.guild.may(discord.bot, found) & P.READ_MESSAGE_HISTORY:
        return []
    most = min(int(asked.query.get("limit", 50)), 100)
    shown = [one for one in found.messages if not one.flags & (EPHEMERAL | LOADING)]
    return [one.json() for one in reversed(shown[-most:])]


def message(discord: Discord, asked: Asked) -> Json:
    """GET one message."""
    found = _reach(discord, asked, P.READ_MESSAGE_HISTORY)
    return found.message(asked.ids["message"]).json()


def create_message(discord: Discord, asked: Asked) -> Json:
    """POST a message."""
    found = _reach(discord, asked, P.VIEW_CHANNEL)
    if found.kind == FORUM:
        raise Refused(400, 40058, "Cannot send a message in a forum channel")
    if found.guild is None:
        _may_write_to(discord, next(one for one in found.people if not one.bot))
    in_thread = found.kind in THREADS
    own = P.SEND_MESSAGES_IN_THREADS if in_thread else P.SEND_MESSAGES
    _reach(discord, asked, own, *_needed_for(asked))
    if found.locked:
        raise Refused(400, 50083, "Thread is archived")
    _check_reply(found, asked.body)
    found.archived = False
    return post(discord.scene, found, asked.body, asked.uploads).json()


def _needed_for(asked: Asked, body: Json | None = None) -> list[Permission]:
    embeds = [P.EMBED_LINKS] if (body or asked.body).get("embeds") else []
    return embeds + ([P.ATTACH_FILES] if asked.uploads else [])


def _may_write_to(discord: Discord, person: User) -> None:
    if person.refuses:
        raise Refused(403, 50007, "Cannot send messages to this user")
    shared = any(
        one.has_bot and person.id in one.people for one in discord.scene.guilds.values()
    )
    if not shared and not person.installed:
        reason = "Cannot send messages to this user due to having no mutual guilds"
        raise Refused(403, 50278, reason)


def _check_reply(found: Channel, body: Json) -> None:
    reference = body.get("message_reference")
    if not reference or not reference.get("fail_if_not_exists", True):
        return
    if all(one.id != str(reference.get("message_id")) for one in found.messages):
        form = Form()
        form.wrong("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        form.settle()


def _own(discord: Discord, asked: Asked) -> Message:
    said = _reach(discord, asked, P.VIEW_CHANNEL).message(asked.ids["message"])
    if said.author is not discord.bot:
        raise Refused(403, 50005, "Cannot edit a message authored by another user")
    return said


def edit_message(discord: Discord, asked: Asked) -> Json:
    """PATCH one of the bot's messages."""
    said = _own(discord, asked)
    if said.channel.locked:
        raise Refused(400, 50083, "Thread is archived")
    change(discord.scene, said, asked.body, asked.uploads)
    return said.json()


def delete_message(discord: Discord, asked: Asked) -> None:
    """DELETE one of the bot's messages, or as a moderator any."""
    said = _reach(discord, asked).message(asked.ids["message"])
    if said.author is not discord.bot:
        _reach(discord, asked, P.MANAGE_MESSAGES)
    remove(discord.scene, said)


def crosspost(discord: Discord, asked: Asked) -> Json:
    """POST: publish a message of an announcement channel to those who follow it."""
    found = _reach(discord, asked, P.SEND_MESSAGES)
    said = found.message(asked.ids["message"])
    if found.kind != ANNOUNCEMENT:
        raise Refused(400, 50024, "Cannot execute action on this channel type")
    if said.author is not discord.bot:
        _reach(discord, asked, P.MANAGE_MESSAGES)
    if said.flags & CROSSPOSTED:
        raise Refused(400, 40033, "This message has already been crossposted")
    said.flags |= CROSSPOSTED
    return said.json()


def _thread_name(body: Json) -> str:
    form = Form()
    name = form.text(body, "name", "", 1, 100)
    form.settle()
    return name


def thread_of_message(discord: Discord, asked: Asked) -> Json:
    """POST: hang a thread under a message; it gets the message's id."""
    found = _reach(discord, asked, P.CREATE_PUBLIC_THREADS)
    said = found.message(asked.ids["message"])
    if found.kind in THREADS or found.guild is None:
        raise Refused(400, 50024, "Cannot execute action on this channel type")
    if said.flags & HAS_THREAD:
        raise Refused(400, 160004, "A thread has already been created for this message")
    name = _thread_name(asked.body)
    said.flags |= HAS_THREAD
    return found.thread(name, discord.bot, number=said.id).json()


def start_thread(discord: Discord, asked: Asked) -> Any:
    """POST: start a thread of its own, or in a forum a post with its first message."""
    found = _reach(discord, asked)
    if found.kind != FORUM:
        _reach(discord, asked, P.CREATE_PUBLIC_THREADS)
        return Created(found.thread(_thread_name(asked.body), discord.bot).json())
    body, tags = asked.body.get("message") or {}, asked.body.get("applied_tags") or []
    _reach(discord, asked, P.SEND_MESSAGES, *_needed_for(asked, body))
    name = _thread_name(asked.body)
    if not set(tags) <= {tag["id"] for tag in found.tags}:
        raise Refused(404, 10087, "Unknown tag")
    if found.flags & TAG_REQUIRED and not tags:
        raise Refused(400, 40067, "A tag is required to create a forum post in this channel")
    thread = Channel(0, name, found.guild)
    first = post(discord.scene, thread, body, asked.uploads, Origin(discord.bot))
    opened = found.thread(name, discord.bot, number=first.id, tags=tags)
    first.channel = opened
    opened.messages.append(first)
    return Created({**opened.json(), "message": first.json()})


CHANNEL = "/channels/{channel}"
MESSAGE = f"{CHANNEL}/messages/{{message}}"
CHANNEL_ROUTES: dict[str, Handler] = {
    f"GET {CHANNEL}": channel,
    f"PATCH {CHANNEL}": change_channel,
    f"DELETE {CHANNEL}": delete_channel,
    f"POST {CHANNEL}/typing": typing,
    f"POST {CHANNEL}/threads": start_thread,
    f"GET {CHANNEL}/messages": messages,
    f"POST {CHANNEL}/messages": create_message,
    f"GET {MESSAGE}": message,
    f"PATCH {MESSAGE}": edit_message,
    f"DELETE {MESSAGE}": delete_message,
    f"POST {MESSAGE}/crosspost": crosspost,
    f"POST {MESSAGE}/threads": thread_of_message,
}
