"""Signing in: what lets somebody in, and what everything else is answered with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from bots.web.desk.roles import Role
from bots.web.settings import WebSettings
from core.store import operators
from core.text.translations import translator
from tests.bots.web.desk.stage import (
    PASSWORD,
    DeskStage,
    at_the_desk,
    browser_of,
    token_in,
)

REFUSED = translator("en")("desk_sign_in_refused")
COOKIE = "recallbot-desk"
HOUR = timedelta(hours=1)


def contents(folder: Path) -> bytes:
    """Return what is in all files of a folder."""
    return b"".join(path.read_bytes() for path in folder.iterdir())


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[DeskStage]:
    async with at_the_desk(tmp_path) as stage:
        yield stage


@pytest.mark.parametrize("path", ["/desk", "/desk/sign-in", "/desk/enrol", "/desk/audit"])
async def test_the_desk_is_not_there_until_somebody_works_at_it(
    stage: DeskStage, path: str
) -> None:
    before = await stage.client.get(path)
    sent = await stage.client.post("/desk/sign-in", data={})
    await stage.somebody()
    after = await stage.client.get(path)

    assert (before.status_code, sent.status_code) == (404, 404)
    assert after.status_code in {200, 303}


async def test_password_and_code_let_somebody_in(stage: DeskStage) -> None:
    ann = await stage.somebody()

    sent = await stage.sign_in(ann)
    page = await stage.client.get("/desk/me")

    assert (sent.status_code, sent.headers["location"]) == (303, "/desk")
    assert page.status_code == 200
    assert "ann · admin" in page.text
    assert [(one.who, one.did) for one in await stage.log()] == [("ann", "signed_in")]


async def test_a_name_is_the_same_in_any_spelling(stage: DeskStage) -> None:
    ann = await stage.somebody()

    sent = await stage.try_in("  ＡNN ", PASSWORD, ann.code(stage.clock.now()))

    assert sent.status_code == 303


async def test_a_code_may_be_a_step_old_or_early_and_no_more(stage: DeskStage) -> None:
    ann = await stage.somebody()
    now = stage.clock.now()
    minute = timedelta(minutes=1)

    older = await stage.try_in("ann", PASSWORD, ann.code(now - minute))
    earlier = await stage.try_in("ann", PASSWORD, ann.code(now + 2 * minute))
    last = await stage.try_in("ann", PASSWORD, ann.code(now - timedelta(seconds=30)))

    assert (older.status_code, earlier.status_code, last.status_code) == (401, 401, 303)


async def test_a_code_lets_in_once_and_none_before_it(stage: DeskStage) -> None:
    ann = await stage.somebody()
    now = stage.clock.now()
    code = ann.code(now)
    await stage.try_in("ann", PASSWORD, code)

    async with stage.another() as thief:
        again = await thief.try_in("ann", PASSWORD, code)
        before = await thief.try_in("ann", PASSWORD, ann.code(now - timedelta(seconds=30)))

    assert (again.status_code, before.status_code) == (401, 401)


async def test_a_recovery_code_lets_in_once_and_says_how_many_are_left(
    stage: DeskStage,
) -> None:
    ann = await stage.somebody()
    code = ann.codes[3].upper().replace("-", " ")

    sent = await stage.try_in("ann", PASSWORD, code)
    page = await stage.client.get("/desk/me")
    async with stage.another() as thief:
        again = await thief.try_in("ann", PASSWORD, code)

    assert (sent.status_code, again.status_code) == (303, 401)
    assert "Codes left: 9" in page.text
    assert len((await stage.known("ann")).recovery) == 9
    assert (await stage.log())[0].did == "signed_in_recovery"


async def test_everything_that_is_wrong_is_refused_alike(stage: DeskStage) -> None:
    ann = await stage.somebody()
    off = await stage.somebody("off")
    async with stage.database.writing() as connection:
        await operators.set_active(connection, (await stage.known("off")).pk, active=False)
    now = stage.clock.now()
    tries = [
        ("nobody", PASSWORD, ann.code(now)),
        ("ann", "a wrong password", ann.code(now)),
        ("ann", PASSWORD, "000000"),
        ("off", PASSWORD, off.code(now)),
    ]

    pages = []
    for name, password, code in tries:
        async with stage.another() as browser:
            pages.append(await browser.try_in(name, password, code, back=""))

    assert [page.status_code for page in pages] == [401] * 4
    assert all(REFUSED in page.text for page in pages)
    shown = {
        page.text.replace(token_in(page.text), "").replace(f'value="{name}"', "")
        for page, (name, _, _) in zip(pages, tries, strict=True)
    }
    assert len(shown) == 1
    assert all(PASSWORD not in page.text for page in pages)


async def test_what_was_typed_is_not_written_down(stage: DeskStage) -> None:
    await stage.somebody()

    await stage.try_in("my secret in the wrong field", "x", "1")
    await stage.try_in("ann", "my other secret", "1")

    log = await stage.log()
    assert [(one.who, one.did, one.detail) for one in log] == [
        ("", "sign_in_failed", ""),
        ("ann", "sign_in_failed", ""),
    ]


async def test_an_empty_field_is_named_beside_it_and_on_top(stage: DeskStage) -> None:
    await stage.somebody()

    sent = await stage.try_in("ann", "", "123456")

    assert sent.status_code == 422
    assert '<a href="#field-password">' in sent.text
    assert 'id="error-password"' in sent.text
    assert 'aria-invalid="true"' in sent.text
    assert 'value="ann"' in sent.text


async def test_after_five_failures_even_the_right_code_has_to_wait(stage: DeskStage) -> None:
    ann = await stage.somebody()

    for number in range(5):
        async with browser_of(stage.app, f"198.51.100.{number}") as client:
            thief = DeskStage(stage.database, stage.desk, stage.app, stage.clock, client)
            await thief.try_in("ann", "wrong password", "1")
    held_up = await stage.try_in("ann", PASSWORD, ann.code(stage.clock.now()))
    stage.clock.ahead += timedelta(seconds=31)
    let_in = await stage.try_in("ann", PASSWORD, ann.code(stage.clock.now()))

    assert (held_up.status_code, let_in.status_code) == (401, 303)
    assert (await stage.known("ann")).failures == 0


async def test_the_wait_grows_with_every_failure_after_it(stage: DeskStage) -> None:
    ann = await stage.somebody()
    async with stage.database.writing() as connection:
        for _ in range(5):
            await operators.begin_try(connection, 1, stage.clock.now())

    await stage.try_in("ann", "wrong password", "1")
    stage.clock.ahead += timedelta(seconds=31)
    too_early = await stage.try_in("ann", PASSWORD, ann.code(stage.clock.now()))
    stage.clock.ahead += timedelta(seconds=30)
    in_time = await stage.try_in("ann", PASSWORD, ann.code(stage.clock.now()))

    assert (too_early.status_code, in_time.status_code) == (401, 303)


async def test_an_address_that_failed_five_times_waits_for_every_name(stage: DeskStage) -> None:
    ann = await stage.somebody()
    for number in range(5):
        await stage.try_in(f"name{number}", "wrong password", "1")

    held_up = await stage.try_in("ann", PASSWORD, ann.code(stage.clock.now()))
    async with browser_of(stage.app, "192.0.2.7") as client:
        elsewhere = DeskStage(stage.database, stage.desk, stage.app, stage.clock, client)
        let_in = await elsewhere.try_in("ann", PASSWORD, ann.code(stage.clock.now()))

    assert held_up.status_code == 429
    assert 0 < int(held_up.headers["retry-after"]) <= 30
    assert REFUSED in held_up.text
    assert let_in.status_code == 303


async def test_a_weaker_hash_is_replaced_when_its_password_is_known(stage: DeskStage) -> None:
    ann = await stage.somebody()
    weaker = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1).hash(PASSWORD)
    async with stage.database.writing() as connection:
        kept = (await stage.known("ann")).password
        assert await operators.change_password(connection, 1, kept, weaker)

    first = await stage.sign_in(ann)
    async with stage.another() as browser:
        again = await browser.sign_in(ann)

    assert (first.status_code, again.status_code) == (303, 303)
    assert "m=8," in (await stage.known("ann")).password


async def test_the_cookie_is_for_our_own_pages_alone(stage: DeskStage) -> None:
    ann = await stage.somebody()

    sent = await stage.sign_in(ann)

    cookie = sent.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie
    assert "Domain" not in cookie


async def test_where_pages_are_encrypted_the_cookie_is_bound_to_their_host(
    tmp_path: Path,
) -> None:
    settings = WebSettings(public_url="https://recalls.test", messages_per_minute=10_000)
    async with at_the_desk(tmp_path, settings) as stage:
        await stage.somebody()
        shown = await stage.client.get("/desk/sign-in")

    cookie = shown.headers["set-cookie"]
    assert cookie.startswith(f"__Host-{COOKIE}=")
    assert "Secure" in cookie


async def test_a_secret_that_was_planted_before_signs_nobody_in(stage: DeskStage) -> None:
    ann = await stage.somebody()
    stage.client.cookies.set(COOKIE, "planted", domain="recalls.test")

    sent = await stage.sign_in(ann)

    assert sent.status_code == 303
    assert stage.client.cookies[COOKIE] != "planted"
    async with stage.another() as thief:
        thief.client.cookies.set(COOKIE, "planted")
        assert (await thief.client.get("/desk/me")).status_code == 303


async def test_the_database_holds_no_secret_that_signs_in(
    stage: DeskStage, tmp_path: Path
) -> None:
    ann = await stage.somebody()
    await stage.sign_in(ann)

    kept = contents(tmp_path)

    for secret in (stage.client.cookies[COOKIE], PASSWORD, ann.totp, *ann.codes):
        assert secret.encode() not in kept


@pytest.mark.parametrize("token", ["", "wrong", "ünlesbar"])
async def test_a_form_without_our_token_signs_nobody_in(stage: DeskStage, token: str) -> None:
    ann = await stage.somebody()

    sent = await stage.try_in("ann", PASSWORD, ann.code(stage.clock.now()), token=token)

    assert sent.status_code == 403
    assert "out of date" in sent.text
    assert (await stage.client.get("/desk/me")).status_code == 303


async def test_a_token_of_another_browser_signs_nobody_in(stage: DeskStage) -> None:
    ann = await stage.somebody()
    async with stage.another() as thief:
        foreign = token_in((await thief.client.get("/desk/sign-in")).text)

    sent = await stage.try_in("ann", PASSWORD, ann.code(stage.clock.now()), token=foreign)

    assert sent.status_code == 403


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}]
)
async def test_what_another_site_sends_is_refused(
    stage: DeskStage, headers: dict[str, str]
) -> None:
    ann = await stage.somebody()
    await stage.sign_in(ann)
    token = token_in((await stage.client.get("/desk/me")).text)

    answers = [
        await stage.client.post(path, data={"token": token}, headers=headers)
        for path in ("/desk/sign-in", "/desk/enrol", "/desk/sign-out", "/desk/me/elsewhere")
    ]

    assert [answer.status_code for answer in answers] == [403] * 4


@pytest.mark.parametrize("path", ["/desk/sign-out", "/desk/me/elsewhere", "/desk/me/codes"])
async def test_a_form_without_the_sessions_token_does_nothing(
    stage: DeskStage, path: str
) -> None:
    ann = await stage.somebody()
    await stage.sign_in(ann)

    sent = await stage.client.post(path, data={"token": "wrong"})

    assert sent.status_code == 403
    assert (await stage.client.get("/desk/me")).status_code == 200


@pytest.mark.parametrize(
    ("back", "leads"),
    [
        ("/desk/audit?before=7", "/desk/audit?before=7"),
        ("/desk", "/desk"),
        ("", "/desk"),
        ("/", "/desk"),
        ("/desk-not-ours", "/desk"),
        ("/desk/sign-in", "/desk"),
        ("/desk/../recalls", "/desk"),
        ("/desk/\\elsewhere.example", "/desk"),
        ("/desk/\r\nSet-Cookie: a=b", "/desk"),
        ("//elsewhere.example/desk", "/desk"),
        ("/\\elsewhere.example/desk", "/desk"),
        ("https://elsewhere.example/desk/", "/desk"),
        ("javascript:alert(1)", "/desk"),
        ("/desk/" + "x" * 3000, "/desk"),
    ],
)
async def test_the_way_back_stays_at_the_desk(stage: DeskStage, back: str, leads: str) -> None:
    ann = await stage.somebody()

    sent = await stage.sign_in(ann, back=back)
    signed_in = await stage.client.get("/desk/sign-in", params={"back": back})

    assert sent.headers["location"] == leads
    assert signed_in.headers["location"] == leads


async def test_who_is_not_signed_in_is_led_to_the_sign_in_and_back(stage: DeskStage) -> None:
    ann = await stage.somebody()

    asked = await stage.client.get("/desk/audit?before=7")
    page = await stage.client.get(asked.headers["location"])
    sent = await stage.client.post("/desk/me/elsewhere", data={})

    assert asked.status_code == 303
    assert 'name="back" value="/desk/audit?before=7"' in page.text
    assert (sent.status_code, sent.headers["location"]) == (303, "/desk/sign-in")
    assert (await stage.sign_in(ann)).status_code == 303


@pytest.mark.parametrize(
    "path", ["/desk/audit?before=7", "/desk/sign-in", "/desk/enrol?name=x"]
)
async def test_a_link_from_elsewhere_comes_without_the_cookie_and_asks_once_more(
    stage: DeskStage, path: str
) -> None:
    await stage.somebody()

    page = await stage.client.get(path, headers={"Sec-Fetch-Site": "cross-site"})

    assert page.status_code == 200
    assert f'content="0; url={path}"' in page.text
    assert "set-cookie" not in page.headers


async def test_signing_out_ends_the_session_and_not_only_the_cookie(stage: DeskStage) -> None:
    ann = await stage.somebody()
    await stage.sign_in(ann)
    secret = stage.client.cookies[COOKIE]

    sent = await stage.send("/desk/sign-out", {}, "/desk/me")
    stage.client.cookies.set(COOKIE, secret, domain="recalls.test")
    page = await stage.client.get("/desk/me")

    assert sent.headers["location"] == "/desk/sign-in"
    assert "Max-Age=0" in sent.headers["set-cookie"]
    assert page.status_code == 303
    assert [one.did for one in await stage.log()] == ["signed_in", "signed_out"]


async def test_a_session_ends_after_twelve_hours_without_use(stage: DeskStage) -> None:
    ann = await stage.somebody()
    await stage.sign_in(ann)

    stage.clock.ahead += 11 * HOUR
    used = await stage.client.get("/desk/me")
    stage.clock.ahead += 11 * HOUR
    used_again = await stage.client.get("/desk/me")
    stage.clock.ahead += 13 * HOUR
    idle = await stage.client.get("/desk/me")

    assert (used.status_code, used_again.status_code, idle.status_code) == (200, 200, 303)


async def test_a_session_ends_after_seven_days_however_much_it_is_used(
    stage: DeskStage,
) -> None:
    ann = await stage.somebody()
    await stage.sign_in(ann)
    answers = []

    for _ in range(17):
        stage.clock.ahead += 10 * HOUR
        answers.append((await stage.client.get("/desk/me")).status_code)

    assert answers == [200] * 16 + [303]


async def test_pages_are_kept_by_nobody_and_found_by_no_search_engine(
    stage: DeskStage,
) -> None:
    ann = await stage.somebody()
    entrance = await stage.client.get("/desk/sign-in")
    await stage.sign_in(ann)
    page = await stage.client.get("/desk/me")

    for shown in (entrance, page):
        assert shown.headers["cache-control"] == "no-store"
        assert '<meta name="robots" content="noindex, nofollow">' in shown.text


async def test_a_role_that_does_not_suffice_is_told_so(stage: DeskStage) -> None:
    bob = await stage.somebody("bob", Role.APPROVER)
    await stage.sign_in(bob)

    page = await stage.client.get("/desk/operators")
    sent = await stage.send("/desk/operators", {"name": "eve", "role": "admin"}, "/desk/me")

    assert (page.status_code, sent.status_code) == (403, 403)
    assert "Your role does not allow this." in page.text
    assert "/desk/operators" not in (await stage.client.get("/desk/me")).text
    assert [one.did for one in await stage.log()] == ["signed_in"]


async def test_a_change_of_language_stays_at_the_desk(stage: DeskStage) -> None:
    ann = await stage.somebody()

    refused = await stage.try_in("ann", "", "")
    await stage.sign_in(ann)
    page = await stage.client.get("/desk/audit?before=3")
    mistaken = await stage.send("/desk/me/codes", {"confirm": "x"}, "/desk/me")

    assert 'name="back" value="/desk/sign-in"' in refused.text
    assert 'name="back" value="/desk/audit?before=3"' in page.text
    assert 'name="back" value="/desk"' in mistaken.text
