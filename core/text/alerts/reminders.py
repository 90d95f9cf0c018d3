"""The five reminders, each in other words, until somebody says that it is done."""

from __future__ import annotations

from datetime import datetime

from core.model.message import Block, Button, Message, Role
from core.model.verdict import Verdict
from core.text.advice import KEPT_IN_USE, advice_of
from core.text.alerts.parts import (
    AFTER_DONE,
    DONE,
    TOLD,
    Mine,
    News,
    Reader,
    Telling,
    buttons,
    of_mine,
)

MOST = 5
MOST_REMEDIES = 2


def reminder(number: int, news: News, mine: Mine, told_at: datetime, reader: Reader) -> Message:
    """Return reminder 1 to 5 of what was told `told_at`: short, what to do now first.

    Raises ValueError for any other number.
    """
    if not 1 <= number <= MOST:
        raise ValueError(f"no reminder {number}")
    words = reader.words
    told = of_mine(news, mine, reader)
    known = mine.decision.verdict is Verdict.AFFECTED
    steps = [one for one in told.why if one.role is Role.NEXT_STEP and not known]
    headline = words(_headline(number, told), kind=told.kind, product=told.product)
    why = words(f"reminder_{number}", day=reader.day(told_at))
    remedies = [one for one in told.remedies if one.role is Role.REMEDY]
    blocks = (
        Block(Role.HEADLINE, headline),
        told.action,
        told.hazard,
        Block(Role.VERDICT, why),
        *steps,
        *remedies[:MOST_REMEDIES],
        *told.sources[:1],
    )
    done = Button(words("reminder_button_done"), f"{TOLD} {DONE} {news.alert}")
    others = buttons(AFTER_DONE, news.alert, words)
    return Message(blocks, (done, *others), words.lang, anew=True)


def _headline(number: int, told: Telling) -> str:
    """Return which headline it has: who is not to stop is not asked whether they have."""
    if number == 1 and advice_of(told.lead) in KEPT_IN_USE:
        return "alert_headline_yours"
    return f"reminder_headline_{number}"
