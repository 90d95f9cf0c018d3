"""When a platform that fails is left alone, and how it is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from core.alert.circuit import (
    CLOSED,
    FAILURES,
    FIRST_PAUSE,
    LONGEST_PAUSE,
    PROBE_LASTS,
    Circuit,
    counts,
)
from core.channel import AddressGone, DeliveryError, DeliveryUnknown, PostRejected, TryLater
from tests.builders import STEADY

NOW = datetime(2026, 6, 14, 9, 0, tzinfo=UTC)
A_SECOND = timedelta(seconds=1)


def opened(now: datetime = NOW) -> Circuit:
    circuit = CLOSED
    for _ in range(FAILURES):
        circuit = circuit.failed(now, now)
    return circuit


def probed(circuit: Circuit) -> tuple[Circuit, datetime]:
    assert circuit.until is not None
    return circuit.sending(circuit.until), circuit.until


@pytest.mark.parametrize("error", [DeliveryUnknown(), TryLater()])
def test_a_platform_that_times_out_or_names_no_wait_fails(error: DeliveryError) -> None:
    assert counts(error)


@pytest.mark.parametrize("error", [TryLater(A_SECOND), AddressGone(), PostRejected()])
def test_what_a_platform_answers_is_no_failure_of_it(error: DeliveryError) -> None:
    assert not counts(error)


def test_it_opens_after_failures_in_a_row() -> None:
    circuit = CLOSED
    for _ in range(FAILURES - 1):
        circuit = circuit.failed(NOW, NOW)

    assert circuit.closed
    assert circuit.permits(NOW)
    assert not circuit.failed(NOW, NOW).closed


def test_an_answer_between_failures_starts_the_count_again() -> None:
    circuit = CLOSED
    for _ in range(3 * FAILURES):
        circuit = circuit.failed(NOW, NOW).answered()

    assert circuit == CLOSED


def test_an_open_one_lets_nothing_through_until_its_pause_is_over() -> None:
    circuit = opened()

    assert not circuit.permits(NOW + FIRST_PAUSE - A_SECOND)
    assert circuit.permits(NOW + FIRST_PAUSE)


def test_one_post_at_a_time_probes() -> None:
    circuit, now = probed(opened())

    assert not circuit.permits(now)
    assert circuit.permits(now + PROBE_LASTS)


def test_sending_through_a_closed_one_is_no_probe() -> None:
    assert CLOSED.sending(NOW) == CLOSED


def test_a_probe_that_is_answered_closes_it() -> None:
    circuit, _ = probed(opened())

    assert circuit.answered() == CLOSED
    assert CLOSED.answered() is CLOSED


def test_each_failed_probe_doubles_the_pause_up_to_ten_minutes() -> None:
    circuit, pauses = opened(), []
    for _ in range(60):
        circuit, now = probed(circuit)
        circuit = circuit.failed(now, now)
        assert circuit.until is not None
        pauses.append(circuit.until - now)

    assert pauses[:3] == [2 * FIRST_PAUSE, 4 * FIRST_PAUSE, 8 * FIRST_PAUSE]
    assert pauses[-1] == max(pauses) == LONGEST_PAUSE


def test_what_was_under_way_when_it_opened_does_not_lengthen_the_pause() -> None:
    circuit, now = probed(opened())

    assert opened().failed(NOW, NOW + A_SECOND) == opened()
    assert circuit.failed(NOW, now) == circuit


class Outage(RuleBasedStateMachine):
    """A platform up and down at random, posts under way, a sender that dies."""

    def __init__(self) -> None:
        super().__init__()
        self.circuit, self.now = CLOSED, NOW
        self.under_way: list[datetime] = []
        self.probes: list[datetime] = []

    @rule(seconds=st.integers(0, 200))
    def time_goes_on(self, seconds: int) -> None:
        self.now += seconds * A_SECOND

    @rule()
    def a_post_is_sent_where_permitted(self) -> None:
        if self.circuit.permits(self.now):
            self.probes = [*self.probes, self.now] if not self.circuit.closed else []
            self.circuit = self.circuit.sending(self.now)
            self.under_way.append(self.now)

    @rule()
    def one_under_way_fails(self) -> None:
        if self.under_way:
            self.circuit = self.circuit.failed(self.under_way.pop(), self.now)

    @rule()
    def one_under_way_arrives(self) -> None:
        if self.under_way:
            self.under_way.pop()
            self.circuit = self.circuit.answered()
            assert self.circuit.permits(self.now)

    @rule()
    def its_sender_dies(self) -> None:
        self.under_way.clear()

    @invariant()
    def it_is_tried_again_before_long(self) -> None:
        assert self.circuit.permits(self.now + LONGEST_PAUSE + PROBE_LASTS)

    @invariant()
    def probes_come_apart(self) -> None:
        assert len(self.probes) == len(set(self.probes))


Outage.TestCase.settings = settings(STEADY, max_examples=50, stateful_step_count=40)
test_a_circuit_never_stays_open_and_never_floods = Outage.TestCase
