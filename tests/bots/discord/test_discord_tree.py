"""The commands as Discord gets them, and what looks after the channel from the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from typer.testing import CliRunner

from bots.__main__ import app
from bots.discord.checkup import checkup, synced
from bots.discord.settings import DiscordSettings
from core.query.commands import COMMANDS
from tests.platforms.discord_server import Discord

LANGUAGES = {"de", "es-ES", "es-419", "fr", "ja", "zh-CN", "zh-TW"}
PUT = "PUT /applications/{application}/commands"


def settings(token: str | None) -> DiscordSettings:
    return DiscordSettings.model_validate({"token": token})


def described(one: dict[str, Any]) -> Sequence[dict[str, Any]]:
    return [one, *(inner for option in one.get("options") or [] for inner in described(option))]


async def test_every_command_is_there_in_our_languages(discord: Discord) -> None:
    right, says = await synced(settings(discord.token))

    assert right
    assert says.endswith("written")
    slash = {one["name"]: one for one in discord.commands if one["type"] == 1}
    (menu,) = (one for one in discord.commands if one["type"] == 3)
    assert list(slash) == [listed.name for listed in COMMANDS]
    assert set(menu["name_localizations"]) == LANGUAGES
    for command in slash.values():
        for part in described(command):
            assert set(part["description_localizations"]) == LANGUAGES


async def test_personal_commands_go_everywhere_and_feeds_only_to_servers(
    discord: Discord,
) -> None:
    await synced(settings(discord.token))

    known = {one["name"]: one for one in discord.commands}
    assert sorted(known["check"]["contexts"]) == [0, 1, 2]
    assert sorted(known["check"]["integration_types"]) == [0, 1]
    assert known["feed"]["contexts"] == [0]
    assert known["feed"]["integration_types"] == [0]
    assert str(known["feed"]["default_member_permissions"]) == str(1 << 5)


async def test_commands_that_are_in_step_are_not_written_again(discord: Discord) -> None:
    await synced(settings(discord.token))

    _, again = await synced(settings(discord.token))
    discord.commands[0]["description"] = "another"
    _, changed = await synced(settings(discord.token))

    assert again.endswith("already in step")
    assert changed.endswith("written")
    assert discord.count.total(PUT) == 2


async def test_a_checkup_says_how_to_be_added(discord: Discord) -> None:
    right, says = await checkup(settings(discord.token))

    assert right
    assert "recallbot discord sync" in says
    assert f"client_id={discord.bot.id}" in says


async def test_a_checkup_is_brief_where_all_is_well(discord: Discord) -> None:
    await synced(settings(discord.token))

    right, says = await checkup(settings(discord.token))

    assert right
    assert "sync" not in says


@pytest.mark.parametrize(
    ("token", "words"),
    [("0123456789abcdef", "client secret"), ("a.b.c", "does not know this token")],
)
async def test_a_checkup_says_what_is_wrong_with_a_token(
    discord: Discord, token: str, words: str
) -> None:
    right, says = await checkup(settings(token))

    assert not right
    assert words in says
    assert "Reset Token" in says
    assert token not in says


async def test_a_checkup_finds_commands_that_go_elsewhere(discord: Discord) -> None:
    discord.application["interactions_endpoint_url"] = "https://old.example/"

    right, says = await checkup(settings(discord.token))

    assert not right
    assert "Interactions Endpoint URL" in says


async def test_not_set_up_is_right_and_says_how(discord: Discord) -> None:
    right, says = await checkup(settings(None))

    assert right
    assert "RECALLBOT_DISCORD_TOKEN" in says
    assert not (await synced(settings(None)))[0]


async def test_where_discord_is_away_that_is_said(discord: Discord) -> None:
    discord.faults.fails(503, times=2)

    looked_at = await checkup(settings(discord.token))
    written = await synced(settings(discord.token))

    assert looked_at == (False, "discord.com cannot be reached: it answers 503 (0)")
    assert written == (False, "Discord did not take the commands: it answers 503 (0)")


async def test_an_unknown_token_writes_no_commands(discord: Discord) -> None:
    right, says = await synced(settings("a.b.c"))

    assert not right
    assert "does not know this token" in says


def test_the_command_line_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RECALLBOT_DISCORD_TOKEN", raising=False)

    done = CliRunner().invoke(app, ["discord", "sync"])

    assert "RECALLBOT_DISCORD_TOKEN is not set" in str(done.exception)
