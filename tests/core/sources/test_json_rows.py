"""JSON lists as authorities send them, whole and broken."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core.model.recall import Hazard
from core.sources.contract import RecordUnreadable, SourceUnavailable
from core.sources.json_rows import json_object, json_rows, unreadable, values
from tests.builders import STEADY

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@STEADY
@given(rows=st.lists(ANYTHING), indent=st.sampled_from([None, 0, 2]), ascii_only=st.booleans())
def test_every_row_comes_as_it_was_sent(
    rows: list[object], indent: int | None, *, ascii_only: bool
) -> None:
    payload = json.dumps(rows, indent=indent, ensure_ascii=ascii_only).encode()

    found = json_rows(payload)

    assert [value for _, value in found] == rows
    assert [json.loads(body) for body, _ in found] == rows
    assert all(body in payload for body, _ in found)


@pytest.mark.parametrize(
    "payload",
    [
        *(b"", b" ", b"[", b"[1", b"[1,", b"[1 2]", b"[1]]", b"[1] x", b"[,]", b"[1,]"),
        *(b"{}", b"<html>", b"\xff[]", b"[" * 100_000, b"[" + b"9" * 5000 + b"]"),
    ],
)
def test_what_is_no_whole_list_is_no_answer(payload: bytes) -> None:
    with pytest.raises(SourceUnavailable):
        json_rows(payload)


def test_a_mark_of_the_byte_order_is_no_matter() -> None:
    assert json_rows(b"\xef\xbb\xbf [ 1 , 2 ]\r\n") == [(b"1", 1), (b"2", 2)]
    assert json_rows(b"[]") == []


def test_fields_that_are_null_or_empty_are_left_out() -> None:
    fields = {"Products": [{"Name": " A "}, {"Name": None}, {}, {"Name": ""}], "None": None}

    assert values(fields, "Products", "Name") == ("A",)
    assert values(fields, "None", "Name") == values(fields, "Missing", "Name") == ()


@pytest.mark.parametrize("rows", [7, "text", {}, [7], [{"Name": []}]])
def test_a_field_of_another_kind_is_unreadable(rows: object) -> None:
    with pytest.raises(RecordUnreadable):
        values({"Products": rows}, "Products", "Name")


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"{", b"[" * 100_000])
def test_a_body_that_is_no_object_is_unreadable(body: bytes) -> None:
    with pytest.raises(RecordUnreadable):
        json_object(body)


def test_what_our_model_refuses_is_said_in_one_line_with_its_place() -> None:
    with pytest.raises(ValidationError) as caught:
        Hazard(kinds=(), text="fire", source="acme")

    reason = str(unreadable(caught.value))

    assert reason.startswith("kinds: ")
    assert "\n" not in reason
