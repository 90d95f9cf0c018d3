"""Finding phrases in scripts with and without spaces."""

from __future__ import annotations

import pytest

from core.query.phrases import Phrases
from core.query.plain import read


def found(phrase: str, text: str) -> list[str]:
    phrases: Phrases[str] = Phrases()
    phrases.add(phrase, "yes")
    words = read(text).words
    return [words[hit.start : hit.end] for hit in phrases.find(words)]


@pytest.mark.parametrize(
    ("phrase", "text", "part"),
    [
        ("hot", "it is HOT!", "hot"),
        ("recall*", "recalled?", "recalled"),
        ("*akku", "Zusatzakku", "akku"),
        ("power bank", "power-bank", "power-bank"),
        ("don't know", "dont know", "dont know"),
        ("bateria", "batería", "bateria"),
        ("großartig", "grossartig", "grossartig"),
        ("充电宝", "我的充电宝坏了", "充电宝"),
        ("how … refund", "how can I get a refund", "how can i get a refund"),
        ("lösch* daten", "lösche daten", "losche daten"),
        ("lösch* … daten", "lösche bitte alle meine Daten", "losche bitte alle meine daten"),
        ("خطر", "بالخطر", "خطر"),
    ],
)
def test_a_phrase_is_found_as_people_write_it(phrase: str, text: str, part: str) -> None:
    assert found(phrase, text) == [part]


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("hot", "photo"),
        ("hot", "hotel"),
        ("how … refund", f"how {'very ' * 20} refund"),
        ("how … refund", "refund how"),
        ("lösch* daten", "lösche alle meine Daten"),
    ],
)
def test_a_phrase_is_not_found_inside_other_words_or_too_far_apart(
    phrase: str, text: str
) -> None:
    assert found(phrase, text) == []
