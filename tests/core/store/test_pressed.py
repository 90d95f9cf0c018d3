"""Buttons where the database cannot be used: nothing is raised into a channel."""

from __future__ import annotations

from pathlib import Path

from core.clock import SystemClock
from core.store.pressed import Pressed
from core.store.work import Database


async def test_without_a_database_a_button_is_one_that_nobody_knows(tmp_path: Path) -> None:
    file = tmp_path / "chats.db"
    nowhere = await Database.open(str(file), patience=1)
    await nowhere.close()
    # What was a file when we started is one no longer.
    for one in tmp_path.glob("chats.db*"):  # noqa: ASYNC240 - nothing else runs meanwhile
        one.unlink()
    file.mkdir()
    pressed = Pressed(nowhere, SystemClock())

    key = await pressed.keep("I have this")
    found = await pressed.find(key)

    await nowhere.close()
    assert len(key) <= 24
    assert found is None
