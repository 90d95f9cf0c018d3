"""`recallbot operator`: who works at the desk, and what is shown once."""

from __future__ import annotations

import io
import json
import re
import sys
from datetime import UTC, datetime

import pyotp
import pytest

from bots.web.desk.roles import Role
from tests.bots.conftest import Command, refused

SECRET = re.compile(r"secret=([A-Z2-7]+)")
PASSWORD = "seven green bottles"


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_somebody_is_invited_with_a_code_and_a_picture_for_their_app(
    recallbot: Command,
) -> None:
    added = recallbot("operator", "add", "Ann", "--role", "admin")
    listed = recallbot("operator", "list", "--json")

    assert added.code == 0
    assert "http://127.0.0.1:8000/desk/enrol?name=ann" in added.out
    assert re.search(r"one-time code  [a-z2-9]{4}(-[a-z2-9]{4}){3}\n", added.out)
    assert "otpauth://totp/recallbot:ann?secret=" in added.out
    assert "█" in added.out
    [ann] = json.loads(listed.out)
    assert (ann["name"], ann["role"], ann["invited"], ann["active"]) == (
        *("ann", "admin"),
        *(True, True),
    )
    assert SECRET.search(added.out)
    assert "secret" not in listed.out


def test_a_password_from_a_file_signs_in_at_once(
    recallbot: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, f"{PASSWORD}\n")

    added = recallbot("operator", "add", "bob", "--password-stdin")
    listed = recallbot("operator", "list")

    found = SECRET.search(added.out)
    assert found
    assert len(pyotp.TOTP(found[1]).at(datetime.now(UTC))) == 6
    assert len(re.findall(r"(?m)^  [a-z2-9]{4}(?:-[a-z2-9]{4}){3}$", added.out)) == 10
    assert PASSWORD not in added.out
    assert listed.out == "bob  viewer\n"


@pytest.mark.parametrize(
    ("password", "said"),
    [("short\n", "fewer than 12"), ("x" * 201, "more than 200"), ("bob bob bob bob", "easy")],
)
def test_a_password_that_will_not_do_is_one_line(
    recallbot: Command, monkeypatch: pytest.MonkeyPatch, password: str, said: str
) -> None:
    typed(monkeypatch, password)

    assert refused(recallbot("operator", "add", "bob", "--password-stdin"), said)


def test_an_empty_desk_says_how_to_begin(recallbot: Command) -> None:
    assert "recallbot operator add NAME --role admin" in recallbot("operator", "list").out


def test_a_role_is_changed_access_ends_and_an_invitation_gives_it_back(
    recallbot: Command,
) -> None:
    recallbot("operator", "add", "ann")

    changed = recallbot("operator", "role", "ann", "approver")
    role = recallbot("operator", "list")
    recallbot("operator", "disable", "ann")
    off = recallbot("operator", "list")
    again = recallbot("operator", "reset", "ann")
    back = recallbot("operator", "list")

    assert changed.out == "ann is approver now\n"
    assert role.out == "ann  approver  (invited)\n"
    assert off.out == "ann  approver  (off)\n"
    assert "one-time code" in again.out
    assert back.out == "ann  approver  (invited)\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "ann"), "ann already"),
        (("add", "<b>"), "letters and digits"),
        (("reset", "nobody"), "nobody at the desk"),
        (("disable", "nobody"), "nobody at the desk"),
        (("role", "nobody", "admin"), "nobody at the desk"),
        (("role", "ann", "king"), "king"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    recallbot: Command, arguments: tuple[str, ...], said: str
) -> None:
    recallbot("operator", "add", "ann", "--role", Role.ADMIN)

    assert refused(recallbot("operator", *arguments), said)


def test_a_wrong_setting_of_the_pages_is_named(
    recallbot: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECALLBOT_WEB_PUBLIC_URL", "no address")

    assert refused(recallbot("operator", "add", "ann"), "RECALLBOT_WEB_PUBLIC_URL")
