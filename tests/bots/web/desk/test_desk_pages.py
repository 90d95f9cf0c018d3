"""Drafts at the desk: seen as they will look, decided on, each deed by whoever may do it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bots.web.desk.roles import Role
from core.channel import Address
from core.model.public import Mode, Rules, Stage, Style
from core.store.piles import Pile
from tests.bots.web.desk.newsdesk import (
    QUEUE,
    NewsDesk,
    at_the_news_desk,
    fields_of,
    path_of,
)
from tests.bots.web.desk.stage import token_in

TWO = Rules(two_for_serious=True)
BANNED = "This is only a precautionary measure."


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[NewsDesk]:
    async with at_the_news_desk(tmp_path) as desk:
        yield desk


async def test_the_queue_shows_the_whole_text_and_says_danger_in_words(desk: NewsDesk) -> None:
    await desk.sign_in()
    await desk.account()

    which = await desk.recall()
    page = await desk.open(QUEUE)

    assert "Serious danger: can kill" in page.text
    assert "Waiting for approval (1)" in page.text
    for block in (await desk.draft(which)).parts[0].blocks:
        assert block.text.split("\n")[0] in page.text
    assert f'action="{path_of(which)}/approve"' in page.text


async def test_what_is_approved_is_what_is_posted_once(desk: NewsDesk) -> None:
    await desk.sign_in()
    await desk.account()
    which = await desk.recall()

    sent = await desk.do(which, "approve", back="queue")
    await desk.dispatch()
    page = await desk.open(QUEUE)

    assert (sent.status_code, sent.headers["location"]) == (303, QUEUE)
    assert "It is released and goes out now." in page.text
    assert "Posted (1)" in page.text
    [post] = desk.channels["memory"].sent
    assert post.text.startswith("Product safety recall")
    assert {"approve", "release"} <= set(await desk.did())


@pytest.mark.parametrize(
    ("what", "role"),
    [
        *[(one, Role.EDITOR) for one in ("approve", "drop", "schedule", "again", "seen")],
        *[(one, Role.EDITOR) for one in ("taken-down", "withdraw")],
        *[(one, Role.VIEWER) for one in ("hold", "take-up", "edit", "approve")],
    ],
)
async def test_nobody_decides_what_their_role_may_not(
    desk: NewsDesk, what: str, role: Role
) -> None:
    await desk.sign_in("eve", role)
    await desk.account()
    which = await desk.recall()
    page = await desk.open("/desk/me")

    typed = {"token": token_in(page.text), "version": "1"}
    sent = await desk.stage.client.post(f"{path_of(which)}/{what}", data=typed)

    assert sent.status_code == 403
    assert (await desk.draft(which)).stage is Stage.DRAFTED
    assert f'action="{path_of(which)}/{what}"' not in (await desk.open(which)).text


async def test_a_form_without_its_token_decides_nothing(desk: NewsDesk) -> None:
    await desk.sign_in()
    await desk.account()
    which = await desk.recall()

    sent = await desk.do(which, "approve", token="another")

    assert sent.status_code == 403
    assert (await desk.draft(which)).stage is Stage.DRAFTED


async def test_two_different_people_release_what_can_kill(desk: NewsDesk) -> None:
    await desk.sign_in("ann", Role.APPROVER)
    await desk.account(rules=TWO)
    which = await desk.recall()

    once = await desk.do(which, "approve")
    page = await desk.open(which)
    twice = await desk.do(which, "approve")
    between = (await desk.draft(which)).stage
    await desk.sign_in("bob", Role.APPROVER)
    other = await desk.do(which, "approve")

    assert once.status_code == 303
    assert "Somebody else has to approve it too." in page.text
    assert "approved by 1 of 2" in page.text
    assert twice.status_code == 422
    assert "You approved this version already" in twice.text
    assert between is Stage.DRAFTED
    assert other.status_code == 303
    assert (await desk.draft(which)).stage is Stage.RELEASED


async def test_whoever_approves_another_version_than_they_saw_is_shown_the_new_text(
    desk: NewsDesk,
) -> None:
    await desk.sign_in()
    await desk.account()
    which = await desk.recall()
    fields = fields_of(await desk.draft(which)) | {"more-0": "Ask your town hall."}
    await desk.do(which, "edit", **fields)

    sent = await desk.do(which, "approve", version="1")

    assert sent.status_code == 409
    assert "Somebody changed it meanwhile" in sent.text
    assert "Ask your town hall." in sent.text
    assert (await desk.draft(which)).stage is Stage.DRAFTED


async def test_an_edit_is_a_new_version_that_nobody_approved_yet(desk: NewsDesk) -> None:
    await desk.sign_in("ann", Role.APPROVER)
    await desk.account(rules=TWO)
    which = await desk.recall()
    await desk.do(which, "approve")
    fields = fields_of(await desk.draft(which)) | {"more-0": "Ask your town hall."}

    looked = await desk.do(which, "edit", **fields, do="preview")
    before = await desk.draft(which)
    saved = await desk.do(which, "edit", **fields, do="save")
    after = await desk.draft(which)

    assert looked.status_code == 200
    assert looked.text.count("Ask your town hall.") == 1
    assert (before.version, before.approvals) == (1, ("ann",))
    assert saved.status_code == 303
    assert (after.version, after.approvals, after.edited) == (2, (), True)
    assert after.parts[0].blocks[-1].text == "Ask your town hall."
    assert [one.role for one in after.parts[0].blocks[:-1]] == [
        one.role for one in before.parts[0].blocks
    ]


async def test_two_who_edit_at_once_lose_nothing_of_what_they_wrote(desk: NewsDesk) -> None:
    await desk.sign_in()
    await desk.account()
    which = await desk.recall()
    fields = fields_of(await desk.draft(which))
    await desk.do(which, "edit", **fields | {"more-0": "The first one."})

    sent = await desk.do(which, "edit", version="1", **fields | {"block-0-0": "The second."})

    assert sent.status_code == 409
    assert "What you wrote" in sent.text
    assert "The second." in sent.text
    assert "The first one." in sent.text


async def test_what_the_linter_finds_keeps_it_from_being_approved(desk: NewsDesk) -> None:
    await desk.sign_in()
    await desk.account()
    which = await desk.recall()
    fields = fields_of(await desk.draft(which)) | {"more-0": BANNED}
    await desk.do(which, "edit", **fields)

    page = await desk.open(which)
    sent = await desk.do(which, "approve")

    assert "precautionary" in page.text
    assert f'action="{path_of(which)}/approve"' not in page.text
    assert sent.status_code == 422
    assert (await desk.draft(which)).stage is Stage.DRAFTED


async def test_a_part_that_is_no_single_post_is_not_saved(desk: NewsDesk) -> None:
    await desk.sign_in()
    await desk.account(place=Address("x", "news"))
    which = await desk.recall()
    fields = fields_of(await desk.draft(which)) | {"more-0": "Too long. " * 60}

    sent = await desk.do(which, "edit", **fields)

    assert sent.status_code == 422
    assert "Post 1 is too long for this platform" in sent.text
    assert (await desk.draft(which)).version == 1


@pytest.mark.parametrize("channel", ["x", "bluesky", "mastodon", "telegram", "discord"])
async def test_each_platform_shows_its_own_look_and_its_own_count(
    desk: NewsDesk, channel: str
) -> None:
    await desk.sign_in()
    await desk.account(place=Address(channel, "news"))
    which = await desk.recall()

    page = await desk.open(which)
    queue = await desk.open(QUEUE)

    assert page.status_code == queue.status_code == 200
    assert "characters, as the platform counts" in page.text
    assert 'class="post danger"' not in page.text
    assert "&lt;b&gt;" not in page.text
    assert "**" not in page.text
    if channel != "discord":
        picture = await desk.open(which, "/picture.jpg?part=0")
        assert picture.headers["content-type"] == "image/jpeg"
        assert picture.content[:2] == b"\xff\xd8"
        assert "Description of the picture" in page.text


async def test_a_time_is_the_accounts_own_and_never_past(desk: NewsDesk) -> None:
    await desk.sign_in()
    await desk.account(rules=Rules(zone="Europe/Berlin"))
    which = await desk.recall()
    year = desk.clock.now().year + 1

    past = await desk.do(which, "schedule", at="2020-01-01T09:00")
    nonsense = await desk.do(which, "schedule", at="tomorrow")
    sent = await desk.do(which, "schedule", at=f"{year}-07-01T09:00")
    page = await desk.open(which)
    await desk.do(which, "approve")

    assert (past.status_code, nonsense.status_code, sent.status_code) == (422, 422, 303)
    assert "This time is over." in past.text
    assert "There is no such time there." in nonsense.text
    assert "(Europe/Berlin)" in page.text
    assert "7:00" in page.text
    draft = await desk.draft(which)
    assert draft.stage is Stage.RELEASED
    assert draft.due_at is not None
    assert (draft.due_at.hour, draft.due_at.minute) == (7, 0)


async def test_anyone_who_may_hold_stops_what_counts_down(desk: NewsDesk) -> None:
    await desk.sign_in("eve", Role.EDITOR)
    rules = Rules(mode=Mode.DELAYED, delay=timedelta(minutes=30))
    await desk.account(rules=rules)
    await desk.publish()
    which = await desk.only(Pile.COUNTING)
    queue = await desk.open(QUEUE)

    sent = await desk.do(which, "hold", back="queue")
    held = (await desk.draft(which)).stage
    await desk.do(which, "take-up")

    assert "unless somebody stops it" in queue.text
    assert "30 minutes" in queue.text or "29 minutes" in queue.text
    assert sent.headers["location"] == QUEUE
    assert held is Stage.HELD
    assert (await desk.draft(which)).stage is Stage.DRAFTED


async def test_what_is_dropped_is_not_posted_and_can_come_back(desk: NewsDesk) -> None:
    await desk.sign_in()
    await desk.account()
    which = await desk.recall()

    await desk.do(which, "drop")
    dropped = await desk.open(f"{QUEUE}?pile=dropped")
    await desk.do(which, "take-up")

    assert "Not posted (1)" in dropped.text
    assert (await desk.draft(which)).stage is Stage.DRAFTED


async def test_a_doubtful_post_waits_until_somebody_looked(desk: NewsDesk) -> None:
    await desk.sign_in()
    await desk.account(place=Address("mastodon", "news@social.example"))
    which = await desk.recall()
    await desk.do(which, "approve")
    await desk.rests(which, 5, "may_have_arrived")

    queue = await desk.open(QUEUE)
    wrong = await desk.do(which, "seen", part="9")
    link = "https://social.example/@news/114"
    sent = await desk.do(which, "seen", part="1", message=link)
    page = await desk.open(which)
    after = await desk.get(which)

    assert "Needs a person (1)" in queue.text
    assert (wrong.status_code, sent.status_code) == (409, 303)
    assert [one.message for one in after.posted] == ["114"]
    assert f'href="{link}"' in page.text


async def test_what_is_not_there_is_posted_again(desk: NewsDesk) -> None:
    await desk.sign_in()
    await desk.account()
    which = await desk.recall()
    await desk.do(which, "approve")
    early = await desk.do(which, "again")
    await desk.rests(which, 7, "post_rejected")

    sent = await desk.do(which, "again")
    await desk.dispatch()

    assert (early.status_code, sent.status_code) == (409, 303)
    assert len(desk.channels["memory"].sent) == 1


async def test_a_post_is_withdrawn_everywhere_by_one_click_below_the_post(
    desk: NewsDesk,
) -> None:
    await desk.sign_in()
    one = await desk.account()
    two = await desk.account("Toots", place=Address("mastodon", "news@social.example"))
    await desk.publish()
    for account in (one, two):
        await desk.do(await desk.only(Pile.APPROVAL, account), "approve")
    await desk.dispatch()
    which = await desk.only(Pile.POSTED, one)

    sent = await desk.do(which, "withdraw")
    page = await desk.open(which)
    await desk.dispatch()
    again = await desk.do(which, "withdraw")

    assert sent.status_code == 303
    assert "Posts that say so are on their way: 2." in page.text
    first, *later = desk.channels["memory"].sent
    assert any(
        "We withdraw our post" in post.text and post.reply_to == first.id for post in later
    )
    assert any("We withdraw our post" in one.text for one in desk.channels["mastodon"].sent)
    assert again.status_code == 409


async def test_a_withdrawal_of_what_can_kill_needs_two_people_too(desk: NewsDesk) -> None:
    await desk.sign_in("ann", Role.APPROVER)
    await desk.account(rules=TWO)
    which = await desk.recall()
    await desk.do(which, "approve")
    await desk.sign_in("bob", Role.APPROVER)
    await desk.do(which, "approve")
    await desk.dispatch()

    await desk.do(which, "withdraw")
    page = await desk.open(which)

    assert "Still to be approved: 1." in page.text
    correction = await desk.only(Pile.APPROVAL)
    assert (await desk.draft(correction)).approvals == ("bob",)


async def test_what_a_person_deleted_there_is_noted(desk: NewsDesk) -> None:
    await desk.sign_in()
    await desk.account()
    which = await desk.recall()
    early = await desk.do(which, "taken-down")
    await desk.do(which, "approve")
    await desk.dispatch()

    sent = await desk.do(which, "taken-down")
    page = await desk.open(which)

    assert (early.status_code, sent.status_code) == (409, 303)
    assert "A person took it down on the platform." in page.text
    assert "taken_down" in await desk.did()


async def test_the_queue_is_narrowed_to_an_account_and_goes_on_in_pages(
    desk: NewsDesk,
) -> None:
    await desk.sign_in()
    await desk.account()
    other = await desk.account("Other", place=Address("memory", "@other"))
    for number in range(21):
        await desk.publish(f"r{number}", brands=[f"Brand{number}"], product=f"Thing {number}")

    narrowed = await desk.open(f"{QUEUE}?account={other}")
    first = await desk.open(f"{QUEUE}?pile=approval&account={other}")
    second = await desk.open(f"{QUEUE}?pile=approval&account={other}&start=20")

    assert "Waiting for approval (21)" in narrowed.text
    assert first.text.count("<article") == 20
    assert second.text.count("<article") == 1


async def test_an_unknown_draft_is_not_there(desk: NewsDesk) -> None:
    await desk.sign_in()

    for path in ("9/9", "x/1", "1/1/edit", "1/1/picture.jpg"):
        assert (await desk.open(f"{QUEUE}/{path}")).status_code == 404


@pytest.mark.parametrize("lang", ["de", "es", "fr", "ja", "zh-Hans", "zh-Hant"])
async def test_the_pages_are_in_the_readers_language_the_posts_in_the_accounts(
    desk: NewsDesk, lang: str
) -> None:
    await desk.sign_in()
    number = await desk.account(style=Style("de"))
    which = await desk.recall()
    paths = [QUEUE, path_of(which), f"{path_of(which)}/edit", "/desk/accounts"]
    paths += [f"/desk/accounts/{number}", "/desk/accounts/new", "/desk/advisories/new"]

    for path in paths:
        page = await desk.stage.client.get(path, headers={"Accept-Language": lang})
        assert page.status_code == 200
        assert "desk_" not in page.text
    assert 'lang="de"' in page.text


async def test_the_pages_show_the_way_to_the_desk_once_somebody_works_there(
    desk: NewsDesk,
) -> None:
    before = await desk.stage.client.get("/recalls")
    await desk.sign_in()
    desk.clock.ahead += timedelta(minutes=1)
    after = await desk.stage.client.get("/recalls")

    assert 'href="/desk"' not in before.text
    assert 'href="/desk"' in after.text


@pytest.mark.parametrize(("zone", "times"), [(None, 1), ("Europe/Berlin", 2)])
async def test_a_time_that_is_utc_already_is_said_once(
    desk: NewsDesk, zone: str | None, times: int
) -> None:
    await desk.sign_in()
    await desk.account(rules=Rules(zone=zone))
    which = await desk.recall()

    await desk.do(which, "schedule", at=f"{desk.clock.now():%Y}-12-01T09:00")
    page = await desk.open(which)

    [said] = re.findall(r'role="status">(.*?)</p>', page.text)
    assert len(re.findall(r"\((?:UTC|Europe/Berlin)\)", said)) == times


async def test_the_queue_names_the_product_beside_the_account(desk: NewsDesk) -> None:
    await desk.sign_in()
    await desk.account(place=Address("x", "news"))
    await desk.publish("25-119", product="Acme X100 power bank")

    page = await desk.open(QUEUE)

    [heading] = re.findall(r"<h3[^>]*>(.*?)</h3>", page.text)
    assert re.sub("<[^>]+>", "", heading) == "News: Acme X100 power bank"
