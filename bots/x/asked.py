"""What of a mention is a question to us, and what it asks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from bots.x.seen import Tweet, as_written, is_shared

FIELDS = (
    *("author_id", "created_at", "display_text_range", "entities"),
    *("in_reply_to_user_id", "lang", "referenced_tweets"),
)
_HANDLES = re.compile(r"\s*(?:[@＠]\w{1,15}\s*)*", re.ASCII)
_HANDLE = re.compile(r"(?<![\w@])[@＠](\w{1,15})", re.ASCII)
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_QUESTION = re.compile(r"[?？؟¿]")
# What X says where it could not tell the language, or there was none.
_NO_LANGUAGE = frozenset({"und", "zxx", "art", "qam", "qct", "qht", "qme", "qst"})


def asks_us(tweet: Tweet, handle: str, ourselves: str) -> bool:
    """Say whether a mention of `handle`, whose number is `ourselves`, is meant for us.

    It is not where it is our own, passes on another post, or names us only because X puts
    everybody of a conversation in front of each reply; but a question in reply to our own post
    is.
    """
    if str(tweet.get("author_id")) == ourselves or is_shared(tweet):
        return False
    answers = tweet.get("in_reply_to_user_id")
    if answers is None:
        return True
    text = str(tweet.get("text", ""))
    if handle.casefold() in (one.casefold() for one in _HANDLE.findall(_visible(tweet, text))):
        return True
    # Without the range nobody can tell who typed the names in front.
    typed_perhaps = _range(tweet) is None and str(answers) != ourselves
    return bool(_QUESTION.search(text)) and (str(answers) == ourselves or typed_perhaps)


def _visible(tweet: Tweet, text: str) -> str:
    """Return the text without the names that X put in front of it."""
    shown = _range(tweet)
    if shown is None:
        front = _HANDLES.match(text)
        return text[front.end() if front else 0 :]
    return text[shown[0] :]


def _range(tweet: Tweet) -> Sequence[int] | None:
    told = tweet.get("display_text_range")
    return told if isinstance(told, list) and len(told) == 2 else None  # noqa: PLR2004 - from, to


def question_in(tweet: Tweet) -> str:
    """Return what is asked, without names and links."""
    text = _LINK.sub(" ", _HANDLE.sub(" ", as_written(tweet)))
    return " ".join(text.split())


def language_of(tweet: Tweet) -> str | None:
    """Return the language X takes a post to be in, None where it cannot tell."""
    told = tweet.get("lang")
    return None if not isinstance(told, str) or told in _NO_LANGUAGE else told


def written_at(tweet: Tweet, now: datetime) -> datetime:
    """Return when a post was written, in UTC; `now` where X does not say."""
    try:
        return datetime.fromisoformat(str(tweet.get("created_at"))).astimezone(UTC)
    except ValueError:
        return now
