"""The drawn example of a photo: one picture for each thing a notice may want on it."""

from __future__ import annotations

from io import BytesIO
from itertools import combinations

import pytest

from bots.drawing import SIZE, drawn
from core.model.claim import PhotoWants

image = pytest.importorskip("PIL.Image", reason="nothing is drawn without the photo extra")
EVERYTHING = {
    "word": "Recalled",
    "name": True,
    "date": True,
    "model": True,
    "serial": True,
    "sides": True,
    "cut": True,
}
PAIRS = [dict.fromkeys(pair) for pair in combinations(EVERYTHING, 2)]


def wanting(*names: str) -> PhotoWants:
    return PhotoWants(**{name: EVERYTHING[name] for name in names})  # type: ignore[arg-type]


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_whatever_two_things_are_wanted_a_jpeg_shows_them(pair: dict[str, None]) -> None:
    jpeg = drawn(wanting(*pair))

    assert jpeg is not None
    with image.open(BytesIO(jpeg)) as picture:
        assert (picture.format, picture.size) == ("JPEG", SIZE)
    assert len(jpeg) < 60_000


def test_each_thing_wanted_changes_the_drawing() -> None:
    alone = {drawn(wanting(name)) for name in EVERYTHING}

    assert len(alone) == len(EVERYTHING)
    assert drawn(wanting(*EVERYTHING)) not in alone


def test_another_word_to_write_is_another_drawing() -> None:
    assert drawn(PhotoWants(word="Recalled")) != drawn(PhotoWants(word="Returned"))
