"""How many posts a group's feed has in a day, and what becomes of more; pure."""

from __future__ import annotations

from enum import Enum

from core.model.outbox import FeedDay


class Course(Enum):
    """What becomes of a recall that a feed is to post."""

    POST = "post"
    # Everything that waits goes on one card at once, as after days of being down (S05).
    CARD_NOW = "card_now"
    # The day has had its posts: it goes on the card of the next day.
    CARD_NEXT_DAY = "card_next_day"


def course(budget: int, day: FeedDay) -> Course:
    """Return what becomes of each recall that waits for a feed with room for `budget` a day.

    As long as there is room for all that waits they are posted. More of them are one card, and
    none of them is posted before. Where there is no room at all they wait for the next day's.
    A day never has more posts and cards than its budget and that one card.
    """
    room = budget - day.posted
    coming = day.waiting + day.gathering
    if day.gathering or 0 < room < coming:
        return Course.CARD_NOW
    return Course.POST if coming <= room else Course.CARD_NEXT_DAY
