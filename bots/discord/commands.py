"""The slash commands and the context menu, as what they say in plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

from discord import Attachment, ChannelType, Client, Interaction, Message, Permissions, Role
from discord.app_commands import (
    AppCommandContext,
    AppInstallationType,
    Choice,
    Command,
    ContextMenu,
    Range,
    choices,
    describe,
    locale_str,
)
from discord.app_commands.models import AppCommandChannel
from discord.app_commands.transformers import Transform, Transformer
from discord.enums import AppCommandOptionType

from bots.discord.autocomplete import completing
from bots.surroundings import Suggest
from core.model.recall import HazardKind
from core.query.commands import COMMANDS, Listed
from core.text.translations import FALLBACK, languages, own_name, translator

LONGEST = 300
Words = Range[str, 1, LONGEST]
Callback = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Called:
    """A command as called: its plain words, a file, and whether everybody may read along.

    `about` is the channel that is set up, where it is another than the one it is called in.
    """

    text: str
    photo: Attachment | None = None
    everybody: bool = False
    about: int | None = None


class Hears(Protocol):
    """Takes what people call."""

    async def called(self, interaction: Interaction[Client], called: Called) -> None:
        """Acknowledge a command and pass it on."""
        ...

    async def shown(self, interaction: Interaction[Client], message: Message) -> None:
        """Acknowledge a message that somebody wants checked, and pass it on."""
        ...


class FeedRoom(Transformer):
    """A channel that recalls can be posted in, as Discord describes it with the command."""

    @property
    def type(self) -> AppCommandOptionType:
        """Return that a channel is chosen."""
        return AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[ChannelType]:
        """Return text channels, announcement channels and forums."""
        return [ChannelType.text, ChannelType.news, ChannelType.forum]

    async def transform(self, interaction: Any, value: Any, /) -> AppCommandChannel:
        """Return it as it came."""
        del interaction
        chosen: AppCommandChannel = value
        return chosen


Room = Transform[AppCommandChannel, FeedRoom]


def text_of(key: str) -> locale_str:
    """Return an English text that Discord is given in the other languages as well."""
    return locale_str(translator(FALLBACK)(key), key=key)


def commands(hears: Hears, suggest: Suggest) -> Iterator[Command[Any, ..., Any] | ContextMenu]:
    """Yield every command, passed on to `hears` when called."""
    for listed in COMMANDS:
        yield _command(listed, _CALLBACKS.get(listed.name, _bare)(listed.name, hears), suggest)
    yield _menu(hears)


def _command(listed: Listed, callback: Callback, suggest: Suggest) -> Command[Any, ..., Any]:
    private = listed.private
    command: Command[Any, ..., Any] = Command(
        name=listed.name,
        description=text_of(listed.about),
        callback=callback,
        allowed_contexts=AppCommandContext(
            guild=True, dm_channel=private, private_channel=private
        ),
        allowed_installs=AppInstallationType(guild=True, user=private),
    )
    # Others do not even see it, unless a server's settings let them; then they are told no.
    command.default_permissions = None if private else Permissions(manage_guild=True)
    for field in ("brand", "model"):
        if field in command._params:  # noqa: SLF001 - the library has no other way to ask
            command.autocomplete(field)(completing(field, suggest))
    return command


def _menu(hears: Hears) -> ContextMenu:
    async def check(interaction: Interaction[Client], message: Message) -> None:
        await hears.shown(interaction, message)

    return ContextMenu(
        name=text_of("discord_check_this"),
        callback=check,
        allowed_contexts=AppCommandContext(guild=True, dm_channel=True, private_channel=True),
        allowed_installs=AppInstallationType(guild=True, user=True),
    )


def _said(name: str, *parts: str | None) -> str:
    return " ".join([f"/{name}", *(part.strip() for part in parts if part)])


def _check(name: str, hears: Hears) -> Callback:
    @describe(
        brand=text_of("discord_option_brand"),
        model=text_of("discord_option_model"),
        text=text_of("discord_option_text"),
        photo=text_of("discord_option_photo"),
        everybody=text_of("discord_option_everybody"),
    )
    async def check(  # noqa: PLR0913, PLR0917 - one for each option of the command
        interaction: Interaction[Client],
        brand: Words | None = None,
        model: Words | None = None,
        text: Words | None = None,
        photo: Attachment | None = None,
        everybody: bool = False,  # noqa: FBT001, FBT002 - the library hands options over so
    ) -> None:
        said = _said(name, brand, model, text)
        # With a photo the words only add to it.
        said = said.removeprefix(f"/{name}").strip() if photo else said
        await hears.called(interaction, Called(said, photo, everybody))

    return check


def _thing(name: str, hears: Hears) -> Callback:
    @describe(
        brand=text_of("discord_option_brand"),
        model=text_of("discord_option_model"),
        text=text_of("discord_option_text"),
    )
    async def thing(
        interaction: Interaction[Client],
        brand: Words | None = None,
        model: Words | None = None,
        text: Words | None = None,
    ) -> None:
        await hears.called(interaction, Called(_said(name, brand, model, text)))

    return thing


def _brand(name: str, hears: Hears) -> Callback:
    @describe(brand=text_of("discord_option_brand"))
    async def watch(interaction: Interaction[Client], brand: Words | None = None) -> None:
        await hears.called(interaction, Called(_said(name, brand)))

    return watch


def _text(name: str, hears: Hears) -> Callback:
    @describe(text=text_of("discord_option_text"))
    async def words(interaction: Interaction[Client], text: Words | None = None) -> None:
        await hears.called(interaction, Called(_said(name, text)))

    return words


def _language(name: str, hears: Hears) -> Callback:
    @describe(language=text_of("discord_option_language"))
    @choices(language=[Choice(name=own_name(tag), value=tag) for tag in languages()])
    async def speak(interaction: Interaction[Client], language: str | None = None) -> None:
        await hears.called(interaction, Called(_said(name, language)))

    return speak


def _feed(name: str, hears: Hears) -> Callback:
    kinds = [Choice(name=kind.value.replace("_", " "), value=kind.value) for kind in HazardKind]

    @describe(
        text=text_of("discord_option_feed"),
        channel=text_of("discord_option_channel"),
        hazard=text_of("discord_option_hazard"),
        role=text_of("discord_option_role"),
    )
    @choices(hazard=kinds[:25])
    async def feed(
        interaction: Interaction[Client],
        text: Words | None = None,
        channel: Room | None = None,
        hazard: str | None = None,
        role: Role | None = None,
    ) -> None:
        called = _said(name, text)
        if hazard:
            # Without a role nobody is called any more.
            called = _said(name, "role", hazard, role.mention if role else "off")
        await hears.called(interaction, Called(called, about=channel.id if channel else None))

    return feed


def _bare(name: str, hears: Hears) -> Callback:
    async def bare(interaction: Interaction[Client]) -> None:
        await hears.called(interaction, Called(_said(name)))

    return bare


_CALLBACKS: Mapping[str, Callable[[str, Hears], Callback]] = MappingProxyType(
    {
        "check": _check,
        "add": _thing,
        "watch": _brand,
        "alerts": _text,
        "quiet": _text,
        "link": _text,
        "mine": _text,
        "claim": _text,
        "dispose": _text,
        "language": _language,
        "feed": _feed,
    }
)
