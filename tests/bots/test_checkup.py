"""`recallbot doctor`: what is right, what is wrong, and what to do about it."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from bots.registry import PLATFORMS
from tests.bots.conftest import Command, refused


@pytest.fixture(autouse=True)
def port(monkeypatch: pytest.MonkeyPatch) -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        number: int = taken.getsockname()[1]
    monkeypatch.setenv("RECALLBOT_WEB_PORT", str(number))
    return number


def wrong(printed: str) -> list[str]:
    return [line.removeprefix("WRONG  ") for line in printed.splitlines() if "WRONG" in line]


def test_everything_right_is_said_and_ends_well(recallbot: Command, port: int) -> None:
    ended = recallbot("doctor")

    assert (ended.code, ended.err) == (0, "")
    assert [line.split(":")[0].removeprefix("ok     ") for line in ended.out.splitlines()] == [
        "settings",
        "catalogue",
        "typefaces",
        "database",
        "key",
        "outbox",
        "planning",
        "accounts",
        "source catalogue",
        "web",
        *PLATFORMS,
    ]
    assert f"127.0.0.1:{port} is free" in ended.out
    assert "telegram: not set up; to be in Telegram, in Telegram write /newbot" in ended.out
    assert "RECALLBOT_DISCORD_TOKEN" in ended.out


def test_a_wrong_setting_still_has_the_catalogue_looked_at(
    recallbot: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECALLBOT_LOG_LEVEL", "loud")

    ended = recallbot("doctor")

    assert refused(ended, "1 thing(s) to put right")
    assert wrong(ended.out)[0].startswith("settings: RECALLBOT_LOG_LEVEL")
    assert "ok     catalogue: " in ended.out


def test_a_folder_as_database_does_not_hide_the_rest(
    recallbot: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECALLBOT_WEB_PORT", "70000")

    ended = recallbot("doctor", on=tmp_path)

    assert refused(ended, "2 thing(s) to put right")
    assert [line.split(":")[0] for line in wrong(ended.out)] == ["database", "web"]


def test_a_key_that_others_may_read_is_wrong(recallbot: Command, database: Path) -> None:
    key = database.with_name("own.db.key")
    key.chmod(0o644)

    ended = recallbot("doctor")

    assert refused(ended, "1 thing(s) to put right")
    assert wrong(ended.out) == [f"key: others may read {key}: chmod 600 {key}"]


def test_a_rotation_that_was_stopped_is_wrong_until_it_is_run_again(
    recallbot: Command, database: Path
) -> None:
    key = database.with_name("own.db.key")
    key.write_text(f"a-new-secret-in-front\n{key.read_text()}")

    before = recallbot("doctor")
    recallbot("db", "rotate-key")
    after = recallbot("doctor")

    assert wrong(before.out) == ["key: half rotated: run recallbot db rotate-key"]
    assert wrong(after.out) == []
    assert key.read_text() == "a-new-secret-in-front\n"


def test_keys_that_the_settings_give_are_named_and_not_shown(
    recallbot: Command, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = database.with_name("own.db.key").read_text().strip()
    monkeypatch.setenv("RECALLBOT_SECRET_KEY", f"a-new-secret-in-front,{secret}")

    ended = recallbot("doctor")

    assert "ok     key: RECALLBOT_SECRET_KEY, 2 secrets of which the first seals" in ended.out
    assert "a-new-secret" not in ended.out
    assert secret not in ended.out


def test_a_source_that_is_too_old_is_wrong(recallbot: Command, database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE source_state SET as_of = '2020-01-01 00:00:00.000000'")

    ended = recallbot("doctor")

    assert refused(ended)
    assert wrong(ended.out) == [
        "source catalogue: as of 2020-01-01; too old for a negative answer: update recallbot"
    ]


def test_a_port_in_use_is_wrong(recallbot: Command, port: int) -> None:
    with closing(socket.create_server(("127.0.0.1", port))):
        ended = recallbot("doctor")

    assert refused(ended)
    assert wrong(ended.out)[0].startswith(f"web: 127.0.0.1:{port}: ")


def test_a_token_that_is_none_is_wrong_and_hides_nothing(
    recallbot: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECALLBOT_TELEGRAM_TOKEN", "secret-words")

    ended = recallbot("doctor")

    assert refused(ended, "1 thing(s) to put right")
    assert wrong(ended.out)[0].startswith("telegram: RECALLBOT_TELEGRAM_TOKEN does not look")
    assert "ok     discord: not set up" in ended.out
    assert "secret-words" not in ended.out + ended.err


def test_a_wrong_setting_of_a_platform_is_one_line(
    recallbot: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECALLBOT_DISCORD_REQUESTS_PER_SECOND", "many")
    monkeypatch.setenv("RECALLBOT_LOG_LEVEL", "loud")

    ended = recallbot("doctor")

    assert refused(ended, "2 thing(s) to put right")
    assert [line.split(":")[0] for line in wrong(ended.out)] == ["settings", "discord"]
    assert "RECALLBOT_DISCORD_REQUESTS_PER_SECOND" in ended.out


@contextmanager
def answering(port: int, body: bytes) -> Iterator[None]:
    """Answer every request on the port like this."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), Answer) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def test_a_bot_that_runs_is_right(recallbot: Command, port: int) -> None:
    with answering(port, b'{"status": "ok", "now": "", "sources": []}'):
        ended = recallbot("doctor")

    assert ended.code == 0
    assert f"ok     web: the bot runs at http://127.0.0.1:{port}" in ended.out


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"status": "ok"}'])
def test_a_port_that_something_else_took_is_wrong(
    recallbot: Command, port: int, body: bytes
) -> None:
    with answering(port, body):
        ended = recallbot("doctor")

    assert refused(ended, "1 thing(s) to put right")
    assert wrong(ended.out)[0].startswith(f"web: 127.0.0.1:{port}: Address already in use")
