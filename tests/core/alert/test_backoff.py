"""How a delivery that failed goes on: nothing is lost, nothing public is said twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.alert.backoff import (
    DOUBTFUL_PAUSE,
    FIRST_PAUSE,
    GIVE_UP_AFTER,
    LONGEST_PAUSE,
    LONGEST_WAIT,
    Again,
    Move,
    Next,
    Settle,
    Tried,
    after,
    pause,
)
from core.channel import (
    Address,
    AddressGone,
    DeliveryError,
    DeliveryUnknown,
    PostRejected,
    TryLater,
)
from core.model.delivery import Because, State
from tests.builders import STEADY

NOW = datetime(2026, 6, 14, 9, 0, tzinfo=UTC)
ONCE = Tried(1, NOW, NOW, key="7-3-1")
NEW_CHAT = Address("telegram", "-1001")
MAY_HAVE_ARRIVED = Settle(State.UNKNOWN, Because.MAY_HAVE_ARRIVED)
A_SECOND, A_DAY = timedelta(seconds=1), timedelta(days=1)


def go_on(error: DeliveryError, tried: Tried) -> tuple[Next, Tried, int]:
    """Fail with the same error until it settles, and note each as an outbox would."""
    attempts = 1
    while isinstance(outcome := after(error, tried), Again):
        assert outcome.at > tried.now
        attempts += 1
        doubtful = outcome.because is Because.MAY_HAVE_ARRIVED
        tried = replace(tried, attempts=attempts, now=outcome.at, doubtful=doubtful)
    return outcome, tried, attempts


def test_a_pause_doubles_up_to_half_an_hour() -> None:
    pauses = [pause(attempts, "7-3-1") for attempts in (1, 2, 3, 12, 10_000)]

    expected = [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]
    shares = [got / plain for got, plain in zip(pauses, expected, strict=True)]
    assert all(0.75 <= share <= 1.25 for share in shares)


def test_what_failed_together_does_not_come_back_together() -> None:
    pauses = {pause(4, f"{delivery}-3-1") for delivery in range(100)}

    assert len(pauses) == 100
    assert pause(4, "7-3-1") == pause(4, "7-3-1")


@pytest.mark.parametrize("asked", [A_SECOND, timedelta(hours=3)])
def test_s06_the_wait_a_platform_asks_for_is_kept(asked: timedelta) -> None:
    assert after(TryLater(asked), ONCE) == Again(NOW + asked, Because.TRY_LATER)


@pytest.mark.parametrize("asked", [None, timedelta(), -A_SECOND])
def test_without_a_wait_it_pauses_by_itself(asked: timedelta | None) -> None:
    found = after(TryLater(asked), ONCE)

    assert found == Again(NOW + pause(1, "7-3-1"), Because.TRY_LATER)


def test_a_wait_of_years_is_not_kept() -> None:
    found = after(TryLater(timedelta(days=4000)), ONCE)

    assert found == Again(NOW + LONGEST_WAIT, Because.TRY_LATER)


@pytest.mark.parametrize("asked", [None, A_SECOND, timedelta(hours=30)])
def test_it_is_tried_for_a_week_before_it_is_given_up(asked: timedelta | None) -> None:
    outcome, tried, _ = go_on(TryLater(asked), ONCE) if asked != A_SECOND else slow(A_SECOND)

    assert outcome == Settle(State.ABANDONED, Because.TRIED_TOO_LONG)
    assert GIVE_UP_AFTER <= tried.now - NOW <= GIVE_UP_AFTER + A_DAY


def slow(asked: timedelta) -> tuple[Next, Tried, int]:
    """Skip the hundreds of thousands of attempts a wait of a second would make."""
    return go_on(TryLater(asked), replace(ONCE, attempts=600_000, now=NOW + GIVE_UP_AFTER))


def test_a_week_of_our_own_silence_is_not_a_week_of_trying() -> None:
    after_downtime = replace(ONCE, attempts=2, now=NOW + 30 * A_DAY)

    assert isinstance(after(TryLater(), after_downtime), Again)


@pytest.mark.parametrize("kind", [TryLater(), DeliveryUnknown()])
def test_what_may_have_arrived_is_never_called_given_up(kind: DeliveryError) -> None:
    long = replace(ONCE, attempts=900, now=NOW + GIVE_UP_AFTER, doubtful=True, harmless=True)

    assert after(kind, long) == MAY_HAVE_ARRIVED


def test_s07_a_direct_alert_that_may_have_arrived_is_repeated_once() -> None:
    first = after(DeliveryUnknown(), ONCE)
    outcome, _, attempts = go_on(DeliveryUnknown(), ONCE)

    assert first == Again(NOW + DOUBTFUL_PAUSE, Because.MAY_HAVE_ARRIVED)
    assert (outcome, attempts) == (MAY_HAVE_ARRIVED, 2)


def test_the_doubt_stays_when_the_platform_then_asks_to_wait() -> None:
    doubtful = replace(ONCE, attempts=2, doubtful=True)

    assert after(TryLater(A_SECOND), doubtful) == Again(
        NOW + A_SECOND, Because.MAY_HAVE_ARRIVED
    )


def test_a_public_post_that_may_have_arrived_waits_for_a_human() -> None:
    assert after(DeliveryUnknown(), replace(ONCE, direct=False)) == MAY_HAVE_ARRIVED


@pytest.mark.parametrize("tried", [ONCE, replace(ONCE, direct=False)])
def test_where_the_key_makes_it_harmless_it_is_repeated_for_a_week(tried: Tried) -> None:
    outcome, last, attempts = go_on(DeliveryUnknown(), replace(tried, harmless=True))

    assert outcome == MAY_HAVE_ARRIVED
    assert last.now - NOW >= GIVE_UP_AFTER
    assert attempts > 300


def test_s09_a_chat_that_moved_gets_it_at_once_at_its_new_address() -> None:
    assert after(AddressGone(NEW_CHAT), ONCE) == Move(NEW_CHAT, NOW)


def test_addresses_that_name_each_other_are_not_tried_in_a_rush() -> None:
    often = replace(ONCE, attempts=9)

    assert after(AddressGone(NEW_CHAT), often) == Move(NEW_CHAT, NOW + pause(9, "7-3-1"))


def test_s10_an_address_that_is_gone_settles_this_delivery() -> None:
    assert after(AddressGone(), ONCE) == Settle(State.GONE, Because.ADDRESS_GONE)


def test_a_malformed_post_is_not_sent_again() -> None:
    assert after(PostRejected(), ONCE) == Settle(State.REJECTED, Because.POST_REJECTED)


@STEADY
@given(
    st.sampled_from([TryLater(), TryLater(A_DAY), DeliveryUnknown(), AddressGone()]),
    st.builds(
        replace,
        st.just(ONCE),
        attempts=st.integers(1, 9),
        direct=st.booleans(),
        harmless=st.booleans(),
        now=st.integers(0, 8).map(lambda days: NOW + days * A_DAY),
    ),
)
@example(TryLater(A_DAY), replace(ONCE, attempts=2, now=NOW + 8 * A_DAY))
def test_every_failure_ends_and_nothing_is_given_up_before_its_time(
    error: DeliveryError, tried: Tried
) -> None:
    outcome, last, _ = go_on(error, tried)

    assert isinstance(outcome, Settle)
    assert outcome.state.settled
    gave_up = outcome.state is State.ABANDONED
    assert not gave_up or last.now - NOW >= GIVE_UP_AFTER
