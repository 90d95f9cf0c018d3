"""Names offered while somebody types: by beginning, then by likeness."""

from __future__ import annotations

import pytest

from core.model.lexicon import KnownModel, Lexicon
from core.query.suggest import MOST_SUGGESTED, suggest
from tests.builders import a_maker

LEXICON = Lexicon(
    makers=(
        a_maker("Anker", brands=("Anker",), aliases=("安克",)),
        a_maker("Samsung"),
        a_maker("Ankarsrum"),
        *(a_maker(f"Brand {number:02}") for number in range(40)),
    ),
    models=(
        KnownModel(model="A1263", brands=("Anker",)),
        KnownModel(model="A1642", brands=("Anker",)),
        KnownModel(model="EB-P3400", brands=("Samsung",)),
    ),
)


@pytest.mark.parametrize(
    ("field", "typed", "brand", "offered"),
    [
        ("brand", "ank", None, ["Ankarsrum", "Anker"]),
        ("brand", "sung", None, ["Samsung"]),
        ("brand", "samsng", None, ["Samsung"]),
        ("brand", "安克", None, ["Anker"]),
        ("brand", "qqqq", None, []),
        ("model", "a-12", None, ["A1263"]),
        ("model", "3400", None, ["EB-P3400"]),
        ("model", "", "anker", ["A1263", "A1642"]),
        ("model", "", "安克", ["A1263", "A1642"]),
        ("model", "", "Nobody", []),
        ("model", "eb", "Anker", []),
        ("serial", "A", None, []),
    ],
)
def test_the_likeliest_names_are_offered(
    field: str, typed: str, brand: str | None, offered: list[str]
) -> None:
    assert list(suggest(LEXICON, field, typed, brand)) == offered


def test_nothing_typed_offers_the_brands_with_most_recalled_models() -> None:
    offered = suggest(LEXICON, "brand", "")

    assert list(offered[:2]) == ["Anker", "Samsung"]
    assert len(offered) == MOST_SUGGESTED


def test_never_more_are_offered_than_a_platform_takes() -> None:
    assert len(suggest(LEXICON, "brand", "brand")) == MOST_SUGGESTED
    assert len(suggest(LEXICON, "brand", "b" * 5_000)) == 0
