"""Questions from frames on other sites: asked by nobody we know, answered for everybody."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from core.channel import Post
from core.query.talk import INLINE


class Question:
    """One question and what was said to it so far."""

    def __init__(self) -> None:
        """Wait for an answer."""
        self._posts: dict[str, Post] = {}
        self._over = asyncio.Event()

    def take(self, post: Post, key: str) -> None:
        """Take part of the answer, once for each key."""
        self._posts.setdefault(key, post)

    def end(self) -> None:
        """Tell that nothing more is coming; more than once is harmless."""
        self._over.set()

    async def answer(self, patience: timedelta) -> str | None:
        """Return the answer as HTML, None where none came in time."""
        try:
            async with asyncio.timeout(patience.total_seconds()):
                await self._over.wait()
        except TimeoutError:
            return None
        return "".join(post.text for post in self._posts.values()) or None


class Questions:
    """The questions that wait for their answer; each has a chat of its own until then."""

    def __init__(self) -> None:
        """Begin with none."""
        self._open: dict[str, Question] = {}

    def begin(self, number: int) -> tuple[str, Question]:
        """Return the chat of a new question, by which the conversation keeps nothing of it."""
        chat, question = f"{INLINE}{number}", Question()
        self._open[chat] = question
        return chat, question

    def named(self, chat: str) -> Question | None:
        """Return the question that waits in this chat."""
        return self._open.get(chat)

    def forget(self, chat: str) -> None:
        """Let go of it; what is said there from now on reaches nobody."""
        self._open.pop(chat, None)

    def end(self) -> None:
        """Let nobody wait any longer."""
        for question in self._open.values():
            question.end()
