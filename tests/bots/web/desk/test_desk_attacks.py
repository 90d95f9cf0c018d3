"""People who want more than they may, texts that want more than they are, and races."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from PIL import Image

from bots.web.desk.roles import Role
from core.channel import Address
from core.model.public import Mode, Rules, Stage
from core.publish.desk import Desk
from core.store.piles import Pile
from tests.bots.web.desk.newsdesk import NewsDesk, at_the_news_desk, fields_of, path_of
from tests.bots.web.desk.stage import token_in

TWO = Rules(two_for_serious=True)
SLOW = Rules(mode=Mode.DELAYED, delay=timedelta(minutes=30))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[NewsDesk]:
    async with at_the_news_desk(tmp_path) as desk:
        yield desk


async def later(desk: NewsDesk) -> None:
    """Let an hour pass, and release what is due."""
    desk.clock.ahead += timedelta(hours=1)
    await Desk(desk.database, desk.clock).release_due()


async def test_what_an_editor_wrote_waits_for_an_approver_on_every_account(
    desk: NewsDesk,
) -> None:
    await desk.sign_in("eve", Role.EDITOR)
    await desk.account(rules=SLOW)
    await desk.publish()
    which = await desk.only(Pile.COUNTING)

    fields = fields_of(await desk.draft(which))
    fields["more-0"] = "Send your money to Eve."
    sent = await desk.do(which, "edit", **fields)
    await later(desk)
    draft = await desk.draft(which)

    assert sent.status_code == 303
    assert (draft.stage, draft.due_at) == (Stage.DRAFTED, None)


async def test_a_form_that_changes_nothing_stops_nothing(desk: NewsDesk) -> None:
    await desk.sign_in("eve", Role.EDITOR)
    await desk.account(rules=SLOW)
    await desk.publish()
    which = await desk.only(Pile.COUNTING)

    await desk.do(which, "edit", **fields_of(await desk.draft(which)))
    between = (await desk.draft(which)).stage
    await later(desk)

    assert between is Stage.PENDING
    assert (await desk.draft(which)).stage is Stage.RELEASED


async def test_nobody_counts_who_may_come_in_no_longer(desk: NewsDesk) -> None:
    await desk.account(rules=TWO)
    which = await desk.recall()
    await desk.sign_in("bob", Role.APPROVER)
    await desk.do(which, "approve")
    await desk.sign_in("ann", Role.ADMIN)
    bob = (await desk.stage.known("bob")).pk
    await desk.stage.send(f"/desk/operators/{bob}/off", {}, "/desk/operators")

    sent = await desk.do(which, "approve")
    draft = await desk.draft(which)

    assert sent.status_code == 303
    assert (draft.stage, draft.approvals) == (Stage.DRAFTED, ("ann",))


async def test_nobody_counts_who_may_approve_no_longer(desk: NewsDesk) -> None:
    await desk.account(rules=TWO)
    which = await desk.recall()
    await desk.sign_in("bob", Role.APPROVER)
    await desk.do(which, "approve")
    await desk.sign_in("ann", Role.ADMIN)
    bob = (await desk.stage.known("bob")).pk
    role = {"role": "viewer"}
    await desk.stage.send(f"/desk/operators/{bob}/role", role, "/desk/operators")

    await desk.do(which, "approve")
    draft = await desk.draft(which)

    assert (draft.stage, draft.approvals) == (Stage.DRAFTED, ("ann",))


async def test_who_approved_what_was_posted_stays_known(desk: NewsDesk) -> None:
    await desk.account()
    which = await desk.recall()
    await desk.sign_in("bob", Role.APPROVER)
    await desk.do(which, "approve")
    await desk.dispatch()
    await desk.sign_in("ann", Role.ADMIN)
    bob = (await desk.stage.known("bob")).pk

    await desk.stage.send(f"/desk/operators/{bob}/off", {}, "/desk/operators")

    assert (await desk.draft(which)).approvals == ("bob",)


async def test_what_was_stopped_is_approved_anew_by_the_same_person_too(
    desk: NewsDesk,
) -> None:
    await desk.sign_in("ann", Role.APPROVER)
    await desk.account()
    which = await desk.recall()
    await desk.do(which, "approve")
    await desk.do(which, "hold")
    await desk.do(which, "take-up")

    waits = await desk.draft(which)
    sent = await desk.do(which, "approve")

    assert (waits.stage, waits.approvals) == (Stage.DRAFTED, ())
    assert sent.status_code == 303
    assert (await desk.draft(which)).stage is Stage.RELEASED


@pytest.mark.parametrize("at", ["9999-12-31T23:59", "2031-01-01T00:00"])
async def test_nothing_is_put_off_for_years(desk: NewsDesk, at: str) -> None:
    await desk.sign_in("ann", Role.APPROVER)
    number = await desk.account()
    which = await desk.recall()

    sent = await desk.do(which, "schedule", at=at)
    page = await desk.open("/desk/advisories/new")
    typed = {"token": token_in(page.text), "lang": "en", "title": "Title", "text": "Text"}
    typed |= {"account": str(number), "at": at, "do": "draft"}
    written = await desk.stage.client.post("/desk/advisories/new", data=typed)

    assert (sent.status_code, written.status_code) == (422, 422)
    assert (await desk.draft(which)).due_at is None


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/ @everyone",
        "https://a.example/\nThis is only precautionary",
        "https://cpsc.gov@evil.example/",
        "https://a.example/\u202egpj.exe",
        "https://",
    ],
)
async def test_a_link_of_an_advisory_is_an_address_and_nothing_else(
    desk: NewsDesk, url: str
) -> None:
    await desk.sign_in("eve", Role.EDITOR)
    number = await desk.account()
    page = await desk.open("/desk/advisories/new")

    typed = {"token": token_in(page.text), "lang": "en", "title": "Title", "text": "Text"}
    typed |= {"account": str(number), "url-0": url, "name-0": "More", "do": "draft"}
    sent = await desk.stage.client.post("/desk/advisories/new", data=typed)

    assert sent.status_code == 422
    assert not await desk.pile(Pile.APPROVAL)


async def test_nothing_is_approved_for_an_account_that_is_paused(desk: NewsDesk) -> None:
    await desk.sign_in("ann", Role.ADMIN)
    number = await desk.account()
    which = await desk.recall()
    await desk.stage.send(f"/desk/accounts/{number}/pause", {}, "/desk/accounts")

    sent = await desk.do(which, "approve")

    assert sent.status_code == 422
    assert (await desk.draft(which)).stage is Stage.DRAFTED


MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


async def test_what_a_notice_says_is_never_markup_of_ours(desk: NewsDesk) -> None:
    await desk.sign_in()
    for number, channel in enumerate(("telegram", "discord", "mastodon", "memory")):
        await desk.account(f"{channel} {MARKUP}"[:80], place=Address(channel, f"@n{number}"))
    await desk.publish(
        product=f"Heater {MARKUP} [x](javascript:alert(1)) @everyone",
        title=f"Recall {MARKUP}",
    )

    pages = [await desk.open(one) for one in ("/desk/drafts", "/desk/accounts", "/desk/audit")]
    for listed in await desk.pile(Pile.APPROVAL):
        which = (listed.draft.alert, listed.draft.account)
        pages += [await desk.open(which), await desk.open(which, "/edit")]

    assert len(pages) > 3
    for page in pages:
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert 'href="javascript' not in page.text


async def test_letters_of_nothing_in_a_form_break_nothing(desk: NewsDesk) -> None:
    await desk.sign_in("ann", Role.ADMIN)
    await desk.account()
    which = await desk.recall()

    fields = fields_of(await desk.draft(which))
    fields["more-0"] = "Stop\0 using it."
    sent = await desk.do(which, "edit", **fields)
    parts = (await desk.draft(which)).parts

    assert sent.status_code == 303
    assert "\0" not in parts[0].blocks[-1].text


@pytest.mark.parametrize(
    "path", ["/desk/drafts/999999999999999999/1", "/desk/audit?before=999999999999999999"]
)
async def test_numbers_no_row_has_name_nothing(desk: NewsDesk, path: str) -> None:
    await desk.sign_in()

    page = await desk.open(path)

    assert page.status_code in {200, 404}


async def test_nobody_is_called_what_the_log_calls_a_rule(desk: NewsDesk) -> None:
    await desk.sign_in()

    invited = {"name": "Automatic", "role": "viewer"}
    sent = await desk.stage.send("/desk/operators", invited)

    assert sent.status_code == 422


async def test_a_photo_on_what_goes_out_by_itself_waits_for_an_approver(
    desk: NewsDesk,
) -> None:
    await desk.sign_in("eve", Role.EDITOR)
    await desk.account(rules=SLOW, place=Address("mastodon", "news@a.example"))
    await desk.publish()
    which = await desk.only(Pile.COUNTING)
    picture = BytesIO()
    Image.new("RGB", (300, 300), "red").save(picture, "PNG")

    page = await desk.open(which)
    sent = await desk.stage.client.post(
        f"{path_of(which)}/photo",
        data={"token": token_in(page.text), "version": "1", "licence_kind": "own"},
        files={"photo": ("p.png", picture.getvalue(), "image/png")},
    )
    await later(desk)

    assert sent.status_code == 303
    assert (await desk.draft(which)).stage is Stage.DRAFTED


async def test_what_was_said_is_put_right_though_its_account_is_paused(
    desk: NewsDesk,
) -> None:
    await desk.sign_in("ann", Role.ADMIN)
    number = await desk.account()
    which = await desk.recall()
    await desk.do(which, "approve")
    await desk.dispatch()
    await desk.stage.send(f"/desk/accounts/{number}/pause", {}, "/desk/accounts")

    sent = await desk.do(which, "withdraw")
    await desk.dispatch()

    assert sent.status_code == 303
    assert len(desk.channels["memory"].sent) > 1


async def test_no_deed_is_done_for_strangers_or_for_another_site(desk: NewsDesk) -> None:
    await desk.sign_in()
    number = await desk.account()
    alert, _ = await desk.recall()
    client, browser = desk.stage.client, dict(desk.stage.client.cookies)
    token = token_in((await desk.open("/desk/me")).text)
    names = {"alert": alert, "account": number, "pk": 1}
    deeds = [
        one.path.format(**names)
        for one in desk.stage.desk.frame.router.routes
        if isinstance(one, APIRoute) and "POST" in (one.methods or ())
    ]

    answers = set[object]()
    for path in deeds:
        for site in ("https://evil.example", "http://evil.recalls.example"):
            client.cookies.update(browser)
            sent = await client.post(path, data={"token": token}, headers={"origin": site})
            answers.add(sent.status_code)
        client.cookies.clear()
        stranger = await client.post(path, data={"token": token})
        answers.add((stranger.status_code, stranger.headers["location"]))

    assert len(deeds) > 20
    assert answers == {403, (303, "/desk/sign-in")}
