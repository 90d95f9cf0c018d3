"""The web chat as a channel: visitors are heard by `listen`, posts go to their page."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bots.web.pictures import Pictures
from bots.web.questions import Questions
from bots.web.render import LONGEST_POST, MOST_BUTTONS, fits, render
from bots.web.settings import WebSettings
from bots.web.transcript import Entry, Transcript, Transcripts
from core.channel import (
    Address,
    AddressGone,
    Capabilities,
    Heard,
    Inbound,
    Markup,
    Post,
    PostRejected,
    Receipt,
    TryLater,
)
from core.model.message import Message
from core.query.group import PAYLOAD

# More than this unheard means that nobody listens, or that somebody floods us.
MOST_UNHEARD = 500
# A request waits this long for the reply; what comes later is fetched by the open page.
PATIENCE = timedelta(seconds=20)
UNHEARD_PAUSE = timedelta(seconds=10)
NUMBERS_A_SECOND = 1_000


@dataclass(frozen=True, slots=True)
class Said:
    """What a visitor sent: words, how they stand in the transcript, what they read, a photo.

    With nothing `shown` it leaves no trace there, and the choices stay as they are.
    """

    text: str
    shown: str
    lang: str | None = None
    photo: bytes | None = field(default=None, repr=False)


class Web:
    """The channel of the pages; a chat lives as long as its transcript is kept."""

    kind = "web"
    capabilities = Capabilities(
        fits=fits,
        markup=Markup.HTML,
        max_buttons=MOST_BUTTONS,
        max_caption=LONGEST_POST,
        finds=True,
        pushes=False,
    )

    def __init__(
        self,
        settings: WebSettings,
        now: Callable[[], datetime],
        patience: timedelta = PATIENCE,
    ) -> None:
        """Begin with no visitor; `now` tells the time in UTC, `patience` how long to wait."""
        self.settings = settings
        self.now = now
        self._patience = patience
        self._transcripts = Transcripts()
        self._pictures = Pictures()
        self._questions = Questions()
        self._unheard: asyncio.Queue[Inbound | None] = asyncio.Queue()
        self._closed = False
        # Numbers of an earlier run stay smaller, so a page opened before a restart still fits.
        self._numbers = itertools.count(int(now().timestamp()) * NUMBERS_A_SECOND)

    def render(self, message: Message) -> tuple[Post, ...]:
        """Return the posts that say `message`; pure."""
        return render(message)

    async def send(
        self, post: Post, to: Address, *, key: str, reply_to: str | None = None
    ) -> Receipt:
        """Put the post on the visitor's page, once for each key; raises AddressGone.

        Raises PostRejected where the post is too long. `reply_to` has no place here.
        """
        del reply_to
        if not self.capabilities.fits(post.text):
            raise PostRejected("too long for the web chat")
        if to.channel == self.kind and (question := self._questions.named(to.chat)):
            question.take(post, key)
            return Receipt(key, to)
        transcript = self._present(to)
        if known := transcript.with_key(key):
            return Receipt(str(known.number), to)
        number = next(self._numbers)
        shot = self._pictures.kept(number, post.picture, self.now()) if post.picture else None
        transcript.append(Entry(number, True, post.text, key, post.buttons, shot))  # noqa: FBT003 - ours
        return Receipt(str(number), to)

    def _present(self, to: Address) -> Transcript:
        transcript = self.transcript(to.chat)
        if to.channel != self.kind or transcript is None or self._closed:
            raise AddressGone
        return transcript

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Raise PostRejected: what a visitor has read stays as they read it."""
        del post
        raise PostRejected(f"entry {receipt.id} cannot be edited")

    async def find(self, key: str, to: Address, post: Post) -> Receipt | None:
        """Return the receipt of an earlier attempt under this key."""
        del post
        transcript = self.transcript(to.chat)
        entry = transcript.with_key(key) if transcript else None
        return Receipt(str(entry.number), to) if entry else None

    async def listen(self) -> AsyncIterator[Heard]:
        """Yield what visitors say until the channel is closed."""
        while (inbound := await self._unheard.get()) is not None:
            yield inbound
            # While nobody says anything, the last photo must not stay in memory.
            del inbound
        self._unheard.put_nowait(None)

    async def close(self) -> None:
        """End `listen` and every waiting request; safe to call twice."""
        if self._closed:
            return
        self._closed = True
        self._unheard.put_nowait(None)
        for transcript in self._transcripts:
            transcript.wake()
        self._questions.end()

    def transcript(self, chat: str) -> Transcript | None:
        """Return what was said in a chat, or None where nothing was or it is forgotten."""
        now = self.now()
        self._pictures.forget(now)
        return self._transcripts.known(chat, now)

    def hear(self, chat: str, said: Said) -> int:
        """Take what a visitor says and return its number; raises TryLater when overrun.

        Where nothing of it is shown it begins no transcript either.
        """
        self._refuse_when_overrun()
        now = self.now()
        number = next(self._numbers)
        if said.shown:
            entry = Entry(number, ours=False, text=said.shown)
            self._transcripts.used(chat, now).append(entry)
        elif transcript := self.transcript(chat):
            transcript.carry_choices()
        sender = Address(self.kind, chat)
        self._unheard.put_nowait(Inbound(sender, said.text, now, said.lang, said.photo))
        return number

    async def answered(self, chat: str, number: int) -> bool:
        """Wait until we said something after entry `number`; False where it took too long."""
        try:
            async with asyncio.timeout(self._patience.total_seconds()):
                while not self._closed and (transcript := self.transcript(chat)):
                    if any(entry.ours for entry in transcript.after(number)):
                        return True
                    await transcript.growth()
        except TimeoutError:
            pass
        return False

    async def asked(self, text: str, lang: str | None) -> str | None:
        """Return what everybody may read in answer, as HTML; None where none came in time.

        Nothing of it is kept, and no chat knows of it. Raises TryLater when overrun.
        """
        self._refuse_when_overrun()
        chat, question = self._questions.begin(next(self._numbers))
        place = Address(self.kind, chat)
        home = self.settings.public_url
        inbound = Inbound(
            place,
            text,
            self.now(),
            lang,
            group=True,
            private_link=f"{home}/?start={PAYLOAD}" if home else None,
            answer_to=place,
            settled=question.end,
        )
        try:
            self._unheard.put_nowait(inbound)
            return await question.answer(self._patience)
        finally:
            self._questions.forget(chat)

    def _refuse_when_overrun(self) -> None:
        if self._closed or self._unheard.qsize() >= MOST_UNHEARD:
            raise TryLater(UNHEARD_PAUSE)
