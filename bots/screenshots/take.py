"""Draws every card in every channel and takes its picture with a real browser."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bots.app import open_database, open_talk
from bots.failure import Failure
from bots.photo.eyes import open_eyes
from bots.screenshots.cards import CARDS, Card, Shown, shown
from bots.screenshots.drawn import DRAWN
from core.clock import SystemClock
from core.query.photo import Eyes
from core.settings import Settings
from core.store.pressed import Pressed

if TYPE_CHECKING:
    from playwright.async_api import Browser

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS: Mapping[str, int] = {"telegram": 430, "discord": 660, "web": 700, "terminal": 760}
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")
MISSING = (
    "pictures need Playwright and Chromium: pip install playwright, then playwright install "
    "chromium, or your system's chromium"
)
# A plain label, photographed straight from the front.
LABEL = (
    '<div style="width:760px;padding:44px 50px;background:#fff;color:#111;'
    'font:44px/1.7 Lato,DejaVu Sans,sans-serif">{}</div>'
)


async def take(
    folder: Path, lang: str | None = None, cards: Sequence[Card] = CARDS
) -> list[str]:
    """Put the pictures into `folder` and return a line for each, and for what was left out.

    Raises Failure where there is no browser.
    """
    async with _browser() as browser, AsyncExitStack() as stack:
        place = stack.enter_context(tempfile.TemporaryDirectory())
        settings = Settings(database_url=f"sqlite:///{place}/recallbot.db", sources="none")
        clock = SystemClock()
        database = await open_database(settings, clock)
        stack.push_async_callback(database.close)
        eyes = await stack.enter_async_context(open_eyes())
        talk = stack.enter_context(closing(await open_talk(database, settings, clock, eyes)))
        labels = await _labels(browser, eyes, cards)
        lines = []
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        for card in cards:
            if card.photo and card.name not in labels:
                lines.append(f"{card.name}: left out, reading photos is not installed")
                continue
            told = await shown(card, talk, lang, labels)
            lines += [
                str(picture)
                async for picture in _pictures(browser, told, folder, Pressed(database, clock))
            ]
        return lines


@asynccontextmanager
async def _browser() -> AsyncIterator[Browser]:
    try:
        from playwright.async_api import Error, async_playwright  # noqa: PLC0415 - may be absent
    except ImportError:
        raise Failure(MISSING) from None
    async with async_playwright() as player:
        found = shutil.which("chromium") or shutil.which("google-chrome")
        try:
            browser = await player.chromium.launch(executable_path=found, args=list(FLAGS))
        except Error:
            raise Failure(MISSING) from None
        try:
            yield browser
        finally:
            await browser.close()


async def _labels(
    browser: Browser, eyes: Eyes | None, cards: Sequence[Card]
) -> dict[str, bytes]:
    """Return the photos of labels that cards ask for; none where photos are not read."""
    if eyes is None:
        return {}
    page = await browser.new_page()
    found = {}
    for card in cards:
        if card.photo:
            lines = "<br>".join(escape(line) for line in card.photo)
            await page.set_content(LABEL.format(lines))
            found[card.name] = await page.locator("div").screenshot(type="jpeg", quality=90)
    await page.close()
    return found


async def _pictures(
    browser: Browser, told: Shown, folder: Path, kept: Pressed
) -> AsyncIterator[Path]:
    for name, draw in DRAWN.items():
        html = await draw(told, kept)
        for scheme in SCHEMES:
            page = await browser.new_page(
                viewport={"width": WIDTHS[name], "height": 100},
                color_scheme=scheme,
                device_scale_factor=1.5,
            )
            await page.set_content(html)
            target = folder / f"{name}-{told.name}-{scheme}.png"
            await page.screenshot(path=target, full_page=True, animations="disabled")
            await page.close()
            yield target
