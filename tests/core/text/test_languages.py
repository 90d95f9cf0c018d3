"""Every language says everything, with the same fields, and none of what is never said."""

from __future__ import annotations

import re
import string
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from core.catalogue.load import FOLDER as CATALOGUE
from core.catalogue.load import load
from core.match.decide import Knowledge, judge
from core.model.lexicon import Lexicon
from core.model.message import Message as Said
from core.model.recall import Notice
from core.model.unit import Unit
from core.model.verdict import SourceAge
from core.query.answer import answer
from core.query.conversation import hear
from core.query.memory import Memory
from core.query.query import Action, Intent, Query
from core.query.understand import understand
from core.text.notice import notice_blocks
from core.text.reassurance import reassuring
from core.text.translations import FOLDER, languages, own_name, spoken, translator
from tests.builders import NOW

SEVEN = {"de", "en", "es", "fr", "ja", "zh-Hans", "zh-Hant"}
# A language that somebody adds is held to the same.
ALL = tuple(languages())
OTHERS = tuple(lang for lang in ALL if lang != "en")
META = frozenset({"never_said", "rightly_said"})
DANGER = ("action_", "headline_", "hazard", "why_", "next_", "claim_before", "dispose_")
# Of the platforms that carry conversations Discord takes the shortest message.
SMALLEST = 2_000


@cache
def catalogue_of(lang: str) -> Catalog:
    path = FOLDER / lang.replace("-", "_") / "LC_MESSAGES" / "recallbot.po"
    with path.open("rb") as file:
        return read_po(file, locale=lang.replace("-", "_"))


@cache
def entries(lang: str) -> dict[str, Message]:
    return {key_of(entry): entry for entry in catalogue_of(lang) if entry.id}


def key_of(entry: Message) -> str:
    return entry.id if isinstance(entry.id, str) else entry.id[0]


def texts_of(entry: Message) -> tuple[str, ...]:
    return (entry.string,) if isinstance(entry.string, str) else tuple(entry.string)


def fields_of(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_seven_languages_are_spoken() -> None:
    assert set(ALL) >= SEVEN


@pytest.mark.parametrize("lang", OTHERS)
def test_a_language_has_every_text_once_and_no_other(lang: str) -> None:
    ours, english = entries(lang), entries("en")

    assert sorted(set(english) - set(ours)) == []
    assert sorted(set(ours) - set(english)) == []
    assert [key for key, entry in ours.items() if not all(texts_of(entry))] == []
    assert not any(entry.fuzzy for entry in ours.values())


@pytest.mark.parametrize("lang", OTHERS)
def test_every_text_has_the_fields_of_the_english_one(lang: str) -> None:
    english = entries("en")

    wrong = [
        key
        for key, entry in entries(lang).items()
        if key not in META
        for text in texts_of(entry)
        if fields_of(text) != fields_of(texts_of(english[key])[-1])
    ]

    assert wrong == []


@pytest.mark.parametrize("lang", ALL)
def test_a_counted_text_has_every_plural_form_of_its_language(lang: str) -> None:
    forms = catalogue_of(lang).num_plurals
    counted = [entry for entry in entries(lang).values() if not isinstance(entry.id, str)]

    assert counted
    assert {len(texts_of(entry)) for entry in counted} == {forms}


@pytest.mark.parametrize("lang", ALL)
def test_no_text_plays_a_risk_down(lang: str) -> None:
    words = translator(lang)
    said = {key: texts_of(entry) for key, entry in entries(lang).items() if key not in META}

    found = {key: reassuring("\n".join(texts), words) for key, texts in said.items()}

    assert {key: phrases for key, phrases in found.items() if phrases} == {}


@pytest.mark.parametrize("lang", ALL)
def test_the_list_of_words_never_said_is_no_empty_one_and_finds_its_own(lang: str) -> None:
    words = translator(lang)
    listed = words("never_said").splitlines()

    assert len(listed) >= 12
    assert all(reassuring(f"… {phrase.rstrip('*')} …", words) for phrase in listed)
    assert reassuring(words("action_battery"), words) == []


@pytest.mark.parametrize("lang", OTHERS)
def test_danger_lines_that_nobody_has_read_are_marked(lang: str) -> None:
    danger = {key: one for key, one in entries(lang).items() if key.startswith(DANGER)}

    marked = [key for key, one in danger.items() if _mark(one)]

    assert len(danger) > 60
    assert sorted(set(danger) - set(marked)) == []


def _mark(entry: Message) -> bool:
    """Say whether a comment tells that the line is unreviewed, or who has reviewed it."""
    return any(re.match(r"unreviewed$|reviewed by ", line) for line in entry.user_comments)


@pytest.mark.parametrize("lang", ALL)
def test_what_a_button_says_is_understood_in_its_language(lang: str) -> None:
    words = translator(lang)

    have = understand(words("say_have"), Lexicon())
    claim = understand(words("say_claim"), Lexicon())

    assert (have.intent, have.action) == (Intent.OWN, Action.ADD)
    assert claim.intent is Intent.CLAIM


@pytest.mark.parametrize("lang", ALL)
def test_a_language_is_chosen_by_its_own_name(lang: str) -> None:
    asked = hear(own_name(lang).partition(" ")[0], Memory(), Lexicon())

    assert asked.action is Action.LANGUAGE
    assert (asked.lang or "").partition("-")[0] == lang.partition("-")[0]


@pytest.mark.parametrize(
    ("tag", "lang"),
    [
        ("de-AT", "de"),
        ("zh-TW", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("ZH_hant_hk", "zh-Hant"),
        ("fr-CA", "fr"),
        ("es-419", "es"),
        ("pl", None),
        ("nonsense", None),
        ("", None),
    ],
)
def test_a_tag_falls_back_to_the_nearest_language(tag: str, lang: str | None) -> None:
    assert spoken(tag) == lang
    assert translator(tag).lang == (lang or "en")


@cache
def shipped() -> tuple[Knowledge, tuple[tuple[Unit, tuple[Notice, ...]], ...]]:
    """Return units that the examples describe, one for each notice and verdict, and all notices
    of their brand: the longest answers there are."""
    catalogue = load(CATALOGUE, judge)
    lexicon = Lexicon.of(catalogue.makers, catalogue.notices)
    units = {
        (notice.id, one.want, bare): (
            Unit(one.brand, one.model, {} if bare else one.facts),
            tuple(other for other in catalogue.notices if other.brands[0] == notice.brands[0]),
        )
        for notice in catalogue.notices
        for one in notice.examples
        for bare in (True, False)
    }
    ages = (SourceAge("catalogue", NOW, timedelta(days=90)),)
    return Knowledge(lexicon, ages, NOW), tuple(units.values())


@pytest.mark.parametrize("lang", ALL)
@pytest.mark.parametrize("intent", [Intent.CHECK, Intent.REMEDY, Intent.CLAIM, Intent.DISPOSE])
def test_every_answer_is_said_in_every_language_and_fits_the_smallest_channel(
    lang: str, intent: Intent
) -> None:
    words = translator(lang)
    known, units = shipped()
    query = Query("", intent, None, urgent=False, units=(), lang=lang)

    said = [
        answer(replace(query, units=(unit,)), [notices], known, words).message
        for unit, notices in units
    ]

    assert [text for one in said for text in reassuring(ours(one), words)] == []
    assert [one.plain for one in said if len(one.plain) > SMALLEST] == []


def ours(message: Said) -> str:
    return "\n".join(block.text for block in message.blocks)


@pytest.mark.parametrize("lang", OTHERS)
def test_every_notice_can_be_told_in_full(lang: str) -> None:
    words = translator(lang)
    catalogue = load(CATALOGUE, judge)

    for notice in catalogue.notices:
        assert list(notice_blocks(notice, words))
