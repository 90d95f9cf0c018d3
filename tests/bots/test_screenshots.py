"""`recallbot screenshots`: drawn from what the channels send, and from nothing else."""

from __future__ import annotations

import html
import shutil
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bots.app import open_database, open_talk
from bots.screenshots.cards import CARDS, Card, Shown, shown
from bots.screenshots.drawn import DRAWN, discord_markdown
from bots.screenshots.take import take
from core.model.message import Block, Message, Picture, Role
from core.query.talk import Talk
from core.settings import Settings
from tests.fakes import FakeKept

TOLD = {
    "check-needed": "cannot tell from here whether yours",
    "affected": "is covered by the recall",
    "not-affected": "Not covered by the recall",
    "no-recall-found": "No recall found",
    "alerts": "Quiet hours",
    "feed": "In the last 30 days",
    "long": "More notices on the same product",
}


@pytest.fixture
async def talk(database: Path) -> AsyncIterator[Talk]:
    settings = Settings(database_url=str(database))
    store = await open_database(settings)
    with closing(await open_talk(store, settings)) as talk:
        yield talk
    await store.close()


@pytest.mark.parametrize("card", [card for card in CARDS if not card.photo], ids=str)
async def test_every_card_says_in_every_channel_what_it_is_there_to_show(
    card: Card, talk: Talk
) -> None:
    told = await shown(card, talk, "en", {})

    pages = [await draw(told, FakeKept()) for draw in DRAWN.values()]

    assert all(TOLD[card.name] in html.unescape(page) for page in pages)
    assert all(
        button.label in html.unescape(page) for page in pages for button in told.message.buttons
    )


@pytest.mark.parametrize("name", DRAWN)
async def test_what_somebody_wrote_is_never_markup(name: str) -> None:
    message = Message((Block(Role.VERDICT, "<script>alert(1)</script>"),))
    told = Shown("card", "<script>alert(2)</script>", None, message)

    page = await DRAWN[name](told, FakeKept())

    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("name", [name for name in DRAWN if name != "terminal"])
async def test_photos_are_shown_as_they_are_sent_and_read_back(name: str) -> None:
    message = Message((Block(Role.VERDICT, "I read"),), picture=Picture(b"piece", "alt"))
    told = Shown("photo", "", b"photo", message)

    page = await DRAWN[name](told, FakeKept())

    assert page.count("data:image/jpeg;base64,") == 2


def test_discords_markdown_is_shown_as_discord_shows_it() -> None:
    drawn = discord_markdown(
        "## Head\n**Stop**\n- one\n-# small [a.example](<https://a.example/x>)"
    )

    assert "<h2>Head</h2>" in drawn
    assert "<strong>Stop</strong>" in drawn
    assert "<li>one</li>" in drawn
    assert '<p class="small">small <a href="https://a.example/x">a.example</a></p>' in drawn


@pytest.mark.browser
@pytest.mark.skipif(
    shutil.which("chromium") is None, reason="the pictures are taken with Chromium"
)
async def test_a_picture_of_each_card_in_each_channel_light_and_dark(
    tmp_path: Path,
) -> None:
    lines = await take(tmp_path / "new", "ja", CARDS[:1])

    found = sorted(path.name for path in (tmp_path / "new").iterdir())
    assert len(lines) == len(found) == 2 * len(DRAWN)
    assert "telegram-check-needed-dark.png" in found
    assert all((tmp_path / "new" / name).read_bytes()[:4] == b"\x89PNG" for name in found)
