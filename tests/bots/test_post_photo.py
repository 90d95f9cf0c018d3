"""`recallbot post --photo`: a photo with its licence, on the picture of one recall."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bots.web.desk.names import COMMAND_LINE
from tests.bots.conftest import Command, refused

RECALL = "isla-rae-us-2026-01"
CREDIT = "Photo: Jo Example, CC BY 4.0"
NAMED = ("--licence", "cc by 4.0", "--attribution", "Jo Example")


@pytest.fixture(autouse=True)
def accounts_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECALLBOT_X_API_KEY", "key")
    monkeypatch.setenv("RECALLBOT_X_API_SECRET", "secret")
    monkeypatch.setenv("RECALLBOT_X_ACCOUNTS", "NewsBot:token:secret")


@pytest.fixture
def photo(tmp_path: Path) -> str:
    """Give the path of a photo."""
    path = tmp_path / "photo.jpg"
    Image.new("RGB", (800, 600), "#20c020").save(path)
    return str(path)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "why may it be shown"),
        (("--licence", "I may use it"), "is no licence"),
        (("--licence", "CC BY 4.0"), "somebody to be named"),
        (("--licence", "own work", "--attribution", "J" * 99), "80 characters"),
    ],
)
def test_a_photo_needs_a_licence_that_is_named(
    recallbot: Command, photo: str, options: tuple[str, ...], said: str
) -> None:
    assert refused(recallbot("post", RECALL, "--photo", photo, *options), said)


def test_what_is_no_photo_is_said(recallbot: Command, tmp_path: Path) -> None:
    text = tmp_path / "photo.txt"
    text.write_text("no photo", encoding="utf-8")

    none = recallbot("post", RECALL, "--photo", str(tmp_path / "none.jpg"), *NAMED)
    other = recallbot("post", RECALL, "--photo", str(text), *NAMED)

    assert refused(none, "cannot be read")
    assert refused(other, "JPEG, PNG or WebP")


def test_a_photo_is_of_one_product_and_a_licence_of_a_photo(
    recallbot: Command, photo: str
) -> None:
    every = recallbot("post", "--all", "--dry-run", "--photo", photo, *NAMED)
    two = recallbot("post", RECALL, "26179", "--dry-run", "--photo", photo, *NAMED)
    none = recallbot("post", RECALL, "--dry-run", *NAMED)

    assert refused(every, "one product")
    assert refused(two, "one product")
    assert refused(none, "about a --photo")


def test_a_dry_run_shows_the_photo_and_whom_to_name(
    recallbot: Command, photo: str, tmp_path: Path
) -> None:
    options = ("--dry-run", "--json", "--channel", "x", "--images", str(tmp_path))

    plain = json.loads(recallbot("post", RECALL, *options).out)
    shown = json.loads(recallbot("post", RECALL, *options, "--photo", photo, *NAMED).out)

    with Image.open(shown["image"]) as picture:
        colours = Counter[Any](picture.get_flattened_data())
    green = sum(n for (r, g, b), n in colours.items() if g > 170 and max(r, b) < 60)
    assert green > 10_000
    assert shown["alt"] == f"{plain['alt']}\n{CREDIT}"
    assert shown["text"] == plain["text"]


def test_the_draft_keeps_the_photo_and_the_log_who_stated_what(
    recallbot: Command, photo: str, database: Path
) -> None:
    recallbot("account", "add", "x", "NewsBot", "--name", "News")

    ended = recallbot("post", RECALL, "--photo", photo, *NAMED)

    assert ended.code == 0
    with closing(sqlite3.connect(database)) as stored:
        [(digest, licence, attribution, who)] = stored.execute(
            "SELECT digest, licence, attribution, added_by FROM photo"
        )
        [(parts, edited)] = stored.execute("SELECT parts, edited FROM draft")
        [detail] = stored.execute("SELECT detail FROM audit WHERE did = 'photo'")
    card = json.loads(parts)[0]["picture"]
    assert (card["photo"], card["credit"], edited) == (digest, CREDIT, 1)
    assert (licence, attribution, who) == ("CC BY 4.0", "Jo Example", COMMAND_LINE)
    assert detail == (f"CC BY 4.0; Jo Example; {digest[:12]}",)
