"""What owners are to do now, by what kind of thing it is: a pacemaker is not left unused."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum

from core.model.recall import Notice
from core.text.names import is_battery
from core.text.translations import Translator

_EATEN = frozenset({"food", "meat", "seafood", "drink", "baby-food", "infant-formula"})
_MEDICAL = frozenset({"drug", "medical-device"})
_ON_THE_ROAD = frozenset({"vehicle", "motorcycle"})
_NOT_TO_DRIVE = re.compile(
    r"\b(?:do not|don['’]t|not to|stop|must not|should not) (?:driv|be driven|rid|be ridden)"
    r"|\bne (?:pas|plus) (?:conduire|rouler|circuler|utiliser)\b|\bstop drive\b",
    re.IGNORECASE,
)
_OUTSIDE = re.compile(r"\bpark(?:ed|ing)?(?: \w+){0,3} (?:outside|outdoors)\b", re.IGNORECASE)
# Sentences stand side by side without a space.
_CLOSE = ("ja", "zh")


class Advice(StrEnum):
    """Which advice a recall calls for; the texts are `action_<value>`.

    OTHER and BATTERY are not used, FOOD is not eaten; with MEDICAL things, stopping may hurt
    more than going on; a VEHICLE is seen to, and left only where its notice says so.
    """

    BATTERY = "battery"
    FOOD = "food"
    MEDICAL = "medical"
    VEHICLE = "vehicle"
    NO_DRIVING = "no_driving"
    OTHER = "other"


# The same whether or not it is known that this very unit is covered.
_ALWAYS = frozenset({Advice.FOOD, Advice.MEDICAL})
# Nobody is asked whether they stopped using these.
KEPT_IN_USE = frozenset({Advice.MEDICAL, Advice.VEHICLE})


def advice_of(notice: Notice) -> Advice:
    """Return which advice a notice calls for, by its category and its own words."""
    if is_battery(notice):
        return Advice.BATTERY
    if notice.category in _EATEN:
        return Advice.FOOD
    if notice.category in _MEDICAL:
        return Advice.MEDICAL
    if notice.category in _ON_THE_ROAD:
        return Advice.NO_DRIVING if _says(_NOT_TO_DRIVE, notice) else Advice.VEHICLE
    return Advice.OTHER


def action_of(notice: Notice, words: Translator, *, known: bool) -> str:
    """Return what to do now where a unit is `known` to be covered, or until that is known."""
    return _with_place(words(f"action_{_which(notice, known=known)}"), notice, words)


def brief_action(notice: Notice, words: Translator, *, known: bool) -> str:
    """Return the same in one sentence, for posts; where a vehicle is to stand in a second."""
    which = _which(notice, known=known)
    battery = advice_of(notice) is Advice.BATTERY
    return _with_place(
        words(f"post_action_{which}" if battery else f"action_{which}"), notice, words
    )


def bare_action(notice: Notice, words: Translator) -> str:
    """Return the same in the fewest words there are."""
    if parks_outside(notice) and advice_of(notice) is Advice.VEHICLE:
        return words("post_action_bare_outside")
    return words(f"post_action_bare_{advice_of(notice)}")


def action_for_all(notices: Iterable[Notice], words: Translator) -> str:
    """Return what to do about each of several recalls, where one sentence is for all."""
    whole = words("digest_action")
    if any(advice_of(notice) is Advice.MEDICAL for notice in notices):
        return _joined(whole, words("digest_medical"), words)
    return whole


def parks_outside(notice: Notice) -> bool:
    """Say whether the notice wants a vehicle parked outside."""
    return notice.category in _ON_THE_ROAD and _says(_OUTSIDE, notice)


def _which(notice: Notice, *, known: bool) -> str:
    advice = advice_of(notice)
    return advice if known or advice in _ALWAYS else f"{advice}_until"


def _with_place(action: str, notice: Notice, words: Translator) -> str:
    if not parks_outside(notice):
        return action
    return _joined(action, words("action_outside"), words)


def _joined(first: str, second: str, words: Translator) -> str:
    return f"{first}{'' if words.lang.startswith(_CLOSE) else ' '}{second}"


def _says(wanted: re.Pattern[str], notice: Notice) -> bool:
    """Say whether the notice's own words have it: what can hurt, its title, its remedies."""
    remedies = (remedy.text for remedy in notice.remedies)
    texts = (notice.hazard.text, notice.title or "", *remedies)
    return any(wanted.search(text) for text in texts)
