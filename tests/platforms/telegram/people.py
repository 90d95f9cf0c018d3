"""The people of an invented Telegram: what a test makes them do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.platforms.telegram.posts import (
    Object,
    Post,
    Question,
    marked,
    shallow,
    without_empty,
)

if TYPE_CHECKING:
    from tests.platforms.telegram.chats import Chat
    from tests.platforms.telegram.world import World


@dataclass(eq=False, slots=True)
class Person:
    """Somebody with a Telegram account; `chat` is their private chat with the bot."""

    world: World
    as_object: Object
    chat: Chat
    deactivated: bool = False

    @property
    def id(self) -> int:
        """Return the user's id, which is also that of the private chat."""
        number: int = self.as_object["id"]
        return number

    def say(
        self,
        text: str = "",
        to: Chat | None = None,
        *,
        thread: int | None = None,
        reply_to: Post | None = None,
        **content: Any,
    ) -> Post:
        """Say something; the bot hears it as an update, in groups as far as privacy lets it.

        `content` are further fields of the Message, such as `voice`, `location`,
        `forward_origin` or `sender_chat`; with `anonymous=True` it comes from the group itself.
        """
        chat = to or self.chat
        said: Object = {"text": text, "entities": marked(text)} if text else {}
        if thread is not None:
            said |= {"message_thread_id": thread, "is_topic_message": True}
        if reply_to is not None:
            said["reply_to_message"] = shallow(reply_to.now)
        anonymous = content.pop("anonymous", False)
        post = chat.add(self._sender(chat, anonymous=anonymous), without_empty(said | content))
        chat.met = True
        if self.world.hears(chat, post):
            self.world.update("channel_post" if chat.kind == "channel" else "message", post.now)
        return post

    def _sender(self, chat: Chat, *, anonymous: bool) -> Object:
        if chat.kind == "channel":
            return {"sender_chat": chat.as_object}
        if anonymous:
            return {"from": self.world.anonymous, "sender_chat": chat.as_object}
        return {"from": self.as_object}

    def start(self, payload: str = "") -> Post:
        """Open the private chat by its button or by a link that carries `payload`."""
        return self.say(f"/start {payload}".strip())

    def send_photo(
        self, *sizes: bytes, caption: str = "", to: Chat | None = None, **content: Any
    ) -> Post:
        """Send a photo; `sizes` are its renditions, the smallest first."""
        photo = [
            self.world.store(size, photo=True) | {"width": 320 * step, "height": 240 * step}
            for step, size in enumerate(sizes, 1)
        ]
        post = self.say("", to, photo=photo, caption=caption, **content)
        post.content = sizes[-1]
        return post

    def send_album(
        self, *photos: bytes, caption: str = "", to: Chat | None = None
    ) -> list[Post]:
        """Send several photos as one album; the caption stands under the first."""
        album = f"album{self.world.next_id()}"
        return [
            self.send_photo(
                photo, caption="" if after else caption, to=to, media_group_id=album
            )
            for after, photo in enumerate(photos)
        ]

    def send_document(
        self,
        content: bytes,
        name: str,
        media_type: str,
        caption: str = "",
        to: Chat | None = None,
    ) -> Post:
        """Send a file."""
        kept = self.world.store(content) | {"file_name": name, "mime_type": media_type}
        post = self.say("", to, document=kept, caption=caption)
        post.content = content
        return post

    def edit(self, post: Post, text: str) -> None:
        """Change what was said; the bot hears of it."""
        post.now = post.now | {"text": text, "entities": marked(text)}
        post.now["edit_date"] = int(self.world.now())
        channel = post.chat.kind == "channel"
        self.world.update("edited_channel_post" if channel else "edited_message", post.now)

    def press(self, post: Post, label: str) -> Question:
        """Press the inline button with this label; ValueError where it is not there."""
        found = [button for button in post.buttons if button["text"] == label]
        if not found or "callback_data" not in found[0]:
            raise ValueError(f"no button {label!r} to press among {post.labels}")
        asked = {
            "from": self.as_object,
            "message": post.now,
            "chat_instance": str(post.chat.id),
            "data": found[0]["callback_data"],
        }
        return self.world.ask("callback_query", asked)

    def ask_inline(self, query: str, chat_type: str = "private") -> Question:
        """Type "@bot query" in some chat."""
        asked = {"from": self.as_object, "query": query, "offset": "", "chat_type": chat_type}
        return self.world.ask("inline_query", asked)

    def choose(self, question: Question, result: str, to: Chat) -> Post:
        """Send an inline result into a chat; the bot is told where inline feedback is on."""
        (chosen,) = [found for found in question.results if found["id"] == result]
        via = {"from": self.as_object, "via_bot": self.world.bot_as_user}
        markup = {"reply_markup": chosen["reply_markup"]} if "reply_markup" in chosen else {}
        post = to.add(via, question.contents[result] | markup)
        if self.world.inline_feedback:
            told = {
                "result_id": result,
                "from": self.as_object,
                "query": question.asked["query"],
            }
            self.world.update("chosen_inline_result", told)
        return post

    def block(self) -> None:
        """Block the bot."""
        self.chat.stand("kicked", self)

    def unblock(self) -> None:
        """Let the bot write again."""
        self.chat.stand("member", self)

    def deactivate(self) -> None:
        """Delete the account."""
        self.deactivated = True

    def join(self, chat: Chat, status: str = "member") -> None:
        """Become a member, "administrator" or "creator" of a chat, or leave it ("left")."""
        chat.members[self.id] = status

    def add_bot(self, chat: Chat, status: str = "member") -> None:
        """Add the bot to a chat, or make it an "administrator" there."""
        chat.stand(status, self)
        if chat.kind != "channel" and status == "member":
            told = {"new_chat_members": [self.world.bot_as_user]}
            self.world.update("message", chat.add({"from": self.as_object}, told).now)

    def remove_bot(self, chat: Chat) -> None:
        """Put the bot out of a chat."""
        chat.stand("kicked", self)
