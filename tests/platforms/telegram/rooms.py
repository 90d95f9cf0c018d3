"""Which chats a bot reaches on an invented Telegram, and what it learns of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.platforms.telegram.chats import Chat
from tests.platforms.telegram.posts import Object
from tests.platforms.telegram.rules import Refused, bad
from tests.platforms.telegram.world import World

Given = Mapping[str, Any]
GIFTS = (
    "unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription",
    "gifts_from_channels",
)  # fmt: skip


@dataclass(slots=True)
class Rooms:
    """The methods that concern chats rather than what is posted in them."""

    world: World

    def table(self) -> dict[str, Callable[[Given], Any]]:
        """Return the methods by their names."""
        return {
            "getChat": self.get_chat,
            "getChatMember": self.get_member,
            "getChatAdministrators": self.get_administrators,
            "leaveChat": self.leave,
            "createForumTopic": self.create_topic,
        }

    def find(self, given: Given) -> Chat:
        """Return the chat that a request names."""
        named = given["chat_id"]
        if isinstance(named, str) and named.startswith("@"):
            named = next(
                (c.id for c in self.world.chats.values() if c.username == named[1:]), None
            )
        chat = self.world.chats.get(named)
        if chat is None:
            raise bad("chat not found")
        if chat.moved_to is not None:
            reason = "group chat was upgraded to a supergroup chat"
            raise Refused(400, f"Bad Request: {reason}", migrate_to_chat_id=chat.moved_to.id)
        return chat

    def reach(self, given: Given) -> Chat:
        """Return the chat that a request names, where the bot may write."""
        chat = self.find(given)
        forbidden = self._forbidden(chat)
        if forbidden:
            raise Refused(403, f"Forbidden: {forbidden}")
        if chat.kind == "channel" and chat.bot != "administrator":
            raise bad("need administrator rights in the channel chat")
        return chat

    def _forbidden(self, chat: Chat) -> str | None:
        """Return why the bot may not write to a chat."""
        person = self.world.people.get(chat.id)
        if person is None:
            put_out = {"kicked": "was kicked from", "left": "is not a member of"}.get(chat.bot)
            return f"bot {put_out} the {chat.kind} chat" if put_out else None
        if person.deactivated:
            return "user is deactivated"
        if chat.bot == "kicked":
            return "bot was blocked by the user"
        return None if chat.met else "bot can't initiate conversation with a user"

    def get_chat(self, given: Given) -> Object:
        """getChat."""
        told = {"accent_color_id": 0, "max_reaction_count": 11}
        return (
            self.find(given).as_object
            | told
            | {"accepted_gift_types": dict.fromkeys(GIFTS, False)}
        )

    def _inside(self, given: Given) -> Chat:
        chat = self.find(given)
        forbidden = None if chat.kind == "private" else self._forbidden(chat)
        if forbidden:
            raise Refused(403, f"Forbidden: {forbidden}")
        return chat

    def get_member(self, given: Given) -> Object:
        """getChatMember."""
        chat, user_id = self._inside(given), given["user_id"]
        if user_id == self.world.bot["id"]:
            return chat.member(self.world.bot_as_user)
        if user_id not in self.world.people:
            raise bad("user not found")
        return chat.member(self.world.people[user_id].as_object)

    def get_administrators(self, given: Given) -> list[Object]:
        """getChatAdministrators; other bots there are none."""
        chat = self._inside(given)
        if chat.kind == "private":
            raise bad("there are no administrators in the private chat")
        return [
            chat.member(self.world.people[user_id].as_object)
            for user_id, status in chat.members.items()
            if status in {"administrator", "creator"}
        ]

    def leave(self, given: Given) -> bool:
        """leaveChat."""
        chat = self._inside(given)
        if chat.kind == "private":
            raise bad("chat member status can't be changed in private chats")
        chat.bot = "left"
        self.world.touch()
        return True

    def create_topic(self, given: Given) -> Object:
        """createForumTopic."""
        chat = self.reach(given)
        if not chat.forum:
            raise bad("the chat is not a forum")
        if chat.bot != "administrator":
            raise bad("not enough rights to create a topic")
        if not 1 <= len(given["name"]) <= 128:
            raise bad("TOPIC_TITLE_EMPTY")  # *unverified*
        thread = chat.topic(given["name"])
        return {"message_thread_id": thread, "name": given["name"], "icon_color": 7322096}
