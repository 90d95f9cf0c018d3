"""Platforms that answer the same to everybody, so that a bench measures whoever asks.

The servers in `tests/platforms` look at every request, which takes longer than to make one.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any

HOST = "127.0.0.1"
END = b"\r\n\r\n"
LENGTH = b"content-length:"
ME = {"id": 1000, "is_bot": True, "first_name": "Recalls", "username": "recalls_bot"}
TEXT = "Product safety recall: stop using it and keep it away from anything that can burn."
MESSAGE = {
    "message_id": 7,
    "from": ME,
    "chat": {"id": 1, "type": "private"},
    "date": 1,
    "text": TEXT,
}
ACCOUNT = {
    "id": "1000",
    "username": "recalls",
    "discriminator": "0",
    "avatar": None,
    "bot": True,
}
ROOM = {"id": "1", "type": 0, "name": "room", "guild_id": "2", "position": 0}
POSTED = {
    "id": "7",
    "channel_id": "1",
    "author": ACCOUNT,
    "content": "",
    "type": 0,
    "flags": 32768,
}
APPLICATION = {
    "id": "1000", "name": "recalls", "description": "", "icon": None, "verify_key": "",
    "summary": "", "bot_public": True, "bot_require_code_grant": False, "team": None,
    "owner": ACCOUNT, "flags": 0,
}  # fmt: skip
PLENTY = (
    "X-RateLimit-Limit: 1000000",
    "X-RateLimit-Remaining: 999999",
    "X-RateLimit-Reset: 4102444800.000",
    "X-RateLimit-Reset-After: 1.000",
    "X-RateLimit-Bucket: 80c17d2f203122d936070c88c8d10f33",
)


def answer(body: object, *headers: str, status: str = "200 OK") -> bytes:
    """Return a whole answer in HTTP."""
    told = json.dumps(body)
    lines = (f"HTTP/1.1 {status}", "Content-Type: application/json", *headers)
    return "\r\n".join((*lines, f"Content-Length: {len(told)}", "", told)).encode()


TOO_MANY = answer(
    {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    },
    status="429 Too Many Requests",
)


@dataclass(frozen=True, slots=True)
class Platform:
    """What is answered, by how the path of a request ends."""

    answers: Mapping[bytes, bytes]
    otherwise: bytes

    def answer(self, head: bytes) -> bytes:
        """Return the answer to a request that begins like this."""
        path = head.split(b" ", 2)[1]
        return next(
            (found for end, found in self.answers.items() if path.endswith(end)), self.otherwise
        )


PLATFORMS = {
    "telegram": Platform(
        {b"/getMe": answer({"ok": True, "result": ME})}, answer({"ok": True, "result": MESSAGE})
    ),
    "discord": Platform(
        {
            b"/messages": answer(POSTED, *PLENTY),
            b"/users/@me": answer(ACCOUNT, *PLENTY),
            b"/applications/@me": answer(APPLICATION, *PLENTY),
        },
        answer(ROOM, *PLENTY),
    ),
}


class Limited:
    """A platform that takes so many requests a second, and bursts of as many; 0: all."""

    def __init__(self, platform: Platform, limit: int) -> None:
        """Begin with room for a burst."""
        self._platform = platform
        self._limit = limit
        self._room, self._at = float(limit), perf_counter()

    def answer(self, head: bytes) -> bytes:
        """Return the answer to a request that begins like this."""
        if self._limit:
            now = perf_counter()
            more = (now - self._at) * self._limit
            self._room, self._at = min(self._limit, self._room + more), now
            if self._room < 1:
                return TOO_MANY
            self._room -= 1
        return self._platform.answer(head)


class Line(asyncio.Protocol):
    """One connection: answers each request after `delay` seconds, without reading its body."""

    def __init__(self, platform: Limited, delay: float) -> None:
        """Wait for a request."""
        self._platform = platform
        self._delay = delay
        self._come = b""
        self._out: asyncio.WriteTransport | None = None

    def connection_made(self, transport: Any) -> None:
        """Take note of where to answer."""
        self._out = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole."""
        self._come += data
        while (end := self._come.find(END)) >= 0:
            head = self._come[:end]
            whole = end + len(END) + _length(head)
            if len(self._come) < whole:
                return
            self._come = self._come[whole:]
            self._tell(self._platform.answer(head))

    def _tell(self, told: bytes) -> None:
        if self._out is None or self._out.is_closing():
            return
        if self._delay:
            asyncio.get_running_loop().call_later(self._delay, self._out.write, told)
        else:
            self._out.write(told)


def _length(head: bytes) -> int:
    at = head.lower().find(LENGTH)
    return int(head[at + len(LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0


async def _serve(options: argparse.Namespace) -> None:
    platform = Limited(PLATFORMS[options.platform], options.limit)
    make = partial(Line, platform, options.delay / 1000)
    server = await asyncio.get_running_loop().create_server(make, HOST, 0, backlog=1024)
    url = f"http://{HOST}:{server.sockets[0].getsockname()[1]}"
    sys.stdout.write(f"{json.dumps({'url': url, 'token': '1000:bench'})}\n")
    sys.stdout.flush()
    await server.serve_forever()


def main() -> None:
    """Serve one platform until the process is ended; say, as JSON in one line, where it is."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("platform", choices=sorted(PLATFORMS))
    parser.add_argument("--delay", type=float, default=0, help="before every answer, in ms")
    parser.add_argument("--limit", type=int, default=0, help="requests a second")
    asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
