"""Everything there is on this X, and how somebody hears that it changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from tests.platforms.x.accounts import Account, Numbers
from tests.platforms.x.posts import Media, Post
from tests.platforms.x.weighing import normal

T = TypeVar("T")


@dataclass(eq=False, slots=True)
class World:
    """Accounts, posts and media by id; `complaints`: what X tolerates and its rules do not."""

    now: Callable[[], float]
    numbers: Numbers = field(init=False)
    accounts: dict[str, Account] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    media: dict[str, Media] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    _waiting: set[asyncio.Event] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Begin to count."""
        self.numbers = Numbers(self.now)

    def account(self, handle: str, *, self_replies: bool = False) -> Account:
        """Add an account."""
        if any(known.handle.lower() == handle.lower() for known in self.accounts.values()):
            raise ValueError(f"@{handle} is taken")
        account = Account(handle, self.numbers(), self_replies=self_replies)
        self.accounts[account.id] = account
        return account

    def written(
        self,
        author: Account,
        text: str,
        *,
        reply_to: Post | None = None,
        quoted: Post | None = None,
        media: tuple[Media, ...] = (),
    ) -> Post:
        """Return a new post, not yet kept; whoever answers somebody else names them first."""
        leading = ""
        if reply_to and reply_to.author is not author:
            named = f"@{reply_to.author.handle} "
            leading = "" if text.lower().startswith(named.lower()) else named
        text = normal(text).strip()
        number, at = self.numbers(), self.now()
        return Post(number, author, text, at, reply_to, quoted, media=media, leading=leading)

    def add(self, post: Post) -> Post:
        """Keep a post, and wake whoever waits for one."""
        post.people = {one.handle.lower(): one.id for one in self.accounts.values()}
        self.posts[post.id] = post
        self.touch()
        return post

    def standing(self) -> Iterable[Post]:
        """Return the posts that were not deleted, oldest first."""
        return (post for post in self.posts.values() if not post.deleted)

    def touch(self) -> None:
        """Let those who wait look again."""
        for event in self._waiting:
            event.set()

    async def until(self, condition: Callable[[], T], seconds: float = 10) -> T:
        """Return what a condition says once it is true; TimeoutError if it never is."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            async with asyncio.timeout(seconds):
                while not (found := condition()):
                    await event.wait()
                    event.clear()
                return found
        finally:
            self._waiting.discard(event)
