"""Posts as they will look on their platform: HTML and Markdown of ours, nothing of others'."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape, unescape
from html.parser import HTMLParser
from types import MappingProxyType

from markupsafe import Markup

from core.channel import Markup as Kind

_MARKS = frozenset({"b", "strong", "i", "em", "u", "s", "code", "pre", "blockquote"})
_WEB = ("https://", "http://")
_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]。、）]")
# A channel escapes brackets that are none of its own, so that names hold no bare ones.
_NAMED = re.compile(r"(?<!\\)\[((?:\\.|[^\[\]\\])+)\]\(<?(https?://[^\s)>]+)>?\)")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])")
_LEADS = (("## ", "h"), ("### ", "s"), ("-# ", "q"), ("> ", "b"))
_AS = {"h": "strong", "s": "strong", "q": "small", "b": "blockquote"}


def look(text: str, kind: Kind) -> Markup:
    """Return what a reader sees of a post's text; line breaks stay as they are."""
    return _LOOKS[kind](text)


def _plain(text: str) -> Markup:
    """Return the text with its web addresses as links."""
    pieces, at = [], 0
    for found in _LINK.finditer(text):
        pieces += [escape(text[at : found.start()]), _anchor(found[0], escape(found[0]))]
        at = found.end()
    return Markup("".join([*pieces, escape(text[at:])]))  # noqa: S704 - escaped piece by piece


def _anchor(url: str, inner: str) -> str:
    return f'<a href="{escape(url)}" rel="noopener noreferrer">{inner}</a>'


class _Html(HTMLParser):
    """Writes down again only what a platform's HTML may hold."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        url = dict(attrs).get("href") or ""
        if tag == "a" and url.startswith(_WEB):
            self.pieces.append(f'<a href="{escape(url)}" rel="noopener noreferrer">')
            self._open.append(tag)
        elif tag in _MARKS:
            self.pieces.append(f"<{tag}>")
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open:
                last = self._open.pop()
                self.pieces.append(f"</{last}>")
                if last == tag:
                    break

    def handle_data(self, data: str) -> None:
        self.pieces.append(escape(data))

    def whole(self) -> str:
        """Return everything, closed."""
        return "".join([*self.pieces, *(f"</{tag}>" for tag in reversed(self._open))])


def _html(text: str) -> Markup:
    parser = _Html()
    parser.feed(text)
    parser.close()
    return Markup(_spaced(parser.whole()))  # noqa: S704 - written anew from a few tags


def _markdown(text: str) -> Markup:
    lines = "\n".join(map(_line, text.split("\n")))
    return Markup(_spaced(lines))  # noqa: S704 - escaped line by line


def _spaced(text: str) -> str:
    """Return it without the line break behind a quotation, which ends its line by itself."""
    return text.replace("</blockquote>\n", "</blockquote>")


def _line(line: str) -> str:
    for lead, how in _LEADS:
        if line.startswith(lead):
            tag = _AS[how]
            return f"<{tag}>{_within(line.removeprefix(lead))}</{tag}>"
    return _within(line)


def _within(text: str) -> str:
    """Return the inside of one line: links by name, what is strong, nothing else."""
    pieces, at = [], 0
    for found in _NAMED.finditer(text):
        name, url = found.groups()
        pieces += [_strong(text[at : found.start()]), _anchor(url, _shown(name))]
        at = found.end()
    return "".join([*pieces, _strong(text[at:])])


def _strong(text: str) -> str:
    pieces, at = [], 0
    for found in _BOLD.finditer(text):
        pieces += [_shown(text[at : found.start()]), f"<b>{_shown(found[1])}</b>"]
        at = found.end()
    return "".join([*pieces, _shown(text[at:])])


def _shown(text: str) -> str:
    return str(_plain(unescape(_ESCAPED.sub(r"\1", text))))


_LOOKS: Mapping[Kind, Callable[[str], Markup]] = MappingProxyType(
    {Kind.PLAIN: _plain, Kind.HTML: _html, Kind.MARKDOWN: _markdown}
)
