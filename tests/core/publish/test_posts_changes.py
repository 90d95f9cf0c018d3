"""What became of a posted recall is told as loudly, and nothing in it is an all-clear."""

from __future__ import annotations

import pytest

from core.model.public import Links, Sort
from core.model.recall import Notice, State
from core.publish.posts.corrections import Corrected, Correction, correction_post
from core.publish.posts.elements import expected, missing
from core.publish.posts.platform import DoesNotFit, Platform
from core.text.alerts.changes import Revised
from core.text.reassurance import reassuring
from core.text.translations import translator
from tests.builders import NOW, a_model, a_notice
from tests.core.publish.posts_stage import (
    LANGS,
    LONG,
    MIDDLE,
    PLATFORMS,
    TIGHT,
    reads,
    shipped,
    style,
    text_of,
)


def changed(
    correction: Correction, platform: Platform = TIGHT, lang: str = "en", **how: object
) -> Corrected:
    replies = bool(how.pop("replies", True))
    own = style(lang, threads=bool(how.pop("threads", False)))
    return correction_post(correction, own, reads(lang, "US"), platform, replies=replies)


def of(kind: Revised, *notices: Notice, **facts: object) -> Correction:
    before = facts.pop("before", notices[0])
    assert before is None or isinstance(before, Notice)
    return Correction(kind, notices, before, NOW, int(str(facts.pop("posted", 1))))


@pytest.mark.parametrize("replies", [True, False])
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", Revised)
def test_every_change_of_every_shipped_recall_is_told_on_every_platform(
    kind: Revised,
    lang: str,
    replies: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    words, wanted = translator(lang), expected(Sort.CORRECTION)
    wanted = expected(Sort.CORRECTION, retracted=True) if kind is Revised.RETRACTED else wanted

    for notice in shipped()[::8]:
        for platform in PLATFORMS.values():
            told = changed(of(kind, notice), platform, lang, replies=replies)

            for (part,) in (told.parts, told.edits):
                text = text_of(part)
                assert platform.fits(part.message(lang), part.picture is not None)
                assert missing(text, words, wanted) == (), (notice.id, text)
                assert reassuring(text, words) == [], (notice.id, text)


def test_where_replies_are_not_allowed_the_old_post_is_named_by_its_day() -> None:
    correction = of(Revised.CLOSED, a_notice())

    named = changed(correction, replies=False)
    replied = changed(correction, replies=True)

    assert "June 14, 2026" in text_of(named.parts[0])
    assert "June 14, 2026" not in text_of(replied.parts[0])
    assert "Acme X100" in text_of(named.parts[0])


def test_what_is_newly_covered_is_named() -> None:
    before, after = a_notice(a_model("X1")), a_notice(a_model("X1", "X2"), regions=("US", "CA"))

    told = changed(of(Revised.EXPANDED, after, before=before), MIDDLE)

    text = text_of(told.parts[0])
    assert "(expanded)" in text
    assert "New: X2 and Canada." in text


def test_a_model_that_is_named_no_more_is_no_all_clear() -> None:
    before, after = a_notice(a_model("X1")), a_notice(a_model("X2"))

    told = changed(of(Revised.CORRECTED, after, before=before))

    text = text_of(told.parts[0])
    assert "No longer named: X1. That does not prove" in text
    assert "Check its label: X2" in text


def test_a_new_remedy_is_told_with_the_old_one() -> None:
    remedy = {"regions": ["US"], "text": "As said.", "source": "cpsc"}
    before = a_notice(remedies=[{**remedy, "options": [{"kind": "gift_card"}]}])
    after = a_notice(remedies=[{**remedy, "options": [{"kind": "refund"}]}])

    told = changed(of(Revised.REMEDY_CHANGED, after, before=before), LONG)

    text = text_of(told.parts[0])
    assert "Before: a gift card." in text
    assert "Now: a refund." in text


def test_what_was_withdrawn_gives_no_advice_and_proves_nothing() -> None:
    taken = a_notice(state="retracted")

    told = changed(of(Revised.RETRACTED, taken, before=a_notice()))

    for (part,) in (told.parts, told.edits):
        text = text_of(part)
        assert "notice withdrawn" in text
        assert "does not prove" in text
        assert "top using" not in text
        assert part.picture is None


def test_another_notice_of_it_that_stands_keeps_the_advice() -> None:
    taken, other = a_notice(state="retracted"), a_notice(id="b", authority="Health Canada")

    told = changed(of(Revised.RETRACTED, taken, other), MIDDLE)

    text = text_of(told.parts[0])
    assert other.state is State.OPEN
    assert "Another notice of it still stands: Health Canada." in text
    assert "Stop using" in text


def test_the_edits_are_as_many_as_the_posts_they_replace() -> None:
    models = a_model(*(f"MODEL-{number:04}" for number in range(60)))

    for posted in (1, 2, 3, 6):
        correction = of(Revised.CORRECTED, a_notice(models), posted=posted)

        told = changed(correction, TIGHT, threads=True)

        assert len(told.edits) == posted
        assert all(TIGHT.fits(part.message("en"), bool(part.picture)) for part in told.edits)
        assert "(corrected)" in told.edits[0].blocks[0].text


def test_an_edit_of_one_post_drops_the_link_that_stood_below_it() -> None:
    own = style(threads=True, links=Links.REPLY)

    told = correction_post(of(Revised.CLOSED, a_notice()), own, reads(), TIGHT, replies=True)

    assert len(told.parts) > 1
    assert len(told.edits) == 1
    assert not [block.url for block in told.edits[0].blocks if block.url]


@pytest.mark.parametrize("kind", [Revised.RETRACTED, Revised.CLOSED])
def test_what_fits_nowhere_is_an_error_with_a_name(kind: Revised) -> None:
    with pytest.raises(DoesNotFit):
        changed(of(kind, a_notice()), Platform(lambda message, _: len(message.plain) < 40))
