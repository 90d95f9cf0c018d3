"""Many recalls in one message: the digest of a person, the catch-up card of a feed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.model.message import Block, Message, Role
from core.model.recall import Kind, Notice
from core.text.advice import action_for_all
from core.text.alerts.parts import Reader, kind_of, product_of, tidy
from core.text.translations import Translator

MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One recall of a list: its leading notice, and which thing of the reader's it concerns."""

    notice: Notice
    yours: str | None = None


def digest(lines: Sequence[Line], since: datetime, reader: Reader) -> Message:
    """Return the low-risk recalls since the last digest, what is theirs first.

    More than MOST_LINES are counted, not listed; `lines` has at least one.
    """
    headline = reader.words.counted("digest_headline", len(lines), day=reader.day(since))
    return _list(headline, lines, reader)


def catch_up(lines: Sequence[Line], first: datetime, last: datetime, reader: Reader) -> Message:
    """Return one card for a feed of what it missed between two moments (S05)."""
    fields = {"first": reader.day(first), "last": reader.day(last)}
    key = "digest_catch_up" if fields["first"] != fields["last"] else "digest_catch_up_day"
    headline = reader.words.counted(key, len(lines), **fields)
    return _list(headline, lines, reader)


def _list(headline: str, lines: Sequence[Line], reader: Reader) -> Message:
    words = reader.words
    mine_first = sorted(lines, key=lambda line: line.yours is None)
    shown = mine_first[:MOST_LINES]
    blocks = [
        Block(Role.HEADLINE, headline),
        Block(Role.ACTION, action_for_all((line.notice for line in lines), words)),
        *(_line(line, reader) for line in shown),
    ]
    if more := len(lines) - len(shown):
        blocks.append(Block(Role.DETAIL, words.counted("digest_more", more)))
    return Message(tuple(blocks), lang=words.lang, anew=True)


def _source(notice: Notice, words: Translator) -> Iterator[str]:
    if notice.kind is not Kind.RECALL:
        yield kind_of(notice, words)
    yield notice.authority
    if notice.published:
        yield words.day(notice.published)


def _line(line: Line, reader: Reader) -> Block:
    """Return the product, the danger, who published it and when, and the link to read more."""
    words, notice = reader.words, line.notice
    fields = {
        "product": product_of(notice, words),
        "kinds": words.both(words(f"hazard_{kind}") for kind in notice.hazard.kinds),
        "source": ", ".join(_source(notice, words)),
    }
    text = words("digest_line", **fields)
    if line.yours:
        text = words("digest_line_yours", yours=tidy(line.yours), line=text)
    return Block(Role.VERDICT, text, notice.main_source.url)
