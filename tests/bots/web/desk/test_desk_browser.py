"""The desk in a real browser: signing in, small, dark, without a mouse and without script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from bots.web.desk.codes import totp_address
from bots.web.desk.roles import Role
from tests.bots.web.browsing import assert_accessible, assert_no_sideways_scrolling, opened
from tests.bots.web.desk.stage import PASSWORD, Somebody, desk_served

pytestmark = pytest.mark.browser

LOOKS = [("light", 1000), ("dark", 360), ("light", 360), ("dark", 1000)]
PAGES = ["/desk/me", "/desk/operators", "/desk/audit"]
ANN = Somebody("ann")
BOB = Somebody("bob")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("desk")
    with desk_served(folder, (ANN, Role.ADMIN), (BOB, Role.VIEWER)) as address:
        yield address


@pytest.fixture
def codes() -> Iterator[str]:
    """Give recovery codes that no test has used: an app's code works once in 30 seconds."""
    return _CODES


_CODES = iter(ANN.codes)


def fill(page: Page, password: str, code: str) -> None:
    page.get_by_label("Name").fill("ann")
    page.get_by_label("Password").fill(password)
    page.get_by_label("Code", exact=True).fill(code)
    page.get_by_role("button", name="Sign in").click()


def signed_in(page: Page, code: str) -> Page:
    page.goto("/desk")
    fill(page, PASSWORD, code)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    return page


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_signing_in_and_every_page_is_for_everybody(
    browser: Browser, address: str, codes: Iterator[str], scheme: str, width: int
) -> None:
    for page in opened(browser, address, width, scheme):
        page.goto("/desk/audit")
        expect(page).to_have_url(re.compile(r"/desk/sign-in\?back="))
        assert_accessible(page)
        fill(page, "", "")
        expect(page.get_by_role("alert")).to_contain_text("Please fill this in.")
        assert_accessible(page)
        fill(page, PASSWORD, next(codes))
        expect(page).to_have_url(f"{address}/desk/audit")
        expect(page.get_by_role("status")).to_contain_text("recovery code")
        for path in PAGES:
            page.goto(path)
            for folded in page.locator("details > summary").all():
                folded.click()
            assert_accessible(page)
            assert_no_sideways_scrolling(page)
            page.set_viewport_size({"width": width, "height": 740})


def test_an_invitation_is_handed_over_and_answered(
    browser: Browser, address: str, codes: Iterator[str]
) -> None:
    for page in opened(browser, address, 360, "light"):
        signed_in(page, next(codes)).goto("/desk/operators")
        page.get_by_label("Name").fill("cleo")
        page.get_by_label("Role").last.select_option("editor")
        page.get_by_role("button", name="Invite", exact=True).click()
        expect(page.get_by_role("heading", name="cleo is invited")).to_be_visible()
        assert_accessible(page)
        assert_no_sideways_scrolling(page)
        link, _, code, key = page.locator("dd code").all_inner_texts()
        page.get_by_role("button", name="Sign out").click()

        page.goto(link)
        page.get_by_label("One-time code").fill(code)
        page.get_by_label("New password", exact=True).fill(PASSWORD)
        page.get_by_label("New password once more").fill(PASSWORD)
        cleo = Somebody("cleo", key)
        page.get_by_label("Digits in the app").fill(cleo.code(datetime.now(UTC)))
        assert_accessible(page)
        page.get_by_role("button", name="Begin").click()

        expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
        assert page.locator(".codes li").count() == 10
        assert_accessible(page)
        assert_no_sideways_scrolling(page)
        page.get_by_role("link", name="Go to the desk").click()
        expect(page.get_by_text("cleo · editor")).to_be_visible()
        assert totp_address(key, "cleo").startswith("otpauth://totp/")


def test_the_desk_needs_no_mouse_and_no_script(
    browser: Browser, address: str, codes: Iterator[str]
) -> None:
    for page in opened(browser, address, 1000, "light", script=False):
        page.goto("/desk/sign-in")
        page.get_by_label("Name").focus()
        for typed in ("ann", PASSWORD, next(codes)):
            page.keyboard.type(typed)
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()

        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        names = []
        for _ in range(8):
            page.keyboard.press("Tab")
            names.append(page.locator(":focus").inner_text().strip())

        menu = ["Drafts", "New advisory", "Accounts", "People", "Log", "My access"]
        assert names == ["recallbot", "Sign out", *menu]


def test_an_error_leads_to_its_field(browser: Browser, address: str) -> None:
    for page in opened(browser, address, 360, "light"):
        page.goto("/desk/sign-in")
        fill(page, PASSWORD, "")

        page.get_by_role("alert").get_by_role("link").click()

        expect(page).to_have_url(re.compile("#field-code$"))
        expect(page.get_by_label("Code", exact=True)).to_have_attribute("aria-invalid", "true")


def test_a_link_from_elsewhere_finds_the_session(
    browser: Browser, address: str, codes: Iterator[str]
) -> None:
    for page in opened(browser, address, 1000, "light"):
        signed_in(page, next(codes))
        page.goto("about:blank")
        page.set_content(f'<a href="{address}/desk/me">there</a>')
        page.get_by_role("link", name="there").click()

        expect(page.get_by_role("heading", name="My access")).to_be_visible()


def test_an_apps_code_signs_in_too(browser: Browser, address: str) -> None:
    at = datetime.now(UTC) + timedelta(seconds=30)
    for page in opened(browser, address, 1000, "dark"):
        signed_in(page, ANN.code(at))
