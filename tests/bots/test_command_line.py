"""The command line: every question is answered, every failure is one line and exit code 2."""

from __future__ import annotations

import json
import os
import pty
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bots.__main__ import app
from bots.ask import Asker, Options, open_asker
from bots.commands.recalls import EU, countries
from core.model.unit import Unit
from core.settings import Settings
from tests.bots.conftest import SHIPPED, Command, environment, in_process_of_its_own, refused

ANSWER = {"id", "text", "lang", "intent", "items", "verdict", "as_of", "sources", "reply"}
ALSO = {"action", "urgent", "reason"}
ITEM = {"brand", "model", "serial", "codes", "verdict", "reason", "recalls", "next"}


def test_a_question_is_answered_with_the_recall(recallbot: Command) -> None:
    ended = recallbot("check", "anker", "powercore", "A1263")

    assert ended.code == 0
    assert ended.err == ""
    assert "A1263" in ended.out
    assert "www.cpsc.gov" in ended.out


def test_an_affected_unit_is_no_failure_of_the_command(recallbot: Command) -> None:
    ended = recallbot("check", "casely", "E33A", "--region", "US", "--json")

    assert ended.code == 0
    assert json.loads(ended.out)["verdict"] == "affected"


def test_the_json_answer_has_the_fields_it_promises(recallbot: Command) -> None:
    told = json.loads(recallbot("check", "anker", "A1263", "--json").out)

    assert set(told) == ANSWER | ALSO
    assert set(told["items"][0]) == ITEM
    assert told["verdict"] == told["items"][0]["verdict"] == "check_needed"
    assert told["intent"] == "check"


def test_the_country_decides_which_recalls_come_first(recallbot: Command) -> None:
    britain = json.loads(recallbot("check", "anker", "A1263", "--region", "uk", "--json").out)
    america = json.loads(recallbot("check", "anker", "A1263", "--region", "US", "--json").out)

    assert all(recall["elsewhere"] for recall in britain["items"][0]["recalls"])
    assert not all(recall["elsewhere"] for recall in america["items"][0]["recalls"])


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t ",
        "\x00\x01\x1b[31m\x7f anker",
        "'; DROP TABLE notice; --",
        "<script>alert(1)</script>",
        "what do I have",
        "forget me",
        "a" * 100_000,
        "anker A1263 " * 8_000,
        "\udc80\udcff anker",
        "安克 А1263 \u202e",
    ],
    ids=lambda text: repr(text[:12]),
)
def test_odd_text_gets_a_reply_that_is_never_empty(recallbot: Command, text: str) -> None:
    ended = recallbot("check", text, "--json")

    assert ended.code == 0
    assert ended.err == ""
    assert json.loads(ended.out)["reply"].strip()


def test_nothing_written_in_a_question_changes_the_database(
    recallbot: Command, database: Path
) -> None:
    recallbot("check", "'; DROP TABLE notice; --")

    assert recallbot("check", "anker", "A1263", "--json").code == 0
    assert database.read_bytes() == SHIPPED.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("check",), "say what to check"),
        (("check", "anker", "--file", "rows.csv"), "one of the two"),
        (("check", "anker", "--out", "told.csv"), "--out goes with --file"),
        (("check", "anker", "--region", "USA"), "two-letter country code"),
        (("check", "anker", "--region", "Ü1"), "two-letter country code"),
        (("check", "--nonsense"), "--nonsense"),
        (("nonsense",), "nonsense"),
        (("recalls", "show"), "name one recall"),
        (("recalls", "show", "nope"), "no recall has the id 'nope'"),
        (("catalogue", "lint", "nowhere.json"), "1 found in 1 file"),
    ],
)
def test_a_wrong_command_is_refused_in_one_line(
    recallbot: Command, arguments: tuple[str, ...], words: str
) -> None:
    assert refused(recallbot(*arguments), words)


def test_a_folder_is_no_database(recallbot: Command, tmp_path: Path) -> None:
    assert refused(recallbot("check", "anker", on=tmp_path), "is a folder")


@pytest.mark.parametrize("command", [("check", "anker"), ("recalls",), ("db", "upgrade")])
def test_garbage_is_no_database(
    recallbot: Command, tmp_path: Path, command: tuple[str, ...]
) -> None:
    garbage = tmp_path / "garbage.db"
    garbage.write_bytes(b"\x07garbage" * 500)

    ended = recallbot(*command, on=garbage)

    assert refused(ended, "is not an SQLite database")
    assert garbage.read_bytes() == b"\x07garbage" * 500


def test_a_database_newer_than_the_code_is_left_alone(
    recallbot: Command, database: Path
) -> None:
    with closing(sqlite3.connect(database)) as newer, newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")

    assert refused(recallbot("check", "anker"), "newer version", "9999")


def test_a_database_that_somebody_writes_to_still_answers(
    recallbot: Command, database: Path
) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("BEGIN IMMEDIATE")

        ended = recallbot("check", "anker", "A1263", "--json")

    assert json.loads(ended.out)["verdict"] == "check_needed"


def test_a_locked_database_that_needs_the_catalogue_is_named(
    recallbot: Command, database: Path
) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("UPDATE source_state SET digest = 'older'")
        other.execute("BEGIN EXCLUSIVE")

        ended = recallbot("check", "anker", "A1263")

    assert refused(ended, "locked by another program")


def test_an_older_catalogue_in_the_database_is_replaced(
    recallbot: Command, database: Path
) -> None:
    with closing(sqlite3.connect(database)) as older, older:
        older.execute("UPDATE source_state SET digest = 'older'")

    ended = recallbot("check", "anker", "A1263", "--json")

    assert json.loads(ended.out)["verdict"] == "check_needed"
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT digest FROM source_state").fetchone() != ("older",)


@pytest.mark.parametrize(
    "url", ["foo://me:hidden@host/x", "postgresql://me:hidden@127.0.0.1:1/x"]
)
def test_a_database_out_of_reach_is_named_without_its_password(
    recallbot: Command, url: str
) -> None:
    ended = recallbot("check", "anker", on=url)

    assert refused(ended)
    assert "hidden" not in ended.err


def test_a_wrong_setting_is_named(recallbot: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECALLBOT_CATALOGUE_MAX_AGE_DAYS", "soon")

    assert refused(recallbot("check", "anker"), "RECALLBOT_CATALOGUE_MAX_AGE_DAYS")


def test_a_database_name_with_odd_characters_is_refused(recallbot: Command) -> None:
    assert refused(recallbot("check", "anker", on="a?b"), "odd characters")


def test_without_a_name_the_database_comes_from_the_environment(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECALLBOT_DATABASE_URL", str(database))

    with open_asker(Settings.load()) as asker:
        told = asker.ask_unit(Unit("Anker", "A1263"), Options())

    assert isinstance(asker, Asker)
    assert told.verdict == "check_needed"


@pytest.mark.parametrize(
    ("regions", "told"),
    [
        (("US",), "US"),
        (("US", "CA", "MX"), "US,CA,MX"),
        (("US", "CA", "AU", "NZ"), "US,CA +2"),
        (("US", "WORLD", "CA"), "worldwide"),
        (tuple(sorted(EU)), "EU"),
        ((*sorted(EU), "IS", "LI", "NO"), "EU,IS +2"),
        (("FR", "DE"), "FR,DE"),
    ],
)
def test_many_countries_are_told_shortly(regions: tuple[str, ...], told: str) -> None:
    assert countries(regions) == told


def test_recalls_are_told_whole_to_a_program(recallbot: Command) -> None:
    every = json.loads(recallbot("recalls", "anker", "--json").out)
    one = json.loads(recallbot("recalls", "show", every[0]["id"], "--json").out)
    none = json.loads(recallbot("recalls", "zzzzqqqq", "--json").out)

    assert one == every[0]
    assert {"id", "state", "kind", "regions", "units", "sources"} <= set(one)
    assert none == []


def test_recalls_lists_finds_and_shows(recallbot: Command) -> None:
    newest = recallbot("recalls").out.splitlines()
    found = recallbot("recalls", "anker").out
    shown = recallbot("recalls", "show", newest[0].split()[1]).out
    none = recallbot("recalls", "zzzzqqqq").out

    assert len(newest) == 50
    assert newest == sorted(newest, key=lambda line: line[:10], reverse=True)
    assert "anker" in found
    assert "https://" in shown
    assert "no proof" in none


def test_the_database_is_upgraded_copied_and_made(recallbot: Command, tmp_path: Path) -> None:
    new = tmp_path / "new.db"
    copy = tmp_path / "copy.db"
    example = tmp_path / "example.db"

    assert recallbot("db", "upgrade", on=new).out == "The database is up to date.\n"
    assert recallbot("db", "backup", str(copy), on=new).out == f"Copied to {copy}.\n"
    assert recallbot("db", "example", str(example)).out == f"Wrote {example}.\n"
    assert recallbot("check", "anker", "A1263", on=copy).code == 0


def test_a_copy_never_replaces_a_file(recallbot: Command, database: Path) -> None:
    assert refused(recallbot("db", "backup", str(database)), "exists already")


def test_an_example_that_cannot_be_written_is_refused(
    recallbot: Command, tmp_path: Path
) -> None:
    assert refused(
        recallbot("db", "example", str(tmp_path / "no" / "x.db")), "cannot be written"
    )


def test_the_shipped_catalogue_is_in_order_and_a_broken_file_is_not(
    recallbot: Command, tmp_path: Path
) -> None:
    shipped = SHIPPED.parent / "core" / "catalogue" / "anker.json"
    broken = tmp_path / "broken.json"
    broken.write_text('{"makers": [', encoding="utf-8")

    assert recallbot("catalogue", "lint", str(shipped)).out == "1 file(s) in order\n"
    ended = recallbot("catalogue", "lint", str(broken))
    assert refused(ended, "1 found in 1 file(s)")
    assert "broken.json: is not JSON" in ended.out


def test_the_schema_is_json(recallbot: Command) -> None:
    assert "properties" in json.loads(recallbot("catalogue", "schema").out)


def test_the_version_and_the_help_end_well(recallbot: Command) -> None:
    assert recallbot("--version").out.startswith("recallbot ")
    assert "check" in recallbot("--help").out


def test_bytes_that_are_no_text_are_answered_without_a_traceback(database: Path) -> None:
    ended = in_process_of_its_own(
        "--database",
        str(database),
        "check",
        b"anker \xff\xfe A1263",
        "--json",
        folder=database.parent,
        PYTHONIOENCODING="ascii:strict",
    )

    assert (ended.code, ended.err) == (0, "")
    assert json.loads(ended.out)["verdict"] == "check_needed"


def test_a_reader_that_leaves_early_is_no_failure(database: Path) -> None:
    recallbot = f"{sys.executable} -m bots --database {database} catalogue schema"
    shell = shutil.which("sh")
    assert shell

    done = subprocess.run(
        [shell, "-c", f"{recallbot} | head -c 10"],
        cwd=SHIPPED.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert "Traceback" not in done.stderr


def test_a_chat_greets_answers_and_ends_with_its_input(database: Path) -> None:
    typed = "casely E33A\n2\nwhat do I have\n"

    ended = CliRunner().invoke(app, ["--database", str(database), "chat"], input=typed)

    assert (ended.exit_code, ended.stderr) == (0, "")
    assert ended.stdout.startswith("Tell me a brand")
    assert "[2] I have this" in ended.stdout
    assert "On your list:" in ended.stdout


def test_on_a_terminal_the_answer_is_styled(database: Path) -> None:
    ours, theirs = pty.openpty()
    command = [
        sys.executable,
        "-m",
        "bots",
        "--database",
        str(database),
        "check",
        "casely E33A",
    ]

    done = subprocess.run(
        command,
        cwd=SHIPPED.parent,
        env=environment(TERM="xterm-256color"),
        stdout=theirs,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    shown = os.read(ours, 10_000).decode(errors="replace")
    os.close(ours)
    os.close(theirs)

    assert "\x1b[1mProduct safety recall" in shown
