"""The contract of every platform: its capabilities, posts, receipts and delivery errors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from core.model.message import Attachment, Button, Message, Picture


class Markup(StrEnum):
    """How a platform wants its text."""

    PLAIN = "plain"
    HTML = "html"
    MARKDOWN = "markdown"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Facts about the platform, not settings.

    `fits` judges one post's text by the platform's own count; `max_caption` is None where no
    image can be carried; `finds` says that `find` can tell whether a post with our key
    arrived; where `private` is False everybody reads it, so owned items are never posted.
    Where it never `pushes`, what waits for somebody is shown when they next come. Where it
    `drops_repeats`, a second post with the same key does nothing, however late it comes. A
    reply that stands `aside`, in a thread of its own, is read by fewer than the post above it.
    """

    fits: Callable[[str], bool]
    markup: Markup
    max_buttons: int = 0
    max_caption: int | None = None
    threads: bool = False
    edits: bool = False
    finds: bool = False
    private: bool = True
    listens: bool = True
    pushes: bool = True
    drops_repeats: bool = False
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Address:
    """Where one chat is, in the channel's own words."""

    channel: str
    chat: str


@dataclass(frozen=True, slots=True)
class Post:
    """One platform message: text in the platform's markup, its buttons, what goes with it.

    `lang` is what it is written in (BCP 47), for platforms that are told. `links` are those of
    which the text shows something shorter: what it shows and where it leads, in their order.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    picture: Picture | None = None
    attachment: Attachment | None = None
    lang: str | None = None
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that a post was accepted: the platform's id of it.

    An edit that is not `awaited`, as a broadcast's is not, lets replies go before it.
    """

    id: str
    to: Address
    awaited: bool = field(default=True, compare=False)


def _nobody_waits() -> None:
    """Be the end of what no platform would tell us again."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """Something a person wrote, pressed or photographed.

    `sender` names the conversation: the person's own chat, or in a `group`, where others read
    along, the group's. `lang` is what the platform says they read. `photo` is the file as it
    came, unchecked. `private_link` leads from a group to a private chat with us; "{payload}"
    in it becomes what the link asks there (core/query/commands.py). `may_set_up` says that
    they look after the group. The reply goes to `answer_to` where it is
    not the sender, and takes the place of our own post `replaces`, whose button was pressed.
    `message` tells which of theirs it is, the same where it is heard again or changed: a code
    in it counts as typed once.

    Whoever hears it calls `settled`, in the loop it was heard in, once it was answered or given
    up; more than once is harmless. What was not settled before the process ended, a platform
    that can do so tells again.
    """

    sender: Address
    text: str
    at: datetime
    lang: str | None = None
    photo: bytes | None = field(default=None, repr=False)
    group: bool = False
    private_link: str | None = None
    may_set_up: bool = False
    answer_to: Address | None = None
    replaces: Receipt | None = None
    message: str | None = None
    settled: Callable[[], None] = field(default=_nobody_waits, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Moved:
    """A chat got another address; what we know of it goes along. `settled` as in Inbound."""

    old: Address
    new: Address
    settled: Callable[[], None] = field(default=_nobody_waits, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody blocked us or put us out; whatever they say next brings them back.

    `settled` as in Inbound.
    """

    address: Address
    settled: Callable[[], None] = field(default=_nobody_waits, compare=False, repr=False)


Heard = Inbound | Moved | Left


class Kept(Protocol):
    """Keeps what buttons stand for where it is longer than a platform lets them carry."""

    async def keep(self, says: str) -> str:
        """Return a short key, the same for the same words, of at most 24 ASCII characters."""
        ...

    async def find(self, key: str) -> str | None:
        """Return the words of a key, None where it is none of ours."""
        ...


class Purse(Protocol):
    """Pays for what costs money; any number of processes share one."""

    async def spend(self, key: str, price: int, cap: int) -> bool:
        """Pay `price` for `key` this month, False where the month would cost more than `cap`.

        Both are millionths of a dollar. What was paid for once is not paid for again.
        """
        ...

    async def refund(self, key: str) -> None:
        """Take back what was paid for `key`: the platform refused it."""
        ...


class Positions(Protocol):
    """Keeps how far something was read, through restarts, and who alone reads it."""

    async def position(self, name: str) -> str | None:
        """Return the position of that name, None where none was kept."""
        ...

    async def keep(self, name: str, value: str) -> None:
        """Keep it in place of the one before."""
        ...

    async def take(self, name: str, holder: str, now: datetime, until: datetime) -> bool:
        """Let `holder` alone read it until then; False while another does.

        Taken again by its holder it is held longer, or where `until` is over, given up.
        """
        ...


class DeliveryError(Exception):
    """A post was not, or perhaps not, delivered; raised as one of the four kinds below."""


class TryLater(DeliveryError):  # noqa: N818 - the contract's word
    """The platform asks to wait; `retry_after` where it said how long.

    `said` is why, where that helps whoever runs the bot, such as a budget that is spent.
    """

    def __init__(self, retry_after: timedelta | None = None, said: str = "") -> None:
        """Keep how long to wait, and the reason."""
        super().__init__(said or f"try later ({retry_after})")
        self.retry_after = retry_after
        self.said = said


class AddressGone(DeliveryError):  # noqa: N818 - the contract's word
    """The address is no more; `moved_to` where the platform named the new one.

    `said` is in the platform's words why, such as a permission that is missing; no person is
    in it.
    """

    def __init__(self, moved_to: Address | None = None, said: str = "") -> None:
        """Keep the new address, and the reason."""
        super().__init__(said or "address gone")
        self.moved_to = moved_to
        self.said = said


class PostRejected(DeliveryError):  # noqa: N818 - the contract's word
    """The platform calls the post malformed; sending it again cannot help."""


class DeliveryUnknown(DeliveryError):  # noqa: N818 - the contract's word
    """It timed out after sending, or the server failed: it may have arrived."""


class Channel(Protocol):
    """A platform the bot speaks and listens through."""

    @property
    def kind(self) -> str:
        """Return the stable name of the channel in the database."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """Return what the platform can do."""
        ...

    def render(self, message: Message) -> tuple[Post, ...]:
        """Return the posts that say `message`, each fitting the platform; pure."""
        ...

    async def send(
        self, post: Post, to: Address, *, key: str, reply_to: str | None = None
    ) -> Receipt:
        """Send one post; raises TryLater, AddressGone, PostRejected or DeliveryUnknown.

        `key` is the same on every attempt at the same post.
        """
        ...

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Replace a post in place, where `capabilities.edits`."""
        ...

    async def find(self, key: str, to: Address, post: Post) -> Receipt | None:
        """Return the receipt of an earlier attempt at `post`, where `capabilities.finds`.

        Raises TryLater where the platform cannot be asked now.
        """
        ...

    def listen(self) -> AsyncIterator[Heard]:
        """Yield what people say and do; reconnects by itself, ends when it is closed."""
        ...

    async def close(self) -> None:
        """Stop listening and let go of every connection; safe to call twice."""
        ...
