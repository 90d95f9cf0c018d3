"""Photos and languages in a real browser, answered by the real conversation."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from bots.photo.eyes import open_eyes
from bots.photo.reader import installed
from bots.web.pages import Words
from core.text.translations import languages, own_name
from tests.bots.conftest import SHIPPED, SHIPPED_KEY
from tests.bots.web.browsing import (
    ask,
    assert_accessible,
    assert_no_sideways_scrolling,
    box,
    opened,
)
from tests.bots.web.photos import JPEG, MEBIBYTE, SHOWN, a_photo, stand_in, talking
from tests.bots.web.stage import served

pytestmark = pytest.mark.browser

READ = "I read this on the label"
SERIAL = "AFVDC20G17301234"


@pytest.fixture(scope="module")
def address(words: Words, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    database = tmp_path_factory.mktemp("chat") / "own.db"
    shutil.copy(SHIPPED, database)
    shutil.copy(SHIPPED_KEY, database.with_name("own.db.key"))
    with served(words, talking(database, stand_in), MEBIBYTE) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    yield from opened(browser, address, 1000, "light")


def a_file(content: bytes, name: str = "IMG_2031.jpg") -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": content}


def chooser(page: Page) -> Locator:
    return page.locator("#photo")


def send(page: Page) -> None:
    page.get_by_role("button", name="Send", exact=True).click()


def crop(page: Page) -> Locator:
    return page.get_by_role("log").get_by_role("img")


def assert_seen(picture: Locator) -> None:
    expect(picture).to_be_visible()
    picture.scroll_into_view_if_needed()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0


def test_a_photo_is_read_back_with_its_crop_and_confirmed_by_a_press(page: Page) -> None:
    page.goto("/")
    with page.expect_file_chooser() as asked:
        page.get_by_text("Photo of the label").click()
    asked.value.set_files(a_file(a_photo(*SHOWN)))
    expect(page.get_by_text("IMG_2031.jpg")).to_be_visible()
    send(page)

    expect(page.get_by_text(READ)).to_be_visible()
    expect(page.get_by_role("article").last).to_contain_text(SERIAL)
    expect(page.get_by_role("article").first).to_contain_text("(a photo)")
    expect(page.get_by_text("IMG_2031.jpg")).to_be_hidden()
    assert_seen(crop(page))
    assert SERIAL in (crop(page).get_attribute("alt") or "")
    page.get_by_role("button", name="Yes").click()
    expect(page.get_by_role("article")).to_have_count(4)
    expect(page.get_by_role("article").last).to_contain_text("A1263")


def test_words_beside_a_photo_are_sent_with_it(page: Page) -> None:
    page.goto("/")
    box(page).fill("bought in Japan")
    chooser(page).set_input_files(a_file(a_photo("Anker", "Model: A1263")))
    expect(page.get_by_role("button", name="Send")).to_be_focused()

    page.keyboard.press("Enter")

    expect(page.get_by_text(READ)).to_be_visible()
    expect(page.get_by_role("article").first).to_contain_text("(a photo)\nbought in Japan")
    expect(box(page)).to_have_value("")


def test_a_photo_can_be_taken_back_before_it_is_sent(page: Page) -> None:
    page.goto("/")
    chooser(page).set_input_files(a_file(a_photo(*SHOWN)))

    page.get_by_role("button", name="Remove the photo").click()
    send(page)

    expect(page.get_by_role("alert")).to_contain_text("nothing to send")
    expect(page.get_by_text("IMG_2031.jpg")).to_be_hidden()
    expect(page.get_by_role("article")).to_have_count(0)


def test_a_photo_may_be_pasted(page: Page) -> None:
    page.goto("/")
    page.evaluate(PASTED, [list(a_photo(*SHOWN)), "paste", "clipboardData"])
    send(page)

    expect(page.get_by_text(READ)).to_be_visible()


def test_a_photo_may_be_dropped_anywhere(page: Page) -> None:
    page.goto("/")
    page.evaluate(PASTED, [list(a_photo(*SHOWN)), "drop", "dataTransfer"])
    send(page)

    expect(page.get_by_text(READ)).to_be_visible()


PASTED = """([bytes, kind, name]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([new Uint8Array(bytes)], "image.png", { type: "image/png" }));
  const event = kind === "paste"
    ? new ClipboardEvent(kind, { clipboardData: transfer, bubbles: true, cancelable: true })
    : new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true });
  document.body.dispatchEvent(event);
}"""


def test_a_photo_needs_no_mouse(page: Page) -> None:
    # Listened for from the start: a key is pressed faster than the browser is told to ask us.
    page.on("filechooser", lambda asked: asked.set_files(a_file(a_photo(*SHOWN))))
    page.goto("/")
    box(page).focus()
    page.keyboard.press("Tab")
    expect(chooser(page)).to_be_focused()
    outline = page.locator(".camera").evaluate("label => getComputedStyle(label).outlineStyle")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Yes")).to_be_visible()
    for _ in range(5):
        page.keyboard.press("Shift+Tab")
        if page.get_by_role("button", name="Yes").evaluate("b => b === document.activeElement"):
            break
    page.keyboard.press("Enter")

    expect(page.get_by_role("article")).to_have_count(4)
    assert outline == "solid"


def test_without_script_a_photo_is_read_too(browser: Browser, address: str) -> None:
    for page in opened(browser, address, 360, "light", script=False):
        page.goto("/")
        expect(chooser(page)).to_be_visible()
        box(page).fill("bought in Japan")
        chooser(page).set_input_files(a_file(a_photo(*SHOWN)))
        send(page)
        expect(page.get_by_text(READ)).to_be_visible()
        expect(page.get_by_role("article").first).to_contain_text("bought in Japan")
        expect(crop(page)).to_be_visible()
        page.get_by_role("button", name="Yes").click()
        expect(page.get_by_role("article")).to_have_count(4)


@pytest.mark.parametrize("script", [True, False])
def test_a_photo_that_is_too_large_is_explained_and_the_text_kept(
    browser: Browser, address: str, script: object
) -> None:
    for page in opened(browser, address, 1000, "light", script=bool(script)):
        page.goto("/")
        box(page).fill("bought in Japan")
        chooser(page).set_input_files(a_file(a_photo(*SHOWN, padding=2 * MEBIBYTE)))
        if not script:
            send(page)

        expect(page.get_by_role("alert")).to_contain_text("larger than 1 MB")
        expect(box(page)).to_have_value("bought in Japan")
        expect(page.get_by_role("article")).to_have_count(0)


def test_what_is_no_picture_is_refused_in_the_conversation(page: Page) -> None:
    page.goto("/")
    chooser(page).set_input_files(a_file(b"%PDF-1.7 a bill"))
    send(page)

    expect(page.get_by_role("article").last).to_contain_text("cannot open that file")
    expect(crop(page)).to_have_count(0)


def test_a_lost_connection_keeps_the_photo(page: Page) -> None:
    page.goto("/")
    chooser(page).set_input_files(a_file(a_photo(*SHOWN)))
    page.context.set_offline(offline=True)
    send(page)
    expect(page.get_by_role("alert")).to_contain_text("no connection")
    expect(page.get_by_text("IMG_2031.jpg")).to_be_visible()

    page.context.set_offline(offline=False)
    send(page)

    expect(page.get_by_text(READ)).to_be_visible()


def test_a_pressed_choice_leaves_the_chosen_photo_for_the_next_message(page: Page) -> None:
    page.goto("/")
    chooser(page).set_input_files(a_file(a_photo(*SHOWN)))

    page.get_by_role("button", name="INIU BI-B41").click()
    expect(page.get_by_role("article")).to_have_count(2)
    expect(page.get_by_text("IMG_2031.jpg")).to_be_visible()
    send(page)

    expect(page.get_by_text(READ)).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(4)


def test_two_visitors_cannot_see_each_others_crop(browser: Browser, address: str) -> None:
    for page in opened(browser, address, 1000, "light"):
        page.goto("/")
        chooser(page).set_input_files(a_file(a_photo(*SHOWN)))
        send(page)
        assert_seen(crop(page))
        source = crop(page).get_attribute("src") or ""
        mine = page.request.get(source)
        for other in opened(browser, address, 1000, "light"):
            other.goto("/")
            ask(other, "Anker A1263")
            expect(other.get_by_role("article")).to_have_count(2)
            theirs = other.request.get(source)

        assert (mine.status, mine.body()) == (200, JPEG)
        assert theirs.status == 404


@pytest.mark.parametrize(("scheme", "width"), [("light", 1000), ("dark", 360)])
def test_a_photo_reply_can_be_used_by_everybody(
    browser: Browser, address: str, scheme: str, width: int
) -> None:
    for page in opened(browser, address, width, scheme):
        page.goto("/")
        chooser(page).set_input_files(a_file(a_photo(*SHOWN), "x" * 200 + ".jpg"))
        assert_accessible(page)
        assert_no_sideways_scrolling(page)
        page.set_viewport_size({"width": width, "height": 740})
        send(page)
        expect(page.get_by_text("Stop using and charging it")).to_be_in_viewport()
        expect(page.locator("#choices img")).to_be_in_viewport()
        assert_seen(crop(page))

        assert_accessible(page)
        assert_no_sideways_scrolling(page)


@pytest.mark.skipif(not installed(), reason="the packages that read photos are not installed")
def test_the_real_reader_reads_a_drawn_label(
    browser: Browser, words: Words, tmp_path: Path
) -> None:
    from tests.bots.web.labels import a_drawn_label  # noqa: PLC0415 - Pillow may be missing

    database = tmp_path / "own.db"
    shutil.copy(SHIPPED, database)
    shutil.copy(SHIPPED_KEY, database.with_name("own.db.key"))
    with served(words, talking(database, open_eyes), 15 * MEBIBYTE) as address:
        for page in opened(browser, address, 1000, "light"):
            page.goto("/")
            chooser(page).set_input_files(a_file(a_drawn_label(*SHOWN)))
            send(page)

            expect(page.get_by_text(READ)).to_be_visible(timeout=60_000)
            expect(page.get_by_role("article").last).to_contain_text(SERIAL)
            assert_seen(crop(page))


# --- languages --------------------------------------------------------------------------------


@pytest.mark.parametrize("script", [True, False])
def test_the_menu_changes_the_page_and_the_conversation(
    browser: Browser, address: str, script: object
) -> None:
    for page in opened(browser, address, 1000, "light", script=bool(script)):
        page.goto("/")
        ask(page, "Anker A1263")
        expect(page.get_by_role("article")).to_have_count(2)

        page.get_by_role("button", name="Deutsch").click()

        expect(page.locator("html")).to_have_attribute("lang", "de")
        expect(page.get_by_role("article")).to_have_count(3)
        expect(page.get_by_role("button", name="Deutsch")).to_have_attribute(
            "aria-current", "true"
        )
        page.get_by_role("textbox").fill("Anker A1263")
        page.locator("#send").click()
        expect(page.get_by_role("article")).to_have_count(5)
        expect(page.get_by_role("article").last.locator("[lang=de]").first).to_be_visible()


def test_a_draft_survives_the_choice_of_a_language(page: Page) -> None:
    page.goto("/")
    box(page).fill("Anker & A1263?")

    page.get_by_role("button", name="français").click()

    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.get_by_role("textbox")).to_have_value("Anker & A1263?")


@pytest.mark.parametrize("lang", [tag for tag in languages() if tag != "en"])
@pytest.mark.parametrize("path", ["/", "/recalls/acme-x100-us", "/health"])
def test_every_language_fits_a_phone_and_everybody(
    browser: Browser, address: str, lang: str, path: str
) -> None:
    for page in opened(browser, address, 360, "light"):
        page.goto(path)
        page.get_by_role("button", name=own_name(lang)).click()
        expect(page.locator("html")).to_have_attribute("lang", lang)

        assert page.url.endswith(path)
        assert_accessible(page)
        assert_no_sideways_scrolling(page)
