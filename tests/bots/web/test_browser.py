"""The pages in a real browser: typed into, pressed, small, dark and without script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from bots.web.pages import Words
from tests.bots.web.browsing import (
    ask,
    assert_accessible,
    assert_no_sideways_scrolling,
    box,
    opened,
)
from tests.bots.web.stage import served

pytestmark = pytest.mark.browser

PATHS = ["/", "/recalls", "/recalls?q=nothing", "/recalls/acme-x100-us", "/health", "/nowhere"]
LOOKS = [("light", 1000), ("dark", 360)]


@pytest.fixture(scope="module")
def address(words: Words) -> Iterator[str]:
    with served(words) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    yield from opened(browser, address, 1000, "light")


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Page]:
    yield from opened(browser, address, 360, "light")


def ids(page: Page) -> list[str]:
    return [each.get_attribute("id") or "" for each in page.get_by_role("article").all()]


def test_a_typed_question_is_answered_in_the_same_page(page: Page) -> None:
    page.goto("/")
    page.evaluate("window.same = true")

    ask(page, "Acme X100")

    expect(page.get_by_text("Product safety recall: Acme X100")).to_be_in_viewport()
    expect(page.get_by_role("article")).to_have_count(2)
    expect(box(page)).to_have_value("")
    assert page.evaluate("window.same")


def test_a_pressed_choice_is_shown_by_its_label_and_replaced_by_the_next_ones(
    page: Page,
) -> None:
    page.goto("/")
    ask(page, "Acme X100")
    box(page).fill("a draft")

    page.get_by_role("button", name="No, another").click()

    expect(page.get_by_text("I heard no in")).to_be_visible()
    expect(page.get_by_role("article").nth(2)).to_contain_text("No, another")
    expect(page.get_by_role("button", name="No, another")).to_have_count(0)
    expect(box(page)).to_have_value("a draft")
    expect(page.get_by_role("article").nth(3)).to_be_focused()


def test_the_conversation_needs_no_mouse(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    for name in ("Anker PowerCore A1263", "IKEA VARMFRONT E2038", "INIU BI-B41"):
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name=name)).to_be_focused()
    page.keyboard.press("Tab")
    expect(box(page)).to_be_focused()

    page.keyboard.type("Acme")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("X100")
    page.keyboard.press("Enter")

    expect(page.get_by_role("button", name="Yes")).to_be_visible()
    expect(page.get_by_role("article").first).to_contain_text("Acme\nX100")
    expect(box(page)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Yes")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("I heard yes in")).to_be_visible()


def test_whatever_has_the_focus_shows_it(page: Page) -> None:
    page.goto("/recalls/acme-x100-us")
    outlines = []

    for _ in range(12):
        page.keyboard.press("Tab")
        outlines.append(page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))

    assert outlines == ["solid"] * 12


def test_several_messages_stand_once_each_and_in_order(page: Page) -> None:
    page.goto("/")

    for number in range(3):
        ask(page, f"message {number}")
        expect(page.get_by_text(f"I heard message {number} in")).to_be_visible()

    before = ids(page)
    page.reload()
    assert len(set(before)) == 6
    assert ids(page) == before == sorted(before)


def test_two_windows_of_one_visitor_show_the_same_conversation(page: Page) -> None:
    page.clock.install()
    page.goto("/")
    other = page.context.new_page()
    other.goto("/")
    ask(other, "Acme X100")
    expect(other.get_by_role("article")).to_have_count(2)

    page.clock.fast_forward("00:11")

    expect(page.get_by_text("Product safety recall: Acme X100")).to_be_visible()
    expect(page.get_by_role("button", name="Yes")).to_be_visible()


def test_an_old_choice_in_another_window_answers_nothing(page: Page) -> None:
    page.goto("/")
    ask(page, "Acme X100")
    expect(page.get_by_role("button", name="Yes")).to_be_visible()
    other = page.context.new_page()
    other.goto("/")
    ask(other, "Acme X100 other")
    expect(other.get_by_role("article")).to_have_count(4)

    page.get_by_role("button", name="Yes").click()

    expect(page.get_by_role("alert")).to_contain_text("moved on")
    expect(page.get_by_role("article")).to_have_count(4)
    expect(page.get_by_text("I heard yes")).to_have_count(0)


def test_a_lost_connection_keeps_the_text(page: Page) -> None:
    page.goto("/")
    page.context.set_offline(offline=True)

    box(page).fill("Acme X100")
    box(page).press("Enter")

    expect(page.get_by_role("alert")).to_contain_text("no connection")
    expect(box(page)).to_have_value("Acme X100")
    page.context.set_offline(offline=False)
    box(page).press("Enter")
    expect(page.get_by_text("Product safety recall: Acme X100")).to_be_visible()
    expect(page.get_by_role("alert")).to_be_empty()


def test_a_refused_message_is_explained_and_kept(page: Page) -> None:
    page.goto("/")

    ask(page, "x" * 2001)

    expect(page.get_by_role("alert")).to_contain_text("2001 characters")
    expect(box(page)).to_have_value("x" * 2001)
    assert_accessible(page)


def test_a_body_beyond_every_limit_is_explained_too(page: Page) -> None:
    page.goto("/")

    ask(page, "x" * 70_000)

    expect(page.get_by_role("alert")).to_contain_text("too much at once")
    expect(box(page)).to_have_value("x" * 70_000)


def test_a_page_left_open_over_a_restart_renews_itself(page: Page) -> None:
    page.goto("/")
    page.context.clear_cookies()

    ask(page, "Acme X100")
    expect(page.get_by_role("alert")).to_contain_text("has been renewed")
    page.get_by_role("button", name="Send").click()

    expect(page.get_by_text("Product safety recall: Acme X100")).to_be_visible()


def test_a_link_from_another_site_leads_back_into_the_conversation(page: Page) -> None:
    page.goto("/")
    ask(page, "Acme X100")
    expect(page.get_by_role("article")).to_have_count(2)
    here = page.url
    page.goto("about:blank")
    elsewhere = here.replace("127.0.0.1", "localhost")
    page.goto(f"{elsewhere}health")
    page.evaluate(
        "address => { const a = document.body.appendChild(document.createElement('a'));"
        " a.href = address; a.textContent = 'over there'; }",
        here,
    )

    page.get_by_role("link", name="over there").click()

    expect(page.get_by_role("article")).to_have_count(2)


def test_markup_in_a_message_is_only_text(page: Page) -> None:
    page.goto("/")

    ask(page, "<img src=x onerror='document.title=1'><b>bold</b>")

    expect(page.get_by_role("article").first).to_contain_text("<b>bold</b>")
    assert page.locator("#log img, #log b").count() == 0


def test_without_script_the_chat_still_works(browser: Browser, address: str) -> None:
    for page in opened(browser, address, 1000, "light", script=False):
        page.goto("/")
        ask(page, "Acme X100")
        expect(page.get_by_text("Product safety recall: Acme X100")).to_be_visible()
        page.get_by_role("button", name="Yes").click()
        expect(page.get_by_text("I heard yes in")).to_be_in_viewport()
        assert page.url.endswith("/#latest")


def test_a_recall_is_found_and_asked_about(page: Page) -> None:
    page.goto("/recalls")

    page.get_by_label("Search for").fill("acme")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Acme X100 power bank").click()
    page.get_by_text("Version 1").click()
    expect(page.get_by_text("as first published")).to_be_visible()
    page.get_by_role("link", name="Ask about your unit").click()

    expect(box(page)).to_have_value("Acme X100")


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
@pytest.mark.parametrize("path", PATHS)
def test_every_page_can_be_used_by_everybody(
    browser: Browser, address: str, path: str, scheme: str, width: int
) -> None:
    for page in opened(browser, address, width, scheme):
        page.goto(path)
        for version in page.locator("summary").all():
            version.click()

        assert_accessible(page)
        assert_no_sideways_scrolling(page)


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_a_conversation_can_be_used_by_everybody(
    browser: Browser, address: str, scheme: str, width: int
) -> None:
    for page in opened(browser, address, width, scheme):
        page.goto("/")
        ask(page, "Acme X100 " + "0" * 300)
        expect(page.get_by_role("button", name="Yes")).to_be_visible()

        assert_accessible(page)
        assert_no_sideways_scrolling(page)


def test_dark_is_dark(browser: Browser, address: str) -> None:
    colours = {}
    for scheme in ("light", "dark"):
        for page in opened(browser, address, 1000, scheme):
            page.goto("/")
            colours[scheme] = page.evaluate("getComputedStyle(document.body).backgroundColor")

    assert colours == {"light": "rgb(245, 247, 249)", "dark": "rgb(17, 22, 28)"}


def test_on_a_phone_the_box_leaves_room_for_the_answer(phone: Page) -> None:
    phone.goto("/")

    ask(phone, "Acme X100")

    expect(phone.get_by_text("Stop using and charging it now")).to_be_in_viewport()
    composer = phone.locator("#composer").bounding_box()
    assert composer
    assert composer["height"] < 740 / 3
