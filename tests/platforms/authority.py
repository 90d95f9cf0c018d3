"""An authority's web server on loopback: it answers what a test says, badly if asked to."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from types import MappingProxyType
from urllib.parse import unquote_plus

PIECE = 1 << 18
NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived; header names are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def words(self) -> str:
        """Return path and query, decoded."""
        return unquote_plus(self.target)


Behaviour = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


def says(
    body: bytes,
    content_type: str = "application/json",
    status: int = 200,
    headers: Mapping[str, str] = NO_HEADERS,
) -> Behaviour:
    """Answer with this body, complete."""

    async def answer(_: Asked, writer: asyncio.StreamWriter) -> None:
        described = {"Content-Type": content_type, "Content-Length": str(len(body)), **headers}
        writer.write(head(status, described) + body)

    return answer


def moves(location: str, status: int = 302) -> Behaviour:
    """Redirect to there."""
    return says(b"<p>moved</p>", "text/html", status, {"Location": location})


def versioned(body: bytes, etag: str) -> Behaviour:
    """Answer with this body, or with 304 to whoever has that version."""

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        status = 304 if asked.headers.get("if-none-match") == etag else 200
        sent = b"" if status == HTTPStatus.NOT_MODIFIED else body
        await says(sent, status=status, headers={"ETag": etag})(asked, writer)

    return answer


def packed(body: bytes, *, members: int = 1) -> Behaviour:
    """Answer with this body in gzip, in so many members."""
    step = max(1, -(-len(body) // members))
    pieces = [gzip.compress(body[at : at + step]) for at in range(0, len(body), step)]
    return says(b"".join(pieces), headers={"Content-Encoding": "gzip"})


def breaks_off(body: bytes) -> Behaviour:
    """Announce one byte more than is sent, and hang up."""
    return _then_close(says(body, headers={"Content-Length": str(len(body) + 1)}))


def pours(start: bytes, size: int) -> Behaviour:
    """Send so many bytes that begin like a page, without announcing how many."""

    async def answer(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, {"Content-Type": "application/json", "Connection": "close"}))
        writer.write(start)
        for _piece in range(size // PIECE + 1):
            writer.write(b" " * PIECE)
            await writer.drain()

    return _then_close(answer)


def drips(body: bytes) -> Behaviour:
    """Send one byte at a time and never come to an end."""

    async def answer(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, {"Content-Type": "application/json", "Connection": "close"}))
        for byte in body * 1000:
            writer.write(bytes((byte,)))
            await writer.drain()
            await asyncio.sleep(0.01)

    return _then_close(answer)


async def hangs_up(_: Asked, writer: asyncio.StreamWriter) -> None:
    """Close the connection without a word."""
    writer.close()


async def is_silent(_: Asked, writer: asyncio.StreamWriter) -> None:
    """Accept the request and say nothing."""
    await writer.wait_closed()


async def babbles(_: Asked, writer: asyncio.StreamWriter) -> None:
    """Answer in something that is not HTTP."""
    writer.write(b"\x16\x03\x01 220 mail.example ESMTP\r\n\r\n")
    writer.close()


def _then_close(behaviour: Behaviour) -> Behaviour:
    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await behaviour(asked, writer)
        writer.close()

    return answer


def head(status: int, headers: Mapping[str, str]) -> bytes:
    """Return status line and headers."""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


@dataclass
class Authority:
    """A running server: `asked` is what came in, in order; `says` what it answers to whom."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    turns: list[Behaviour] = field(default_factory=list)
    choose: Callable[[Asked], Behaviour] | None = None

    def will(self, *turns: Behaviour) -> None:
        """Behave like this, one request after the other; the last behaviour stays."""
        self.turns = list(turns)
        self.choose = None

    def will_choose(self, choose: Callable[[Asked], Behaviour]) -> None:
        """Behave to each request as `choose` says."""
        self.choose = choose

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while not writer.is_closing():
                asked = await _request(reader)
                self.asked.append(asked)
                await self._turn(asked)(asked, writer)
                await writer.drain()
        writer.close()

    def _turn(self, asked: Asked) -> Behaviour:
        if self.choose is not None:
            return self.choose(asked)
        return self.turns.pop(0) if len(self.turns) > 1 else self.turns[0]


async def _request(reader: asyncio.StreamReader) -> Asked:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = lines[0].split(" ")
    pairs = (line.partition(":") for line in lines[1:] if line)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Asked(method, target, headers, body)


@asynccontextmanager
async def running(tls: ssl.SSLContext | None = None) -> AsyncIterator[Authority]:
    """Run one on a free port of loopback, over TLS where given; hang up on all at the end."""
    authority = Authority()
    authority.will(says(b"not found", "text/plain", 404))
    talks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.ensure_future(authority.serve(reader, writer))
        talks.add(talk)
        talk.add_done_callback(lambda _: writer.close())

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls)
    scheme = "https" if tls else "http"
    authority.url = f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield authority
    finally:
        server.close()
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
