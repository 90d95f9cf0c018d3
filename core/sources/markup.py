"""An authority's HTML as a tree: tables, sections, links and pictures by their own marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from lxml import etree, html
from lxml.html import HtmlElement

from core.sources.text import clean

LONGEST_LINK = 500
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufdd0-\ufdef\ufffe\uffff]")
_BLANKS = re.compile(r"[ \t\r\n]+")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
_OFFICIAL = re.compile(
    r"(?:^|\.)(?:gov(?:t)?(?:\.[a-z]{2})?|go\.[a-z]{2}|europa\.eu|canada\.ca)$"
)
# Unpaired halves of a character cannot be written as UTF-8.
_HALVES = re.compile("[\ud800-\udfff]")


def tree(markup: str) -> HtmlElement:
    """Return the tree of a piece of HTML, however broken; an empty one where there is none."""
    whole = _HALVES.sub("", _CONTROL.sub("", markup))
    parser = html.HTMLParser(encoding="utf-8", huge_tree=False)
    root: HtmlElement = html.fragment_fromstring(whole, create_parent="div", parser=parser)
    return root


def plain(node: HtmlElement) -> str:
    """Return what is written there, as plain text with a line for each paragraph."""
    # A new line in the source is a blank; one in the text is a tag.
    return clean(_BLANKS.sub(" ", markup_of(node)))


def markup_of(node: HtmlElement) -> str:
    """Return the element as HTML."""
    text: str = etree.tostring(node, encoding="unicode", method="html", with_tail=False)
    return text


def one_line(node: HtmlElement) -> str:
    """Return what is written there, on one line."""
    return " ".join(plain(node).split())


def rows(table: HtmlElement) -> Iterator[list[HtmlElement]]:
    """Yield the cells of each row of a table, without those of tables within it."""
    for row in table.iter("tr"):
        if next(row.iterancestors("table"), None) is table:
            yield [cell for cell in row if cell.tag in {"td", "th"}]


def section(root: HtmlElement, name: str) -> str:
    """Return the text between the heading with that id and the next heading."""
    for heading in root.iter("h2"):
        if heading.get("id") != name:
            continue
        parts = []
        for sibling in heading.itersiblings():
            if sibling.tag in _HEADINGS:
                break
            parts.append(plain(sibling))
        return "\n".join(part for part in parts if part)
    return ""


def classed(root: HtmlElement, name: str) -> Iterator[HtmlElement]:
    """Yield every element that has this class."""
    for node in root.iter():
        if isinstance(node.tag, str) and name in (node.get("class") or "").split():
            yield node


def is_heading(node: HtmlElement) -> bool:
    """Say whether it heads a part of the page."""
    return node.tag in _HEADINGS


def links(root: HtmlElement, base: str) -> Iterator[str]:
    """Yield the web addresses it links to, complete and fit to be stored."""
    for node in root.iter("a"):
        if address := link(node.get("href") or "", base):
            yield address


def elsewhere(root: HtmlElement, base: str) -> tuple[str, ...]:
    """Return the pages of other authorities that it links to, each once."""
    home = host_of(base)
    found = (one for one in links(root, base) if is_official(one) and host_of(one) != home)
    return tuple(dict.fromkeys(found))


def is_official(address: str) -> bool:
    """Say whether an address lies with an authority."""
    return bool(_OFFICIAL.search(host_of(address)))


def host_of(address: str) -> str:
    """Return the host of a complete address."""
    return urlsplit(address).hostname or ""


def emails(root: HtmlElement) -> Iterator[str]:
    """Yield the mail addresses it links to."""
    for node in root.iter("a"):
        address = clean(node.get("href") or "")
        if address.lower().startswith("mailto:") and "@" in address:
            yield address[len("mailto:") :].partition("?")[0].strip()


def link(address: str, base: str) -> str | None:
    """Return the address complete and quoted, None where it is no web address we can keep."""
    try:
        parts = urlsplit(urljoin(base, clean(address)))
        path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._")
        query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
        whole = urlunsplit((parts.scheme, parts.netloc, path, query, ""))
    except ValueError:
        return None
    usable = parts.scheme in {"http", "https"} and bool(parts.netloc) and " " not in whole
    return whole if usable and len(whole) <= LONGEST_LINK else None
