"""The desk's pages on posts in a real browser: edited, approved, posted, withdrawn."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from bots.memory import Memory
from bots.web.desk.roles import Role
from core.channel import Address
from core.model.public import Mode, Rules, Style
from tests.bots.web.browsing import assert_accessible, assert_no_sideways_scrolling, opened
from tests.bots.web.desk.newsdesk import QUEUE, NewsDesk, at_the_news_desk
from tests.bots.web.desk.stage import PASSWORD, Somebody, put

pytestmark = pytest.mark.browser

LOOKS = [("light", 1000), ("dark", 360), ("light", 360), ("dark", 1000)]
ANN = Somebody("ann")
CODES = iter(ANN.codes)


@dataclass(frozen=True)
class Served:
    """A desk on a real server: its address, the loop it runs in, its world."""

    address: str
    loop: asyncio.AbstractEventLoop
    desk: NewsDesk

    def run(self, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Do something in the desk's world, and wait for it."""
        return asyncio.run_coroutine_threadsafe(work(), self.loop).result(60)

    @property
    def memory(self) -> Memory:
        return self.desk.channels["memory"]


async def furnished(desk: NewsDesk) -> None:
    """Let some accounts have drafts of every kind."""
    await put(desk.database, ANN, Role.ADMIN, desk.clock.now())
    delayed = Rules(mode=Mode.DELAYED, delay=timedelta(hours=2), zone="Europe/Berlin")
    await desk.account("Town News")
    await desk.account("Sky", style=Style(threads=True), place=Address("bluesky", "news"))
    await desk.account("X News", place=Address("x", "news"))
    await desk.account("Kanal", delayed, Style("de"), Address("telegram", "-1001234"))
    await desk.account("Server", place=Address("discord", "channel:5"))
    await desk.publish("25-117", product="Acme X100 power bank", hazard=FIRE)


FIRE = {"kinds": ["fire", "burn"], "text": "The battery can overheat.", "source": "fake"}


@contextmanager
def news_desk_served(folder: Path) -> Iterator[Served]:
    """Yield a furnished desk on a real server."""
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    started: Future[tuple[uvicorn.Server, Served]] = Future()

    async def run() -> None:
        async with at_the_news_desk(folder) as desk:
            await furnished(desk)
            config = uvicorn.Config(desk.stage.app, log_config=None, proxy_headers=False)
            server = uvicorn.Server(config)
            started.set_result((server, Served(address, asyncio.get_running_loop(), desk)))
            await server.serve(sockets=[listener])

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    server, served = started.result(timeout=60)
    try:
        yield served
    finally:
        server.should_exit = True
        thread.join(30)
        listener.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with news_desk_served(tmp_path_factory.mktemp("news desk")) as served:
        yield served


def signed_in(page: Page) -> Page:
    page.goto("/desk")
    page.get_by_label("Name").fill("ann")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Code", exact=True).fill(next(CODES))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Drafts", level=1)).to_be_visible()
    return page


def unfolded(page: Page) -> None:
    page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_every_page_on_posts_is_for_everybody(
    browser: Browser, served: Served, scheme: str, width: int
) -> None:
    for page in opened(browser, served.address, width, scheme):
        signed_in(page)
        drafts = [
            link.get_attribute("href") or "" for link in page.locator("article h3 a").all()
        ]
        assert len(drafts) >= 5  # another test may have made one more
        paths = [QUEUE, f"{QUEUE}?pile=approval", *drafts, *(f"{one}/edit" for one in drafts)]
        paths += ["/desk/accounts", "/desk/accounts/1", "/desk/accounts/new", "/desk/money"]
        paths += ["/desk/advisories/new?season=flight"]
        for path in paths:
            page.goto(path)
            unfolded(page)
            assert_accessible(page)
            assert_no_sideways_scrolling(page)
            page.set_viewport_size({"width": width, "height": 740})


def test_a_draft_is_edited_approved_posted_and_withdrawn_without_script(
    browser: Browser, served: Served
) -> None:
    for page in opened(browser, served.address, 360, "light", script=False):
        signed_in(page)
        page.locator("#of-1-1").get_by_role("link", name="Town News").click()
        page.get_by_role("link", name="Edit", exact=True).click()
        page.get_by_label("One more paragraph").fill("Ask the town hall where to hand it in.")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("status")).to_contain_text("new version")
        page.get_by_role("button", name="Approve").click()
        expect(page.get_by_role("status")).to_contain_text("It is released and goes out now.")

        served.run(served.desk.dispatch)
        page.reload()
        expect(page.get_by_text("Posted on")).to_be_visible()
        [post] = served.memory.sent
        assert "Ask the town hall where to hand it in." in post.text

        page.get_by_text("Withdraw this recall post").click()
        page.get_by_role("button", name="Withdraw it everywhere now").click()
        expect(page.get_by_role("status")).to_contain_text("Withdrawn.")
        served.run(served.desk.dispatch)
        correction = next(one for one in served.memory.sent if one.reply_to == post.id)
        assert "We withdraw our post" in correction.text


def test_a_word_without_an_end_does_not_push_the_page_sideways(
    browser: Browser, served: Served
) -> None:
    for page in opened(browser, served.address, 1000, "light"):
        draft = signed_in(page).locator("article h3 a").first.get_attribute("href")
        page.goto(f"{draft}/edit")
        page.locator("textarea").nth(1).fill("x" * 1500)

        page.get_by_role("button", name="Show how it looks").click()

        assert_no_sideways_scrolling(page)


def test_an_advisory_is_looked_at_on_every_account_before_it_is_drafted(
    browser: Browser, served: Served
) -> None:
    for page in opened(browser, served.address, 1000, "dark"):
        signed_in(page).get_by_role("link", name="New advisory").click()
        page.get_by_label("Begin with").select_option("flight")
        page.get_by_role("button", name="Show", exact=True).click()
        page.get_by_label("Link 1: address").fill("https://www.example.org/flying")
        for name in ("Sky", "X News", "Server"):
            page.get_by_label(name).uncheck()
        page.get_by_role("button", name="Show how it looks").click()
        expect(page.get_by_role("heading", name="Town News (memory)")).to_be_visible()
        assert_accessible(page)
        page.get_by_role("button", name="Make the drafts").click()
        expect(page.get_by_role("status")).to_contain_text("Drafts made: 1.")
