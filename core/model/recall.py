"""One notice of a recall: what an authority or maker published, each fact with its source."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, model_validator

from core.model.rule import Checker, Rule, Unparsed, walk

Text = Annotated[str, Field(min_length=1, max_length=2000)]
Line = Annotated[str, Field(min_length=1, max_length=200)]
Key = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9.-]{0,79}$")]
Region = Annotated[str, Field(pattern="^([A-Z]{2}|WORLD)$")]
Link = Annotated[str, Field(pattern="^https?://[^ ]+$", max_length=500)]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceKind(StrEnum):
    """Who says so; only a primary source, or its verbatim copy, makes a rule complete."""

    OFFICIAL = "official"
    OFFICIAL_COPY = "official_copy"
    MAKER = "maker"
    NEWS = "news"

    @property
    def primary(self) -> bool:
        """Say whether a complete rule may rest on it."""
        return self is not SourceKind.NEWS


class Citation(_Value):
    """Where a fact was read, what it says there, and when somebody of us saw it."""

    id: Key
    url: Link
    kind: SourceKind
    says: Text
    seen: date


class HazardKind(StrEnum):
    """What can hurt."""

    FIRE = "fire"
    BURN = "burn"
    EXPLOSION = "explosion"
    SHOCK = "shock"
    SUFFOCATION = "suffocation"
    DROWNING = "drowning"
    CHOKING = "choking"
    INGESTION = "ingestion"
    LACERATION = "laceration"
    FALL = "fall"
    IMPACT = "impact"
    POISONING = "poisoning"
    INFECTION = "infection"
    ALLERGY = "allergy"
    CRASH = "crash"
    FAILURE_TO_PROTECT = "failure_to_protect"
    OTHER = "other"


class Hazard(_Value):
    """What can hurt, in the notice's sense."""

    kinds: tuple[HazardKind, ...] = Field(min_length=1)
    text: Text
    source: Key


class RemedyKind(StrEnum):
    """What the owner gets."""

    REFUND = "refund"
    REPLACE = "replace"
    REPAIR = "repair"
    GIFT_CARD = "gift_card"
    STORE_CREDIT = "store_credit"
    DISPOSE = "dispose"


class RemedyOption(_Value):
    """One thing the owner may choose; `amount` is a number as printed, `currency` ISO 4217."""

    kind: RemedyKind
    amount: Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]{2})?$")] | None = None
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = None
    product: Line | None = None

    @model_validator(mode="after")
    def _sound(self) -> RemedyOption:
        if (self.amount is None) != (self.currency is None):
            raise ValueError("an amount and its currency belong together")
        return self


class Remedy(_Value):
    """What owners in these regions get and how they claim it.

    `photo` says what picture the maker wants; `since` when this remedy began, so that the
    newest stands.
    """

    regions: tuple[Region, ...] = Field(min_length=1)
    options: tuple[RemedyOption, ...] = Field(min_length=1)
    text: Text
    photo: Text | None = None
    proof_of_purchase: Literal["required", "optional", "not_needed"] | None = None
    claim_url: Link | None = None
    since: date | None = None
    source: Key


class Contact(_Value):
    """How owners in these regions reach whoever runs the recall."""

    regions: tuple[Region, ...] = Field(min_length=1)
    phone: Line | None = None
    hours: Line | None = None
    email: Line | None = None
    url: Link | None = None
    source: Key


class Sold(_Value):
    """When, where and for how much it was sold, as the notice says."""

    start: date | None = None
    end: date | None = None
    where: Text | None = None
    price: Line | None = None
    source: Key

    @model_validator(mode="after")
    def _sound(self) -> Sold:
        if self.start and self.end and self.start > self.end:
            raise ValueError(f"inverted dates {self.start} to {self.end}")
        return self


class Count(_Value):
    """How many units these regions' notice covers."""

    regions: tuple[Region, ...] = Field(min_length=1)
    units: Annotated[int, Field(gt=0)]
    source: Key


class Said(_Value):
    """A sentence of ours about the recall, and where it was read."""

    text: Text
    source: Key


class Example(BaseModel):
    """A unit and the verdict it must get from this notice alone, with its codes confirmed.

    Every further key is a printed or remembered fact of the unit: `serial`, `date_code`,
    `colour`, `region`, `bought`, …
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    brand: Line | None = None
    model: Line | None = None
    want: Literal["affected", "check_needed", "not_affected", "no_recall_found"]

    @property
    def facts(self) -> dict[str, str]:
        """Return the unit's facts by field name, as text."""
        return {name: str(value) for name, value in (self.model_extra or {}).items()}


class Kind(StrEnum):
    """What the authority or maker asked for."""

    RECALL = "recall"
    WITHDRAWAL = "withdrawal"
    ADVISORY = "advisory"


class State(StrEnum):
    """Whether the notice still stands; a closed one does not make its units any safer."""

    OPEN = "open"
    CLOSED = "closed"
    RETRACTED = "retracted"


class Notice(_Value):
    """One recall as published: the product, the units, the hazard, the remedies, the sources.

    Raises `ValidationError` for everything a rule or a fact can be wrong about on its face:
    a complete rule without a primary source or with unparsed text, a checker without an https
    address, a fact whose source is not listed.
    """

    id: Key
    authority: Line
    number: Line | None = None
    kind: Kind = Kind.RECALL
    state: State = State.OPEN
    published: date | None = None
    brands: tuple[Line, ...] = Field(min_length=1)
    product: Line
    title: Text | None = None
    image: Link | None = None
    names: tuple[Line, ...] = ()
    category: Key = "power-bank"
    regions: tuple[Region, ...] = Field(min_length=1)
    units: Rule
    complete: bool = False
    checker: Link | None = None
    find_it: Said | None = None
    hazard: Hazard
    incidents: Said | None = None
    sold: Sold | None = None
    counts: tuple[Count, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    contacts: tuple[Contact, ...] = ()
    disposal: Said | None = None
    expands: tuple[Key, ...] = ()
    linked: tuple[Link, ...] = ()
    sources: tuple[Citation, ...] = Field(min_length=1)
    examples: tuple[Example, ...] = ()
    note: Text | None = None

    @model_validator(mode="after")
    def _sound(self) -> Notice:
        nodes = list(walk(self.units))
        if self.units.op == "expect":
            raise ValueError("expect only describes: it cannot be the whole rule")
        if any(isinstance(node, Checker) for node in nodes) and not _https(self.checker):
            raise ValueError("a checker rule needs an https address in `checker`")
        if self.complete and not any(source.kind.primary for source in self.sources):
            raise ValueError("complete, but no primary source states the rule")
        if self.complete and any(isinstance(node, Unparsed) for node in nodes):
            raise ValueError("complete, but part of the wording is unparsed")
        known = {source.id for source in self.sources}
        if missing := sorted(self._cited() - known):
            raise ValueError(f"source not listed: {', '.join(missing)}")
        return self

    def _cited(self) -> set[str]:
        facts = (self.find_it, self.hazard, self.incidents, self.sold, self.disposal)
        return {
            fact.source
            for fact in (*facts, *self.counts, *self.remedies, *self.contacts)
            if fact is not None
        }

    def citation(self, source: str) -> Citation:
        """Return the citation of that id; raises KeyError where there is none."""
        return {citation.id: citation for citation in self.sources}[source]

    @property
    def main_source(self) -> Citation:
        """Return the best source: primary before news, then in the order given."""
        return min(self.sources, key=lambda citation: list(SourceKind).index(citation.kind))

    def covers(self, region: str | None) -> bool:
        """Say whether it holds in `region`; an unknown region counts as every region."""
        return region is None or "WORLD" in self.regions or region in self.regions


def _https(url: str | None) -> bool:
    return bool(url) and HttpUrl(url or "").scheme == "https"


class Maker(_Value):
    """A maker's names and what it prints on its units.

    `aliases` are the name in other scripts and usual misspellings; `alphabet` and `lengths`
    hold, per code field, the characters it prints and how many; `model_shapes` what its model
    numbers look like ("9" a digit, "A" a letter, other characters themselves in lower case).
    """

    name: Line
    brands: tuple[Line, ...] = Field(min_length=1)
    aliases: tuple[Line, ...] = ()
    alphabet: dict[str, Annotated[str, Field(pattern="^[0-9A-Z]{2,36}$")]] = {}
    lengths: dict[str, tuple[int, ...]] = {}
    model_shapes: tuple[Annotated[str, Field(pattern="^[9Aa-z0-9-]{2,20}$")], ...] = ()
