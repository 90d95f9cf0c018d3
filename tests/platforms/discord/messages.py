"""Messages in Discord: what they look like, and how they are accepted and changed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.platforms.discord.accounts import DISCORD_EPOCH, P, User, snowflake, stamp
from tests.platforms.discord.rules import (
    BUTTON,
    EPHEMERAL,
    LINK,
    LOADING,
    SELECTS,
    SETTABLE,
    TEXT,
    Json,
    Refused,
    is_empty,
    message_is_fit,
    parts,
)
from tests.platforms.discord.world import Channel, Scene

GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 9, 1 << 12
NONCE_SECONDS = 300.0
KEPT = ("content", "embeds", "components", "allowed_mentions", "nonce", "message_reference")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody sends."""

    filename: str
    content: bytes
    content_type: str = "application/octet-stream"


@dataclass(eq=False, slots=True)
class Message:
    """A post: its body as it was accepted, who sees it, and how often it was edited."""

    channel: Channel
    author: User
    body: Json
    files: dict[str, Attached] = field(default_factory=dict)
    for_only: User | None = None
    flags: int = 0
    edits: int = 0
    deleted: bool = False
    asked_by: Json | None = None
    id: str = field(default_factory=snowflake)

    @property
    def components(self) -> list[Json]:
        """Return the layout."""
        return self.body.get("components") or []

    @property
    def text(self) -> str:
        """Return all that can be read in it, from top to bottom."""
        lines = [self.body.get("content") or ""]
        for embed in self.body.get("embeds") or []:
            lines += [embed.get("title") or "", embed.get("description") or ""]
            for entry in embed.get("fields") or []:
                lines += [entry["name"], entry["value"]]
            lines.append((embed.get("footer") or {}).get("text") or "")
        lines += [part["content"] for part in parts(self.components) if part["type"] == TEXT]
        return "\n".join(line for line in lines if line)

    @property
    def buttons(self) -> list[str]:
        """Return the labels of the buttons."""
        found = [part for part in parts(self.components) if part["type"] == BUTTON]
        return [part.get("label") or part["emoji"]["name"] for part in found]

    @property
    def selects(self) -> list[Json]:
        """Return the select menus."""
        return [part for part in parts(self.components) if part["type"] in SELECTS]

    @property
    def ephemeral(self) -> bool:
        """Whether only the person who asked sees it."""
        return bool(self.flags & EPHEMERAL)

    @property
    def mentions(self) -> list[str]:
        """Return the ids of the roles and users it pinged, as `allowed_mentions` lets it."""
        allowed = self.body.get("allowed_mentions")
        named = re.findall(r"<@([&!]?)(\d+)>", self.text)
        return [
            number
            for kind, number in named
            if _pings(allowed, number, is_role=kind == "&")
            if kind != "&" or self._may_ping(number)
        ]

    def _may_ping(self, role: str) -> bool:
        guild = self.channel.guild
        roles = guild.roles if guild else []
        every = guild is not None and guild.may(self.author, self.channel) & P.MENTION_EVERYONE
        return any(one.id == role and (one.mentionable or every) for one in roles)

    def button(self, called: str) -> Json:
        """Return a button that can be pressed, by its label or custom_id."""
        for part in parts(self.components):
            known = called in {part.get("label"), part.get("custom_id")}
            if part["type"] == BUTTON and known and part["style"] != LINK:
                if part.get("disabled"):
                    raise LookupError(f"the button {called!r} is disabled")
                return part
        raise LookupError(f"no button {called!r} among {self.buttons}")

    def visible_to(self, user: User) -> bool:
        """Whether that person can see it now."""
        if self.deleted or self.channel.gone or (self.for_only and self.for_only is not user):
            return False
        guild = self.channel.guild
        if guild is None:
            return user in self.channel.people
        return bool(guild.may(user, self.channel) & P.VIEW_CHANNEL)

    def json(self) -> Json:
        """Return the message object."""
        shown: Json = {
            "id": self.id, "channel_id": self.channel.id, "author": self.author.json(),
            "content": self.body.get("content") or "", "timestamp": stamp(_age(self.id)),
            "edited_timestamp": stamp() if self.edits else None, "tts": False,
            "mention_everyone": False, "mentions": [], "mention_channels": [],
            "mention_roles": self.mentions, "pinned": False, "type": 0, "flags": self.flags,
            "attachments": [part.json() for part in self.files.values()],
            "embeds": [{"type": "rich", **embed} for embed in self.body.get("embeds") or []],
            "components": self.components, "reactions": [],
        }  # fmt: skip
        if self.body.get("nonce") is not None:
            shown["nonce"] = self.body["nonce"]
        if self.body.get("message_reference"):
            shown |= {"type": 19, "message_reference": self.body["message_reference"]}
        if self.author.bot:
            shown["application_id"] = self.author.id
        if self.asked_by:
            shown["interaction_metadata"] = self.asked_by
        return shown


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that hangs on a message or an option, and where it can be fetched."""

    id: str
    filename: str
    content: bytes
    content_type: str
    url: str

    def json(self) -> Json:
        """Return the attachment object."""
        return {
            "id": self.id, "filename": self.filename, "size": len(self.content),
            "content_type": self.content_type, "url": self.url, "proxy_url": self.url,
            "ephemeral": False,
        }  # fmt: skip


def _age(number: str) -> float:
    return ((int(number) >> 22) + DISCORD_EPOCH) / 1000


def _pings(allowed: Any, number: str, *, is_role: bool) -> bool:
    kind = "roles" if is_role else "users"
    if allowed is None:
        return True
    return number in map(str, allowed.get(kind) or []) or kind in (allowed.get("parse") or [])


def attach(scene: Scene, channel: Channel, uploads: Sequence[Upload]) -> list[Attached]:
    """Keep files where they can be fetched."""
    kept = []
    for upload in uploads:
        number = snowflake()
        url = f"{scene.url}/cdn/attachments/{channel.id}/{number}/{upload.filename}"
        kept.append(Attached(number, upload.filename, upload.content, upload.content_type, url))
        scene.files[number] = kept[-1]
    return kept


@dataclass(frozen=True, slots=True)
class Origin:
    """Who wrote a message, who alone sees it, and which interaction it answers."""

    author: User
    for_only: User | None = None
    asked_by: Json | None = None
    number: str = ""


def post(
    scene: Scene,
    channel: Channel,
    body: Json,
    uploads: Sequence[Upload] = (),
    origin: Origin | None = None,
) -> Message:
    """Accept a message, or refuse it; a nonce that was just used gives the first one again."""
    origin = origin or Origin(scene.bot)
    message_is_fit(body, [upload.filename for upload in uploads])
    if is_empty(body, [upload.filename for upload in uploads]):
        raise Refused(400, 50006, "Cannot send an empty message")
    now, key = asyncio.get_running_loop().time(), (origin.author.id, str(body.get("nonce")))
    if body.get("enforce_nonce") and key in channel.nonces:
        at, first = channel.nonces[key]
        if now - at < NONCE_SECONDS:
            return first
    message = Message(channel, origin.author, {}, for_only=origin.for_only)
    message.flags = (body.get("flags") or 0) & SETTABLE | (EPHEMERAL if origin.for_only else 0)
    message.asked_by = origin.asked_by
    message.id = origin.number or message.id
    _fill(scene, message, body, uploads)
    channel.messages.append(message)
    if body.get("nonce") is not None:
        channel.nonces[key] = (now, message)
    _tell(scene, "MESSAGE_CREATE", message)
    return message


def change(scene: Scene, message: Message, body: Json, uploads: Sequence[Upload] = ()) -> None:
    """Change a message in place, or refuse to; whatever is not named stays as it is."""
    if "attachments" in body:
        stay = {part.get("id") for part in body["attachments"] or []}
        message.files = {key: kept for key, kept in message.files.items() if kept.id in stay}
    names = [*message.files, *(upload.filename for upload in uploads)]
    whole = {**message.body, **body}
    message_is_fit(whole, names, before=message.flags)
    if is_empty(whole, names):
        raise Refused(400, 50006, "Cannot send an empty message")
    message.flags = (message.flags | (body.get("flags") or 0) & SETTABLE) & ~LOADING
    _fill(scene, message, body, uploads)
    message.edits += 1
    _tell(scene, "MESSAGE_UPDATE", message)


def remove(scene: Scene, message: Message) -> None:
    """Delete a message."""
    message.deleted = True
    message.channel.messages.remove(message)
    guild = message.channel.guild
    body: Json = {"id": message.id, "channel_id": message.channel.id}
    body |= {"guild_id": guild.id} if guild else {}
    if not message.ephemeral and (guild is None or guild.has_bot):
        intent = GUILD_MESSAGES if guild else DIRECT_MESSAGES
        scene.tell("MESSAGE_DELETE", body, guild=guild.id if guild else None, intent=intent)


def _fill(scene: Scene, message: Message, body: Json, uploads: Sequence[Upload]) -> None:
    files = attach(scene, message.channel, uploads)
    message.files |= {kept.filename: kept for kept in files}
    message.body |= {name: body[name] for name in KEPT if name in body}
    taken = {part["id"] for part in parts(message.components) if part.get("id")}
    numbers = (number for number in range(1, 1000) if number not in taken)
    for part in parts(message.components):
        part["id"] = part.get("id") or next(numbers)
    _resolve(message.components, message.files)
    _resolve(message.body.get("embeds") or [], message.files)


def _resolve(value: Any, files: Mapping[str, Attached]) -> None:
    """Put real addresses in the place of "attachment://"."""
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            _resolve(inner, files)
    if isinstance(value, dict) and str(value.get("url")).startswith("attachment://"):
        value["url"] = value["proxy_url"] = files[value["url"].partition("://")[2]].url


def _tell(scene: Scene, event: str, message: Message) -> None:
    guild = message.channel.guild
    if message.ephemeral or message.flags & LOADING or (guild and not guild.has_bot):
        return
    if guild and not guild.may(scene.bot, message.channel):
        return
    body = message.json()
    if guild is None:
        scene.tell(event, {**body, "channel_type": 1}, intent=DIRECT_MESSAGES)
        return
    body["guild_id"] = guild.id
    body["member"] = guild.member(message.author, inside=False)
    open_to_bot = message.author is scene.bot or f"<@{scene.bot.id}>" in message.text
    hidden: Json = {"content": "", "embeds": [], "attachments": [], "components": []}
    bare = None if open_to_bot else {**body, **hidden}
    scene.tell(event, body, guild=guild.id, intent=GUILD_MESSAGES, bare=bare)
