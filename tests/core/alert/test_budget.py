"""How many posts a group's feed has in a day."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.alert.budget import Course, course
from core.model.outbox import FeedDay
from core.model.subscriber import MOST_POSTS
from tests.builders import STEADY

COUNTS = st.integers(0, 60)
DAYS = st.builds(FeedDay, COUNTS, st.integers(1, 60), COUNTS)


@pytest.mark.parametrize(
    ("posted", "waiting", "gathering", "becomes"),
    [
        (0, 1, 0, Course.POST),
        (0, 5, 0, Course.POST),
        (3, 2, 0, Course.POST),
        (0, 6, 0, Course.CARD_NOW),
        (0, 40, 0, Course.CARD_NOW),
        (3, 3, 0, Course.CARD_NOW),
        (5, 1, 0, Course.CARD_NEXT_DAY),
        (5, 40, 0, Course.CARD_NEXT_DAY),
        (9, 1, 0, Course.CARD_NEXT_DAY),
        # The last of many, whose card is about to go: it is on that card, too.
        (0, 1, 39, Course.CARD_NOW),
        (5, 1, 1, Course.CARD_NOW),
    ],
)
def test_what_fits_is_posted_and_more_is_one_card(
    posted: int, waiting: int, gathering: int, becomes: Course
) -> None:
    assert course(5, FeedDay(posted, waiting, gathering)) is becomes


@given(st.integers(1, MOST_POSTS), DAYS)
@STEADY
def test_whatever_is_posted_all_that_waits_fits_the_budget(budget: int, day: FeedDay) -> None:
    becomes = course(budget, day)

    assert (becomes is Course.POST) == (
        not day.gathering and day.posted + day.waiting <= budget
    )


@given(st.integers(1, MOST_POSTS), DAYS)
@STEADY
def test_all_that_wait_together_take_the_same_course(budget: int, day: FeedDay) -> None:
    """Each is decided on alone, some of them when others are on the card already."""
    becomes = course(budget, day)
    if becomes is not Course.CARD_NOW:
        return

    for decided in range(1, day.waiting):
        later = FeedDay(day.posted, day.waiting - decided, day.gathering + decided)
        assert course(budget, later) is Course.CARD_NOW
