"""How long, and how many of, the pieces of photos are kept."""

from __future__ import annotations

import gc
from datetime import UTC, datetime, timedelta
from weakref import ref

import pytest

from bots.web.channel import Said, Web
from bots.web.pictures import KEPT, MOST_PICTURES, Pictures
from bots.web.settings import WebSettings
from bots.web.transcript import MOST_ENTRIES
from core.channel import Address, Post
from core.model.message import Picture
from tests.bots.web.stage import Ticking

NOON = datetime(2026, 6, 14, 12, tzinfo=UTC)
CROP = Picture(b"jpeg", "what was read")


def test_a_picture_is_forgotten_after_half_an_hour() -> None:
    pictures = Pictures()
    shot = pictures.kept(1, CROP, NOON)

    pictures.forget(NOON + KEPT)
    before = shot.jpeg
    pictures.forget(NOON + KEPT + timedelta(seconds=1))

    assert before == b"jpeg"
    assert shot.jpeg is None


def test_only_the_newest_pictures_of_all_visitors_are_kept() -> None:
    pictures = Pictures()

    shots = [pictures.kept(number, CROP, NOON) for number in range(MOST_PICTURES + 3)]

    assert [shot.jpeg is None for shot in shots] == [True] * 3 + [False] * MOST_PICTURES


async def test_a_picture_is_forgotten_with_its_entry() -> None:
    web = Web(WebSettings(), Ticking().now)
    ann = Address("web", "ann")
    web.hear("ann", Said("A1263", "A1263"))
    await web.send(Post("<p>crop</p>", picture=CROP), ann, key="k0")
    transcript = web.transcript("ann")
    assert transcript
    entry = transcript.after(0)[1]
    shot = ref(entry.picture) if entry.picture else None
    number = entry.number
    before = transcript.picture(number)
    del entry

    for turn in range(MOST_ENTRIES):
        web.hear("ann", Said("again", f"again {turn}"))
    gc.collect()

    assert before == b"jpeg"
    assert transcript.picture(number) is None
    assert shot is not None
    assert shot() is None


@pytest.mark.parametrize("number", [0, 1])
async def test_an_entry_without_a_picture_has_none(number: int) -> None:
    web = Web(WebSettings(), Ticking().now)
    web.hear("ann", Said("A1263", "A1263"))
    transcript = web.transcript("ann")

    assert transcript
    assert transcript.picture(transcript.last * number) is None


def test_no_picture_is_written_where_a_value_is_shown() -> None:
    shot = Pictures().kept(1, Picture(b"secret", "what was read"), NOON)

    assert "secret" not in repr(shot)
