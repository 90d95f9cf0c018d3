"""Platforms that only count, readers and recalls, for the tests of what is posted."""

from __future__ import annotations

import re
from functools import cache

from core.model.message import Message
from core.model.public import Links, Part, Style
from core.model.recall import Notice
from core.model.rule import Rule
from core.publish.posts.platform import Platform
from core.text.alerts.parts import Reader
from core.text.translations import translator
from tests.builders import NOW, a_notice
from tests.core.text.alerts_stage import catalogue

LANGS = ("en", "de", "es", "fr", "ja", "zh-Hans", "zh-Hant")
LINK = 23
_SINGLE = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))


def weighted(message: Message) -> int:
    """Return about what X counts: two for most scripts, 23 for a link."""
    lines = [
        f"{block.text} {block.quote.text if block.quote else ''}" for block in message.blocks
    ]
    links = sum(block.url is not None for block in message.blocks)
    text = "\n".join(line.strip() for line in lines)
    return sum(map(_weight, map(ord, text))) + links * (LINK + 1)


@cache
def _weight(code: int) -> int:
    return 1 if any(first <= code <= last for first, last in _SINGLE) else 2


def counting(most: int, caption: int | None = None, *, hashtags: bool = True) -> Platform:
    """Return a platform of so many characters, fewer under a picture."""

    def fits(message: Message, picture: bool) -> bool:  # noqa: FBT001 - the contract's shape
        room = caption if picture and caption else most
        return len(message.plain) <= room

    return Platform(fits, hashtags=hashtags)


TIGHT = Platform(lambda message, _: weighted(message) <= 280)
LINKLESS = Platform(lambda message, _: weighted(message) <= 280, links=False)
MIDDLE = counting(500)
LONG = counting(4096, 1024)
PLATFORMS = {"tight": TIGHT, "linkless": LINKLESS, "middle": MIDDLE, "long": LONG}
_URL = re.compile(r"https?://\S+")


def style(lang: str = "en", *, threads: bool = False, links: Links = Links.POST) -> Style:
    """Return how an account writes."""
    return Style(lang, threads=threads, links=links)


def reads(lang: str = "en", region: str | None = None) -> Reader:
    """Return who reads it."""
    return Reader(translator(lang), NOW, region)


def text_of(part: Part) -> str:
    """Return everything a post says, without its links."""
    return _URL.sub(" ", "\n".join(block.plain for block in part.blocks))


def recalls(units: Rule | None = None, **facts: object) -> tuple[Notice, ...]:
    """Return one recall with these facts."""
    return (a_notice(units, **facts),)


@cache
def shipped() -> tuple[Notice, ...]:
    """Return a third of the shipped recalls."""
    return catalogue().notices[::3]
