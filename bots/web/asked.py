"""What may be asked of a list of recalls, checked once, for programs and for pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    model_validator,
)

from core.model.recall import HazardKind
from core.store.listing import MOST_LISTED, Cursor, Wanted

USUAL = 50
NARROWING = ("brand", "category", "hazard", "country", "source")
_CURSOR = re.compile(r"(-?[0-9]{1,12})\.([0-9]{1,18})")
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(9998, 1, 1, tzinfo=UTC)
_MOMENT: TypeAdapter[datetime] = TypeAdapter(datetime)


def _moment(text: object) -> datetime:
    """Return a day (from its beginning, UTC) or a moment; raises ValueError for nonsense."""
    if not isinstance(text, str):
        raise ValueError(  # noqa: TRY004 - pydantic turns no TypeError into an answer
            "should be a date such as 2026-01-31 or a moment with its zone"
        )
    try:
        moment = datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        # In an address an unescaped "+" has become a space.
        moment = _MOMENT.validate_python(text.replace(" ", "+") if "T" in text else text)
    if moment.tzinfo is None:
        raise ValueError("should name its zone, such as 2026-01-31T12:00:00Z")
    if not _EARLIEST <= moment <= _LATEST:
        raise ValueError("should lie after 1970")
    return moment


def _cursor(text: str) -> str:
    if _CURSOR.fullmatch(text) is None:
        raise ValueError("should be the cursor of an earlier answer")
    return text


def _plain(text: str) -> str:
    if not text.isprintable():
        raise ValueError("should be printable")
    return text


Brand = Annotated[str, Field(max_length=100), AfterValidator(_plain)]


class Narrowing(BaseModel):
    """Which recalls: those that fit everything that is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    brand: Annotated[
        Brand | None,
        Field(description="A brand, however it is spelt: `Anker`, `black-diamond`."),
    ] = None
    category: Annotated[
        str | None,
        Field(
            pattern="^[a-z0-9][a-z0-9.-]{0,79}$", description="Kind of product: `power-bank`."
        ),
    ] = None
    hazard: Annotated[HazardKind | None, Field(description="What can hurt: `fire`.")] = None
    country: Annotated[
        str | None,
        Field(
            pattern="^[A-Z]{2}$",
            description="Where it was recalled, ISO 3166-1 alpha-2: `US`. Finds what was "
            "recalled everywhere, too.",
        ),
    ] = None
    source: Annotated[
        str | None,
        Field(pattern="^[a-z][a-z0-9_]{0,39}$", description="Whose notices: `cpsc`."),
    ] = None

    @model_validator(mode="before")
    @classmethod
    def _tidied(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """What a form leaves empty is not given; case is no difference."""
        tidied = {name: value for name, value in given.items() if value != ""}
        changes = {"country": str.upper, "category": str.lower, "hazard": str.lower}
        for name, change in changes.items():
            if isinstance(tidied.get(name), str):
                tidied[name] = change(tidied[name])
        return tidied

    @property
    def wanted(self) -> Wanted:
        """Return it as the store asks."""
        return Wanted(self.brand, self.category, self.hazard, self.country, self.source)

    @property
    def narrowing(self) -> str:
        """Return what narrows the list as part of an address, "?" included."""
        return Narrowing.query(self)

    def query(self, **more: str) -> str:
        """Return it as part of an address, "?" included, empty where nothing is given."""
        given = {name: getattr(self, name) for name in NARROWING}
        pairs = {name: str(value) for name, value in given.items() if value is not None}
        text = urlencode(pairs | more)
        return f"?{text}" if text else ""


class Asked(Narrowing):
    """A part of a list of recalls."""

    since: Annotated[
        datetime | None,
        BeforeValidator(_moment),
        Field(
            description="Only what was published or changed since: a day (`2026-01-31`) or a "
            "moment with its zone (`2026-01-31T12:00:00Z`)."
        ),
    ] = None
    limit: Annotated[int, Field(ge=1, le=MOST_LISTED, description="How many at most.")] = USUAL
    cursor: Annotated[
        Annotated[str, AfterValidator(_cursor)] | None,
        Field(description="Where an earlier answer was broken off: its `next_cursor`."),
    ] = None

    @property
    def wanted(self) -> Wanted:
        """Return it as the store asks."""
        return Wanted(
            self.brand, self.category, self.hazard, self.country, self.source, self.since
        )

    @property
    def after(self) -> Cursor | None:
        """Return where to go on."""
        found = _CURSOR.fullmatch(self.cursor or "")
        return Cursor(int(found[1]), int(found[2])) if found else None

    def going_on(self, following: Cursor | None) -> str | None:
        """Return the address's query for what comes next, None at the end."""
        if following is None:
            return None
        more = {"limit": str(self.limit), "cursor": cursor_text(following)}
        if self.since is not None:
            more["since"] = self.since.isoformat()
        return self.query(**more)


class AskedFeed(Asked):
    """A part of a list of recalls, told in a language."""

    lang: Annotated[
        str,
        Field(
            max_length=40,
            description="Language of what we say ourselves (BCP 47), not of the notices.",
        ),
        AfterValidator(_plain),
    ] = "en"

    def query(self, **more: str) -> str:
        """Return it as part of an address, "?" included, empty where nothing is given."""
        spoken = {} if self.lang == "en" else {"lang": self.lang}
        return Narrowing.query(self, **spoken, **more)


def cursor_text(cursor: Cursor) -> str:
    """Return a cursor as it is written in an address."""
    return f"{cursor.at}.{cursor.number}"
