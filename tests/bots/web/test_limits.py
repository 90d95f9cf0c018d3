"""Whom a request is counted for, and how allowances fill up again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError
from starlette.requests import Request

from bots.web.limits import MOST_KEYS, Allowance, address
from bots.web.settings import WebSettings
from core.settings import SettingsError

NOON = datetime(2026, 6, 14, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def a_request(client: str | None, forwarded: str | None = None) -> Request:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    peer = (client, 1234) if client else None
    return Request({"type": "http", "headers": headers, "client": peer})


def test_an_allowance_fills_up_again_evenly() -> None:
    allowance = Allowance(60)

    taken = [allowance.take("ann", NOON) for _ in range(61)]

    assert taken[:60] == [None] * 60
    assert taken[60] == SECOND
    assert allowance.take("ann", NOON + SECOND) is None
    assert allowance.take("ann", NOON + SECOND) == SECOND
    assert allowance.take("bob", NOON) is None


def test_an_allowance_saves_no_more_than_a_minute() -> None:
    allowance = Allowance(2)
    allowance.take("ann", NOON)

    later = [allowance.take("ann", NOON + timedelta(hours=9)) for _ in range(3)]

    assert [wait is None for wait in later] == [True, True, False]


def test_a_clock_set_back_gives_nothing_away_and_takes_nothing() -> None:
    allowance = Allowance(2)
    allowance.take("ann", NOON)

    back = [allowance.take("ann", NOON - timedelta(hours=1)) for _ in range(2)]

    assert [wait is None for wait in back] == [True, False]


def test_a_flood_of_keys_does_not_fill_the_memory() -> None:
    allowance = Allowance(1)

    for number in range(MOST_KEYS + 10):
        allowance.take(str(number), NOON)

    assert len(allowance._left) == MOST_KEYS


@pytest.mark.parametrize(
    ("client", "forwarded", "proxy", "counted"),
    [
        ("192.0.2.1", None, False, "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", False, "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", True, "198.51.100.7"),
        ("192.0.2.1", "invented, 198.51.100.7", True, "198.51.100.7"),
        ("192.0.2.1", None, True, "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", None, False, "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", None, False, "2001:db8:1:2::/64"),
        ("unix socket", None, False, "unix socket"),
        (None, None, False, ""),
    ],
)
def test_a_request_is_counted_for_who_really_sent_it(
    client: str | None, forwarded: str | None, proxy: object, counted: str
) -> None:
    assert address(a_request(client, forwarded), behind_proxy=bool(proxy)) == counted


def test_the_defaults_serve_this_machine_alone() -> None:
    settings = WebSettings()

    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert not settings.encrypted
    assert not settings.trust_proxy


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("port", 70_000),
        ("public_url", "recalls.example.org"),
        ("public_url", "ftp://recalls.example.org"),
        ("session_secret", "short"),
        ("messages_per_minute", 0),
    ],
)
def test_a_setting_that_cannot_be_is_refused(field: str, value: object) -> None:
    with pytest.raises(ValidationError, match=field):
        WebSettings.model_validate({field: value})


def test_a_wrong_setting_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECALLBOT_WEB_SESSION_SECRET", "hunter2")

    with pytest.raises(SettingsError, match="RECALLBOT_WEB_SESSION_SECRET") as wrong:
        WebSettings.load()

    assert "hunter2" not in str(wrong.value)
