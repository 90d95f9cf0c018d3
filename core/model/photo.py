"""A photo of a product that may be shown to everybody, and why it may."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

# All of it has to fit under a card at a size that can be read.
LONGEST_ATTRIBUTION = 80
LONGEST_ADDRESS = 100
OWN, PUBLIC_DOMAIN = "own work", "public domain"
# These ask for nobody to be named.
_ASK_NOBODY = frozenset({OWN, PUBLIC_DOMAIN, "CC0 1.0", "Unsplash License", "Pexels License"})
_OTHERS = (
    OWN,
    PUBLIC_DOMAIN,
    "CC0 1.0",
    "DL-DE BY 2.0",
    "Free Art License 1.3",
    "GFDL 1.2",
    "GFDL 1.3",
    "Licence Ouverte 2.0",
    "OGL 3.0",
    "Pexels License",
    "Unsplash License",
)
_COMMONS = re.compile(r"cc by( sa| nc| nc sa)? ([1-4]\.[0-9])( [a-z]{2,4})?")
_ADDRESS = re.compile(r"https://[^\s/.]+\.[^\s]+")


class Unstated(StrEnum):
    """What a statement of a licence lacks; each has a text `card_photo_<value>`."""

    UNNAMED = "unnamed"
    NOBODY = "nobody"
    TOO_LONG = "too_long"


class NotLicensed(ValueError):  # noqa: N818 - what it is
    """What was said does not tell that a photo may be shown."""

    def __init__(self, why: Unstated) -> None:
        """Say what is lacking."""
        super().__init__(why.value)
        self.why = why


class Unfit(StrEnum):
    """Why a file is not taken as a photo; each has a text `card_photo_<value>`."""

    NO_PICTURE = "no_picture"
    MOVING = "moving"
    TOO_LARGE = "too_large"
    TOO_SMALL = "too_small"


class UnfitPhoto(ValueError):  # noqa: N818 - what it is
    """A file is no photo that can be shown."""

    def __init__(self, why: Unfit) -> None:
        """Say why."""
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class Statement:
    """Why a photo may be shown: its licence by name or address, and whom to name with it."""

    licence: str
    attribution: str = ""

    @property
    def credit(self) -> str:
        """Return what is to be said with the photo, "" where nobody asks for anything."""
        if self.licence in {OWN, PUBLIC_DOMAIN} or not self.attribution:
            return self.attribution
        return f"{self.attribution}, {self.licence.removeprefix('https://')}"


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo as it is kept; `digest` names it together with its statement."""

    digest: str
    jpeg: bytes = field(repr=False)
    statement: Statement

    @classmethod
    def of(cls, jpeg: bytes, statement: Statement) -> Photo:
        """Return a photo by its name: other words about the same picture are another one."""
        words = "\0".join((statement.licence, statement.attribution))
        told = words.encode("utf-8", "surrogatepass")
        return cls(sha256(sha256(jpeg).digest() + told).hexdigest(), jpeg, statement)


def stated(licence: str, attribution: str = "") -> Statement:
    """Return what somebody says of a licence, its name as it is usually written.

    A licence is "own work", "public domain", one we know by its name ("CC BY 4.0") or the
    address at which it can be read; most ask for somebody to be named. That somebody may use
    a photo is no licence. Raises NotLicensed.
    """
    name, credited = _named(licence), _line(attribution)
    if name is None:
        raise NotLicensed(Unstated.UNNAMED)
    if len(credited) > LONGEST_ATTRIBUTION or len(name) > LONGEST_ADDRESS:
        raise NotLicensed(Unstated.TOO_LONG)
    if not credited and name not in _ASK_NOBODY:
        raise NotLicensed(Unstated.NOBODY)
    return Statement(name, credited)


def _named(licence: str) -> str | None:
    text = _line(licence)
    if _ADDRESS.fullmatch(text):
        return text
    folded = _folded(text)
    if found := _COMMONS.fullmatch(folded):
        kind = (found[1] or "").strip().upper().replace(" ", "-")
        name = f"CC BY{'-' if kind else ''}{kind} {found[2]}"
        return f"{name}{(found[3] or '').upper()}"
    return next((one for one in _OTHERS if _folded(one) == folded), None)


def _line(typed: str) -> str:
    """Return what somebody typed in one line, without what no database holds."""
    return " ".join(typed.replace("\0", "").encode("utf-8", "ignore").decode().split())


def _folded(text: str) -> str:
    return re.sub(r"[\s_-]+", " ", text).casefold()
