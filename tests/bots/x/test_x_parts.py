"""Settings, failures, addresses and the check-up of X."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from pydantic import ValidationError
from tweepy.errors import Forbidden, HTTPException

from bots.x.address import Place, place_of
from bots.x.checkup import checkup
from bots.x.failures import Flight, Repeated, failure_of, free_at
from bots.x.settings import Identity, XSettings, accounts, identities_in
from core.channel import Address, AddressGone, DeliveryUnknown, PostRejected, TryLater
from core.settings import SettingsError
from tests.bots.x.stage import settings_for
from tests.builders import NOW
from tests.platforms.x_server import XServer

KEYS = {"api_key": "key", "api_secret": "secret"}


@pytest.mark.parametrize("between", [",", "\n", " ,\n "])
def test_accounts_stand_with_commas_or_line_ends_between(between: str) -> None:
    given = f"@Recalls:1-a:s1{between}rueckrufe:2-b:s2"

    settings = XSettings.model_validate({**KEYS, "accounts": given, "mentions": "@recalls"})

    assert settings.identities == (
        Identity("Recalls", "1-a", "s1"),
        Identity("rueckrufe", "2-b", "s2"),
    )
    assert accounts(settings) == ("Recalls", "rueckrufe")
    assert settings.listening == settings.identities[0]
    assert "s1" not in repr(settings)


@pytest.mark.parametrize(
    "given",
    [
        {**KEYS, "accounts": "recalls"},
        {**KEYS, "accounts": "recalls:a:b,RECALLS:c:d"},
        {**KEYS, "accounts": ","},
        {"accounts": "recalls:a:b"},
        {**KEYS, "accounts": "recalls:a:b", "mentions": "somebody"},
        {"mentions": "recalls"},
        {"monthly_cap": "-1"},
        {"api_url": "ftp://x"},
    ],
)
def test_a_wrong_setting_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        XSettings.model_validate(given)


def test_a_wrong_account_is_told_without_showing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**KEYS, "accounts": "recalls:hush"}.items():
        monkeypatch.setenv(f"RECALLBOT_X_{name.upper()}", value)

    with pytest.raises(SettingsError, match="RECALLBOT_X_ACCOUNTS") as raised:
        XSettings.load()

    assert "hush" not in str(raised.value)


def test_nothing_set_is_no_account() -> None:
    assert XSettings.model_validate({}).identities == identities_in("") == ()


def test_prices_are_whole_millionths_of_a_dollar() -> None:
    prices = XSettings.model_validate({"price_post": "0.015", "monthly_cap": "12.5"}).prices

    assert (prices.post, prices.url_post, prices.reply) == (15_000, 200_000, 10_000)
    assert (prices.read, prices.cap) == (5_000, 12_500_000)


@pytest.mark.parametrize("chat", ["recalls", "recalls:1750000000000000000"])
def test_an_address_is_read_as_it_is_written(chat: str) -> None:
    place = place_of(Address("x", chat))

    assert place is not None
    assert place.address == Address("x", chat)


@pytest.mark.parametrize("chat", ["", "a b", "recalls:", "recalls:x", "x" * 16])
def test_what_names_no_account_is_no_place(chat: str) -> None:
    assert place_of(Address("x", chat)) is None
    assert place_of(Address("telegram", "recalls")) is None
    assert Place("a", "1").address.chat == "a:1"


class Answer:
    """As much of an answer as tweepy's errors look at."""

    def __init__(self, status: int) -> None:
        self.status_code = status
        self.reason = "Reason"


def refused(status: int, words: str) -> HTTPException:
    kind = Forbidden if status == 403 else HTTPException
    return kind(Answer(status), response_json={"detail": words})


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        (403, "You are not allowed to create a Tweet with duplicate content.", Repeated),
        (403, "Status is a duplicate.", Repeated),
        (403, "User is suspended.", AddressGone),
        (403, "This account is temporarily locked.", AddressGone),
        (401, "Unauthorized", AddressGone),
        (403, "You are not permitted to perform this action.", PostRejected),
        (403, "User is over daily status update limit.", TryLater),
        (403, "This request looks like it might be automated.", TryLater),
        (403, "SpendCapReached", TryLater),
        (402, "no credits", TryLater),
        (429, "Usage cap exceeded: Monthly product cap", TryLater),
        (429, "Too Many Requests", TryLater),
        (400, "One or more parameters to your request was invalid.", PostRejected),
        (404, "Not Found", PostRejected),
        (500, "Internal Server Error", DeliveryUnknown),
        (503, "Service Unavailable", DeliveryUnknown),
    ],
)
def test_each_refusal_of_x_means_one_thing(status: int, words: str, kind: type) -> None:
    failure = failure_of(refused(status, words), Flight(sent=True, status=status), NOW)

    assert type(failure) is kind


@pytest.mark.parametrize(
    ("error", "flight", "kind"),
    [
        (TimeoutError(), Flight(sent=True), DeliveryUnknown),
        (aiohttp.ServerDisconnectedError(), Flight(sent=True), DeliveryUnknown),
        (TimeoutError(), Flight(), TryLater),
        (ValueError("no JSON"), Flight(sent=True, status=201), DeliveryUnknown),
        (ValueError("no JSON"), Flight(sent=True, status=403), TryLater),
        (ValueError("no JSON"), Flight(sent=True, status=503), DeliveryUnknown),
    ],
)
def test_what_may_have_arrived_is_told_from_what_was_never_sent(
    error: Exception, flight: Flight, kind: type
) -> None:
    assert type(failure_of(error, flight, NOW)) is kind


def test_the_limit_that_is_used_up_says_until_when() -> None:
    quarter, day = NOW + timedelta(minutes=15), NOW + timedelta(hours=20)
    told = {
        "X-Rate-Limit-Remaining": "0",
        "X-Rate-Limit-Reset": str(int(quarter.timestamp())),
        "x-app-limit-24hour-remaining": "0",
        "x-app-limit-24hour-reset": str(int(day.timestamp())),
    }

    assert free_at(told) == day
    assert free_at({**told, "x-app-limit-24hour-remaining": "7"}) == quarter
    assert free_at({"x-rate-limit-remaining": "0", "x-rate-limit-reset": "soon"}) is None


@pytest.fixture
async def server() -> Any:
    """Give a platform."""
    async with XServer() as server:
        yield server


async def test_the_checkup_says_who_answers_and_what_it_may_cost(server: XServer) -> None:
    right, says = await checkup(settings_for(server, mentions=server.handle))

    assert right
    assert says == (
        "@recalls_test answers. At most $20.00 are spent in a month. "
        "Mentions of @recalls_test are read, and paid for"
    )


async def test_the_checkup_names_the_account_that_x_refuses(server: XServer) -> None:
    server.accounts[0].revoke()

    right, says = await checkup(settings_for(server))

    assert not right
    assert says.startswith("@recalls_test: X refuses its token")


async def test_the_checkup_sees_that_a_token_is_somebody_elses(server: XServer) -> None:
    other = server.account("other").setting.partition(":")[2]

    right, says = await checkup(settings_for(server, accounts=f"recalls_test:{other}"))

    assert not right
    assert "that of @other" in says


async def test_the_checkup_tells_an_outage_and_how_to_begin(server: XServer) -> None:
    server.faults.fails(503)

    right, says = await checkup(settings_for(server))

    assert not right
    assert "127.0.0.1 cannot be reached." in says
    assert (await checkup(XSettings.model_validate({})))[0]


def test_times_are_in_utc() -> None:
    told = {"x-rate-limit-remaining": "0", "x-rate-limit-reset": "1800000000"}

    assert free_at(told) == datetime.fromtimestamp(1_800_000_000, UTC)
