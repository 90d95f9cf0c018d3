"""The language of the pages: asked for by the browser, or chosen from the menu."""

from __future__ import annotations

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bots.web.channel import Web
from bots.web.pages import LANGUAGE_COOKIE, Words
from bots.web.settings import WebSettings
from core.text.translations import languages, own_name
from tests.bots.web.stage import Stage, Ticking, on_stage


async def choose(stage: Stage, lang: str, **more: str) -> str:
    """Choose a language and return where that leads."""
    form = {"lang": lang, "back": "/", **more}
    sent = await stage.client.post("/language", data=form)
    assert sent.status_code == 303
    return sent.headers["location"]


@pytest.mark.parametrize("lang", languages())
async def test_every_page_offers_every_language_by_its_own_name(
    lang: str, words: Words
) -> None:
    async with on_stage(words=words) as stage:
        page = await stage.client.get("/health", headers={"Accept-Language": lang})

    assert f'<html lang="{lang}"' in page.text
    assert f'aria-current="true">{own_name(lang)}</button>' in page.text
    assert all(f'lang="{tag}"' in page.text for tag in languages())
    assert page.text.count("aria-current") == 2


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("zh-TW", "zh-Hant"), ("zh-CN", "zh-Hans"), ("de-AT", "de"), ("xx, ja;q=0.1", "ja")],
)
async def test_a_regional_wish_finds_its_language(asked: str, shown: str, words: Words) -> None:
    async with on_stage(words=words) as stage:
        page = await stage.client.get("/", headers={"Accept-Language": asked})

    assert f'<html lang="{shown}"' in page.text


async def test_a_choice_beats_what_the_browser_asks_for_on_every_page(words: Words) -> None:
    async with on_stage(words=words) as stage:
        await choose(stage, "de")
        pages = [
            (await stage.client.get(path, headers={"Accept-Language": "fr"})).text
            for path in ("/", "/recalls", "/health", "/nowhere")
        ]

    assert all('<html lang="de"' in page for page in pages)


async def test_a_choice_is_a_small_cookie_that_says_nothing_of_the_person(
    words: Words,
) -> None:
    settings = WebSettings(public_url="https://recalls.test", messages_per_minute=1000)
    async with on_stage(settings, words=words) as stage:
        sent = await stage.client.post("/language", data={"lang": "zh-TW"})

    cookie = sent.headers["set-cookie"]
    assert cookie.startswith(f"{LANGUAGE_COOKIE}=zh-Hant;")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" in cookie


@pytest.mark.parametrize(
    ("back", "leads"),
    [
        ("/recalls?q=anker%20a1263", "/recalls?q=anker%20a1263"),
        ("/?ask=a%20draft", "/?ask=a%20draft"),
        ("", "/"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("/\\elsewhere.example/", "/"),
        ("/\r\nSet-Cookie: x=y", "/"),
        ("/" + "x" * 5_000, "/"),
    ],
)
async def test_a_choice_leads_back_to_the_page_it_was_made_on(
    back: str, leads: str, words: Words
) -> None:
    async with on_stage(words=words) as stage:
        assert await choose(stage, "de", back=back) == leads


async def test_the_menu_names_the_page_it_stands_on(words: Words) -> None:
    async with on_stage(words=words) as stage:
        search = await stage.client.get("/recalls?q=%22a%22&b=1")
        answer = await stage.post(text="")

    assert 'name="back" value="/recalls?q=%22a%22&amp;b=1"' in search.text
    assert 'name="back" value="/"' in answer.text


@pytest.mark.parametrize("lang", ["", "xx", "it", "de; Path=/", "x" * 100])
async def test_a_language_we_do_not_have_is_no_choice(lang: str, words: Words) -> None:
    async with on_stage(words=words) as stage:
        sent = await stage.client.post("/language", data={"lang": lang})
        stage.client.cookies.set(LANGUAGE_COOKIE, "".join(filter(str.isalnum, lang)) or "-")
        page = await stage.client.get("/", headers={"Accept-Language": "fr"})

    assert sent.status_code == 400
    assert '<html lang="fr"' in page.text


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}],
)
async def test_another_site_cannot_choose(headers: dict[str, str], words: Words) -> None:
    async with on_stage(words=words) as stage:
        sent = await stage.client.post("/language", data={"lang": "de"}, headers=headers)

    assert sent.status_code == 403
    assert "set-cookie" not in sent.headers


async def test_the_choice_is_told_to_the_conversation_in_one_line(words: Words) -> None:
    async with on_stage(words=words) as stage:
        await stage.post(text="Acme X100")
        await choose(stage, "de")
        page = await stage.client.get("/")

    assert "I heard /language de in de" in page.text
    assert page.text.count("<article") == 3


async def test_the_choice_leaves_the_open_question_open(words: Words) -> None:
    async with on_stage(words=words) as stage:
        await stage.post(text="Acme X100")
        await choose(stage, "de")
        pressed = await stage.post({"HX-Request": "true"}, press="no", text="")

    assert "I heard no in de" in pressed.text


async def test_a_choice_before_the_first_word_begins_no_conversation(words: Words) -> None:
    async with on_stage(words=words) as stage:
        await stage.client.get("/")
        await choose(stage, "de")
        page = await stage.client.get("/")

    assert "<article" not in page.text


async def test_what_is_written_next_reads_the_chosen_language(words: Words) -> None:
    async with on_stage(words=words) as stage:
        await choose(stage, "ja")
        sent = await stage.post({"HX-Request": "true", "Accept-Language": "fr"}, text="hello")

    assert "I heard hello in ja" in sent.text


async def test_where_nobody_listens_the_pages_change_all_the_same(words: Words) -> None:
    async with on_stage(words=words) as stage:
        await stage.post(text="hello")
        await stage.web.close()
        await choose(stage, "de")
        page = await stage.client.get("/")

    assert '<html lang="de"' in page.text


async def test_choosing_all_the_time_is_too_much(words: Words) -> None:
    settings = WebSettings(messages_per_minute=1)
    async with on_stage(settings, words=words) as stage:
        await stage.post(text="hello")
        sent = await stage.client.post("/language", data={"lang": "de"})

    assert sent.status_code == 429
    assert int(sent.headers["retry-after"]) >= 1


async def test_a_slow_bot_holds_nobody_up_for_long(words: Words) -> None:
    hasty = Web(WebSettings(), Ticking().now, timedelta(milliseconds=1))
    async with on_stage(words=words, web=hasty) as stage:
        await stage.post(text="silence")

        assert await choose(stage, "de") == "/"


async def test_caches_are_told_that_pages_differ_by_language(words: Words) -> None:
    async with on_stage(words=words) as stage:
        page = await stage.client.get("/")
        style = await stage.client.get("/static/style.css")

    assert page.headers["vary"] == "Accept-Language, Cookie"
    assert "vary" not in style.headers


async def test_a_choice_is_not_logged(words: Words) -> None:
    with capture_logs() as logs:
        async with on_stage(words=words) as stage:
            await stage.post(text="hello")
            await choose(stage, "de")

    assert logs == []
