"""`recallbot drill`: S12, a test reaches the test audience, and nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bots.app import open_database
from bots.drilling import audience, drilled, line
from bots.failure import Failure
from core.channel import Address
from core.clock import SystemClock
from core.model.delivery import State
from core.model.subscriber import Interest, Takes
from core.settings import Settings, SettingsError
from tests.bots.conftest import Command, refused
from tests.builders import a_notice
from tests.contracts.planning_stage import Ticking, World
from tests.platforms.discord_server import a_discord, discord_py_reaches
from tests.platforms.telegram_server import TelegramServer

MARK = "TEST"


@pytest.fixture
async def telegram(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TelegramServer]:
    async with TelegramServer(limits=None) as server:
        monkeypatch.setenv("RECALLBOT_TELEGRAM_TOKEN", server.token)
        monkeypatch.setenv("RECALLBOT_TELEGRAM_API_URL", server.url)
        yield server


@pytest.fixture
def settings(database: Path) -> Settings:
    return Settings(database_url=str(database))


async def test_s12_only_the_test_audience_is_reached_in_a_full_database(
    telegram: TelegramServer, settings: Settings
) -> None:
    ann, owner, watcher = (telegram.world.person(name) for name in ("Ann", "Bo", "Cleo"))
    for person in (ann, owner, watcher):
        person.start()
    store = await open_database(settings)
    world = World(store, Ticking(SystemClock().now()))
    await world.owner(str(owner.chat.id))
    await world.watches(str(watcher.chat.id), Interest(brand="Acme"))
    await world.publish(a_notice())
    await world.plan()
    before = await waiting(store)

    name, told = await drilled(settings, [f"telegram:{ann.chat.id}"], a_notice().id)
    after = await waiting(store)
    await store.close()

    assert name == a_notice().id
    assert [one.state for one in told] == [State.SENT]
    assert MARK in (await ann.chat.post(1)).text
    assert "Product safety recall" in ann.chat.shown
    assert owner.chat.shown.count("recall") == watcher.chat.shown.count("recall") == 0
    assert before == after
    assert before


async def waiting(store: object) -> list[tuple[int, int]]:
    """Return what waits to be sent that is no test."""
    async with store.reading() as connection:  # type: ignore[attr-defined]  # a database
        rows = await connection.execute(
            text(
                "SELECT d.alert, d.address FROM delivery d JOIN alert l ON l.pk = d.alert"
                " WHERE d.state = 0 AND l.reason <> 'test' ORDER BY 1, 2"
            )
        )
        return [(row.alert, row.address) for row in rows]


async def test_who_wants_no_alerts_in_that_chat_can_be_tested_and_owners_see_it_is_one(
    telegram: TelegramServer, settings: Settings
) -> None:
    ann = telegram.world.person("Ann")
    ann.start()
    store = await open_database(settings)
    world = World(store, Ticking(SystemClock().now()))
    await world.owner(str(ann.chat.id))
    await world.takes(str(ann.chat.id), Takes.NOTHING)
    await store.close()

    await drilled(settings, [f"telegram:{ann.chat.id}"], None)

    post = await ann.chat.post(1)
    assert post.text.startswith(MARK)


async def test_each_address_is_told_by_itself(
    telegram: TelegramServer, settings: Settings
) -> None:
    ann, bo = telegram.world.person("Ann"), telegram.world.person("Bo")
    ann.start()
    bo.start()
    bo.block()

    named = [f"telegram:{bo.chat.id}", f"telegram:{ann.chat.id}", f"telegram:{ann.chat.id}"]
    _, told = await drilled(settings, named, None)

    assert [one.state for one in told] == [State.GONE, State.SENT]
    assert line(told[0]).startswith(f"telegram:{bo.chat.id}: gone (address_gone")
    assert line(told[1]).startswith(f"telegram:{ann.chat.id}: sent, and accepted as message ")


async def test_it_arrives_in_discord(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_discord() as discord:
        ann = discord.person("ann")
        room = discord.guild("Parents", owner=ann).text("general")
        monkeypatch.setenv("RECALLBOT_DISCORD_TOKEN", discord.token)
        with discord_py_reaches(discord):
            _, told = await drilled(settings, [f"discord:channel:{room.id}"], None)

    assert [one.state for one in told] == [State.SENT]
    assert MARK in room.messages[-1].text


def test_the_audience_is_whom_the_settings_name_unless_some_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RECALLBOT_TEST_AUDIENCE", "telegram:12, Discord:user:5")
    settings = Settings.load()

    assert audience(settings, []) == [Address("telegram", "12"), Address("discord", "user:5")]
    assert audience(settings, ["telegram:-7"]) == [Address("telegram", "-7")]


@pytest.mark.parametrize("named", ["fax:12", "telegram", "telegram:"])
def test_an_address_that_is_none_is_refused(named: str) -> None:
    with pytest.raises(Failure, match="telegram:ADDRESS"):
        audience(Settings(), [named])


@pytest.mark.parametrize("set_to", ["telegram", ":5", "telegram:"])
def test_a_wrong_audience_in_the_settings_stops_the_start(
    set_to: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECALLBOT_TEST_AUDIENCE", set_to)

    with pytest.raises(SettingsError, match="RECALLBOT_TEST_AUDIENCE"):
        Settings.load()


def test_what_cannot_be_is_one_line(recallbot: Command) -> None:
    nobody = recallbot("drill")
    no_token = recallbot("drill", "--to", "telegram:-100")

    assert refused(nobody, "--to CHANNEL:ADDRESS", "RECALLBOT_TEST_AUDIENCE")
    assert refused(no_token, "RECALLBOT_TELEGRAM_TOKEN is not set")


async def test_a_recall_that_there_is_not_is_named(
    telegram: TelegramServer, settings: Settings
) -> None:
    with pytest.raises(Failure, match="no recall 'nonsense'"):
        await drilled(settings, ["telegram:1"], "nonsense")
