"""Stories of questions, each told to its answer on the shipped recalls."""

from __future__ import annotations

import pytest

from core.model.message import Role
from core.model.verdict import Decision, NextKind, Reason, Verdict
from core.query.bound import words_of
from tests.scenarios.stage import Stage

NEGATIVE = {Verdict.NOT_AFFECTED, Verdict.NO_RECALL_FOUND}


async def decided(stage: Stage, text: str, region: str | None = None) -> Decision:
    found = await stage.asks(text, region)
    (item,) = found.items
    return item.decision


async def test_s01_a_letter_the_maker_does_not_print_is_read_as_a_digit_and_shown_back(
    stage: Stage,
) -> None:
    found = await stage.asks("Anker A1263 serial AOBJK23D18200O23")

    (item,) = found.items
    assert item.decision.verdict is Verdict.CHECK_NEEDED
    assert item.decision.next.value == "A0BJK23D18200023"
    assert "I read AOBJK23D18200O23 as A0BJK23D18200023" in found.message.plain


@pytest.mark.parametrize("typed", ["A1263", "Al263", "a-1263", "Ａ１２６３", "anker А1263"])
async def test_s01_a_misread_model_is_never_one_without_a_recall(
    stage: Stage, typed: str
) -> None:
    decision = await decided(stage, f"anker {typed}")

    assert decision.verdict is Verdict.CHECK_NEEDED


async def test_s02_on_old_sources_nothing_negative_is_said(stage: Stage) -> None:
    fresh = await stage.asks("Nokia 3310")
    stage.clock.pass_days(200)

    stale = await stage.asks("Nokia 3310")

    assert fresh.verdict is Verdict.NO_RECALL_FOUND
    assert stale.verdict is Verdict.CANNOT_ANSWER
    assert "too old" in stale.message.plain
    assert stale.items[0].decision.next.kind is NextKind.ASK_AGAIN_LATER


async def test_s02_on_old_sources_a_confirmed_exclusion_is_not_said_either(
    stage: Stage,
) -> None:
    told = await stage.says("IKEA CALYPSO date code 1820")
    assert [words_of(button.says) for button in told.buttons] == ["yes", "no"]
    stage.clock.pass_days(200)

    settled = await stage.says("yes")

    assert settled.blocks[0].text.startswith("I cannot answer")


@pytest.mark.parametrize(
    ("text", "verdict"),
    [("Casely E33A", Verdict.AFFECTED), ("Anker A1263", Verdict.CHECK_NEEDED)],
)
async def test_s02_a_recall_is_told_however_old_the_sources_are(
    stage: Stage, text: str, verdict: Verdict
) -> None:
    before = await decided(stage, text)
    stage.clock.pass_days(200)

    after = await decided(stage, text)

    assert (before.verdict, after.verdict) == (verdict, verdict)
    assert before == after


async def test_s19_one_model_in_two_countries_gets_its_own_countrys_notice(
    stage: Stage,
) -> None:
    japan = await decided(stage, "Anker A1263 bought in 2024", "JP")
    america = await decided(stage, "Anker A1263 bought in 2024", "US")
    germany = await decided(stage, "Anker A1263 bought in 2024", "DE")

    assert [each.verdict for each in (japan, america, germany)] == [Verdict.CHECK_NEEDED] * 3
    assert japan.findings[0].notice.regions == ("JP",)
    assert america.findings[0].notice.regions == ("US",)
    assert (japan.reason, germany.reason) == (Reason.MAKERS_LIST, Reason.RECALLED_ELSEWHERE)


async def test_s19_the_other_countries_are_named_with_what_they_give(stage: Stage) -> None:
    found = await stage.asks("Anker A1263", "DE")

    told = found.message.plain
    assert "United States and Japan" in told
    assert "I know of no remedy for Germany." in told
    assert "Elsewhere (United States)" in told


@pytest.mark.parametrize("colour", ["white", "black"])
async def test_s20_a_colour_from_memory_never_clears(stage: Stage, colour: str) -> None:
    decision = await decided(stage, f"Soundcore A3130 {colour}", "JP")

    assert decision.verdict is Verdict.CHECK_NEEDED


async def test_s20_what_a_code_excludes_needs_confirmation(stage: Stage) -> None:
    first = await stage.says("IKEA CALYPSO date code 1820")
    settled = await stage.says("yes")

    assert "Does it really say 1820?" in first.plain
    assert settled.blocks[0].text.startswith("Not covered by the recall")
    assert "Recalls grow" in settled.plain


async def test_s26_a_remedy_is_that_of_its_own_recall_and_the_official_page_is_linked(
    stage: Stage,
) -> None:
    found = await stage.asks("INIU BI-B41 serial 000G21")

    remedies = [block for block in found.message.blocks if block.role is Role.REMEDY]
    sources = [block.url or "" for block in found.message.blocks if block.role is Role.SOURCE]
    assert found.verdict is Verdict.AFFECTED
    assert [block.text.endswith("a refund.") for block in remedies] == [True]
    assert any(url.startswith("https://www.cpsc.gov/") for url in sources)


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("IKEA E2037 date code 2322", True),
        ("IKEA E2038 date code 2322", False),
        ("Romoss PAC20-272 batch M14-Q2", True),
        ("Romoss PAC20-392 batch M14-Q2", False),
    ],
)
async def test_s27_the_same_code_is_in_for_one_model_and_out_for_another(
    stage: Stage, text: str, *, covered: bool
) -> None:
    decision = await decided(stage, text)

    assert (decision.verdict is Verdict.AFFECTED) is covered
    assert decision.verdict not in NEGATIVE


async def test_a_thing_on_fire_gets_its_advice_before_any_look_up(stage: Stage) -> None:
    told = await stage.says("help my Casely E33A is smoking!!")

    assert [block.role for block in told.blocks[:2]] == [Role.HEADLINE, Role.ACTION]
    assert "call the fire service" in told.blocks[1].text
    assert "Product safety recall" in told.plain
