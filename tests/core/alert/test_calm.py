"""When what may have arrived is sent again: not while the platform still fails."""

from __future__ import annotations

from datetime import timedelta

from core.alert.calm import APART, CALM, FIRST_WAIT, LONGEST_WAIT, PROVEN
from tests.builders import NOW

SECOND = timedelta(seconds=1)


def test_while_nothing_failed_nothing_waits() -> None:
    assert CALM.waits(NOW) is None
    assert CALM.trying(NOW) is CALM
    assert CALM.answered() is CALM


def test_after_one_failure_it_waits_a_little() -> None:
    calm = CALM.failed(NOW)

    assert calm.waits(NOW) == NOW + FIRST_WAIT
    assert calm.waits(NOW + FIRST_WAIT) is None


def test_each_failure_doubles_the_wait_up_to_half_an_hour() -> None:
    calm, waits = CALM, []
    for _ in range(6):
        calm = calm.failed(NOW)
        waits.append(calm.waits(NOW))

    first = [NOW + FIRST_WAIT * 2**number for number in range(4)]
    assert waits == [*first, NOW + LONGEST_WAIT, NOW + LONGEST_WAIT]


def test_one_answer_among_failures_proves_nothing() -> None:
    calm = CALM.failed(NOW).answered()

    assert calm.waits(NOW + SECOND) == NOW + FIRST_WAIT


def test_many_answers_in_a_row_prove_that_the_platform_is_well() -> None:
    calm = CALM.failed(NOW)
    for _ in range(PROVEN):
        calm = calm.answered()

    assert calm is CALM


def test_a_failure_makes_the_answers_before_it_count_no_more() -> None:
    calm = CALM.failed(NOW)
    for _ in range(PROVEN - 1):
        calm = calm.answered()
    calm = calm.failed(NOW)

    assert calm.answered().waits(NOW) == NOW + 2 * FIRST_WAIT


def test_where_time_alone_says_so_one_is_tried_after_the_other() -> None:
    later = NOW + FIRST_WAIT
    calm = CALM.failed(NOW).trying(later)

    assert calm.waits(later) == later + APART
    assert calm.waits(later + APART) is None
