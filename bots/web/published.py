"""The recalls as programs get them: JSON with a meaning for every field."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Protocol

from pydantic import BaseModel, Field

from core.model.recall import HazardKind, Kind, Notice, State
from core.sources.contract import Authority
from core.store.listing import Entry


class Seen(Protocol):
    """One version of a notice as we saw it."""

    @property
    def number(self) -> int:
        """Return its number, counted from 1."""
        ...

    @property
    def kind(self) -> str:
        """Return what it was."""
        ...

    @property
    def seen_at(self) -> datetime:
        """Return when we first saw it, in UTC."""
        ...


class Recall(BaseModel):
    """One notice in a list."""

    id: Annotated[str, Field(description="Stable; `/api/recalls/{id}` tells more.")]
    page: Annotated[str, Field(description="Our page of it.")]
    official: Annotated[str, Field(description="The best source's own page of it.")]
    source: Annotated[str, Field(description="Name of the source it was read from.")]
    authority: Annotated[str, Field(description="Who published it.")]
    number: Annotated[str | None, Field(description="The authority's number of it.")]
    kind: Kind
    state: Annotated[
        State, Field(description="A closed recall does not make its units any safer.")
    ]
    published: Annotated[date | None, Field(description="Day of publication.")]
    updated: Annotated[
        datetime, Field(description="When it was published or last said something else.")
    ]
    title: str
    product: str
    brands: tuple[str, ...]
    category: str
    countries: Annotated[
        tuple[str, ...], Field(description="ISO 3166-1 alpha-2, or `WORLD` for everywhere.")
    ]
    hazards: tuple[HazardKind, ...]
    hazard: Annotated[str, Field(description="What can hurt, in the notice's sense.")]
    image: Annotated[str | None, Field(description="A picture, at the authority.")]
    exercise: Annotated[
        bool, Field(description="A test or an exercise of the authority; never in a list.")
    ]
    licence: Annotated[str | None, Field(description="Terms of the source.")]
    licence_url: str | None
    attribution: Annotated[
        str | None, Field(description="The line the source's licence asks for: keep it.")
    ]


class Recalls(BaseModel):
    """Part of a list of notices, the last published or changed first."""

    recalls: tuple[Recall, ...]
    next_cursor: Annotated[
        str | None, Field(description="Pass it as `cursor` to go on; null at the end.")
    ]
    next: Annotated[str | None, Field(description="Address of what comes next.")]


class RecallVersion(BaseModel):
    """One version of a notice that was seen."""

    number: Annotated[int, Field(description="Counted from 1.")]
    kind: Annotated[
        str, Field(description="new, expanded, corrected, remedy_changed, closed, …")
    ]
    seen_at: Annotated[datetime, Field(description="When it was first seen here, in UTC.")]


class RecallInFull(BaseModel):
    """One notice with everything that is known of it."""

    recall: Recall
    notice: Annotated[
        Notice,
        Field(
            description="Units, remedies, contacts, sources. Where `complete` is false, a unit "
            "outside the rule may still be recalled."
        ),
    ]
    versions: tuple[RecallVersion, ...]


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str


def recall(entry: Entry, authority: Authority | None, base: str) -> Recall:
    """Return an entry as a list has it; pages lie below the address `base`."""
    notice = entry.notice
    return Recall(
        id=notice.id,
        page=f"{base}/recalls/{notice.id}",
        official=notice.main_source.url,
        source=entry.source,
        authority=notice.authority,
        number=notice.number,
        kind=notice.kind,
        state=notice.state,
        published=notice.published,
        updated=entry.updated,
        title=notice.title or notice.product,
        product=notice.product,
        brands=notice.brands,
        category=notice.category,
        countries=notice.regions,
        hazards=notice.hazard.kinds,
        hazard=notice.hazard.text,
        image=notice.image,
        exercise=entry.exercise,
        licence=authority.licence if authority else None,
        licence_url=authority.licence_url if authority else None,
        attribution=authority.attribution if authority else None,
    )


def in_full(listed: Recall, notice: Notice, versions: Sequence[Seen]) -> RecallInFull:
    """Return a notice with everything that is known of it."""
    seen = tuple(
        RecallVersion(number=one.number, kind=str(one.kind), seen_at=one.seen_at)
        for one in versions
    )
    return RecallInFull(recall=listed, notice=notice, versions=seen)
