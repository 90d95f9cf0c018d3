"""Words that play a risk down in a post, and whether they are somebody else's, said to be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from core.publish.signs import words_apart
from core.text.names import LANG_OF_NOTICES
from core.text.reassurance import reassuring
from core.text.translations import Translator, translator

_QUOTED = re.compile(
    r"„[^“”\n]*[“”]|“[^”\n]*”|«[^»\n]*»|»[^«\n]*«|「[^」\n]*」|『[^』\n]*』|\"[^\"\n]*\""
)
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_MARKS = re.compile(r"[„“”«»「」『』\"]")
_SENTENCE_END = re.compile(r"[.!?。！？](?:\s|$)|\n")
_NAMED = re.compile(r"\w[^:：\n]{0,60}[:：]\s*$")
# How far from a quotation the word may stand that says whose it is.
_BEFORE, _BEHIND = 40, 12


class Played(NamedTuple):
    """What plays the risk down: in our own words, and in quotations of nobody."""

    own: tuple[str, ...]
    quoted: tuple[str, ...]


def played_down(text: str, words: Translator) -> Played:
    """Return what the text must not say, in its language or in English.

    Left out is what stands in quotation marks behind a name and a colon, or beside a word
    such as "says".
    """
    # What an authority calls its pages is an address, and no words of anybody.
    spoken = _LINK.sub(" ", unicodedata.normalize("NFKC", text))
    left, unclaimed = _apart(spoken, words)
    quoted = _banned(unclaimed, words)
    own = [one for one in _banned(left, words) if one not in quoted]
    return Played(tuple(own), tuple(quoted))


def _apart(text: str, words: Translator) -> tuple[str, str]:
    """Return a text without quotations of somebody, and of it what is quoted of nobody."""
    kept, unclaimed, at = "", [], 0
    for found in _QUOTED.finditer(text):
        kept += text[at : found.start()]
        at = found.end()
        if _is_somebodys(text, found, words):
            kept += " … "
            continue
        kept += found[0]
        unclaimed.append(found[0])
    return _MARKS.sub("", kept + text[at:]), "\n".join(unclaimed)


def _is_somebodys(text: str, found: re.Match[str], words: Translator) -> bool:
    line = text[: found.start()].rpartition("\n")[2]
    before = _SENTENCE_END.split(line)[-1]
    if _NAMED.search(before):
        return True
    behind = text[found.end() : found.end() + _BEHIND]
    near = f"{before[-_BEFORE:]} {behind}".casefold()
    return any(_says(verb, near) for verb in words("lint_says").splitlines())


def _says(verb: str, near: str) -> bool:
    verb = verb.strip().casefold()
    # Scripts without spaces have no word ends.
    return bool(verb) and (
        re.search(rf"(?<!\w){re.escape(verb)}(?!\w)", near) is not None
        if verb.isascii() or " " in verb or verb[0] < "\u3000"
        else verb in near
    )


def _banned(text: str, words: Translator) -> list[str]:
    languages = {one.lang: one for one in (words, translator(LANG_OF_NOTICES))}
    return [
        *dict.fromkeys(
            " ".join(found.split()).casefold()
            for spelling in _spellings(text)
            for one in languages.values()
            for found in reassuring(spelling, one)
        )
    ]


def _spellings(text: str) -> Iterator[str]:
    """Yield the text in the ways in which the same is written: marks hidden, tags in words."""
    seen = "".join(one for one in text if unicodedata.category(one) != "Cf")
    spoken = words_apart(seen)
    yield from dict.fromkeys((spoken, spoken.replace("’", "'"), spoken.replace("'", "’")))
