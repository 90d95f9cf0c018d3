"""The parts of the Discord channel that ask nobody."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from discord import (
    ConnectionClosed,
    Forbidden,
    GatewayNotFound,
    HTTPException,
    LoginFailure,
    Permissions,
    PrivilegedIntentsRequired,
    RateLimited,
)
from hypothesis import example, given
from hypothesis import strategies as st

from bots.discord import permissions
from bots.discord.address import Place, place_of, sent_of
from bots.discord.asked import LIFE, Asked, Waiting, lang_of
from bots.discord.checkup import account_link, server_link
from bots.discord.circuit import MOST_REFUSED, MOST_REMEMBERED, MOST_THROTTLED, WINDOW, Circuit
from bots.discord.failures import HELD_BACK, answer_failure_of, failure_of
from bots.discord.pace import Pace
from bots.discord.pressing import LONGEST_ID, LONGEST_LABEL, about_of, carried, said_by
from bots.discord.standing import Pauses, Standing
from core.channel import Address, AddressGone, DeliveryUnknown, PostRejected, TryLater
from core.model.message import Button
from core.text.translations import languages, translator
from tests.builders import NOW, STEADY
from tests.fakes import FakeKept

KEY = ConnectionKey("discord.example", 443, True, True, None, None, None)  # noqa: FBT003 - aiohttp's
A_USER = Place("user", 1)


def an_error(status: int, code: int = 0, retry_after: str = "") -> HTTPException:
    headers = {"Retry-After": retry_after} if retry_after else {}
    response: Any = SimpleNamespace(status=status, reason="", headers=headers)
    kind = Forbidden if status == 403 else HTTPException
    return kind(response, {"code": code, "message": ""})


@pytest.mark.parametrize(
    ("status", "code", "meaning"),
    [
        (400, 50035, PostRejected),
        (400, 50006, PostRejected),
        (400, 50033, AddressGone),
        (400, 50083, AddressGone),
        (401, 0, TryLater),
        (403, 50001, AddressGone),
        (403, 50007, AddressGone),
        (403, 50013, AddressGone),
        (403, 50278, AddressGone),
        (403, 50005, PostRejected),
        (403, 20026, TryLater),
        (404, 10003, AddressGone),
        (404, 10008, PostRejected),
        (404, 10013, AddressGone),
        (413, 40005, PostRejected),
        (429, 0, TryLater),
        (500, 0, DeliveryUnknown),
        (503, 0, DeliveryUnknown),
    ],
)
def test_each_answer_of_discord_means_one_thing(
    status: int, code: int, meaning: type[Exception]
) -> None:
    failure = failure_of(an_error(status, code), sent=True)

    assert type(failure) is meaning


@pytest.mark.parametrize(
    ("error", "sent", "meaning"),
    [
        (aiohttp.ClientConnectorError(KEY, OSError()), True, TryLater),
        (aiohttp.ServerDisconnectedError(), True, DeliveryUnknown),
        (aiohttp.ServerDisconnectedError(), False, TryLater),
        (TimeoutError(), True, DeliveryUnknown),
        (TimeoutError(), False, TryLater),
        (OSError(), True, DeliveryUnknown),
        (RuntimeError("Session is closed"), False, TryLater),
    ],
)
def test_what_never_left_us_can_be_sent_again(
    error: Exception,
    sent: bool,  # noqa: FBT001 - a case of the table
    meaning: type[Exception],
) -> None:
    assert type(failure_of(error, sent=sent)) is meaning


def test_how_long_to_wait_is_passed_on() -> None:
    limited = failure_of(RateLimited(40), sent=False)
    banned = failure_of(an_error(429, retry_after="70"), sent=True)
    held_back = failure_of(an_error(403, 20026), sent=True)

    waits = [
        error.retry_after
        for error in (limited, banned, held_back)
        if isinstance(error, TryLater)
    ]
    assert waits == [timedelta(seconds=40), timedelta(seconds=70), HELD_BACK]


@pytest.mark.parametrize("status", [401, 403, 404])
def test_an_interaction_that_is_over_puts_nobody_out(status: int) -> None:
    assert type(answer_failure_of(an_error(status, 50027), sent=True)) is PostRejected
    assert type(answer_failure_of(an_error(503), sent=True)) is DeliveryUnknown


class Time:
    def __init__(self) -> None:
        self.seconds = 0.0

    def clock(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.seconds += seconds


async def test_no_more_than_so_many_pass_within_any_second() -> None:
    time, passed = Time(), []
    pace = Pace(5, time.clock, time.sleep)

    async def ask() -> None:
        await pace.turn(reply=False)
        passed.append(time.seconds)

    await asyncio.gather(*(ask() for _ in range(23)))

    assert len(passed) == 23
    for first, sixth in zip(passed, passed[5:], strict=False):
        assert sixth - first > 1
    await pace.close()


async def test_replies_go_before_anything_else() -> None:
    time, passed = Time(), []
    pace = Pace(1, time.clock, time.sleep)

    async def ask(name: str, *, reply: bool) -> None:
        await pace.turn(reply=reply)
        passed.append(name)

    names = [("first", False), ("alert", False), ("alert", False), ("reply", True)]
    await asyncio.gather(*(ask(name, reply=reply) for name, reply in names))

    assert passed == ["first", "reply", "alert", "alert"]


async def test_whoever_gives_up_waiting_takes_no_turn() -> None:
    time = Time()
    pace = Pace(1, time.clock, time.sleep)
    await pace.turn(reply=False)
    waiting = [asyncio.create_task(pace.turn(reply=False)) for _ in range(2)]
    await asyncio.sleep(0)

    waiting[0].cancel()
    await waiting[1]

    assert time.seconds < 2


async def test_closing_lets_go_of_whoever_waits() -> None:
    pace = Pace(1)
    await pace.turn(reply=False)
    waiting = asyncio.create_task(pace.turn(reply=False))
    await asyncio.sleep(0)

    await pace.close()

    with pytest.raises(TryLater):
        await waiting
    with pytest.raises(TryLater):
        await pace.turn(reply=True)


def test_refusals_stop_us_long_before_discord_does() -> None:
    time = Time()
    circuit = Circuit(time.now)
    for _ in range(MOST_REFUSED):
        circuit.answered(403)
    circuit.answered(200)

    with pytest.raises(TryLater) as stopped:
        circuit.check()
    time.seconds = WINDOW.total_seconds() + 1

    circuit.check()
    assert stopped.value.retry_after == WINDOW


def test_throttled_too_often_one_request_a_minute_passes() -> None:
    time = Time()
    circuit = Circuit(time.now)
    for _ in range(MOST_THROTTLED):
        circuit.answered(429)

    passed = []
    for second in range(300):
        time.seconds = second
        try:
            circuit.check(A_USER)
        except TryLater:
            continue
        passed.append(second)

    assert passed == [60, 120, 180, 240]


def test_a_place_that_is_throttled_for_long_is_not_asked_meanwhile() -> None:
    time = Time()
    circuit = Circuit(time.now)
    circuit.note(RateLimited(40), A_USER)

    with pytest.raises(TryLater) as later:
        circuit.check(A_USER)
    circuit.check(Place("user", 2))
    time.seconds = 40

    circuit.check(A_USER)
    assert later.value.retry_after == timedelta(seconds=40)


def test_no_more_is_remembered_than_fits() -> None:
    circuit = Circuit(Time().now)

    for number in range(MOST_REMEMBERED + 1):
        circuit.gone(Place("user", number))

    assert len(circuit._gone) == 1


def test_an_address_that_is_gone_is_not_asked_until_somebody_speaks_there() -> None:
    circuit = Circuit(Time().now)
    circuit.gone(A_USER)

    with pytest.raises(AddressGone):
        circuit.check(A_USER)
    circuit.heard(A_USER)

    circuit.check(A_USER)
    circuit.check(Place("user", 2))


def test_a_refused_token_stops_everything_until_it_works() -> None:
    circuit = Circuit(Time().now)
    circuit.note(an_error(401))

    with pytest.raises(TryLater):
        circuit.check()
    circuit.token_works()

    circuit.check()
    circuit.note(an_error(401, 50027))
    circuit.check()
    circuit.note(ValueError())
    circuit.check()


@given(st.text(max_size=300), st.text(max_size=120))
@example("\N{FIRE}" * 60, "x" * 200)
@example(" ", "")
@STEADY
def test_a_button_says_its_words_however_long(says: str, label: str) -> None:
    async def pressed() -> tuple[list[tuple[str, str]], list[str | None]]:
        kept = FakeKept()
        buttons = await carried([Button(label, says)] * 2, kept, 7)
        return buttons, [await said_by(custom_id, kept) for _, custom_id in buttons]

    buttons, said = asyncio.run(pressed())

    assert len({custom_id for _, custom_id in buttons}) == 2
    assert all(len(custom_id.encode()) <= LONGEST_ID for _, custom_id in buttons)
    assert all(0 < len(shown) <= LONGEST_LABEL for shown, _ in buttons)
    if "\x1f" not in says:
        assert [about_of(one or "") for one in said] == [(says, 7)] * 2


async def test_what_is_no_button_of_ours_says_nothing() -> None:
    assert await said_by("?", FakeKept()) is None
    assert await said_by("", FakeKept()) is None
    assert await said_by("#0none", FakeKept()) is None


def test_addresses_and_receipts_read_as_they_are_written() -> None:
    assert place_of(Address("discord", "user:12")) == Place("user", 12)
    assert place_of(Address("web", "user:12")) is None
    assert place_of(Address("discord", "group:12")) is None
    assert sent_of("1/2/3") is None
    assert sent_of("") is None


@pytest.mark.parametrize(
    ("locale", "lang"),
    [("en-US", "en"), ("de", "de"), ("es-419", "es"), ("zh-TW", "zh-TW"), ("pt-BR", "pt-BR")],
)
def test_a_locale_tells_the_language(locale: str, lang: str) -> None:
    assert lang_of(locale) == lang


def test_what_was_asked_too_long_ago_cannot_be_answered() -> None:
    time = Time()
    waiting = Waiting(time.now)
    first, second = (Asked(SimpleNamespace(id=number), time.now()) for number in (1, 2))  # type: ignore[arg-type]
    waiting.add(first)

    assert waiting.find(1) is first
    time.seconds = LIFE.total_seconds()
    assert waiting.find(1) is None
    waiting.add(second)
    assert list(waiting._asked) == [2]


def a_close(code: int) -> ConnectionClosed:
    return ConnectionClosed(SimpleNamespace(close_code=code), shard_id=None, code=code)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "error",
    [LoginFailure(), PrivilegedIntentsRequired(None), a_close(4004), a_close(4013)],
)
def test_what_only_a_person_can_put_right_is_tried_seldom(error: Exception) -> None:
    assert Standing().down(error) == Pauses().wrong_token


def test_a_refusal_to_name_the_gateway_is_a_wrong_token() -> None:
    error = GatewayNotFound()
    error.__cause__ = an_error(401)

    assert Standing().down(error) == Pauses().wrong_token


def test_pauses_double_up_to_the_longest_and_are_spread() -> None:
    late = Standing(Pauses(first=1, longest=8), lambda: 1)
    early = Standing(Pauses(first=1, longest=8), lambda: 0)

    assert [late.down(OSError()) for _ in range(5)] == [1, 2, 4, 8, 8]
    assert [early.down(OSError()) for _ in range(2)] == [0.5, 1]
    late.up()
    assert late.down(OSError()) == 1


def test_links_ask_for_what_is_needed_and_no_more() -> None:
    assert "permissions=" + str(permissions.needed().value) in server_link(5)
    assert "scope=bot+applications.commands" in server_link(5)
    assert account_link(5).endswith("integration_type=1")
    assert not permissions.needed().administrator


def test_each_missing_permission_is_named_in_every_language() -> None:
    lacking = permissions.missing(Permissions.none())

    assert lacking == permissions.NEEDED
    for lang in languages():
        said = permissions.refusal(lacking, translator(lang)).plain
        assert said.count("\n- ") == len(lacking)
