"""Asking an authority politely: patient, capped, and never anybody else."""

from __future__ import annotations

import asyncio
import logging
import random
import ssl
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from types import TracebackType
from typing import Any, Self

import httpx

from core.clock import Clock, SystemClock
from core.sources.contract import SourceUnavailable
from core.sources.exchange import Fetched, Manners, Site, Validators
from core.sources.peer import is_loopback, watch
from core.sources.reading import CutShort, read, too_large
from core.sources.waiting import backoff, retry_after

__all__ = ["Fetched", "Fetcher", "Manners", "Site", "Validators"]

MOST_REDIRECTS = 5
_OK, _UNCHANGED = 200, 304
_LAST_PORT = 65_535
_MOVED = frozenset({301, 302, 303, 307, 308})
_BUSY = frozenset({429, 500, 502, 503, 504})
_POLITE = Manners()
# They would write whole addresses, keys in the query included, and every header.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)
Sleep = Callable[[float], Awaitable[None]]
Headers = Mapping[str, str]
Parameters = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class _Question:
    """One request as it is repeated and followed; `largest` is in bytes."""

    request: httpx.Request
    hosts: frozenset[str]
    largest: int

    @property
    def conditional(self) -> bool:
        headers = self.request.headers
        return "if-none-match" in headers or "if-modified-since" in headers


class _Busy(Exception):  # noqa: N818 - it says what is the matter
    """Asking again later may help; `wait` is what the authority asks for."""

    def __init__(self, reason: str, wait: timedelta | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


@cache
def _certificates() -> ssl.SSLContext:
    # Reading them takes longer than most answers, and they are the same for everybody.
    return httpx.create_ssl_context(trust_env=False)


class Fetcher:
    """Asks authorities over HTTPS; one request at a time to each host.

    Every method raises SourceUnavailable and nothing else, with one line that names the host
    and never what was sent. Close it when done.
    """

    def __init__(
        self,
        manners: Manners = _POLITE,
        *,
        clock: Clock | None = None,
        sleep: Sleep = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Prepare to ask with these manners; nothing is connected yet."""
        self._manners = manners
        self._clock = clock or SystemClock()
        self._sleep = sleep
        self._chance = chance
        self._watch = watch(loopback=manners.loopback)
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._free_at: dict[str, datetime] = {}
        self._known: dict[str, Validators] = {}
        self._noted: dict[str, Validators] = {}
        self._client = httpx.AsyncClient(
            # No proxy and no certificates out of the environment: core.settings alone reads it.
            trust_env=False,
            verify=_certificates(),
            follow_redirects=False,
            timeout=manners.silence.total_seconds(),
            headers={"User-Agent": manners.user_agent, "Accept-Encoding": "gzip"},
        )

    async def get(
        self,
        url: str,
        *,
        hosts: frozenset[str],
        largest: int,
        headers: Headers | None = None,
        params: Parameters | None = None,
    ) -> Fetched:
        """Return what `url` holds; `params` are added to its query.

        Only `hosts` are asked, redirects included; more than `largest` bytes, packed or
        unpacked, are refused. Where `headers` hold Validators, the answer may be `unchanged`.
        """
        asked = self._request("GET", url, params, headers=dict(headers or {}))
        return await self._ask(_Question(asked, hosts, largest))

    async def get_if_changed(
        self,
        url: str,
        *,
        hosts: frozenset[str],
        largest: int,
        params: Parameters | None = None,
    ) -> Fetched:
        """Return what `url` holds, or `unchanged` where that was all stored before.

        Stored is what `settle` was called after. Use it where 304 means there is nothing to do.
        """
        asked = self._request("GET", url, params)
        address = str(asked.url)
        asked.headers.update(self._known.get(address, Validators()).headers)
        fetched = await self._ask(_Question(asked, hosts, largest))
        if not fetched.unchanged:
            self._noted[address] = fetched.validators
        return fetched

    def settle(self) -> Mapping[str, Validators]:
        """Remember that all that was fetched is stored; return what is known, by address.

        Without this call everything is fetched anew the next time: nothing is lost. A
        fetcher is therefore for one source only, or for several that are stored together.
        """
        self._known |= self._noted
        self._noted.clear()
        return dict(self._known)

    def forget(self) -> None:
        """Forget what was fetched since `settle`: it could not all be stored."""
        self._noted.clear()

    async def post(
        self,
        url: str,
        *,
        hosts: frozenset[str],
        largest: int,
        json: object = None,
        form: Mapping[str, str] | None = None,
    ) -> Fetched:
        """Return the answer to a search sent as JSON or as a form; a redirect is refused."""
        body: dict[str, Any] = {"json": json} if form is None else {"data": dict(form)}
        return await self._ask(
            _Question(self._request("POST", url, None, **body), hosts, largest)
        )

    async def aclose(self) -> None:
        """Close every connection; safe twice."""
        await self._client.aclose()

    async def __aenter__(self) -> Self:
        """Return itself, to be closed at the end of the block."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        await self.aclose()

    def _request(
        self, method: str, url: str, params: Parameters | None, **body: Any
    ) -> httpx.Request:
        try:
            address = httpx.URL(url)
            _ = address.host  # a name that is none shows only when it is asked for
        except (httpx.InvalidURL, UnicodeError):
            raise SourceUnavailable("the address to ask is none") from None
        if params:
            address = address.copy_merge_params(dict(params))
        return self._client.build_request(
            method, address, extensions={"trace": self._watch}, **body
        )

    async def _ask(self, question: _Question) -> Fetched:
        host = question.request.url.host
        async with self._turns[host]:
            try:
                return await self._persist(question, host)
            except SourceUnavailable as error:
                raise SourceUnavailable(f"{host}: {error}") from None

    async def _persist(self, question: _Question, host: str) -> Fetched:
        attempt = 0
        while True:
            attempt += 1
            await self._wait_for(host)
            wait = self._manners.pause
            try:
                return await self._follow(question)
            except _Busy as busy:
                wait = backoff(attempt, self._chance()) if busy.wait is None else busy.wait
                if attempt == self._manners.attempts:
                    raise SourceUnavailable(f"{busy}, {attempt} times") from None
            finally:
                self._free_at[host] = self._clock.now() + wait

    async def _wait_for(self, host: str) -> None:
        now = self._clock.now()
        wait = self._free_at.get(host, now) - now
        if wait > self._manners.patience:
            minutes = wait / timedelta(minutes=1)
            raise SourceUnavailable(f"asks to be left alone for another {minutes:.0f} minutes")
        if wait > timedelta():
            await self._sleep(wait.total_seconds())

    async def _follow(self, question: _Question) -> Fetched:
        for _ in range(MOST_REDIRECTS + 1):
            self._refuse_strangers(question)
            answer = await self._exchange(question)
            if isinstance(answer, Fetched):
                return answer
            question = self._redirected(question, answer)
        raise SourceUnavailable(f"redirects more than {MOST_REDIRECTS} times")

    def _refuse_strangers(self, question: _Question) -> None:
        url = question.request.url
        if url.host not in question.hosts:
            raise SourceUnavailable(f"leads to {url.host}, which is not the authority's")
        if url.port is not None and url.port > _LAST_PORT:
            raise SourceUnavailable("leads to a port that there is not")
        near = self._manners.loopback and is_loopback(url.host)
        if url.scheme != "https" and not (near and url.scheme == "http"):
            raise SourceUnavailable("is not asked over HTTPS")

    def _redirected(self, question: _Question, location: str) -> _Question:
        asked = question.request
        if asked.method != "GET":
            raise SourceUnavailable("redirects what was sent to it")
        kept = {
            name: value
            for name, value in asked.headers.items()
            if name not in {"host", "cookie"}
        }
        moved = self._request("GET", str(asked.url.join(location)), None, headers=kept)
        return _Question(moved, question.hosts, question.largest)

    async def _exchange(self, question: _Question) -> Fetched | str:
        """Return the answer, or the address that it redirects to."""
        seconds = self._manners.transfer.total_seconds()
        try:
            async with asyncio.timeout(seconds):
                response = await self._client.send(question.request, stream=True)
                try:
                    return await self._answer(response, question)
                finally:
                    await response.aclose()
        except UnicodeError:  # httpx looks at where a redirect leads before we do
            raise SourceUnavailable("redirects to no address") from None
        except TimeoutError:
            raise SourceUnavailable(f"took longer than {seconds:g} s") from None
        except httpx.ConnectError as error:
            raise _Busy(f"no connection ({_one_line(error)})") from None
        except httpx.TimeoutException:
            raise _Busy("does not answer") from None
        except (httpx.HTTPError, CutShort):
            raise _Busy("broke off its answer") from None

    async def _answer(self, response: httpx.Response, question: _Question) -> Fetched | str:
        status = response.status_code
        if status == _UNCHANGED and question.conditional:
            return self._fetched(response, b"")
        if status in _MOVED:
            return str(response.headers.get("location", ""))
        if status in _BUSY:
            said = retry_after(response.headers.get("retry-after"), self._clock.now())
            raise _Busy(f"answered {status}", said)
        if status != _OK:
            raise SourceUnavailable(f"answered {status}")
        if _announced(response) > question.largest:
            raise too_large(question.largest)
        coding = response.headers.get("content-encoding", "").strip().lower()
        return self._fetched(
            response, await read(response.aiter_raw(), coding, question.largest)
        )

    def _fetched(self, response: httpx.Response, body: bytes) -> Fetched:
        headers = response.headers
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        return Fetched(
            body=body,
            content_type=kind,
            charset=response.charset_encoding,
            url=str(response.url),
            at=self._clock.now(),
            validators=Validators(headers.get("etag"), headers.get("last-modified")),
            unchanged=response.status_code == _UNCHANGED,
            links={
                rel: link["url"]
                for rel, link in response.links.items()
                if rel and "url" in link
            },
        )


def _announced(response: httpx.Response) -> int:
    # httpcore has refused a length that is no number.
    return int(response.headers.get("content-length", 0))


def _one_line(error: Exception) -> str:
    return (str(error).splitlines() or ["no reason given"])[0][:200]
