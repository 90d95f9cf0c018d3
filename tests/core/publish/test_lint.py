"""A post is released only when it says everything, in plain letters, and plays nothing down."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.model.message import Block, Quote, Role
from core.model.public import Card, Chart, Part, Sort
from core.model.recall import HazardKind
from core.publish.lint import Problem, Wrong, problems, told
from core.publish.posts.advisories import Advisory, advisory_post
from core.publish.posts.corrections import Correction, correction_post
from core.publish.posts.elements import expected
from core.publish.posts.recalls import recall_post
from core.publish.posts.round_ups import Week, round_up_post
from core.publish.posts.summaries import Missed, summary_post
from core.text.alerts.changes import Revised
from core.text.translations import translator
from tests.builders import NOW, a_notice
from tests.core.publish.posts_stage import LANGS, LONG, PLATFORMS, reads, shipped, style

CHART = Chart("en", "Recalls", (("fire", 3),), "CPSC", "Recalls: fire 3")


def good(lang: str = "en") -> Part:
    """Return a post of a recall with its picture, as it is composed."""
    (part,) = recall_post(shipped()[:1], style(lang), reads(lang, "US"), LONG)
    return part


def line(text: str, lang: str = "en") -> Part:
    """Return a good post that says one thing more."""
    return replace(good(lang), blocks=(*good(lang).blocks, Block(Role.DETAIL, text)))


def wrongs(part: Part, lang: str = "en", sort: Sort = Sort.RECALL) -> set[tuple[Wrong, str]]:
    return {(one.wrong, one.found) for one in problems((part,), lang, sort)}


def kinds(text: str, lang: str = "en") -> set[Wrong]:
    return {wrong for wrong, _ in wrongs(line(text, lang), lang)}


def without(part: Part, pattern: re.Pattern[str]) -> Part:
    """Return the post with something left out of all that it says itself."""
    blocks = tuple(replace(block, text=pattern.sub("", block.text)) for block in part.blocks)
    return replace(part, blocks=blocks)


def phrases(key: str, lang: str) -> list[str]:
    return [phrase for phrase in translator(lang)(key).splitlines() if phrase]


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
@pytest.mark.parametrize("lang", LANGS)
def test_what_is_composed_may_be_released(lang: str, platform: object) -> None:
    own, who = style(lang), reads(lang, "US")

    for notice in shipped()[::3]:
        parts = recall_post((notice,), own, who, platform)  # type: ignore[arg-type]

        assert problems(parts, lang, Sort.RECALL) == (), notice.id


@pytest.mark.parametrize("kind", Revised)
@pytest.mark.parametrize("lang", LANGS)
def test_what_is_composed_of_a_change_may_be_released(lang: str, kind: Revised) -> None:
    for platform in PLATFORMS.values():
        change = Correction(kind, shipped()[:1], shipped()[0], NOW)

        made = correction_post(change, style(lang), reads(lang), platform, replies=False)

        assert problems(made.parts, lang, Sort.CORRECTION) == ()
        assert problems(made.edits, lang, Sort.CORRECTION) == ()


@pytest.mark.parametrize("lang", LANGS)
def test_what_is_composed_of_many_may_be_released(lang: str) -> None:
    own, who, since = style(lang), reads(lang), NOW - timedelta(days=3)
    counts = ((HazardKind.FIRE, 3),)
    week = Week(date(2026, 6, 8), date(2026, 6, 14), 3, counts, (), (("US", 3),), shipped())

    for platform in PLATFORMS.values():
        missed = summary_post(Missed(shipped(), since, NOW), own, who, platform)
        rounded = round_up_post(week, own, who, platform)

        assert problems(missed, lang, Sort.SUMMARY) == ()
        assert problems(rounded, lang, Sort.ROUND_UP) == ()


@pytest.mark.parametrize("element", expected(Sort.RECALL))
@pytest.mark.parametrize("lang", LANGS)
def test_an_element_that_was_left_out_is_missed(lang: str, element: str) -> None:
    listed = sorted(phrases(f"post_says_{element}", lang), key=len, reverse=True)
    spaced = (re.escape(phrase).replace(r"\ ", r"\s+") for phrase in listed)
    pattern = re.compile("|".join(spaced), re.IGNORECASE)

    left = without(replace(good(lang), picture=None), pattern)

    assert (Wrong.MISSING, element) in wrongs(left, lang)


@pytest.mark.parametrize("lang", LANGS)
def test_whatever_plays_a_risk_down_is_found_in_the_language_and_in_english(lang: str) -> None:
    never = {*phrases("never_said", lang), *phrases("never_said", "en")}

    missed = [
        phrase
        for phrase in never
        if Wrong.BANNED not in kinds(f"… {phrase.rstrip('*')} …", lang)
    ]

    assert missed == []


@pytest.mark.parametrize("lang", LANGS)
def test_somebodys_words_may_be_quoted_and_nobodys_may_not(lang: str) -> None:
    phrase = phrases("never_said", lang)[0].rstrip("*")
    verb = phrases("lint_says", lang)[0]

    for opening, closing in ("“”", "«»", "「」", '""', "„“"):
        quoted = f"{opening}{phrase}{closing}"

        assert kinds(f"Acme: {quoted}", lang) == set()
        assert kinds(f"Acme {verb} {quoted}", lang) == set()
        assert kinds(f"Acme {quoted}", lang) == {Wrong.QUOTATION}
        assert kinds(f": {quoted}", lang) == {Wrong.QUOTATION}


@pytest.mark.parametrize(
    "text",
    [
        "Acme: nothing. “safe”",
        "Acme: “ok” and it is safe",
        "Out of “caution”",
        "Acme: “safe",
        "#SafeProduct",
        "#VoluntaryRecall",
        "do not  worry",
        "Don’t worry",
        "s\u00adafe",
        "ｓａｆｅ",
    ],
)
def test_no_way_of_writing_it_hides_what_plays_a_risk_down(text: str) -> None:
    found = kinds(text)

    assert found & {Wrong.BANNED, Wrong.QUOTATION}


def test_a_notices_own_words_and_the_address_of_its_page_are_no_words_of_ours() -> None:
    address = "https://cpsc.example/voluntary-recall"
    said = Block(Role.DETAIL, "The notice:", address, Quote("A voluntary recall."))
    part = good()

    assert wrongs(replace(part, blocks=(*part.blocks, said))) == set()
    assert kinds(address) == set()


def test_a_picture_plays_nothing_down_either() -> None:
    card = good().picture
    assert isinstance(card, Card)
    named = replace(card, product="Safe & Green", alt=f"{card.headline}\nSafe & Green")

    said = wrongs(replace(good(), picture=replace(card, action="It is safe.")))

    assert said == {(Wrong.BANNED, "safe")}
    assert wrongs(replace(good(), picture=named)) == set()


def test_a_post_that_says_nothing_is_empty() -> None:
    assert problems((), "en", Sort.RECALL) == (Problem(Wrong.EMPTY, ""),)
    assert (Wrong.EMPTY, "") in wrongs(Part((Block(Role.DETAIL, " \n"),)))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("𝐅𝐢𝐫𝐞 hazard", "𝐅𝐢𝐫𝐞"),
        ("ⓕⓘⓡⓔ", "ⓕⓘⓡⓔ"),
        ("🅵🅸🆁🅴", "🅵🅸🆁🅴"),
        ("Ｆ", "Ｆ"),
        ("ғɪʀᴇ", "ɪʀᴇ"),
        ("s\u0336top", "s\u0336"),
        ("sto\u200bp", "U+200B"),
        ("sto\u200dp", "U+200D"),
        ("\u202epots", "U+202E"),
        ("rec\u0430ll", "rec\u0430ll"),
        ("Z\u0300\u0301\u0302", "\u0300\u0301\u0302"),
        ("ℱire", "ℱ"),
        ("fireᵃ", "ᵃ"),
    ],
)
def test_what_only_looks_like_letters_is_found(text: str, found: str) -> None:
    letters = {what for wrong, what in wrongs(line(text)) if wrong is Wrong.LETTERS}

    assert found in letters


@pytest.mark.parametrize(
    "text",
    [
        "Model ® ™ № 1 ½ ², 5 ℃, n.º 1, µF, café, naïve",
        "\u2068שלום\u2069 and \u2068مي\u200cخواهم\u2069",
        "Привет, Ωmega, ①②",
        "ไฟ न\u094dय",
        "👩\u200d👧 family",
    ],
)
def test_the_letters_of_any_language_are_ordinary(text: str) -> None:
    assert kinds(text) == set()


def test_wide_letters_are_ordinary_where_they_are_at_home() -> None:
    assert kinds("ＵＳＢ", "ja") == kinds("ＵＳＢ", "zh-Hant") == set()
    assert kinds("ＵＳＢ", "de") == {Wrong.LETTERS}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("🔥 a\n🔥 b\n⚠️ c", {"⚠️"}),
        ("🔥", {"🔥"}),
        ("🔥 🔋", {"🔥", "🔋"}),
        ("Your 🔋 burns", {"🔋"}),
        ("🇺🇸 a\nb 1️⃣\nc 👩🏽‍🚒.", {"👩🏽‍🚒"}),
        ("🔥 Fire\nRead it ⚠️.", set()),
        ("© ® ™ → 5 # *", set()),
    ],
)
def test_few_emoji_stand_beside_words(text: str, found: set[str]) -> None:
    emoji = {what for wrong, what in wrongs(line(text)) if wrong is Wrong.EMOJI}

    assert emoji == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#productrecall", {"#productrecall"}),
        ("#safetyfirst", {"#safetyfirst"}),
        ("#PRODUCTRECALLS", {"#PRODUCTRECALLS"}),
        ("#One #Two #Three", {"#Three"}),  # one stands in the post itself
        ("#recall #Anker #", set()),
        ("#product_recall #リコール", set()),
        ("model #1234 and https://a.example/#thisisaverylonganchor", set()),
    ],
)
def test_hashtags_are_few_and_in_words(text: str, found: set[str]) -> None:
    tags = {what for wrong, what in wrongs(line(text)) if wrong is Wrong.HASHTAG}

    assert tags == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Thanks @acme", {"@acme"}),
        ("(@acme@toot.example)", {"@acme@toot.example"}),
        ("@everyone", {"@everyone"}),
        ("<@&1234>", {"@&1234"}),
        ("＠acme", {"＠acme"}),
        ("mail help@acme.example, https://v.example/@acme, 3 @ 5", set()),
    ],
)
def test_nobody_is_called_who_did_not_ask(text: str, found: set[str]) -> None:
    called = {what for wrong, what in wrongs(line(text)) if wrong is Wrong.MENTION}

    assert called == found


def test_a_quotation_calls_nobody_either() -> None:
    said = Block(Role.DETAIL, "Acme:", quote=Quote("Write to @acme."))

    found = wrongs(replace(good(), blocks=(*good().blocks, said)))

    assert found == {(Wrong.MENTION, "@acme.")}


def test_the_description_says_what_the_picture_shows() -> None:
    card = good().picture
    assert isinstance(card, Card)
    pictures = {
        "text": replace(card, alt=" "),
        "headline": replace(card, alt=card.product),
        "product": replace(card, alt=card.headline),
        "credit": replace(card, credit="Photo: Acme"),
    }

    for missing, picture in pictures.items():
        assert wrongs(replace(good(), picture=picture)) == {(Wrong.ALT, missing)}
    assert wrongs(replace(good(), picture=CHART)) == set()
    assert wrongs(replace(good(), picture=replace(CHART, alt="Bars"))) == {
        (Wrong.ALT, "headline")
    }


@pytest.mark.parametrize("lang", LANGS)
def test_the_danger_stands_in_the_first_two_lines(lang: str) -> None:
    part = good(lang)
    first = (Block(Role.DETAIL, "Acme\nX100"), *part.blocks)

    found = wrongs(replace(part, blocks=first), lang)

    assert found == {(Wrong.MISSING, "danger_first")}


@pytest.mark.parametrize("lang", LANGS)
def test_a_retraction_says_less_than_a_correction(lang: str) -> None:
    gone = Correction(Revised.RETRACTED, (a_notice(),), None, NOW)
    (part,) = correction_post(gone, style(lang), reads(lang), LONG, replies=True).parts

    assert wrongs(part, lang, Sort.CORRECTION) == set()
    assert (Wrong.MISSING, "action") in wrongs(part, lang, Sort.RECALL)


def test_an_advisory_can_be_checked() -> None:
    alone = Advisory("Before you fly", ("Take no recalled power bank along.",))
    linked = replace(alone, links=(("Our list", "https://office.example/recalls"),))
    named = replace(alone, paragraphs=(*alone.paragraphs, "Source: CPSC"))

    for advisory, lacks in (
        (alone, {(Wrong.MISSING, "source")}),
        (linked, set()),
        (named, set()),
    ):
        parts = advisory_post(advisory, style(), reads(), LONG)

        assert wrongs(parts[0], sort=Sort.ADVISORY) == lacks


def test_the_part_is_named_in_which_something_is_wrong() -> None:
    parts = (good(), Part((Block(Role.DETAIL, "It is safe."),)))

    assert problems(parts, "en", Sort.RECALL) == (Problem(Wrong.BANNED, "safe", 1),)


@pytest.mark.parametrize("lang", LANGS)
def test_what_is_wrong_is_told_in_the_readers_language(lang: str) -> None:
    words = translator(lang)
    lacking = [*expected(Sort.RECALL), "danger_first", "product", "text", "credit"]

    for wrong in Wrong:
        named = lacking if wrong in {Wrong.MISSING, Wrong.ALT} else ["@acme"]
        for found in named:
            text = told(Problem(wrong, found), words)

            assert "{" not in text
            assert wrong is Wrong.EMPTY or "@acme" in text or found in lacking
