"""Summaries, round-ups and an operator's own words as posts, and the pictures that go along."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.model.public import Card, Chart, Links, Sort
from core.model.recall import HazardKind
from core.publish.posts.advisories import Advisory, advisory_post
from core.publish.posts.cards import card_of
from core.publish.posts.elements import expected, missing
from core.publish.posts.platform import DoesNotFit, Platform
from core.publish.posts.round_ups import Week, round_up_post
from core.publish.posts.summaries import Missed, summary_post
from core.text.reassurance import reassuring
from core.text.translations import translator
from tests.builders import NOW, a_notice, a_rule
from tests.core.publish.posts_stage import (
    LANGS,
    LINKLESS,
    LONG,
    MIDDLE,
    PLATFORMS,
    TIGHT,
    reads,
    recalls,
    shipped,
    style,
    text_of,
)
from tests.core.text.test_languages import entries

PAGE = "https://office.example/recalls"
SINCE = NOW - timedelta(days=3)
PLACE = {"text": "The number is printed on the back.", "source": "cpsc"}


def a_week(**facts: object) -> Week:
    counted: dict[str, object] = {
        "first": date(2026, 6, 8),
        "last": date(2026, 6, 14),
        "total": 1234,
        "hazards": ((HazardKind.FIRE, 3), (HazardKind.SHOCK, 9)),
        "categories": (("power-bank", 7), ("no-such-kind", 2)),
        "countries": (("US", 8), ("WORLD", 1)),
        "notices": shipped(),
        "page": PAGE,
    }
    return Week(**{**counted, **facts})  # type: ignore[arg-type]  # names as in Week


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
@pytest.mark.parametrize("lang", LANGS)
def test_lists_fit_say_what_to_do_and_whose_they_are(lang: str, platform: Platform) -> None:
    words, who, own = translator(lang), reads(lang), style(lang)

    (missed,) = summary_post(Missed(shipped(), SINCE, NOW, PAGE), own, who, platform)
    (week,) = round_up_post(a_week(), own, who, platform)

    for part, sort in ((missed, Sort.SUMMARY), (week, Sort.ROUND_UP)):
        assert platform.fits(part.message(lang), part.picture is not None)
        assert missing(text_of(part), words, expected(sort)) == ()
        assert reassuring(text_of(part), words) == []


def test_a_summary_counts_and_names_the_most_serious_first() -> None:
    cut = {"kinds": ["laceration"], "text": "It cuts.", "source": "cpsc"}
    knife, bank = a_notice(product="Acme knife", hazard=cut), a_notice()

    (part,) = summary_post(Missed((knife, bank), SINCE, NOW, PAGE), style(), reads(), LONG)

    text = text_of(part)
    assert "Jun 11 – 14, 2026" in text.replace("\u2009", " ")
    assert text.index("power bank: fire hazard") < text.index("Acme knife: cut hazard")
    assert PAGE in [block.url for block in part.blocks]


def test_a_summary_says_how_many_more_there_are() -> None:
    (part,) = summary_post(Missed(shipped(), SINCE, NOW), style(), reads(), MIDDLE)

    text = text_of(part)
    listed = text.count("\n- ")
    assert 0 < listed < len(shipped())
    assert f"… and {len(shipped()) - listed} more." in text


def test_the_lines_of_a_summary_go_on_in_a_thread() -> None:
    own = style(threads=True, links=Links.REPLY)
    notices = shipped()[:6]

    first, *below = summary_post(Missed(notices, SINCE, NOW, PAGE), own, reads(), TIGHT)

    assert not [block.url for block in first.blocks if block.url]
    urls = [block.url for part in below for block in part.blocks]
    assert {PAGE, *(notice.main_source.url for notice in notices)} <= {*urls}


def test_a_round_up_has_a_chart_whose_words_say_all_of_it() -> None:
    (part,) = round_up_post(a_week(), style(), reads(), LONG)

    chart = part.picture
    assert isinstance(chart, Chart)
    assert chart.bars == (("electric shock hazard", 9), ("fire hazard", 3))
    assert all(f"{name} {count}" in chart.alt for name, count in chart.bars)
    assert "1,234" in text_of(part)
    assert "By country: United States 8, worldwide 1" in text_of(part)


def test_a_quiet_week_is_told_too() -> None:
    week = a_week(total=0, hazards=(), categories=(), countries=(), notices=(), page=None)

    (part,) = round_up_post(week, style(), reads(), TIGHT)

    assert part.picture is None
    assert len(part.blocks) == 1


def test_a_list_that_fits_nowhere_is_an_error_with_a_name() -> None:
    tiny = Platform(lambda message, _: len(message.plain) < 30)

    with pytest.raises(DoesNotFit):
        summary_post(Missed(shipped(), SINCE, NOW), style(), reads(), tiny)


def test_an_operators_words_are_posted_as_they_are() -> None:
    advisory = Advisory("Before you fly", ("Check your power bank.",), (("The list:", PAGE),))

    (part,) = advisory_post(advisory, style(), reads(), TIGHT)

    assert [block.text for block in part.blocks] == [
        "Before you fly",
        "Check your power bank.",
        "The list:",
    ]
    assert part.blocks[-1].url == PAGE


def test_an_operators_long_words_become_a_thread_and_none_is_lost() -> None:
    text = " ".join(f"word{number}" for number in range(180))
    advisory = Advisory("Before you fly", (text, "The end."), (("The list:", PAGE),))

    parts = advisory_post(advisory, style(threads=True), reads(), TIGHT)

    said = " ".join(block.text for part in parts for block in part.blocks[1:])
    assert said == f"{text} The end. The list:"
    assert all(TIGHT.fits(part.message("en"), bool(part.picture)) for part in parts)
    assert parts[-1].blocks[0].text == f"Before you fly ({len(parts)}/{len(parts)})"


def test_an_operators_link_stands_in_the_reply_or_nowhere_as_the_account_wants() -> None:
    advisory = Advisory("Before you fly", ("See cpsc.gov now.",), (("The list:", PAGE),))

    first, below = advisory_post(
        advisory, style(threads=True, links=Links.REPLY), reads(), TIGHT
    )
    (alone,) = advisory_post(advisory, style(), reads(), LINKLESS)

    assert "cpsc.gov" not in text_of(first)
    assert [block.url for block in below.blocks if block.url] == [PAGE]
    assert "cpsc.gov" not in text_of(alone)
    assert [block.url for block in alone.blocks if block.url] == []


@pytest.mark.parametrize(
    ("paragraphs", "threads"),
    [(("word " * 200,), False), (("word " * 2000,), True), (("w" * 23,), True)],
)
def test_an_operators_words_are_never_cut(
    paragraphs: tuple[str, ...],
    threads: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    tiny = Platform(lambda message, _: len(message.plain) < 30)
    platform = tiny if len(paragraphs[0]) == 23 else TIGHT

    with pytest.raises(DoesNotFit):
        advisory_post(
            Advisory("A title", paragraphs), style(threads=threads), reads(), platform
        )


@pytest.mark.parametrize("lang", LANGS)
def test_the_words_of_a_card_say_everything_on_it(lang: str) -> None:
    for notice in shipped():
        card = card_of((notice,), style(lang), reads(lang, "US"))

        assert isinstance(card, Card)
        shown = (card.headline, card.hazard, card.product, card.action, card.source, card.url)
        assert all(text in card.alt for text in (*shown, card.where or ""))
        assert reassuring(card.alt.replace(card.url, ""), translator(lang)) == []


def test_a_card_quotes_where_to_look_only_to_who_reads_it() -> None:
    (notice,) = recalls(a_rule({"op": "all_units"}), find_it=PLACE)

    english, german = (card_of((notice,), style(one), reads(one)) for one in ("en", "de"))

    assert english.where == "Where to look: “The number is printed on the back.”"
    assert german.where is None


@pytest.mark.parametrize("lang", [one for one in LANGS if one != "en"])
def test_lines_of_posts_that_nobody_has_read_are_marked(lang: str) -> None:
    ours = {key: one for key, one in entries(lang).items() if key.startswith("post_")}

    assert len(ours) > 60
    assert [key for key, one in ours.items() if "unreviewed" not in one.user_comments] == []
