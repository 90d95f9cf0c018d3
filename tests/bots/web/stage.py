"""A stage for the web chat: notices in memory, a bot that answers, the real pages."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import (
    AsyncIterator,
    Callable,
    Coroutine,
    Iterator,
    Mapping,
    Sequence,
)
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from bots.web.channel import Web
from bots.web.pages import Words
from bots.web.settings import WebSettings
from bots.web.site import site
from core.channel import AddressGone, Inbound
from core.model.facets import facets_of
from core.model.message import Block, Button, Message, Picture, Role
from core.model.recall import HazardKind, Notice
from core.model.verdict import SourceAge
from core.sources.contract import Authority
from core.store.listing import CHOICES, Cursor, Entry, Listing, Wanted, Weeks
from core.text.translations import translator
from tests.builders import a_citation, a_notice, a_rule

Speaker = Callable[[Web], Coroutine[None, None, None]]

HOST = "recalls.test"
LINK = "https://www.cpsc.example/recall/1"


@dataclass(frozen=True)
class Seen:
    number: int
    kind: str
    seen_at: datetime
    notice: Notice


AUTHORITY = Authority(
    name="The Commission",
    regions=("US",),
    homepage="https://www.cpsc.example/",
    licence="Public domain",
    licence_url=None,
    attribution="Source: the Commission & others",
)


def a_source(name: str = "cpsc", **facts: Any) -> Mapping[str, Any]:
    """Return what there is to say of a source, as the command line's JSON has it."""
    return {
        "source": name,
        "authority": AUTHORITY.name,
        "regions": ["US"],
        "homepage": AUTHORITY.homepage,
        "licence": AUTHORITY.licence,
        "licence_url": "https://www.cpsc.example/terms",
        "attribution": AUTHORITY.attribution,
        "verified": True,
        "last_success": "2026-06-01T08:00:00+00:00",
        "age_s": 90_000,
        "notices": 1234,
        "unreadable": 2,
        "counts": {},
        "error": None,
        "alarms": [],
        "enabled": True,
        **facts,
    }


class Shelf:
    """Notices in memory, read as the pages read the store."""

    def __init__(self, *notices: Notice, age: timedelta = timedelta()) -> None:
        self.notices = notices
        self.as_of = datetime.now(UTC) - age

    async def notice(self, name: str, /) -> Notice | None:
        return next((notice for notice in self.notices if notice.id == name), None)

    async def revisions(self, name: str, /) -> Sequence[Seen]:
        notice = await self.notice(name)
        assert notice
        first = notice.model_copy(update={"product": "as first published"})
        day = datetime(2025, 6, 13, tzinfo=UTC)
        return [Seen(1, "new", day, first), Seen(2, "expanded", day + timedelta(90), notice)]

    async def search(self, words: str, limit: int, /) -> Sequence[Notice]:
        wanted = words.casefold()
        return [one for one in self.notices if wanted in one.product.casefold()][:limit]

    async def latest(self, limit: int, /) -> Sequence[Notice]:
        return self.notices[:limit]

    def _entry(self, notice: Notice) -> Entry:
        day = notice.published or date(1970, 1, 1)
        return Entry(notice, "cpsc", datetime.combine(day, time(), UTC))

    async def listed(
        self, wanted: Wanted, limit: int, after: Cursor | None = None, /
    ) -> Listing:
        start = after.number if after else 0
        found = [self._entry(one) for one in self.notices if wanted.fits(one, "cpsc")]
        more = len(found) > start + limit
        following = Cursor(0, start + limit) if more else None
        return Listing(tuple(found[start : start + limit]), following)

    async def fitting(self, wanted: Wanted, found: Sequence[Notice], /) -> Sequence[Notice]:
        return [one for one in found if wanted.fits(one, "cpsc")]

    async def entry(self, name: str, /) -> Entry | None:
        notice = await self.notice(name)
        return self._entry(notice) if notice else None

    async def choices(self) -> Mapping[str, Sequence[str]]:
        held = sorted(set().union(*(facets_of(one, "cpsc") for one in self.notices)))
        return {
            beginning: [name[2:] for name in held if name.startswith(beginning)]
            for beginning in CHOICES
        }

    async def weeks(self, today: date, number: int, /) -> Weeks:
        monday = today - timedelta(days=today.weekday())
        mondays = tuple(monday - timedelta(weeks=back) for back in reversed(range(number)))
        counts = tuple(range(number)) if self.notices else (0,) * number
        kinds = dict.fromkeys(HazardKind, counts) if self.notices else {}
        return Weeks(mondays, counts, kinds)

    async def sources(self) -> Sequence[Mapping[str, Any]]:
        return [a_source(), a_source("elder", verified=False, alarms=[{"kind": "silent"}])]

    async def outbox(self) -> Sequence[Mapping[str, Any]]:
        if not self.notices:
            return []
        rests = {"state": "unknown", "reason": "alert", "why": "may_have_arrived"}
        return [
            {"state": "sent", "reason": "alert", "channel": "telegram", "why": None}
            | {"deliveries": 1234},
            rests | {"channel": "discord", "deliveries": 2},
            rests | {"channel": "discord", "deliveries": 1, "why": "mistake"},
        ]

    def authority(self, source: str, /) -> Authority | None:
        return AUTHORITY if source == "cpsc" else None

    async def ages(self) -> Sequence[SourceAge]:
        return [
            SourceAge("catalogue", self.as_of, timedelta(days=90)),
            SourceAge("elder", self.as_of - timedelta(days=400), timedelta(days=7)),
        ]


def a_full_notice(**facts: Any) -> Notice:
    """Return a notice that has something of everything a page can show."""
    units = a_rule(
        {
            "op": "and",
            "of": [
                {"op": "model", "any_of": ["X100", "X200"], "match": "variants"},
                {"op": "code", "field": "serial", "starts": ["57V"], "length": [14]},
                {
                    "op": "code",
                    "field": "date_code",
                    "between": [["1612", "1710"]],
                    "order": "date",
                    "date_format": "YYMM",
                    "length": [4],
                },
                {
                    "op": "expect",
                    "rule": {"op": "attr", "field": "colour", "any_of": ["black"]},
                },
                {"op": "checker"},
            ],
        }
    )
    full = {
        "number": "25-338",
        "names": ("PowerBrick",),
        "regions": ("US", "CA", "JP"),
        "complete": False,
        "find_it": {"text": "On the back, in small grey print.", "source": "cpsc"},
        "incidents": {"text": "19 fires and explosions.", "source": "cpsc"},
        "sold": {
            "start": date(2016, 6, 1),
            "end": date(2022, 12, 31),
            "where": "online",
            "price": "$27",
            "source": "cpsc",
        },
        "counts": ({"regions": ["US"], "units": 1158000, "source": "cpsc"},),
        "remedies": (
            {
                "regions": ["US"],
                "options": [
                    {"kind": "replace", "product": "X300"},
                    {"kind": "gift_card", "amount": "30.00", "currency": "USD"},
                ],
                "text": "Register on the maker's page.",
                "photo": "The unit with the date and your initials on it.",
                "proof_of_purchase": "not_needed",
                "claim_url": "https://acme.example/claim",
                "since": date(2025, 9, 18),
                "source": "cpsc",
            },
            {
                "regions": ["JP"],
                "options": [{"kind": "refund"}],
                "text": "Write to the maker.",
                "source": "acme",
            },
        ),
        "contacts": (
            {
                "regions": ["US"],
                "phone": "800 988 7973",
                "hours": "9 to 5",
                "email": "support@acme.example",
                "url": "https://acme.example/contact",
                "source": "cpsc",
            },
        ),
        "disposal": {"text": "Take it to a hazardous waste site.", "source": "cpsc"},
        "linked": ("https://recalls.example/other",),
        "sources": (a_citation(), a_citation("maker", "acme")),
        "note": "Two markets, one maker.",
    }
    return a_notice(units, **{**full, **facts})


def danger(text: str) -> Message:
    """Return an answer as for a recalled product, with what was asked in it."""
    blocks = (
        Block(Role.HEADLINE, f"Product safety recall: {text}"),
        Block(Role.HAZARD, "Hazard: it can catch fire."),
        Block(
            Role.ACTION,
            "Stop using and charging it now. Keep it away from anything that can burn.",
        ),
        Block(
            Role.VERDICT,
            "The Acme X100 is recalled (United States), but only certain units, and the list "
            "of serial numbers is only with the maker.",
        ),
        Block(Role.NEXT_STEP, "Next: does the serial really say 000 O21?"),
        Block(Role.REMEDY, "What you get in the United States: a gift card of $30.00.", LINK),
        Block(Role.SOURCE, "Source: CPSC, June 12, 2025 (read June 1, 2026).", LINK),
    )
    return Message(blocks, (Button("Yes", "yes"), Button("No, another", "no")))


def read_back(photo: bytes, caption: str) -> Message:
    """Return what the test bot says to a photo: how large it was, and the photo as the crop."""
    shown = Block(Role.VERDICT, f"I read {len(photo)} bytes and “{caption}”")
    asked = Block(Role.NEXT_STEP, "Next: is it exactly that?")
    picture = Picture(photo, "The part of your photo that I read: X100")
    return Message((shown, asked), (Button("Yes", "yes"), Button("No", "no")), "en", picture)


def reply(inbound: Inbound) -> Message | None:
    """Return what the test bot says: nothing to "silence", danger to a model, else an echo."""
    if inbound.text == "silence":
        return None
    if inbound.photo is not None:
        return read_back(inbound.photo, inbound.text)
    if "X100" in inbound.text:
        return danger(inbound.text)
    return Message((Block(Role.DETAIL, f"I heard {inbound.text} in {inbound.lang}"),))


async def speak(web: Web) -> None:
    """Answer everybody through the channel's contract alone."""
    async for inbound in web.listen():
        message = reply(inbound)
        to = inbound.answer_to or inbound.sender
        for place, post in enumerate(web.render(message) if message else ()):
            with suppress(AddressGone):
                await web.send(post, to, key=f"{inbound.at}:{inbound.text}:{place}")
        inbound.settled()


@dataclass(frozen=True)
class Stage:
    """The pages, the channel behind them, and a browser-like client without JavaScript."""

    web: Web
    app: FastAPI
    client: httpx.AsyncClient

    async def token(self) -> str:
        """Open the chat and return what its form carries."""
        page = await self.client.get("/")
        return field(page.text, "token")

    async def post(self, headers: dict[str, str] | None = None, **form: str) -> httpx.Response:
        """Send the chat's form as the browser would."""
        filled = await self.filled(**form)
        return await self.client.post("/messages", data=filled, headers=headers or {})

    async def send_photo(
        self, photo: bytes, headers: dict[str, str] | None = None, **form: str
    ) -> httpx.Response:
        """Send the chat's form with a photo in it."""
        filled = await self.filled(**form)
        files = {"photo": ("my secret name.jpg", photo, "image/jpeg")}
        return await self.client.post(
            "/messages", data=filled, files=files, headers=headers or {}
        )

    async def filled(self, **form: str) -> dict[str, str]:
        """Return the fields of the chat's form as the page gives them, and these."""
        page = await self.client.get("/")
        fixed = {name: field(page.text, name) for name in ("token", "after")}
        return {**fixed, **form}


def field(page: str, name: str) -> str:
    """Return the value of a hidden field of the form."""
    return page.partition(f'name="{name}" value="')[2].partition('"')[0]


class Ticking:
    """The real time, moved by hand."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@asynccontextmanager
async def on_stage(
    settings: WebSettings | None = None,
    *,
    shelf: Shelf | None = None,
    words: Words = translator,
    web: Web | None = None,
    photo_limit: int | None = None,
) -> AsyncIterator[Stage]:
    """Yield the pages with the bot listening, without a server."""
    chosen = settings or WebSettings(messages_per_minute=1000)
    web = web or Web(chosen, Ticking().now)
    app = site(web, shelf or Shelf(a_full_notice()), chosen, words, photo_limit)
    transport = httpx.ASGITransport(app)
    async with (
        asyncio.TaskGroup() as group,
        httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}") as client,
    ):
        group.create_task(speak(web))
        yield Stage(web, app, client)
        await web.close()


@contextmanager
def served(
    words: Words = translator, speaker: Speaker = speak, photo_limit: int | None = None
) -> Iterator[str]:
    """Yield the address of the pages on a real server with the bot listening."""
    settings = WebSettings(messages_per_minute=1000)
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    started: Future[uvicorn.Server] = Future()

    async def run() -> None:
        web = Web(settings, Ticking().now)
        app = site(web, Shelf(a_full_notice()), settings, words, photo_limit)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, proxy_headers=False))
        started.set_result(server)
        async with asyncio.TaskGroup() as group:
            group.create_task(speaker(web))
            await server.serve(sockets=[listener])
            await web.close()

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    server = started.result(timeout=30)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(30)
        listener.close()
