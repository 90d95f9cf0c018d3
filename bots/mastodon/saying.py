"""Whether a status says what a post says, however the instance marked it up."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from unicodedata import normalize
from urllib.parse import unquote

from bots.mastodon.counting import short_mentions

_MARKS = re.compile(r"[\W_]+")
NAMED = {"mention", "hashtag"}


class _Reading(HTMLParser):
    """Keeps the text; of a link where it leads, since what is shown of it is shortened."""

    def __init__(self) -> None:
        """Begin with nothing read."""
        super().__init__()
        self.said: list[str] = []
        self._in_link = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a link by where it leads, unless it is a hashtag or a mention."""
        given = dict(attrs)
        if tag == "a" and not NAMED & set((given.get("class") or "").split()):
            self.said.append(given.get("href") or "")
            self._in_link = True

    def handle_endtag(self, tag: str) -> None:
        """Read on behind a link."""
        self._in_link = self._in_link and tag != "a"

    def handle_data(self, data: str) -> None:
        """Keep text that stands in no link."""
        if not self._in_link:
            self.said.append(data)


def says_the_same(content: str, text: str) -> bool:
    """Say whether the HTML `content` of a status is what an instance makes of `text`."""
    reading = _Reading()
    reading.feed(content)
    reading.close()
    # What stands in tags of its own is no part of the word before it.
    said = _bare("\n".join(reading.said))
    return bool(said) and said == _bare(text)


def _bare(text: str) -> str:
    """Return a text as it is compared: by its letters and digits.

    Some servers read marks such as *these* as Markdown, or set quotation marks of their own.
    """
    return _MARKS.sub("", normalize("NFC", unquote(short_mentions(text))))
