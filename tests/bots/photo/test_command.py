"""Photos on the command line and in the terminal chat, read for real."""

from __future__ import annotations

import json
from contextlib import closing
from io import StringIO
from pathlib import Path
from random import Random

import pytest

from bots.app import open_database, open_talk, serve
from bots.photo.eyes import open_eyes
from bots.photo.reader import installed
from bots.terminal import Terminal
from core.clock import SystemClock
from core.settings import Settings
from tests.bots.conftest import Command

pytestmark = pytest.mark.skipif(not installed(), reason="the photo extra is not installed")


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Give the photo of a label, and the serial number on it."""
    labels = pytest.importorskip("tools.labels")
    anker = next(layout for layout in labels.LAYOUTS if layout.brand == "Anker")
    printed = labels.a_label(anker, Random(3))  # noqa: S311 - the same label every time
    file = tmp_path_factory.mktemp("photo") / "label.jpg"
    file.write_bytes(labels.jpeg(labels.drawn(printed)))
    return file, printed.serial


def test_a_photo_is_read_and_answered(recallbot: Command, photo: tuple[Path, str]) -> None:
    file, serial = photo

    ended = recallbot("check", "--photo", str(file))

    assert ended.code == 0
    assert ended.err == ""
    assert ended.out.startswith("I read this on the label:\n- brand: Anker")
    assert serial in ended.out
    assert "Product safety recall" in ended.out


def test_the_json_answer_to_a_photo_says_what_was_read(
    recallbot: Command, photo: tuple[Path, str]
) -> None:
    file, serial = photo

    told = json.loads(recallbot("check", "--photo", str(file), "--json", "in", "Japan").out)

    (item,) = told["items"]
    read = {part["field"]: part["value"] for part in told["photo"]}
    assert read["serial"] == item["serial"] == serial
    assert item["codes"]["region"] == "JP"
    assert item["verdict"] != "not_affected"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("text.jpg", b"no photo at all", "cannot open that file as a photo"),
        ("empty.jpg", b"", "cannot open that file as a photo"),
        ("absent.jpg", None, "cannot read"),
    ],
)
def test_what_is_no_photo_is_one_line_and_code_2(
    recallbot: Command, tmp_path: Path, name: str, content: bytes | None, says: str
) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)

    ended = recallbot("check", "--photo", str(file))

    assert ended.code == 2
    assert says in ended.err
    assert ended.out == ""


def test_a_photo_and_an_inventory_do_not_go_together(
    recallbot: Command, tmp_path: Path
) -> None:
    ended = recallbot("check", "--photo", "a.jpg", "--file", str(tmp_path / "b.csv"))

    assert ended.code == 2
    assert "do not go together" in ended.err


async def test_the_terminal_chat_takes_a_photo_by_its_name(
    database: Path, photo: tuple[Path, str]
) -> None:
    file, serial = photo
    printed = StringIO()
    lines = StringIO(f"/photo {file}\nyes\n/photo {file}.absent\n")
    settings, clock = Settings(database_url=str(database)), SystemClock()
    store = await open_database(settings)

    async with open_eyes() as eyes:
        with closing(await open_talk(store, settings, clock, eyes)) as talk:
            await serve([Terminal(lines, printed, clock.now)], talk)
    await store.close()

    told = printed.getvalue()
    assert f"- serial number: {serial}" in told
    assert "[1] Yes\n[2] No" in told
    assert f"paste this serial number on the maker's page: {serial}" in told
    assert "I cannot open that file as a photo." in told
