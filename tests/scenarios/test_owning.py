"""Stories of what people own: kept, listed, removed and forgotten without a trace."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from core.query.bound import words_of
from core.store import subscribers
from tests.scenarios.stage import Stage

PERSONAL = ("subscriber", "owned_item", "conversation")


def rows(folder: Path) -> dict[str, int]:
    """Return how many rows about people there are, read past the bot."""
    with closing(sqlite3.connect(folder / "story.db")) as connection:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - names of our own
            for table in PERSONAL
        }


async def test_what_somebody_owns_is_kept_listed_and_removed(stage: Stage) -> None:
    kept = await stage.says("I own an Anker A1263")
    again = await stage.says("I have this")
    listed = await stage.says("what do I have")
    removed = await stage.says("remove Anker A1263")
    empty = await stage.says("what do I have")

    assert kept.blocks[0].text == "I will remember: Anker A1263."
    assert "Product safety recall" in kept.plain
    assert "I have this" not in [words_of(button.says) for button in kept.buttons]
    assert again.blocks[0].text.startswith("I already have that on your list")
    assert listed.plain == "On your list:\n\n(1) Anker A1263"
    assert removed.plain == "Removed from your list: Anker A1263."
    assert empty.plain.startswith("Your list is empty")


async def test_the_thing_spoken_of_last_is_what_this_means(stage: Stage) -> None:
    await stage.says("INIU BI-B41 serial 000G21")

    await stage.says("I have this")

    listed = await stage.says("what do I have")
    assert "INIU BI-B41 (000G21)" in listed.plain


async def test_one_persons_list_is_nobody_elses(stage: Stage) -> None:
    await stage.says("I own an Anker A1263", chat="ann")

    listed = await stage.says("what do I have", chat="bob")

    assert listed.plain.startswith("Your list is empty")


async def test_what_is_not_named_or_not_owned_is_asked_for_or_said(stage: Stage) -> None:
    nothing = await stage.says("I have this")
    absent = await stage.says("remove Anker A1263")

    assert nothing.plain.startswith("Which product?")
    assert absent.plain == "That is not on your list."


async def test_forgetting_leaves_no_row(stage: Stage, tmp_path: Path) -> None:
    await stage.says("I own an Anker A1263")
    await stage.says("Casely E33A")
    before = rows(tmp_path)

    told = await stage.says("forget me")

    assert before == {"subscriber": 1, "owned_item": 1, "conversation": 1}
    assert told.plain.startswith("Done.")
    assert rows(tmp_path) == dict.fromkeys(PERSONAL, 0)


async def test_forgetting_one_person_leaves_the_others(stage: Stage, tmp_path: Path) -> None:
    await stage.says("I own an Anker A1263", chat="ann")
    await stage.says("I own a Casely E33A", chat="bob")

    await stage.says("forget me", chat="ann")

    async with stage.database.reading() as connection:
        left = await subscribers.items(connection, "web", "bob")
    assert [unit.model for unit in left] == ["E33A"]
    assert rows(tmp_path) == dict.fromkeys(PERSONAL, 1)
