"""`recallbot replay`: the same story gives the same messages, none lost and none repeated."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bots.replay import Played, household_named, replay
from bots.replaying import shown
from core.store.work import Database
from core.stories.read import read
from core.stories.story import Story
from tests.bots.conftest import Command, refused
from tests.contracts.store_cases import postgresql_case

EARLY = datetime(2024, 8, 1, tzinfo=UTC)


def beginning(story: Story) -> Story:
    """Return the first weeks of a story."""
    events = tuple(event for event in story.events if event.at < EARLY)
    return story.model_copy(update={"events": events, "until": EARLY})


async def play(folder: Path, name: str, lang: str | None = None) -> Played:
    database = await Database.open(str(folder / name))
    try:
        return await replay(beginning(read("powerbanks")), database, lang)
    finally:
        await database.close()


async def test_the_same_story_is_told_the_same_way_every_time(tmp_path: Path) -> None:
    first, second = await play(tmp_path, "one.db"), await play(tmp_path, "two.db")

    assert first.told == second.told
    assert len(first.told) > 20
    assert "lost 0, repeated 0" in shown(first)


@pytest.mark.postgres
async def test_it_is_told_the_same_way_on_postgresql(postgres: str, tmp_path: Path) -> None:
    with postgresql_case(postgres, tmp_path) as case, case.fresh(empty=False) as url:
        database = await Database.open(url)
        there = await replay(beginning(read("powerbanks")), database)
        await database.close()
    here = await play(tmp_path, "one.db")

    assert there.told == here.told
    assert there.lost == there.repeated == 0


async def test_everybody_can_be_made_to_read_one_language(tmp_path: Path) -> None:
    played = await play(tmp_path, "one.db", "de")

    alerts = [one.text for one in played.told if one.reason == "alert"]
    assert alerts
    assert all("Sicherheitsrückruf" in text or "Rückruf" in text for text in alerts)


@pytest.fixture
def told(recallbot: Command, tmp_path: Path) -> dict[str, Any]:
    """Give the whole story as `--json` has it."""
    ended = recallbot("replay", "powerbanks", "--json", on=tmp_path / "new.db")
    assert ended.err == ""
    found: dict[str, Any] = json.loads(ended.out)
    return found


def test_the_story_that_ships_is_told_whole(told: dict[str, Any]) -> None:
    counts = Counter((one["household"], one["reason"]) for one in told["messages"])
    by_reason = Counter(one["reason"] for one in told["messages"])
    moments = [one["at"] for one in told["messages"]]

    assert (told["lost"], told["repeated"], told["not_pressed"]) == (0, 0, [])
    assert moments == sorted(moments)
    assert counts["hollis", "alert"] >= 1
    assert counts["silva", "answer"] >= 1
    assert counts["rao", "remedy"] == 1
    assert counts["charging-corner", "feed"] >= 10
    assert by_reason["correction"] >= 1
    assert {
        (row["household"], row["reason"]): row["messages"] for row in told["counts"]
    } == counts


def test_one_household_can_be_read_alone(recallbot: Command, tmp_path: Path) -> None:
    kept = tmp_path / "kept.db"

    ended = recallbot("replay", "powerbanks", "--household", "ferrari", on=kept)

    assert "Marco Ferrari, Torino (discord): reply" in ended.out
    assert "> I own a Baseus PPCXM06" in ended.out
    assert "Hollis" not in ended.out
    assert refused(recallbot("replay", "powerbanks", on=kept), "empty database")


def test_a_story_or_household_that_there_is_not_is_named(recallbot: Command) -> None:
    assert refused(recallbot("replay", "nonsense"), "no story 'nonsense'", "powerbanks")
    unknown = recallbot("replay", "powerbanks", "--household", "nobody")
    assert refused(unknown, "no household 'nobody'", "hollis")


def test_a_household_is_found_by_its_name_too() -> None:
    found = household_named(read("powerbanks"), "marco ferrari, torino")

    assert found is not None
    assert found.id == "ferrari"
