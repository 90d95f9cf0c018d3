"""Screens: how something stands now, and buttons whose words are short commands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from babel.dates import format_time

from core.model.message import Block, Button, Message, Role
from core.model.recall import Notice
from core.model.subscriber import FeedStyle, GroupFeed, Pace, Takes, Wishes
from core.text.translations import Translator, own_name
from core.text.zones import UTC, LocalTime, local_time_name, zone_name

HOURS = (8, 12, 18)
QUIET = ("21-6", "22-7", "23-8")
BUDGETS = (1, 3, 5, 10, 20)
CHOSEN = "✓ "
# More than this a month and nobody reads them any more.
MANY = 30
ZONE_EXAMPLE = "/quiet zone Berlin"
ALERT_EXAMPLES = "/alerts daily, /alerts at 8, /alerts country US, /alerts answers off"
QUIET_EXAMPLES = "/quiet 22-7, /quiet off"
WATCH_EXAMPLES = "/watch Anker, /watch toy fire, /watch heater in Japan"
FEED_EXAMPLES: Mapping[str, str] = {
    "country": "/feed country US",
    "hazard": "/feed hazard fire",
    "category": "/feed category toy",
    "brand": "/feed brand Anker",
    "budget": "/feed budget 3",
    "role": "/feed role fire @123",
    "style": "/feed style thread",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a person told of themselves besides when to write: country, what they watch.

    `remembers` says that their answers are kept, so that they hear when one changes.
    """

    region: str | None = None
    watched: tuple[str, ...] = ()
    remembers: bool = True


@dataclass(frozen=True, slots=True)
class Would:
    """What a feed would have told of late: how many recalls, and the newest."""

    count: int
    newest: tuple[Notice, ...] = ()


def said(words: Translator, *texts: str, buttons: Sequence[Button] = ()) -> Message:
    """Return a message of plain texts with these buttons."""
    blocks = tuple(Block(Role.DETAIL, text) for text in texts)
    return Message(blocks, tuple(buttons), words.lang)


def alerts_screen(wished: Wishes, told: Told, words: Translator) -> Message:
    """Return when the person is written to, and how to change it."""
    lines = [_pace(wished, words), _quiet(wished, words)]
    if wished.alerts and wished.pace is not Pace.INSTANT:
        lines.insert(1, words("alerts_serious"))
    if told.watched:
        lines.append(words("watch_list", brands=words.both(told.watched)))
    country = words.region(told.region) if told.region else None
    lines.append(
        words("alerts_country", region=country)
        if country
        else words("alerts_country_unknown", example="/alerts country US")
    )
    lines.append(words("alerts_language", language=own_name(words.lang)))
    kept = "on" if told.remembers else "off"
    lines.append(words(f"alerts_answers_{kept}"))
    other = "off" if told.remembers else "on"
    answers = Button(words(f"button_answers_{other}"), f"/alerts answers {other}")
    return said(words, "\n".join(lines), buttons=[*_alert_buttons(wished, words), answers])


def _pace(wished: Wishes, words: Translator) -> str:
    if not wished.alerts:
        return words("alerts_off")
    if wished.pace is Pace.INSTANT:
        return words("alerts_instant")
    hour = _at(time(wished.hour), words)
    zone = zone_name(wished.zone or UTC, words)
    return words(f"alerts_{wished.pace}", hour=f"{hour} ({zone})")


def _quiet(wished: Wishes, words: Translator) -> str:
    quiet = wished.quiet
    if quiet is None:
        return words("quiet_off")
    start, end = _at(quiet.start, words), _at(quiet.end, words)
    return words("quiet_on", start=start, end=end, zone=zone_name(wished.zone or UTC, words))


def _at(moment: time, words: Translator) -> str:
    return format_time(moment, "short", locale=words.locale)


def _alert_buttons(wished: Wishes, words: Translator) -> Iterator[Button]:
    if not wished.alerts:
        yield Button(words("button_on"), "/alerts on")
        return
    for pace in Pace:
        if pace is not wished.pace:
            yield Button(words(f"button_{pace}"), f"/alerts {pace}")
    if wished.pace is not Pace.INSTANT:
        for hour in HOURS:
            if hour != wished.hour:
                yield Button(_at(time(hour), words), f"/alerts at {hour}")
    yield Button(words("button_quiet"), "/quiet")
    yield Button(words("button_off"), "/alerts off")


def quiet_screen(wished: Wishes, words: Translator) -> Message:
    """Return the quiet hours, and how to change them."""
    buttons = [Button(_span(span, words), f"/quiet {span}") for span in QUIET]
    if wished.quiet is not None:
        buttons.append(Button(words("button_no_quiet"), "/quiet off"))
        buttons.append(Button(words("button_zone"), "/quiet zone"))
    buttons.append(Button(words("button_back"), "/alerts"))
    return said(words, _quiet(wished, words), buttons=buttons)


def _span(span: str, words: Translator) -> str:
    return " – ".join(_at(time(int(hour)), words) for hour in span.split("-"))


def zone_screen(
    wished: Wishes, times: Sequence[LocalTime], now: datetime, words: Translator
) -> Message:
    """Return the question for the time zone, with those of the country to choose from."""
    lines = [words("quiet_zone", example=ZONE_EXAMPLE)]
    if wished.quiet is not None:
        lines.insert(0, _quiet(wished, words))
    if wished.alerts and wished.pace is not Pace.INSTANT:
        lines.insert(0, _pace(wished, words))
    buttons = [
        Button(local_time_name(local, now, words), f"/quiet zone {local.zone}")
        for local in times
    ]
    return said(words, *lines, buttons=buttons)


def watch_screen(brands: Sequence[str], words: Translator, *before: str) -> Message:
    """Return what is watched, numbered, behind what was just done."""
    if not brands:
        return said(words, *before, words("watch_none", example=WATCH_EXAMPLES))
    stop = [Button(words("button_stop", brand=name), f"/watch off {name}") for name in brands]
    lines = (f"{number}. {name}" for number, name in enumerate(brands, 1))
    now = "\n".join((words("watch_all"), *lines))
    return said(words, *before, now, words("watch_how"), buttons=stop)


@dataclass(frozen=True, slots=True)
class LinkedChat:
    """One of a person's chats: its number, name, what it takes, and whether it is this one."""

    number: int
    name: str
    takes: Takes
    here: bool = False


def link_screen(chats: Sequence[LinkedChat], words: Translator, *before: str) -> Message:
    """Return which chat of a person is for what, and buttons to change that."""
    named = [(chat, _chat_name(chat, words)) for chat in chats]
    lines = (
        words("feed_line", kind=name, chosen=words(f"takes_{chat.takes}"))
        for chat, name in named
    )
    buttons = [
        Button(
            words("feed_line", kind=name, chosen=words(f"takes_{takes}")),
            f"/link {takes} {chat.number}",
        )
        for chat, name in named
        for takes in Takes
        if takes is not chat.takes
    ]
    return said(words, *before, "\n".join((words("link_which"), *lines)), buttons=buttons)


def _chat_name(chat: LinkedChat, words: Translator) -> str:
    return words("link_here", chat=chat.name) if chat.here else chat.name


def wrong(examples: str, words: Translator) -> Message:
    """Return that something was not understood, and how it is said."""
    return said(words, words("not_understood", examples=examples))


def feed_screen(feed: GroupFeed, would: Would, words: Translator) -> Message:
    """Return what a group is told, what it would have been told, and how to change it."""
    now = words.counted("feed_on", feed.budget) if feed.active else words("feed_off")
    lines = [now, *_feed_lines(feed, words)]
    switch = "off" if feed.active else "on"
    buttons = [
        Button(words(f"button_{switch}"), f"/feed {switch}"),
        *(
            Button(words(f"feed_{kind}"), f"/feed {kind}")
            for kind in ("country", "hazard", "category", "brand")
        ),
        Button(words("button_budget"), "/feed budget"),
    ]
    seen = _would_have(would, words)
    narrow = [words("feed_many")] if would.count > MANY and not feed.narrow else []
    texts = ("\n".join(lines), seen, *narrow, words("feed_first"))
    return said(words, *texts, buttons=buttons)


def _feed_lines(feed: GroupFeed, words: Translator) -> Iterator[str]:
    for kind in ("country", "hazard", "category", "brand"):
        chosen = [choice_name(kind, one, words) for one in chosen_of(feed, kind)]
        yield _line(words, f"feed_{kind}", words.both(chosen) if chosen else words("feed_all"))
    if feed.style is not FeedStyle.PLAIN:
        yield _line(words, "feed_style", words(f"feed_style_{feed.style}"))
    for kind, role in feed.roles.items():
        name = words("feed_role", kind=choice_name("hazard", kind, words))
        yield words("feed_line", kind=name, chosen=role)


def _line(words: Translator, key: str, chosen: str) -> str:
    return words("feed_line", kind=words(key), chosen=chosen)


def _would_have(would: Would, words: Translator) -> str:
    if not would.count:
        return words("feed_preview_none")
    titles = (f"- {notice.product}" for notice in would.newest)
    more = ["- …"] if would.count > len(would.newest) else []
    return "\n".join((words.counted("feed_preview", would.count), *titles, *more))


def chosen_of(feed: GroupFeed, kind: str) -> tuple[str, ...]:
    """Return what a feed is narrowed to: by "country", "hazard", "category" or "brand"."""
    return {
        "country": feed.countries,
        "hazard": tuple(kind.value for kind in feed.hazards),
        "category": feed.categories,
        "brand": feed.brands,
    }[kind]


def choice_name(kind: str, one: str, words: Translator) -> str:
    """Return what a country, hazard, category or brand is called."""
    if kind == "country":
        return words.region(one)
    key = {"hazard": f"web_hazard_{one}", "category": f"category_{one}"}.get(kind, "")
    return words(key) if key and words.has(key) else one


def choice_screen(
    kind: str, feed: GroupFeed, offered: Iterable[str], words: Translator
) -> Message:
    """Return what a feed can be narrowed to, each to be pressed for more or less."""
    chosen = chosen_of(feed, kind)
    text = words("feed_choose", kind=words(f"feed_{kind}"), example=FEED_EXAMPLES[kind])
    buttons = [Button(words("button_back"), "/feed")]
    if chosen:
        buttons.append(Button(words("button_all"), f"/feed {kind} all"))
    for one in dict.fromkeys((*chosen, *offered)):
        mark = CHOSEN if one in chosen else ""
        buttons.append(Button(mark + choice_name(kind, one, words), f"/feed {kind} {one}"))
    return said(words, text, buttons=buttons)


def budget_screen(words: Translator) -> Message:
    """Return the question how many posts a day a group wants at most."""
    buttons = [Button(str(number), f"/feed budget {number}") for number in BUDGETS]
    back = Button(words("button_back"), "/feed")
    text = words("feed_budget", example=FEED_EXAMPLES["budget"])
    return said(words, text, buttons=[*buttons, back])
