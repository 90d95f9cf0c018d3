"""Forms with a photo, as they arrive from browsers and from people who try things."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException
from starlette.requests import Request

from bots.web.limits import MOST_BYTES
from bots.web.multipart import MOST_PARTS, Parts, is_multipart, parts_of

FORM = "multipart/form-data; boundary=edge"
LIMIT = 1_000


def part(name: str, content: bytes = b"", filename: str | None = None) -> bytes:
    named = f'; filename="{filename}"' if filename is not None else ""
    disposition = f'Content-Disposition: form-data; name="{name}"{named}'
    return b"--edge\r\n" + disposition.encode() + b"\r\n\r\n" + content + b"\r\n"


def body(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--edge--\r\n"


def read(content: bytes, step: int = 1_000_000) -> Parts:
    parts = Parts(FORM, LIMIT)
    for start in range(0, len(content), step):
        parts.feed(content[start : start + step])
    return parts


@given(photo=st.binary(max_size=LIMIT), step=st.integers(min_value=1, max_value=80))
@example(photo=b"\r\n--edg\r\n--", step=1)
def test_a_photo_arrives_whole_however_it_is_cut_into_pieces(photo: bytes, step: int) -> None:
    parts = read(body(part("text", "Größe 1".encode()), part("photo", photo, "a.jpg")), step)

    assert parts.photo == photo
    assert parts.fields == {"text": "Größe 1"}
    assert parts.whole


def test_a_form_without_a_chosen_file_has_no_photo() -> None:
    parts = read(body(part("text", b"A1263"), part("photo", b"", "")))

    assert parts.photo is None
    assert not parts.too_large


def test_an_empty_file_is_a_photo_with_nothing_in_it() -> None:
    assert read(body(part("photo", b"", "empty.jpg"))).photo == b""


@pytest.mark.parametrize("step", [7, 100_000])
def test_a_photo_beyond_the_limit_is_dropped_and_the_text_kept(step: int) -> None:
    large = part("photo", b"x" * (LIMIT + 1), "a.jpg")
    parts = read(body(part("text", b"A1263"), large, part("after", b"7")), step)

    assert parts.too_large
    assert parts.photo is None
    assert parts.fields == {"text": "A1263", "after": "7"}


def test_a_photo_of_exactly_the_limit_is_taken() -> None:
    parts = read(body(part("photo", b"x" * LIMIT, "a.jpg")), 64)

    assert parts.photo == b"x" * LIMIT


def test_the_first_value_of_a_field_counts() -> None:
    assert read(body(part("text", b"one"), part("text", b"two"))).fields == {"text": "one"}


@pytest.mark.parametrize(
    "content",
    [
        body(part("photo", b"x", "a.jpg"), part("photo", b"y", "b.jpg")),
        body(part("photo", b"x" * (LIMIT + 1), "a.jpg"), part("photo", b"y", "b.jpg")),
        body(part("text", b"x", "a.txt")),
        body(part("photo", b"x")),
        body(*[part(f"field{number}") for number in range(MOST_PARTS + 1)]),
        b"--other\r\n\r\n",
        b"nothing of the kind",
        part("text", b"x").replace(b"Content-Disposition", b"Content Disposition"),
    ],
)
def test_what_no_page_of_ours_sends_is_refused(content: bytes) -> None:
    with pytest.raises(HTTPException) as refused:
        read(content)

    assert refused.value.status_code == 400


def test_fields_that_are_too_large_together_are_refused() -> None:
    half = b"x" * (MOST_BYTES // 2 + 1)

    with pytest.raises(HTTPException) as refused:
        read(body(part("text", half), part("press", half)), 1_000)

    assert refused.value.status_code == 413


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary="])
def test_a_form_without_a_boundary_is_refused(kind: str) -> None:
    with pytest.raises(HTTPException):
        Parts(kind, LIMIT)


def test_a_form_that_ends_in_the_middle_is_not_whole() -> None:
    whole = body(part("photo", b"x" * 20, "a.jpg"))

    assert not read(whole[:-12]).whole
    assert read(whole[:-12]).photo is None


async def test_a_photo_that_never_arrives_is_not_waited_for() -> None:
    async def receive() -> dict[str, object]:
        await asyncio.Event().wait()
        raise AssertionError

    scope = {"type": "http", "headers": [(b"content-type", FORM.encode())]}

    with pytest.raises(HTTPException) as refused:
        await parts_of(Request(scope, receive), LIMIT, patience_seconds=0.001)

    assert refused.value.status_code == 408


@pytest.mark.parametrize(
    ("kind", "known"),
    [
        ("multipart/form-data; boundary=x", True),
        ("Multipart/Form-Data;boundary=x", True),
        ("multipart/mixed; boundary=x", False),
        ("application/x-www-form-urlencoded", False),
        ("", False),
    ],
)
def test_a_form_with_files_is_told_by_its_content_type(kind: str, known: object) -> None:
    assert is_multipart(kind) is known
