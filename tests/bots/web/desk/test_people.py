"""What people change at the desk: themselves, others, and how it is written down."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bots.web.desk.roles import LEAST, Deed, Role, allowed
from bots.web.desk.written import A_PAGE
from core.store import audit
from core.store.audit import Done
from tests.bots.web.desk.stage import OTHER, PASSWORD, DeskStage, Somebody, at_the_desk

ME = "/desk/me"
PEOPLE = "/desk/operators"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[DeskStage]:
    async with at_the_desk(tmp_path) as stage:
        yield stage


@pytest.fixture
async def ann(stage: DeskStage) -> Somebody:
    """Give somebody who is signed in as an admin."""
    ann = await stage.somebody()
    await stage.sign_in(ann)
    return ann


async def number_of(stage: DeskStage, name: str) -> int:
    return (await stage.known(name)).pk


def test_each_role_may_do_what_those_before_it_may() -> None:
    may = {role: {deed for deed in Deed if allowed(role, deed)} for role in Role}

    assert set(LEAST) == set(Deed)
    assert may[Role.VIEWER] == {Deed.READ}
    assert may[Role.EDITOR] - may[Role.VIEWER] == {Deed.EDIT, Deed.HOLD, Deed.ADVISE}
    assert may[Role.APPROVER] - may[Role.EDITOR] == {Deed.APPROVE, Deed.RELEASE, Deed.RETRACT}
    assert may[Role.ADMIN] == set(Deed)


async def test_a_new_password_ends_every_session_but_a_new_one_here(
    stage: DeskStage, ann: Somebody
) -> None:
    before = stage.client.cookies["recallbot-desk"]
    async with stage.another() as elsewhere:
        await elsewhere.sign_in(ann)
        typed = {"password": PASSWORD, "new": OTHER, "again": OTHER}
        sent = await stage.send(f"{ME}/password", typed, ME)
        there = await elsewhere.client.get(ME)
    here = await stage.client.get(ME)

    assert sent.status_code == 303
    assert (here.status_code, there.status_code) == (200, 303)
    assert "Your password is changed." in here.text
    assert "Your password is changed." not in (await stage.client.get(ME)).text
    assert stage.client.cookies["recallbot-desk"] != before
    async with stage.another() as browser:
        assert (await browser.sign_in(ann)).status_code == 401
        assert (await browser.sign_in(ann, password=OTHER)).status_code == 303


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"password": "not mine", "new": OTHER, "again": OTHER}, "This is not your password"),
        ({"password": PASSWORD, "new": "short", "again": "short"}, "at least 12"),
        ({"password": PASSWORD, "new": OTHER, "again": PASSWORD}, "not the same"),
        ({"password": "", "new": "", "again": ""}, "Please fill this in."),
    ],
)
@pytest.mark.usefixtures("ann")
async def test_a_password_is_not_changed_where_something_is_wrong(
    stage: DeskStage, typed: dict[str, str], said: str
) -> None:
    before = (await stage.known("ann")).password

    sent = await stage.send(f"{ME}/password", typed, ME)

    assert sent.status_code == 422
    assert said in sent.text
    assert (await stage.known("ann")).password == before


@pytest.mark.usefixtures("ann")
async def test_a_stolen_session_cannot_try_passwords_without_end(stage: DeskStage) -> None:
    for _ in range(5):
        await stage.send(f"{ME}/codes", {"confirm": "a guess"}, ME)

    held_up = await stage.send(f"{ME}/codes", {"confirm": PASSWORD}, ME)

    assert held_up.status_code == 422


async def test_new_recovery_codes_replace_the_old_ones(stage: DeskStage, ann: Somebody) -> None:
    page = await stage.send(f"{ME}/codes", {"confirm": PASSWORD}, ME)
    async with stage.another() as thief:
        old = await thief.try_in("ann", PASSWORD, ann.codes[0])

    assert page.text.count("<code>") == 10
    assert old.status_code == 401


async def test_other_browsers_are_signed_out_at_a_word(stage: DeskStage, ann: Somebody) -> None:
    async with stage.another() as elsewhere:
        await elsewhere.sign_in(ann)
        before = await stage.client.get(ME)
        await stage.send(f"{ME}/elsewhere", {}, ME)
        there = await elsewhere.client.get(ME)
    here = await stage.client.get(ME)

    assert "with 1 other browser." in before.text
    assert (here.status_code, there.status_code) == (200, 303)
    assert "signed out everywhere else" in here.text


@pytest.mark.usefixtures("ann")
async def test_an_admin_invites_and_hands_over_what_is_shown_once(stage: DeskStage) -> None:
    page = await stage.send(PEOPLE, {"name": "Bea", "role": "editor"}, PEOPLE)
    listed = await stage.client.get(PEOPLE)

    kept = await stage.known("bea")
    assert page.status_code == 200
    assert "/desk/enrol?name=bea" in page.text
    assert kept.totp in page.text
    assert "<svg" in page.text
    assert kept.totp not in listed.text
    assert "invited" in listed.text
    assert (await stage.log())[-1].detail == "bea: editor"


@pytest.mark.parametrize(
    ("name", "said"),
    [("ann", "has that name"), ("<b>", "Use letters and digits"), ("", "Use letters")],
)
@pytest.mark.usefixtures("ann")
async def test_a_name_that_will_not_do_is_told(stage: DeskStage, name: str, said: str) -> None:
    page = await stage.send(PEOPLE, {"name": name, "role": "editor"}, PEOPLE)

    assert page.status_code == 422
    assert said in page.text


@pytest.mark.usefixtures("ann")
async def test_another_role_signs_somebody_out_and_counts_at_once(stage: DeskStage) -> None:
    bob = await stage.somebody("bob", Role.VIEWER)
    async with stage.another() as theirs:
        await theirs.sign_in(bob)
        pk = await number_of(stage, "bob")
        sent = await stage.send(f"{PEOPLE}/{pk}/role", {"role": "approver"}, PEOPLE)
        after = await theirs.client.get(ME)
        await theirs.sign_in(bob)
        again = await theirs.client.get(ME)

    assert sent.status_code == 303
    assert "bob has another role now." in (await stage.client.get(PEOPLE)).text
    assert after.status_code == 303
    assert "bob · approver" in again.text


@pytest.mark.usefixtures("ann")
async def test_whoever_is_switched_off_is_out_until_invited_anew(stage: DeskStage) -> None:
    bob = await stage.somebody("bob", Role.VIEWER)
    pk = await number_of(stage, "bob")
    async with stage.another() as theirs:
        await theirs.sign_in(bob)
        await stage.send(f"{PEOPLE}/{pk}/off", {}, PEOPLE)
        page = await theirs.client.get(ME)
        sent = await theirs.sign_in(bob)
    again = await stage.send(f"{PEOPLE}/{pk}/reset", {}, PEOPLE)

    assert (page.status_code, sent.status_code) == (303, 401)
    assert again.status_code == 200
    assert (await stage.known("bob")).active


@pytest.mark.parametrize("deed", ["role", "off", "reset"])
@pytest.mark.usefixtures("ann")
async def test_nobody_changes_themselves_so_that_an_admin_is_left(
    stage: DeskStage, deed: str
) -> None:
    sent = await stage.send(f"{PEOPLE}/1/{deed}", {"role": "viewer"}, PEOPLE)
    nobody = await stage.send(f"{PEOPLE}/99/{deed}", {"role": "viewer"}, PEOPLE)
    nonsense = await stage.send(f"{PEOPLE}/x/{deed}", {"role": "viewer"}, PEOPLE)

    assert (sent.status_code, nobody.status_code, nonsense.status_code) == (400, 404, 404)
    assert (await stage.known("ann")).role == "admin"


@pytest.mark.usefixtures("ann")
async def test_a_role_that_is_none_is_refused(stage: DeskStage) -> None:
    sent = await stage.send(PEOPLE, {"name": "bob", "role": "king"}, PEOPLE)

    assert sent.status_code == 400


@pytest.mark.usefixtures("ann")
async def test_the_log_names_who_did_what_to_which_post_and_goes_back_in_pages(
    stage: DeskStage,
) -> None:
    async with stage.database.writing() as connection:
        for number in range(A_PAGE):
            done = Done("approve", number + 1, 7, "<i>looks right</i>")
            await audit.add(connection, stage.clock.now(), "bob", done)

    newest = await stage.client.get("/desk/audit")
    older = await stage.client.get("/desk/audit?before=2")

    assert newest.text.count("<time") == A_PAGE
    assert 'href="/desk/drafts/50/7"' in newest.text
    assert "&lt;i&gt;looks right" in newest.text
    assert 'href="/desk/audit?before=2"' in newest.text
    assert older.text.count("<time") == 1
    assert "signed in" in older.text
    assert 'href="/desk/audit"' in older.text


@pytest.mark.parametrize("path", [ME, PEOPLE, "/desk/audit"])
@pytest.mark.parametrize("lang", ["de", "es", "fr", "ja", "zh-Hans", "zh-Hant"])
@pytest.mark.usefixtures("ann")
async def test_pages_are_in_the_readers_language(
    stage: DeskStage, path: str, lang: str
) -> None:
    page = await stage.client.get(path, headers={"Accept-Language": lang})

    assert page.status_code == 200
    assert f'<html lang="{lang}"' in page.text
    assert "desk_" not in page.text
