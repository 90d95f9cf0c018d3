"""`recallbot post`: what accounts would post, and what is released by name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bots.asked_posts import moment_in
from bots.failure import Failure
from bots.publishing import voices
from bots.registry import PLATFORMS
from tests.bots.conftest import Command, Ended, refused
from tests.builders import NOW

RECALL, NUMBER = "isla-rae-us-2026-01", "26179"
SCHEMA = {
    "channel": str,
    "account": str,
    "recall": str,
    "part": int,
    "text": str,
    "alt": str | None,
    "image": str | None,
}


@pytest.fixture(autouse=True)
def accounts_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECALLBOT_X_API_KEY", "key")
    monkeypatch.setenv("RECALLBOT_X_API_SECRET", "secret")
    monkeypatch.setenv("RECALLBOT_X_ACCOUNTS", "NewsBot:token:secret\nOther:token:secret")


@pytest.fixture
def news(recallbot: Command) -> Command:
    """Give the command line with one account, which posts by itself."""
    recallbot("account", "add", "x", "NewsBot", "--name", "News", "--mode", "automatic")
    return recallbot


def posts(ended: Ended) -> list[dict[str, Any]]:
    assert (ended.code, ended.err) == (0, "")
    return [json.loads(line) for line in ended.out.splitlines()]


def deliveries(recallbot: Command) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(recallbot("outbox", "list", "--json").out)
    return found


def of(ended: Ended, *names: str) -> Sequence[Any]:
    return [tuple(one[name] for name in names) for one in posts(ended)]


def test_without_an_account_one_of_each_platform_shows_what_it_would_post(
    recallbot: Command,
) -> None:
    shown = posts(recallbot("post", NUMBER, "--dry-run", "--json"))

    assert [one["channel"] for one in shown] == list(PLATFORMS)
    for one in shown:
        assert list(one) == list(SCHEMA)
        assert all(isinstance(one[name], kind) for name, kind in SCHEMA.items())
        assert (one["account"], one["recall"], one["part"]) == ("default", RECALL, 1)
        assert voices()[one["channel"]].capabilities.fits(one["text"])
        assert "RM5PBM" in one["text"]
        assert one["alt"]
        assert one["image"].startswith("image/jpeg 1200x675 sha256:")
    assert deliveries(recallbot) == []


def test_pictures_are_written_where_it_is_asked_for(recallbot: Command, tmp_path: Path) -> None:
    folder = tmp_path / "to" / "come"

    [one] = posts(
        recallbot(
            *("post", RECALL, "--dry-run", "--json", "--channel", "x"),
            *("--images", str(folder)),
        )
    )

    with Image.open(BytesIO(Path(one["image"]).read_bytes())) as picture:
        assert (picture.format, picture.size) == ("JPEG", (1200, 675))
    assert Path(one["image"]).parent == folder


def test_a_folder_that_cannot_be_written_is_said(recallbot: Command, tmp_path: Path) -> None:
    taken = tmp_path / "file"
    taken.write_text("", encoding="utf-8")

    ended = recallbot(
        *("post", RECALL, "--dry-run", "--channel", "x", "--images", str(taken / "in it"))
    )

    assert refused(ended, "cannot be written")


def test_people_read_the_text_and_what_the_picture_shows(recallbot: Command) -> None:
    ended = recallbot("post", RECALL, "--dry-run", "--channel", "mastodon", "--lang", "DE")

    assert ended.code == 0
    assert ended.out.startswith(f"== mastodon, default: {RECALL}\nProduktsicherheitsrückruf")
    assert "\n[picture: Produktsicherheitsrückruf" in ended.out


def test_every_open_recall_comes_once_newest_first(recallbot: Command) -> None:
    everything = of(
        recallbot(
            "post", "--all", "--dry-run", "--json", "--channel", "discord", "--limit", "3"
        ),
        "recall",
    )

    assert everything[0] == (RECALL,)
    assert len(set(everything)) == 3


def test_accounts_show_what_they_would_post_whatever_their_rules(news: Command) -> None:
    news("account", "set", "News", "--country", "JP", "--lang", "ja", "--no-pictures")
    news("account", "add", "x", "Other")

    every = of(news("post", RECALL, "--dry-run", "--json"), "account", "alt", "image")
    one = of(news("post", RECALL, "--dry-run", "--json", "--account", "news"), "account")
    both = of(
        news("post", RECALL, "--dry-run", "--json", "--channel", "x", "--channel", "telegram"),
        "channel",
        "account",
    )

    assert every[0] == ("News", None, None)
    assert [name for name, _, _ in every] == ["News", "Other"]
    assert one == [("News",)]
    assert both == [("x", "News"), ("x", "Other"), ("telegram", "default")]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), ("--all",)),
        ((RECALL, "--all"), ("--all",)),
        (("no such recall",), ("no such recall",)),
        ((RECALL, "--channel", "fax"), ("fax", "mastodon")),
        ((RECALL, "--account", "nobody"), ("nobody",)),
        ((RECALL, "--lang", "tlh"), ("tlh", "zh-Hant")),
        ((RECALL, "--at", "yesterday"), ("yesterday",)),
        ((RECALL, "--at", "2001-01-01T10:00"), ("past",)),
    ],
)
def test_what_cannot_be_shown_is_one_line(
    recallbot: Command, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    assert refused(recallbot("post", *arguments, "--dry-run"), *words)


def test_pictures_and_everything_are_only_for_looking(news: Command) -> None:
    assert refused(news("post", RECALL, "--images", "x"), "--dry-run")
    assert refused(news("post", "--all"), "--limit")
    assert deliveries(news) == []


def test_nothing_is_posted_where_no_account_is_set_up(recallbot: Command) -> None:
    assert refused(recallbot("post", RECALL), "account add")


def test_a_recall_is_drafted_approved_and_in_the_outbox(news: Command) -> None:
    ended = news("post", NUMBER)

    assert (ended.code, ended.err) == (0, "")
    assert f"x, News: {RECALL} is posted next\n" in ended.out
    assert "recallbot work" in ended.out
    [delivery] = deliveries(news)
    assert (delivery["channel"], delivery["reason"]) == ("x", "post")
    assert (delivery["state"], delivery["notice"]) == ("waiting", RECALL)


def test_nothing_is_posted_twice(news: Command) -> None:
    news("post", RECALL)

    again = news("post", NUMBER, RECALL)
    told = of(news("post", RECALL, "--json"), "became", "at")

    assert again.code == 0
    assert again.out == f"x, News: {RECALL} is in the outbox already (waiting)\n"
    assert told == [("waiting", None)]
    assert len(deliveries(news)) == 1


def test_it_is_posted_when_somebody_says(news: Command) -> None:
    at = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)

    told = of(news("post", RECALL, "--json", "--at", at.isoformat()), "became", "at")

    assert told == [("released", at.isoformat())]
    [delivery] = deliveries(news)
    assert (delivery["state"], delivery["due_at"]) == ("later", at.isoformat())


def test_what_is_serious_waits_for_two_people_where_the_rules_say_so(news: Command) -> None:
    news("account", "set", "News", "--two-for-serious")

    first, again = news("post", RECALL), news("post", RECALL)

    assert first.code == 0
    assert "two people" in first.out
    assert "waits at the desk" in again.out
    assert deliveries(news) == []


def test_rules_keep_a_recall_away_unless_the_account_is_named(news: Command) -> None:
    news("account", "set", "News", "--country", "JP")

    kept = of(news("post", RECALL, "--json"), "became")
    named = of(news("post", RECALL, "--json", "--account", "News"), "became")

    assert (kept, named) == ([("skipped",)], [("released",)])


def test_a_paused_account_posts_nothing(news: Command) -> None:
    news("account", "pause", "News")

    ended = news("post", RECALL, "--account", "News")

    assert "paused" in ended.out
    assert deliveries(news) == []


def test_another_language_can_be_asked_for(news: Command) -> None:
    [shown] = posts(news("post", RECALL, "--dry-run", "--json", "--lang", "fr"))

    assert shown["text"].startswith("Rappel")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2027-01-02T03:04+02:00", "2027-01-02T01:04:00+00:00"),
        ("2027-01-02T03:04Z", "2027-01-02T03:04:00+00:00"),
    ],
)
def test_a_moment_may_say_its_zone(text: str, moment: str) -> None:
    assert moment_in(text, NOW).isoformat() == moment


def test_a_moment_without_a_zone_is_local_and_a_time_is_today() -> None:
    now = NOW.astimezone().replace(hour=10, minute=0, second=0, microsecond=0)

    whole = moment_in(f"{now.date().isoformat()} 11:30", now.astimezone(UTC))
    today = moment_in("11:30", now.astimezone(UTC))

    assert whole == today == now + timedelta(minutes=90)


@pytest.mark.parametrize("text", ["", "soon", "25:00", "0001-01-01T00:00+14:00", "9999"])
def test_what_is_no_moment_to_come_is_refused(text: str) -> None:
    with pytest.raises(Failure):
        moment_in(text, NOW)
