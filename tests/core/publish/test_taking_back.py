"""An account takes its own post back: in every language and form, and never more than is so."""

from __future__ import annotations

import pytest

from bots.publishing import voices
from core.model.public import Account, Links, Sort, Style
from core.model.recall import State
from core.publish.composing import Earlier
from core.publish.lint import problems
from core.publish.taking_back import taken_back
from core.text.translations import languages, translator
from tests.builders import NOW, a_notice

PLATFORMS = sorted(voices())


def an_account(channel: str = "mastodon", **style: object) -> Account:
    return Account(1, channel, "news", "News", style=Style(**style))  # type: ignore[arg-type]


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("channel", PLATFORMS)
def test_our_post_is_withdrawn_in_words_that_the_linter_lets_through(
    channel: str, lang: str
) -> None:
    voice = voices()[channel]

    texts = taken_back(
        an_account(channel, lang=lang), (a_notice(),), Earlier(NOW, 2), voice, NOW
    )

    assert len(texts.edits) == 2
    for parts in (texts.parts, texts.edits[:1]):
        assert problems(parts, lang, Sort.CORRECTION) == ()
        assert all(len(voice.render(part.message(lang))) == 1 for part in parts)
    said = texts.parts[0].message(lang).plain
    assert translator(lang)("post_retracted", authority="CPSC") not in said


@pytest.mark.parametrize("lang", languages())
def test_an_authority_is_said_to_have_withdrawn_only_what_it_did(lang: str) -> None:
    gone = a_notice(state=State.RETRACTED)
    voice = voices()["mastodon"]

    texts = taken_back(an_account(lang=lang), (gone,), Earlier(NOW, 1), voice, NOW)

    assert problems(texts.parts, lang, Sort.CORRECTION) == ()
    said = texts.parts[0].message(lang).plain
    assert translator(lang)("post_retracted", authority="CPSC") in said


def test_where_links_stand_below_the_edits_of_the_old_post_hold_none() -> None:
    account = an_account(threads=True, links=Links.REPLY)

    texts = taken_back(account, (a_notice(),), Earlier(NOW, 1), voices()["mastodon"], NOW)

    assert not any(block.url for part in texts.edits for block in part.blocks)


def test_what_fits_in_no_form_is_left_to_a_human() -> None:
    voice = voices()["x"]
    narrow = type(voice)(lambda message: voice.render(message) * 2, voice.capabilities)

    texts = taken_back(an_account("x"), (a_notice(),), Earlier(NOW, 1), narrow, NOW)

    assert texts.parts == texts.edits == ()
