"""Posts of a group tell of the product alone, and show what became of it; drills say so."""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType

import pytest

from core.model.message import Role
from core.model.recall import HazardKind
from core.model.subscriber import GroupFeed
from core.text.alerts import feed_posts, first
from core.text.alerts.changes import Revised
from core.text.alerts.parts import News
from core.text.translations import languages, translator
from tests.builders import a_notice, a_unit
from tests.core.text.alerts_stage import ALERT, EVENING, reader, thing

ALL = tuple(languages())
COUNTS = feed_posts.Counts(12_345, 1_200, 800, 30, 0)


def test_a_post_names_product_danger_and_what_to_do_and_calls_who_is_to_be_called() -> None:
    news = News(ALERT, (a_notice(),))

    said = feed_posts.feed_post(news, ["@warden", "<@&123>"], reader(region=None))

    assert [block.text for block in said.blocks[:3]] == [
        "Product safety recall: Acme X100 power bank",
        (
            "If you have one: Stop using and charging it now. Keep it away from anything "
            "that can burn."
        ),
        "Hazard: it can catch fire.",
    ]
    # Whoever is called is called by the channel, in the way of its platform.
    assert said.calls == ("@warden", "<@&123>")
    assert "@" not in said.plain
    assert said.blocks[-1].text.startswith("Source: CPSC, June 12, 2025")
    assert said.buttons == ()


def test_neither_a_preview_nor_a_drill_calls_anybody() -> None:
    post = feed_posts.feed_post(News(ALERT, (a_notice(),)), ["@warden"], reader())

    shown = feed_posts.feed_preview(post, ALERT, 30, translator("en"))

    assert (post.calls, shown.calls) == (("@warden",), ())
    assert feed_posts.drill(post, translator("en")).calls == ()


def test_the_same_post_shows_each_development_with_its_local_day() -> None:
    developed = [
        feed_posts.Development(Revised.EXPANDED, EVENING),
        feed_posts.Development(Revised.CLOSED, EVENING + timedelta(days=30)),
    ]

    said = feed_posts.feed_revised(
        News(ALERT, (a_notice(),)), developed, (), reader(zone="Asia/Tokyo")
    )

    told = [block.text for block in said.blocks if block.role is Role.VERDICT]
    assert told == [
        "Expanded on June 15, 2026.",
        "File closed on July 15, 2026. The advice stays.",
        "The notice covers every unit of it.",
    ]


def test_a_post_whose_every_notice_was_withdrawn_says_so_and_that_it_proves_nothing() -> None:
    news = News(ALERT, (a_notice(state="retracted"),))
    developed = [feed_posts.Development(Revised.RETRACTED, EVENING)]

    said = feed_posts.feed_revised(news, developed, ["@warden"], reader())

    assert said.blocks[0].text == (
        "Product safety recall (notice withdrawn): Acme X100 power bank"
    )
    assert [block.text for block in said.blocks[1:3]] == [
        "Notice withdrawn on June 14, 2026.",
        "That does not prove that it cannot hurt anybody.",
    ]
    assert said.blocks[3].role is Role.SOURCE
    assert said.calls == ()


def test_who_is_called_depends_on_the_danger_and_each_is_called_once() -> None:
    roles = {
        HazardKind.FIRE: "@fire",
        HazardKind.BURN: "@fire",
        HazardKind.FALL: "@ladder",
    }
    feed = GroupFeed(roles=MappingProxyType(roles))
    burning = a_notice(hazard={"kinds": ["fire", "burn"], "text": "Hot.", "source": "cpsc"})

    assert feed_posts.called(feed, [burning]) == ("@fire",)
    assert feed_posts.called(GroupFeed(), [burning]) == ()


@pytest.mark.parametrize("lang", ALL)
def test_a_preview_says_how_long_it_waits_and_can_be_held_back(lang: str) -> None:
    words = translator(lang)
    post = feed_posts.feed_post(News(ALERT, (a_notice(),)), (), reader(lang))

    said = feed_posts.feed_preview(post, ALERT, 30, words)

    assert "30" in said.blocks[0].text
    assert said.blocks[1:] == post.blocks
    assert [button.says for button in said.buttons] == ["/feed skip 17"]


@pytest.mark.parametrize("lang", ALL)
def test_a_drill_says_that_it_is_one_first_of_all_and_on_every_danger_line(lang: str) -> None:
    words, notice = translator(lang), a_notice()
    alert = first.first_alert(News(ALERT, (notice,)), thing(a_unit(), notice), reader(lang))

    said = feed_posts.drill(alert, words)

    mark = words("alert_drill")
    assert said.blocks[0].text == mark
    loud = [b for b in said.blocks if b.role in {Role.HEADLINE, Role.ACTION}]
    assert all(mark in block.text for block in loud)
    assert [b.role for b in said.blocks[1:]] == [b.role for b in alert.blocks]


@pytest.mark.parametrize("lang", ALL)
def test_progress_is_five_numbers_in_their_order(lang: str) -> None:
    line = feed_posts.progress_line(COUNTS, translator(lang))

    numbers = ["".join(filter(str.isdigit, part)) for part in line.split(" → ")]
    assert numbers == ["12345", "1200", "800", "30", "0"]


def test_numbers_are_written_as_the_language_writes_them() -> None:
    english, german = (feed_posts.progress_line(COUNTS, translator(x)) for x in ("en", "de"))

    assert english == "reached 12,345 → checked 1,200 → stopped 800 → claimed 30 → disposed 0"
    assert german.startswith("erreicht 12.345 → ")
