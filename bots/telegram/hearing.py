"""What people do in Telegram as what is heard, with what only Telegram can tell of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from telegram import Bot, CallbackQuery, ChatMemberUpdated, InlineQuery, Message, Update, User
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import TelegramError

from bots.surroundings import Surroundings
from bots.telegram import updates
from bots.telegram.address import INLINE, KIND, Place
from bots.telegram.admins import Admins
from bots.telegram.inline import Cards
from bots.telegram.keyboard import said_by
from bots.telegram.menu import SET_UP
from bots.telegram.updates import Me
from core.channel import Address, Heard, Inbound, Left, Moved, Receipt
from core.query.bound import words_of
from core.query.commands import command_of
from core.query.replies import reply_of

# Says one of our own texts, by its key, somewhere and in somebody's language.
Tell = Callable[[str, Place, str | None], Awaitable[None]]
# Does something of which nobody waits for the end.
Aside = Callable[[Awaitable[object]], None]
# What was said lately, to know an edit that changed no word.
MOST_REMEMBERED = 5_000
_GONE = frozenset({ChatMemberStatus.LEFT, ChatMemberStatus.BANNED})
_GROUPS = frozenset({ChatType.GROUP, ChatType.SUPERGROUP})


@dataclass(frozen=True, slots=True)
class Ways:
    """The channel's own ways of acting: to say a text of ours, and not to wait for an end."""

    tell: Tell
    aside: Aside


@dataclass(slots=True)
class Hearing:
    """Translates the updates that `bot`, who goes by `me`, gets."""

    bot: Bot
    me: Me
    surroundings: Surroundings
    cards: Cards
    ways: Ways
    admins: Admins = field(init=False)
    _said: dict[tuple[int, int], tuple[str, str | None]] = field(default_factory=dict)
    _refused: str | None = None

    def __post_init__(self) -> None:
        """Ask for administrators through the same bot."""
        self.admins = Admins(self.bot, self.surroundings.now)

    async def heard(self, update: Update) -> Heard | None:
        """Return what an update says, None where it is nothing that concerns us."""
        if message := update.message or update.channel_post:
            return await self._message(message)
        if update.edited_message:
            return await self._edited(update.edited_message)
        if update.callback_query:
            return await self._pressed(update.callback_query)
        if update.inline_query:
            return self._asked(update.inline_query)
        return self._standing(update.my_chat_member) if update.my_chat_member else None

    async def _message(self, message: Message) -> Heard | None:
        if message.migrate_to_chat_id:
            return _moved(message.chat.id, message.migrate_to_chat_id)
        if message.migrate_from_chat_id:
            return _moved(message.migrate_from_chat_id, message.chat.id)
        if not updates.is_heard(message, self.me):
            return None
        text = updates.words_for_us(message, self.me)
        if text is None:
            return None
        self._is_new(message, text)
        if updates.is_private(message) and updates.is_unreadable(message):
            await self._refuse("telegram_unreadable", message)
            return None
        return await self._inbound(message, text)

    async def _edited(self, message: Message) -> Heard | None:
        """Return the message as it reads now, unless no word of it changed."""
        if updates.is_late(message) or not updates.is_heard(message, self.me):
            return None
        text = updates.words_for_us(message, self.me)
        if not text or not self._is_new(message, text):
            return None
        return await self._inbound(message, text)

    def _is_new(self, message: Message, text: str) -> bool:
        key = message.chat.id, message.message_id
        file = updates.picture_of(message, updates.LARGEST_FILE)
        said = text, file.id if file else None
        if self._said.get(key) == said:
            return False
        if len(self._said) >= MOST_REMEMBERED:
            del self._said[next(iter(self._said))]
        self._said[key] = said
        return True

    async def _inbound(self, message: Message, text: str) -> Inbound | None:
        place, group = updates.place_of_message(message), not updates.is_private(message)
        if text and message.forward_origin:
            # Somebody else wrote it: it is looked up, and never obeyed or taken for an answer.
            text = f"/check {text}"
        elif not group and message.reply_to_message:
            text = await self._meant(text, message.reply_to_message)
        photo = None
        if file := updates.picture_of(message, self._most()):
            # What a group or a bot without eyes gets to know is that there was a photo.
            wanted = not group and self.surroundings.photo_limit is not None
            photo = await self._fetched(file, message) if wanted else b""
            if photo is None:
                return None
        elif not text:
            return None
        return Inbound(
            sender=place.address,
            text=text,
            at=self.surroundings.now(),
            lang=_lang(message.from_user),
            photo=photo,
            group=group,
            private_link=self.me.private_link if group else None,
            may_set_up=group and await self._may_set_up(message, text),
            answer_to=place.answering if group else None,
            message=str(message.message_id),
        )

    async def _meant(self, text: str, replied: Message) -> str:
        """Return a mere "yes" or "no" as the button of the message that it replies to.

        That our buttons come along with the message is *unverified*; without, it is as typed.
        """
        reply, markup = reply_of(text), replied.reply_markup
        if reply is None or markup is None:
            return text
        for button in (button for row in markup.inline_keyboard for button in row):
            says = await said_by(str(button.callback_data or ""), self.surroundings.kept)
            if says is not None and words_of(says) == reply:
                return says
        return text

    def _most(self) -> int:
        return min(self.surroundings.photo_limit or 0, updates.LARGEST_FILE)

    async def _fetched(self, file: updates.File, message: Message) -> bytes | None:
        """Return the picture, None where it cannot be had, after saying so."""
        if file.size > self._most():
            await self._refuse("telegram_too_large", message)
            return None
        try:
            found = await self.bot.get_file(file.id)
            content = bytes(await found.download_as_bytearray())
        except TelegramError:
            await self._refuse("try_again", message)
            return None
        if len(content) > self._most():
            await self._refuse("telegram_too_large", message)
            return None
        return content

    async def _refuse(self, key: str, message: Message) -> None:
        """Say why there is no answer, once where several files came together."""
        album = message.media_group_id
        if album and album == self._refused:
            return
        self._refused = album
        self.ways.aside(
            self.ways.tell(key, updates.place_of_message(message), _lang(message.from_user))
        )

    async def _may_set_up(self, message: Message, text: str) -> bool:
        if message.chat.type == ChatType.CHANNEL or updates.is_anonymous(message):
            return True
        sender = message.from_user
        if sender is None or message.sender_chat or not text.startswith("/"):
            return False
        return await self.admins.has(message.chat.id, sender.id)

    async def _pressed(self, query: CallbackQuery) -> Heard | None:
        """Return what the pressed button says; Telegram is answered even where it is stale."""
        message = query.message
        says = await said_by(query.data or "", self.surroundings.kept)
        if says is None or message is None:
            self.ways.aside(self._answer(query, "telegram_old_button"))
            return None
        place = Place(message.chat.id, updates.topic_of(message))
        group = message.chat.type != ChatType.PRIVATE
        in_charge = group and await self.admins.has(message.chat.id, query.from_user.id)
        if group and not in_charge and _sets_up(says):
            # Else the screen of those in charge would give way to this refusal.
            self.ways.aside(self._answer(query, "feed_refused"))
            return None
        self.ways.aside(self._answer(query))
        return Inbound(
            sender=place.address,
            text=says,
            at=self.surroundings.now(),
            lang=_lang(query.from_user),
            group=group,
            private_link=self.me.private_link if group else None,
            may_set_up=in_charge,
            replaces=self._replaced(query, place),
        )

    def _replaced(self, query: CallbackQuery, place: Place) -> Receipt | None:
        """Return the post whose place the reply takes: one of text alone can be changed."""
        message = query.message
        if not isinstance(message, Message):
            return None
        if message.text:
            return Receipt(str(message.message_id), place.address)
        # The picture stays to be compared with; its question is answered.
        self.ways.aside(query.edit_message_reply_markup(None))
        return None

    async def _answer(self, query: CallbackQuery, key: str | None = None) -> None:
        text = self.cards.words(_lang(query.from_user))(key) if key else None
        await query.answer(text, show_alert=key is not None)

    def _asked(self, query: InlineQuery) -> Heard | None:
        """Return what somebody asks from within another chat; nothing yet gets a hint."""
        lang, text = _lang(query.from_user), query.query.strip()
        if not text:
            self.ways.aside(self.cards.hint(query.id, lang))
            return None
        self.cards.expect(query.id, lang)
        return Inbound(
            sender=Address(KIND, str(query.from_user.id)),
            text=text,
            at=self.surroundings.now(),
            lang=lang,
            group=True,
            private_link=self.me.private_link,
            answer_to=Address(KIND, f"{INLINE}{query.id}"),
        )

    def _standing(self, change: ChatMemberUpdated) -> Heard | None:
        """Return that we were blocked or put out; where we came in, say what we are for."""
        place = Place(change.chat.id)
        was_gone = change.old_chat_member.status in _GONE
        is_gone = change.new_chat_member.status in _GONE
        if is_gone:
            return Left(place.address)
        if was_gone and change.chat.type in _GROUPS:
            self.ways.aside(self.ways.tell("telegram_greeting", place, _lang(change.from_user)))
        return None


def _sets_up(says: str) -> bool:
    command = command_of(says)
    return command is not None and command.name in SET_UP


def _moved(old: int, new: int) -> Moved:
    return Moved(Place(old).address, Place(new).address)


def _lang(user: User | None) -> str | None:
    return user.language_code if user else None
