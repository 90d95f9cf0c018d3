"""What each method of the Bot API does to an invented Telegram; each may refuse."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.platforms.telegram.chats import Chat
from tests.platforms.telegram.posts import Object, Post, marked, shallow
from tests.platforms.telegram.profile import Profile
from tests.platforms.telegram.rooms import Rooms
from tests.platforms.telegram.rules import (
    CAPTION,
    DOWNLOAD,
    TEXT,
    UPLOAD,
    Read,
    Refused,
    bad,
    check_markup,
    check_photo,
    read_results,
    read_text,
)
from tests.platforms.telegram.world import World

Given = Mapping[str, Any]
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
CHAT_ACTIONS = frozenset(
    {
        "typing", "upload_photo", "record_video", "upload_video", "record_voice",
        "upload_voice", "upload_document", "choose_sticker", "find_location",
        "record_video_note", "upload_video_note",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came with a request."""

    name: str
    media_type: str
    content: bytes


@dataclass(slots=True)
class Methods:
    """The methods over one world.

    `dropped` is what Telegram takes without a word and does not do as it was meant.
    """

    world: World
    profile: Profile = field(default_factory=Profile)
    dropped: list[str] = field(default_factory=list)
    rooms: Rooms = field(init=False)
    uploads: Mapping[str, Upload] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Look at the same world."""
        self.rooms = Rooms(self.world)

    def table(self) -> dict[str, Callable[[Given], Any]]:
        """Return every method by its name; what concerns updates is the server's own."""
        found: dict[str, Callable[[Given], Any]] = {
            "getMe": lambda _: self.world.bot,
            "logOut": lambda _: True,
            "close": lambda _: True,
            "sendMessage": self.send_message,
            "sendPhoto": self.send_photo,
            "sendDocument": self.send_document,
            "sendMediaGroup": self.send_media_group,
            "sendChatAction": self.send_chat_action,
            "editMessageText": self.edit_text,
            "editMessageCaption": self.edit_caption,
            "editMessageReplyMarkup": self.edit_markup,
            "deleteMessage": self.delete,
            "pinChatMessage": self.pin,
            "answerCallbackQuery": self.answer_callback,
            "answerInlineQuery": self.answer_inline,
            "getFile": self.get_file,
        }
        return found | self.rooms.table() | self.profile.table()

    def send(self, given: Given, *contents: tuple[Object, bytes | None]) -> list[Object]:
        """Post messages with these contents; the checks are the same for every kind."""
        chat = self.rooms.reach(given)
        check_markup(given.get("reply_markup"))
        around = self._thread(chat, given) | self._answered(chat, given)
        if "inline_keyboard" in given.get("reply_markup", {}):
            around["reply_markup"] = given["reply_markup"]
        channel = chat.kind == "channel"
        sender = (
            {"sender_chat": chat.as_object} if channel else {"from": self.world.bot_as_user}
        )
        sent = []
        for content, carried in contents:
            post = chat.add(sender, around | content)
            post.by_bot, post.content = True, carried
            post.source = str(given.get("text", given.get("caption", "")))
            sent.append(post.now)
        self.world.touch()
        return sent

    def _thread(self, chat: Chat, given: Given) -> Object:
        thread = given.get("message_thread_id")
        if thread is None:
            return {}
        if thread not in chat.topics:
            raise bad("message thread not found")
        if not chat.topics[thread]:
            raise bad("TOPIC_CLOSED")
        return {"message_thread_id": thread, "is_topic_message": True}

    def _answered(self, chat: Chat, given: Given) -> Object:
        reply = given.get("reply_parameters")
        if reply is None:
            return {}
        answered = chat.messages.get(reply["message_id"])
        if answered is not None and not answered.deleted:
            return {"reply_to_message": shallow(answered.now)}
        if not reply.get("allow_sending_without_reply"):
            raise bad("message to be replied not found")
        return {}

    def _told(self, read: Read, kind: str) -> Object:
        self.dropped += read.dropped
        found = sorted(
            [*read.entities, *marked(read.text)],
            key=lambda entity: (entity["offset"], -entity["length"]),
        )
        entities = (
            {"entities" if kind == "text" else "caption_entities": found} if found else {}
        )
        return ({kind: read.text} if read.text else {}) | entities

    def send_message(self, given: Given) -> Object:
        """sendMessage."""
        self.rooms.reach(given)
        return self.send(given, (self._told(read_text(given, "text", TEXT), "text"), None))[0]

    def _caption(self, given: Given) -> Object:
        return self._told(read_text(given, "caption", CAPTION, "caption_entities"), "caption")

    def _file(self, named: str) -> Upload:
        """Return a file that a request brings or names."""
        if named.startswith("attach://"):
            found = self.uploads.get(named.removeprefix("attach://"))
            if found is None:
                raise bad("there is no file in the request")  # *unverified*
            if len(found.content) > UPLOAD:
                raise Refused(413, "Request Entity Too Large")
            return found
        if named.startswith(("http://", "https://")):
            raise bad("failed to get HTTP URL content")  # this server reaches nothing
        if named not in self.world.files:
            raise bad("wrong file identifier/HTTP URL specified")
        return Upload(named, "application/octet-stream", self.world.files[named])

    def _photo(self, named: str) -> tuple[Object, bytes]:
        content = self._file(named).content
        width, height = check_photo(content)
        size = self.world.store(content, photo=True) | {"width": width, "height": height}
        return {"photo": [size]}, content

    def _document(self, named: str) -> tuple[Object, bytes]:
        found = self._file(named)
        if not found.content:
            raise bad("file must be non-empty")
        kept = self.world.store(found.content)
        kept |= {"file_name": found.name, "mime_type": found.media_type}
        return {"document": kept}, found.content

    def send_photo(self, given: Given) -> Object:
        """sendPhoto."""
        self.rooms.reach(given)
        photo, content = self._photo(given["photo"])
        return self.send(given, (photo | self._caption(given), content))[0]

    def send_document(self, given: Given) -> Object:
        """sendDocument."""
        self.rooms.reach(given)
        document, content = self._document(given["document"])
        return self.send(given, (document | self._caption(given), content))[0]

    def send_media_group(self, given: Given) -> list[Object]:
        """sendMediaGroup, of photos or of documents."""
        self.rooms.reach(given)
        media = given["media"]
        if not 2 <= len(media) <= 10:
            raise bad("wrong number of media in the album")  # *unverified*
        if len({part["type"] for part in media}) > 1:
            raise bad("can't use the media of the specified type in the album")
        album, contents = {"media_group_id": str(self.world.next_id())}, []
        for part in media:
            read = self._photo if part["type"] == "photo" else self._document
            carried, content = read(part["media"])
            contents.append((album | carried | self._caption(part), content))
        return self.send(given, *contents)

    def send_chat_action(self, given: Given) -> bool:
        """sendChatAction."""
        chat = self.rooms.reach(given)
        if given["action"] not in CHAT_ACTIONS:
            raise bad("wrong parameter action in request")
        chat.actions.append(given["action"])
        return True

    def _own(self, given: Given, verb: str) -> Post:
        """Return the bot's message that is to be changed."""
        if "chat_id" not in given:
            raise bad(
                "MESSAGE_ID_INVALID" if "inline_message_id" in given else "chat_id is empty"
            )
        chat = self.rooms.reach(given)
        post = chat.messages.get(given.get("message_id", 0))
        if post is None or post.deleted:
            raise bad(f"message to {verb} not found")
        if not post.by_bot:
            raise bad(f"message can't be {verb}ed")
        return post

    def _edited(self, post: Post, given: Given, change: Object, cleared: set[str]) -> Object:
        check_markup(given.get("reply_markup"))
        cleared = cleared | {"reply_markup"}  # an edit without a keyboard takes it away
        kept = {name: value for name, value in post.now.items() if name not in cleared}
        rows = given.get("reply_markup", {}).get("inline_keyboard")
        markup = {"reply_markup": given["reply_markup"]} if rows else {}
        if kept | change | markup == post.now:
            raise bad(NOT_MODIFIED)
        post.now = kept | change | markup | {"edit_date": int(self.world.now())}
        self.world.touch()
        return post.now

    def edit_text(self, given: Given) -> Object:
        """editMessageText."""
        post = self._own(given, "edit")
        if "text" not in post.now:
            raise bad("there is no text in the message to edit")
        change = self._told(read_text(given, "text", TEXT), "text")
        edited = self._edited(post, given, change, {"text", "entities"})
        post.source = given["text"]
        return edited

    def edit_caption(self, given: Given) -> Object:
        """editMessageCaption."""
        post = self._own(given, "edit")
        if "text" in post.now:
            raise bad("there is no caption in the message to edit")
        change = self._caption(given)
        edited = self._edited(post, given, change, {"caption", "caption_entities"})
        post.source = given.get("caption", "")
        return edited

    def edit_markup(self, given: Given) -> Object:
        """editMessageReplyMarkup."""
        return self._edited(self._own(given, "edit"), given, {}, set())

    def delete(self, given: Given) -> bool:
        """deleteMessage."""
        chat = self.rooms.reach(given)
        post = chat.messages.get(given["message_id"])
        if post is None or post.deleted:
            raise bad("message to delete not found")
        if not post.by_bot and chat.kind != "private" and chat.bot != "administrator":
            raise bad("message can't be deleted")
        post.deleted = True
        self.world.touch()
        return True

    def pin(self, given: Given) -> bool:
        """pinChatMessage."""
        chat = self.rooms.reach(given)
        if given["message_id"] not in chat.messages:
            raise bad("message to pin not found")
        if chat.kind != "private" and chat.bot != "administrator":
            raise bad("not enough rights to manage pinned messages in the chat")
        chat.pinned.append(given["message_id"])
        return True

    def answer_callback(self, given: Given) -> bool:
        """answerCallbackQuery."""
        question = self.world.questions.get(given["callback_query_id"])
        if question is None or question.expired or "data" not in question.asked:
            raise bad(TOO_OLD)
        if len(given.get("text", "")) > 200:
            raise bad("MESSAGE_TOO_LONG")
        question.answer = dict(given)
        self.world.touch()
        return True

    def answer_inline(self, given: Given) -> bool:
        """answerInlineQuery."""
        question = self.world.questions.get(given["inline_query_id"])
        if question is None or question.expired or "query" not in question.asked:
            raise bad(TOO_OLD)
        contents = read_results(given["results"])
        if len(given.get("next_offset", "").encode()) > 64:
            raise bad("NEXT_OFFSET_INVALID")
        question.contents = {name: self._told(read, "text") for name, read in contents.items()}
        question.answer = dict(given)
        self.world.touch()
        return True

    def get_file(self, given: Given) -> Object:
        """getFile."""
        content = self.world.files.get(given["file_id"])
        if content is None:
            raise bad("invalid file_id")
        if len(content) > DOWNLOAD:
            raise bad("file is too big")
        named = {"file_id": given["file_id"], "file_unique_id": given["file_id"][-4:]}
        return named | {"file_size": len(content), "file_path": f"files/{given['file_id']}"}
