"""A correction says what has changed in every form, as the platforms really render it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from bots.bluesky.abilities import CAPABILITIES as BLUESKY
from bots.bluesky.render import render as for_bluesky
from bots.x.count import LONGEST_TEXT
from bots.x.count import fits as fits_x
from bots.x.render import render as for_x
from core.channel import Capabilities, Markup
from core.model.public import Links, Sort, Style
from core.model.recall import Notice
from core.publish.posts.corrections import Correction, correction_post
from core.publish.posts.elements import expected, missing
from core.publish.posts.recalls import recall_post
from core.publish.voice import Voice
from core.text.alerts.changes import Revised
from core.text.reassurance import reassuring
from core.text.translations import translator
from tests.builders import NOW, a_model, a_notice
from tests.core.publish.posts_stage import LANGS, reads, shipped, text_of
from tests.core.sources.test_recorded_us import SHARED, cpsc

X = Voice(for_x, Capabilities(fits_x, Markup.PLAIN, max_caption=LONGEST_TEXT))
VOICES = {"x": X, "bluesky": Voice(for_bluesky, BLUESKY)}
LONG_AGO = NOW - timedelta(days=260)
WRONG = "WRONG-77"
REMEDY = {"regions": ["US"], "text": "As said.", "source": "cpsc"}
HAZARDS = ["fire", "burn", "explosion", "crash", "failure_to_protect"]


def posts(
    correction: Correction, voice: Voice, lang: str = "en", *, replies: bool = False
) -> list[str]:
    """Return the texts of the correction and of the edited original, one post each."""
    style = voice.style(Style(lang, threads=False, links=Links.POST))
    own = voice.platform(style)
    told = correction_post(correction, style, reads(lang, "US"), own, replies=replies)
    rendered = [voice.render(part.message(lang)) for part in (*told.parts, *told.edits)]
    assert [len(each) for each in rendered] == [1, 1]
    return [post.text for each in rendered for post in each]


def changed(before: Notice, after: Notice, kind: Revised = Revised.CORRECTED) -> Correction:
    return Correction(kind, (after,), before, LONG_AGO)


@pytest.mark.parametrize("voice", VOICES.values(), ids=VOICES)
@pytest.mark.parametrize("lang", LANGS)
def test_a_wrong_model_that_was_posted_is_named_in_its_correction(
    lang: str, voice: Voice
) -> None:
    words, wanted = translator(lang), expected(Sort.CORRECTION)

    for after in shipped()[::6]:
        before = after.model_copy(update={"units": a_model(WRONG, "WRONG-78")})
        for text in posts(changed(before, after), voice, lang):
            assert WRONG in text, text
            assert missing(text, words, wanted) == (), text
            assert reassuring(text, words) == []


@pytest.mark.parametrize("voice", VOICES.values(), ids=VOICES)
@pytest.mark.parametrize("lang", LANGS)
def test_names_numbers_and_headline_give_way_before_the_change_does(
    lang: str, voice: Voice
) -> None:
    crowded = partial(
        a_notice,
        product="Acme portable electric thing of a very long name " * 3,
        brands=["Acme International Holdings"],
        number="25-12345-REVISED",
        hazard={"kinds": HAZARDS, "text": "It may burn.", "source": "cpsc"},
    )
    before = crowded(a_model(*(f"WRONG-MODEL-{number}" for number in range(9))))
    after = crowded(a_model(*(f"RIGHT-MODEL-{number}" for number in range(9))))

    for text in posts(changed(before, after), voice, lang):
        assert "RIGHT-MODEL-0" in text, text
        assert "WRONG-MODEL-0" in text, text
        assert missing(text, translator(lang), expected(Sort.CORRECTION)) == (), text


@pytest.mark.parametrize("voice", VOICES.values(), ids=VOICES)
@pytest.mark.parametrize("kind", Revised)
@pytest.mark.parametrize("lang", LANGS)
def test_every_kind_of_change_is_said_whatever_it_is(
    lang: str, kind: Revised, voice: Voice
) -> None:
    before = a_notice(remedies=[{**REMEDY, "options": [{"kind": "gift_card"}]}])
    after = a_notice(remedies=[{**REMEDY, "options": [{"kind": "refund"}]}])
    retracted = kind is Revised.RETRACTED
    wanted = expected(Sort.CORRECTION, retracted=retracted)

    for text in posts(changed(before, after, kind), voice, lang):
        assert missing(text, translator(lang), wanted) == (), text


def test_a_correction_that_names_no_other_model_says_what_else_it_concerns() -> None:
    hazard = {"kinds": ["shock"], "text": "It may shock you.", "source": "cpsc"}
    before, after = a_notice(), a_notice(hazard=hazard, product="Acme X100 charger")

    said, _ = posts(changed(before, after), X)
    unknown, _ = posts(Correction(Revised.CORRECTED, (after,), None, LONG_AGO), X)

    assert "Changed: the hazard and the product’s name." in said
    assert "Changed: see the notice." in unknown


def test_other_units_of_the_same_models_are_said_to_be_what_changed() -> None:
    before, after = a_notice(regions=("US", "CA")), a_notice()

    said, _ = posts(changed(before, after, Revised.EXPANDED), X)

    assert "Changed: which units are covered." in said


def test_a_new_remedy_is_named_where_there_is_no_room_for_the_old_one() -> None:
    before = a_notice(remedies=[{**REMEDY, "options": [{"kind": "gift_card"}]}])
    after = a_notice(remedies=[{**REMEDY, "options": [{"kind": "refund"}]}])

    said, _ = posts(changed(before, after, Revised.REMEDY_CHANGED), X)
    gone, _ = posts(changed(before, a_notice(), Revised.REMEDY_CHANGED), X)

    assert "Now: a refund." in said
    assert "Changed: what owners get." in gone


def test_another_notice_that_stands_does_not_hide_that_one_was_withdrawn() -> None:
    taken, other = a_notice(state="retracted"), a_notice(id="b", authority="Health Canada")
    correction = Correction(Revised.RETRACTED, (taken, other), taken, LONG_AGO)

    for text in posts(correction, X, "es"):
        assert "El aviso se ha anulado (CPSC)." in text


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="no shared folder beside the repository")
@pytest.mark.parametrize("lang", ["es", "fr"])
def test_recalls_of_the_cpsc_are_one_post_on_x_in_the_longest_languages(lang: str) -> None:
    style = X.style(Style(lang, threads=False, links=Links.POST))
    own, words = X.platform(style), translator(lang)

    # All of them did once; every fourth is looked at each time.
    for notice in [*cpsc()][::4]:
        (part,) = recall_post((notice,), style, reads(lang, "US"), own)

        assert len(X.render(part.message(lang))) == 1
        assert missing(text_of(part), words) == (), notice.id
