from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bots.cards.bidi import levels, mostly_right
from bots.cards.chart import chart_words, lay_out_chart
from bots.cards.draw import draw
from bots.cards.fonts import SYMBOLS, Installed, Shipped, fonts_checkup, typefaces
from bots.cards.layout import HEIGHT, SMALLEST, WIDTH, Beside, Box, Layout, lay_out
from bots.cards.pictograms import SYMBOLS as DRAWN
from bots.cards.pictograms import sign
from bots.cards.setting import MORE, Letter, Typesetter, letters, tidy
from core.model.public import Card
from core.model.recall import HazardKind
from tests.bots.cards.pictured import (
    ALL_FONTS,
    ARABIC,
    CARD,
    CARDS,
    CHART,
    GERMAN,
    drawn,
    laid_out,
)
from tests.builders import STEADY

# A picture 1200 wide is shown 360 wide on a telephone.
ON_A_TELEPHONE = 360 / WIDTH
LETTER = Letter(44)
WESTERN = Typesetter.of("en", "")


def boxes(layout: Layout) -> list[Box]:
    beside = [box for box in (layout.code, layout.picture) if box is not None]
    below = [layout.product.box, layout.panel, layout.source.box]
    where = [layout.where.box] if layout.where else []
    return [layout.headline.box, layout.hazard.box, *below, *where, *beside]


def apart(one: Box, other: Box) -> bool:
    beside = one.right <= other.left or other.right <= one.left
    return beside or one.bottom <= other.top or other.bottom <= one.top


def check(layout: Layout, card: Card) -> None:
    """Hold what every card promises, whatever its texts."""
    for box in boxes(layout):
        assert box.left >= 0
        assert box.top >= 0
        assert box.right <= WIDTH
        assert box.bottom <= HEIGHT
    for one, other in combinations(boxes(layout), 2):
        assert apart(one, other), (one, other)
    assert all(words.letter.size >= SMALLEST for words in layout.texts)
    whole = ("headline", "hazard", "action", "source")
    for name in whole:
        assert squeezed("".join(getattr(layout, name).lines)) == squeezed(getattr(card, name))


def squeezed(text: str) -> str:
    return tidy(text).replace(" ", "")


@ALL_FONTS
@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.lang)
def test_nothing_overlaps_or_leaves_the_picture(card: Card) -> None:
    layout = laid_out(card)

    assert layout is not None
    check(layout, card)
    assert layout.product.lines[-1][-1] != MORE


@ALL_FONTS
@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.lang)
def test_the_smallest_text_can_be_read_on_a_telephone(card: Card) -> None:
    layout = laid_out(card)
    assert layout is not None

    sizes = [words.letter.size * ON_A_TELEPHONE for words in layout.texts]

    assert min(sizes) >= 11
    assert layout.headline.letter.size > layout.source.letter.size


@ALL_FONTS
@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.lang)
def test_no_line_is_wider_than_its_room(card: Card) -> None:
    layout = laid_out(card)
    assert layout is not None
    setter = Typesetter.of(card.lang, card.product)

    for words in layout.texts:
        for line in words.lines:
            assert setter.width(line, words.letter) <= words.box.width + 1


@pytest.mark.parametrize(
    "product", ["Donaudampfschifffahrtsgesellschaft" * 12, "Very long name of a thing " * 40]
)
def test_only_the_name_of_the_product_is_ever_cut(product: str) -> None:
    layout = laid_out(replace(GERMAN, product=product))

    assert layout is not None
    check(layout, GERMAN)
    assert layout.product.lines[-1].endswith(MORE)
    assert len(layout.product.lines) >= 1


def test_a_long_name_stays_whole_at_the_price_of_the_drawing() -> None:
    layout = laid_out(GERMAN)

    assert layout is not None
    assert squeezed("".join(layout.product.lines)) == squeezed(GERMAN.product)
    assert layout.lens is not None


def test_the_drawn_label_stands_only_where_the_words_say_where_to_look() -> None:
    with_it, without = laid_out(CARD), laid_out(replace(CARD, where=None))

    assert with_it is not None
    assert without is not None
    assert (with_it.picture is None, without.picture is None) == (False, True)


def test_the_code_is_large_enough_to_be_scanned() -> None:
    layout = laid_out(CARD)

    assert layout is not None
    assert layout.code is not None
    assert min(layout.code.width, layout.code.height) >= 150


@given(
    st.text(alphabet="abcdef ghÄß-/.1", max_size=240),
    st.text(alphabet="abcdef gh.", min_size=1, max_size=120),
    st.one_of(st.none(), st.text(alphabet="abcdef gh", min_size=1, max_size=120)),
    st.lists(st.sampled_from(HazardKind), max_size=4, unique=True),
)
@example("W" * 240, "W" * 60, "W" * 90, list(HazardKind)[:4])
@example("", "a", None, [])
@STEADY
def test_a_card_that_is_laid_out_holds_its_promises(
    product: str, action: str, where: str | None, hazards: list[HazardKind]
) -> None:
    card = replace(CARD, product=product, action=action, where=where, hazards=tuple(hazards))

    layout = lay_out(card, WESTERN, Beside(250, photo=False))

    if layout is not None:
        check(layout, card)


@ALL_FONTS
def test_a_card_in_arabic_is_laid_out_from_the_right() -> None:
    picture = drawn(ARABIC)

    yellow = [_yellow(picture.getpixel((x, 90))) for x in (90, WIDTH - 90)]

    assert yellow == [False, True]


def _yellow(colour: object) -> bool:
    assert isinstance(colour, tuple)
    return bool(colour[0] > 200 and colour[1] > 150 and colour[2] < 90)


@pytest.mark.parametrize("kind", HazardKind)
def test_every_hazard_has_a_sign_of_its_own(kind: HazardKind) -> None:
    mine = sign(kind, 160).tobytes()

    assert kind in DRAWN
    assert all(sign(other, 160).tobytes() != mine for other in HazardKind if other != kind)


@pytest.mark.parametrize("shaping", [True, False])
def test_arabic_is_joined_and_runs_to_the_left_with_and_without_the_shaping_library(
    shaping: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    setter = Typesetter.of("en", "", shaping=shaping)

    runs = setter.runs("Heater سخان (كهربائي) 1200W", LETTER, leftward=False)

    assert next(run.leftward for run in runs) is False
    assert any(run.leftward for run in runs)
    assert setter.missing("سخان كهربائي لا") == []
    joined = setter.width("سسسس", LETTER)
    assert joined < 4 * setter.width("س", LETTER)


def test_a_text_without_letters_from_the_right_stays_as_it_is() -> None:
    assert levels("A (B) 1", base=False) == [0] * 7


def test_numbers_inside_hebrew_keep_their_own_direction() -> None:
    found = levels("דגם 123 אב", base=True)

    assert [level % 2 for level in found] == [1, 1, 1, 1, 0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("אב Hot (12W)", "Hot (12W) בא"),
        ("אב Hot (12)", "Hot (12) בא"),
        ("אב (Hot)", "(Hot) בא"),
        ("אב (גד)", "(דג) בא"),
        ("אב)", "(בא"),
        ("אב “Hot” 5W", "“Hot” 5W בא"),
    ],
)
def test_a_pair_of_brackets_stays_round_what_it_holds(text: str, seen: str) -> None:
    setter = Typesetter.of("he", "", shaping=False)

    runs = setter.runs(text, LETTER, leftward=True)

    assert "".join(setter._shown(run) for run in runs) == seen


@pytest.mark.parametrize(
    ("text", "right"), [("abc", False), ("שלום abc", True), ("", False), ("123", False)]
)
def test_the_side_is_that_of_most_letters(text: str, right: bool) -> None:  # noqa: FBT001
    assert mostly_right(text) is right


@pytest.mark.parametrize("number", ["SR/01234/25", "WK-2000-EU", "25-337"])
def test_a_number_that_people_compare_is_not_broken(number: str) -> None:
    lines = WESTERN.lines(f"Recall of a heater with number {number} and more", LETTER, 330)

    assert any(number in line for line in lines)


def test_sentences_begin_a_line_where_that_costs_none() -> None:
    text = "Stop using it now. Do not throw it in the bin."

    lines = WESTERN.lines(text, LETTER, 700)

    assert lines == ["Stop using it now.", "Do not throw it in the bin."]


@ALL_FONTS
def test_a_full_stop_never_begins_a_line_of_japanese() -> None:
    setter = Typesetter.of("ja", "")
    text = "直ちに使用を中止してください。ごみとして捨てないでください。"

    for width in range(200, 700, 20):
        assert not any(line[0] in "。、" for line in setter.lines(text, LETTER, width))


@given(st.text(max_size=80), st.integers(60, 900))
@example("e\u0301" * 40, 60)
@STEADY
def test_wrapping_loses_nothing(text: str, width: int) -> None:
    if WESTERN.missing(text):
        return

    lines = WESTERN.lines(text, LETTER, width)

    assert squeezed("".join(lines)) == squeezed(text)


@given(st.text(alphabet="abc defgh-", min_size=1), st.integers(1, 3))
@STEADY
def test_a_name_that_is_cut_has_so_many_lines_at_most(text: str, most: int) -> None:
    lines = WESTERN.cut(text, LETTER, 200, most)

    assert len(lines) <= most
    assert all(WESTERN.width(line, LETTER) <= 200 for line in lines)


def test_an_accent_stays_with_its_letter() -> None:
    assert letters("e\u0301a") == ("e\u0301", "a")


@pytest.mark.parametrize(
    ("lang", "region"), [("ja", "JP"), ("zh-Hans", "SC"), ("zh-Hant", "TC")]
)
@ALL_FONTS
def test_each_language_has_the_typeface_of_its_country_first(lang: str, region: str) -> None:
    assert typefaces(lang, "")[0].family == f"Noto Sans CJK {region}"


@ALL_FONTS
@pytest.mark.parametrize(
    ("text", "region"), [("炊飯ジャー", "JP"), ("밥솥", "KR"), ("电饭煲", "SC")]
)
def test_in_other_languages_the_characters_choose(text: str, region: str) -> None:
    families = [typeface.family for typeface in typefaces("en", text)]

    assert families[0] == "Source Sans Pro"
    assert f"Noto Sans CJK {region}" in families


def test_a_typeface_that_is_not_there_is_none() -> None:
    assert Shipped("Nobody Sans", "font_nobody_sans", "a.ttf", "b.ttf").find() is None
    assert Installed("Nobody Sans", "fonts-nobody", "Nobody*.ttf", "Nobody*.ttf").find() is None


def test_a_file_of_the_right_name_and_another_family_is_passed_over() -> None:
    other = Installed("Nobody Sans", SYMBOLS.package, SYMBOLS.regular, SYMBOLS.bold)

    assert other.find() is None


def test_the_checkup_says_what_is_there_or_what_to_install() -> None:
    right, says = fonts_checkup()

    assert right is ("install" not in says)


def test_a_chart_has_a_label_and_a_count_for_every_bar() -> None:
    layout = lay_out_chart(CHART, WESTERN)

    assert layout is not None
    assert [row.count.lines for row in layout.rows] == [("412",), ("230",), ("120",), ("0",)]
    assert all(words.letter.size >= SMALLEST for words in layout.texts)
    assert all(
        words.box.right <= WIDTH and words.box.bottom <= HEIGHT for words in layout.texts
    )


def test_bars_are_as_long_as_their_counts() -> None:
    layout = lay_out_chart(replace(CHART, bars=(("a", 100), ("b", 50), ("c", 0))), WESTERN)

    assert layout is not None
    first, second, third = (row.bar.width for row in layout.rows)
    assert abs(first - 2 * second) <= 1
    assert 0 < third < 10


@pytest.mark.parametrize("bars", [(), (("Nothing", 0),)])
def test_a_week_without_recalls_can_be_drawn(bars: tuple[tuple[str, int], ...]) -> None:
    assert draw(replace(CHART, bars=bars)) is not None


def test_a_chart_with_more_bars_than_can_be_read_is_not_drawn() -> None:
    assert draw(replace(CHART, bars=tuple((f"Bar {n}", n) for n in range(40)))) is None


def test_counts_are_written_as_the_language_does() -> None:
    words = chart_words(replace(CHART, lang="de", bars=(("Brand", 1234),)))

    assert "1.234" in words


@given(
    st.lists(
        st.tuples(st.text(alphabet="abc def", min_size=1, max_size=60), st.integers(0, 10**7)),
        max_size=8,
    )
)
@STEADY
def test_rows_of_a_chart_never_overlap(bars: list[tuple[str, int]]) -> None:
    layout = lay_out_chart(replace(CHART, bars=tuple(bars)), WESTERN)

    if layout is not None:
        labels = [row.label.box for row in layout.rows]
        assert all(apart(one, other) for one, other in combinations(labels, 2))
        assert all(row.count.box.left >= row.bar.right for row in layout.rows)
