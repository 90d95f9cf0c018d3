"""The places in Discord, guilds and channels: what is in them and what changes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from tests.platforms.discord.accounts import ALL, P, Permission, Role, User, snowflake, stamp
from tests.platforms.discord.rules import EPHEMERAL, Json, Refused

if TYPE_CHECKING:
    from tests.platforms.discord.messages import Attached, Message

TEXT_ROOM, DM, ANNOUNCEMENT, ANNOUNCEMENT_THREAD, THREAD, FORUM = 0, 1, 5, 10, 11, 15
THREADS = (ANNOUNCEMENT_THREAD, THREAD)
GUILDS = 1 << 0
TAG_REQUIRED = 1 << 4


class Tell(Protocol):
    """Sends an event to whom it concerns."""

    def __call__(
        self,
        event: str,
        body: Json,
        *,
        guild: str | None = None,
        intent: int = 0,
        bare: Json | None = None,
    ) -> None:
        """Send it; `bare` goes to those who may not read what people write."""
        ...


@dataclass(eq=False, slots=True)
class Scene:
    """Everything there is, by id, and how the bot hears of it."""

    bot: User
    tell: Tell
    url: str = ""
    users: dict[str, User] = field(default_factory=dict)
    guilds: dict[str, Guild] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    files: dict[str, Attached] = field(default_factory=dict)

    def dm(self, user: User) -> Channel:
        """Return the bot's direct conversation with somebody."""
        for channel in self.channels.values():
            if channel.guild is None and user in channel.people and self.bot in channel.people:
                return channel
        channel = Channel(DM, user.name, people=(user, self.bot))
        self.channels[channel.id] = channel
        return channel


@dataclass(eq=False, slots=True)
class Guild:
    """A server; `people` are its members with their roles, the bot among them if it is in.

    What changes it tells the bot, where it is in.
    """

    name: str
    owner: User
    scene: Scene
    locale: str = "en-US"
    people: dict[str, tuple[User, list[Role]]] = field(default_factory=dict)
    roles: list[Role] = field(default_factory=list)
    channels: list[Channel] = field(default_factory=list)
    id: str = field(default_factory=snowflake)

    @property
    def has_bot(self) -> bool:
        """Whether the bot is a member."""
        return self.scene.bot.id in self.people

    def may(self, user: User, channel: Channel | None = None) -> Permission:
        """Return what a member may do, here or in a channel, as Discord computes it."""
        if user.id not in self.people:
            return Permission(0)
        own = Permission(self.roles[0].may)
        for role in self.people[user.id][1]:
            own |= role.may
        if user is self.owner or own & P.ADMINISTRATOR:
            return Permission(ALL)
        place = (channel.parent if channel.kind in THREADS else channel) if channel else None
        if place and user.bot:
            own = (own & ~place.denied) | place.allowed
        return own if own & P.VIEW_CHANNEL else Permission(0)

    def tell(self, event: str, body: Json) -> None:
        """Let the bot know, if it is in."""
        if self.has_bot:
            told = {"guild_id": self.id, **body}
            self.scene.tell(event, told, guild=self.id, intent=GUILDS)

    def place(self, channel: Channel) -> Channel:
        """Add a channel or thread."""
        self.channels.append(channel)
        self.scene.channels[channel.id] = channel
        if self.may(self.scene.bot, channel):
            is_thread = channel.kind in THREADS
            event = "THREAD_CREATE" if is_thread else "CHANNEL_CREATE"
            self.tell(
                event, {**channel.json(), **({"newly_created": True} if is_thread else {})}
            )
        return channel

    def text(self, name: str) -> Channel:
        """Add a text channel."""
        return self.place(Channel(TEXT_ROOM, name, self))

    def announcement(self, name: str) -> Channel:
        """Add an announcement channel."""
        return self.place(Channel(ANNOUNCEMENT, name, self))

    def forum(self, name: str, *tags: str, tag_required: bool = False) -> Channel:
        """Add a forum with tags."""
        known = [
            {"id": snowflake(), "name": tag, "moderated": False, "emoji_id": None,
             "emoji_name": None} for tag in tags
        ]  # fmt: skip
        flags = TAG_REQUIRED if tag_required else 0
        return self.place(Channel(FORUM, name, self, tags=known, flags=flags))

    def role(self, name: str, *, may: int = 0, mentionable: bool = False) -> Role:
        """Add a role."""
        role = Role(name, may, mentionable)
        self.roles.append(role)
        self.tell("GUILD_ROLE_CREATE", {"role": role.json()})
        return role

    def forbid(self, *permissions: Permission) -> None:
        """Take permissions from the bot, and so from everyone."""
        for role in (self.roles[0], *self.people[self.scene.bot.id][1]):
            for permission in permissions:
                role.may &= ~permission
            self.tell("GUILD_ROLE_UPDATE", {"role": role.json()})

    def adds_bot(self) -> None:
        """Install the bot here."""
        everything = ALL & ~P.ADMINISTRATOR & ~P.MANAGE_GUILD
        self.people[self.scene.bot.id] = (self.scene.bot, [])
        self.people[self.scene.bot.id][1].append(self.role(self.scene.bot.name, may=everything))
        self.scene.tell("GUILD_CREATE", self.created(), guild=self.id, intent=GUILDS)

    def removes_bot(self) -> None:
        """Put the bot out."""
        self.people.pop(self.scene.bot.id)
        self.scene.tell("GUILD_DELETE", {"id": self.id}, guild=self.id, intent=GUILDS)

    def member(self, user: User, *, inside: bool = True) -> Json:
        """Return the member object, with the user inside it or not."""
        roles = self.people.get(user.id, (user, []))[1]
        member: Json = {
            "roles": [role.id for role in roles], "joined_at": stamp(), "nick": None,
            "avatar": None, "deaf": False, "mute": False, "pending": False, "flags": 0,
            "premium_since": None, "communication_disabled_until": None, "banner": None,
        }  # fmt: skip
        return {**member, "user": user.json()} if inside else member

    def json(self) -> Json:
        """Return the guild object of the REST API."""
        return {
            "id": self.id, "name": self.name, "owner_id": self.owner.id, "icon": None,
            "roles": [role.json() for role in self.roles], "emojis": [], "features": [],
            "preferred_locale": self.locale, "verification_level": 0, "mfa_level": 0,
            "default_message_notifications": 1, "explicit_content_filter": 0, "stickers": [],
            "splash": None, "discovery_splash": None, "afk_channel_id": None,
            "afk_timeout": 300, "application_id": None, "system_channel_id": None,
            "system_channel_flags": 0, "rules_channel_id": None, "vanity_url_code": None,
            "description": None, "banner": None, "premium_tier": 0, "nsfw_level": 0,
            "public_updates_channel_id": None, "premium_progress_bar_enabled": False,
            "safety_alerts_channel_id": None, "incidents_data": None, "nsfw": False,
        }  # fmt: skip

    def created(self) -> Json:
        """Return what GUILD_CREATE carries."""
        seen = [place for place in self.channels if self.may(self.scene.bot, place)]
        return {
            **self.json(), "joined_at": stamp(), "large": False, "unavailable": False,
            "member_count": len(self.people), "voice_states": [], "presences": [],
            "members": [self.member(self.scene.bot)],
            "channels": [place.json() for place in seen if place.kind not in THREADS],
            "threads": [place.json() for place in seen if place.kind in THREADS],
            "stage_instances": [], "guild_scheduled_events": [], "soundboard_sounds": [],
        }  # fmt: skip


@dataclass(eq=False, slots=True)
class Channel:
    """A place for messages; `allowed` and `denied` are the bot's own overwrite in it."""

    kind: int
    name: str
    guild: Guild | None = None
    parent: Channel | None = None
    people: tuple[User, ...] = ()
    owner: User | None = None
    allowed: int = 0
    denied: int = 0
    locked: bool = False
    archived: bool = False
    gone: bool = False
    flags: int = 0
    tags: list[Json] = field(default_factory=list)
    applied: list[str] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    nonces: dict[tuple[str, str], tuple[float, Message]] = field(default_factory=dict)
    id: str = field(default_factory=snowflake)

    @property
    def threads(self) -> list[Channel]:
        """Return the threads, or a forum's posts, that hang under it."""
        places = self.guild.channels if self.guild else []
        return [place for place in places if place.parent is self]

    def message(self, number: str, *, ephemeral: bool = False) -> Message:
        """Return a message by id; refused as 10008 where there is none."""
        for message in self.messages:
            if message.id == number and (ephemeral or not message.flags & EPHEMERAL):
                return message
        raise Refused(404, 10008, "Unknown Message")

    def thread(
        self,
        name: str,
        owner: User | None = None,
        *,
        number: str = "",
        tags: Sequence[str] = (),
    ) -> Channel:
        """Hang a thread, or a forum's post, under it."""
        if self.guild is None:
            raise LookupError("no threads in direct messages")
        kind = ANNOUNCEMENT_THREAD if self.kind == ANNOUNCEMENT else THREAD
        thread = Channel(kind, name, self.guild, self, owner=owner, id=number or snowflake())
        thread.applied = list(tags)
        return self.guild.place(thread)

    def forbid(self, *permissions: Permission) -> None:
        """Take permissions from the bot in this channel."""
        for permission in permissions:
            self.denied |= permission
            self.allowed &= ~permission
        self.changed()

    def allow(self, *permissions: Permission) -> None:
        """Give permissions to the bot in this channel."""
        for permission in permissions:
            self.allowed |= permission
            self.denied &= ~permission
        self.changed()

    def archive(self, *, locked: bool = False) -> None:
        """Close a thread; a locked one stays closed for all but moderators."""
        self.archived, self.locked = True, locked
        self.changed()

    def delete(self) -> None:
        """Remove it, and what hangs under it."""
        for thread in self.threads:
            thread.delete()
        self.gone = True
        if self.guild:
            event = "THREAD_DELETE" if self.kind in THREADS else "CHANNEL_DELETE"
            self.guild.tell(event, self.json())
            self.guild.channels.remove(self)

    def changed(self) -> None:
        """Tell the bot what it is now."""
        if self.guild:
            event = "THREAD_UPDATE" if self.kind in THREADS else "CHANNEL_UPDATE"
            self.guild.tell(event, self.json())

    def json(self) -> Json:
        """Return the channel object."""
        last = self.messages[-1].id if self.messages else None
        shape: Json = {
            "id": self.id,
            "type": self.kind,
            "last_message_id": last,
            "flags": self.flags,
        }
        if self.guild is None:
            return {
                **shape,
                "recipients": [user.json() for user in self.people if not user.bot],
            }
        shape |= {
            "guild_id": self.guild.id, "name": self.name, "rate_limit_per_user": 0,
            "parent_id": self.parent.id if self.parent else None,
        }  # fmt: skip
        if self.kind in THREADS:
            return {**shape, **self._thread()}
        shape |= {
            "position": 0, "nsfw": False, "topic": None, "last_pin_timestamp": None,
            "permission_overwrites": self._overwrites(self.guild),
            "default_auto_archive_duration": 1440,
        }  # fmt: skip
        forum = {
            "available_tags": self.tags, "default_reaction_emoji": None,
            "default_sort_order": None, "default_forum_layout": 0,
            "default_thread_rate_limit_per_user": 0,
        }  # fmt: skip
        return {**shape, **forum} if self.kind == FORUM else shape

    def _overwrites(self, guild: Guild) -> list[Json]:
        own = {"id": guild.scene.bot.id, "type": 1, "allow": str(int(self.allowed))}
        return [{**own, "deny": str(int(self.denied))}] if self.allowed or self.denied else []

    def _thread(self) -> Json:
        return {
            "owner_id": self.owner.id if self.owner else None, "member_count": 1,
            "message_count": len(self.messages), "total_message_sent": len(self.messages),
            "applied_tags": self.applied,
            "thread_metadata": {
                "archived": self.archived, "auto_archive_duration": 1440, "invitable": True,
                "archive_timestamp": stamp(), "create_timestamp": stamp(),
                "locked": self.locked,
            },
            "member": {
                "id": self.id, "user_id": self.owner.id if self.owner else None,
                "join_timestamp": stamp(), "flags": 0,
            },
        }  # fmt: skip
