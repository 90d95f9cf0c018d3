"""The first word of a recall: to who owns it, to who watches for it, to who once asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.model.identifier import fold
from core.model.message import Block, Button, Message, Role
from core.model.verdict import Reason, Verdict
from core.text.alerts.parts import (
    OF_AN_ALERT,
    Mine,
    News,
    Reader,
    Telling,
    buttons,
    of_mine,
    of_product,
    ways,
)
from core.text.covered import models_of
from core.text.translations import Translator

WAYS = {
    Verdict.AFFECTED: "alert_headline_yours",
    Verdict.CHECK_NEEDED: "alert_headline_check",
}


@dataclass(frozen=True, slots=True)
class Earlier:
    """What somebody was once answered, and when."""

    verdict: Verdict
    at: datetime


def first_alert(news: News, mine: Mine, reader: Reader) -> Message:
    """Return the alert to an owner; ask `mine.concerned` first whether there is anything."""
    return _to_owner(news, mine, reader, ())


def interest_alert(news: News, watched: Sequence[str], reader: Reader) -> Message:
    """Return the alert to who watches a brand, a kind of product, a hazard … and owns none.

    `watched` names what they watch, in their language.
    """
    words = reader.words
    told = of_product(news, reader)
    why = Block(Role.DETAIL, words("alert_watched", names=words.both(watched)))
    headline = words("alert_headline", kind=told.kind, product=told.product)
    return told.message(headline, [why], reader, _to_watcher(news, words))


def answer_changed(news: News, mine: Mine, earlier: Earlier, reader: Reader) -> Message:
    """Return the alert to who once asked and was told something else (S21)."""
    key = f"alert_earlier_{earlier.verdict}"
    changed = Block(Role.VERDICT, reader.words(key, day=reader.day(earlier.at)))
    return _to_owner(news, mine, reader, [changed])


def headline_of(mine: Mine, told: Telling, words: Translator) -> str:
    """Return the headline: yours, yours to be checked, or recalled in another country."""
    key = WAYS.get(mine.decision.verdict, "alert_headline")
    if mine.decision.reason is Reason.RECALLED_ELSEWHERE:
        key = "alert_headline"  # what kind it is says so already
    return words(key, kind=told.kind, product=told.product)


def _to_owner(news: News, mine: Mine, reader: Reader, before: Iterable[Block]) -> Message:
    told = of_mine(news, mine, reader)
    headline = headline_of(mine, told, reader.words)
    pressed = buttons(ways(OF_AN_ALERT, told.lead), news.alert, reader.words)
    return told.message(headline, before, reader, pressed)


def _to_watcher(news: News, words: Translator) -> tuple[Button, ...]:
    """Return the way to have one's own checked, and to hear less."""
    lead = news.notices[0]
    name = next(iter((*models_of(lead), *lead.names)), lead.product)
    brand = lead.brands[0]
    whole = name if fold(name).startswith(fold(brand)) else f"{brand} {name}"
    check = Button(words("alert_button_check"), f"/check {whole}")
    return (check, Button(words("button_alerts"), "/alerts"))
