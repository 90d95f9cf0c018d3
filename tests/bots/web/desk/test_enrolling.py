"""From an invitation to somebody who can sign in, and what an invitation is not good for."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest

from bots.web.desk.inviting import Invited, invite, invite_again
from bots.web.desk.roles import Role
from core.text.translations import translator
from tests.bots.web.desk.stage import OTHER, PASSWORD, DeskStage, at_the_desk

REFUSED = translator("en")("desk_enrol_refused")


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[DeskStage]:
    async with at_the_desk(tmp_path) as stage:
        yield stage


async def invited(stage: DeskStage, name: str = "Bea") -> Invited:
    async with stage.database.writing() as connection:
        return await invite(connection, name, Role.EDITOR, stage.clock.now(), "ann")


def app_of(stage: DeskStage, one: Invited) -> str:
    return pyotp.TOTP(one.totp).at(stage.clock.now())


async def answer(stage: DeskStage, one: Invited, **fields: str) -> str:
    """Answer the invitation; return the page."""
    typed = {
        "name": one.name,
        "invitation": one.code,
        "password": PASSWORD,
        "again": PASSWORD,
        "code": app_of(stage, one),
        **fields,
    }
    return (await stage.send("/desk/enrol", typed)).text


async def test_an_invitation_leads_to_a_password_ten_codes_and_a_session(
    stage: DeskStage,
) -> None:
    bea = await invited(stage)

    page = await answer(stage, bea)

    codes = re.findall(r"<code>([a-z2-9-]{19})</code>", page)
    assert len(set(codes)) == 10
    assert "bea · editor" in (await stage.client.get("/desk/me")).text
    stage.clock.ahead += timedelta(minutes=1)
    async with stage.another() as elsewhere:
        assert (await elsewhere.try_in("bea", PASSWORD, app_of(stage, bea))).status_code == 303
    async with stage.another() as elsewhere:
        assert (await elsewhere.try_in("bea", PASSWORD, codes[0])).status_code == 303
    assert [one.did for one in await stage.log()] == [
        *("operator_added", "enrolled", "signed_in", "signed_in_recovery"),
    ]


async def test_an_invitation_is_answered_once(stage: DeskStage) -> None:
    bea = await invited(stage)
    await answer(stage, bea)
    stage.clock.ahead += timedelta(minutes=1)

    async with stage.another() as thief:
        page = await answer(thief, bea, password=OTHER, again=OTHER)

    assert REFUSED in page


async def test_an_invitation_holds_for_a_day(stage: DeskStage) -> None:
    bea = await invited(stage)

    stage.clock.ahead += timedelta(hours=24, seconds=1)
    page = await answer(stage, bea)

    assert REFUSED in page


async def test_a_new_invitation_ends_the_old_one_and_every_session(stage: DeskStage) -> None:
    bea = await invited(stage)
    await answer(stage, bea)
    async with stage.database.writing() as connection:
        known = await stage.known("bea")
        again = await invite_again(connection, known, stage.clock.now(), "ann")

    async with stage.another() as thief:
        old = await answer(thief, bea)
        signed_in = await thief.try_in("bea", PASSWORD, app_of(stage, again))
    page = await answer(stage, again)

    assert REFUSED in old
    assert signed_in.status_code == 401
    assert page.count("<code>") == 10


@pytest.mark.parametrize(
    "wrong",
    [{"invitation": "aaaa-bbbb-cccc-dddd"}, {"code": "000000"}, {"name": "nobody"}],
)
async def test_what_does_not_fit_is_refused_and_uses_nothing_up(
    stage: DeskStage, wrong: dict[str, str]
) -> None:
    bea = await invited(stage)

    refused = await answer(stage, bea, **wrong)
    page = await answer(stage, bea)

    assert REFUSED in refused
    assert page.count("<code>") == 10


async def test_somebody_with_a_password_cannot_be_taken_over_by_a_guess(
    stage: DeskStage,
) -> None:
    ann = await stage.somebody()
    guess = Invited("ann", "", ann.totp)

    page = await answer(stage, guess, invitation="$")

    assert REFUSED in page
    assert (await stage.sign_in(ann)).status_code == 303


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("short", "short", "Use at least 12 characters."),
        ("x" * 201, "x" * 201, "Use at most 200 characters."),
        ("aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", "easy to guess"),
        ("my name is bea, yes", "my name is bea, yes", "easy to guess"),
        (PASSWORD, OTHER, "not the same"),
        ("", "", "Please fill this in."),
    ],
)
async def test_a_password_that_will_not_do_is_told_beside_its_field(
    stage: DeskStage, password: str, again: str, said: str
) -> None:
    bea = await invited(stage)

    page = await answer(stage, bea, password=password, again=again)

    assert said in page
    assert (await stage.known("bea")).failures == 0


async def test_an_invited_person_cannot_sign_in_before(stage: DeskStage) -> None:
    bea = await invited(stage)
    kept = (await stage.known("bea")).password

    sent = [
        await stage.try_in("bea", password, app_of(stage, bea))
        for password in (kept, bea.code, PASSWORD)
    ]

    assert [one.status_code for one in sent] == [401] * 3


async def test_five_failures_make_the_next_answer_wait(stage: DeskStage) -> None:
    bea = await invited(stage)
    for _ in range(5):
        await answer(stage, bea, invitation="wrong")

    held_up = await answer(stage, bea)

    assert REFUSED in held_up
    assert (await stage.known("bea")).password.startswith("invited$")
