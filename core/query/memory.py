"""What is kept of one chat between two messages."""

from __future__ import annotations

from types import MappingProxyType

from pydantic import BaseModel, ConfigDict

from core.model.unit import Unit
from core.model.verdict import NextKind

# The step after a photo: are the numbers on the label what we read?
LABEL = "label"


class Memory(BaseModel):
    """What one chat is about: the unit spoken of last, and the one thing we asked about it.

    `lang` is the language the person chose and `home` the country they told, for every answer
    from then on. `owned` says that the unit was just put on their list.
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

    @property
    def unit(self) -> Unit | None:
        """Return the unit spoken of last, or None."""
        if not (self.brand or self.model or self.facts):
            return None
        return Unit(self.brand, self.model, MappingProxyType(self.facts), self.confirmed)

    @property
    def person(self) -> Memory:
        """Return only what holds whatever is spoken of."""
        return Memory(lang=self.lang, home=self.home)

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
