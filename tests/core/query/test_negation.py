"""What is named only to be ruled out or put right is not asked about."""

from __future__ import annotations

import pytest

from core.query.understand import understand
from tests.core.query.lexicon import a_lexicon


def models(text: str) -> list[str | None]:
    return [unit.model for unit in understand(text, a_lexicon()).units]


@pytest.mark.parametrize(
    "text",
    [
        "it's not the A1263, it's the A1257",
        "my charger is the A1257, not the A1263",
        "nicht die A1263, sondern die A1257",
        "naa ned de A1263, i mein de A1257",
        "c'est pas la A1263 c'est la A1257",
        "no es la A1263, es la A1257",
        "non è la A1263 ma la A1257",
        "não é a A1263, é a A1257",
        "niet de A1263 maar de A1257",
        "to nie A1263 tylko A1257",
        "у меня не А1263, а А1257",
        "в мене не А1263, а А1257",
        "ليس A1263 بل A1257",
        "A1263 değil A1257",
        "không phải A1263 mà là A1257",
        "bukan A1263 tapi A1257",
        "A1263ではなく、A1257です",
        "A1263이 아니라 A1257이요",
        "不是A1263，是A1257",
        "唔係A1263，係A1257",
        "A1263 नहीं भाई, A1257 है",
    ],
)
def test_a_model_that_is_ruled_out_is_not_meant(text: str) -> None:
    assert models(text) == ["A1257"]


@pytest.mark.parametrize(
    "text",
    [
        "A1263... no wait, A1257",
        "A1263 no A1257",
        "Anker A1263, oh no, mine is A1257",
        "is it the A1263? Sorry, I mean the A1257",
        "is the A1263 listed\n*A1257",
        "A1263, quatsch, A1257 mein ich",
        "A1263, perdón, A1257",
        "A1263 não, A1257",
        "A1263... ой, A1257",
        "A1263、いや、A1257だった",
        "A1263，哦不对，A1257",
    ],
)
def test_of_a_slip_and_its_correction_the_correction_is_meant(text: str) -> None:
    assert models(text) == ["A1257"]


@pytest.mark.parametrize(
    "text",
    [
        "A1263 and A1257",
        "not only the A1263 but also the A1257",
        "I don't know if it is the A1263 or the A1257",
        "my A1263 is not hot and the A1257 is fine?",
        "sorry to bother you, I have an A1263 and an A1257",
        "not the A1263 I think, the A1257, are both recalled?",
        "weiß nicht ob A1263 oder A1257",
        "no sé si es la A1263 o la A1257",
        "A1263 e A1257 nao sei qual",
        "A1263 toplatılıyor değil mi, A1257 de var",
        "是不是A1263还是A1257",
        "A1263 아닌가요? A1257도 있어요",
    ],
)
def test_what_is_asked_about_is_kept_beside_a_no(text: str) -> None:
    assert models(text) == ["A1263", "A1257"]


@pytest.mark.parametrize(
    "text", ["no, A1263", "not the A1263?", "нет, A1263", "すみません、A1263です"]
)
def test_the_only_thing_named_is_meant_whatever_stands_before_it(text: str) -> None:
    assert models(text) == ["A1263"]


def test_a_brand_that_is_ruled_out_is_not_meant() -> None:
    units = understand("not an Anker, it's a Baseus BS-30KP365", a_lexicon()).units

    assert [(unit.brand, unit.model) for unit in units] == [("Baseus", "BS-30KP365")]


def test_the_brand_of_a_model_ruled_out_holds_for_the_one_that_is_meant() -> None:
    (unit,) = understand("nicht die Anker A1263, sondern die A1999", a_lexicon()).units

    assert (unit.brand, unit.model) == ("Anker", "A1999")


def test_a_serial_put_right_replaces_the_wrong_one() -> None:
    text = "A1263 SN AFVDC20G17301234, sorry AFVDC20G17301243"

    (unit,) = understand(text, a_lexicon()).units

    assert unit.facts["serial"] == "AFVDC20G17301243"


def test_two_serials_that_nothing_puts_right_are_two_units() -> None:
    text = "two anker A1263, one sn AFVDC20G17301234 and AFVDC20G17301243"

    units = understand(text, a_lexicon()).units

    assert [unit.facts["serial"] for unit in units] == ["AFVDC20G17301234", "AFVDC20G17301243"]
