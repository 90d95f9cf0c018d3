"""The Discord for tests: what it lets through and what it refuses, and until when."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.platforms.discord.commands import commands_are_fit
from tests.platforms.discord.rules import Refused, choices_are_fit, message_is_fit, modal_is_fit
from tests.platforms.discord_server import Discord, Interaction, Person, a_discord

Json = dict[str, Any]
V2 = 1 << 15
SHOWN = {"type": 10, "content": "text"}
GUILDS = 1
A_COMMAND: Json = {"name": "check", "description": "Check", "type": 1}


def a_button(**changes: object) -> Json:
    return {"type": 2, "style": 1, "label": "Mine", "custom_id": "mine", **changes}


def a_row(*parts: Json) -> Json:
    return {"type": 1, "components": list(parts)}


def buttons(number: int) -> list[Json]:
    return [a_button(custom_id=str(at)) for at in range(number)]


def an_input(**changes: object) -> Json:
    return {"type": 4, "custom_id": "serial", "style": 1, "label": "Serial", **changes}


def an_option(**changes: object) -> Json:
    return {"type": 3, "name": "text", "description": "What", **changes}


FIT: list[Json] = [
    {"content": "x" * 2000, "embeds": [{"description": "x" * 4096}, {"title": "x" * 256}]},
    {"content": "x", "components": [a_row(*buttons(5))]},
    {"flags": V2, "components": [{"type": 10, "content": "x" * 2000}] * 2},
    {"flags": V2, "components": [SHOWN] * 40},
    {"flags": V2, "components": [{"type": 17, "components": [SHOWN, a_row(*buttons(2))]}]},
    {"content": "x", "nonce": "n" * 25, "allowed_mentions": {"parse": []}},
]
UNFIT: list[tuple[Json, str]] = [
    ({"content": "x" * 2001}, "content"),
    ({"nonce": "n" * 26}, "nonce"),
    ({"embeds": [{}] * 11}, "embeds"),
    ({"embeds": [{"title": "x" * 257}]}, "embeds.0.title"),
    ({"embeds": [{"fields": [{"name": "", "value": "x"}]}]}, "embeds.0.fields.0.name"),
    ({"embeds": [{"description": "x" * 3001}] * 2}, "embeds"),
    ({"embeds": [{"image": {"url": "attachment://none.png"}}]}, "embeds.0.image.url"),
    ({"components": [a_row(*buttons(6))]}, "components.0.components"),
    ({"components": [a_row(a_button())] * 6}, "components"),
    ({"components": [a_row(a_button(), a_button())]}, "components.0.components.1.custom_id"),
    ({"components": [a_row(a_button(label="x" * 81))]}, "components.0.components.0.label"),
    (
        {"components": [a_row(a_button(custom_id="x" * 101))]},
        "components.0.components.0.custom_id",
    ),
    ({"components": [a_row(a_button(custom_id=""))]}, "components.0.components.0.custom_id"),
    ({"components": [a_row(a_button(style=5))]}, "components.0.components.0.url"),
    ({"components": [SHOWN]}, "components.0.type"),
    ({"flags": V2, "content": "x", "components": [SHOWN]}, "content"),
    ({"flags": V2, "components": [SHOWN] * 41}, "components"),
    ({"flags": V2, "components": [{"type": 10, "content": "x" * 2001}] * 2}, "components"),
    ({"flags": V2, "components": [{"type": 17, "components": []}]}, "components.0.components"),
    (
        {"flags": V2, "components": [{"type": 9, "components": [SHOWN]}]},
        "components.0.accessory.type",
    ),
    ({"allowed_mentions": {"parse": ["roles"], "roles": ["1"]}}, "allowed_mentions"),
]


def paths(errors: Json, before: str = "") -> list[str]:
    """Return where something is wrong."""
    found = [before] if "_errors" in errors else []
    for step, inner in errors.items():
        if step != "_errors":
            found += paths(inner, f"{before}.{step}" if before else step)
    return found


@pytest.mark.parametrize("body", FIT)
def test_a_message_within_the_limits_passes(body: Json) -> None:
    message_is_fit(body)


@pytest.mark.parametrize(("body", "path"), UNFIT)
def test_a_message_over_a_limit_is_refused_by_name(body: Json, path: str) -> None:
    with pytest.raises(Refused) as refused:
        message_is_fit(body)

    assert path in paths(refused.value.body["errors"])


def test_components_v2_cannot_be_taken_back() -> None:
    message_is_fit({"components": [SHOWN]}, before=V2)

    with pytest.raises(Refused):
        message_is_fit({"flags": 0, "components": [SHOWN]}, before=V2)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "x" * 46},
        {"custom_id": "x" * 101},
        {"components": [a_row(an_input(custom_id=str(n))) for n in range(6)]},
        {"components": [a_row(an_input(label="x" * 46))]},
        {"components": [a_row(a_button())]},
        {"components": []},
    ],
)
def test_a_modal_over_a_limit_is_refused(changes: Json) -> None:
    modal = {"custom_id": "m", "title": "Serial", "components": [a_row(an_input())]}
    modal_is_fit(modal)

    with pytest.raises(Refused):
        modal_is_fit({**modal, **changes})


def test_at_most_25_completions_are_taken() -> None:
    choices_are_fit({"choices": [{"name": "x", "value": "x"}] * 25})

    with pytest.raises(Refused):
        choices_are_fit({"choices": [{"name": "x", "value": "x"}] * 26})


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Check"},
        {"name": "x" * 33},
        {"description": "x" * 101},
        {"description": ""},
        {"name_localizations": {"de": "Prüfen"}},
        {"name_localizations": {"xx": "check"}},
        {"options": [an_option(name=str(n)) for n in range(26)]},
        {"options": [an_option(), an_option(name="more", required=True)]},
        {"options": [an_option(), an_option()]},
        {"options": [an_option(choices=[{"name": "x", "value": "x"}] * 26)]},
    ],
)
def test_a_command_over_a_limit_is_refused(changes: Json) -> None:
    commands_are_fit([{**A_COMMAND, "name_localizations": {"de": "prüfen", "ja": "調べる"}}])

    with pytest.raises(Refused):
        commands_are_fit([{**A_COMMAND, **changes}])


@pytest.fixture
async def town() -> AsyncIterator[Discord]:
    """Give a Discord."""
    async with a_discord() as running:
        running.limits.lift()
        running.commands.append(
            {**A_COMMAND, "id": "7", "integration_types": [0, 1], "contexts": [0, 1, 2]}
        )
        yield running


async def asks(town: Discord, person: Person, **settings: float) -> Interaction:
    """Call the command without a bot that would answer."""
    waiting = asyncio.create_task(person.command("check"))
    await asyncio.sleep(0)
    waiting.cancel()
    interaction = list(town.interactions.values())[-1]
    for name, value in settings.items():
        setattr(interaction, name, value)
    return interaction


async def says(town: Discord, method: str, path: str, body: Json) -> tuple[int, Any]:
    """Ask the API and return status and code."""
    async with (
        aiohttp.ClientSession(headers={"Authorization": f"Bot {town.token}"}) as session,
        session.request(method, town.api + path, json=body) as answer,
    ):
        return answer.status, (await answer.json()).get(
            "code"
        ) if answer.status != 204 else None


def callback(asked: Interaction) -> str:
    return f"/interactions/{asked.id}/{asked.token}/callback"


def webhook(town: Discord, asked: Interaction) -> str:
    return f"/webhooks/{town.application['id']}/{asked.token}"


async def test_an_interaction_is_answered_once_and_in_time(town: Discord) -> None:
    ann = town.person("ann")
    asked, late = await asks(town, ann), await asks(town, ann, deadline=0.0)
    answer = {"type": 4, "data": {"content": "x"}}

    assert await says(town, "POST", callback(asked), {"type": 8}) == (400, 50035)
    assert await says(town, "POST", webhook(town, asked), {"content": "x"}) == (404, 10015)
    assert await says(town, "POST", callback(asked), answer) == (204, None)
    assert await says(town, "POST", callback(asked), answer) == (400, 40060)
    assert await says(town, "POST", callback(late), answer) == (404, 10062)


async def test_an_interaction_stays_open_for_fifteen_minutes(town: Discord) -> None:
    asked = await asks(town, town.person("ann"))
    original = f"{webhook(town, asked)}/messages/@original"
    await says(town, "POST", callback(asked), {"type": 5, "data": {"flags": 64}})

    assert await says(town, "PATCH", original, {"content": "done"}) == (200, None)
    assert asked.message
    assert (asked.message.text, asked.ephemeral) == ("done", True)
    asked.started -= 901
    assert await says(town, "PATCH", original, {"content": "more"}) == (401, 50027)


async def test_an_app_that_only_its_user_installed_follows_up_five_times(town: Discord) -> None:
    ann = town.person("ann")
    room = town.guild("Elsewhere", owner=ann, bot=False).text("general")
    ann.installs()
    waiting = asyncio.create_task(ann.command("check", where=room))
    await asyncio.sleep(0)
    asked = list(town.interactions.values())[-1]
    await says(town, "POST", callback(asked), {"type": 4, "data": {"content": "x"}})
    await waiting

    seen = [await says(town, "POST", webhook(town, asked), {"content": "x"}) for _ in range(6)]

    assert seen == [(200, None)] * 5 + [(400, 40094)]


async def test_what_is_no_json_and_what_is_too_large_is_refused(town: Discord) -> None:
    room = town.guild("Parents", owner=town.person("ann")).text("general")
    url = f"{town.api}/channels/{room.id}/messages"
    form = aiohttp.FormData()
    form.add_field("files[0]", io.BytesIO(b"x" * ((10 << 20) + 1)), filename="large.bin")
    headers = {"Authorization": f"Bot {town.token}"}
    codes = []

    async with aiohttp.ClientSession(headers=headers) as session:
        for body in ("{", form):
            kind = {"Content-Type": "application/json"} if body == "{" else {}
            async with session.post(url, data=body, headers=kind) as answer:
                codes.append((answer.status, (await answer.json())["code"]))

    assert codes == [(400, 50109), (413, 40005)]


async def test_two_hundred_commands_a_day_can_be_made(town: Discord) -> None:
    path = f"/applications/{town.application['id']}/commands"
    for number in range(200):
        await says(town, "POST", path, {**A_COMMAND, "name": f"c{number % 99}x{number // 99}"})
        town.commands[:] = town.commands[-1:]

    assert await says(town, "POST", path, {**A_COMMAND, "name": "more"}) == (400, 30034)
