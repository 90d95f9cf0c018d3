"""What every request meets: headers, sizes, pace and failures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from typing import Any

import httpx
import pytest
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs

from bots.web.guard import Failures, Size
from bots.web.limits import MOST_BYTES, PAGES_FOR_A_MESSAGE, Limits
from bots.web.pages import Pages, Words
from bots.web.settings import WebSettings
from core.model.recall import Notice
from tests.bots.web.stage import Shelf, a_full_notice, on_stage

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PAGES = ["/", "/recalls", "/recalls/acme-x100-us", "/health", "/health.json", "/nowhere"]


@pytest.mark.parametrize("path", [*PAGES, "/static/style.css", "/favicon.ico"])
async def test_every_answer_forbids_what_no_page_needs(path: str, words: Words) -> None:
    async with on_stage(words=words) as stage:
        headers = (await stage.client.get(path)).headers

    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "camera=()" in headers["permissions-policy"]


@pytest.mark.parametrize("path", PAGES)
async def test_no_page_has_script_or_style_of_its_own(path: str, words: Words) -> None:
    async with on_stage(words=words) as stage:
        page = (await stage.client.get(path)).text

    assert "<script>" not in page
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick=" not in page


async def test_pages_are_not_kept_but_static_files_may_be(words: Words) -> None:
    async with on_stage(words=words) as stage:
        page = await stage.client.get("/")
        style = await stage.client.get("/static/style.css")

    assert page.headers["cache-control"] == "no-store"
    assert style.headers["cache-control"] == "public, max-age=3600"


async def test_a_page_asked_for_by_its_head_alone_has_no_body(words: Words) -> None:
    async with on_stage(words=words) as stage:
        answers = [await stage.client.head(path) for path in PAGES]

    assert [answer.status_code for answer in answers] == [200] * 5 + [404]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/recalls/..%2f..%2fetc", 404),
        ("GET", "/recalls/no-such-recall", 404),
        ("GET", "/recalls/%00", 404),
        ("GET", "/static/../settings.py", 404),
        ("GET", "/static/%2e%2e/settings.py", 404),
        ("DELETE", "/messages", 405),
        ("POST", "/messages", 415),
    ],
)
async def test_what_went_wrong_is_a_page_like_the_others(
    method: str, path: str, status: int, words: Words
) -> None:
    async with on_stage(words=words) as stage:
        answer = await stage.client.request(method, path)

    assert answer.status_code == status
    assert f"error {status}" in answer.text
    assert "<nav" in answer.text


@pytest.mark.parametrize(
    "body", [b"text=" + b"x" * MOST_BYTES, b"&" * MOST_BYTES + b"&", b"a" * 10_000_000]
)
async def test_a_body_that_is_too_large_is_refused(body: bytes, words: Words) -> None:
    async with on_stage(words=words) as stage:
        answer = await stage.client.post("/messages", content=body, headers=FORM)

    assert answer.status_code == 413
    assert "too much at once" in answer.text


async def endless(pieces: list[int]) -> AsyncIterator[bytes]:
    while True:
        pieces.append(1)
        yield b"text=" + b"x" * 10_000


async def test_a_body_without_a_length_is_read_no_further_than_the_limit(words: Words) -> None:
    pieces: list[int] = []
    async with on_stage(words=words) as stage:
        request = httpx.Request(
            "POST", "http://recalls.test/messages", content=endless(pieces), headers=FORM
        )
        answer = await stage.client.send(request)

    assert answer.status_code == 413
    assert len(pieces) <= 1 + MOST_BYTES // 10_000


@pytest.mark.parametrize("length", ["-1", "1e3", "9" * 5000, "x"])
async def test_a_nonsense_length_is_refused(length: str, words: Words) -> None:
    async with on_stage(words=words) as stage:
        headers = {**FORM, "Content-Length": length}
        answer = await stage.client.post("/messages", content=b"text=x", headers=headers)

    assert answer.status_code == 413


@pytest.mark.parametrize("body", [b"&".join([b"a=1"] * 50), b"\xff\xfe=\x00&text=%ff%zz"])
async def test_a_strange_form_is_no_failure(body: bytes, words: Words) -> None:
    async with on_stage(words=words) as stage:
        answer = await stage.client.post("/messages", content=body, headers=FORM)

    assert answer.status_code in {400, 403}


async def test_a_form_with_files_is_not_for_us(words: Words) -> None:
    async with on_stage(words=words) as stage:
        answer = await stage.client.post("/messages", files={"text": b"x"})

    assert answer.status_code == 415


async def test_an_address_that_asks_for_too_many_pages_is_slowed_down(words: Words) -> None:
    async with on_stage(WebSettings(messages_per_minute=1), words=words) as stage:
        pages = [await stage.client.get("/recalls") for _ in range(PAGES_FOR_A_MESSAGE + 1)]
        style = await stage.client.get("/static/style.css")

    assert {page.status_code for page in pages[:-1]} == {200}
    assert pages[-1].status_code == 429
    assert int(pages[-1].headers["retry-after"]) >= 1
    assert style.status_code == 200


async def test_a_visitor_who_leaves_while_sending_is_no_failure(words: Words) -> None:
    answers: list[object] = []

    async def receive() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, object]) -> None:
        answers.append(message)

    scope = {"type": "http", "method": "POST", "path": "/messages", "headers": []}
    with capture_logs() as logs:
        async with on_stage(words=words) as stage:
            await stage.app(scope, receive, send)

    assert answers == logs == []


async def test_a_body_that_never_arrives_is_not_waited_for(words: Words) -> None:
    answers: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: MutableMapping[str, Any]) -> None:
        answers.append(message)

    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise AssertionError

    scope = {"type": "http", "method": "POST", "path": "/messages", "headers": []}
    await Size(app, Pages(words), Limits(WebSettings()), patience_seconds=0.001)(
        scope, receive, send
    )

    assert answers[0]["status"] == 408
    assert (b"connection", b"close") in answers[0]["headers"]


async def test_a_failure_in_the_middle_of_an_answer_ends_it(words: Words) -> None:
    answers: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        raise AssertionError

    async def send(message: MutableMapping[str, Any]) -> None:
        answers.append(message)

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ConnectionError

    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    with capture_logs() as logs:
        await Failures(app, Pages(words))(scope, receive, send)

    assert len(answers) == len(logs) == 1


class Broken(Shelf):
    """A store whose failure quotes what somebody wrote."""

    async def search(self, words: str, limit: int, /) -> list[Notice]:
        raise ConnectionError(f"no answer to {words} within {limit}")


async def test_a_failure_is_a_page_and_a_log_line_without_what_was_asked(words: Words) -> None:
    shelf = Broken(a_full_notice())
    with capture_logs() as logs:
        async with on_stage(words=words, shelf=shelf) as stage:
            answer = await stage.client.get("/recalls", params={"q": "AFVDC20G"})

    assert answer.status_code == 500
    assert "went wrong on our side" in answer.text
    assert logs[0]["event"] == "page_failed"
    assert logs[0]["error"] == "ConnectionError"
    assert "AFVDC20G" not in str(logs)


async def test_a_failing_part_tells_the_page_where_to_say_so(words: Words) -> None:
    async with on_stage(words=words, shelf=Broken()) as stage:
        answer = await stage.client.get("/recalls?q=x", headers={"HX-Request": "true"})

    assert answer.status_code == 500
    assert answer.headers["hx-retarget"] == "#notice"
    assert "<nav" not in answer.text


async def test_nothing_somebody_wrote_is_ever_logged(words: Words) -> None:
    with capture_logs() as logs:
        async with on_stage(words=words) as stage:
            await stage.post(text="serial AFVDC20G17301234")
            await stage.post(text="x" * 5000)
            await stage.client.get("/recalls", params={"q": "AFVDC20G"})

    assert logs == []
