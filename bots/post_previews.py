"""What `recallbot post --dry-run` shows: each platform post as the platform would get it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from bots.asked_posts import Asked, Named, accounts_shown, recalls_asked
from bots.failure import Failure
from bots.publishing import drawn, voices
from core.clock import Clock
from core.model.message import Picture
from core.model.public import Account, Part, Sort
from core.publish.composing import recall_parts
from core.publish.lint import problems, told
from core.publish.picturing import with_photo
from core.publish.voice import Voice
from core.store.work import Database
from core.text.translations import translator

IMAGE = "image/jpeg 1200x675"
# Stands for a picture that nobody asked to be drawn.
_ANY = b""
# So many recalls are drawn while the next ones are composed.
AHEAD = 4


@dataclass(frozen=True, slots=True)
class Preview:
    """One platform post; `part` counts from 1, `alt` and `image` are None without a picture.

    `wrong` is what would keep it from being released.
    """

    channel: str
    account: str
    recall: str
    part: int
    text: str
    alt: str | None = None
    image: str | None = None
    wrong: tuple[str, ...] = ()


@dataclass(slots=True)
class Previews:
    """Composes what is asked for and writes nothing down; pictures only where it `draws`."""

    database: Database
    clock: Clock
    asked: Asked
    draws: bool
    unfit: int = 0
    _voices: Mapping[str, Voice] = field(default_factory=voices)

    async def every(self) -> AsyncIterator[Preview]:
        """Yield the posts recall by recall; raises Failure where something is unknown."""
        accounts = await accounts_shown(self.database, self.asked)
        under_way: deque[asyncio.Task[list[Preview]]] = deque()
        try:
            async for one in recalls_asked(self.database, self.asked):
                under_way.append(asyncio.create_task(self._of_recall(one, accounts)))
                if len(under_way) > AHEAD:
                    for preview in await under_way.popleft():
                        yield preview
            while under_way:
                for preview in await under_way.popleft():
                    yield preview
        finally:
            for task in under_way:
                task.cancel()

    async def _of_recall(self, one: Named, accounts: tuple[Account, ...]) -> list[Preview]:
        now, found = self.clock.now(), list[Preview]()
        for account in accounts:
            voice = self._voices[account.channel]
            parts = recall_parts(account, one.recall.notices, voice, now)
            if self.asked.photo:
                parts = with_photo(parts, self.asked.photo)
            self.unfit += not parts
            shown = [
                await self._preview(account, one.id, number, part)
                for number, part in enumerate(parts, 1)
            ]
            found += _marked(shown, parts, account.style.lang)
        return found

    async def _preview(self, account: Account, recall: str, number: int, part: Part) -> Preview:
        picture = await self._picture(part)
        voice, message = self._voices[account.channel], part.message(account.style.lang)
        text = voice.render(replace(message, picture=picture))[0].text
        shown = Preview(account.channel, account.name, recall, number, text)
        if picture is None:
            return shown
        return replace(shown, alt=picture.alt, image=await self._image(shown, picture))

    async def _picture(self, part: Part) -> Picture | None:
        if part.picture is None:
            return None
        if not self.draws:
            return Picture(_ANY, part.picture.alt)
        photo = self.asked.photo.jpeg if self.asked.photo else None
        return await asyncio.to_thread(drawn, part.picture, photo)

    async def _image(self, shown: Preview, picture: Picture) -> str | None:
        """Return the path of the picture, or what it is; None where it was not drawn."""
        if not self.draws:
            return None
        mark = sha256(picture.jpeg).hexdigest()
        if self.asked.images is None:
            return f"{IMAGE} sha256:{mark}"
        path = self.asked.images / f"{shown.recall}-{mark[:12]}.jpg"
        try:
            await asyncio.to_thread(_written, path, picture.jpeg)
        except OSError as error:
            raise Failure(f"{path} cannot be written: {error.strerror}") from None
        return str(path)


def _marked(shown: list[Preview], parts: tuple[Part, ...], lang: str) -> list[Preview]:
    """Return the posts, each with what is wrong with it."""
    wrong = problems(parts, lang, Sort.RECALL) if parts else ()
    english = translator(None)
    return [
        replace(one, wrong=tuple(told(each, english) for each in wrong if each.part == number))
        for number, one in enumerate(shown)
    ]


def _written(path: Path, jpeg: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(jpeg)
