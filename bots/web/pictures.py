"""The pieces of photos that replies show: a few, for a short time, to one visitor each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from core.model.message import Picture

MOST_PICTURES = 20
KEPT = timedelta(minutes=30)


@dataclass(slots=True, weakref_slot=True)
class Shot:
    """One picture in a transcript; `jpeg` is None once it has been forgotten."""

    jpeg: bytes | None = field(repr=False)
    alt: str
    shown_at: datetime


class Pictures:
    """Forgets the pictures of all visitors, the oldest first.

    The transcript alone holds a picture, so that one is forgotten with the other.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._shots: WeakValueDictionary[int, Shot] = WeakValueDictionary()

    def kept(self, number: int, picture: Picture, now: datetime) -> Shot:
        """Return the picture of entry `number` for its transcript to hold."""
        shot = Shot(picture.jpeg, picture.alt, now)
        self._shots[number] = shot
        self.forget(now)
        return shot

    def forget(self, now: datetime) -> None:
        """Let go of every picture that is too old, or one too many."""
        shots = sorted(self._shots.items())
        for place, (number, shot) in enumerate(shots, start=1):
            if now - shot.shown_at > KEPT or len(shots) - place >= MOST_PICTURES:
                shot.jpeg = None
                del self._shots[number]
