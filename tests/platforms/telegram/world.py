"""Everything there is in an invented Telegram: the bot, its people, chats and updates."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.platforms.telegram.chats import Chat
from tests.platforms.telegram.people import Person
from tests.platforms.telegram.posts import Object, Post, Question, without_empty

T = TypeVar("T")

ANONYMOUS = 1087968824  # Telegram's own user for administrators who hide their name
QUIET_KINDS = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(eq=False, slots=True)
class World:
    """Everything there is: the bot, its people, chats, files, and the updates it has not read.

    `now` gives seconds since 1970; `keep` is how many messages a chat remembers; `check` is
    held against every update.
    """

    bot: Object
    now: Callable[[], float] = time.time
    privacy: bool = True
    inline_feedback: bool = False
    keep: int = 10_000
    check: Callable[[Object], None] = lambda _: None
    people: dict[int, Person] = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    updates: list[Object] = field(default_factory=list)
    allowed: frozenset[str] = frozenset()
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1001))
    _messages: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _waiting: set[asyncio.Future[None]] = field(default_factory=set)

    @property
    def anonymous(self) -> Object:
        """Return the user who stands for hidden administrators."""
        return {"id": ANONYMOUS, "is_bot": True, "first_name": "Group"}

    @property
    def bot_as_user(self) -> Object:
        """Return the bot as others see it in messages."""
        return {name: self.bot[name] for name in ("id", "is_bot", "first_name", "username")}

    def person(self, name: str = "Ann", lang: str | None = "en", *, met: bool = True) -> Person:
        """Make somebody; `met` False: the bot may not write before they do."""
        user = {
            "id": self.next_id(),
            "is_bot": False,
            "first_name": name,
            "language_code": lang,
        }
        found = without_empty(user)
        chat = Chat(self, found["id"], "private", name, bot="member", met=met)
        self.chats[chat.id] = chat
        self.people[chat.id] = Person(self, found, chat)
        return self.people[chat.id]

    def chat(
        self, kind: str, title: str, members: Mapping[int, str] | None = None, **facts: Any
    ) -> Chat:
        """Make a "group", "supergroup" or "channel"; `facts` as the fields of Chat."""
        number = self.next_id()
        chat_id = -number if kind == "group" else -1_000_000_000_000 - number
        self.chats[chat_id] = Chat(self, chat_id, kind, title, **facts)
        self.chats[chat_id].members = dict(members or {})
        return self.chats[chat_id]

    def gather(
        self, kind: str, title: str, owner: Person, others: Iterable[Person] = (), **facts: Any
    ) -> Chat:
        """Make a chat that has the bot in it already, in a channel as an administrator."""
        members = {person.id: "member" for person in others} | {owner.id: "creator"}
        bot = "administrator" if kind == "channel" else "member"
        return self.chat(kind, title, members, **{"bot": bot, **facts})

    def next_id(self) -> int:
        """Return a number that was not given before."""
        return next(self._ids)

    def next_message(self, chat: Chat) -> int:
        """Return a message id; supergroups and channels count their own."""
        own = chat.kind in {"supergroup", "channel"}
        return max(chat.messages, default=0) + 1 if own else next(self._messages)

    def store(self, content: bytes, *, photo: bool = False) -> Object:
        """Keep a file and return what names it."""
        file_id = f"{'AgAC' if photo else 'BQAC'}{self.next_id()}"
        self.files[file_id] = content
        return {"file_id": file_id, "file_unique_id": file_id[-4:], "file_size": len(content)}

    def hears(self, chat: Chat, post: Post) -> bool:
        """Tell whether the bot gets a message; with privacy on, in groups only what is for it.

        That a mention gets through is how it was always documented; *unverified* for today.
        """
        inside = chat.bot in {"member", "administrator"}
        if chat.kind == "private" or chat.bot == "administrator" or not inside:
            return inside
        if chat.kind == "channel" or not self.privacy:
            return chat.kind != "channel"
        answered = post.now.get("reply_to_message", {}).get("from", {})
        name = f"@{self.bot['username']}".lower()
        words = post.text.lower().split()
        command = bool(words) and words[0].startswith("/")
        elsewhere = command and "@" in words[0] and not words[0].endswith(name)
        ours = command or name in post.text.lower() or answered.get("id") == self.bot["id"]
        return ours and not elsewhere

    def wanted(self, kind: str) -> bool:
        """Tell whether the bot asked for updates of this kind."""
        return kind in self.allowed if self.allowed else kind not in QUIET_KINDS

    def update(self, kind: str, content: Mapping[str, Any]) -> None:
        """Queue an update, as far as the bot asked for its kind."""
        if not self.wanted(kind):
            return
        told = {"update_id": self.next_id(), kind: dict(content)}
        self.check(told)
        self.updates.append(told)
        self.touch()

    def ask(self, kind: str, asked: Object) -> Question:
        """Queue an update that the bot has to answer."""
        question = Question(str(self.next_id()), asked)
        self.questions[question.id] = question
        self.update(kind, {"id": question.id, **asked})
        return question

    def touch(self) -> None:
        """Wake whoever waits for something to change."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    async def change(self) -> None:
        """Wait until anything changes."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await future
        finally:
            self._waiting.discard(future)

    async def until(self, look: Callable[[], T | None], within: float | None = 10) -> T:
        """Wait until `look` finds something, and return it; TimeoutError after `within` s."""
        async with asyncio.timeout(within):
            while not (found := look()):
                await self.change()
        return found
