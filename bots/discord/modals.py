"""The form to type an answer in: where others read along, a serial number goes nowhere else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from discord import Client, Interaction, TextStyle
from discord.ui import Label, Modal, TextInput

from bots.discord.asked import lang_of
from bots.discord.pressing import TYPED
from core.text.translations import translator

ANSWER = "answer"
LONGEST_ANSWER = 500


async def open_form(interaction: Interaction[Client]) -> None:
    """Show the form; raises what discord.py raises."""
    words = translator(lang_of(str(interaction.locale)))
    entry: TextInput[Modal] = TextInput(
        custom_id=ANSWER, style=TextStyle.short, max_length=LONGEST_ANSWER
    )
    modal = Modal(title=words("discord_form_title"), custom_id=TYPED)
    modal.add_item(
        Label(
            text=words("discord_form_label"),
            description=words("discord_form_hint"),
            component=entry,
        )
    )
    # The library would wait for it; what is sent says all that is needed.
    modal.stop()
    await interaction.response.send_modal(modal)


def typed_in(interaction: Interaction[Client]) -> str:
    """Return what was typed in the form."""
    given: Mapping[str, Any] = interaction.data or {}
    return " ".join(_values(given.get("components") or ())).strip()


def _values(components: Any) -> Iterator[str]:
    for one in components:
        if one.get("custom_id") == ANSWER:
            yield str(one.get("value") or "")
        yield from _values(one.get("components") or ())
        yield from _values([one["component"]] if one.get("component") else ())
