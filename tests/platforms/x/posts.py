"""Posts and pictures as X keeps them and gives them back: t.co links, entities, escapes."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.platforms.x.accounts import Account
from tests.platforms.x.problems import Json
from tests.platforms.x.weighing import links, weight

MENTION = re.compile(r"(?<![A-Za-z0-9_@/])@([A-Za-z0-9_]{1,15})")


@dataclass(eq=False, slots=True)
class Media:
    """Something uploaded; `whole` once its bytes were complete and accepted.

    It is ready for a post when X has been asked `looks` more times how far it is.
    """

    id: str
    owner: Account
    kind: str
    category: str
    at: float
    content: bytes = b""
    alt: str = ""
    size: int = 0
    parts: dict[int, bytes] = field(default_factory=dict)
    whole: bool = False
    looks: int = 0

    @property
    def key(self) -> str:
        """Return the media key: 3 for a picture, 7 for a video, 16 for a moving GIF."""
        first = {"image/gif": "16"}.get(self.kind, "7" if "video" in self.kind else "3")
        return f"{first}_{self.id}"

    def json(self) -> Json:
        """Return the media object with all its fields."""
        kind = {"16": "animated_gif", "7": "video"}.get(self.key.partition("_")[0], "photo")
        told = {"media_key": self.key, "type": kind, "url": f"https://pbs.twimg.com/{self.id}"}
        return {**told, "alt_text": self.alt} if self.alt else told


@dataclass(frozen=True, slots=True)
class Shortened:
    """One link in a post as it is shown."""

    start: int
    end: int
    short: str
    given: str
    media: Media | None = None

    def json(self) -> Json:
        """Return the entity; a bare domain is expanded to http."""
        whole = self.given if "://" in self.given else f"http://{self.given}"
        shown = self.given.partition("://")[2] or self.given
        told = {"start": self.start, "end": self.end, "url": self.short}
        told |= {"expanded_url": whole, "display_url": shown[:26] + "…" * (len(shown) > 26)}
        return {**told, "media_key": self.media.key} if self.media else told


@dataclass(eq=False, slots=True)
class Post:
    """One post; `text` as it was given, `shown` as everybody reads it.

    `leading` is what X puts before an answer to somebody else: their handle. `people` gives
    the id of every handle there was when it was posted.
    """

    id: str
    author: Account
    text: str
    at: float
    reply_to: Post | None = None
    quoted: Post | None = None
    reposted: Post | None = None
    media: tuple[Media, ...] = ()
    leading: str = ""
    deleted: bool = False
    links: list[Shortened] = field(default_factory=list)
    shown: str = ""
    people: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Shorten its links and escape its text."""
        whole, at = self.leading + self.text, 0
        for number, link in enumerate(links(whole)):
            self.shown += html.escape(whole[at : link.start], quote=False)
            self._link(whole[link.start : link.end], number)
            at = link.end
        self.shown += html.escape(whole[at:], quote=False)
        if self.media:
            self.shown += " " if self.shown else ""
            self._link(f"{self.url}/photo/1", len(self.links), self.media[0])

    def _link(self, given: str, number: int, media: Media | None = None) -> None:
        slug = hashlib.sha256(f"{self.id} {number}".encode()).hexdigest()[:10]
        short, start = f"https://t.co/{slug}", len(self.shown)
        self.shown += short
        self.links.append(Shortened(start, len(self.shown), short, given, media))

    @property
    def url(self) -> str:
        """Return where people see it."""
        return f"https://x.com/{self.author.handle}/status/{self.id}"

    @property
    def weight(self) -> int:
        """Return what its text weighs, of 280."""
        return weight(self.text)

    @property
    def has_link(self) -> bool:
        """Whether its text holds what X makes a link of, which is the dearer post."""
        return any(link.media is None for link in self.links)

    @property
    def conversation(self) -> str:
        """Return the id of the post that began it."""
        return self.reply_to.conversation if self.reply_to else self.id

    def names(self, handle: str, *, itself: bool = False) -> bool:
        """Whether it mentions an account; `itself` leaves out what X put in front."""
        text = self.text if itself else self.leading + self.text
        return handle.lower() in {found[1].lower() for found in MENTION.finditer(text)}

    def asks(self, account: Account) -> bool:
        """Whether its author summons an account: mentions it, or quotes one of its posts."""
        quotes = self.quoted is not None and self.quoted.author is account
        return quotes or self.names(account.handle, itself=True)

    def json(self, fields: Collection[str] = ()) -> Json:
        """Return the post object with what was asked for besides the usual."""
        told: Json = {"id": self.id, "text": self.shown, "edit_history_tweet_ids": [self.id]}
        return told | {name: value for name, value in self._more() if name in fields and value}

    def _more(self) -> Iterator[tuple[str, Any]]:
        at = datetime.fromtimestamp(self.at, UTC)
        yield "author_id", self.author.id
        yield "conversation_id", self.conversation
        yield "created_at", at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        yield "in_reply_to_user_id", self.reply_to.author.id if self.reply_to else None
        yield "referenced_tweets", list(self._refers())
        yield "attachments", self.media and {"media_keys": [one.key for one in self.media]}
        yield "entities", self._entities()
        yield "reply_settings", "everyone"

    def _refers(self) -> Iterator[Json]:
        kinds = {"retweeted": self.reposted, "quoted": self.quoted, "replied_to": self.reply_to}
        for kind, post in kinds.items():
            if post:
                yield {"type": kind, "id": post.id}

    def _entities(self) -> Json:
        mentions = [
            {"start": found.start(), "end": found.end(), "username": found[1], "id": number}
            for found in MENTION.finditer(self.shown)
            if (number := self.people.get(found[1].lower()))
        ]
        urls = [link.json() for link in self.links]
        return {k: v for k, v in (("mentions", mentions), ("urls", urls)) if v}
