"""Every alert in every language: what to do now stands first, and nothing plays a risk down."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
from babel.messages.pofile import read_po

from bots.discord.render import fits as fits_discord
from bots.discord.render import render as for_discord
from bots.telegram.render import fits as fits_telegram
from bots.telegram.render import render as for_telegram
from bots.telegram.render import units, visible
from core.model.message import Message, Quote, Role
from core.model.unit import Unit
from core.model.verdict import Reason, Verdict
from core.text.alerts import digests, first, reminders
from core.text.alerts.parts import (
    LONGEST_NAME,
    LONGEST_QUOTE,
    Mine,
    News,
    of_product,
    tidy,
)
from core.text.covered import covers_every_unit
from core.text.names import product_name
from core.text.reassurance import reassuring
from core.text.translations import FOLDER, languages, translator
from tests.builders import a_citation, a_code_rule, a_model, a_notice, a_rule, a_unit, all_of
from tests.core.text.alerts_stage import (
    ALERT,
    TOLD_AT,
    catalogue,
    decided,
    reader,
    thing,
    to_everybody,
    to_owner,
)

ALL = tuple(languages())
ESSENTIAL = (Role.HEADLINE, Role.ACTION, Role.HAZARD, Role.VERDICT, Role.SOURCE)
LISTS = ("digest", "catch-up")
ALL_UNITS = a_rule({"op": "all_units"})
PREFIXES = ("alert_", "reminder_", "digest_", "feed_post_", "progress_")
CALM = ("alert_named", "alert_drill_line", "digest_more", "progress_")
SHORT_POST = 2_000
METI = ("METI", "経済産業省", "经济产业省", "經濟產業省")
REMEDY = {"options": ({"kind": "refund"},), "text": "Register.", "source": "cpsc"}


@cache
def everything(lang: str) -> list[tuple[str, Message]]:
    """Return every message on every shipped recall, about one of its examples or a bare one."""
    said = []
    for number, notice in enumerate(catalogue().notices):
        who, news = reader(lang, notice.regions[0]), News(ALERT, (notice,))
        for bare in (True, False):
            unit, decision = decided(number, bare)
            mine = Mine(unit, decision, "Küche", "Ann")
            said += [(f"{notice.id} {name}", one) for name, one in to_owner(news, mine, who)]
        said += [(f"{notice.id} {name}", one) for name, one in to_everybody(news, who)]
    return said


def one_of_each(lang: str) -> Iterator[tuple[str, Message]]:
    """Yield the longest message of every kind."""
    longest: dict[str, tuple[str, Message]] = {}
    for name, one in everything(lang):
        kind = name.partition(" ")[2]
        known = longest.get(kind)
        if known is None or len(one.plain) > len(known[1].plain):
            longest[kind] = (name, one)
    yield from longest.values()


@pytest.mark.parametrize("lang", ALL)
def test_no_alert_reassures_whatever_it_is_about(lang: str) -> None:
    words = translator(lang)

    said = everything(lang)

    # A link is an address and a quotation the notice's own; the rest is ours.
    ours = [(name, "\n".join(block.text for block in one.blocks)) for name, one in said]
    wrong = [(name, found) for name, text in ours if (found := reassuring(text, words))]
    assert len(ours) > 3_000
    assert wrong == []


@pytest.mark.parametrize("lang", ALL)
def test_every_alert_fits_both_platforms_with_headline_and_advice_in_its_first_post(
    lang: str,
) -> None:
    for name, one in one_of_each(lang):
        telegram, discord = for_telegram(one), for_discord(one)

        assert all(fits_telegram(post.text) for post in telegram)
        assert all(fits_discord(post.text) for post in discord)
        action = next((b.text for b in one.blocks if b.role is Role.ACTION), "")
        assert action.split("\n")[0] in visible(telegram[0].text), name
        assert len(one.buttons) <= 5


@pytest.mark.parametrize("lang", ALL)
def test_what_is_told_of_one_notice_fits_the_smallest_post_whole(lang: str) -> None:
    longest = max(everything(lang), key=lambda told: units(told[1].plain))

    assert units(longest[1].plain) <= SHORT_POST, longest[0]


@pytest.mark.parametrize("lang", ALL)
def test_what_to_do_now_stands_right_below_the_headline_of_whatever_still_stands(
    lang: str,
) -> None:
    for name, one in everything(lang):
        if name.endswith((*LISTS, "preview", "drill", "retracted", "corrected")):
            continue
        roles = [block.role for block in one.blocks if block.role in ESSENTIAL]

        if "correction" not in name or Role.ACTION in roles:
            assert list(dict.fromkeys(roles)) == list(ESSENTIAL), name
            assert roles[:3] == list(ESSENTIAL[:3])


@pytest.mark.parametrize("lang", ALL)
def test_every_headline_says_what_kind_of_notice_it_is(lang: str) -> None:
    words = translator(lang)
    kinds = {notice.id: words(f"web_kind_{notice.kind}") for notice in catalogue().notices}

    for name, one in everything(lang):
        headlines = [block.text for block in one.blocks if block.role is Role.HEADLINE]

        if not name.endswith(LISTS):
            assert kinds[name.partition(" ")[0]] in headlines[-1]


@pytest.mark.parametrize("lang", [lang for lang in ALL if lang != "en"])
def test_what_nobody_has_read_in_that_language_is_marked(lang: str) -> None:
    path = FOLDER / lang.replace("-", "_") / "LC_MESSAGES" / "recallbot.po"
    with path.open("rb") as file:
        entries = [one for one in read_po(file) if one.id]
    keys = {one.id if isinstance(one.id, str) else one.id[0]: one for one in entries}

    danger = {
        key: one.user_comments
        for key, one in keys.items()
        if key.startswith(PREFIXES) and "_button_" not in key and not key.startswith(CALM)
    }

    assert len(danger) > 50
    assert [key for key, notes in danger.items() if not any(map(_read, notes))] == []


def _read(comment: str) -> bool:
    return bool(re.match(r"unreviewed$|reviewed by ", comment))


def test_the_first_alert_names_the_thing_says_why_and_has_four_buttons() -> None:
    notice = a_notice(find_it={"text": "On the back.", "source": "cpsc"})
    mine = thing(a_unit(region="US"), notice, nickname="Kitchen")

    said = first.first_alert(News(ALERT, (notice,)), mine, reader())

    assert said.blocks[0].text == ("Product safety recall: your Acme X100 power bank “Kitchen”")
    assert said.blocks[1].text.startswith("Stop using and charging it now.")
    assert "the recall covers every unit" in said.plain
    assert "Where to look: On the back." in said.plain
    assert [button.says for button in said.buttons] == [
        "/told stopped 17",
        "/told notmine 17",
        "/told which 17",
        "/told remind 17",
    ]


def test_a_thing_that_merely_looks_like_the_recalled_one_keeps_its_own_name() -> None:
    notice = a_notice(a_model("A1263"))
    mine = thing(Unit("Acme", "A1236", {"region": "US"}), notice, nickname="Kitchen")

    said = first.first_alert(News(ALERT, (notice,)), mine, reader())

    assert said.blocks[0].text == "Product safety recall: check your Acme A1236 “Kitchen”"
    assert "A1263 is recalled" in said.plain


def test_a_unit_that_is_not_decided_is_to_be_checked_and_the_next_step_named() -> None:
    rule = all_of(a_model(), a_code_rule(starts=("57V",), length=(8,)))
    notice = a_notice(rule)
    mine = thing(a_unit(region="US"), notice)

    said = first.first_alert(News(ALERT, (notice,)), mine, reader())

    assert said.blocks[0].text == "Product safety recall: check your Acme X100 power bank"
    assert said.blocks[1].text.startswith("Stop using and charging it until you know.")
    assert "Next: send me the serial number." in said.plain


def test_a_recall_of_another_country_says_so_in_its_headline() -> None:
    notice = a_notice(regions=("JP",))
    mine = thing(a_unit(region="US"), notice)

    said = first.first_alert(News(ALERT, (notice,)), mine, reader())

    assert mine.decision.reason is Reason.RECALLED_ELSEWHERE
    assert said.blocks[0].text == (
        "Product safety recall in another country: Acme X100 power bank"
    )
    assert "Japan" in said.plain


def test_an_event_of_two_authorities_names_both_the_own_country_first() -> None:
    american = a_notice(remedies=({**REMEDY, "regions": ("US",)},))
    canadian = a_notice(
        id="acme-x100-ca",
        authority="Health Canada",
        regions=("CA",),
        published="2025-06-13",
        sources=(a_citation(source="hc"),),
        hazard={"kinds": ["fire"], "text": "Fire.", "source": "hc"},
        remedies=({**REMEDY, "regions": ("CA",), "source": "hc"},),
    )
    mine = thing(a_unit(region="CA"), american, canadian)

    said = first.first_alert(News(ALERT, (american, canadian)), mine, reader(region="CA"))

    sources = [block.text for block in said.blocks if block.role is Role.SOURCE]
    assert [text.partition(" (read")[0] for text in sources] == [
        "Source: Health Canada, June 13, 2025",
        "Source: CPSC, June 12, 2025",
    ]
    assert [b.text for b in said.blocks if b.role is Role.REMEDY] == [
        "What you get (Canada): a refund."
    ]


def test_a_thing_that_was_lent_is_to_be_told_of_where_it_is() -> None:
    notice = a_notice()
    mine = replace(thing(a_unit(region="US"), notice), lent_to="Ann")

    said = first.first_alert(News(ALERT, (notice,)), mine, reader())

    assert "You lent it to Ann. Tell them now." in said.plain


def test_the_advice_for_a_thing_that_is_no_more_concerned_stays_careful() -> None:
    notice = a_notice(a_model("ZZ900"))
    mine = thing(Unit("Acme", "X100", {"region": "US"}), notice)

    said = first.first_alert(News(ALERT, (notice,)), mine, reader())

    assert mine.decision.verdict is Verdict.NO_RECALL_FOUND
    assert not mine.concerned
    assert said.blocks[0].text == "Product safety recall: Acme X100"
    assert said.blocks[1].text.startswith("Stop using and charging it until you know.")


def test_who_watches_a_brand_is_told_of_the_product_and_not_of_a_thing_of_theirs() -> None:
    notice = a_notice(names=("X100",))

    said = first.interest_alert(News(ALERT, (notice,)), ["Acme"], reader())

    assert said.blocks[0].text == "Product safety recall: Acme X100 power bank"
    assert said.blocks[1].text.startswith("If you have one: Stop using and charging it now.")
    assert "You watch: Acme." in said.plain
    assert [button.says for button in said.buttons] == ["/check Acme X100", "/alerts"]


def test_a_name_that_begins_with_the_brand_is_asked_about_without_saying_it_twice() -> None:
    notice = a_notice(ALL_UNITS, product="Acme Whole Milk")

    said = first.interest_alert(News(ALERT, (notice,)), ["Acme"], reader())

    assert said.buttons[0].says == "/check Acme Whole Milk"


def test_a_danger_none_of_our_words_names_is_told_in_the_words_of_the_notice() -> None:
    other, long = (
        a_notice(hazard={"kinds": ["other"], "text": text, "source": "cpsc"})
        for text in ("It may hold Clostridium.", "x" * 500)
    )

    said = [
        of_product(News(ALERT, (one,)), reader()).hazard for one in (other, long, a_notice())
    ]

    assert said[0].plain == "Hazard: it can hurt you. It may hold Clostridium."
    assert said[1].quote == Quote("x" * (LONGEST_QUOTE - 1) + "…")
    assert said[2].quote is None


def test_only_where_no_code_decides_everybody_who_has_one_is_to_stop_now() -> None:
    coded = a_notice(all_of(a_model(), a_code_rule(starts=("57V",))))
    draft = a_notice(complete=False)

    said = [of_product(News(ALERT, (one,)), reader()) for one in (coded, draft, a_notice())]

    assert [covers_every_unit(one) for one in (coded, draft, a_notice())] == [
        False,
        False,
        True,
    ]
    assert ["until you know" in one.action.text for one in said] == [True, True, False]
    assert said[0].why[0].url == coded.checker


def test_what_was_answered_before_is_said_with_its_local_day() -> None:
    notice = a_notice()
    mine = thing(a_unit(region="US"), notice)
    earlier = first.Earlier(Verdict.NO_RECALL_FOUND, TOLD_AT + timedelta(hours=10))

    said = [
        first.answer_changed(News(ALERT, (notice,)), mine, earlier, reader(lang, zone=zone))
        for lang, zone in [("en", None), ("en", "Asia/Tokyo"), ("de", "Asia/Tokyo")]
    ]

    changed = [next(b.text for b in one.blocks if b.role is Role.VERDICT) for one in said]
    assert changed == [
        "On June 1, 2026 I found no recall of it. That has changed.",
        "On June 2, 2026 I found no recall of it. That has changed.",
        "Am 2. Juni 2026 habe ich keinen Rückruf dazu gefunden. Das hat sich geändert.",
    ]


@pytest.mark.parametrize("lang", ALL)
def test_five_reminders_say_it_in_five_ways_and_can_be_ended(lang: str) -> None:
    notice = a_notice()
    mine = thing(a_unit(region="US"), notice)

    said = [
        reminders.reminder(number, News(ALERT, (notice,)), mine, TOLD_AT, reader(lang))
        for number in range(1, 6)
    ]

    assert len({one.blocks[0].text for one in said}) == 5
    assert len({one.blocks[3].text for one in said}) == 5
    assert len({one.blocks[1].text for one in said}) == 1
    assert any(name in said[2].plain for name in METI)
    assert [button.says for button in said[0].buttons] == [
        "/told done 17",
        "/told claimed 17",
        "/told disposed 17",
        "/told notmine 17",
        "/told enough 17",
    ]


@pytest.mark.parametrize("number", [0, 6])
def test_there_is_no_sixth_reminder(number: int) -> None:
    notice = a_notice()

    with pytest.raises(ValueError, match=f"no reminder {number}"):
        reminders.reminder(
            number, News(ALERT, (notice,)), thing(a_unit(), notice), TOLD_AT, reader()
        )


def test_a_reminder_names_the_next_step_only_where_the_unit_is_not_decided() -> None:
    coded = a_notice(all_of(a_model(), a_code_rule(starts=("57V",), length=(8,))))

    said = [
        reminders.reminder(
            1, News(ALERT, (one,)), thing(a_unit(region="US"), one), TOLD_AT, reader()
        )
        for one in (a_notice(), coded)
    ]

    steps = [[b.text for b in one.blocks if b.role is Role.NEXT_STEP] for one in said]
    assert steps == [[], ["Next: send me the serial number."]]


def test_a_digest_lists_what_is_the_readers_first_and_counts_what_is_too_much() -> None:
    lines = [digests.Line(a_notice(id=f"acme-{n}")) for n in range(24)]
    mine = digests.Line(a_notice(id="mine", published=None), "Kitchen")
    warning = digests.Line(a_notice(id="warning", kind="advisory"))

    said = digests.digest([*lines, warning, mine], TOLD_AT, reader())
    short = digests.digest([warning], TOLD_AT, reader())

    assert said.blocks[0].text == "Product safety recalls since June 1, 2026: 26"
    assert said.blocks[2].text == (
        "Yours (Kitchen) – Acme X100 power bank: it can catch fire (CPSC)"
    )
    assert len(said.blocks) == 2 + digests.MOST_LINES + 1
    assert said.blocks[-1].text == "… and 6 more."
    assert all(block.url for block in said.blocks[2:-1])
    assert "(Product safety warning, CPSC, June 12, 2025)" in short.blocks[-1].text


def test_a_catch_up_card_says_from_when_to_when_or_of_which_day() -> None:
    lines = [digests.Line(a_notice())]

    days = digests.catch_up(lines, TOLD_AT, TOLD_AT + timedelta(days=3), reader("de"))
    day = digests.catch_up(lines, TOLD_AT, TOLD_AT + timedelta(hours=3), reader("de"))

    assert days.blocks[0].text.endswith(
        "Produktsicherheitsrückrufe vom 1. Juni 2026 bis 4. Juni 2026: 1"
    )
    assert day.blocks[0].text.endswith("Produktsicherheitsrückrufe vom 1. Juni 2026: 1")


def test_what_a_person_wrote_stays_on_one_line_and_short() -> None:
    assert tidy("my\n  old\tone") == "my old one"
    assert len(tidy("x" * 500)) == LONGEST_NAME
    assert tidy("x" * 500).endswith("…")


def test_a_product_without_a_name_is_called_by_its_models_in_other_languages() -> None:
    several = a_notice(a_model("X100", "X200"), product="Two Acme power banks")

    said = [
        of_product(News(ALERT, (one,)), reader(lang)).product
        for one, lang in [(several, "en"), (several, "de"), (a_notice(), "de")]
    ]

    assert said == [
        "Two Acme power banks",
        "Acme X100 und X200 (Powerbank)",
        "Acme X100 (Powerbank)",
    ]


def test_a_product_of_several_models_is_not_called_by_one_of_them() -> None:
    several = a_notice(a_model("X100", "X200"), product="Two Acme power banks")

    assert product_name(Unit(), several, translator("en")) == "Two Acme power banks"
