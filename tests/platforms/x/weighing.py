"""What a post weighs and what becomes a link, by the published rules of twitter-text 3.

github.com/twitter/twitter-text: config/v3.json for the weights, and its grammar of URLs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MOST = 280
LINK_WEIGHT, SCALE, DEFAULT = 23, 100, 200
LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
LONGEST_LINK, LONGEST_SLUG = 4096, 40
_LISTS = Path(__file__).parents[2] / "fixtures" / "platforms"


def _listed(name: str) -> list[str]:
    lines = (_LISTS / name).read_text(encoding="utf-8").splitlines()
    words = (word for line in lines if not line.startswith("#") for word in line.split())
    return sorted(words, key=len, reverse=True)


def _emoji() -> str:
    shapes = sorted(map(_shape, _listed("x_emoji.txt")), key=len, reverse=True)
    return "|".join(shapes)


def _shape(word: str) -> str:
    codes = word.replace("T", "1F3FB").split("-")
    shape = re.escape("".join(chr(int(code, 16)) for code in codes))
    shape = shape.replace("\ufe0f", "\ufe0f?")
    return shape.replace("🏻", "[🏻-🏿]") if "T" in word else shape


_NEVER = "\ufffe\ufeff\uffff"
_TURNS = "\u202a-\u202e\u061c\u200e\u200f\u2066-\u2069"
_SPACES = "\\x09-\\x0d \\x85\\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_LATIN = (
    "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff\u0100-\u024f\u0253\u0254\u0256\u0257\u0259\u025b"
    "\u0263\u0268\u026f\u0272\u0289\u028b\u02bb\u0300-\u036f\u1e00-\u1eff"
)
_LETTER = rf"[^!'#%&()*+,\\\-./:;<=>?@\[\]^_{{|}}~${_SPACES}{_NEVER}{_TURNS}]"
_TOP = rf"(?:(?:{'|'.join(_listed('x_domains.txt'))})(?=[^0-9a-zA-Z@+-]|$)|xn--[-0-9a-z]+)"
_DOMAIN = rf"(?:{_LETTER}(?:[_-]*{_LETTER})*\.)*{_LETTER}(?:-*{_LETTER})*\.{_TOP}"
_IN_PATH = rf"[a-z\u0400-\u04ff0-9!*';:=+,.$/%#\[\]\-\u2013_~@|&{_LATIN}]"
_IN_PAIRS = rf"\((?:{_IN_PATH}+|{_IN_PATH}*\({_IN_PATH}+\){_IN_PATH}*)\)"
_ENDS_PATH = rf"(?:[+\-a-z\u0400-\u04ff0-9=_#/{_LATIN}]|{_IN_PAIRS})"
_PATH = rf"/(?:(?:{_IN_PATH}|{_IN_PAIRS})*{_ENDS_PATH})?"
_QUERY = r"\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-z0-9\-_&=#/]"
_BEFORE = rf"[^A-Za-z0-9@＠$#＃{_NEVER}]|[{_TURNS}]|^"
_LINK = re.compile(
    rf"(?P<before>{_BEFORE})(?P<link>(?P<scheme>https?://)?(?P<domain>{_DOMAIN})"
    rf"(?::[0-9]+)?(?P<path>{_PATH})?(?:{_QUERY})?)",
    re.IGNORECASE,
)
_PLAIN_DOMAIN = re.compile(rf"(?:[\-a-z0-9{_LATIN}]+\.)+{_TOP}", re.IGNORECASE)
_SHORT = re.compile(rf"https?://t\.co/([a-z0-9]+)(?:{_QUERY})?", re.IGNORECASE)
_EMOJI = re.compile(_emoji())


@dataclass(frozen=True, slots=True)
class Link:
    """Where in a text a link stands."""

    start: int
    end: int


def normal(text: str) -> str:
    """Return a text as X counts and keeps it: composed, with one kind of line end."""
    return re.sub(r"\r\n?", "\n", unicodedata.normalize("NFC", text))


def links(text: str) -> Iterator[Link]:
    """Yield what X makes links of, in order; bare domains count where their end is known."""
    for found in _LINK.finditer(text):
        if not _is_name(found["domain"], found["link"]):
            continue
        yield from _with_scheme(found) if found["scheme"] else _without_scheme(found)


def weight(text: str) -> int:
    """Return what a post of this text weighs."""
    text = normal(text)
    ends = {emoji.start(): (emoji.end(), DEFAULT) for emoji in _EMOJI.finditer(text)}
    ends |= {link.start: (link.end, LINK_WEIGHT * SCALE) for link in links(text)}
    at = total = 0
    while at < len(text):
        at, more = ends.get(at, (at + 1, _weight_of(text[at])))
        total += more
    return total // SCALE


def _weight_of(character: str) -> int:
    return SCALE if any(low <= ord(character) <= high for low, high in LIGHT) else DEFAULT


def _is_name(domain: str, link: str) -> bool:
    try:
        name = domain.encode("idna")
    except UnicodeError:
        return False
    return len("https://") + len(link) + len(name) - len(domain) <= LONGEST_LINK


def _with_scheme(found: re.Match[str]) -> Iterator[Link]:
    start, end = found.span("link")
    short = _SHORT.match(found["link"])
    if short and len(short[1]) > LONGEST_SLUG:
        return
    yield Link(start, start + short.end() if short else end)


def _without_scheme(found: re.Match[str]) -> Iterator[Link]:
    if found["before"] in tuple("-_./"):
        return
    start, end = found.span("link")
    spans = [plain.span() for plain in _PLAIN_DOMAIN.finditer(found["domain"])]
    for number, (low, high) in enumerate(spans, 1):
        whole = number == len(spans) and found["path"]
        yield Link(start + low, end if whole else start + high)
