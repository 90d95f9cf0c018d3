"""The named fields of an ACCC notice: on its page where we have it, else in the feed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from lxml.html import HtmlElement

from core.sources.dates import published
from core.sources.markup import classed, is_heading, markup_of, one_line, plain
from core.sources.text import line

_PRA = re.compile(r"PRA number\s+(\d{4}/\d{3,6})")
_CONTACT = re.compile(r"^contacts?:?$", re.IGNORECASE)


class Fields:
    """What each field says; the page says more than the feed and goes first."""

    def __init__(self, page: HtmlElement, feed: HtmlElement) -> None:
        """Read these two trees; the page is empty where it was not read."""
        self.page = page
        self.feed = feed

    def text(self, name: str) -> str:
        """Return the value of a field as plain text, "" where there is none."""
        return next((value for _, value in self.labelled(name)), "")

    def labelled(self, name: str) -> Iterator[tuple[str, str]]:
        """Yield each field of that name with its label, where it says anything."""
        for node in self._found(name):
            label = " ".join(one_line(part) for part in classed(node, "field__label"))
            value = "\n".join(filter(None, map(plain, _values(node))))
            if value:
                yield label.rstrip(":"), value

    def day(self, name: str) -> date | None:
        """Return the one day of a field."""
        return self.days(name)[0]

    def days(self, name: str) -> tuple[date | None, date | None]:
        """Return the first and the last day of a field."""
        node = next(self._found(name), None)
        if node is None:
            return None, None
        found = [published(one.get("datetime", "")[:10]) for one in node.iter("time")]
        return (found[0], found[1] if len(found) > 1 else None) if found else (None, None)

    @property
    def pra_number(self) -> str | None:
        """Return the ACCC's own number, which only the page has."""
        found = _PRA.search(one_line(self.page))
        return found[1] if found else None

    @property
    def action(self) -> str:
        """Return what consumers should do, without how to reach whom."""
        return "\n".join(filter(None, map(plain, self._action()[0])))

    @property
    def contact_markup(self) -> str:
        """Return the part under the heading Contact as HTML, else the whole action."""
        before, behind = self._action()
        return "".join(map(markup_of, behind or before))

    @property
    def company(self) -> str:
        """Return the first line under the heading Contact: who runs the recall."""
        behind = self._action()[1]
        first = plain(behind[0]).partition("\n")[0] if behind else ""
        named = first and "@" not in first and not any(map(str.isdigit, first))
        return line(first) if named else ""

    def _action(self) -> tuple[list[HtmlElement], list[HtmlElement]]:
        """Return what stands before the heading Contact, and what behind it."""
        before: list[HtmlElement] = []
        behind: list[HtmlElement] = []
        into = before
        field = next(self._found("consumer-action"), None)
        values = () if field is None else _values(field)
        for part in (part for value in values for part in value):
            if is_heading(part) and _CONTACT.match(one_line(part)):
                into = behind
            else:
                into.append(part)
        return before, behind

    def _found(self, name: str) -> Iterator[HtmlElement]:
        for root in (self.page, self.feed):
            yield from classed(root, f"field--name-field-psa-recall-{name}")


def _values(node: HtmlElement) -> Iterator[HtmlElement]:
    """Yield what holds the values of a field; a field without a label is its own value."""
    if "field__item" in (node.get("class") or "").split():
        yield node
    else:
        yield from classed(node, "field__item")
