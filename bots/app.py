"""The only place that wires the parts together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import count
from pathlib import Path
from weakref import WeakValueDictionary

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bots.ask import CATALOGUE, limits
from bots.drawing import drawn
from bots.failure import Failure
from bots.local_catalogue import folder_of
from bots.registry import ONE_CHAT
from core.catalogue.file import CatalogueError
from core.catalogue.load import FOLDER, digest, load, reviewed_at
from core.catalogue.local import digest_with_local, load_with_local
from core.channel import (
    Address,
    AddressGone,
    Channel,
    DeliveryError,
    Heard,
    Inbound,
    Left,
    Moved,
    PostRejected,
    Receipt,
    TryLater,
)
from core.clock import Clock, SystemClock
from core.ingest.run import settle
from core.match.decide import judge
from core.model.lexicon import Lexicon
from core.model.message import Block, Message, Role
from core.query.photo import Eyes
from core.query.talk import Talk
from core.settings import Settings
from core.sources.contract import Authority
from core.store import notices
from core.store.example import write_example
from core.store.failure import StoreUnavailable
from core.store.keys import given_ring
from core.store.quick import QuickDatabase
from core.store.work import Database
from core.text.translations import translator

log = structlog.get_logger(__name__)
# The catalogue that ships with us is a source like the others; its facts each name their own.
CATALOGUE_AUTHORITY = Authority(
    name="The recallbot contributors",
    regions=("WORLD",),
    homepage="",
    licence="MIT",
    licence_url=None,
    attribution="Reviewed by the recallbot contributors; each fact names its own source",
)
# A reply is tried again only where it surely did not go, so its key need only be new.
_REPLIES = count(1)
# In seconds: between the tries, where the platform does not say, and at most in all.
PAUSES = (0.5, 2.0, 5.0, 10.0, 20.0, 20.0)
LONGEST_WAIT = 60.0


async def open_database(settings: Settings, clock: Clock | None = None) -> Database:
    """Open the database at the newest schema, with the shipped catalogue in it.

    Raises Failure, one line, where that cannot be.
    """
    try:
        ring = given_ring(settings.secret_key)
        database = await Database.open(
            settings.database_url, ring=ring, synchronous=settings.sqlite_synchronous
        )
    except StoreUnavailable as error:
        raise Failure(str(error)) from None
    try:
        await bring_catalogue(database, clock or SystemClock(), folder_of(settings))
    except StoreUnavailable as error:
        await database.close()
        raise Failure(str(error)) from None
    except CatalogueError as error:
        await database.close()
        raise Failure(f"the local catalogue is not sound: {error}") from None
    return database


async def bring_catalogue(database: Database, clock: Clock, local: Path) -> None:
    """Put the shipped catalogue and the reviewed drafts in the store, unless they are there."""
    shipped = digest_with_local(FOLDER, local)
    async with database.reading() as connection:
        known = {name: mark for name, _, mark in await notices.source_ages(connection)}
    if known.get(CATALOGUE) == shipped:
        return
    async with database.writing() as connection:
        await fill(connection, clock.now(), local)
    await settle(database)


async def fill(connection: AsyncConnection, now: datetime, local: Path | None = None) -> None:
    """Write the shipped catalogue, its names and its age; every example is judged first.

    What was reviewed in the folder `local` comes with it; the age is that of what ships.
    """
    shipped = load(FOLDER, judge)
    catalogue = load_with_local(FOLDER, local, judge) if local else shipped
    mark = digest_with_local(FOLDER, local) if local else digest(FOLDER)
    lexicon = Lexicon.of(catalogue.makers, catalogue.notices)
    await notices.put_notices(connection, CATALOGUE, catalogue.notices, now)
    await notices.put_lexicon(connection, lexicon)
    await notices.set_source(connection, CATALOGUE, reviewed_at(shipped), mark)


async def make_example(target: Path) -> None:
    """Write the example database; raises Failure where it cannot be written.

    It is dated by the catalogue's review, so that the same catalogue makes the same rows.
    """
    now = reviewed_at(load(FOLDER, judge))
    try:
        await write_example(target, now, lambda connection: fill(connection, now))
    except StoreUnavailable as error:
        raise Failure(str(error)) from None


async def prepare(settings: Settings) -> None:
    """Bring the database up to date and let go of it again."""
    database = await open_database(settings)
    await database.close()


async def open_talk(
    database: Database,
    settings: Settings,
    clock: Clock | None = None,
    eyes: Eyes | None = None,
) -> Talk:
    """Return the conversation on this database, which reads photos by `eyes`.

    The caller closes it.
    """
    async with database.reading() as connection:
        lexicon = await notices.lexicon(connection)
    file = QuickDatabase.open(settings.database_url, settings.secret_key)
    clock = clock or SystemClock()
    return Talk(database, lexicon, clock, limits(settings), file, eyes, drawn)


async def serve(
    channels: Sequence[Channel], talk: Talk, stopping: asyncio.Event | None = None
) -> None:
    """Answer everybody on every channel until all of them are closed, or we are `stopping`.

    Then nothing more is heard, and what was heard is answered.
    """
    until = stopping or asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for channel in channels:
            group.create_task(_listen(channel, talk, until))


async def _listen(channel: Channel, talk: Talk, stopping: asyncio.Event) -> None:
    """Answer the messages of one chat in turn, and different chats side by side."""
    turns: WeakValueDictionary[Address, asyncio.Lock] = WeakValueDictionary()
    async with asyncio.TaskGroup() as group:
        async for heard in _until(stopping, channel.listen()):
            if channel.kind in ONE_CHAT:
                await _take(channel, talk, heard)
                heard.settled()
                continue
            turn = turns.setdefault(_chat_of(heard), asyncio.Lock())
            group.create_task(_in_turn(turn, channel, talk, heard))
            # Not kept until the next message comes: it may hold a photo.
            del heard


async def _until(
    stopping: asyncio.Event, listening: AsyncIterator[Heard]
) -> AsyncIterator[Heard]:
    """Yield what is heard until we are to stop."""
    stop = asyncio.ensure_future(stopping.wait())
    try:
        while not stop.done():
            following = asyncio.ensure_future(_next(listening))
            try:
                await asyncio.wait({following, stop}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                following.cancel()
            await asyncio.wait({following})
            heard = None if following.cancelled() else following.result()
            if heard is None:
                return
            # Not kept until the next message comes: it may hold a photo.
            del following
            yield heard
            del heard
    finally:
        stop.cancel()


async def _next(listening: AsyncIterator[Heard]) -> Heard | None:
    """Return what is heard next, None at the end."""
    return await anext(listening, None)


def _chat_of(heard: Heard) -> Address:
    match heard:
        case Inbound():
            return heard.sender
        case Moved():
            return heard.old
        case Left():
            return heard.address


async def _in_turn(turn: asyncio.Lock, channel: Channel, talk: Talk, heard: Heard) -> None:
    """Take it, and settle it however that went; what is cut off by a stop stays unsettled."""
    async with turn:
        try:
            await _take(channel, talk, heard)
        # One message that we stumble over must not end the conversation of all others.
        except Exception as error:
            log.error("not_answered", channel=channel.kind, **_what(error))  # noqa: TRY400 - a traceback may quote what somebody wrote
        heard.settled()


async def _take(channel: Channel, talk: Talk, heard: Heard) -> None:
    if isinstance(heard, Inbound):
        await _reply(channel, talk, heard)
        return
    try:
        await talk.note(heard)
    except StoreUnavailable as error:
        log.error("chat_not_noted", channel=channel.kind, reason=str(error))  # noqa: TRY400


async def _reply(channel: Channel, talk: Talk, inbound: Inbound) -> None:
    """Send the reply; the person can ask again, so one that may have gone is not repeated.

    Where nothing can be pushed, what waits for them comes before it.
    """
    try:
        waiting = await _waiting(channel, talk, inbound)
        message = await talk.reply(inbound)
    # Whatever it is, the person is told to ask again.
    except Exception as error:
        log.error("reply_failed", channel=channel.kind, **_what(error))  # noqa: TRY400 - a traceback may quote what somebody wrote
        words = translator(inbound.lang)
        waiting = ()
        message = Message((Block(Role.DETAIL, words("try_again")),), (), words.lang)
    try:
        for one in waiting:
            await _say(channel, replace(one, anew=True), inbound)
        await _say(channel, message, inbound)
    except AddressGone as gone:
        log.info("reply_address_gone", channel=channel.kind)
        new = gone.moved_to
        await _take(channel, talk, Moved(inbound.sender, new) if new else Left(inbound.sender))
    except DeliveryError as error:
        log.warning("reply_not_sent", channel=channel.kind, reason=type(error).__name__)


async def _waiting(channel: Channel, talk: Talk, inbound: Inbound) -> tuple[Message, ...]:
    """Return the alerts that wait for somebody who can only be told when they come."""
    if channel.capabilities.pushes or inbound.group:
        return ()
    return await talk.waiting_for(inbound.sender)


def _what(error: Exception) -> dict[str, str]:
    """Return what went wrong and where, without what somebody wrote."""
    if isinstance(error, StoreUnavailable):
        return {"reason": str(error)}
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    at = f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else ""
    return {"reason": type(error).__name__, "at": at}


async def _say(channel: Channel, message: Message, inbound: Inbound) -> None:
    """Say it where it was asked, in place of the post whose button was pressed."""
    to = inbound.answer_to or inbound.sender
    aloud = inbound.group and not channel.capabilities.private
    posts = channel.render(replace(message, single=True) if aloud else message)
    old = None if message.anew else inbound.replaces
    if old and channel.capabilities.edits and len(posts) == 1:
        with suppress(PostRejected):
            await _tried(lambda: channel.edit(old, posts[0]))
            return
        # Too old to be edited, or gone: say it anew.
    for post in posts:
        await _tried(partial(channel.send, post, to, key=f"reply:{next(_REPLIES)}"))


async def _tried(sending: Callable[[], Awaitable[Receipt]]) -> None:
    """Send; what surely did not go is tried again for a minute at most."""
    left = LONGEST_WAIT
    for pause in (*PAUSES, None):
        try:
            await sending()
        except TryLater as later:
            told = later.retry_after.total_seconds() if later.retry_after else pause
            if pause is None or told is None or told > left:
                raise
            left -= told
            await asyncio.sleep(told)
        else:
            return
