"""An authority's text made plain: no mark-up, one kind of space, a length that fits."""

from __future__ import annotations

import html
import re
import unicodedata

import ftfy

from core.sources.contract import RecordUnreadable

LONGEST_LINE = 200
LONGEST_PASSAGE = 2000
_MOST_UNESCAPES = 3
# Tags within tags come to light one round after the other; nobody who writes a notice nests
# them deeper, and each further round would read the whole text again.
_MOST_ROUNDS = 12
_MARK = "…"

_HIDDEN = re.compile(
    r"(?is)<(script|style|head|template)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)"
)
_CELL = re.compile(r"(?i)<\s*/?\s*(?:td|th)\b[^<>]*>")
_BREAK = re.compile(
    r"(?i)<\s*(?:/?\s*(?:p|div|ul|ol|table|tr|h[1-6]|section|article|blockquote|dd|dt)|br|hr|li)\b"
    r"[^<>]*>"
)
_TAG = re.compile(r"<\s*/?\s*[A-Za-z][^<>]*>|<![A-Za-z\[][^<>]*>")
_BLANKS = re.compile(r"[^\S\n]+")
_AROUND_BREAKS = re.compile(r" ?\n[ \n]*")
# Nothing is broken, hidden or composed in these; only entities and tags can be in them.
_PRINTED = re.compile(r"[ -~\n]*")
# Well set, too: of these ftfy changes the quotation marks and nothing else, since none of them
# is part of what it takes for a broken encoding.
_SIGNS = "\u00a9\u00ae\u00b7\u2013\u2014\u2022\u2026\u2122"
_TYPESET = re.compile(rf"[ -~\n\xa0{_SIGNS}\u2018\u2019\u201c\u201d]*")
_SETTLED = re.compile(rf"[ -%'-;=-~\n{_SIGNS}]*")
_STRAIGHT = (("\u2018", "'"), ("\u2019", "'"), ("\u201c", '"'), ("\u201d", '"'))
_NO_MARKUP = str.maketrans("<&", "  ")
_SENTENCE_END = re.compile(r"[.!?。！？](?=\s|$)|[。！？]|\n")


def clean(text: object) -> str:
    """Return an authority's text as plain text, "" for None.

    Entities (escaped twice, too) become characters, tags go, a paragraph becomes "\\n", broken
    encodings are mended, invisible characters vanish. Cleaning twice changes nothing.
    Raises RecordUnreadable where `text` is neither text nor a number.
    """
    if text is None:
        return ""
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        raise RecordUnreadable(f"text expected, got {type(text).__name__}")
    plain, found = str(text), ""
    for number in range(2 * _MOST_ROUNDS):
        plain, found = _once(plain), plain
        if plain == found or _SETTLED.fullmatch(plain):
            break
        if number == _MOST_ROUNDS:
            plain = plain.translate(_NO_MARKUP)
    return plain


def line(text: str) -> str:
    """Return `text` as one line of at most 200 characters, cut at a word, marked "…"."""
    one = " ".join(text.split())
    if len(one) <= LONGEST_LINE:
        return one
    head = one[: LONGEST_LINE - 1]
    return f"{(head.rpartition(' ')[0] or head).rstrip(' ,;:-–—')}{_MARK}"


def passage(text: str) -> str:
    """Return at most 2000 characters of `text`, cut at a sentence where there is one."""
    whole = text.strip()
    if len(whole) <= LONGEST_PASSAGE:
        return whole
    head = whole[:LONGEST_PASSAGE]
    ends = [found.end() for found in _SENTENCE_END.finditer(head) if found.end() < len(head)]
    if ends and ends[-1] >= LONGEST_PASSAGE // 2:
        return head[: ends[-1]].strip()
    head = head[:-1]
    return f"{(head.rpartition(' ')[0] or head).rstrip(' ,;:')}{_MARK}"


def _once(text: str) -> str:
    if not _PRINTED.fullmatch(text):
        text = _mended(text)
    text = _untagged(_unescaped(text))
    if not _TYPESET.fullmatch(text):
        text = "".join(_kept(character) for character in text)
        text = unicodedata.normalize("NFC", text)
    text = _BLANKS.sub(" ", text)
    return _AROUND_BREAKS.sub("\n", text).strip()


def _mended(text: str) -> str:
    """Return `text` with its encoding put right and its quotation marks straight."""
    if not _TYPESET.fullmatch(text):
        return ftfy.fix_text(text, unescape_html=False)
    for curly, straight in _STRAIGHT:
        text = text.replace(curly, straight)
    return text


def _unescaped(text: str) -> str:
    for _ in range(_MOST_UNESCAPES):
        if "&" not in text:
            break
        text = html.unescape(text)
    return text


def _untagged(text: str) -> str:
    if "<" not in text:
        return text
    text = _CELL.sub(" ", _HIDDEN.sub(" ", text))
    return _TAG.sub("", _BREAK.sub("\n", text))


def _kept(character: str) -> str:
    if character in "\n\t":
        return character
    kind = unicodedata.category(character)
    if kind in {"Zl", "Zp"}:
        return "\n"
    return "" if kind in {"Cc", "Cf", "Cs", "Co", "Cn"} else character
