"""Discord as a channel: the contract's words on one side, discord.py on the other."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Any

import structlog
from discord import ChannelType, Client, Guild, HTTPException, MessageReference
from discord.utils import time_snowflake

from bots.discord import feeds
from bots.discord.abilities import CAPABILITIES
from bots.discord.address import KIND, Place, Sent, place_of, receipt, sent_of
from bots.discord.asked import Asked, Waiting
from bots.discord.circuit import Circuit
from bots.discord.delivery import delivered
from bots.discord.failures import answer_failure_of
from bots.discord.gateway import Gateway
from bots.discord.hearing import Hearing, Mouth
from bots.discord.layout import Adding, Laid, Layouts
from bots.discord.pace import Pace
from bots.discord.render import asks, render
from bots.discord.rest import Rest
from bots.discord.settings import DiscordSettings
from bots.discord.standing import Pauses, Standing
from bots.discord.tree import Json, payload, planted, sync
from bots.surroundings import Surroundings
from core.channel import (
    Address,
    AddressGone,
    DeliveryError,
    Heard,
    Inbound,
    Left,
    Post,
    PostRejected,
    Receipt,
    TryLater,
)
from core.model.message import Message
from core.settings import load
from core.text.translations import translator

log = structlog.get_logger(__name__)
# How the keys of replies begin: nobody sends one twice, and they go before anything else.
REPLY = "reply:"
# What is on its way out when we are closed gets this long to arrive.
DRAIN_SECONDS = 2.0
MOST_CHATS = 50_000
NONCE_BYTES = 12


class Discord:
    """One bot of Discord: people call it, press its buttons and write to it, and it to them."""

    kind = KIND
    capabilities = CAPABILITIES

    def __init__(
        self,
        settings: DiscordSettings,
        surroundings: Surroundings,
        pauses: Pauses | None = None,
    ) -> None:
        """Be the bot whose token is in `settings`; nothing is asked of Discord yet."""
        token = settings.token.get_secret_value() if settings.token else ""
        self._surroundings = surroundings
        circuit = Circuit(surroundings.now)
        pace = Pace(max(1, settings.requests_per_second // surroundings.processes))
        self._rest = Rest(token, pace, circuit, settings.proxy_url)
        self._waiting = Waiting(surroundings.now)
        self._hearing = Hearing(
            surroundings, self._waiting, Mouth(self._put, self._say, self._knows)
        )
        self._layouts = Layouts(surroundings.kept)
        self._rooms = feeds.Rooms()
        self.published = feeds.Published(self._rest, surroundings.now)
        standing = Standing(pauses)
        self._gateway = Gateway(token, self._rest, standing, self._wire, self._prepare)
        self._chats: OrderedDict[int, int] = OrderedDict()
        self._heard: asyncio.Queue[Heard | None] = asyncio.Queue()
        self._listening: asyncio.Task[None] | None = None
        self._wanted: list[Json] | None = None
        self._closed = False

    def render(self, message: Message) -> tuple[Post, ...]:
        """Return the posts that say `message`; pure."""
        return render(message)

    async def send(
        self, post: Post, to: Address, *, key: str, reply_to: str | None = None
    ) -> Receipt:
        """Send one post; raises TryLater, AddressGone, PostRejected or DeliveryUnknown.

        Discord drops a second post with the same key to the same address for some minutes,
        except in forums. In a server a `reply_to` hangs it into the thread of that post, which
        is begun if need be; elsewhere it shows that post above. What goes to an announcement
        channel is published to its followers in its time.
        """
        place = self._place(to)
        if place.sort == "reply":
            return await self._answer(post, place)
        if place.sort == "user":
            room = await self._private_chat(place, reply=key.startswith(REPLY))
            earlier = sent_of(reply_to or "")
            above = feeds.answering(earlier) if earlier else None
            return await self._post(post, place, (room, above), key)
        return await self._in_server(post, place, key, sent_of(reply_to or ""))

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Put a post in the place of another; raises PostRejected where that fails."""
        place, sent = self._place(receipt.to), sent_of(receipt.id)
        if sent is None:
            raise PostRejected("no message")
        if place.sort == "reply":
            return await self._answer(post, place, sent)
        ready = await self._layouts.laid(post)

        async def change(client: Client) -> object:
            room = client.get_partial_messageable(sent.channel)
            return await room.get_partial_message(sent.message).edit(**_editing(ready))

        await self._rest.call(change, place, reply=receipt.awaited)
        return receipt

    async def find(self, key: str, to: Address, post: Post) -> Receipt | None:
        """Return None: a message that is read again does not tell its key."""
        del key, to, post
        return None

    def _place(self, to: Address) -> Place:
        if self._closed:
            raise TryLater
        place = place_of(to)
        if place is None:
            raise AddressGone
        return place

    async def _private_chat(self, place: Place, *, reply: bool) -> int:
        """Return the channel of somebody's private chat, opened if need be."""
        if place.id not in self._chats:
            opened = await self._rest.call(
                lambda client: client.http.start_private_message(place.id), place, reply=reply
            )
            self._knows(place.id, int(opened["id"]))
        return self._chats[place.id]

    async def _in_server(
        self, post: Post, place: Place, key: str, earlier: Sent | None
    ) -> Receipt:
        if earlier is not None:
            name = feeds.name_of(post.text)
            thread = await self._rest.call(
                lambda client: feeds.thread_under(client, place.id, earlier, name), place
            )
            to = (thread, None) if thread else (place.id, feeds.answering(earlier))
            return await self._post(post, place, to, key)
        kind = self._rooms.known(place.id) or await self._rest.call(
            lambda client: self._rooms.kind(client, place.id), place
        )
        if kind is ChannelType.forum:
            return await self._forum_post(post, place)
        if kind is ChannelType.news:
            await self.published.take_up(place.id)
        sent = await self._post(post, place, (place.id, None), key)
        known = sent_of(sent.id)
        if kind is ChannelType.news and known and feeds.is_published_later(post):
            self.published.add(known)
        return sent

    async def _forum_post(self, post: Post, place: Place) -> Receipt:
        # What is pressed in the forum's post is about the forum.
        ready = await self._layouts.laid(post, Adding(about=place.id if post.buttons else None))
        name = feeds.name_of(post.text)
        sent = await self._rest.call(
            lambda client: feeds.open_post(client, place.id, ready, name), place
        )
        return receipt(place, sent.channel, sent.message)

    async def _post(
        self, post: Post, place: Place, to: tuple[int, MessageReference | None], key: str
    ) -> Receipt:
        ready = await self._layouts.laid(post)
        room, above = to
        nonce = _nonce(key, place)
        number = await self._rest.call(
            lambda client: delivered(client, room, ready, nonce, above),
            place,
            reply=key.startswith(REPLY),
        )
        return receipt(place, room, number)

    async def _answer(self, post: Post, place: Place, sent: Sent | None = None) -> Receipt:
        """Answer an interaction: in the place of `sent`, of "is thinking", or behind it."""
        asked = self._waiting.find(place.id)
        if asked is None:
            raise PostRejected("nobody waits for this answer any more")
        words = translator(asked.lang)
        label = words("discord_type") if asked.typing and asks(post.text) else None
        ready = await self._layouts.laid(post, Adding(label, asked.about))

        async def answer() -> tuple[int, int]:
            if sent is not None or asked.waiting:
                asked.waiting = False
                changed = await asked.interaction.edit_original_response(**_editing(ready))
                return changed.channel.id, changed.id
            shown = await asked.interaction.followup.send(
                view=ready.view,
                files=ready.files,
                allowed_mentions=ready.mentions,
                ephemeral=asked.hidden,
                wait=True,
            )
            return shown.channel.id, shown.id

        channel, number = await self._rest.attempt(answer, meaning=answer_failure_of)
        return receipt(place, channel, number)

    async def listen(self) -> AsyncIterator[Heard]:
        """Yield what people say and do until it is closed; reconnects by itself."""
        if self._closed:
            return
        self._listening = asyncio.create_task(self._gateway.run())
        try:
            while (heard := await self._heard.get()) is not None:
                yield heard
                # While nobody says anything, the last photo must not stay in memory.
                del heard
        finally:
            # Closing does the same, and must not be interrupted by it.
            if not self._closed:
                self._listening.cancel()

    async def close(self) -> None:
        """Stop listening, let what is being sent arrive, and disconnect; safe to call twice."""
        if self._closed:
            return
        self._closed = True
        self._heard.put_nowait(None)
        await self.published.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                await self._rest.idle()
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        await self._gateway.close()
        await self._rest.close()

    async def _prepare(self, client: Client) -> None:
        """Let Discord have our commands, once and only where they changed."""
        if self._wanted is not None:
            return
        suggest = self._surroundings.suggest
        wanted = await payload(await planted(client, self._hearing, suggest))
        try:
            if await sync(client, wanted):
                log.info("commands_synced", channel=KIND)
        except HTTPException as error:
            log.warning("commands_not_synced", channel=KIND, reason=str(error.code))
        self._wanted = wanted

    async def _wire(self, client: Client) -> None:
        """Let a client of the gateway tell what happens."""
        await planted(client, self._hearing, self._surroundings.suggest)
        events: Mapping[str, Any] = {
            "on_interaction": self._hearing.interaction,
            "on_message": self._hearing.message,
            "on_guild_channel_delete": self._channel_gone,
            "on_raw_thread_delete": self._thread_gone,
            "on_guild_remove": self._put_out,
            "on_guild_available": self._back_in,
            "on_error": _event_failed,
        }
        for event, heard in events.items():
            setattr(client, event, heard)

    async def _back_in(self, guild: Guild) -> None:
        """Go on publishing where something was posted within a day."""
        since = time_snowflake(self._surroundings.now() - feeds.TAKEN_UP)
        for room in guild.text_channels:
            if room.is_news() and (room.last_message_id or 0) >= since:
                await self.published.take_up(room.id)

    async def _channel_gone(self, channel: Any) -> None:
        self._put(Left(Place("channel", channel.id).address))

    async def _thread_gone(self, deleted: Any) -> None:
        self._put(Left(Place("channel", deleted.thread_id).address))

    async def _put_out(self, guild: Guild) -> None:
        for channel in (*guild.channels, *guild.threads):
            self._put(Left(Place("channel", channel.id).address))

    def _put(self, heard: Heard) -> None:
        if isinstance(heard, Inbound) and (place := place_of(heard.sender)):
            self._rest.circuit.heard(place)
        if not self._closed:
            self._heard.put_nowait(heard)

    async def _say(self, asked: Asked, message: Message) -> None:
        """Answer by ourselves what needs no conversation."""
        try:
            for post in render(message):
                await self._answer(post, Place("reply", asked.interaction.id))
        except DeliveryError as error:
            log.warning("reply_not_sent", channel=KIND, reason=type(error).__name__)

    def _knows(self, person: int, chat: int) -> None:
        self._chats[person] = chat
        if len(self._chats) > MOST_CHATS:
            self._chats.popitem(last=False)


async def _event_failed(event: str, *_: object) -> None:
    # Without a traceback: it would show what somebody wrote.
    log.error("event_not_understood", channel=KIND, event_name=event)


def _editing(ready: Laid) -> dict[str, Any]:
    return {
        "view": ready.view,
        "attachments": ready.files,
        "allowed_mentions": ready.mentions,
    }


def _nonce(key: str, place: Place) -> str:
    """Return what tells Discord that a post is the same: 24 characters of the 25 it takes."""
    if key.startswith(REPLY):
        # Replies are counted from one at every start, so their keys come again.
        return secrets.token_hex(NONCE_BYTES)
    named = f"{place.sort}:{place.id}:{key}".encode()
    return hashlib.blake2s(named, digest_size=NONCE_BYTES).hexdigest()


async def open_discord(surroundings: Surroundings) -> Discord | None:
    """Return the channel, None where no token is set; raises SettingsError.

    Discord is asked for the first time by `listen` or `send`.
    """
    settings = load(DiscordSettings)
    if settings.token is None:
        return None
    # It writes a line for every try, and addresses that carry tokens; we say what matters.
    logging.getLogger("discord").setLevel(logging.CRITICAL)
    return Discord(settings, surroundings)
