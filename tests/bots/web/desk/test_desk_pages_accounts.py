"""Accounts, money and advisories at the desk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from bots.web.desk.money import forecast
from bots.web.desk.roles import Role
from core.channel import Address
from core.model.public import Account, Links, Mode, Rules, Stage, Style
from core.model.recall import HazardKind
from core.model.subscriber import QuietHours
from core.store import accounts
from core.store.piles import Pile
from core.store.purse import KeptPurse
from tests.bots.web.desk.newsdesk import NewsDesk, at_the_news_desk
from tests.bots.web.desk.stage import token_in

ACCOUNTS, NEW, MONEY = "/desk/accounts", "/desk/accounts/new", "/desk/money"
ADVISORY = "/desk/advisories/new"
GIVEN = {"name": "News", "delay": "45", "per_day": "7", "lang": "de", "mode": "delayed"}
LINK = {"name-0": "More", "url-0": "https://www.example.org/flying"}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[NewsDesk]:
    async with at_the_news_desk(tmp_path) as desk:
        yield desk


async def send(desk: NewsDesk, path: str, fields: dict[str, Any]) -> Any:
    page = await desk.open(ACCOUNTS)
    typed = {"token": token_in(page.text), **fields}
    return await desk.stage.client.post(path, data=typed)


async def every(desk: NewsDesk) -> tuple[Account, ...]:
    async with desk.database.reading() as connection:
        return await accounts.accounts(connection)


async def test_an_account_is_added_with_its_rules_and_its_style(desk: NewsDesk) -> None:
    await desk.sign_in()
    typed = {
        **GIVEN,
        "place": "telegram|",
        "chat": "-1001234",
        "countries": "us, de",
        "brands": "Acme\n",
        "hazard": ["fire", "burn"],
        "category": ["power-bank"],
        "hours": "22-7",
        "zone": "Europe/Berlin",
        "two_for_serious": "1",
        "round_up": "1",
        "region": "de",
        "threads": "1",
        "links": "reply",
        "pictures": "1",
    }

    sent = await send(desk, NEW, typed)

    assert sent.status_code == 303
    [made] = await every(desk)
    assert (made.channel, made.chat, made.name) == ("telegram", "-1001234", "News")
    assert made.rules == Rules(
        mode=Mode.DELAYED,
        delay=timedelta(minutes=45),
        countries=("US", "DE"),
        hazards=(HazardKind.FIRE, HazardKind.BURN),
        categories=("power-bank",),
        brands=("Acme",),
        hours=QuietHours(time(22), time(7)),
        zone="Europe/Berlin",
        per_day=7,
        two_for_serious=True,
        round_up=True,
    )
    assert made.style == Style("de", "DE", threads=True, links=Links.REPLY, pictures=True)
    assert "account_added" in await desk.did()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "Please fill this in."),
        ({"delay": "soon"}, "whole number"),
        ({"per_day": "0"}, "whole number"),
        ({"countries": "Germany"}, "two letters"),
        ({"region": "Germany"}, "two letters"),
        ({"hours": "at night"}, "such as 22-7"),
        ({"zone": "Berlin"}, "no such time zone"),
        ({"chat": ""}, "no such place"),
        ({"place": "pigeon|"}, "Please fill this in."),
        ({"chat": "@news"}, "an account already"),
    ],
)
async def test_what_is_wrong_with_an_account_is_told_beside_its_field(
    desk: NewsDesk, typed: dict[str, str], said: str
) -> None:
    await desk.sign_in()
    await desk.account()

    sent = await send(desk, NEW, {**GIVEN, "place": "memory|", "chat": "@b", **typed})

    assert sent.status_code == 422
    assert said in sent.text
    assert len(await every(desk)) == 1


async def test_rules_are_changed_and_tell_what_they_would_have_posted(desk: NewsDesk) -> None:
    await desk.sign_in()
    number = await desk.account()
    await desk.publish()
    path = f"{ACCOUNTS}/{number}"

    looked = await send(desk, path, {**GIVEN, "countries": "JP", "do": "preview"})
    kept = [one.rules.countries for one in await every(desk)]
    sent = await send(desk, path, {**GIVEN, "countries": "US"})
    page = await desk.open(path)

    assert "would have posted 0 recalls" in looked.text
    assert kept == [()]
    assert sent.status_code == 303
    assert "would have posted 1 recall " in page.text
    assert [one.rules.countries for one in await every(desk)] == [("US",)]


async def test_an_account_is_paused_and_resumed_and_says_how_it_is(desk: NewsDesk) -> None:
    await desk.sign_in()
    number = await desk.account()

    await send(desk, f"{ACCOUNTS}/{number}/pause", {})
    paused = await desk.open(ACCOUNTS)
    drafted = await drafted_after(desk)
    await send(desk, f"{ACCOUNTS}/{number}/resume", {})
    resumed = await desk.open(ACCOUNTS)

    assert "Paused" in paused.text
    assert drafted == 0
    assert "Posts" in resumed.text
    assert [one.active for one in await every(desk)] == [True]
    assert {"account_paused", "account_resumed"} <= set(await desk.did())


async def drafted_after(desk: NewsDesk) -> int:
    await desk.publish()
    return sum([len(await desk.pile(pile)) for pile in Pile])


@pytest.mark.parametrize("path", [NEW, f"{ACCOUNTS}/1", f"{ACCOUNTS}/1/pause"])
async def test_only_an_admin_changes_accounts_and_others_read(
    desk: NewsDesk, path: str
) -> None:
    await desk.sign_in("eve", Role.APPROVER)
    await desk.account()

    sent = await send(desk, path, GIVEN)
    page = await desk.open(ACCOUNTS)

    assert sent.status_code == 403
    assert "News" in page.text
    assert "Rules and style" not in page.text


async def test_money_is_shown_where_an_account_costs_some(desk: NewsDesk) -> None:
    await desk.sign_in()
    await desk.account()
    without = await desk.open(MONEY)
    await desk.account("X", place=Address("x", "news"))
    await desk.publish()
    x_post = next(one for one in await desk.pile(Pile.APPROVAL) if one.draft.account == 2)
    purse = KeptPurse(desk.database, desk.clock)
    await purse.spend(x_post.draft.key, 200_000, 20_000_000)
    await purse.spend("read:1", 5_000, 20_000_000)

    page = await desk.open(MONEY)
    queue = await desk.open("/desk/drafts")

    assert without.status_code == 404
    assert "This month $0.205 of at most $20.00 are spent." in page.text
    assert "$0.20" in page.text
    assert f"/desk/drafts/{x_post.draft.alert}/{x_post.draft.account}" in page.text
    assert "reading and answering" in page.text
    assert f'href="{MONEY}"' in queue.text


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (datetime(2026, 11, 11, tzinfo=UTC), 3_000_007),
        (datetime(2026, 11, 1, tzinfo=UTC), 30_000_007),
        (datetime(2026, 12, 1, 0, 0, tzinfo=UTC) - timedelta(seconds=1), 1_000_019),
    ],
)
def test_the_forecast_is_what_a_day_cost_for_every_day_and_what_waits(
    now: datetime, told: int
) -> None:
    assert abs(forecast(1_000_000, 7, now) - told) <= 15


async def test_an_advisory_is_drafted_for_every_account_of_its_language(
    desk: NewsDesk,
) -> None:
    await desk.sign_in("eve", Role.EDITOR)
    one = await desk.account()
    await desk.account("Deutsch", style=Style("de"), place=Address("memory", "@de"))
    page = await desk.open(f"{ADVISORY}?lang=en&season=flight")
    typed = {"lang": "en", "title": "Before you fly", "text": "Look.\n\nStop.", **LINK}

    looked = await send(desk, ADVISORY, {**typed, "account": [str(one)], "do": "preview"})
    before = len(await desk.pile(Pile.APPROVAL))
    sent = await send(desk, ADVISORY, {**typed, "account": [str(one)]})

    assert "Before you fly: recalled power banks" in page.text
    assert "Deutsch (memory)" not in page.text
    assert "https://www.example.org/flying" in looked.text
    assert (looked.status_code, before, sent.status_code) == (200, 0, 303)
    [listed] = await desk.pile(Pile.APPROVAL)
    assert (listed.draft.event, listed.draft.stage) == (0, Stage.DRAFTED)
    assert listed.occurrence.startswith("advisory ")
    assert [block.text for block in listed.draft.parts[0].blocks][:3] == [
        *("Before you fly", "Look.", "Stop.")
    ]
    assert "advise" in await desk.did()


async def test_an_advisory_lists_what_is_recalled_as_far_as_it_fits(desk: NewsDesk) -> None:
    await desk.sign_in()
    one = await desk.account()
    await desk.publish(category="power-bank")
    typed = {"lang": "en", "title": "Before you fly", "text": "Look.", **LINK}

    await send(desk, ADVISORY, {**typed, "account": [str(one)], "category": "power-bank"})

    texts = [listed.draft.parts[0].message("en").plain for listed in await desk.pile(APPROVAL)]
    assert any("Recalled at present:\n- Acme X100 power bank" in text for text in texts)


APPROVAL = Pile.APPROVAL


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title": ""}, "Please fill this in."),
        ({"text": ""}, "Please fill this in."),
        ({"account": []}, "at least one account"),
        ({"url-0": "javascript:alert(1)"}, "begins with https://"),
        ({"at": "2020-01-01T09:00"}, "This time is over."),
        ({"at": "soon"}, "no such time"),
    ],
)
async def test_what_is_wrong_with_an_advisory_is_told(
    desk: NewsDesk, typed: dict[str, Any], said: str
) -> None:
    await desk.sign_in()
    one = await desk.account()
    given = {"lang": "en", "title": "Before you fly", "text": "Look.", "account": [str(one)]}

    sent = await send(desk, ADVISORY, {**given, **LINK, **typed})

    assert sent.status_code == 422
    assert said in sent.text
    assert await desk.pile(Pile.APPROVAL) == ()


async def test_an_advisory_too_long_for_one_account_is_drafted_for_none(
    desk: NewsDesk,
) -> None:
    await desk.sign_in()
    one = await desk.account()
    two = await desk.account("X", place=Address("x", "news"))
    typed = {"lang": "en", "title": "Before you fly", "text": "Look at it. " * 60, **LINK}

    sent = await send(desk, ADVISORY, {**typed, "account": [str(one), str(two)]})

    assert sent.status_code == 422
    assert "too long for an account" in sent.text
    assert await desk.pile(Pile.APPROVAL) == ()


async def test_an_advisory_without_a_source_waits_for_one(desk: NewsDesk) -> None:
    await desk.sign_in()
    one = await desk.account()
    typed = {"lang": "en", "title": "Before you fly", "text": "Look.", "account": [str(one)]}
    await send(desk, ADVISORY, typed)
    which = await desk.only(Pile.APPROVAL)

    sent = await desk.do(which, "approve")

    assert sent.status_code == 422
    assert (await desk.draft(which)).stage is Stage.DRAFTED
