"""What is kept of one chat between two messages."""

from __future__ import annotations

from types import MappingProxyType

from pydantic import BaseModel, ConfigDict, Field

from core.model.unit import Unit
from core.model.verdict import NextKind

# The step after a photo: are the numbers on the label what we read?
LABEL = "label"
# So many messages of a chat may come once more after a restart.
MOST_HEARD = 50


class Memory(BaseModel):
    """What one chat is about: the unit spoken of last, and the one thing we asked about it.

    `lang` is the language the person chose and `home` the country they told, for every answer
    from then on. `owned` says that the unit was just put on their list, `item` which of their
    list they were asked about; `answered` is the mark
    of the button that brought the chat where it is. `noted` says that they know that we keep
    what they are answered. `heard` names the latest messages; a
    `repeated` one, which is heard again or was changed, answers and confirms nothing.
    """

    model_config = ConfigDict(frozen=True)

    brand: str | None = None
    model: str | None = None
    facts: dict[str, str] = {}
    confirmed: bool = False
    step: NextKind | None = None
    field: str | None = None
    value: str | None = None
    place: int | None = None
    choices: tuple[str, ...] = ()
    lang: str | None = None
    home: str | None = None
    owned: bool = False
    item: int | None = None
    noted: bool = False
    answered: str | None = None
    heard: tuple[str, ...] = ()
    repeated: bool = Field(default=False, exclude=True)

    @property
    def unit(self) -> Unit | None:
        """Return the unit spoken of last, or None."""
        if not (self.brand or self.model or self.facts):
            return None
        return Unit(self.brand, self.model, MappingProxyType(self.facts), self.confirmed)

    @property
    def person(self) -> Memory:
        """Return only what holds whatever is spoken of."""
        return Memory(
            lang=self.lang,
            home=self.home,
            noted=self.noted,
            answered=self.answered,
            heard=self.heard,
        )

    def answering(self, mark: str | None) -> Memory:
        """Return the same where the button of this mark was pressed, or none."""
        return self.model_copy(update={"answered": mark})

    def hearing(self, message: str | None) -> Memory:
        """Return the same where this message was heard last, and known if it was before."""
        if message is None:
            return self
        others = tuple(one for one in self.heard if one != message)
        return self.model_copy(
            update={
                "heard": (*others, message)[-MOST_HEARD:],
                "repeated": message in self.heard,
            }
        )

    def about(self, unit: Unit) -> Memory:
        """Return what is kept of the person, and this unit, with nothing asked."""
        return self.person.model_copy(
            update={
                "brand": unit.brand,
                "model": unit.model,
                "facts": dict(unit.facts),
                "confirmed": unit.confirmed,
            }
        )
