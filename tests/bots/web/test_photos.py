"""Photos sent to the chat over HTTP: taken whole, shown to nobody else, kept nowhere."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from tempfile import TemporaryFile

import httpx
import pytest
from structlog.testing import capture_logs

from bots.web.channel import Web
from bots.web.limits import MESSAGES_FOR_A_PHOTO, MOST_BYTES, MOST_UPLOADS_OF_ONE
from bots.web.pages import Words
from bots.web.pictures import KEPT
from bots.web.settings import WebSettings
from bots.web.site import site
from core.channel import Address, Post
from core.model.message import Picture
from tests.bots.web.photos import JPEG, MEBIBYTE
from tests.bots.web.stage import HOST, Shelf, Stage, Ticking, on_stage

PART = {"HX-Request": "true"}
LIMIT = MEBIBYTE
LARGE = JPEG + b"\0" * (LIMIT - len(JPEG))
EDGE = {"Content-Type": "multipart/form-data; boundary=edge"}

_written: list[object] | None = None


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if _written is not None and event == "open" and isinstance(arguments[2], int):
        path, _, flags = arguments
        if isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            _written.append(path)


# Python has no way to take an audit hook off again, so it is put on once.
sys.addaudithook(_note)


@contextmanager
def files_written() -> Iterator[list[object]]:
    """Yield what this process opens to write, temporary files without a name included."""
    global _written  # noqa: PLW0603 - the hook outlives every test
    _written = []
    yield _written
    _written = None


def crop_of(page: str) -> str:
    found = re.search(r'src="(/pictures/\d+)"', page)
    assert found
    return found[1]


async def test_a_photo_reaches_the_bot_whole_with_its_caption(words: Words) -> None:
    async with on_stage(words=words, photo_limit=LIMIT) as stage:
        sent = await stage.send_photo(LARGE, PART, text="from Japan")

    assert sent.status_code == 200
    assert f"I read {LIMIT} bytes and “from Japan”" in sent.text


async def test_a_photo_needs_no_caption_and_no_script(words: Words) -> None:
    async with on_stage(words=words, photo_limit=LIMIT) as stage:
        sent = await stage.send_photo(JPEG, text="")
        page = await stage.client.get("/")

    assert (sent.status_code, sent.headers["location"]) == (303, "/#latest")
    assert f"I read {len(JPEG)} bytes and “”" in page.text


async def test_the_transcript_says_that_there_was_a_photo_and_never_its_name(
    words: Words,
) -> None:
    async with on_stage(words=words, photo_limit=LIMIT) as stage:
        await stage.send_photo(JPEG, text="from Japan")
        page = await stage.client.get("/")

    assert "(a photo)\nfrom Japan</p>" in page.text
    assert "secret name" not in page.text


async def test_the_form_asks_for_photos_only_where_they_can_be_read(words: Words) -> None:
    async with on_stage(words=words, photo_limit=15 * MEBIBYTE) as stage:
        on = await stage.client.get("/")
    async with on_stage(words=words) as stage:
        off = await stage.client.get("/")

    assert 'type="file"' in on.text
    assert "at most 15 MB" in on.text
    assert "photo" not in off.text


async def test_where_photos_are_off_none_is_taken(words: Words) -> None:
    async with on_stage(words=words) as stage:
        sent = await stage.send_photo(JPEG)
        page = await stage.client.get("/")

    assert sent.status_code == 415
    assert "(a photo)" not in page.text


async def send_without_file(stage: Stage, **form: str) -> httpx.Response:
    """Send the form as a browser does where no file was chosen."""
    fields = [f'name="{name}"\r\n\r\n{value}' for name, value in form.items()]
    fields.append('name="photo"; filename=""\r\nContent-Type: application/octet-stream\r\n\r\n')
    parts = [f"--edge\r\nContent-Disposition: form-data; {each}\r\n" for each in fields]
    body = "".join([*parts, "--edge--\r\n"]).encode()
    return await stage.client.post("/messages", content=body, headers=EDGE | PART)


async def test_the_form_with_files_carries_words_and_choices_too(words: Words) -> None:
    async with on_stage(words=words, photo_limit=LIMIT) as stage:
        said = await send_without_file(stage, **await stage.filled(text="Acme X100"))
        pressed = await send_without_file(stage, **await stage.filled(text="", press="no"))
        empty = await send_without_file(stage, **await stage.filled(text=" "))

    assert "Product safety recall: Acme X100" in said.text
    assert "I heard no in" in pressed.text
    assert empty.status_code == 400


@pytest.mark.parametrize("headers", [{}, PART])
async def test_a_photo_that_is_too_large_is_refused_and_the_text_given_back(
    headers: dict[str, str], words: Words
) -> None:
    async with on_stage(words=words, photo_limit=LIMIT) as stage:
        sent = await stage.send_photo(LARGE + b"x", headers, text="from Japan")
        page = await stage.client.get("/")

    assert sent.status_code == 413
    assert "larger than 1 MB" in sent.text
    assert headers or "from Japan</textarea>" in sent.text
    assert "(a photo)" not in page.text


async def test_a_body_several_times_too_large_is_not_read_to_its_end(words: Words) -> None:
    pieces: list[int] = []

    async def endless() -> AsyncIterator[bytes]:
        yield b'--edge\r\nContent-Disposition: form-data; name="photo"; filename="x"\r\n\r\n'
        while True:
            pieces.append(1)
            yield b"x" * 100_000

    async with on_stage(words=words, photo_limit=LIMIT) as stage:
        answer = await stage.client.post("/messages", content=endless(), headers=EDGE)
        claimed = {**EDGE, "Content-Length": str(10 * LIMIT)}
        at_once = await stage.client.post("/messages", content=b"", headers=claimed)

    assert answer.status_code == at_once.status_code == 413
    assert at_once.headers["connection"] == "close"
    assert len(pieces) < 5 * LIMIT / 100_000


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"--edge\r\n\r\n" + b"x" * MOST_BYTES, 400), (b"--edge", 400), (b"", 400)],
)
async def test_a_broken_form_is_no_failure(body: bytes, status: int, words: Words) -> None:
    async with on_stage(words=words, photo_limit=LIMIT) as stage:
        answer = await stage.client.post("/messages", content=body, headers=EDGE)

    assert answer.status_code == status


async def test_a_visitor_who_leaves_in_the_middle_of_a_photo_is_no_failure(
    words: Words,
) -> None:
    answers: list[object] = []

    async def receive() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def send(message: object) -> None:
        answers.append(message)

    headers = [(b"content-type", EDGE["Content-Type"].encode())]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/messages",
        "headers": headers,
        "query_string": b"",
    }
    with capture_logs() as logs:
        async with on_stage(words=words, photo_limit=LIMIT) as stage:
            await stage.app(scope, receive, send)

    assert answers == logs == []


# --- whose it is ------------------------------------------------------------------------------


async def test_the_crop_is_shown_to_its_visitor_alone(words: Words) -> None:
    async with on_stage(words=words, photo_limit=LIMIT) as stage:
        sent = await stage.send_photo(JPEG, PART)
        address = crop_of(sent.text)
        mine = await stage.client.get(address)
        stage.client.cookies.clear()
        nobody = await stage.client.get(address)
        await stage.post(text="hello")
        other = await stage.client.get(address)

    assert 'alt="The part of your photo that I read: X100"' in sent.text
    assert (mine.status_code, mine.content) == (200, JPEG)
    assert mine.headers["content-type"] == "image/jpeg"
    assert mine.headers["cache-control"] == "no-store"
    assert mine.headers["cross-origin-resource-policy"] == "same-origin"
    assert nobody.status_code == other.status_code == 404


@pytest.mark.parametrize("number", ["0", "1", "x", "-1", "9" * 40, "%2e%2e"])
async def test_there_is_no_picture_where_none_was_shown(number: str, words: Words) -> None:
    async with on_stage(words=words, photo_limit=LIMIT) as stage:
        await stage.post(text="hello")
        found = await stage.client.get(f"/pictures/{number}")

    assert found.status_code == 404


async def test_after_half_an_hour_the_page_stands_without_its_picture(words: Words) -> None:
    clock = Ticking()
    settings = WebSettings(messages_per_minute=1000)
    async with on_stage(
        settings, words=words, web=Web(settings, clock.now), photo_limit=LIMIT
    ) as stage:
        address = crop_of((await stage.send_photo(JPEG, PART)).text)
        clock.ahead = KEPT + timedelta(seconds=1)
        found = await stage.client.get(address)
        page = await stage.client.get("/")

    assert found.status_code == 404
    assert "/pictures/" not in page.text
    assert "I read" in page.text


async def test_a_post_of_a_later_day_may_bring_a_picture_too(words: Words) -> None:
    async with on_stage(words=words) as stage:
        await stage.post(text="hello")
        chat = next(iter(stage.web._transcripts._chats))
        post = Post("<p>Look here.</p>", picture=Picture(JPEG, "Where the number <is>"))
        await stage.web.send(post, Address("web", chat), key="alert")
        page = await stage.client.get("/")

    assert 'alt="Where the number &lt;is&gt;"' in page.text


# --- who may send -----------------------------------------------------------------------------


async def test_a_photo_without_the_pages_token_is_refused(words: Words) -> None:
    async with on_stage(words=words, photo_limit=LIMIT) as stage:
        sent = await stage.send_photo(LARGE, PART, token="forged")
        page = await stage.client.get("/")

    assert sent.status_code == 403
    assert "(a photo)" not in page.text


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}],
)
async def test_a_photo_from_another_site_is_refused_before_it_is_read(
    headers: dict[str, str], words: Words
) -> None:
    pieces: list[int] = []

    async def photo() -> AsyncIterator[bytes]:
        pieces.append(1)
        yield b"--edge"

    async with on_stage(words=words, photo_limit=LIMIT) as stage:
        await stage.post(text="hello")
        sent = await stage.client.post("/messages", content=photo(), headers=EDGE | headers)

    assert sent.status_code == 403
    assert pieces == []


async def test_a_photo_counts_as_several_messages(words: Words) -> None:
    settings = WebSettings(messages_per_minute=2 * MESSAGES_FOR_A_PHOTO)
    async with on_stage(settings, words=words, photo_limit=LIMIT) as stage:
        photos = [await stage.send_photo(JPEG) for _ in range(3)]
        later = await stage.post(text="hello")

    assert [sent.status_code for sent in photos] == [303, 303, 429]
    assert later.status_code == 429


async def test_few_messages_a_minute_still_allow_a_photo(words: Words) -> None:
    async with on_stage(
        WebSettings(messages_per_minute=1), words=words, photo_limit=LIMIT
    ) as stage:
        photos = [await stage.send_photo(JPEG) for _ in range(2)]

    assert [sent.status_code for sent in photos] == [303, 429]


async def test_one_address_has_only_a_few_photos_on_their_way_at_once(words: Words) -> None:
    async with on_stage(words=words, photo_limit=LIMIT) as stage:
        begun = asyncio.Semaphore(0)
        go_on = asyncio.Event()

        async def slow() -> AsyncIterator[bytes]:
            begun.release()
            await go_on.wait()
            yield b"--edge--"

        async def upload() -> httpx.Response:
            return await stage.client.post("/messages", content=slow(), headers=EDGE)

        waiting = [asyncio.create_task(upload()) for _ in range(MOST_UPLOADS_OF_ONE)]
        for _ in waiting:
            await begun.acquire()
        refused = await stage.send_photo(LARGE)
        small = await stage.post(text="hello")
        go_on.set()
        await asyncio.gather(*waiting)
        again = await stage.send_photo(LARGE)

    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) >= 1
    assert small.status_code == again.status_code == 303


# --- what is kept -----------------------------------------------------------------------------


async def test_while_the_answer_is_awaited_only_its_reader_has_the_photo(words: Words) -> None:
    settings = WebSettings()
    web = Web(settings, Ticking().now)
    app = site(web, Shelf(), settings, words, LIMIT)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}") as client:
        sending = asyncio.create_task(Stage(web, app, client).send_photo(LARGE))
        heard = web.listen()
        inbound = await anext(heard)
        photo, sender = inbound.photo, inbound.sender
        while_read = sys.getrefcount(photo)
        del inbound
        listening = asyncio.ensure_future(anext(heard, None))
        await asyncio.sleep(0)
        after = sys.getrefcount(photo)
        await web.send(Post("<p>Read.</p>"), sender, key="k1")
        await sending
        await web.close()
        await listening

    assert photo == LARGE
    # Of those that hold it, one is the variable here and one the call that counts.
    assert while_read <= 3
    assert after <= 2


async def test_nothing_is_written_to_disk_and_nothing_logged(words: Words) -> None:
    with capture_logs() as logs, files_written() as files:
        async with on_stage(words=words, photo_limit=4 * LIMIT) as stage:
            sent = await stage.send_photo(LARGE * 3, PART, text="from Japan")
            refused = await stage.send_photo(LARGE * 5, PART)

    assert (sent.status_code, refused.status_code) == (200, 413)
    assert files == logs == []


def test_the_watch_over_files_sees_those_without_a_name() -> None:
    with files_written() as files, TemporaryFile():
        pass

    assert files
