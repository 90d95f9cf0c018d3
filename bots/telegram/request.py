"""How python-telegram-bot reaches Telegram: one aiohttp session, its limits and timeouts."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import lru_cache
from http import HTTPStatus
from typing import Any

import aiohttp
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

MOST_CONNECTIONS = 256
CONNECT_SECONDS = 5.0
POOL_SECONDS = 10.0
READ_SECONDS = 20.0
# Telegram lets a bot fetch files of at most 20 MB; an answer in JSON is far smaller.
LARGEST_ANSWER = 21 * 1024 * 1024
A_PIECE = 64 * 1024
JSON = {"Content-Type": "application/json"}


class TooManyRequests(TelegramError):  # noqa: N818 - as HTTP calls it
    """Telegram asks to wait.

    It stands for the library's RetryAfter, which cannot be made without a deprecation warning
    unless an environment variable says otherwise (python-telegram-bot 22.2 to 22.8).
    """

    __slots__ = ("retry_after",)

    def __init__(self, retry_after: timedelta | None = None) -> None:
        """Keep how long to wait, None where that was not said."""
        super().__init__(f"Too Many Requests: retry after {retry_after}")
        self.retry_after = retry_after


class AiohttpRequest(BaseRequest):
    """Opens its session with the first request and never repeats one.

    A failed request raises NetworkError or TimedOut, whose `__cause__` is aiohttp's error.
    """

    def __init__(self, proxy: str | None = None) -> None:
        """Begin without a connection; `proxy` is the URL of one to go through."""
        self._proxy = proxy
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """Return for how many seconds an answer is waited for."""
        return READ_SECONDS

    async def initialize(self) -> None:
        """Do nothing: the session is opened when it is needed."""

    async def shutdown(self) -> None:
        """Close every connection; safe to call twice."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Return the answer; raises TelegramError, and never logs what somebody wrote."""
        try:
            answer = json.loads(payload)
        except ValueError as error:
            raise TelegramError("Invalid server response") from error
        if not isinstance(answer, dict):
            raise TelegramError("Invalid server response")
        return answer

    async def do_request(  # noqa: PLR0913, PLR0917 - the library's signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Return the status and the body; raises TooManyRequests, TimedOut or NetworkError."""
        del write_timeout
        limit = _limit(
            _seconds(pool_timeout, POOL_SECONDS),
            _seconds(connect_timeout, CONNECT_SECONDS),
            _seconds(read_timeout, READ_SECONDS),
        )
        try:
            status, body = await self._ask(method, url, _form(request_data), limit)
        except TimeoutError as error:
            raise TimedOut from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # The text of the error could hold the URL, and with it the token.
            raise NetworkError(type(error).__name__) from error
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            raise TooManyRequests(_wait_in(body))
        return status, body

    async def _ask(
        self,
        method: str,
        url: str,
        form: aiohttp.FormData | bytes | None,
        limit: aiohttp.ClientTimeout,
    ) -> tuple[int, bytes]:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=MOST_CONNECTIONS),
                headers={"User-Agent": self.USER_AGENT},
                cookie_jar=aiohttp.DummyCookieJar(),
                proxy=self._proxy,
            )
        async with self._session.request(
            method,
            url,
            data=form,
            headers=JSON if isinstance(form, bytes) else None,
            timeout=limit,
            allow_redirects=False,
        ) as answer:
            return answer.status, await _body(answer)


@lru_cache(maxsize=16)
def _limit(
    pool: float | None, connect: float | None, read: float | None
) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, connect=pool, sock_connect=connect, sock_read=read)


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    if answer.content_length is not None and answer.content_length <= LARGEST_ANSWER:
        return await answer.read()
    body = bytearray()
    async for piece in answer.content.iter_chunked(A_PIECE):
        body += piece
        if len(body) > LARGEST_ANSWER:
            raise aiohttp.ClientPayloadError("larger than anything Telegram sends")
    return bytes(body)


def _seconds(given: Any, default: float) -> float | None:
    # What is neither is the library's mark for "the default".
    if given is None or isinstance(given, int | float):
        return given
    return default


def _form(request_data: RequestData | None) -> aiohttp.FormData | bytes | None:
    """Return the parameters as JSON, or as a form with its files where there are some.

    To write a form of texts alone costs a fifth of all the time that a broadcast takes.
    """
    if request_data is None:
        return None
    if not request_data.contains_files:
        return json.dumps(request_data.parameters).encode()
    form = aiohttp.FormData()
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form


def _wait_in(body: bytes) -> timedelta | None:
    """Return how long an answer says to wait."""
    try:
        seconds = json.loads(body)["parameters"]["retry_after"]
        return timedelta(seconds=float(seconds))
    except (ValueError, TypeError, KeyError, OverflowError):
        return None
