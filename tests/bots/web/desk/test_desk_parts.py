"""Small parts of the desk: growing waits, notices that are said once, forms, names, codes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from bots.web.desk.codes import (
    invitation,
    invites,
    is_invited,
    new_code,
    new_totp,
    plain,
    step_of,
)
from bots.web.desk.entrance import local
from bots.web.desk.form import Form, read_form
from bots.web.desk.lockouts import FREE, LONGEST_WAIT, MOST_KEYS, Lockouts, wait_after
from bots.web.desk.looks import look
from bots.web.desk.names import COMMAND_LINE, is_name
from bots.web.desk.notices import MOST_WAITING, Notice, Notices
from bots.web.form import FORM
from core.channel import Markup
from tests.builders import STEADY

NOON = datetime(2026, 6, 14, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def a_request(body: bytes, content_type: str = FORM) -> Request:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    headers = [(b"content-type", content_type.encode())]
    return Request({"type": "http", "method": "POST", "headers": headers}, receive)


def test_waits_grow_from_the_fifth_failure_and_end_at_fifteen_minutes() -> None:
    waits = [wait_after(failures).total_seconds() for failures in range(4, 12)]

    assert waits == [0, 30, 60, 120, 240, 480, 900, 900]
    assert wait_after(10**9) == LONGEST_WAIT


def test_failures_of_an_hour_ago_are_forgotten() -> None:
    lockouts = Lockouts()
    for _ in range(FREE):
        lockouts.failed("address", NOON)

    at_once = lockouts.wait("address", NOON)
    lockouts.failed("address", NOON + 2 * HOUR)

    assert at_once == timedelta(seconds=30)
    assert lockouts.wait("address", NOON + 2 * HOUR) is None


def test_a_flood_of_addresses_does_not_fill_the_memory() -> None:
    lockouts = Lockouts()

    for number in range(MOST_KEYS + 10):
        lockouts.failed(str(number), NOON)

    assert len(lockouts._failed) == MOST_KEYS


def test_a_notice_is_said_once_and_the_oldest_are_let_go() -> None:
    notices = Notices()
    notices.put("first", Notice("desk_done_password"))

    for number in range(MOST_WAITING):
        notices.put(str(number), Notice("desk_done_role"))

    assert notices.take("first") is None
    assert notices.take("7") == Notice("desk_done_role")
    assert notices.take("7") is None


async def test_a_form_gives_one_all_or_a_number_of_a_name() -> None:
    form = await read_form(a_request(b"country=US&country=JP&per_day=20&text=a%0D%0Ab"))

    assert form.all("country") == ("US", "JP")
    assert (form.one("country"), form.one("text"), form.one("nothing")) == ("US", "a\nb", "")
    assert (form.number("per_day"), form.number("text"), form.number("nothing")) == (
        *(20, None),
        None,
    )
    assert "US" not in repr(form)


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [(b"{}", "application/json", 415), (b"a=1&" * 501, FORM, 400)],
)
async def test_what_is_no_form_is_refused(body: bytes, content_type: str, status: int) -> None:
    with pytest.raises(HTTPException) as refused:
        await read_form(a_request(body, content_type))

    assert refused.value.status_code == status
    assert Form().all("nothing") == ()


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        *(("ann", True), ("J.Smith-2@desk", True), ("中田", True), ("a" * 40, True)),
        *(("", False), (".ann", False), ("a" * 41, False), ("an n", False), ("a\n", True)),
        *((COMMAND_LINE, False), ("<b>", False)),
    ],
)
def test_a_name_has_letters_and_digits(name: str, fits: object) -> None:
    assert is_name(name) is fits


@STEADY
@given(st.text())
def test_any_text_may_be_tried_as_a_code_a_way_back_or_an_invitation(text: str) -> None:
    led = local(text)

    assert led == "/desk" or led.startswith(("/desk/", "/desk?"))
    assert step_of(pyotp.random_base32(), text, NOON) is None or plain(text).isdigit()
    assert not invites(invitation(new_code(), NOON), text, NOON)
    assert not invites(text, text, NOON)


@STEADY
@given(st.integers(-90, 120))
def test_a_code_holds_for_its_step_and_one_to_either_side(seconds: int) -> None:
    totp = new_totp()
    shown = pyotp.TOTP(totp).at(NOON)

    step = step_of(totp, f" {shown[:3]} {shown[3:]} ", NOON + timedelta(seconds=seconds))

    assert (step is not None) is (-30 <= seconds < 60)


def test_an_invitation_holds_to_the_end_of_its_day() -> None:
    code = new_code()
    kept = invitation(code, NOON)

    assert is_invited(kept)
    assert invites(kept, code.upper(), NOON + 24 * HOUR)
    assert not invites(kept, code, NOON + 24 * HOUR + timedelta(seconds=1))
    assert not invites(None, code, NOON)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("It says:\n<blockquote>On the back.</blockquote>\n\nStop.", Markup.HTML),
        ("It says:\n> On the back.\n\nStop.", Markup.MARKDOWN),
    ],
)
def test_behind_a_quotation_stands_one_empty_line_as_on_the_platform(
    text: str, kind: Markup
) -> None:
    shown = look(text, kind)

    # The quotation is a block: one of the two breaks is its own end.
    assert shown == "It says:\n<blockquote>On the back.</blockquote>\nStop."
