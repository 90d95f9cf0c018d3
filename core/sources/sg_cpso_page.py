"""One page of the CPSO's site: what stands at its head, and the lists of notices below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from lxml.html import HtmlElement
from markdown_it import MarkdownIt
from rapidfuzz import fuzz

from core.sources.contract import SourceUnavailable
from core.sources.dates import published
from core.sources.markup import markup_of, one_line, rows, tree

_FRONT = re.compile(r"\A\ufeff?---\r?\n(?P<front>.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"^(?P<name>[a-z_]+):[ \t]*(?P<value>.*?)[ \t]*$", re.MULTILINE)
_ATTRIBUTES = re.compile(r"\{:[^{}\n]*\}")
_COLUMNS = ("date", "title")
_SECTIONS = ("product recalls", "product safety alerts")
_WELCOME = re.compile(
    r"^we conduct compliance checks|safety alerts and recalls$", re.IGNORECASE
)
_ONWARD = re.compile(r"^(?:please |refer |for more )?.*\b(?:listing )?below\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """A page's front matter and its content as a tree."""

    front: Mapping[str, str]
    root: HtmlElement


@dataclass(frozen=True, slots=True)
class Listed:
    """One notice as a page lists it; `lead` is what the page's head tells about it."""

    fields: Mapping[str, str]
    lead: str = ""


def page_of(payload: bytes) -> Page:
    """Return the page; raises SourceUnavailable where it is none, or cut short."""
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError:
        raise SourceUnavailable("a page of the CPSO is not UTF-8") from None
    found = _FRONT.match(text)
    if found is None:
        raise SourceUnavailable("a page of the CPSO has no front matter")
    front = {one["name"]: one["value"].strip("\"'") for one in _FIELD.finditer(found["front"])}
    body = text[found.end() :]
    if body.count("<table") != body.count("</table>"):
        raise SourceUnavailable("a page of the CPSO is cut short")
    if front.get("variant") != "tiptap":
        markdown = MarkdownIt("commonmark", {"html": True}).enable("table")
        body = markdown.render(_ATTRIBUTES.sub("", body))
    return Page(front, tree(body))


def listed(page: Page) -> Iterator[Listed]:
    """Yield every notice of the page's lists; the one that its head is about has a lead."""
    entries = list(_entries(page.root))
    told = list(_lead(page.root))
    at = _leading(entries, " ".join(one_line(node) for node in told))
    lead = "".join(map(markup_of, told))
    for entry in entries:
        yield replace(entry, lead=lead) if at is not None and entry == entries[at] else entry


def _entries(root: HtmlElement) -> Iterator[Listed]:
    section = _SECTIONS[0]
    for node in root.iter("p", "h2", "h3", "h4", "table"):
        if node.tag != "table":
            said = one_line(node).casefold().strip(" :")
            section = said if said in _SECTIONS else section
        elif _is_list(node):
            for cells in list(rows(node))[1:]:
                if any(map(one_line, cells)):
                    yield Listed({"section": section, **_row(cells)})


def _is_list(table: HtmlElement) -> bool:
    first = next(rows(table), [])
    return tuple(one_line(cell).casefold() for cell in first) == _COLUMNS


def _row(cells: list[HtmlElement]) -> dict[str, str]:
    """Return what a row says; a row without a title is kept to be counted as unreadable."""
    said = cells[1] if len(cells) > 1 else None
    anchor = None if said is None else next(said.iter("a"), None)
    return {
        "date": one_line(cells[0]),
        "title": "" if said is None else one_line(said),
        "href": "" if anchor is None else (anchor.get("href") or "").strip(),
    }


def _lead(root: HtmlElement) -> Iterator[HtmlElement]:
    """Yield what stands before the first list, without the welcome and the way onward."""
    for node in root:
        said = one_line(node)
        if (node.tag == "table" and _is_list(node)) or said.casefold() in _SECTIONS:
            return
        if not _WELCOME.search(said) and not (node.tag == "p" and _is_onward(said)):
            yield node


def _is_onward(said: str) -> bool:
    return bool(_ONWARD.match(said)) and "alerts and recalls" in said


def _leading(entries: list[Listed], told: str) -> int | None:
    """Return which notice the head tells about: of its day, and the most alike by title."""
    days = {published(found) for found in re.findall(r"\d{1,2} [A-Z][a-z]+ \d{4}", told)}
    alike = [
        (fuzz.partial_token_set_ratio(entry.fields["title"], told), -index)
        for index, entry in enumerate(entries)
        if published(entry.fields["date"].partition("(")[0]) in days - {None}
    ]
    return -max(alike)[1] if alike else None
