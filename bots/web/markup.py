"""Writing XML: elements by name, and no character that XML 1.0 forbids."""

from __future__ import annotations

import re

# Everything is written from our own values; nothing from outside is parsed here.
from xml.etree.ElementTree import Element, SubElement, tostring

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

__all__ = ["Element", "add", "document", "root"]


def root(name: str, namespace: str, **attributes: str) -> Element:
    """Return the outermost element, in its namespace."""
    return Element(name, {"xmlns": namespace, **attributes})


def add(parent: Element, name: str, text: str | None = None, **attributes: str) -> Element:
    """Put an element with this text at the end of `parent`, and return it."""
    child = SubElement(parent, name, {key: plain(value) for key, value in attributes.items()})
    child.text = None if text is None else plain(text)
    return child


def plain(text: str) -> str:
    """Return the text without what XML cannot hold."""
    return _FORBIDDEN.sub("", text)


def document(element: Element) -> bytes:
    """Return the whole document."""
    written: bytes = tostring(element, encoding="utf-8", xml_declaration=True)
    return written
