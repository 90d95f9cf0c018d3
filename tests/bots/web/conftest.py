"""What every test of the web chat starts from."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from io import BytesIO

import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import Browser, expect, sync_playwright

from bots.web.pages import Words
from core.text.translations import FOLDER, translator
from tests.bots.web.browsing import ARGUMENTS

TEXTS = FOLDER / "en" / "LC_MESSAGES" / "recallbot.po"


def page_texts() -> set[str]:
    """Return the keys of the pages' texts."""
    keys = {str(text.id) for text in read_po(BytesIO(TEXTS.read_bytes()))}
    return {key for key in keys if key.startswith(("web_", "unit_", "embed_"))}


@pytest.fixture(scope="session")
def words() -> Words:
    return translator


# Not longer than a module: while it is open, no test can have an event loop of its own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        reason = "no Chromium on this machine: install Debian's package chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()
