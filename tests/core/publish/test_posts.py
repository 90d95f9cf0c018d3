"""A post of a recall says everything that makes people act, wherever it is posted."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.model.identifier import fold
from core.model.message import Block, Quote, Role
from core.model.public import Links, Part
from core.model.recall import Notice
from core.publish.posts.elements import ELEMENTS, missing
from core.publish.posts.foreign import coded, finished, named, shortened, unlinked
from core.publish.posts.platform import DoesNotFit, Platform
from core.publish.posts.recalls import recall_post
from core.text.reassurance import reassuring
from core.text.translations import translator
from tests.builders import STEADY, a_citation, a_code_rule, a_model, a_notice, a_rule, all_of
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

DOMAIN = re.compile(r"\w\.[^\W\d_]{2}|://")
REFUND = {
    "regions": ["US"],
    "options": [{"kind": "refund"}],
    "text": "Refund.",
    "source": "cpsc",
}
PLACE = {"text": "The model number is printed on the back.", "source": "cpsc"}


def posted(
    notices: tuple[Notice, ...], platform: Platform = TIGHT, **how: Any
) -> tuple[Part, ...]:
    region = how.pop("region", "US")
    own = style(**how)
    return recall_post(notices, own, reads(own.lang, region), platform)


def whole(parts: tuple[Part, ...]) -> str:
    return "\n".join(text_of(part) for part in parts)


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
@pytest.mark.parametrize("lang", LANGS)
def test_every_shipped_recall_is_one_post_that_says_everything(
    lang: str, platform: Platform
) -> None:
    words = translator(lang)

    for notice in shipped():
        (part,) = posted((notice,), platform, lang=lang, region=notice.regions[0])

        text = text_of(part)
        assert platform.fits(part.message(lang), part.picture is not None)
        assert missing(text, words) == (), (notice.id, text)
        assert reassuring(text, words) == [], (notice.id, text)
        assert part.blocks[0].role is Role.HEADLINE


def test_a_post_goes_from_danger_to_product_to_action_to_remedy_to_source() -> None:
    (tight,) = posted(recalls(a_model(*(f"X{n}" for n in range(90))), remedies=[REFUND]))
    (long,) = posted(recalls(remedies=[REFUND]), LONG)

    assert [block.text for block in tight.blocks] == [
        "Product safety recall: fire hazard",
        "Acme X100 power bank",
        "Check its label: X0, X1, X2, X3, X4, or X5 …",
        "Stop using and charging it now.",
        "You get: a refund.",
        "Source: CPSC, June 12, 2025",
    ]
    assert [block.text for block in long.blocks] == [
        "Product safety recall: fire hazard",
        "Hazard: it can catch fire.",
        "Acme X100 power bank",
        "- Look for the model number on the product or its label: X100",
        "- The notice covers every unit of it.",
        f"- If you have one: {translator('en')('action_battery')}",
        "- What you get (United States): a refund.",
        "Source: CPSC, June 12, 2025",
        "#ProductRecall",
    ]


def test_the_richest_form_tells_where_to_look_in_the_notices_words_and_whom_to_ask() -> None:
    contact = {"regions": ["US"], "phone": "800-1", "source": "cpsc"}

    (part,) = posted(recalls(find_it=PLACE, contacts=[contact], remedies=[REFUND]), LONG)

    quotes = [block.quote.text for block in part.blocks if block.quote]
    assert quotes == [PLACE["text"]]
    assert "800-1" in text_of(part)
    assert part.blocks[-1].text == "#ProductRecall"


def test_a_notice_that_covers_certain_units_says_so_and_where_to_check() -> None:
    units = all_of(a_model("A1647"), a_code_rule(starts=["AB"]))

    (tight,) = posted(recalls(units))
    (long,) = posted(recalls(units), LONG)

    assert "Only certain units" in text_of(tight)
    assert "until you know" in text_of(tight)
    assert "https://acme.example/check" in [block.url for block in long.blocks]


def test_a_model_that_is_taken_out_is_never_named_as_recalled() -> None:
    no = {"op": "not", "rule": {"op": "model", "any_of": ["X999"]}}
    units = a_rule({"op": "and", "of": [{"op": "model", "any_of": ["X100"]}, no]})

    for platform in PLATFORMS.values():
        assert "X999" not in whole(posted(recalls(units), platform))


def test_without_a_number_the_post_sends_to_the_notice() -> None:
    (part,) = posted(recalls(a_rule({"op": "all_units"})))

    assert "Compare yours with the notice." in text_of(part)


@pytest.mark.parametrize(
    ("category", "says", "never"),
    [
        ("medical-device", "Ask your doctor", "top using"),
        ("drug", "Ask your doctor", "top using"),
        ("seafood", "Do not eat", "top using"),
    ],
)
def test_what_is_eaten_or_worn_in_the_body_is_not_simply_left_unused(
    category: str, says: str, never: str
) -> None:
    (part,) = posted(recalls(category=category))

    assert says in text_of(part)
    assert never not in text_of(part)


@pytest.mark.parametrize("links", [Links.NONE, Links.REPLY])
@pytest.mark.parametrize("lang", LANGS)
def test_a_post_without_links_holds_nothing_a_platform_would_link(
    lang: str, links: Links
) -> None:
    notices = recalls(
        product="Sold on Amazon.com, see www.acme.co.uk/x", number="25-123", find_it=PLACE
    )

    for platform in (TIGHT, LONG, LINKLESS):
        (part,) = posted(notices, platform, lang=lang, links=links)

        assert [block.url for block in part.blocks if block.url] == []
        assert not DOMAIN.search(text_of(part)), text_of(part)
        assert "25-123" in text_of(part)


def test_a_link_in_a_reply_stands_in_the_second_post_alone() -> None:
    first, *rest = posted(recalls(), threads=True, links=Links.REPLY)

    assert not [block.url for block in first.blocks if block.url]
    assert "https://cpsc.example/recall/1" in [b.url for part in rest for b in part.blocks]


@pytest.mark.parametrize("lang", LANGS)
def test_a_long_recall_goes_on_in_numbered_posts_of_which_the_first_stands_alone(
    lang: str,
) -> None:
    models = [f"MODEL-{number:04}" for number in range(60)]
    remedies = [
        {**REFUND, "regions": [code], "options": [{"kind": kind}]}
        for code, kind in (("US", "refund"), ("JP", "replace"), ("DE", "repair"))
    ]
    notices = recalls(a_model(*models), remedies=remedies, find_it=PLACE, regions=("WORLD",))

    parts = posted(notices, TIGHT, lang=lang, threads=True, region=None)

    marks = [f"{number}/{len(parts)}" for number in range(1, len(parts) + 1)]
    assert len(parts) > 1
    assert all(mark in part.blocks[0].text for mark, part in zip(marks, parts, strict=True))
    assert missing(text_of(parts[0]), translator(lang)) == ()
    assert all(TIGHT.fits(part.message(lang), part.picture is not None) for part in parts)
    assert "MODEL-0039" in whole(parts)


def test_a_recall_that_fits_is_not_numbered_even_where_threads_are_allowed() -> None:
    (part,) = posted(recalls(), LONG, threads=True)

    assert "1/1" not in text_of(part)


def test_two_authorities_of_one_recall_stand_in_one_post() -> None:
    other = a_notice(id="b", authority="Health Canada", number="82")

    (tight,) = posted((a_notice(), other))

    assert "CPSC" in text_of(tight)
    assert "Health Canada" in text_of(tight)


def test_amounts_products_and_countries_give_way_before_the_kind_of_remedy_does() -> None:
    options = [
        {"kind": "gift_card", "amount": "30", "currency": "USD"},
        {"kind": "replace", "product": "a power bank of the next generation " * 3},
        {"kind": "refund"},
    ]
    remedy = {**REFUND, "options": options}

    (part,) = posted(recalls(remedies=[remedy], product="A" * 150))

    text = text_of(part)
    assert all(kind in text for kind in ("gift card", "replacement", "refund"))


def test_a_country_without_a_remedy_is_told_so() -> None:
    (part,) = posted(recalls(remedies=[REFUND]), region="DE")

    assert "Germany: no remedy known." in text_of(part)


def test_what_is_known_from_the_press_is_said_to_be() -> None:
    for platform in (TIGHT, LONG):
        (part,) = posted(recalls(complete=False, sources=(a_citation("news"),)), platform)

        assert "press" in text_of(part)


def test_a_name_that_runs_right_to_left_leaves_the_order_around_it_alone() -> None:
    (part,) = posted(recalls(product="מטען \u202eנייד\u200f Acme"))

    text = text_of(part)
    assert "\u2068מטען נייד Acme\u2069" in text
    assert "\u202e" not in text


def test_nobody_is_called_by_a_products_name() -> None:
    (part,) = posted(recalls(product="Acme @home charger", find_it={**PLACE, "text": "@you"}))

    assert "@home" not in text_of(part)
    assert "@you" not in text_of(part)


def test_a_quotation_that_plays_the_risk_down_is_left_out() -> None:
    soft = "There is only a minimal chance that it is voluntary."
    notices = recalls(hazard={"kinds": ["other"], "text": soft, "source": "cpsc"})

    (part,) = posted(notices, LONG)

    assert "minimal" not in text_of(part)


def test_a_platform_too_small_for_the_essentials_is_an_error_with_a_name() -> None:
    for threads in (False, True):
        with pytest.raises(DoesNotFit):
            posted(
                recalls(), Platform(lambda message, _: len(message.plain) < 60), threads=threads
            )


def test_a_picture_that_leaves_no_room_for_the_text_stays_away() -> None:
    cramped = Platform(lambda message, picture: len(message.plain) < (40 if picture else 500))

    (part,) = posted(recalls(), cramped)

    assert part.picture is None


def test_a_shortened_name_keeps_the_marks_of_its_letters() -> None:
    assert shortened("ab" + "e\u0301" * 5, 6).endswith("e\u0301…")
    assert unlinked("see https://a.b.com/x now") == "see a.b. com/x now"


def test_what_a_notice_calls_a_product_links_to_nobody_and_a_number_stays_itself() -> None:
    name = "Heater https://evil.example/p of shop.example"

    assert named(name, 80) == "Heater evil. example/p of shop. example"
    assert coded("PN.AB12", 80) == "PN.AB12"
    quoting = Block(Role.HAZARD, "Hazard", quote=Quote(name))
    assert finished(quoting, links=True).quote == Quote(named(name, 80))


def names() -> st.SearchStrategy[str]:
    letters = st.sampled_from("aZ0 é漢ア한עع.@#😀\u0301\u200d\u202e-")
    return st.text(letters, min_size=1, max_size=200).filter(lambda text: bool(text.strip()))


@STEADY
@given(
    product=names(),
    models=st.lists(names().filter(fold), max_size=30, unique_by=fold),
    lang=st.sampled_from(LANGS),
    threads=st.booleans(),
    links=st.sampled_from(Links),
)
@example("W" * 200, ["M" * 200], "fr", False, Links.POST)  # noqa: FBT003 - an example
@example("漢" * 200, [], "es", True, Links.REPLY)  # noqa: FBT003 - an example
def test_no_name_and_no_number_keeps_a_post_from_saying_the_essential(
    product: str,
    models: list[str],
    lang: str,
    threads: bool,  # noqa: FBT001 - an example's
    links: Links,
) -> None:
    units = a_model(*models) if models else None
    notices = recalls(units, product=product)

    parts = posted(notices, TIGHT, lang=lang, threads=threads, links=links)

    first = text_of(parts[0])
    assert missing(first, translator(lang), ELEMENTS) == ()
    assert all(TIGHT.fits(part.message(lang), part.picture is not None) for part in parts)
    assert "\u202e" not in whole(parts)
    assert threads or len(parts) == 1


def test_a_block_that_may_link_keeps_its_link() -> None:
    (part,) = posted(recalls(), MIDDLE)

    assert finished(part.blocks[-2], links=True) == part.blocks[-2]
