"""The frames for other sites: who may show them, what they answer, what they keep."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from datetime import timedelta

import pytest

from bots.web.channel import MOST_UNHEARD, Said, Web
from bots.web.frames import LONGEST_QUESTION, USUAL
from bots.web.limits import VISITORS_AT_AN_ADDRESS
from bots.web.openness import FRAMES
from bots.web.pages import STATIC, Words
from bots.web.settings import WebSettings
from core.channel import Address, AddressGone, Inbound, Post, TryLater
from tests.bots.web.stage import Shelf, Ticking, a_full_notice, on_stage
from tests.builders import a_notice

HOME = "https://recalls.example"


def policy(headers: Mapping[str, str]) -> dict[str, str]:
    text = headers["content-security-policy"]
    return dict(part.split(" ", 1) for part in text.split("; "))


# --- who may show them ------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(FRAMES))
async def test_any_site_may_show_a_frame_and_nothing_else_of_the_policy_is_wider(
    path: str, words: Words
) -> None:
    async with on_stage(words=words) as stage:
        frame = (await stage.client.get(path)).headers
        page = (await stage.client.get("/")).headers

    assert policy(frame) == policy(page) | {"frame-ancestors": "*"}
    assert "x-frame-options" not in frame
    assert frame["cross-origin-resource-policy"] == "cross-origin"
    assert frame["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path", ["/", "/embed", "/embed/", "/embed/other", "/embed/check/", "/recalls", "/desk"]
)
async def test_nothing_else_is_shown_in_a_frame(path: str, words: Words) -> None:
    async with on_stage(words=words) as stage:
        headers = (await stage.client.get(path)).headers

    assert policy(headers)["frame-ancestors"] == "'none'"
    assert headers["x-frame-options"] == "DENY"


async def test_only_the_script_for_other_sites_is_loaded_by_them(words: Words) -> None:
    async with on_stage(words=words) as stage:
        names = [file.name for file in STATIC.iterdir()]
        answers = {name: await stage.client.get(f"/static/{name}") for name in names}

    shared = "cross-origin"
    policies = {n: a.headers["cross-origin-resource-policy"] for n, a in answers.items()}
    assert [name for name, told in policies.items() if told == shared] == ["embed.js"]


@pytest.mark.parametrize("path", [*sorted(FRAMES), "/embed"])
async def test_no_cookie_is_set_and_none_is_heeded(path: str, words: Words) -> None:
    async with on_stage(words=words) as stage:
        plain = await stage.client.get(path)
        asked = await stage.client.post("/embed/check", data={"text": "X100"})
        stage.client.cookies.set("recallbot_lang", "de")
        chosen = await stage.client.get(path)

    assert "set-cookie" not in plain.headers
    assert "set-cookie" not in asked.headers
    if path in FRAMES:
        assert chosen.text == plain.text
        assert plain.headers["vary"] == "Accept-Language"


# --- what a frame shows -----------------------------------------------------------------------


async def test_what_the_site_wrote_into_the_field_is_not_asked_yet(words: Words) -> None:
    async with on_stage(words=words) as stage:
        page = (await stage.client.get('/embed/check?q=Acme+X100"><b>')).text

    assert 'value="Acme X100&#34;&gt;&lt;b&gt;"' in page
    assert 'id="answer"' not in page


@pytest.mark.parametrize(
    ("query", "lang", "theme"),
    [
        ("", "en", "auto"),
        ("lang=de&theme=dark", "de", "dark"),
        ("lang=zh-Hant&theme=light", "zh-Hant", "light"),
        ("lang=tlh&theme=pink", "en", "auto"),
    ],
)
async def test_the_site_chooses_language_and_look_and_an_answer_keeps_them(
    query: str, lang: str, theme: str, words: Words
) -> None:
    async with on_stage(words=words) as stage:
        page = (await stage.client.get(f"/embed/check?{query}")).text
        again = re.findall(r'action="([^"#]*)#answer"', page)[0].replace("&amp;", "&")
        answered = await stage.client.post(again, data={"text": "X100"})

    for text in (page, answered.text):
        assert f'<html lang="{lang}" data-theme="{theme}"' in text
    assert "Product safety recall: X100" in answered.text


async def test_the_browser_chooses_the_language_where_the_site_does_not(words: Words) -> None:
    async with on_stage(words=words) as stage:
        page = await stage.client.get("/embed/recalls", headers={"Accept-Language": "fr"})

    assert '<html lang="fr"' in page.text


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [("", 400, "web_empty"), ("  ", 400, "web_empty"), ("x" * 201, 413, "web_too_long")],
)
async def test_what_cannot_be_asked_is_said_beside_the_field(
    text: str, status: int, said: str, words: Words
) -> None:
    async with on_stage(words=words) as stage:
        answer = await stage.client.post("/embed/check", data={"text": text})

    assert answer.status_code == status
    told = words("en")(said, limit=LONGEST_QUESTION, size=len(text))
    assert f'class="error">{told}' in answer.text
    assert 'aria-invalid="true"' in answer.text


async def test_an_error_in_a_frame_is_as_small_as_the_frame(words: Words) -> None:
    settings = WebSettings(messages_per_minute=1)
    async with on_stage(settings, words=words) as stage:
        answers = [
            await stage.client.post("/embed/check?theme=dark", data={"text": "X100"})
            for _ in range(VISITORS_AT_AN_ADDRESS + 1)
        ]

    assert [each.status_code for each in answers] == [200] * VISITORS_AT_AN_ADDRESS + [429]
    refused = answers[-1]
    assert int(refused.headers["retry-after"]) > 0
    assert 'data-theme="dark"' in refused.text
    assert "<nav" not in refused.text
    assert policy(refused.headers)["frame-ancestors"] == "*"


async def test_questions_and_messages_of_one_address_are_counted_together(
    words: Words,
) -> None:
    settings = WebSettings(messages_per_minute=1)
    async with on_stage(settings, words=words) as stage:
        for _ in range(VISITORS_AT_AN_ADDRESS):
            await stage.client.post("/embed/check", data={"text": "X100"})
        refused = await stage.post(text="X100")

    assert refused.status_code == 429


async def test_what_is_not_answered_in_time_may_be_tried_again(words: Words) -> None:
    settings = WebSettings()
    web = Web(settings, Ticking().now, timedelta(milliseconds=1))
    async with on_stage(settings, words=words, web=web) as stage:
        answer = await stage.client.post("/embed/check", data={"text": "silence"})

    assert answer.status_code == 503
    assert answer.headers["retry-after"]


async def test_the_newest_recalls_are_few_and_narrowed_and_attributed(words: Words) -> None:
    many = [a_full_notice(id=f"acme-{n}", product=f"Lamp {n}") for n in range(USUAL + 1)]
    shelf = Shelf(*many, a_notice(id="ca", regions=("CA",), product="Toy in Canada"))
    async with on_stage(words=words, shelf=shelf) as stage:
        usual = await stage.client.get("/embed/recalls")
        narrowed = await stage.client.get("/embed/recalls?country=ca&limit=20")
        asked_again = await stage.client.get(
            "/embed/recalls", headers={"If-None-Match": usual.headers["etag"]}
        )
        refused = await stage.client.get("/embed/recalls?hazard=weather")

    assert usual.text.count("<li>") == USUAL
    assert "Source: the Commission &amp; others" in usual.text
    assert "Toy in Canada" in narrowed.text
    assert '<a href="/recalls?country=CA"' in narrowed.text
    assert asked_again.status_code == 304
    assert (refused.status_code, "<nav" in refused.text) == (400, False)


async def test_both_looks_are_those_of_the_pages() -> None:
    page, frame = ((STATIC / name).read_text() for name in ("style.css", "embed.css"))
    colours = re.compile(r"--[a-z-]+: #[0-9a-f]{6}")

    light, dark = page.split("prefers-color-scheme: dark", 1)
    chosen = frame.split('data-theme="dark"', 1)

    assert colours.findall(chosen[0]) == colours.findall(light)
    assert colours.findall(chosen[1]) == colours.findall(dark)


# --- the page for site owners -----------------------------------------------------------------


async def test_a_snippet_holds_what_was_chosen_and_nothing_breaks_out_of_it(
    words: Words,
) -> None:
    settings = WebSettings(public_url=HOME)
    query = 'lang=de&theme=dark&country=us&q=Acme+"></textarea><script>alert(1)</script>'
    async with on_stage(settings, words=words) as stage:
        page = (await stage.client.get(f"/embed?{query}")).text

    assert "alert(1)</script>" not in page
    shown = page.replace("&lt;", "<").replace("&gt;", ">").replace("&#34;", '"')
    shown = shown.replace("&amp;", "&")
    assert f'<iframe src="{HOME}/embed/check?lang=de&amp;theme=dark&amp;q=Acme+%22%3E' in shown
    assert f'<script src="{HOME}/static/embed.js" data-show="recalls"' in shown
    assert 'data-title="Ihr Produkt prüfen"' in shown
    assert 'data-country="US"' in shown
    assert f'href="{HOME}/feed.atom?country=US&amp;lang=de"' in shown
    assert words("en")("embed_address_unknown", variable="RECALLBOT") not in page


async def test_without_a_public_address_the_page_says_so(words: Words) -> None:
    async with on_stage(words=words) as stage:
        page = await stage.client.get("/embed")

    assert "RECALLBOT_WEB_PUBLIC_URL" in page.text
    assert policy(page.headers)["frame-src"] == "'self'"


# --- the channel below ------------------------------------------------------------------------


async def test_a_question_is_heard_as_from_a_group_and_its_answer_stays_nowhere() -> None:
    web = Web(WebSettings(public_url=HOME), Ticking().now)
    async with on_stage(web=web) as stage:
        answer = await stage.web.asked("X100", "en")

    assert answer is not None
    assert "Product safety recall: X100" in answer
    with pytest.raises(AddressGone):
        await web.send(Post("late"), Address("web", "inline:1"), key="late")


async def test_what_is_said_twice_under_one_key_is_shown_once() -> None:
    web = Web(WebSettings(), Ticking().now)
    waiting = asyncio.create_task(web.asked("X100", "en"))
    heard = await anext(aiter(web.listen()))
    assert isinstance(heard, Inbound)
    for key in ("a", "a", "b"):
        await web.send(Post(key), heard.sender, key=key)
    heard.settled()

    assert await waiting == "ab"


async def test_too_many_questions_are_turned_away() -> None:
    web = Web(WebSettings(), Ticking().now)
    for _ in range(MOST_UNHEARD):
        web.hear("ann", Said("x", "x"))

    with pytest.raises(TryLater):
        await web.asked("X100", "en")
