"""A public platform that obeys the contract, can what it is told it can, and fails as told."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from core.channel import (
    Address,
    Capabilities,
    DeliveryError,
    Heard,
    Markup,
    Post,
    PostRejected,
    Receipt,
)
from core.model.message import Message


@dataclass(frozen=True, slots=True)
class Hung:
    """A post that stands on the board."""

    id: str
    chat: str
    key: str
    text: str
    reply_to: str | None = None
    picture: bytes | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What becomes of a post: refused with an error, which may come after it got through."""

    error: DeliveryError | None = None
    arrives: bool = False


@dataclass(slots=True)
class Board:
    """What its capabilities promise it keeps; `answers` are those to the next posts.

    What was edited reads anew where it hangs; `refuses_edits` and `refuses_looks` say how that
    fails. `known` are the names of posts from before.
    """

    kind: str = "memory"
    finds: bool = False
    drops_repeats: bool = False
    threads: bool = True
    aside: bool = False
    edits: bool = False
    max_caption: int | None = None
    longest: int = 100_000
    posts: list[Hung] = field(default_factory=list)
    answers: deque[Answer] = field(default_factory=deque)
    refuses_edits: DeliveryError | None = None
    refuses_looks: DeliveryError | None = None
    edited: list[tuple[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    known: set[str] = field(default_factory=set)

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            fits=lambda text: len(text) <= self.longest,
            markup=Markup.PLAIN,
            max_caption=self.max_caption,
            threads=self.threads,
            aside=self.aside,
            edits=self.edits,
            finds=self.finds,
            drops_repeats=self.drops_repeats,
            private=False,
        )

    def answer(self, *errors: DeliveryError | None, arrives: bool = False) -> None:
        """Answer the next posts like that."""
        self.answers += [Answer(error, arrives) for error in errors]

    def shown(self, chat: str) -> list[str]:
        """Return what is read there now."""
        now = dict(self.edited)
        return [now.get(one.id, one.text) for one in self.posts if one.chat == chat]

    def keys(self) -> list[str]:
        """Return by which keys posts got through."""
        return [one.key for one in self.posts]

    def render(self, message: Message) -> tuple[Post, ...]:
        text = message.plain
        cut = range(0, len(text), self.longest)
        picture = message.picture
        first, *rest = (Post(text[start : start + self.longest]) for start in cut)
        return (Post(first.text, picture=picture), *rest)

    async def send(
        self, post: Post, to: Address, *, key: str, reply_to: str | None = None
    ) -> Receipt:
        self.asked.append(key)
        answer = self.answers.popleft() if self.answers else Answer()
        if answer.error is not None and not answer.arrives:
            raise answer.error
        known = next((one.id for one in self.posts if one.key == key), None)
        if known is None or not self.drops_repeats:
            known = str(len(self.posts) + 1)
            picture = post.picture.jpeg if post.picture else None
            self.posts.append(Hung(known, to.chat, key, post.text, reply_to, picture))
        if answer.error is not None:
            raise answer.error
        return Receipt(known, to)

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        if self.refuses_edits is not None:
            raise self.refuses_edits
        if receipt.id not in self.known | {one.id for one in self.posts}:
            raise PostRejected("no such post")
        self.edited.append((receipt.id, post.text))
        return receipt

    async def find(self, key: str, to: Address, post: Post) -> Receipt | None:
        del post
        if self.refuses_looks is not None:
            raise self.refuses_looks
        return next((Receipt(one.id, to) for one in self.posts if one.key == key), None)

    async def listen(self) -> AsyncIterator[Heard]:
        nothing: tuple[Heard, ...] = ()
        for one in nothing:
            yield one

    async def close(self) -> None:
        """Hold nothing."""
