"""One target: a service of Apprise, set up so that nothing is cut and only we repeat."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

import apprise
from apprise import AppriseAsset, AppriseAttachment, NotifyFormat
from apprise.attachment.memory import AttachMemory
from apprise.common import OverflowMode
from apprise.plugins.base import NotifyBase
from apprise.result import AppriseResult, AppriseResultStatus

from bots.apprise.outcome import Line, failure_of
from bots.apprise.render import BETWEEN, pieces
from core.channel import DeliveryUnknown, Post

# Apprise gives a service four seconds, which makes doubtful what was only slow.
READ_SECONDS = 20.0
# With the pauses that Apprise makes between requests.
SERVICE_SECONDS = 120.0
LONGEST_SUBJECT = 78
MAIL = {"mailto", "mailtos"}

# Its lines name hosts and readers; what they tell is read in the result, nothing is printed.
_LOGGER = logging.getLogger("apprise")
_LOGGER.addHandler(logging.NullHandler())
_LOGGER.propagate = False
_LOGGER.setLevel(logging.DEBUG)
# Its warnings quote addresses, and those of hooks are secrets.
logging.getLogger("urllib3").setLevel(logging.ERROR)


class Target:
    """Writes to whatever one URL stands for, one post after another."""

    def __init__(self, url: str) -> None:
        """Be the service of that URL; raises ValueError, without the URL, where it is none."""
        asset = AppriseAsset(
            async_mode=True,
            # A redirected post would arrive as a question, and be answered with a yes.
            http_redirects=False,
            interpret_emojis=False,
            service_timeout=SERVICE_SECONDS,
            allow_templates=False,
        )
        service = apprise.Apprise.instantiate(url, asset=asset)
        if not isinstance(service, NotifyBase):
            raise ValueError("Apprise cannot read it")  # noqa: TRY004 - what is wrong is the URL
        self._service = _set_up(service)
        self._apprise = apprise.Apprise(self._service, asset=asset)
        self._turn = asyncio.Lock()

    @property
    def name(self) -> str:
        """Return what Apprise calls the service."""
        return str(self._service.service_name)

    @property
    def longest(self) -> int:
        """Return how many characters it takes at once."""
        return int(self._service.body_maxlen)

    @property
    def takes_files(self) -> bool:
        """Say whether pictures and files can go along."""
        return bool(self._service.attachment_support)

    async def send(self, post: Post) -> None:
        """Send it whole, in several messages where it is long; the files with the first.

        Raises TryLater, AddressGone, PostRejected or DeliveryUnknown.
        """
        parts = pieces(post.text, self.longest) or ("",)
        async with self._turn:
            for number, part in enumerate(parts):
                files = _files(post) if not number and self.takes_files else []
                result = await self._notify(part, files)
                if result.status is AppriseResultStatus.SUCCESS:
                    continue
                if number:
                    raise DeliveryUnknown(f"{number} of {len(parts)} parts arrived")
                raise _failure(result)

    async def _notify(self, text: str, files: list[AttachMemory]) -> AppriseResult:
        title, body = self._titled(text)
        return await self._apprise.async_notify(
            body=body,
            title=title,
            body_format=NotifyFormat.TEXT,
            attach=AppriseAttachment(files) if files else None,
            log_level=logging.DEBUG,
        )

    def _titled(self, text: str) -> tuple[str, str]:
        """Return the title and the text below it; a mail has a subject in any case."""
        if self._service.body_max_line_count:
            # What stands on more lines would be left out.
            return "", " ".join(text.split())
        head, _, rest = text.partition(BETWEEN)
        if rest and "\n" not in head and len(head) <= self._service.title_maxlen:
            return head, rest
        return (_subject(head) if self._service.schema in MAIL else ""), text


def _set_up(service: NotifyBase) -> NotifyBase:
    """Return the service with what is ours to decide, whatever its URL says."""
    service.retry = 0
    service.optional = False
    # A net below our own splitting: what is escaped may become longer.
    service.overflow_mode = OverflowMode.SPLIT
    service.socket_read_timeout = max(service.socket_read_timeout, READ_SECONDS)
    return service


def _subject(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_SUBJECT else f"{line[: LONGEST_SUBJECT - 1]}…"


def _files(post: Post) -> list[AttachMemory]:
    given = []
    if post.picture:
        given.append((post.picture.jpeg, "recall.jpg", "image/jpeg"))
    if post.attachment:
        file = post.attachment
        given.append((file.content, file.name, file.media_type))
    # The library's constructor has no types.
    return [AttachMemory(*one) for one in given]  # type: ignore[no-untyped-call]


def _failure(result: AppriseResult) -> Exception:
    if result.status is AppriseResultStatus.TIMEOUT:
        return DeliveryUnknown("no answer in time")
    return failure_of(list(_lines(result)))


def _lines(result: AppriseResult) -> Iterable[Line]:
    for service in result.results:
        for entry in service.logs():
            yield Line(entry.level, entry.message)
