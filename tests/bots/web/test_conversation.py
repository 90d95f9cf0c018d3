"""The chat over HTTP, as a browser without JavaScript and as the page's own script use it."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from bots.web.channel import Web
from bots.web.conversation import LONGEST_MESSAGE
from bots.web.limits import VISITORS_AT_AN_ADDRESS
from bots.web.pages import Words
from bots.web.settings import WebSettings
from core.channel import Address, Post
from core.query.commands import payload_of
from tests.bots.web.stage import HOST, Ticking, field, on_stage

PART = {"HX-Request": "true"}


async def test_a_form_post_is_answered_by_a_page_with_the_reply(words: Words) -> None:
    async with on_stage(words=words) as stage:
        sent = await stage.post(text="Acme X100")

        page = await stage.client.get("/")

    assert (sent.status_code, sent.headers["location"]) == (303, "/#latest")
    assert "Product safety recall: Acme X100" in page.text
    assert page.text.index(">Acme X100<") < page.text.index("role-headline")


async def test_the_script_gets_only_what_is_new(words: Words) -> None:
    async with on_stage(words=words) as stage:
        await stage.post(text="hello")
        sent = await stage.post(PART, text="Acme X100")

    assert sent.status_code == 200
    assert "<html" not in sent.text
    assert "hello" not in sent.text
    assert "Product safety recall: Acme X100" in sent.text
    assert 'value="yes"' in sent.text


async def test_what_the_visitor_reads_reaches_the_bot(words: Words) -> None:
    async with on_stage(words=words) as stage:
        await stage.client.get("/")
        headers = {"Accept-Language": "en;q=0.5, *;q=0.1, pt-BR, x;q=nonsense"}
        sent = await stage.post({**PART, **headers}, text="hello")

    assert "I heard hello in pt-BR" in sent.text


async def test_a_pressed_button_says_its_words_and_shows_its_label(words: Words) -> None:
    async with on_stage(words=words) as stage:
        await stage.post(text="Acme X100")
        sent = await stage.post(PART, press="no", text="")

    assert "No, another" in sent.text
    assert "I heard no in" in sent.text


async def test_an_example_may_be_pressed_first(words: Words) -> None:
    async with on_stage(words=words) as stage:
        sent = await stage.post(PART, press="INIU BI-B41")

    assert "I heard INIU BI-B41 in" in sent.text


async def test_a_button_of_an_earlier_question_is_not_taken_for_this_one(words: Words) -> None:
    async with on_stage(words=words) as stage:
        await stage.post(text="Acme X100")
        old = await stage.client.get("/")
        await stage.post(text="Acme X100 again")
        form = {name: field(old.text, name) for name in ("token", "after")}

        sent = await stage.client.post("/messages", data={**form, "press": "yes"})

    assert sent.status_code == 409
    assert "moved on" in sent.text
    assert "I heard yes" not in sent.text


@pytest.mark.parametrize("press", ["maybe", "", "x" * 3000])
async def test_a_button_that_was_not_offered_is_refused(press: str, words: Words) -> None:
    async with on_stage(words=words) as stage:
        sent = await stage.post(press=press)

    assert sent.status_code == 409


async def test_a_later_post_is_fetched_by_the_open_page(words: Words) -> None:
    async with on_stage(words=words) as stage:
        await stage.post(text="hello")
        page = await stage.client.get("/")
        after = field(page.text, "after")
        nothing = await stage.client.get(f"/messages?after={after}")
        chat = next(iter(stage.web._transcripts._chats))

        await stage.web.send(Post("<p>It grew.</p>"), Address("web", chat), key="alert")
        news = await stage.client.get(f"/messages?after={after}")

    assert nothing.status_code == 204
    assert "It grew." in news.text
    assert "hello" not in news.text


@pytest.mark.parametrize("after", ["", "-1", "٣", "9" * 30, "x"])
async def test_an_odd_place_in_the_conversation_means_its_beginning(
    after: str, words: Words
) -> None:
    async with on_stage(words=words) as stage:
        await stage.post(text="hello")
        news = await stage.client.get("/messages", params={"after": after})

    assert "hello" in news.text


async def test_nobody_sees_another_visitors_conversation(words: Words) -> None:
    async with on_stage(words=words) as stage:
        await stage.post(text="my serial")
        stage.client.cookies.clear()

        page = await stage.client.get("/")
        news = await stage.client.get("/messages?after=0")

    assert "my serial" not in page.text
    assert news.status_code == 204


async def test_markup_and_templates_in_a_message_stay_text(words: Words) -> None:
    async with on_stage(words=words) as stage:
        await stage.post(text="<img src=x onerror=alert(1)>{{ 7*7 }}\x00\u202e")
        page = await stage.client.get("/")

    assert "<img src=x" not in page.text
    assert "&lt;img src=x onerror=alert(1)&gt;{{ 7*7 }}" in page.text


async def test_a_draft_may_be_brought_along_and_is_escaped(words: Words) -> None:
    async with on_stage(words=words) as stage:
        page = await stage.client.get("/", params={"ask": "</textarea><script>"})

    assert "&lt;/textarea&gt;&lt;script&gt;</textarea>" in page.text


async def test_an_empty_message_is_told_so(words: Words) -> None:
    async with on_stage(words=words) as stage:
        sent = await stage.post(text=" \n ")

    assert sent.status_code == 400
    assert "nothing to send" in sent.text


async def test_a_message_that_is_too_long_is_given_back_with_the_limit(words: Words) -> None:
    async with on_stage(words=words) as stage:
        sent = await stage.post(text="Ä" * (LONGEST_MESSAGE + 1))
        allowed = await stage.post(text="Ä" * LONGEST_MESSAGE)

    assert sent.status_code == 413
    assert "2001 characters, and 2000 are the most" in sent.text
    assert "Ä" * (LONGEST_MESSAGE + 1) + "</textarea>" in sent.text
    assert allowed.status_code == 303


async def test_line_breaks_count_once(words: Words) -> None:
    async with on_stage(words=words) as stage:
        sent = await stage.post(text="\r\n".join(["A"] * (LONGEST_MESSAGE // 2)))

    assert sent.status_code == 303


async def test_an_answer_that_takes_too_long_is_announced(words: Words) -> None:
    hasty = Web(WebSettings(), Ticking().now, timedelta(milliseconds=1))
    async with on_stage(words=words, web=hasty) as stage:
        sent = await stage.post(PART, text="silence")

    assert sent.status_code == 200
    assert "taking longer than usual" in sent.text
    assert "silence" in sent.text


async def test_a_closed_channel_asks_to_come_back_later(words: Words) -> None:
    async with on_stage(words=words) as stage:
        await stage.client.get("/")
        await stage.web.close()
        sent = await stage.post(text="Acme X100")

    assert sent.status_code == 503
    assert int(sent.headers["retry-after"]) > 0
    assert "Acme X100</textarea>" in sent.text


# --- who sent it ------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["", "forged", "ü" * 40])
async def test_a_form_without_our_token_is_not_taken(token: str, words: Words) -> None:
    async with on_stage(words=words) as stage:
        sent = await stage.post(token=token, text="Acme X100")

    assert sent.status_code == 403
    assert "has been renewed" in sent.text
    assert "Acme X100</textarea>" in sent.text
    assert "Product safety recall" not in sent.text


async def test_the_token_of_another_visitor_is_not_taken(words: Words) -> None:
    async with on_stage(words=words) as stage:
        stolen = await stage.token()
        stage.client.cookies.clear()
        sent = await stage.post(token=stolen, text="Acme X100")

    assert sent.status_code == 403


@pytest.mark.parametrize("cookie", ["", "ann", "ann.forged", "ü.ü".encode().decode("latin-1")])
async def test_a_forged_cookie_names_nobody(cookie: str, words: Words) -> None:
    async with on_stage(words=words) as stage:
        token = await stage.token()
        stage.client.cookies.clear()
        headers = httpx.Headers([("Cookie", f"recallbot={cookie}")], encoding="latin-1")

        sent = await stage.client.post(
            "/messages", data={"token": token, "text": "A1263"}, headers=headers
        )

    assert sent.status_code == 403


async def test_a_renewed_page_takes_the_message_at_the_second_try(words: Words) -> None:
    async with on_stage(words=words) as stage:
        await stage.client.get("/")
        stage.client.cookies.clear()
        refused = await stage.client.post(
            "/messages", data={"token": "old", "text": "Acme X100"}, headers=PART
        )
        form = {"token": field(refused.text, "token"), "text": "Acme X100"}

        sent = await stage.client.post("/messages", data=form, headers=PART)

    assert refused.status_code == 403
    assert "Product safety recall: Acme X100" in sent.text


FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://recalls.test.evil.example"},
    {"Origin": "http://recalls.test:8080"},
]
OURS = [
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": f"http://{HOST}"},
    {"Origin": "null"},
    {},
]


@pytest.mark.parametrize("headers", FOREIGN)
async def test_another_sites_form_is_refused_even_with_cookie_and_token(
    headers: dict[str, str], words: Words
) -> None:
    async with on_stage(words=words) as stage:
        sent = await stage.post(headers, text="Acme X100")

    assert sent.status_code == 403
    assert "set-cookie" not in sent.headers
    assert "Acme X100" not in sent.text


@pytest.mark.parametrize("headers", OURS)
async def test_our_own_form_is_taken(headers: dict[str, str], words: Words) -> None:
    async with on_stage(words=words) as stage:
        sent = await stage.post(headers, text="Acme X100")

    assert sent.status_code == 303


async def test_the_public_address_counts_as_ours(words: Words) -> None:
    settings = WebSettings(public_url="https://recalls.example.org/")
    async with on_stage(settings, words=words) as stage:
        stage.client.base_url = "https://10.0.0.7"
        sent = await stage.post({"Origin": "https://recalls.example.org"}, text="Acme X100")

    assert sent.status_code == 303


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(words: Words) -> None:
    async with on_stage(words=words) as stage:
        page = await stage.client.get("/")

    cookie = page.headers["set-cookie"]
    assert cookie.startswith("recallbot=")
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Secure" not in cookie


async def test_behind_https_the_cookie_stays_there(words: Words) -> None:
    settings = WebSettings(public_url="https://recalls.example.org")
    async with on_stage(settings, words=words) as stage:
        page = await stage.client.get("/")

    assert page.headers["set-cookie"].startswith("__Host-recallbot=")
    assert "Secure" in page.headers["set-cookie"]
    assert "Strict-Transport-Security" in page.headers


async def test_a_visitor_from_another_site_keeps_the_conversation(words: Words) -> None:
    async with on_stage(words=words) as stage:
        arrival = await stage.client.get(
            "/", params={"ask": "A 1&2"}, headers={"Sec-Fetch-Site": "cross-site"}
        )

    assert "set-cookie" not in arrival.headers
    assert 'content="0; url=/?ask=A%201%262"' in arrival.text


async def test_the_secret_of_the_settings_outlives_a_restart(words: Words) -> None:
    settings = WebSettings(session_secret="a secret of sixteen", messages_per_minute=100)
    async with on_stage(settings, words=words) as stage:
        form = {"token": await stage.token(), "text": "Acme X100"}
        cookies = stage.client.cookies
    async with on_stage(settings, words=words) as stage:
        stage.client.cookies = cookies
        sent = await stage.client.post("/messages", data=form)

    assert sent.status_code == 303


# --- how much ---------------------------------------------------------------------------------


async def test_one_visitor_may_not_flood_and_is_told_when_to_go_on(words: Words) -> None:
    clock = Ticking()
    settings = WebSettings(messages_per_minute=2)
    async with on_stage(settings, words=words, web=Web(settings, clock.now)) as stage:
        answers = [await stage.post(text=f"hello {number}") for number in range(3)]
        clock.ahead = timedelta(seconds=int(answers[2].headers["retry-after"]))
        later = await stage.post(text="hello again")

    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert "too many messages" in answers[2].text
    assert "hello 2</textarea>" in answers[2].text
    assert 25 <= int(answers[2].headers["retry-after"]) <= 31
    assert later.status_code == 303


async def test_new_cookies_do_not_help_to_flood(words: Words) -> None:
    async with on_stage(WebSettings(messages_per_minute=1), words=words) as stage:
        statuses = []
        for _ in range(VISITORS_AT_AN_ADDRESS + 1):
            stage.client.cookies.clear()
            statuses.append((await stage.post(text="hello")).status_code)

    assert statuses == [303] * VISITORS_AT_AN_ADDRESS + [429]


async def test_a_link_from_elsewhere_brings_its_question_along(words: Words) -> None:
    async with on_stage(words=words) as stage:
        page = await stage.client.get("/", params={"start": payload_of("Anker A1263") or ""})
        empty = await stage.client.get("/", params={"start": "start"})

    assert ">Anker A1263</textarea>" in page.text
    assert "></textarea>" in empty.text
