"""What `recallbot doctor` says of Bluesky, and which settings there are."""

from __future__ import annotations

import pytest

from bots.bluesky.channel import Bluesky, open_bluesky
from bots.bluesky.checkup import HOW_TO, checkup
from bots.bluesky.settings import SERVICE, BlueskySettings, accounts_of
from bots.surroundings import Surroundings
from core.settings import SettingsError
from tests.bots.bluesky.stage import NOWHERE, Stage
from tests.builders import NOW
from tests.fakes import FakeKept
from tests.platforms.bluesky_between import LOG_IN
from tests.platforms.bluesky_server import PASSWORD

TOKEN = "abcd-efgh-ijkl-mnop"


def settings(accounts: str, service: str = SERVICE) -> BlueskySettings:
    return BlueskySettings.model_validate({"accounts": accounts, "service": service})


async def test_not_set_up_is_right_and_says_how() -> None:
    assert await checkup(BlueskySettings()) == (
        True,
        f"not set up; to post on Bluesky, {HOW_TO}",
    )


async def test_an_account_that_answers_is_right(stage: Stage) -> None:
    member = stage.member

    told = await checkup(
        settings(f"{member.handle}:{member.app_password()}", stage.between.url)
    )

    assert told == (True, f"{member.handle} answers")


async def test_the_main_password_works_and_is_advised_against(stage: Stage) -> None:
    right, told = await checkup(
        settings(f"{stage.member.handle}:{PASSWORD}", stage.between.url)
    )

    assert right
    assert "main password" in told
    assert PASSWORD not in told


async def test_a_wrong_password_says_how_to_get_a_right_one(stage: Stage) -> None:
    right, told = await checkup(settings(f"{stage.member.handle}:{TOKEN}", stage.between.url))

    assert not right
    assert "Invalid identifier or password" in told
    assert HOW_TO in told
    assert TOKEN not in told


async def test_an_account_that_is_deactivated_is_wrong(stage: Stage) -> None:
    member = stage.member
    member.leaves()

    told = await checkup(
        settings(f"{member.handle}:{member.app_password()}", stage.between.url)
    )

    assert told == (False, f"{member.handle}: the account is deactivated")


async def test_a_server_that_cannot_be_reached_is_named() -> None:
    right, told = await checkup(settings(f"a.test:{TOKEN}", NOWHERE))

    assert not right
    assert "127.0.0.1 cannot be reached" in told


async def test_a_server_that_fails_is_wrong(stage: Stage) -> None:
    stage.between.refuses(LOG_IN, 503, "<html>busy</html>")

    right, _ = await checkup(settings(f"a.test:{TOKEN}", stage.between.url))

    assert not right


def test_accounts_stand_with_commas_or_line_ends_between() -> None:
    told = settings(f"@Ann.bsky.social:{TOKEN}, b.example: {TOKEN}\r\nc.example:a:b\n,")

    assert accounts_of(told) == ("ann.bsky.social", "b.example", "c.example")
    assert told.passwords["c.example"] == "a:b"
    assert TOKEN not in repr(told)


@pytest.mark.parametrize(
    "accounts",
    [
        " , ",
        "ann",
        "ann.bsky.social",
        "ann.bsky.social:",
        f"ann:{TOKEN}",
        ":x",
        f"a.test:{TOKEN},a.test:{TOKEN}",
    ],
)
async def test_what_names_no_accounts_stops_the_start_and_shows_no_secret(
    accounts: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECALLBOT_BLUESKY_ACCOUNTS", accounts)

    with pytest.raises(SettingsError, match="RECALLBOT_BLUESKY_ACCOUNTS") as raised:
        await open_bluesky(Surroundings(lambda: NOW, FakeKept(), lambda *_: ()))

    assert TOKEN not in str(raised.value)


async def test_a_service_that_is_no_address_stops_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RECALLBOT_BLUESKY_SERVICE", "bsky.social")

    with pytest.raises(SettingsError, match="RECALLBOT_BLUESKY_SERVICE"):
        BlueskySettings.load()


async def test_it_opens_where_an_account_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    surroundings = Surroundings(lambda: NOW, FakeKept(), lambda *_: ())
    without = await open_bluesky(surroundings)
    monkeypatch.setenv("RECALLBOT_BLUESKY_ACCOUNTS", f"a.test:{TOKEN}")

    opened = await open_bluesky(surroundings)

    assert without is None
    assert isinstance(opened, Bluesky)
    await opened.close()
