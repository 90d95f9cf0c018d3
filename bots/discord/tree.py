"""The commands as Discord keeps them: written there once, and again only when they change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import structlog
from discord import AppCommandType, Client, Interaction, Locale
from discord.app_commands import (
    AppCommandError,
    CommandTree,
    TranslationContextTypes,
    Translator,
    locale_str,
)
from discord.http import Route

from bots.discord.asked import lang_of
from bots.discord.commands import Hears, commands
from bots.surroundings import Suggest
from core.text.translations import FALLBACK, spoken, translator

log = structlog.get_logger(__name__)
Json = Mapping[str, Any]
# Discord's own names for the languages we speak.
LOCALES: Mapping[Locale, str] = MappingProxyType(
    {
        locale: spoken(lang_of(locale.value)) or FALLBACK
        for locale in Locale
        if spoken(lang_of(locale.value)) not in {None, FALLBACK}
    }
)
# What we say of a command and Discord gives back; the rest are its own notes.
_KEPT = (
    *("name", "name_localizations", "description", "description_localizations"),
    *("type", "required", "choices", "autocomplete", "min_length", "max_length", "value"),
    *("channel_types", "default_member_permissions", "contexts", "integration_types", "nsfw"),
    "options",
)


class Texts(Translator):
    """Gives Discord our texts in its languages."""

    async def translate(
        self, string: locale_str, locale: Locale, context: TranslationContextTypes
    ) -> str | None:
        """Return the text in that language, None where we do not speak it."""
        del context
        lang, key = LOCALES.get(locale), string.extras.get("key")
        return translator(lang)(key) if lang and key else None


async def planted(client: Client, hears: Hears, suggest: Suggest) -> CommandTree[Client]:
    """Return the tree of our commands, on a client that has none."""
    tree = CommandTree(client)
    await tree.set_translator(Texts())
    for command in commands(hears, suggest):
        tree.add_command(command)

    async def failed(interaction: Interaction[Client], error: AppCommandError) -> None:
        del interaction
        # Such as a command of before that somebody still sees.
        log.warning("command_failed", channel="discord", reason=type(error).__name__)

    tree.error(failed)
    return tree


async def payload(tree: CommandTree[Client]) -> list[Json]:
    """Return what Discord should have."""
    texts = tree.translator or Texts()
    kinds = (AppCommandType.chat_input, AppCommandType.message)
    known = [command for kind in kinds for command in tree.get_commands(type=kind)]
    return [await command.get_translated_payload(tree, texts) for command in known]


async def in_step(client: Client, wanted: Sequence[Json]) -> bool:
    """Say whether Discord has just these commands; raises what discord.py raises."""
    path = "/applications/{application_id}/commands?with_localizations=true"
    route = Route("GET", path, application_id=client.application_id)
    found: list[Json] = await client.http.request(route)
    return _by_name(found) == _by_name(wanted)


async def sync(client: Client, wanted: Sequence[Json]) -> bool:
    """Write the commands where they are others; say whether that was so.

    Raises what discord.py raises.
    """
    if await in_step(client, wanted):
        return False
    number = client.application_id or 0
    await client.http.bulk_upsert_global_commands(number, [dict(one) for one in wanted])
    return True


def _by_name(found: Sequence[Json]) -> dict[tuple[int, str], Json]:
    return {(one.get("type", 1), one["name"]): _plain(one) for one in found}


def _plain(one: Json) -> Json:
    """Return what counts of a command or option, without what is as if it were not there."""
    kept = {name: one[name] for name in _KEPT if one.get(name)}
    kept["type"] = one.get("type", 1)
    for name in ("options", "choices"):
        if name in kept:
            kept[name] = [_plain(inner) for inner in kept[name]]
    for name in ("contexts", "integration_types", "channel_types"):
        if name in kept:
            kept[name] = sorted(kept[name])
    if "default_member_permissions" in kept:
        kept["default_member_permissions"] = str(kept["default_member_permissions"])
    return kept
