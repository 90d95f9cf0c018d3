"""Discord's gateway on loopback: sessions, heartbeats, resuming, shards, and dropping them.

By Discord's gateway documentation. `identify_every` (5 seconds at the real one) is 0 unless a
test sets it. Compression is `zlib-stream` where it is asked for, else none.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.platforms.discord.accounts import User, snowflake
from tests.platforms.discord.rules import Json
from tests.platforms.discord.world import GUILDS, Guild

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME = 0, 1, 2, 3, 4, 6
RECONNECT, MEMBERS, INVALID_SESSION, HELLO, ACK = 7, 8, 9, 10, 11
GUILD_MEMBERS, PRESENCES, MESSAGE_CONTENT = 1 << 1, 1 << 8, 1 << 15
PRIVILEGED = GUILD_MEMBERS | PRESENCES | MESSAGE_CONTENT
# Bits 17 to 19, 22 and 23 stand for nothing.
KNOWN_INTENTS = ((1 << 26) - 1) & ~(0b111 << 17 | 0b11 << 22)
UNKNOWN_OPCODE, DECODE_ERROR, NOT_AUTHENTICATED, WRONG_TOKEN = 4001, 4002, 4003, 4004
ALREADY_IN, INVALID_SEQUENCE, TOO_FAST, TIMED_OUT = 4005, 4007, 4008, 4009
INVALID_SHARD, MUST_SHARD, INVALID_VERSION = 4010, 4011, 4012
INVALID_INTENTS, DISALLOWED_INTENTS = 4013, 4014
GOODBYES = (1000, 1001)
ABORTED = 1006
MOST_GUILDS, PAYLOADS_A_MINUTE = 2500, 120


@dataclass(slots=True)
class Changes:
    """Lets a test wait until something is so."""

    waiting: list[tuple[Callable[[], bool], asyncio.Future[None]]] = field(default_factory=list)

    def note(self) -> None:
        """Say that something changed."""
        for holds, future in self.waiting:
            if not future.done() and holds():
                future.set_result(None)

    async def until(self, holds: Callable[[], bool], seconds: float) -> None:
        """Wait until `holds`; raises TimeoutError."""
        if holds():
            return
        entry = (holds, asyncio.get_running_loop().create_future())
        self.waiting.append(entry)
        try:
            await asyncio.wait_for(entry[1], seconds)
        finally:
            self.waiting.remove(entry)


@dataclass(eq=False, slots=True)
class Line:
    """One websocket, compressed as it asked; payloads go out in order."""

    request: web.Request
    socket: web.WebSocketResponse
    packed: Any = None
    session: Session | None = None
    beats: int = 0
    dismissed: bool = False
    heard: list[float] = field(default_factory=list)
    outgoing: asyncio.Queue[str | int] = field(default_factory=asyncio.Queue)

    def send(self, op: int, body: Any = None, **rest: Any) -> None:
        """Send one payload after those before."""
        self.outgoing.put_nowait(
            json.dumps({"op": op, "d": body, "s": None, "t": None, **rest})
        )

    def close(self, code: int) -> None:
        """Close after what was sent; 1006 cuts the connection at once, without a word."""
        self.dismissed = True
        if code == ABORTED and self.request.transport:
            self.request.transport.abort()
        else:
            self.outgoing.put_nowait(code)

    async def write(self) -> None:
        """Write what is to go out, until the connection ends."""
        with contextlib.suppress(ConnectionError, RuntimeError):
            while True:
                item = await self.outgoing.get()
                if isinstance(item, int):
                    await self.socket.close(code=item)
                elif self.packed:
                    whole = self.packed.compress(item.encode())
                    await self.socket.send_bytes(whole + self.packed.flush(zlib.Z_SYNC_FLUSH))
                else:
                    await self.socket.send_str(item)


@dataclass(eq=False, slots=True)
class Session:
    """What one shard has identified as, with everything it was sent, to replay."""

    shard: tuple[int, int]
    intents: int
    line: Line | None
    sent: list[tuple[str, Json]] = field(default_factory=list)
    id: str = field(default_factory=snowflake)

    def concerns(self, guild: str | None) -> bool:
        """Whether events of that guild, or of direct messages, are this shard's."""
        number, of = self.shard
        return (int(guild) >> 22) % of == number if guild else number == 0

    def tell(self, event: str, body: Json) -> None:
        """Keep one event for a replay, and send it where somebody is on the line."""
        self.sent.append((event, body))
        if self.line:
            self.line.send(DISPATCH, body, s=len(self.sent), t=event)


@dataclass(eq=False, slots=True)
class Gateway:
    """All sessions of one bot, and how the gateway behaves.

    `heartbeat` is in seconds; `deaf`: heartbeats are not acknowledged; `allowed_intents`: what
    the developer portal has switched on. `handshakes`, `identified` and `resumed` count what
    clients did, `closed` lists the codes they were sent away with.
    """

    bot: User
    application: Json
    guilds: Callable[[], list[Guild]]
    token_is_right: Callable[[str], bool]
    url: str = ""
    heartbeat: float = 41.25
    identify_every: float = 0.0
    deaf: bool = False
    allowed_intents: int = KNOWN_INTENTS & ~PRIVILEGED
    handshakes_to_refuse: int = 0
    refusal: int = 503
    handshakes: int = 0
    identified: int = 0
    resumed: int = 0
    closed: list[int] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    sessions: dict[str, Session] = field(default_factory=dict)
    last_identify: float = float("-inf")
    changes: Changes = field(default_factory=Changes)

    def refuses_handshakes(self, times: int, status: int = 503) -> None:
        """Answer the next websocket handshakes with this HTTP status."""
        self.handshakes_to_refuse, self.refusal = times, status

    def drop(self, code: int = ABORTED) -> None:
        """Close every connection with this code, 1006 without a word; sessions stay."""
        for line in list(self.lines):
            self._close(line, code)

    def reconnect(self) -> None:
        """Ask every client to reconnect and resume."""
        for line in self.lines:
            line.send(RECONNECT)

    def invalidate(self, *, resumable: bool = False) -> None:
        """Tell every client that its session is invalid."""
        if not resumable:
            self.sessions.clear()
        for line in self.lines:
            line.send(INVALID_SESSION, resumable)

    async def until(self, holds: Callable[[], bool], seconds: float = 60.0) -> None:
        """Wait until something is so; raises TimeoutError."""
        await self.changes.until(holds, seconds)

    async def ready(self, seconds: float = 60.0) -> None:
        """Wait until a bot is connected and identified."""
        await self.until(lambda: any(line.session for line in self.lines), seconds)

    def tell(
        self,
        event: str,
        body: Json,
        *,
        guild: str | None = None,
        intent: int = 0,
        bare: Json | None = None,
    ) -> None:
        """Send an event to the shards it concerns, if they asked for its kind.

        `bare` goes instead to those that may not read what people write.
        """
        for session in self.sessions.values():
            if session.concerns(guild) and session.intents & intent == intent:
                hides = bare is not None and not session.intents & MESSAGE_CONTENT
                session.tell(event, bare if hides and bare else body)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one websocket until it closes."""
        self.handshakes += 1
        self.changes.note()
        if self.handshakes_to_refuse > 0:
            self.handshakes_to_refuse -= 1
            return web.Response(status=self.refusal)
        socket = web.WebSocketResponse(max_msg_size=1 << 16)
        await socket.prepare(request)
        packed = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None
        line = Line(request, socket, packed)
        self.lines.append(line)
        beside = [asyncio.create_task(work) for work in (line.write(), self._watch(line))]
        try:
            await self._talk(line, request.query.get("v", "10"))
        finally:
            for task in beside:
                task.cancel()
            self.lines.remove(line)
            self._hang_up(line)
            self.changes.note()
        return socket

    def _hang_up(self, line: Line) -> None:
        if line.session and line.session.line is line:
            line.session.line = None
            # A client that says goodbye of itself gives its session up.
            if line.socket.close_code in GOODBYES and not line.dismissed:
                self.sessions.pop(line.session.id, None)

    async def _talk(self, line: Line, version: str) -> None:
        line.send(HELLO, {"heartbeat_interval": int(self.heartbeat * 1000), "_trace": []})
        if version not in {"9", "10"}:
            self._close(line, INVALID_VERSION)
        async for message in line.socket:
            if message.type in {WSMsgType.TEXT, WSMsgType.BINARY}:
                code = self._hear(line, message.data)
                self.changes.note()
                if code:
                    self._close(line, code)

    def _close(self, line: Line, code: int) -> None:
        self.closed.append(code)
        line.close(code)

    async def _watch(self, line: Line) -> None:
        """Close the line of a client whose heart has stopped."""
        while True:
            beats = line.beats
            await asyncio.sleep(self.heartbeat * 1.5)
            if line.beats == beats:
                self._close(line, TIMED_OUT)

    def _hear(self, line: Line, text: str | bytes) -> int | None:
        """Act on a payload; return the code to close with, if it was wrong."""
        now = asyncio.get_running_loop().time()
        line.heard = [*(at for at in line.heard if at > now - 60), now]
        if len(line.heard) > PAYLOADS_A_MINUTE:
            return TOO_FAST
        try:
            payload = json.loads(text)
            op, body = payload["op"], payload.get("d")
        except (ValueError, TypeError, KeyError):
            return DECODE_ERROR
        acts: dict[int, Callable[[Line, Any], int | None]] = {
            HEARTBEAT: self._beat, IDENTIFY: self._identify, RESUME: self._resume,
            MEMBERS: self._members, PRESENCE: lambda *_: None, VOICE: lambda *_: None,
        }  # fmt: skip
        if op not in acts:
            return UNKNOWN_OPCODE
        if not line.session and op not in {HEARTBEAT, IDENTIFY, RESUME}:
            return NOT_AUTHENTICATED
        return acts[op](line, body)

    def _beat(self, line: Line, _: Any) -> None:
        line.beats += 1
        if not self.deaf:
            line.send(ACK)

    def _wrong_identity(self, line: Line, body: Json) -> int | None:
        shard, intents = body.get("shard") or [0, 1], body.get("intents")
        checks = {
            ALREADY_IN: line.session is not None,
            DECODE_ERROR: intents is None or not isinstance(body.get("properties"), dict),
            WRONG_TOKEN: not self.token_is_right(body.get("token", "")),
            INVALID_SHARD: not 0 <= shard[0] < shard[1],
            MUST_SHARD: len(self.guilds()) / max(shard[1], 1) > MOST_GUILDS,
            INVALID_INTENTS: bool((intents or 0) & ~KNOWN_INTENTS),
            DISALLOWED_INTENTS: bool((intents or 0) & ~self.allowed_intents),
        }
        return next((code for code, wrong in checks.items() if wrong), None)

    def _identify(self, line: Line, body: Json) -> int | None:
        code = self._wrong_identity(line, body)
        if code:
            return code
        now = asyncio.get_running_loop().time()
        if now - self.last_identify < self.identify_every:
            line.send(INVALID_SESSION, body=False)
            return None
        self.last_identify, self.identified = now, self.identified + 1
        number, of = body.get("shard") or [0, 1]
        session = Session((number, of), body["intents"], line)
        self.sessions[session.id], line.session = session, session
        guilds = [guild for guild in self.guilds() if session.concerns(guild.id)]
        session.tell("READY", self._ready(session, guilds))
        for guild in guilds if session.intents & GUILDS else []:
            session.tell("GUILD_CREATE", guild.created())
        return None

    def _ready(self, session: Session, guilds: list[Guild]) -> Json:
        return {
            "v": 10, "user": {**self.bot.json(), "verified": True, "mfa_enabled": True},
            "guilds": [{"id": guild.id, "unavailable": True} for guild in guilds],
            "session_id": session.id, "resume_gateway_url": self.url, "shard": session.shard,
            "session_type": "normal", "private_channels": [], "relationships": [],
            "application": {"id": self.application["id"], "flags": self.application["flags"]},
        }  # fmt: skip

    def _resume(self, line: Line, body: Json) -> int | None:
        if not self.token_is_right(body.get("token", "")):
            return WRONG_TOKEN
        session, seen = self.sessions.get(body.get("session_id", "")), body.get("seq") or 0
        if session is None:
            line.send(INVALID_SESSION, body=False)
            return None
        if seen > len(session.sent):
            return INVALID_SEQUENCE
        self.resumed += 1
        session.line, line.session = line, session
        for number, (event, missed) in enumerate(session.sent[seen:], start=seen + 1):
            line.send(DISPATCH, missed, s=number, t=event)
        session.tell("RESUMED", {"_trace": []})
        return None

    def _members(self, line: Line, body: Json) -> None:
        guild = next(
            (one for one in self.guilds() if one.id == str(body.get("guild_id"))), None
        )
        if guild is None or line.session is None:
            return
        wanted = set(body.get("user_ids") or [])
        people = [user for user, _ in guild.people.values() if not wanted or user.id in wanted]
        chunk: Json = {
            "guild_id": guild.id, "members": [guild.member(user) for user in people],
            "chunk_index": 0, "chunk_count": 1, "not_found": [],
        }  # fmt: skip
        chunk |= {"nonce": body["nonce"]} if "nonce" in body else {}
        line.session.tell("GUILD_MEMBERS_CHUNK", chunk)
