"""A claim step by step: which steps a recall asks of an owner, and which of them are ticked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, field_serializer, field_validator

from core.model.recall import Key, Notice, Remedy, RemedyKind

_MARKED = re.compile(r"\b(?:written|writing|write)\b|\bmarker\b", re.IGNORECASE)
_WORD = re.compile(r"\bword\s+[\"“'‘]([A-Za-z]{1,20})[\"”'’]", re.IGNORECASE)
_NAME = re.compile(r"\byour name\b", re.IGNORECASE)
_DATE = re.compile(r"\bthe date\b|\btoday's date\b", re.IGNORECASE)
_MODEL = re.compile(r"\bmodel\b", re.IGNORECASE)
_SERIAL = re.compile(r"\bserial\b", re.IGNORECASE)
_FRONT = re.compile(r"\bfront\b", re.IGNORECASE)
_BACK = re.compile(r"\bback\b", re.IGNORECASE)
_CORD, _CUT = r"\b(?:cord|cable)\b", r"\bcut\b"
_CORD_CUT = re.compile(f"{_CORD}[^.;]*{_CUT}|{_CUT}[^.;]*{_CORD}", re.IGNORECASE)


class Step(StrEnum):
    """One step of a claim, in the order in which they are taken."""

    STOP = "stop"
    CHECK = "check"
    PHOTO = "photo"
    PROOF = "proof"
    ASK = "ask"
    AWAY = "away"


_ORDER = tuple(Step)


class ClaimProgress(BaseModel):
    """Which steps of one event somebody has ticked; `event` is the id of its leading notice.

    It goes to JSON and comes back the same (`model_dump_json`, `model_validate_json`); a step
    that another version knew is let go.
    """

    model_config = ConfigDict(frozen=True)

    event: Key
    ticked: frozenset[Step] = frozenset()

    @field_validator("ticked", mode="before")
    @classmethod
    def _known(cls, names: Iterable[str]) -> frozenset[Step]:
        known = {step.value: step for step in Step}
        return frozenset(known[name] for name in names if name in known)

    @field_serializer("ticked")
    def _in_order(self, ticked: frozenset[Step]) -> list[str]:
        return [step.value for step in _ORDER if step in ticked]

    @classmethod
    def of(cls, event: str, names: Iterable[str]) -> ClaimProgress:
        """Return the progress that the store kept as the names of steps."""
        return cls.model_validate({"event": event, "ticked": list(names)})

    @property
    def names(self) -> frozenset[str]:
        """Return the names of the ticked steps, for the store to keep."""
        return frozenset(step.value for step in self.ticked)

    def ticking(self, step: Step) -> ClaimProgress:
        """Return the same with this step ticked, however often it was."""
        return self.model_copy(update={"ticked": self.ticked | {step}})

    def unticking(self, step: Step) -> ClaimProgress:
        """Return the same with this step open again."""
        return self.model_copy(update={"ticked": self.ticked - {step}})

    def next_of(self, steps: Sequence[Step]) -> Step | None:
        """Return the first of these steps that is open, None where all are ticked."""
        return next((step for step in steps if step not in self.ticked), None)


def steps_of(
    notices: Sequence[Notice], remedies: Sequence[Remedy], *, decided: bool
) -> tuple[Step, ...]:
    """Return the steps that these notices ask of whoever gets `remedies`.

    `decided` says that the unit is known to be a recalled one, so that nothing is left to
    check. What is only repaired is kept.
    """
    wanted = {
        Step.STOP: True,
        Step.CHECK: not decided,
        Step.PHOTO: any(remedy.photo for remedy in remedies),
        Step.PROOF: any(_receipt(remedy) for remedy in remedies),
        Step.ASK: True,
        Step.AWAY: not _only_repaired(remedies) or any(one.disposal for one in notices),
    }
    return tuple(step for step in _ORDER if wanted[step])


def _receipt(remedy: Remedy) -> bool:
    return remedy.proof_of_purchase in {"required", "optional"}


def _only_repaired(remedies: Sequence[Remedy]) -> bool:
    kinds = {option.kind for remedy in remedies for option in remedy.options}
    return kinds == {RemedyKind.REPAIR}


@dataclass(frozen=True, slots=True)
class PhotoWants:
    """What a photo has to show, as far as the notice's own words name it.

    `word` is what to write on the product, as the notice spells it; `name` and `date` are
    written on it, too. `sides` says that front and back are wanted, `cut` a cord cut through.
    """

    word: str | None = None
    name: bool = False
    date: bool = False
    model: bool = False
    serial: bool = False
    sides: bool = False
    cut: bool = False

    @classmethod
    def read(cls, text: str) -> PhotoWants | None:
        """Read what a notice says of the photo; None where it names nothing we can draw."""
        marked = bool(_MARKED.search(text))
        word = _WORD.search(text)
        found = cls(
            word=word[1] if word and marked else None,
            name=marked and bool(_NAME.search(text)),
            date=marked and bool(_DATE.search(text)),
            model=bool(_MODEL.search(text)),
            serial=bool(_SERIAL.search(text)),
            sides=bool(_FRONT.search(text)) and bool(_BACK.search(text)),
            cut=bool(_CORD_CUT.search(text)),
        )
        return None if found == cls() else found

    @property
    def parts(self) -> tuple[str, ...]:
        """Return what the drawing numbers, in that order: the keys of its legend."""
        label = "label" if self.model and self.serial else ""
        one = "model" if self.model else "serial" if self.serial else ""
        named = {
            "sides": self.sides,
            label or one: bool(label or one),
            "word": self.word is not None,
            "name": self.name,
            "date": self.date,
            "cut": self.cut,
        }
        return tuple(part for part, wanted in named.items() if wanted)
