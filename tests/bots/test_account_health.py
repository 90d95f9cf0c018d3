"""What `recallbot doctor` says of accounts, of drafts that wait, and of money."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bots.account_health import Told, account_health
from core.store import accounts
from core.store.purse import KeptPurse
from core.store.work import Database
from tests.contracts.publishing_stage import Newsroom


@pytest.fixture
async def newsroom(tmp_path: Path) -> AsyncIterator[Newsroom]:
    database = await Database.open(str(tmp_path / "new.db"))
    yield Newsroom(database)
    await database.close()


@pytest.fixture(autouse=True)
def accounts_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECALLBOT_X_API_KEY", "key")
    monkeypatch.setenv("RECALLBOT_X_API_SECRET", "secret")
    monkeypatch.setenv("RECALLBOT_X_ACCOUNTS", "NewsBot:token:secret")
    monkeypatch.setenv("RECALLBOT_X_MONTHLY_CAP", "1.00")
    monkeypatch.setenv("RECALLBOT_TELEGRAM_TOKEN", f"12345:{'a' * 35}")


async def told(newsroom: Newsroom) -> list[Told]:
    return await account_health(newsroom.database, newsroom.clock.now())


async def test_nobody_needs_to_post_in_public(newsroom: Newsroom) -> None:
    [(subject, right, says)] = await told(newsroom)

    assert (subject, right) == ("accounts", True)
    assert "account add" in says


async def test_an_account_that_posts_is_right_and_so_is_one_that_is_paused(
    newsroom: Newsroom,
) -> None:
    await newsroom.account("-100", channel="telegram")
    number = await newsroom.account("-200", channel="telegram")
    async with newsroom.database.writing() as connection:
        await accounts.set_active(connection, number, newsroom.clock.now(), active=False)

    found = await told(newsroom)

    assert found == [
        ("account The -100", True, "telegram, approval; nothing waits for approval"),
        ("account The -200", True, "telegram, approval; paused"),
    ]


@pytest.mark.parametrize(
    ("channel", "chat", "words"),
    [
        ("x", "Other", "RECALLBOT_X_ACCOUNTS does not have Other"),
        ("mastodon", "a@b.example", "RECALLBOT_MASTODON_ACCOUNTS is not set"),
        ("fax", "1", "there is no channel fax"),
    ],
)
async def test_an_account_we_cannot_post_as_is_wrong(
    newsroom: Newsroom, channel: str, chat: str, words: str
) -> None:
    await newsroom.account(chat, channel=channel)

    (_, right, says), *_ = await told(newsroom)

    assert not right
    assert says.startswith(words)


async def test_a_wrong_setting_of_its_platform_is_said_with_the_account(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECALLBOT_X_ACCOUNTS", "nonsense")
    await newsroom.account("NewsBot", channel="x")

    [(_, right, says)] = await told(newsroom)

    assert not right
    assert "RECALLBOT_X_ACCOUNTS" in says
    assert "nonsense" not in says


async def test_an_account_that_its_platform_refuses_is_wrong(newsroom: Newsroom) -> None:
    number = await newsroom.account("-100", channel="telegram")
    gone = "UPDATE address SET gone_at = '2026-06-01 00:00:00' WHERE pk = :pk"
    await newsroom.world.run(gone, pk=number)

    [(_, right, says)] = await told(newsroom)

    assert not right
    assert f"recallbot account resume {number}" in says


async def test_drafts_may_wait_a_day_and_no_longer(newsroom: Newsroom) -> None:
    account = await newsroom.account("-100", channel="telegram")
    await newsroom.draft(account)
    newsroom.clock.at += timedelta(hours=23)
    [early] = await told(newsroom)
    newsroom.clock.at += timedelta(hours=2)

    [late] = await told(newsroom)

    assert early == (
        early[0],
        True,
        "telegram, approval; 1 to be decided on, the first for 23 h",
    )
    assert not late[1]
    assert late[2].endswith("the first for 25 h: look at /desk")


async def test_money_is_told_where_posts_cost_and_wrong_where_it_is_spent(
    newsroom: Newsroom,
) -> None:
    await newsroom.account("NewsBot", channel="x")
    purse = KeptPurse(newsroom.database, newsroom.clock)
    await purse.spend("one", 500_000, 1_000_000)
    _, before = await told(newsroom)
    await purse.spend("two", 450_000, 1_000_000)

    _, after = await told(newsroom)

    assert before == ("money for x", True, "$0.50 of $1.00 spent this month")
    assert after[1:] == (
        False,
        "$0.95 of $1.00 spent this month: posts wait for the next month",
    )
