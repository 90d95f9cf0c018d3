"""`recallbot account`: who posts, by which rules, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.bots.conftest import Command, Ended, refused


@pytest.fixture(autouse=True)
def accounts_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECALLBOT_BLUESKY_ACCOUNTS", "news.bsky.social:aaaa-bbbb-cccc-dddd")
    monkeypatch.setenv("RECALLBOT_X_API_KEY", "key")
    monkeypatch.setenv("RECALLBOT_X_API_SECRET", "secret")
    monkeypatch.setenv("RECALLBOT_X_ACCOUNTS", "NewsBot:token:secret")


def listed(recallbot: Command) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(recallbot("account", "list", "--json").out)
    return found


def with_every_rule(recallbot: Command) -> Ended:
    return recallbot(
        *("account", "add", "bluesky", "@News.bsky.social", "--name", "News"),
        *("--lang", "de", "--region", "germany", "--mode", "delayed", "--delay", "45"),
        *("--country", "DE,Austria", "--hazard", "fire", "--hazard", "shock"),
        *("--category", "power-bank", "--brand", "Acme", "--per-day", "5"),
        *("--hours", "22-7", "--zone", "Berlin", "--two-for-serious", "--threads"),
        *("--links", "reply", "--no-pictures", "--round-up"),
    )


def test_nobody_posts_until_an_account_is_set_up(recallbot: Command) -> None:
    ended = recallbot("account", "list")

    assert ended.out == "No account is set up; `recallbot account add` sets one up.\n"
    assert listed(recallbot) == []


def test_an_account_is_told_everything_at_once(recallbot: Command) -> None:
    added = with_every_rule(recallbot)
    shown = recallbot("account", "list")

    assert (added.code, added.out) == (0, "News posts on bluesky: delayed\n")
    [row] = listed(recallbot)
    assert row.pop("number") > 0
    assert row == {
        "channel": "bluesky",
        "chat": "news.bsky.social",
        "name": "News",
        "active": True,
        "gone": False,
        "mode": "delayed",
        "delay_minutes": 45,
        "countries": ["DE", "AT"],
        "hazards": ["fire", "shock"],
        "categories": ["power-bank"],
        "brands": ["Acme"],
        "hours": "22:00-07:00",
        "zone": "Europe/Berlin",
        "per_day": 5,
        "two_for_serious": True,
        "round_up": True,
        "lang": "de",
        "region": "DE",
        "threads": True,
        "links": "reply",
        "pictures": False,
    }
    assert "delayed 45 min, at most 5 a day, countries DE, AT" in shown.out
    assert "not at 22:00-07:00 (Europe/Berlin), two people for what is serious" in shown.out
    assert "de, DE\n" in shown.out
    assert "threads, links in the reply, no pictures" in shown.out


def test_without_a_word_about_it_every_post_waits_for_approval(recallbot: Command) -> None:
    recallbot("account", "add", "x", "newsbot")

    [row] = listed(recallbot)
    assert (row["name"], row["chat"], row["mode"]) == ("NewsBot", "NewsBot", "approval")


def test_what_is_not_named_stays_and_any_empties_a_rule(recallbot: Command) -> None:
    with_every_rule(recallbot)

    changed = recallbot(
        *("account", "set", "news", "--country", "any", "--hours", "any", "--region", "any"),
        *("--one-for-serious", "--name", "The News"),
    )

    assert changed.code == 0
    [row] = listed(recallbot)
    assert (row["name"], row["countries"], row["hours"]) == ("The News", [], None)
    assert (row["two_for_serious"], row["region"]) == (False, None)
    assert (row["hazards"], row["per_day"], row["lang"]) == (["fire", "shock"], 5, "de")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--lang", "klingon"), ("klingon", "zh-Hans")),
        (("--country", "Atlantis"), ("Atlantis", "two letters")),
        (("--region", "Atlantis"), ("Atlantis",)),
        (("--hazard", "boredom"), ("boredom", "fire")),
        (("--category", "../x"), ("category",)),
        (("--category", "unheard-of"), ("unheard-of",)),
        (("--hours", "all night"), ("all night", "22-7")),
        (("--zone", "Middle Earth"), ("Middle Earth", "Europe/Berlin")),
        (("--name", " "), ("name",)),
        (("--per-day", "0"), ("per-day",)),
        (("--mode", "loud"), ("loud",)),
    ],
)
def test_a_rule_that_cannot_be_is_refused_and_nothing_is_set_up(
    recallbot: Command, options: tuple[str, ...], words: tuple[str, ...]
) -> None:
    ended = recallbot("account", "add", "x", "NewsBot", *options)

    assert refused(ended, *words)
    assert listed(recallbot) == []


@pytest.mark.parametrize(
    ("channel", "chat", "words"),
    [
        ("web", "anybody", ("web", "mastodon")),
        ("x", "somebody", ("somebody", "RECALLBOT_X_ACCOUNTS has NewsBot")),
        ("mastodon", "a@b.example", ("RECALLBOT_MASTODON_ACCOUNTS is not set",)),
        ("apprise", "team", ("RECALLBOT_APPRISE_TARGETS is not set",)),
        ("telegram", "a channel", ("a channel", "number")),
        ("telegram", "-100123#7", ("number",)),
        ("telegram", "@somewhere", ("RECALLBOT_TELEGRAM_TOKEN",)),
        ("discord", "user:12", ("channel:",)),
    ],
)
def test_a_place_that_nobody_can_post_to_is_refused(
    recallbot: Command, channel: str, chat: str, words: tuple[str, ...]
) -> None:
    ended = recallbot("account", "add", channel, chat)

    assert refused(ended, *words)
    assert listed(recallbot) == []


def test_chats_of_telegram_and_discord_are_named_as_their_channels_name_them(
    recallbot: Command,
) -> None:
    recallbot("account", "add", "telegram", "-1001234", "--name", "Channel")
    recallbot("account", "add", "discord", "55")

    assert [row["chat"] for row in listed(recallbot)] == ["-1001234", "channel:55"]


def test_no_place_and_no_name_is_given_twice(recallbot: Command) -> None:
    recallbot("account", "add", "x", "newsbot", "--name", "News")

    again = recallbot("account", "add", "x", "NewsBot")
    namesake = recallbot("account", "add", "discord", "55", "--name", "NEWS")
    recallbot("account", "add", "discord", "55", "--name", "Other")
    renamed = recallbot("account", "set", "other", "--name", "news")

    assert refused(again, "account set")
    assert refused(namesake, "--name")
    assert refused(renamed, "news")


def test_a_paused_account_goes_on_and_one_without_posts_goes_away(recallbot: Command) -> None:
    recallbot("account", "add", "x", "NewsBot")

    paused = recallbot("account", "pause", "newsbot")
    while_paused = listed(recallbot)
    resumed = recallbot("account", "resume", "newsbot")
    after = listed(recallbot)
    removed = recallbot("account", "remove", "newsbot")

    assert [one.code for one in (paused, resumed, removed)] == [0, 0, 0]
    assert [rows[0]["active"] for rows in (while_paused, after)] == [False, True]
    assert removed.out == "NewsBot is taken away\n"
    assert listed(recallbot) == []


@pytest.mark.parametrize("deed", ["set", "pause", "resume", "remove"])
def test_an_account_that_is_not_there_is_said(recallbot: Command, deed: str) -> None:
    assert refused(recallbot("account", deed, "nobody"), "nobody", "account list")


def test_an_account_with_posts_is_only_paused(recallbot: Command) -> None:
    recallbot("account", "add", "x", "NewsBot", "--mode", "automatic")
    recallbot("post", "isla-rae-us-2026-01")

    removed = recallbot("account", "remove", "NewsBot")

    assert "it is paused" in removed.out
    assert [row["active"] for row in listed(recallbot)] == [False]
