"""Telegram as a channel: the contract's words on one side, python-telegram-bot on the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

import structlog
from fastapi import APIRouter
from telegram import Bot, Update
from telegram.error import NetworkError, TelegramError

from bots.surroundings import Surroundings
from bots.telegram import menu
from bots.telegram.abilities import CAPABILITIES
from bots.telegram.address import KIND, Place, inline_of, place_of
from bots.telegram.delivery import Delivery
from bots.telegram.failures import failure_of
from bots.telegram.hearing import Hearing, Ways
from bots.telegram.inline import Cards
from bots.telegram.intake import Intake
from bots.telegram.pace import Limits, Pace, smoothly
from bots.telegram.polling import WANTED, Polling
from bots.telegram.render import render
from bots.telegram.request import AiohttpRequest
from bots.telegram.settings import TelegramSettings
from bots.telegram.standing import Pauses, Standing
from bots.telegram.updates import Me
from bots.telegram.webhook import PATH, Webhook, secret_of
from core.channel import (
    Address,
    AddressGone,
    DeliveryError,
    Heard,
    Post,
    PostRejected,
    Receipt,
    TryLater,
)
from core.model.message import Block, Message, Role
from core.settings import SettingsError, load
from core.text.translations import translator

T = TypeVar("T")
log = structlog.get_logger(__name__)
# How the keys of replies begin: nobody sends one twice, and they go before anything else.
REPLY = "reply:"
# What is on its way out when we are closed gets this long to arrive.
DRAIN_SECONDS = 2.5


class Telegram:
    """One bot of Telegram: people write to it, and it to them."""

    kind = KIND
    capabilities = CAPABILITIES

    def __init__(
        self,
        settings: TelegramSettings,
        surroundings: Surroundings,
        limits: Limits | None = None,
        pauses: Pauses | None = None,
    ) -> None:
        """Be the bot whose token is in `settings`; nothing is asked of Telegram yet."""
        token = settings.token.get_secret_value() if settings.token else ""
        self._settings = settings
        self._surroundings = surroundings
        self._request = request_of(settings)
        self._bot = bot_of(settings, self._request)
        share = settings.messages_per_second / surroundings.processes
        self.limits = limits or Limits(smoothly(share))
        self._pace = Pace(self.limits)
        self._delivery = Delivery(self._bot, surroundings.kept, self._pace)
        self._standing = Standing(pauses)
        self._intake = Intake(self._hear)
        self._polling = Polling(self._bot, self._intake)
        self._webhook = Webhook(self._bot, secret_of(token), self._called)
        self._hearing: Hearing | None = None
        self._receiving: asyncio.Task[None] | None = None
        self._asides: set[asyncio.Task[None]] = set()
        self._closed = False
        self._disconnected = False

    def render(self, message: Message) -> tuple[Post, ...]:
        """Return the posts that say `message`; pure."""
        return render(message)

    async def send(
        self, post: Post, to: Address, *, key: str, reply_to: str | None = None
    ) -> Receipt:
        """Send one post; raises TryLater, AddressGone, PostRejected or DeliveryUnknown.

        Telegram cannot tell one attempt from another: after DeliveryUnknown a second one may
        show the post twice. A reply, by its key, waits for its turn up to a minute.
        """
        if (query := inline_of(to)) is not None:
            return Receipt(await self._offer(query, post), to)
        place = self._place(to)
        if reply_to is not None:
            place = Place(place.chat, place.topic, int(reply_to))
        number = await self._delivery.send(post, place, reply=key.startswith(REPLY))
        return Receipt(str(number), place.address)

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Put a post of text in the place of another; raises PostRejected where that fails."""
        place = self._place(receipt.to)
        await self._delivery.edit(post, place, int(receipt.id), reply=receipt.awaited)
        return receipt

    async def find(self, key: str, to: Address, post: Post) -> Receipt | None:
        """Return None: Telegram does not let a bot look through a chat."""
        del key, to, post
        return None

    def _place(self, to: Address) -> Place:
        if self._disconnected:
            raise TryLater
        place = place_of(to)
        if place is None:
            raise AddressGone
        return place

    async def _offer(self, query: str, post: Post) -> str:
        if self._hearing is None:
            raise PostRejected("nobody asked")
        try:
            return await self._hearing.cards.answer(query, post)
        except TelegramError as error:
            raise failure_of(error, KIND) from error

    async def listen(self) -> AsyncIterator[Heard]:
        """Yield what people say and do until it is closed; reconnects by itself."""
        if self._closed:
            return
        self._receiving = asyncio.create_task(self._receive())
        try:
            async for heard in self._intake.heard():
                yield heard
                del heard
        finally:
            self._receiving.cancel()

    def routes(self) -> APIRouter | None:
        """Return the page that Telegram calls, None where we ask instead."""
        return self._webhook.routes() if self._settings.webhook else None

    async def close(self) -> None:
        """Stop listening, let what is being sent arrive, and disconnect; safe to call twice."""
        if self._closed:
            return
        self._closed = True
        self._intake.close()
        if self._receiving is not None:
            self._receiving.cancel()
            await asyncio.gather(self._receiving, return_exceptions=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                await asyncio.gather(
                    self._polling.confirm(), self._delivery.idle(), *self._asides
                )
        self._disconnected = True
        self._intake.let_go()
        for aside in self._asides:
            aside.cancel()
        await self._pace.close()
        await self._request.shutdown()

    async def _receive(self) -> None:
        me = await self._steadily(self._bot.get_me)
        self._meet(Me(me.id, me.username or ""))
        self._aside(self._show_menu())
        if self._settings.webhook:
            await self._steadily(self._ask_to_be_called)
            return
        # Where a webhook is set, Telegram refuses to be asked.
        await self._steadily(self._bot.delete_webhook)
        while True:
            await self._steadily(self._polling.poll)

    async def _show_menu(self) -> None:
        try:
            await menu.show(self._bot)
        except TelegramError as error:
            log.warning("menu_not_set", channel=KIND, reason=type(error).__name__)

    async def _steadily(self, step: Callable[[], Awaitable[T]]) -> T:
        """Return what `step` gives, as often as that takes."""
        while True:
            try:
                done = await step()
            except TelegramError as error:
                pause = self._standing.down(error)
            except Exception as error:  # what Telegram sent has a form the library cannot read
                pause = self._standing.down(NetworkError(type(error).__name__))
            else:
                self._standing.up()
                return done
            await asyncio.sleep(pause)

    async def _ask_to_be_called(self) -> None:
        token = self._settings.token.get_secret_value() if self._settings.token else ""
        await self._bot.set_webhook(
            f"{self._surroundings.public_url}{PATH}",
            secret_token=secret_of(token),
            allowed_updates=WANTED,
        )

    def _called(self, update: Update) -> asyncio.Task[None] | None:
        listening = self._hearing is not None and not self._closed
        return self._intake.take(update) if listening and not self._intake.is_full else None

    def _meet(self, me: Me) -> None:
        cards = Cards(self._bot, me)
        self._hearing = Hearing(
            self._bot, me, self._surroundings, cards, Ways(self._tell, self._aside)
        )

    async def _hear(self, update: Update) -> Heard | None:
        return await self._hearing.heard(update) if self._hearing else None

    async def _tell(self, key: str, place: Place, lang: str | None) -> None:
        words = translator(lang)
        for post in render(Message((Block(Role.DETAIL, words(key)),), lang=words.lang)):
            await self._delivery.send(post, place, reply=True)

    def _aside(self, doing: Awaitable[object]) -> None:
        task = asyncio.create_task(_quietly(doing))
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)


async def _quietly(doing: Awaitable[object]) -> None:
    try:
        await doing
    except (TelegramError, DeliveryError) as error:
        # Such as the answer to a button that was pressed while we were away.
        log.debug("aside_failed", channel=KIND, reason=type(error).__name__)


def request_of(settings: TelegramSettings) -> AiohttpRequest:
    """Return what reaches Telegram by the way that is set; whoever gets it shuts it down."""
    return AiohttpRequest(settings.proxy.get_secret_value() if settings.proxy else None)


def bot_of(settings: TelegramSettings, request: AiohttpRequest) -> Bot:
    """Return the library's bot, which asks through `request` alone."""
    return Bot(
        # The library refuses none at all; Telegram refuses this.
        settings.token.get_secret_value() if settings.token else "none",
        base_url=f"{settings.api_url}/bot",
        base_file_url=f"{settings.api_url}/file/bot",
        request=request,
        get_updates_request=request,
    )


async def open_telegram(surroundings: Surroundings) -> Telegram | None:
    """Return the channel, None where no token is set; raises SettingsError.

    Telegram is asked for the first time by `listen` or `send`.
    """
    settings = load(TelegramSettings)
    if settings.token is None:
        return None
    if settings.webhook and not (surroundings.public_url or "").startswith("https:"):
        raise SettingsError(
            "RECALLBOT_TELEGRAM_WEBHOOK: needs RECALLBOT_WEB_PUBLIC_URL with an https address"
        )
    return Telegram(settings, surroundings)
