"""The chart and the lists of recalls in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from bots.web.pages import Words
from tests.bots.web.browsing import assert_accessible, assert_no_sideways_scrolling, opened
from tests.bots.web.stage import served


@pytest.fixture(scope="module")
def address(words: Words) -> Iterator[str]:
    with served(words) as address:
        yield address


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path", ["/weeks", "/sources", "/outbox", "/recalls?hazard=fire", "/api/docs"]
)
def test_everybody_can_use_the_pages(
    path: str, scheme: str, browser: Browser, address: str
) -> None:
    for page in opened(browser, address, 1000, scheme):
        page.goto(path)

        assert_accessible(page)
        assert_no_sideways_scrolling(page)


@pytest.mark.browser
def test_the_picture_is_shown_and_named(browser: Browser, address: str) -> None:
    for page in opened(browser, address, 1000, "light"):
        page.goto("/weeks")

        picture = page.get_by_role("img", name="Stacked bars")
        expect(picture).to_be_visible()
        assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
