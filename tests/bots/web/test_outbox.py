"""The page of the outbox: counts by state, reason and channel, and nobody's name."""

from __future__ import annotations

import pytest

from core.model.delivery import Because, Reason, State
from core.text.translations import languages, translator
from tests.bots.web.stage import Shelf, on_stage


async def test_what_was_told_is_counted_and_what_rests_says_why() -> None:
    async with on_stage() as stage:
        page = await stage.client.get("/outbox")

    assert page.status_code == 200
    assert "1,234" in page.text
    assert '<th scope="row">may have arrived</th>' in page.text
    assert "the platform gave no answer" in page.text
    assert "another reason" in page.text
    assert "Telegram" in page.text


async def test_an_empty_outbox_says_so() -> None:
    async with on_stage(shelf=Shelf()) as stage:
        page = await stage.client.get("/outbox")

    assert "Nothing was planned yet." in page.text
    assert "<table" not in page.text


async def test_the_page_of_the_sources_leads_there() -> None:
    async with on_stage() as stage:
        page = await stage.client.get("/sources")

    assert 'href="/outbox"' in page.text


@pytest.mark.parametrize("lang", languages())
async def test_it_is_in_the_readers_language(lang: str) -> None:
    async with on_stage() as stage:
        page = await stage.client.get("/outbox", headers={"Accept-Language": lang})

    assert translator(lang)("web_outbox_title") in page.text
    assert "web_outbox" not in page.text


def test_every_state_and_reason_has_its_words() -> None:
    words = translator("en")

    assert all(words.has(f"web_outbox_state_{state.name.lower()}") for state in State)
    assert all(words.has(f"web_outbox_reason_{reason}") for reason in Reason)


def test_what_rests_for_good_has_its_reason_in_words() -> None:
    passing = {
        *(Because.TRY_LATER, Because.ON_HOLD, Because.OVER_BUDGET, Because.STOPPING),
        Because.RETRIED,
    }

    untold = [
        because
        for because in set(Because) - passing
        if not translator("en").has(f"web_outbox_why_{because}")
    ]

    assert untold == []
