"""Which deliveries go first, which hazards are serious, and which states are final."""

from __future__ import annotations

from itertools import product

import pytest

from core.model.delivery import News, Reason, State, Tier, rank, serious, tier_of
from core.model.recall import HazardKind
from tests.builders import a_notice


def test_serious_news_goes_first_then_whoever_is_nearest_to_the_danger() -> None:
    queue = sorted(product(Tier, (True, False)), key=lambda one: rank(one[0], serious=one[1]))

    news, follow_ups = queue[:8], queue[8:]
    assert [tier for tier, _ in news] == [*Tier][:4] * 2
    assert [bad for _, bad in news] == [True] * 4 + [False] * 4
    assert follow_ups == [(Tier.FOLLOW_UP, True), (Tier.FOLLOW_UP, False)]


def test_every_place_in_the_queue_is_its_own() -> None:
    places = {rank(tier, serious=bad) for tier, bad in product(Tier, (True, False))}

    assert places == set(range(10))


@pytest.mark.parametrize(
    ("reason", "of_an_item", "of_nothing"),
    [
        (Reason.ALERT, Tier.OWNER, Tier.INTEREST),
        (Reason.CORRECTION, Tier.OWNER, Tier.INTEREST),
        (Reason.ANSWER, Tier.OWNER, Tier.ANSWER),
        (Reason.FEED, Tier.GROUP, Tier.GROUP),
        (Reason.REMINDER, Tier.FOLLOW_UP, Tier.FOLLOW_UP),
        (Reason.DIGEST, Tier.FOLLOW_UP, Tier.FOLLOW_UP),
        (Reason.TEST, Tier.FOLLOW_UP, Tier.FOLLOW_UP),
    ],
)
def test_whom_it_concerns_follows_from_the_reason_and_the_item(
    reason: Reason, of_an_item: Tier, of_nothing: Tier
) -> None:
    assert tier_of(reason, owned=True) is of_an_item
    assert tier_of(reason) is of_nothing


def test_what_a_group_is_told_is_of_its_tier() -> None:
    assert tier_of(Reason.CORRECTION, group=True) is Tier.GROUP


@pytest.mark.parametrize("kind", HazardKind)
def test_what_can_kill_before_morning_is_serious(kind: HazardKind) -> None:
    notice = a_notice(hazard={"kinds": [kind], "text": "It can hurt.", "source": "cpsc"})

    low = {HazardKind.LACERATION, HazardKind.FALL, HazardKind.IMPACT, HazardKind.OTHER}
    assert serious(notice) is (kind not in low)


def test_one_serious_hazard_of_several_is_enough() -> None:
    kinds = [HazardKind.LACERATION, HazardKind.FIRE]
    notice = a_notice(hazard={"kinds": kinds, "text": "It can hurt.", "source": "cpsc"})

    assert serious(notice)


def test_a_delivery_rests_once_it_is_sent_or_cannot_be() -> None:
    rest = {state for state in State if state.settled}

    assert rest == {State.SENT, State.UNKNOWN, State.GONE, State.REJECTED, State.ABANDONED}


def test_the_stored_numbers_and_words_stay_as_they_are() -> None:
    assert [*map(int, State)] == [*range(9)]
    assert News(Reason("answer"), Tier(1), serious=True).tier.at_hand
