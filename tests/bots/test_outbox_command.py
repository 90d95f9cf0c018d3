"""`recallbot outbox`: counts, single deliveries by number, what is sent again or given up."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest

from bots.app import open_database
from bots.outbox_health import LATE, health
from core.clock import SystemClock
from core.settings import Settings
from tests.bots.conftest import Command, refused
from tests.builders import a_notice
from tests.contracts.planning_stage import Ticking, World

SECRET_CHAT = "9876543210"


@pytest.fixture
def outbox(database: Path) -> Path:
    """Give a database with two owners' alerts, of which one may have arrived."""

    async def fill() -> None:
        store = await open_database(Settings(database_url=str(database)))
        world = World(store, Ticking(SystemClock().now() - 2 * LATE))
        await world.plan()
        for emptied in ("DELETE FROM delivery", "DELETE FROM queue", "DELETE FROM alert"):
            await world.run(emptied)
        for chat in ("1", SECRET_CHAT):
            await world.owner(chat)
        await world.publish(a_notice())
        await world.plan()
        await world.settle(5, SECRET_CHAT)
        await world.run("UPDATE delivery SET why = 'may_have_arrived' WHERE state = 5")
        await store.close()

    asyncio.run(fill())
    return database


@pytest.mark.usefixtures("outbox")
def test_it_counts_by_state_reason_and_channel(recallbot: Command) -> None:
    text, told = recallbot("outbox"), recallbot("outbox", "--json")

    assert text.out == (
        "waiting 1\n  telegram, alert: 1\nunknown 1\n  telegram, alert (may_have_arrived): 1\n"
    )
    assert json.loads(told.out)[1] == {
        "state": "unknown",
        "reason": "alert",
        "channel": "telegram",
        "why": "may_have_arrived",
        "deliveries": 1,
    }


@pytest.mark.usefixtures("outbox")
def test_single_deliveries_are_listed_without_any_address(recallbot: Command) -> None:
    listed = recallbot("outbox", "list", "--state", "unknown")
    told = recallbot("outbox", "list", "--json")

    assert listed.out.count("\n") == 1
    assert f"unknown (may_have_arrived), telegram, alert 1, {a_notice().id}" in listed.out
    assert len(json.loads(told.out)) == 2
    assert SECRET_CHAT not in listed.out + told.out


@pytest.mark.usefixtures("outbox")
def test_one_is_sent_again_and_one_given_up_by_their_numbers(recallbot: Command) -> None:
    listed = json.loads(recallbot("outbox", "list", "--json").out)
    numbers = {one["state"]: (str(one["alert"]), str(one["address"])) for one in listed}

    again = recallbot("outbox", "retry", *numbers["unknown"])
    given_up = recallbot("outbox", "abandon", *numbers["waiting"])
    counts = {one["state"]: one["why"] for one in json.loads(recallbot("outbox", "--json").out)}

    assert again.out == "1 to be sent again\n"
    assert given_up.out == "1 given up\n"
    assert counts == {"later": None, "abandoned": "given_up"}


@pytest.mark.usefixtures("outbox")
def test_all_of_one_state_are_sent_again_or_given_up(recallbot: Command) -> None:
    again = recallbot("outbox", "retry", "--state", "unknown")
    nothing = recallbot("outbox", "retry", "--state", "unknown")
    given_up = recallbot("outbox", "abandon", "--state", "later")

    assert again.out == "1 to be sent again\n"
    assert refused(nothing, "no such delivery")
    assert given_up.out == "1 given up\n"


def test_what_is_not_understood_is_one_line(recallbot: Command) -> None:
    assert refused(recallbot("outbox", "list", "--state", "lost"), "no state 'lost'", "unknown")
    assert refused(recallbot("outbox", "retry", "--state", "sent"), "no state 'sent' here")
    assert refused(recallbot("outbox", "retry"), "ALERT and ADDRESS-NUMBER", "--state")
    assert refused(recallbot("outbox", "abandon", "1"), "ADDRESS-NUMBER")
    assert refused(recallbot("outbox", "retry", "1", "2"), "no such delivery")


def test_an_empty_outbox_says_so(recallbot: Command) -> None:
    assert "The outbox is empty" in recallbot("outbox").out
    assert recallbot("outbox", "list").out == "There is none.\n"


async def test_what_does_not_move_is_wrong_and_says_what_to_look_at(outbox: Path) -> None:
    store = await open_database(Settings(database_url=str(outbox)))

    now = SystemClock().now()
    waiting, resting, planning = await health(store, now)
    world = World(store, Ticking(now - 2 * LATE))
    await world.publish(a_notice(id="later"))
    *_, behind = await health(store, now)
    *_, in_time = await health(store, now - 2 * LATE + timedelta(minutes=2))
    await store.close()

    assert waiting[:2] == ("outbox", False)
    assert "1 to send through telegram, the oldest for" in waiting[2]
    assert resting == (
        "outbox",
        True,
        "1 unknown: look at `recallbot outbox list --state NAME`",
    )
    assert planning == ("planning", True, "everything is planned")
    assert behind[:2] == ("planning", False)
    assert "is `recallbot run` or `recallbot work` running?" in behind[2]
    assert in_time[1]
