"""The frames in a real browser: on a page of another site, small, dark, and without script."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from bots.web.pages import Words
from tests.bots.web.browsing import assert_accessible, assert_no_sideways_scrolling, opened
from tests.bots.web.stage import served

FRAME = '<iframe src="{}/embed/check?{}" title="Check your product" width="{}" height="320">'
SITE = '<!doctype html><html lang="en"><head><title>A shop</title></head><body>{}</body></html>'
SCRIPT = '<script src="{}/static/embed.js" data-title="Check" data-show="{}" {} async></script>'


@contextmanager
def another_site(pages: Mapping[str, str]) -> Iterator[str]:
    """Yield the address of another site that serves these pages."""

    class Serves(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = pages.get(urlsplit(self.path).path)
            self.send_response(200 if page else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write((page or "").encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Serves) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        # By name, where we are reached by number: another site as browsers see it.
        yield f"http://localhost:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def address(words: Words) -> Iterator[str]:
    with served(words) as address:
        yield address


@pytest.fixture(scope="module")
def shop(address: str) -> Iterator[str]:
    pages = {
        f"/{width}": SITE.format(FRAME.format(address, "lang=en", width) + "</iframe>")
        for width in (240, 360)
    }
    asked = SCRIPT.format(address, "check", 'data-lang="en" data-q="Acme X100"')
    pages["/script"] = SITE.format(asked)
    pages["/recalls"] = SITE.format(SCRIPT.format(address, "recalls", 'data-country="US"'))
    pages["/chat"] = SITE.format(f'<iframe src="{address}/" title="chat"></iframe>')
    pages["/nothing"] = SITE.format("")
    with another_site(pages) as site:
        yield site


def asked_for(frame: FrameLocator, text: str) -> None:
    frame.get_by_label("Brand and model").fill(text)
    frame.get_by_role("button", name="Check").click()


@pytest.mark.browser
@pytest.mark.parametrize("script", ["script", "no-script"])
@pytest.mark.parametrize("width", [240, 360])
def test_a_product_is_checked_on_another_site(
    width: int, script: Literal["script", "no-script"], browser: Browser, shop: str
) -> None:
    for page in opened(browser, shop, width + 40, "light", script=script == "script"):
        page.goto(f"/{width}")
        frame = page.frame_locator("iframe")
        asked_for(frame, "Acme X100")

        answer = frame.get_by_role("region", name="Answer")
        expect(answer).to_contain_text("Product safety recall: Acme X100")
        expect(frame.get_by_label("Brand and model")).to_have_value("")
        assert page.context.cookies() == []
        assert [link.get_attribute("target") for link in frame.locator("base").all()] == [
            "_blank"
        ]


@pytest.mark.browser
def test_the_answer_has_the_focus_and_the_frame_is_as_high_as_its_content(
    browser: Browser, shop: str
) -> None:
    for page in opened(browser, shop, 360, "light"):
        page.goto("/script")
        frame = page.frame_locator("iframe")
        field = frame.get_by_label("Brand and model")
        expect(field).to_have_value("Acme X100")
        before = height_once_it_fits(page)
        field.press("Enter")

        expect(frame.get_by_role("region", name="Answer")).to_be_focused()
        after = height_once_it_fits(page)
        assert before < after
        expect(page.get_by_title("Check")).to_have_attribute("src", frame_address(page))


def height_once_it_fits(page: Page) -> int:
    """Return how high the frame is as soon as nothing of it has to be scrolled."""
    expect(page.locator("iframe")).not_to_have_attribute("height", "320")
    inner = page.frames[-1]
    inner.wait_for_function("document.body.getBoundingClientRect().height <= innerHeight")
    assert inner.evaluate("innerHeight - document.body.getBoundingClientRect().height") < 2
    return int(page.locator("iframe").get_attribute("height") or 0)


def frame_address(page: Page) -> str:
    home = urlsplit(page.frames[-1].url)
    return f"{home.scheme}://{home.netloc}/embed/check?lang=en&q=Acme+X100"


@pytest.mark.browser
def test_a_message_of_somebody_else_moves_no_frame(browser: Browser, shop: str) -> None:
    for page in opened(browser, shop, 360, "light"):
        page.goto("/script")
        fitting = height_once_it_fits(page)
        page.evaluate("postMessage({type: 'recallbot:height', height: 5000}, '*')")
        page.evaluate("new Promise(requestAnimationFrame)")

        assert page.locator("iframe").get_attribute("height") == str(fitting)


@pytest.mark.browser
def test_the_newest_recalls_are_shown_on_another_site(browser: Browser, shop: str) -> None:
    for page in opened(browser, shop, 360, "light"):
        page.goto("/recalls")
        frame = page.frame_locator("iframe")

        with page.context.expect_page() as tab:
            frame.get_by_role("link", name="Acme X100 power bank").click()
        expect(tab.value.get_by_role("heading", level=1)).to_contain_text("Acme X100")
        height_once_it_fits(page)


@pytest.mark.browser
def test_the_chat_is_shown_in_no_frame(browser: Browser, shop: str) -> None:
    context = browser.new_context(base_url=shop)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto("/chat")
    page.wait_for_load_state("networkidle")

    assert page.frame_locator("iframe").get_by_label("Your message").count() == 0
    context.close()
    assert any("frame-ancestors" in text for text in complaints)


@pytest.mark.browser
@pytest.mark.parametrize("path", ["/feed.atom?lang=de&country=US", "/api/recalls?country=US"])
def test_a_page_of_another_site_reads_the_feeds(
    path: str, browser: Browser, shop: str, address: str
) -> None:
    ask = "url => fetch(url).then(async a => [a.status, a.headers.get('etag'), await a.text()])"
    again = (
        "([url, mark]) => fetch(url, {headers: {'If-None-Match': mark}}).then(a => a.status)"
    )
    for page in opened(browser, shop, 360, "light"):
        page.goto("/nothing")
        status, mark, text = page.evaluate(ask, address + path)

        assert (status, mark[0]) == (200, '"')
        assert "Acme X100" in text
        assert page.evaluate(again, [address + path, mark]) in {200, 304}


@pytest.mark.browser
@pytest.mark.parametrize("width", [240, 360])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/embed/check", "/embed/recalls"])
def test_everybody_can_use_the_frames(
    path: str, theme: str, width: int, browser: Browser, address: str
) -> None:
    # The device says the opposite of what the site chose.
    scheme = "light" if theme == "dark" else "dark"
    for page in opened(browser, address, width, scheme):
        page.goto(f"{path}?theme={theme}&lang=de&q=X100")
        if path == "/embed/check":
            page.get_by_role("button").click()
            expect(page.get_by_role("region")).to_be_focused()

        assert_accessible(page)
        assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert dark == ("rgb(17, 22, 28)" if theme == "dark" else "rgb(245, 247, 249)")


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_the_page_for_site_owners(
    scheme: str, browser: Browser, address: str
) -> None:
    for page in opened(browser, address, 1000, scheme):
        page.goto("/embed?lang=fr&country=US&q=Acme")
        preview = page.frame_locator("iframe").first

        expect(preview.get_by_label("Marque et modèle")).to_have_value("Acme")
        assert_accessible(page)
        assert_no_sideways_scrolling(page)


@pytest.mark.browser
def test_a_snippet_is_copied_and_said_to_be(browser: Browser, address: str) -> None:
    for page in opened(browser, address, 1000, "light"):
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto("/embed?theme=dark")
        page.get_by_role("button", name="Copy Check a product: a frame").click()

        expect(page.get_by_role("status")).to_contain_text("Copied: Check a product: a frame")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert json.dumps(address + "/embed/check?theme=dark") in copied
