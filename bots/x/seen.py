"""Which of the posts on a timeline is ours: its text as it was before X changed it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from bots.x.count import links, settled

FIELDS = ("author_id", "created_at", "entities", "referenced_tweets")
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_SHORT = re.compile(r"https?://t\.co/[A-Za-z0-9]+", re.IGNORECASE)

Tweet = Mapping[str, Any]


def same_text(tweet: Tweet, text: str) -> bool:
    """Say whether a post that was read says what we sent."""
    return _bare(as_written(tweet)) == _bare(text)


def as_written(tweet: Tweet) -> str:
    """Return the text of a post with its links as they were written, without its pictures'."""
    entities = tweet.get("entities") or {}
    told = {str(one.get("url", "")).lower(): one for one in entities.get("urls") or ()}

    def long(found: re.Match[str]) -> str:
        one = told.get(found[0].lower())
        if one is None:
            return found[0]
        own = one.get("media_key") or "/photo/" in str(one.get("expanded_url", ""))
        return "" if own else str(one.get("expanded_url") or found[0])

    # Only what X escapes: nothing else in a text is markup.
    return unescape(_SHORT.sub(long, str(tweet.get("text", ""))))


def replied_to(tweet: Tweet) -> str | None:
    """Return the number of the post that this one answers."""
    told = tweet.get("referenced_tweets") or ()
    return next((str(one.get("id")) for one in told if one.get("type") == "replied_to"), None)


def is_shared(tweet: Tweet) -> bool:
    """Say whether it only passes on somebody's post."""
    told = tweet.get("referenced_tweets") or ()
    return any(one.get("type") == "retweeted" for one in told)


def _bare(text: str) -> str:
    """Return a text as it can be compared: X adds to links, and spaces get lost."""
    text, parts, at = settled(text), [], 0
    for link in links(text):
        whole = text[link.start : link.end]
        parts += [text[at : link.start], _SCHEME.sub("", whole).rstrip("/")]
        at = link.end
    return " ".join("".join([*parts, text[at:]]).split()).casefold()
