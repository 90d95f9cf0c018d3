"""One account's way of saying things: its style, its words, its platform, what fits there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from core.model.message import Block
from core.model.public import Card, Chart, Links, Part, Style
from core.publish.posts.foreign import finished
from core.publish.posts.platform import Platform
from core.text.alerts.parts import Reader
from core.text.translations import Translator


@dataclass(frozen=True, slots=True)
class Candidates:
    """Forms of one post, richest first, each put together when it is looked at.

    There are hundreds, and mostly one of the first fits.
    """

    make: Callable[[], Iterator[tuple[Block, ...]]]

    def __iter__(self) -> Iterator[tuple[Block, ...]]:
        """Begin with the richest."""
        return self.make()


@dataclass(frozen=True, slots=True)
class Voice:
    """Who posts, for whom and where; what a part of theirs is."""

    style: Style
    reader: Reader
    platform: Platform

    @property
    def words(self) -> Translator:
        """Return the words of the account's language."""
        return self.reader.words

    @property
    def region(self) -> str | None:
        """Return the country whose remedy comes first."""
        return self.reader.region or self.style.region

    @property
    def links(self) -> Links:
        """Return where links may stand: in no reply where there are no threads."""
        if not self.platform.links:
            return Links.NONE
        if self.style.links is Links.REPLY and not self.style.threads:
            return Links.NONE
        return self.style.links

    @property
    def shows(self) -> bool:
        """Say whether a picture goes with a first post."""
        return self.style.pictures and self.platform.carries_pictures

    def part(
        self,
        blocks: Iterable[Block],
        picture: Card | Chart | None = None,
        *,
        first: bool = True,
    ) -> Part:
        """Return the blocks as a part, with links where this one may have any."""
        links = self.links is Links.POST or (self.links is Links.REPLY and not first)
        return Part(tuple(finished(block, links=links) for block in blocks), picture)

    def fits(self, part: Part) -> bool:
        """Say whether it is one post."""
        message = part.message(self.words.lang)
        return self.platform.fits(message, part.picture is not None)

    def first_that_fits(
        self, candidates: Iterable[Iterable[Block]], picture: Card | Chart | None
    ) -> Part | None:
        """Return the first that is one post, without the picture if none is with it.

        The candidates may be gone through twice.
        """
        for shown in (picture, None) if picture else (None,):
            parts = (self.part(blocks, shown) for blocks in candidates)
            if found := next(filter(self.fits, parts), None):
                return found
        return None
