from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image, ImageChops
from structlog.testing import capture_logs

from bots.cards import draw as module
from bots.cards.draw import MOST_BYTES, draw
from bots.cards.layout import HEIGHT, SMALLEST, WIDTH, Box
from bots.cards.palette import ENOUGH, INKS, Ink, light
from core.model.message import Picture
from core.model.public import Card, Chart
from tests.bots.cards.pictured import (
    ALL_FONTS,
    ARABIC,
    CARD,
    CARDS,
    CHART,
    GERMAN,
    HEBREW_NAME,
    JAPANESE,
    LONG_URL,
    SIMPLIFIED,
    TRADITIONAL,
    colours,
    drawn,
    laid_out,
    opened,
    read,
)
from tests.builders import STEADY


def test_a_card_is_a_jpeg_of_the_size_that_platforms_show_whole() -> None:
    picture = draw(CARD)

    assert picture is not None
    with Image.open(BytesIO(picture.jpeg)) as image:
        assert (image.format, image.size) == ("JPEG", (1200, 675))


def test_the_picture_comes_with_the_words_for_whoever_cannot_see_it() -> None:
    picture = draw(CARD)

    assert picture is not None
    assert picture.alt == CARD.alt


@ALL_FONTS
@pytest.mark.parametrize("picture", [*CARDS, CHART], ids=lambda picture: picture.lang)
def test_every_language_is_drawn_within_what_bluesky_takes(picture: Card | Chart) -> None:
    made = draw(picture)

    assert made is not None
    assert len(made.jpeg) < 300_000


def test_the_same_value_gives_the_same_bytes_however_often_it_is_drawn() -> None:
    first = draw(CARD)
    module._drawn.cache_clear()

    again = draw(replace(CARD))

    assert first == again


def test_many_threads_may_draw_at_once() -> None:
    cards = [replace(CARD, product=f"Heater {number % 4}") for number in range(12)]
    module._drawn.cache_clear()

    with ThreadPoolExecutor(6) as pool:
        pictures = list(pool.map(draw, cards))

    assert all(isinstance(picture, Picture) for picture in pictures)
    assert pictures[:4] == pictures[4:8] == pictures[8:]


@pytest.mark.parametrize("ink", INKS)
def test_every_text_of_the_palette_stands_out_as_wcag_asks(ink: Ink) -> None:
    assert ink.contrast >= ENOUGH


def test_the_formula_knows_black_on_white_and_the_grey_everybody_quotes() -> None:
    assert Ink("#000000", "#ffffff").contrast == pytest.approx(21)
    assert Ink("#767676", "#ffffff").contrast == pytest.approx(4.54, abs=0.01)


@ALL_FONTS
@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.lang)
def test_every_text_stands_out_in_the_pixels_of_the_picture(card: Card) -> None:
    picture = drawn(card)
    layout = laid_out(card)
    assert layout is not None

    for words in layout.texts:
        box = words.box.mirrored() if card is ARABIC else words.box
        seen = colours(picture, box)
        ground = seen.most_common(1)[0][0]
        lights = {light(colour) for colour in seen}
        expected = Ink(words.ink.ground, words.ink.ground)
        assert abs(light(ground) - light(expected.text)) < 0.02
        furthest = max(_contrast(one, light(ground)) for one in lights)
        assert furthest >= ENOUGH, words.lines


def _contrast(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


@pytest.mark.parametrize("card", [CARD, GERMAN, HEBREW_NAME, replace(CARD, url=LONG_URL)])
def test_the_code_leads_to_the_official_page(card: Card) -> None:
    assert read(drawn(card)) == [card.url]


@pytest.mark.parametrize("card", [CARD, GERMAN, replace(CARD, url=LONG_URL)])
def test_the_code_survives_a_platform_that_halves_the_picture(card: Card) -> None:
    small = drawn(card).resize((600, 338), Image.Resampling.LANCZOS)
    again = BytesIO()
    small.save(again, "JPEG", quality=75)

    assert read(opened(again.getvalue())) == [card.url]


@pytest.mark.parametrize("url", ["", "https://example.org/" + "a" * 3000, "https://\ud800"])
def test_an_address_that_no_code_can_carry_leaves_the_rest_of_the_card(url: str) -> None:
    picture = drawn(replace(CARD, url=url))

    assert picture.size == (WIDTH, HEIGHT)
    assert read(picture) == []


def test_a_character_that_no_typeface_has_means_no_picture_and_is_said_once() -> None:
    module._say_once.cache_clear()
    cards = [replace(CARD, product=f"Lamp {sign}") for sign in ("\U0001f642", "\ue000", "ꯍ")]

    with capture_logs() as logs:
        pictures = [draw(card) for card in cards]

    assert pictures == [None, None, None]
    assert [line["event"] for line in logs] == ["picture_not_drawn"]


def test_an_action_too_long_to_be_read_means_no_picture_and_is_never_cut() -> None:
    assert draw(replace(CARD, action="Stop using it at once. " * 30)) is None


def test_what_is_never_seen_changes_nothing() -> None:
    plain = draw(CARD)

    assert draw(replace(CARD, product=CARD.product.replace(" ", "\u200e \n", 1))) == plain


@ALL_FONTS
def test_one_character_is_drawn_as_each_country_writes_it() -> None:
    cards = [
        replace(card, headline="A", product="直骨", action="B", source="C")
        for card in (JAPANESE, SIMPLIFIED, TRADITIONAL)
    ]
    layouts = [laid_out(card) for card in cards]
    pieces = [
        drawn(card).crop(layout.product.box)
        for card, layout in zip(cards, layouts, strict=True)
        if layout is not None
    ]

    assert all(
        ImageChops.difference(one, other).getbbox()
        for one, other in zip(pieces, [*pieces[1:], pieces[0]], strict=True)
    )


def a_photo(kind: str = "JPEG", colour: str = "#00ff00") -> bytes:
    written = BytesIO()
    Image.new("RGB", (640, 480), colour).save(written, kind)
    return written.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_photo_that_is_given_stands_beside_the_words(kind: str) -> None:
    picture = drawn(CARD, a_photo(kind))

    seen = colours(picture, laid_out_picture())
    assert any(
        green > 240 and max(red, blue) < 40 for (red, green, blue), _ in seen.most_common(3)
    )


def laid_out_picture() -> Box:
    layout = laid_out(CARD, photo=True)
    assert layout is not None
    assert layout.picture is not None
    return layout.picture


def test_a_photo_of_more_pixels_than_memory_holds_gives_way_too() -> None:
    written = BytesIO()
    Image.new("1", (9000, 9000)).save(written, "PNG")

    with capture_logs() as logs:
        picture = draw(CARD, written.getvalue())

    assert picture == draw(CARD)
    assert [line["why"] for line in logs] == ["too large"]


@pytest.mark.parametrize(
    "photo", [b"", b"no picture", b"\xff\xd8\xff\xe0 torn", a_photo("GIF")]
)
def test_a_photo_nobody_can_read_gives_way_to_the_drawn_product(photo: bytes) -> None:
    with capture_logs():
        picture = draw(CARD, photo)

    assert picture == draw(CARD)


def test_a_photo_stands_even_where_nothing_says_where_the_number_is() -> None:
    without = replace(CARD, where=None)

    assert draw(without, a_photo()) != draw(without)


def test_a_picture_that_is_too_large_is_written_with_less_detail() -> None:
    noise = Image.effect_noise((WIDTH, HEIGHT), 200)
    coloured = Image.merge("RGB", (noise, noise.rotate(90), noise.rotate(180)))

    assert len(module._jpeg(coloured)) <= MOST_BYTES


@given(st.text(max_size=60), st.text(alphabet="abcß Éあ漢سش א-/().", max_size=300))
@example("\u0301", "A\u200dB\u200cC")
@example("", "W" * 300)
@example("\u200d", "لا\u200cب " * 60)
@STEADY
def test_whatever_the_text_there_is_a_picture_or_none(where: str, product: str) -> None:
    card = replace(CARD, product=product, where=where or None)

    with capture_logs():
        picture = draw(card)

    assert picture is None or opened(picture.jpeg).size == (WIDTH, HEIGHT)


CREDIT = "Photo: Jo Example, CC BY 4.0"
CREDITED = replace(CARD, photo="d" * 64, credit=CREDIT, alt=f"{CARD.alt}\n{CREDIT}")


def test_whom_to_name_with_a_photo_is_written_at_a_size_that_can_be_read() -> None:
    layout = laid_out(CREDITED, photo=True)

    assert layout is not None
    assert layout.credit is not None
    assert layout.credit.lines == (CREDIT,)
    assert layout.credit.letter.size >= SMALLEST
    picture = draw(CREDITED, a_photo())
    assert picture is not None
    assert picture.alt.endswith(CREDIT)


def test_source_and_credit_share_a_line_where_that_saves_one() -> None:
    card = replace(JAPANESE, photo="d", credit="写真：山田太郎, CC BY 4.0")

    layout = laid_out(card, photo=True)

    assert layout is not None
    assert (layout.credit, layout.picture is None) == (None, False)
    assert "".join(layout.source.lines).endswith(card.credit or "")


def test_every_text_has_its_place_beside_a_photo_and_overlaps_no_other() -> None:
    for card in (CREDITED, replace(CREDITED, where=None), replace(CREDITED, url="")):
        layout = laid_out(card, photo=True)
        assert layout is not None
        boxes = [words.box for words in layout.texts]

        assert all(one.bottom <= two.top for one, two in pairwise(boxes))
        assert boxes[-1].bottom <= HEIGHT


@pytest.mark.parametrize("photo", [None, b"no picture"])
def test_where_no_photo_is_shown_nobody_is_named_with_it(photo: bytes | None) -> None:
    with capture_logs():
        picture = draw(CREDITED, photo)

    assert picture == draw(CARD)


def test_a_photo_without_room_for_whom_to_name_is_not_shown() -> None:
    long = f"Photo: {'Example Name ' * 20}"
    card = replace(GERMAN, credit=long, alt=f"{GERMAN.alt}\n{long}")

    assert draw(card, a_photo()) == draw(GERMAN, a_photo("PNG"))


def test_a_photo_whose_credit_no_typeface_has_is_not_shown() -> None:
    card = replace(CARD, credit="Photo: ꯍ", alt=f"{CARD.alt}\nPhoto: ꯍ")

    with capture_logs() as logs:
        picture = draw(card, a_photo())

    assert picture == draw(CARD)
    assert [line["why"] for line in logs] == ["no typeface for its credit"]


def test_even_a_thread_of_a_photo_is_drawn_or_left_out() -> None:
    written = BytesIO()
    Image.new("RGB", (4000, 1)).save(written, "PNG")

    assert draw(CARD, written.getvalue()) is not None
