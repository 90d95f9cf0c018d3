"""What tests do in a browser: open a page as a fresh visitor, write, judge what is seen."""

from __future__ import annotations

from collections.abc import Iterator

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page

from tools.screenshot import BROWSER_FLAGS

ARGUMENTS = list(BROWSER_FLAGS)


def opened(
    browser: Browser, address: str, width: int, scheme: str, *, script: bool = True
) -> Iterator[Page]:
    """Yield a page of a fresh visitor; fail where the browser complained of ours."""
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": 740},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=script,
        reduced_motion="reduce",
    )
    page = context.new_page()
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # Refusals and lost connections are asked for here; everything else is ours to mend.
        expected = message.text.startswith(("Failed to load resource", "htmx: htmx:error"))
        if message.type == "error" and not expected:
            complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


def box(page: Page) -> Locator:
    return page.get_by_label("Your message")


def ask(page: Page, text: str) -> None:
    box(page).fill(text)
    page.get_by_role("button", name="Send").click()


def assert_accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def assert_no_sideways_scrolling(page: Page) -> None:
    for width in (360, 1000):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
