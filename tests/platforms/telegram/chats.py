"""The chats of an invented Telegram: what stands in them, and what befalls them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.platforms.telegram.posts import Object, Post

if TYPE_CHECKING:
    from tests.platforms.telegram.people import Person
    from tests.platforms.telegram.world import World

RIGHTS = (
    "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members",
    "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories",
    "can_edit_stories", "can_delete_stories",
)  # fmt: skip


@dataclass(eq=False, slots=True)
class Chat:
    """A private chat, group, supergroup or channel, and everything that was posted there.

    `bot` is the bot's own standing: member, administrator, left or kicked. `topics` are the
    threads of a forum, True while open. `moved_to` is the supergroup a group became.
    """

    world: World
    id: int
    kind: str
    title: str
    username: str | None = None
    bot: str = "left"
    forum: bool = False
    met: bool = True
    members: dict[int, str] = field(default_factory=dict)
    topics: dict[int, bool] = field(default_factory=dict)
    messages: dict[int, Post] = field(default_factory=dict)
    actions: list[str] = field(default_factory=list)
    pinned: list[int] = field(default_factory=list)
    moved_to: Chat | None = None

    @property
    def posts(self) -> list[Post]:
        """Return what the bot posted and did not delete, oldest first."""
        return [post for post in self.messages.values() if post.by_bot and not post.deleted]

    @property
    def shown(self) -> str:
        """Return everything of the bot's that can be read here now."""
        return "\n".join(post.text for post in self.posts)

    @property
    def as_object(self) -> Object:
        """Return the Chat object of the Bot API."""
        name = "first_name" if self.kind == "private" else "title"
        told: Object = {"id": self.id, "type": self.kind, name: self.title}
        if self.username:
            told["username"] = self.username
        return told | ({"is_forum": True} if self.forum else {})

    async def post(self, number: int = 1, within: float = 10) -> Post:
        """Wait until the bot has posted `number` messages here; return that one."""
        posts = await self.world.until(lambda: self.posts[number - 1 :], within)
        return posts[0]

    def add(self, sender: Mapping[str, Any], content: Mapping[str, Any]) -> Post:
        """Put a message into the chat."""
        now = {"message_id": self.world.next_message(self), "date": int(self.world.now())}
        post = Post(self, {**now, "chat": self.as_object, **sender, **content})
        self.messages[post.id] = post
        while len(self.messages) > self.world.keep:
            del self.messages[next(iter(self.messages))]
        self.world.touch()
        return post

    def topic(self, name: str) -> int:
        """Open a topic of a forum and return its thread id."""
        created = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
        post = self.add({}, created)
        post.now |= {"message_thread_id": post.id, "is_topic_message": True}
        self.topics[post.id] = True
        return post.id

    def member(self, user: Mapping[str, Any]) -> Object:
        """Return the ChatMember object of somebody."""
        ours = user["id"] == self.world.bot["id"]
        status = self.bot if ours else self.members.get(user["id"], "left")
        if self.kind == "private" and not ours:
            status = "member"
        told: Object = {"status": status, "user": dict(user)}
        if status == "creator":
            return told | {"is_anonymous": False}
        if status == "administrator":
            rights = [*RIGHTS, *(["can_post_messages"] if self.kind == "channel" else [])]
            return (
                told
                | {"can_be_edited": False, "is_anonymous": False}
                | dict.fromkeys(rights, True)
            )
        return told | ({"until_date": 0} if status == "kicked" else {})

    def stand(self, status: str, by: Person) -> None:
        """Change the bot's standing here, as `by` does it; the bot is told."""
        old, self.bot = self.member(self.world.bot), status
        change = {"chat": self.as_object, "from": by.as_object, "date": int(self.world.now())}
        new = self.member(self.world.bot)
        self.world.update(
            "my_chat_member", {**change, "old_chat_member": old, "new_chat_member": new}
        )
        self.world.touch()

    def migrate(self, by: Person) -> Chat:
        """Turn a group into a supergroup, under a new id; both sides are told."""
        moved = self.world.chat("supergroup", self.title, self.members, bot=self.bot)
        sender = {"from": by.as_object}
        gone = self.add(sender, {"migrate_to_chat_id": moved.id})
        self.moved_to = moved
        came = moved.add(
            {"from": self.world.anonymous, "sender_chat": moved.as_object},
            {"migrate_from_chat_id": self.id},
        )
        self.world.update("message", gone.now)
        self.world.update("message", came.now)
        return moved
