"""What an account's form says: name, rules and style, or what is wrong with each field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import available_timezones

from bots.web.desk.form import Form
from core.model.public import Account, Links, Mode, Rules, Style
from core.model.recall import HazardKind
from core.model.subscriber import QuietHours
from core.text.translations import Translator, languages, spoken

LONGEST_NAME = 80
LONGEST_DELAY = 7 * 24 * 60
MOST_A_DAY = 500
_BETWEEN = re.compile(r"[\s,;]+")
_COUNTRY = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into the form, as it is shown again, and what is wrong by field."""

    name: str = ""
    rules: Rules = field(default_factory=Rules)
    style: Style = field(default_factory=Style)
    given: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def of_account(account: Account) -> Typed:
    """Return the form as it stands for an account."""
    return Typed(account.name, account.rules, account.style, _as_text(account.rules))


def empty(lang: str) -> Typed:
    """Return the form of a new account that writes in that language."""
    return Typed(style=Style(lang=lang), given=_as_text(Rules()))


def _as_text(rules: Rules) -> Mapping[str, str]:
    hours = rules.hours
    return {
        "delay": str(round(rules.delay.total_seconds() / 60)),
        "countries": " ".join(rules.countries),
        "brands": "\n".join(rules.brands),
        "hours": f"{hours.start:%H:%M}-{hours.end:%H:%M}" if hours else "",
        "zone": rules.zone or "",
        "per_day": str(rules.per_day),
    }


def read(form: Form, words: Translator) -> Typed:
    """Return what a form says; `errors` is empty where it can be kept."""
    names = ("delay", "countries", "brands", "hours", "zone", "per_day")
    given = {name: form.one(name).strip() for name in names}
    name = form.one("name").strip()[:LONGEST_NAME]
    errors = {} if name else {"name": words("desk_missing")}
    errors |= {key: words(text) for key, text in _wrong_with(form, given).items()}
    return Typed(name, _rules(form, given), _style(form), given, errors)


def _wrong_with(form: Form, given: Mapping[str, str]) -> Mapping[str, str]:
    errors = {}
    if not _within(form.number("delay"), 0, LONGEST_DELAY):
        errors["delay"] = "desk_number_bad"
    if not _within(form.number("per_day"), 1, MOST_A_DAY):
        errors["per_day"] = "desk_number_bad"
    if any(not _COUNTRY.fullmatch(one) for one in _codes(given["countries"])):
        errors["countries"] = "desk_country_bad"
    if given["hours"] and QuietHours.parse(given["hours"]) is None:
        errors["hours"] = "desk_hours_bad"
    if given["zone"] and given["zone"] not in available_timezones():
        errors["zone"] = "desk_zone_bad"
    if not all(_COUNTRY.fullmatch(one) for one in _codes(form.one("region"))):
        errors["region"] = "desk_country_bad"
    return errors


def _within(number: int | None, least: int, most: int) -> bool:
    return number is not None and least <= number <= most


def _codes(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, _BETWEEN.split(text.strip().upper()))))


def _rules(form: Form, given: Mapping[str, str]) -> Rules:
    hazards = set(form.all("hazard"))
    brands = [one.strip() for one in given["brands"].splitlines()]
    known = Rules()
    return Rules(
        mode=Mode(form.one("mode")) if form.one("mode") in set(Mode) else known.mode,
        delay=timedelta(minutes=min(form.number("delay") or 0, LONGEST_DELAY)),
        countries=_codes(given["countries"]),
        hazards=tuple(one for one in HazardKind if one.value in hazards),
        categories=tuple(dict.fromkeys(form.all("category"))),
        brands=tuple(dict.fromkeys(filter(None, brands))),
        hours=QuietHours.parse(given["hours"]) if given["hours"] else None,
        zone=given["zone"] or None,
        per_day=form.number("per_day") or known.per_day,
        two_for_serious=bool(form.one("two_for_serious")),
        round_up=bool(form.one("round_up")),
    )


def _style(form: Form) -> Style:
    known = Style()
    lang = spoken(form.one("lang")[:40]) or known.lang
    return Style(
        lang=lang if lang in languages() else known.lang,
        region=next(iter(_codes(form.one("region"))), None),
        threads=bool(form.one("threads")),
        links=Links(form.one("links")) if form.one("links") in set(Links) else known.links,
        pictures=bool(form.one("pictures")),
    )
