"""What every test of the web chat starts from."""

from __future__ import annotations

from io import BytesIO

import pytest
from babel.messages.pofile import read_po

from bots.web.pages import Words
from core.text.translations import FOLDER, translator

TEXTS = FOLDER / "en" / "LC_MESSAGES" / "recallbot.po"


def page_texts() -> set[str]:
    """Return the keys of the pages' texts."""
    keys = {str(text.id) for text in read_po(BytesIO(TEXTS.read_bytes()))}
    return {key for key in keys if key.startswith(("web_", "unit_"))}


@pytest.fixture(scope="session")
def words() -> Words:
    return translator
