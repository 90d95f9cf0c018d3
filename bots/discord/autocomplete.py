"""Brands and models to choose from while somebody types; answered from memory."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from discord import Client, Interaction
from discord.app_commands import Choice

from bots.surroundings import Suggest

MOST_CHOICES = 25
LONGEST_CHOICE = 100
Complete = Callable[[Interaction[Client], str], Coroutine[Any, Any, list[Choice[str]]]]


def completing(field: str, suggest: Suggest) -> Complete:
    """Return what completes the option `field`, "brand" or "model"."""

    async def complete(interaction: Interaction[Client], typed: str) -> list[Choice[str]]:
        brand = getattr(interaction.namespace, "brand", None) if field == "model" else None
        names = suggest(field, typed, brand or None)
        return [
            Choice(name=name, value=name) for name in names if 0 < len(name) <= LONGEST_CHOICE
        ][:MOST_CHOICES]

    return complete
