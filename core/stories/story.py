"""What a recorded history is made of: notices as published, and what households say and do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
)

from core.model.recall import Citation, Key, Line, Notice, Text

Moment = Annotated[AwareDatetime, AfterValidator(lambda at: at.astimezone(UTC))]
Change = Literal[
    "new", "expanded", "corrected", "remedy_changed", "closed", "reopened", "retracted"
]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Household(_Value):
    """An invented household, or a group: who they are, where they chat, what they read.

    `id` is the chat's name on `channel`; `lang` what the platform says they read.
    """

    id: Key
    name: Line
    about: Text
    channel: Key
    lang: Annotated[str, Field(pattern="^[a-z]{2}(-[A-Za-z]{2,4})?$")]
    group: bool = False


class Published(_Value):
    """A version of a notice, complete, as it stood from then on.

    `kind` says what it is next to the version before, `dated_by` which source gives the day.
    """

    at: Moment
    kind: Change
    dated_by: Key
    notice: Notice

    def read_then(self) -> Notice:
        """Return the notice as who read it that day has it: with its sources read that day."""
        seen = {"seen": self.at.date()}
        sources = tuple(source.model_copy(update=seen) for source in self.notice.sources)
        return self.notice.model_copy(update={"sources": sources})


class Said(_Value):
    """What a household writes to us."""

    at: Moment
    household: Key
    says: Text


class Pressed(_Value):
    """A button a household presses: the first whose words begin with `presses`.

    It is looked for on the newest of our messages to them that has such a button.
    """

    at: Moment
    household: Key
    presses: Text


class Left(_Value):
    """A household blocks us, or puts us out; what it says next brings it back."""

    at: Moment
    household: Key
    does: Literal["leaves"]


def _kind_of(event: Any) -> str | None:
    """Return the key that tells what an event is, None where it has none of them."""
    keys = ("notice", "says", "presses", "does")
    has = event if isinstance(event, dict) else getattr(event, "__dict__", {})
    return next((key for key in keys if key in has), None)


Event = Annotated[
    Annotated[Published, Tag("notice")]
    | Annotated[Said, Tag("says")]
    | Annotated[Pressed, Tag("presses")]
    | Annotated[Left, Tag("does")],
    Discriminator(
        _kind_of,
        custom_error_type="no_event",
        custom_error_message="has none of notice, says, presses and does, so it is no event",
    ),
]


class Story(_Value):
    """A history: where its facts are from, who lives through it, and what happens, in order.

    `until` says how long the clock runs on after it, for what is due later.
    """

    story: Key
    about: Text
    until: Moment
    sources: tuple[Citation, ...] = ()
    households: tuple[Household, ...] = Field(min_length=1)
    events: tuple[Event, ...] = Field(min_length=1)

    def household(self, name: str) -> Household:
        """Return the household of that id; raises KeyError where there is none."""
        return {one.id: one for one in self.households}[name]

    def published(self) -> Iterator[Published]:
        """Yield the notices in the order they were published."""
        return (event for event in self.events if isinstance(event, Published))
