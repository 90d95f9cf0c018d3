"""The same long conversation on every channel: what one can do, all can."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import pytest

from bots.photo.eyes import open_eyes
from bots.registry import CHANNELS
from core.settings import Settings
from tests.contracts.channel_cases import CASES
from tests.contracts.conversation_script import FIELDS, NEVER, SCRIPT, Turn
from tests.contracts.conversing import Bot, Person, Shown, a_bot
from tests.contracts.conversing_people import PEOPLE

SHIPPED = Path(__file__).parent.parent.parent / "subscriptions.db.example"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    path = tmp_path / "own.db"
    shutil.copy(SHIPPED, path)
    shutil.copy(SHIPPED.with_name(f"{SHIPPED.name}.key"), path.with_name("own.db.key"))
    return Settings(database_url=f"sqlite:///{path}", sources="none")


def runs(script: Sequence[Turn]) -> Iterator[list[Turn]]:
    """Yield what is said between two restarts."""
    for restart, turns in groupby(script, key=lambda turn: turn.does == "restart"):
        if not restart:
            yield list(turns)


async def take(turn: Turn, person: Person, bot: Bot) -> Shown:
    """Let the person do it, and return the answer as they see it."""
    bot.channel.begin()
    match turn.does:
        case "say":
            await person.says(turn.what[: person.longest])
        case "press":
            await person.presses(turn.what, turn.typed)
        case _:
            pytest.importorskip("PIL", reason="no photos without the photo extra")
            from tests.bots.web.labels import a_drawn_label  # noqa: PLC0415 - needs the extra

            await person.shows(a_drawn_label(*FIELDS))
    await bot.channel.answered()
    return await person.reads(bot)


def amiss(turn: Turn, shown: Shown, bot: Bot) -> list[str]:
    """Return what is wrong with an answer."""
    text = " ".join(shown.text.split()).replace("\u202f", " ")
    wrong = [f"no {words!r}" for words in turn.has if words not in text]
    # A file may be shown where it is opened at once, with all that is in it.
    never = () if turn.attachment else NEVER
    wrong += [f"{words!r}" for words in (*turn.lacks, *never) if words in text]
    carried = [post.attachment.name for post in bot.channel.posts if post.attachment]
    opened = '"owned_items"' in text
    if carried != ([turn.attachment] if turn.attachment and not opened else []):
        wrong.append(f"files {carried}")
    return [f"{turn.does} {turn.what[:40]!r}: {why} in {text[:300]!r}" for why in wrong]


def test_the_conversation_has_forty_turns_and_more() -> None:
    assert len([turn for turn in SCRIPT if turn.does != "restart"]) >= 40


def test_every_channel_has_somebody_who_talks_through_it() -> None:
    heard = {kind for kind in CHANNELS if CASES[kind].unconnected().capabilities.listens}

    assert set(PEOPLE) == heard


@pytest.mark.parametrize("kind", list(PEOPLE))
async def test_the_conversation_is_the_same_everywhere(
    kind: str, settings: Settings, tmp_path: Path
) -> None:
    wrong = []

    async with open_eyes() as eyes, PEOPLE[kind](tmp_path) as person:
        for turns in runs(SCRIPT):
            async with a_bot(person, settings, eyes) as bot:
                for turn in turns:
                    if turn.does == "photo" and eyes is None:
                        continue
                    wrong += amiss(turn, await take(turn, person, bot), bot)

    assert wrong == []
