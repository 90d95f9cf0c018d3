"""What we tell somebody, before any platform has styled it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_MAIL = re.compile(r"mailto:([A-Za-z0-9._+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,})(?:\?\S*)?")


class Role(StrEnum):
    """What a block is for; a channel decides how that looks.

    Headline, hazard, action and source are never dropped or cut.
    """

    HEADLINE = "headline"
    HAZARD = "hazard"
    ACTION = "action"
    VERDICT = "verdict"
    NEXT_STEP = "next_step"
    REMEDY = "remedy"
    DETAIL = "detail"
    SOURCE = "source"


ESSENTIAL = frozenset({Role.HEADLINE, Role.HAZARD, Role.ACTION, Role.SOURCE})


@dataclass(frozen=True, slots=True)
class Quote:
    """A notice's own words, in the language they were written in (BCP 47)."""

    text: str
    lang: str = "en"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, or one list of short lines, with one role; `text` is plain, never markup.

    A link goes in `url` beside the text that names it, and what a notice itself says in
    `quote`, behind the text that introduces it.
    """

    role: Role
    text: str
    url: str | None = None
    quote: Quote | None = None

    @property
    def plain(self) -> str:
        """Return the text with the quotation and the link behind it."""
        quote = self.quote.text if self.quote else None
        return " ".join(part for part in (self.text, quote, self.url) if part)


def mail_address(url: str) -> str | None:
    """Return whom a mailto link writes to, None where it is no such link."""
    found = _MAIL.fullmatch(url)
    return found[1] if found else None


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG picture, and what it shows in words for whoever cannot see it."""

    jpeg: bytes
    alt: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message, such as everything we know of a person."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Button:
    """A choice: what it says, and the words it stands for when pressed."""

    label: str
    says: str


@dataclass(frozen=True, slots=True)
class Message:
    """One answer or alert, ready to be rendered; `anew`: never in place of an earlier one.

    `calls` are whom a group's post calls, as its platform writes them ("@name", "<@&id>").
    They stand in no block: a channel that can call somebody does so, the others leave it.
    `single`: it answers where everybody reads, so a platform of short posts says in one of them
    what matters most.
    """

    blocks: tuple[Block, ...]
    buttons: tuple[Button, ...] = ()
    lang: str = "en"
    picture: Picture | None = None
    attachment: Attachment | None = None
    anew: bool = False
    calls: tuple[str, ...] = ()
    single: bool = False

    @property
    def plain(self) -> str:
        """Return the whole as plain text, a blank line between blocks."""
        return "\n\n".join(block.plain for block in self.blocks)
