"""What people do in Discord as what is heard: acknowledged first, understood later."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import structlog
from discord import (
    Attachment,
    Client,
    HTTPException,
    Interaction,
    InteractionType,
    Message,
    Permissions,
)

from bots.discord import modals, permissions
from bots.discord.address import Place, receipt
from bots.discord.asked import Asked, Waiting, lang_of
from bots.discord.commands import Called
from bots.discord.pressing import about_of, opens_modal, said_by
from bots.surroundings import Surroundings
from core.channel import Heard, Inbound, Receipt
from core.model.message import Block, Role
from core.model.message import Message as Said
from core.query.commands import COMMANDS, command_of
from core.text.translations import translator

log = structlog.get_logger(__name__)
# Discord waits three seconds; what comes later is refused by it, not by us.
ACKNOWLEDGE_LIMIT = 6.0
DOWNLOAD_LIMIT = 20.0
MOST_REMEMBERED = 10_000
PROFILE = "https://discord.com/users/"
# These are set up for a channel, not for the person.
OF_GROUPS = frozenset(listed.name for listed in COMMANDS if not listed.private)
STOPS = frozenset({"off"})
_UNREACHED = (HTTPException, aiohttp.ClientError, OSError, RuntimeError)


@dataclass(slots=True)
class Mouth:
    """What hearing needs of the channel: to pass on, to say, to know a private chat."""

    put: Callable[[Heard], None]
    say: Callable[[Asked, Said], Awaitable[None]]
    knows: Callable[[int, int], None]


@dataclass(slots=True)
class Hearing:
    """Translates what happens; `waiting` keeps what is still to be answered."""

    surroundings: Surroundings
    waiting: Waiting
    mouth: Mouth
    _langs: OrderedDict[int, str] = field(default_factory=OrderedDict)

    async def called(self, interaction: Interaction[Client], called: Called) -> None:
        """Acknowledge a command and pass it on."""
        asked = await self._acknowledged(interaction, hidden=not called.everybody)
        if asked is None:
            return
        public = called.everybody and not _with_us(interaction)
        if self._of_group(interaction, called.text):
            await self._set_up(asked, called.text, called.about)
            return
        photo = await self._photo(called.photo, asked) if called.photo else None
        if photo is None and called.photo:
            return
        self._pass_on(asked, called.text, photo, public=public)

    async def shown(self, interaction: Interaction[Client], message: Message) -> None:
        """Acknowledge a message that somebody wants checked, and pass it on."""
        asked = await self._acknowledged(interaction)
        if asked is None:
            return
        text, pictures = _words_of(message), _pictures(message.attachments)
        photo = await self._photo(pictures[0], asked) if pictures else None
        if pictures and photo is None:
            return
        if not text and photo is None:
            await self._tell(asked, "discord_nothing_to_check")
            return
        # Somebody else wrote it: it is looked up, and never obeyed or taken for an answer.
        self._pass_on(asked, f"/check {text}" if text else "", photo)

    async def interaction(self, interaction: Interaction[Client]) -> None:
        """Take a pressed button or a filled-in form; commands go through the tree."""
        self._remember(interaction)
        given: Mapping[str, Any] = interaction.data or {}
        custom_id = str(given.get("custom_id", ""))
        if interaction.type is InteractionType.modal_submit and opens_modal(custom_id):
            await self._answered(interaction, modals.typed_in(interaction))
        elif interaction.type is InteractionType.component:
            await self._pressed(interaction, custom_id)

    async def _pressed(self, interaction: Interaction[Client], custom_id: str) -> None:
        if opens_modal(custom_id):
            try:
                await modals.open_form(interaction)
            except _UNREACHED as error:
                _not_acknowledged(error)
            return
        said = await said_by(custom_id, self.surroundings.kept)
        if said is None:
            if asked := await self._acknowledged(interaction):
                await self._tell(asked, "discord_old_button")
            return
        await self._answered(interaction, said)

    async def _answered(self, interaction: Interaction[Client], said: str) -> None:
        """Pass on what was pressed or typed, to be answered where only they see it."""
        own = _only_theirs(interaction)
        asked = await self._acknowledged(interaction, in_place=own)
        if asked is None:
            return
        text, about = about_of(said)
        if self._of_group(interaction, text):
            await self._set_up(asked, text, about, in_place=own)
            return
        self._pass_on(asked, text, in_place=own)

    async def _acknowledged(
        self, interaction: Interaction[Client], *, hidden: bool = True, in_place: bool = False
    ) -> Asked | None:
        """Let Discord know that we are at it; None where that came too late."""
        self._remember(interaction)
        hidden = hidden and not _with_us(interaction)
        try:
            async with asyncio.timeout(ACKNOWLEDGE_LIMIT):
                await interaction.response.defer(ephemeral=hidden, thinking=not in_place)
        except TimeoutError:
            # It may have arrived: the answer will show.
            log.warning("interaction_slow", channel="discord")
        except _UNREACHED as error:
            _not_acknowledged(error)
            return None
        asked = Asked(
            interaction,
            self.surroundings.now(),
            hidden=hidden,
            waiting=not in_place,
            typing=not _with_us(interaction) and (hidden or in_place),
        )
        self.waiting.add(asked)
        return asked

    def _pass_on(
        self,
        asked: Asked,
        text: str,
        photo: bytes | None = None,
        *,
        public: bool = False,
        in_place: bool = False,
    ) -> None:
        interaction = asked.interaction
        person = Place("user", interaction.user.id)
        asked.typing = asked.typing and not public
        inbound = Inbound(
            sender=_room(interaction).address if public else person.address,
            text=text,
            at=self.surroundings.now(),
            lang=asked.lang,
            photo=photo,
            group=public,
            private_link=_profile(interaction) if public else None,
            answer_to=_reply(interaction).address,
            replaces=_replaced(interaction) if in_place else None,
        )
        self.mouth.put(inbound)

    def _of_group(self, interaction: Interaction[Client], text: str) -> bool:
        command = command_of(text)
        in_guild = interaction.guild_id is not None
        return in_guild and command is not None and command.name in OF_GROUPS

    async def _set_up(
        self, asked: Asked, text: str, about: int | None, *, in_place: bool = False
    ) -> None:
        """Pass on what somebody wants of the feed of a channel, if we may post there."""
        interaction = asked.interaction
        asked.typing, asked.about = False, about
        command = command_of(text)
        stops = command is not None and command.rest.casefold() in STOPS
        lacking = () if stops else permissions.missing(_granted(interaction, about))
        manages = interaction.permissions.manage_guild
        if lacking and manages:
            await self.mouth.say(asked, permissions.refusal(lacking, translator(asked.lang)))
            return
        room = Place("channel", about) if about else _room(interaction)
        self.mouth.put(
            Inbound(
                sender=room.address,
                text=text,
                at=self.surroundings.now(),
                lang=asked.lang,
                group=True,
                may_set_up=manages,
                answer_to=_reply(interaction).address,
                replaces=_replaced(interaction) if in_place else None,
            )
        )

    async def message(self, message: Message) -> None:
        """Take what somebody writes to us alone."""
        if message.guild is not None or message.author.bot:
            return
        person = Place("user", message.author.id)
        self.mouth.knows(message.author.id, message.channel.id)
        text = message.content.strip()
        files = _pictures(message.attachments) or ([] if text else message.attachments)
        if not text and not files:
            return
        photo = None
        if files:
            photo = await self._downloaded(files[0]) if self._is_small(files[0]) else b""
        lang = self._langs.get(message.author.id)
        self.mouth.put(Inbound(person.address, text, self.surroundings.now(), lang, photo))

    async def _photo(self, file: Attachment, asked: Asked) -> bytes | None:
        """Return the file, or None and say why not."""
        if self.surroundings.photo_limit is None:
            # Whoever answers says that no photos are read.
            return b""
        if not self._is_small(file):
            await self._tell(asked, "discord_too_large")
            return None
        return await self._downloaded(file)

    def _is_small(self, file: Attachment) -> bool:
        return file.size <= (self.surroundings.photo_limit or 0)

    async def _downloaded(self, file: Attachment) -> bytes:
        """Return the file, nothing where it cannot be had: that is no photo."""
        try:
            async with asyncio.timeout(DOWNLOAD_LIMIT):
                return await file.read()
        except (TimeoutError, *_UNREACHED) as error:
            log.warning("file_not_read", channel="discord", reason=type(error).__name__)
            return b""

    async def _tell(self, asked: Asked, key: str) -> None:
        words = translator(asked.lang)
        await self.mouth.say(asked, Said((Block(Role.DETAIL, words(key)),), lang=words.lang))

    def _remember(self, interaction: Interaction[Client]) -> None:
        """Remember what they read: what they write to us alone does not tell it."""
        self._langs[interaction.user.id] = lang_of(str(interaction.locale))
        if len(self._langs) > MOST_REMEMBERED:
            self._langs.popitem(last=False)
        if _with_us(interaction) and interaction.channel_id:
            self.mouth.knows(interaction.user.id, interaction.channel_id)


def _not_acknowledged(error: BaseException) -> None:
    log.warning("interaction_expired", channel="discord", reason=type(error).__name__)


def _with_us(interaction: Interaction[Client]) -> bool:
    """Say whether it happens in the private chat with us."""
    return interaction.guild_id is None and bool(interaction.context.dm_channel)


def _only_theirs(interaction: Interaction[Client]) -> bool:
    """Say whether nobody but them sees the message that they pressed or answered."""
    message = interaction.message
    return message is not None and (message.flags.ephemeral or _with_us(interaction))


def _profile(interaction: Interaction[Client]) -> str | None:
    """Return where somebody begins a private chat with us."""
    us = interaction.client.user
    return f"{PROFILE}{us.id}" if us else None


def _reply(interaction: Interaction[Client]) -> Place:
    return Place("reply", interaction.id)


def _room(interaction: Interaction[Client]) -> Place:
    return Place("channel", interaction.channel_id or 0)


def _replaced(interaction: Interaction[Client]) -> Receipt | None:
    message = interaction.message
    if message is None:
        return None
    return receipt(_reply(interaction), message.channel.id, message.id)


def _granted(interaction: Interaction[Client], about: int | None) -> Permissions:
    """Return what we may do in the channel that is set up."""
    guild = interaction.guild
    room = guild.get_channel(about) if guild and about else None
    if room is None or guild is None or guild.me is None:
        return interaction.app_permissions
    return room.permissions_for(guild.me)


def _words_of(message: Message) -> str:
    """Return what a message says, with what its link previews show."""
    parts = [message.content]
    for embed in message.embeds:
        parts += [embed.title or "", embed.description or ""]
    return "\n".join(part.strip() for part in parts if part.strip())


def _pictures(files: Sequence[Attachment]) -> list[Attachment]:
    return [file for file in files if (file.content_type or "").startswith("image/")]
