"""Posts on their way to Telegram: in whose turn, in which form, and what a refusal means."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from telegram import Bot, InputFile, LinkPreviewOptions, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, TelegramError

from bots.telegram.address import KIND, Place
from bots.telegram.failures import failure_of
from bots.telegram.keyboard import keyboard
from bots.telegram.pace import Pace
from bots.telegram.render import fits, fits_caption
from bots.telegram.request import TooManyRequests
from core.channel import Kept, Post, PostRejected, TryLater

# Nobody but us repeats a reply, so it waits for its turn and for what a 429 asks: at most so
# long. Anything else is repeated by whoever sends it, who is told at once how long to wait.
REPLY_PATIENCE = 60.0
PATIENCE = 10.0
UNTOLD_WAIT = timedelta(seconds=5)
NO_PREVIEW_AT_ALL = {"is_disabled": True}
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
# Telegram takes no picture that is very long and narrow, or that it cannot open.
_PICTURE_REFUSED = ("photo_invalid", "image_process_failed", "wrong type of the web page")
Call = Callable[[], Awaitable[Any]]


@dataclass(slots=True)
class Delivery:
    """Sends and changes posts; raises the four errors of the contract and nothing else."""

    bot: Bot
    kept: Kept
    pace: Pace
    _in_flight: int = 0
    _idle: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, post: Post, place: Place, *, reply: bool) -> int:
        """Send a post and return its number in the chat."""
        _check(post)
        with self._flight():
            try:
                return await self._once(post, place, reply=reply)
            except PostRejected as error:
                if not (post.picture and post.text and _is_picture_refused(error)):
                    raise
                without = Post(post.text, post.buttons)
                return await self._once(without, place, reply=reply)

    async def _once(self, post: Post, place: Place, *, reply: bool) -> int:
        options = await self._options(post, place)
        number: int = await self._paced(place, lambda: self._sent(post, options), reply=reply)
        return number

    async def edit(self, post: Post, place: Place, number: int, *, reply: bool) -> None:
        """Put a post of text in the place of another."""
        _check(post)
        if post.picture or post.attachment:
            raise PostRejected("a post of text cannot become one with a picture or a file")
        markup = await keyboard(post.buttons, self.kept)

        async def change() -> None:
            try:
                await self.bot.edit_message_text(
                    post.text,
                    chat_id=place.chat,
                    message_id=number,
                    parse_mode=ParseMode.HTML,
                    link_preview_options=NO_PREVIEW,
                    reply_markup=markup,
                )
            except BadRequest as error:
                if "message is not modified" not in error.message.lower():
                    raise

        with self._flight():
            await self._paced(place, change, reply=reply)

    async def idle(self) -> None:
        """Return when nothing is being sent."""
        while self._in_flight:
            await self._idle.wait()

    @contextmanager
    def _flight(self) -> Iterator[None]:
        self._in_flight += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._in_flight -= 1
            if not self._in_flight:
                self._idle.set()

    async def _paced(self, place: Place, call: Call, *, reply: bool) -> Any:
        """Return what `call` does once it may; a reply is repeated after a 429, alone."""
        left = REPLY_PATIENCE if reply else PATIENCE
        while True:
            if not self.pace.at_once(place.chat):
                left -= await self._turn(place.chat, left, reply=reply)
            try:
                return await call()
            except TooManyRequests as error:
                told = error.retry_after or UNTOLD_WAIT
                self.pace.halt(place.chat, told.total_seconds())
                if not reply:
                    raise TryLater(error.retry_after) from error
            except TelegramError as error:
                topic = str(place.topic) if place.topic else None
                raise failure_of(error, KIND, topic) from error

    async def _turn(self, chat: int, patience: float, *, reply: bool) -> float:
        """Wait for a turn, and return how long that is at least; TryLater where it is long."""
        wait = self.pace.wait(chat)
        if wait > patience:
            raise TryLater(timedelta(seconds=wait))
        await self.pace.turn(chat, reply=reply)
        return wait

    async def _options(self, post: Post, place: Place) -> dict[str, Any]:
        answered = place.message
        return {
            "chat_id": place.chat,
            "message_thread_id": place.topic,
            "reply_markup": await keyboard(post.buttons, self.kept),
            "parse_mode": ParseMode.HTML,
            "reply_parameters": ReplyParameters(answered, allow_sending_without_reply=True)
            if answered
            else None,
        }

    async def _sent(self, post: Post, options: dict[str, Any]) -> int:
        if post.picture:
            file = InputFile(post.picture.jpeg, filename="label.jpg")
            sent = await self.bot.send_photo(photo=file, caption=post.text or None, **options)
            return sent.message_id
        if post.attachment:
            file = InputFile(post.attachment.content, filename=post.attachment.name)
            sent = await self.bot.send_document(
                document=file, caption=post.text or None, **options
            )
            return sent.message_id
        return await self._sent_text(post.text, options)

    async def _sent_text(self, text: str, options: dict[str, Any]) -> int:
        """Send a text without reading the message that Telegram returns, but for its number.

        The library would make a hundred fields of it, which costs a quarter of all the time
        that a broadcast takes. Of this spelling it makes sendMessage without the hint that
        there is a method for it; other servers than Telegram's own tell names apart by case.
        """
        given = {name: value for name, value in options.items() if value is not None}
        given |= {"text": text, "link_preview_options": NO_PREVIEW_AT_ALL}
        sent = await self.bot.do_api_request("send_Message", api_kwargs=given)
        try:
            return int(sent["message_id"])
        except (KeyError, TypeError, ValueError) as error:
            raise TelegramError("Invalid server response") from error


def _check(post: Post) -> None:
    """Refuse here what Telegram would refuse, so that nothing is asked in vain."""
    if post.picture or post.attachment:
        if not fits_caption(post.text):
            raise PostRejected("too long to stand below a picture or a file")
    elif not post.text.strip() or not fits(post.text):
        raise PostRejected("empty, or too long for one message")


def _is_picture_refused(error: PostRejected) -> bool:
    return any(words in str(error).lower() for words in _PICTURE_REFUSED)
