"""What is posted for everybody: accounts and their rules, drafts, their parts and pictures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from core.model.message import Block, Message
from core.model.recall import HazardKind
from core.model.subscriber import QuietHours

# What an account posts a day, unless its rules say otherwise.
USUAL_PER_DAY = 20
USUAL_DELAY = timedelta(minutes=30)


class Mode(StrEnum):
    """How a draft is released: at once, after a delay to stop it in, or by hand."""

    AUTOMATIC = "automatic"
    DELAYED = "delayed"
    APPROVAL = "approval"


class Links(StrEnum):
    """Where a post's link stands: in the post, in a reply below it, or nowhere."""

    POST = "post"
    REPLY = "reply"
    NONE = "none"


class Sort(StrEnum):
    """What a draft is; the words are stored."""

    RECALL = "recall"
    CORRECTION = "correction"
    SUMMARY = "summary"
    ROUND_UP = "round_up"
    ADVISORY = "advisory"


class Stage(StrEnum):
    """How far a draft came; the words are stored.

    DRAFTED waits for approval, PENDING is released when it is due unless somebody stops it,
    HELD was stopped, RELEASED has a delivery that tells the rest, DROPPED will not be posted,
    SUMMED went into a summary.
    """

    DRAFTED = "drafted"
    PENDING = "pending"
    HELD = "held"
    RELEASED = "released"
    DROPPED = "dropped"
    SUMMED = "summed"

    @property
    def open(self) -> bool:
        """Say whether somebody may still decide on it."""
        return self in {Stage.DRAFTED, Stage.PENDING, Stage.HELD}


@dataclass(frozen=True, slots=True)
class Rules:
    """What an account posts: what fits one of each list that is not empty; and when, how.

    `countries` are ISO 3166 alpha-2 and find what holds everywhere too. `hours` are those in
    which it does not post, in `zone` (IANA, else UTC); what is serious does not wait for them.
    `two_for_serious` asks for two people to release what can kill, whatever the mode.
    """

    mode: Mode = Mode.APPROVAL
    delay: timedelta = USUAL_DELAY
    countries: tuple[str, ...] = ()
    hazards: tuple[HazardKind, ...] = ()
    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    hours: QuietHours | None = None
    zone: str | None = None
    per_day: int = USUAL_PER_DAY
    two_for_serious: bool = False
    round_up: bool = False


@dataclass(frozen=True, slots=True)
class Style:
    """How an account writes: its language, the country whose remedy comes first, its form.

    `threads` allows several posts a recall and replies below our own.
    """

    lang: str = "en"
    region: str | None = None
    threads: bool = False
    links: Links = Links.POST
    pictures: bool = True


@dataclass(frozen=True, slots=True)
class Account:
    """A public account that posts: `number` is that of its address, `name` what people call it.

    Nothing is drafted for one that is not `active`, nor what was seen before `since`; `gone`
    says that the platform refuses it.
    """

    number: int
    channel: str
    chat: str
    name: str
    rules: Rules = Rules()
    style: Style = Style()
    active: bool = True
    gone: bool = False
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """The picture of a recall, before it is drawn; every text in `lang`, `url` for the QR code.

    `where` says where on the product its number stands; `alt` says all of it in words.
    `photo` names a photo that may be shown, and `credit` is what its licence asks to be said
    with it: it is in `alt` too.
    """

    lang: str
    headline: str
    product: str
    hazards: tuple[HazardKind, ...]
    hazard: str
    action: str
    where: str | None
    source: str
    url: str
    alt: str
    photo: str | None = None
    credit: str | None = None
    sort: Literal["card"] = "card"

    @property
    def alt_without_credit(self) -> str:
        """Return `alt` as it is where the photo is not shown."""
        return (
            self.alt.removesuffix(self.credit or "").rstrip("\n") if self.credit else self.alt
        )


@dataclass(frozen=True, slots=True)
class Chart:
    """A bar chart before it is drawn: labelled counts; `alt` says all of it in words."""

    lang: str
    title: str
    bars: tuple[tuple[str, int], ...]
    source: str
    alt: str
    sort: Literal["chart"] = "chart"


@dataclass(frozen=True, slots=True)
class Part:
    """One platform post of a draft, and the picture that goes with it."""

    blocks: tuple[Block, ...]
    picture: Card | Chart | None = None

    def message(self, lang: str) -> Message:
        """Return it as a channel renders it, without the picture."""
        return Message(self.blocks, lang=lang, anew=True)


@dataclass(frozen=True, slots=True)
class Draft:
    """What an account is to post: frozen, so that what was approved is what is posted.

    `key` names its posts to the platform at every attempt. `basis` are the versions of the
    event's notices it was composed from: (notice, revision). `edits` are new versions of the
    posts it corrects. `version` counts its texts; approvals are of one version. `rule` says
    what made it: a mode of the account, a person, the command line.
    """

    alert: int
    account: int
    event: int
    sort: Sort
    stage: Stage
    lang: str
    parts: tuple[Part, ...]
    key: str
    serious: bool
    created_at: datetime
    notice: int | None = None
    basis: tuple[tuple[int, int], ...] = ()
    edits: tuple[Part, ...] = ()
    version: int = 1
    edited: bool = False
    due_at: datetime | None = None
    rule: str = ""
    why: str | None = None
    approvals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Posted:
    """One post that stands on a platform: which part of which draft, and its name there."""

    part: int
    message: str
    at: datetime
