"""`recallbot db rotate-key`: with a key file it does all of it, with a variable it says how."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.store.example import SECRET
from tests.bots.conftest import Command, refused

NEW = "a-new-secret-of-this-test"


@pytest.fixture
def key(database: Path) -> Path:
    return database.with_name(f"{database.name}.key")


def test_a_key_file_gets_a_new_key_and_the_database_opens_with_it(
    recallbot: Command, key: Path
) -> None:
    ended = recallbot("db", "rotate-key")
    afterwards = recallbot("doctor")

    [secret] = key.read_text().split()
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("Sealed ")
    assert str(key) in ended.out
    assert secret != SECRET
    assert secret not in ended.out
    assert "WRONG" not in afterwards.out


def test_a_single_secret_of_the_settings_is_the_operators_to_change(
    recallbot: Command, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECALLBOT_SECRET_KEY", SECRET)

    ended = recallbot("db", "rotate-key")

    assert refused(ended, "RECALLBOT_SECRET_KEY holds one secret")
    assert SECRET not in ended.err
    assert key.read_text().split() == [SECRET]


def test_with_two_secrets_everything_is_sealed_with_the_first(
    recallbot: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECALLBOT_SECRET_KEY", f"{NEW},{SECRET}")
    ended = recallbot("db", "rotate-key")
    monkeypatch.setenv("RECALLBOT_SECRET_KEY", NEW)
    afterwards = recallbot("doctor")
    monkeypatch.setenv("RECALLBOT_SECRET_KEY", SECRET)
    with_the_old = recallbot("doctor")

    assert "Only the first secret of RECALLBOT_SECRET_KEY is needed now" in ended.out
    assert "WRONG" not in afterwards.out
    assert "database: the database was sealed with a secret key that is not given" in (
        with_the_old.out
    )


def test_without_its_key_nothing_is_rotated_and_no_key_made(
    recallbot: Command, key: Path
) -> None:
    key.unlink()

    ended = recallbot("db", "rotate-key")

    assert refused(ended, f"the key file {key} is missing")
    assert not key.exists()
