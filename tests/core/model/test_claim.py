"""What a claim asks for, what of it is ticked, and what is read off the words on a photo."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.model.claim import ClaimProgress, PhotoWants, Step, steps_of
from core.model.recall import Notice
from tests.builders import STEADY, a_notice

EVENT = "acme-x100-us"


def recalled(**remedy: Any) -> Notice:
    stated = {"regions": ("US",), "options": ({"kind": "refund"},), "text": "Ask."}
    return a_notice(remedies=({**stated, "source": "cpsc", **remedy},))


def steps(notice: Notice, *, decided: bool = True) -> list[str]:
    return list(steps_of([notice], notice.remedies, decided=decided))


@STEADY
@given(some.frozensets(some.sampled_from(Step)))
def test_progress_goes_to_json_and_comes_back_the_same(ticked: frozenset[Step]) -> None:
    progress = ClaimProgress(event=EVENT, ticked=ticked)

    again = ClaimProgress.model_validate_json(progress.model_dump_json())

    assert again == progress
    assert ClaimProgress.of(EVENT, progress.names) == progress


@STEADY
@given(some.frozensets(some.sampled_from(Step)), some.sampled_from(Step))
def test_a_step_ticked_twice_is_ticked_and_unticked_once_is_open(
    ticked: frozenset[Step], step: Step
) -> None:
    progress = ClaimProgress(event=EVENT, ticked=ticked)

    twice = progress.ticking(step).ticking(step)

    assert twice.ticked == ticked | {step}
    assert twice.unticking(step).ticked == ticked - {step}


def test_the_same_ticks_are_the_same_json() -> None:
    one = ClaimProgress.of(EVENT, ["photo", "stop"])
    other = ClaimProgress.of(EVENT, ["stop", "photo"])

    assert one.model_dump_json() == other.model_dump_json()
    assert one.model_dump_json() == '{"event":"acme-x100-us","ticked":["stop","photo"]}'


def test_a_step_of_another_version_is_let_go() -> None:
    progress = ClaimProgress.of(EVENT, ["stop", "dance"])

    assert progress.ticked == {Step.STOP}


def test_the_next_step_is_the_first_open_one_however_they_were_ticked() -> None:
    walk = (Step.STOP, Step.PHOTO, Step.ASK)
    progress = ClaimProgress.of(EVENT, ["stop", "ask"])

    assert progress.next_of(walk) is Step.PHOTO
    assert progress.ticking(Step.PHOTO).next_of(walk) is None


@pytest.mark.parametrize(
    ("remedy", "wanted"),
    [
        ({}, ["stop", "ask", "away"]),
        ({"photo": "The back."}, ["stop", "photo", "ask", "away"]),
        ({"proof_of_purchase": "required"}, ["stop", "proof", "ask", "away"]),
        ({"proof_of_purchase": "optional"}, ["stop", "proof", "ask", "away"]),
        ({"proof_of_purchase": "not_needed"}, ["stop", "ask", "away"]),
        ({"options": ({"kind": "repair"},)}, ["stop", "ask"]),
        ({"options": ({"kind": "repair"}, {"kind": "refund"})}, ["stop", "ask", "away"]),
    ],
)
def test_a_remedy_asks_only_the_steps_it_states(
    remedy: dict[str, Any], wanted: list[str]
) -> None:
    assert steps(recalled(**remedy)) == wanted


def test_what_is_not_known_to_be_recalled_is_checked_first() -> None:
    assert steps(recalled(), decided=False) == ["stop", "check", "ask", "away"]


def test_a_notice_without_any_remedy_still_has_steps() -> None:
    assert steps(a_notice()) == ["stop", "ask", "away"]


@pytest.mark.parametrize(
    ("text", "parts", "word"),
    [
        (
            "Model and serial number, your name, the date and the word “recalled” in marker.",
            ("label", "word", "name", "date"),
            "recalled",
        ),
        ("The front and the back of the product.", ("sides",), None),
        ("The back with the serial number.", ("serial",), None),
        ("The charger with its cord cut through.", ("cut",), None),
        ("One with the word 'Recalled' written on the front.", ("word",), "Recalled"),
        ("The model number and the date of purchase on the receipt.", ("model",), None),
    ],
)
def test_of_a_photo_is_read_what_the_notice_names(
    text: str, parts: tuple[str, ...], word: str | None
) -> None:
    wants = PhotoWants.read(text)

    assert wants is not None
    assert (wants.parts, wants.word) == (parts, word)


def test_of_a_photo_without_particulars_nothing_is_invented() -> None:
    assert PhotoWants.read("A clear picture of it.") is None
