"""How long a text is to an instance: links count the same, mentions by their local part."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

# What every instance of Mastodon takes that was not changed.
USUAL_CHARACTERS = 500
USUAL_PER_URL = 23
# The characters that Mastodon takes into a link; it ends with one that ends no sentence.
_URL = re.compile(
    r"(?<![\w@/])https?://[\w!*';:=+,.$/%#\[\]~|&@()?-]*[\w/#=&~-]", re.ASCII | re.IGNORECASE
)
_MENTION = re.compile(r"(?<![\w/=])(@\w+)@[\w.-]*\w", re.ASCII)


@dataclass(frozen=True, slots=True)
class Limit:
    """How many characters an instance takes in a post, and as how many it counts a link.

    Counted are code points. Mastodon counts graphemes, which are never more; other servers
    count code points.
    """

    characters: int = USUAL_CHARACTERS
    per_url: int = USUAL_PER_URL

    def length(self, text: str) -> int:
        """Return how long a text is."""
        without = _URL.sub("", text)
        links = len(_URL.findall(text))
        return len(_MENTION.sub(r"\1", without)) + links * self.per_url

    def fits(self, text: str) -> bool:
        """Say whether the instance takes this text in one post."""
        return self.length(text) <= self.characters


def tightest(limits: Iterable[Limit]) -> Limit:
    """Return a limit within all of these, the usual one where there are none."""
    known = tuple(limits) or (Limit(),)
    return Limit(min(one.characters for one in known), max(one.per_url for one in known))


def short_mentions(text: str) -> str:
    """Return the text with every @name@host as @name, as it is shown."""
    return _MENTION.sub(r"\1", text)
