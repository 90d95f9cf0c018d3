"""What the settings promise: read once, checked, frozen, and never printed."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from core.settings import DEFAULT_DATABASE, Settings, SettingsError, database_url


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields:
        monkeypatch.delenv(f"RECALLBOT_{field.upper()}", raising=False)
        monkeypatch.delenv(f"RECALLBOT_{field.upper()}_FILE", raising=False)


def test_without_any_variable_the_defaults_stand() -> None:
    settings = Settings.load()

    assert settings.database_url == DEFAULT_DATABASE
    assert settings.catalogue_max_age_days == 90
    assert settings.feed_max_age_days == 7
    assert settings.log_level == "info"
    assert settings.log_json is False


def test_variables_are_read_and_an_empty_one_means_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RECALLBOT_DATABASE_URL", "postgresql://bot@db/recalls")
    monkeypatch.setenv("RECALLBOT_LOG_LEVEL", " WARNING ")
    monkeypatch.setenv("RECALLBOT_LOG_JSON", "true")
    monkeypatch.setenv("RECALLBOT_FEED_MAX_AGE_DAYS", "")
    monkeypatch.setenv("RECALLBOT_SOURCE_MAX_AGE_DAYS", "CPSC=3, safety_gate = 10,")

    settings = Settings.load()

    assert settings.database_url == "postgresql://bot@db/recalls"
    assert settings.log_level == "warning"
    assert settings.log_json is True
    assert settings.feed_max_age_days == 7
    assert settings.source_max_age_days == {"cpsc": 3, "safety_gate": 10}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RECALLBOT_CATALOGUE_MAX_AGE_DAYS", "soon"),
        ("RECALLBOT_CATALOGUE_MAX_AGE_DAYS", "0"),
        ("RECALLBOT_FEED_MAX_AGE_DAYS", "99999999999999"),
        ("RECALLBOT_SOURCE_MAX_AGE_DAYS", "cpsc"),
        ("RECALLBOT_SOURCE_MAX_AGE_DAYS", "cpsc=soon"),
        ("RECALLBOT_SECRET_KEY", "tooshort"),
        ("RECALLBOT_SECRET_KEY", "long enough for a key,tooshort"),
        ("RECALLBOT_SECRET_KEY", " , "),
        ("RECALLBOT_LOG_LEVEL", "loud"),
        ("RECALLBOT_LOG_JSON", "perhaps"),
        ("RECALLBOT_DATABASE_URL", "what?.db"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_the_variable_and_not_the_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError) as caught:
        Settings.load()

    assert str(caught.value).startswith(f"{name}: ")
    assert "\n" not in str(caught.value)
    assert value == "0" or value not in str(caught.value)


def test_secret_keys_stand_apart_by_commas_or_lines_and_are_never_printed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RECALLBOT_SECRET_KEY", " the new secret key, the old secret key ")
    of_variable = Settings.load()
    monkeypatch.delenv("RECALLBOT_SECRET_KEY")
    (tmp_path / "keys").write_text("the new secret key\n\nthe old secret key\n")
    monkeypatch.setenv("RECALLBOT_SECRET_KEY_FILE", str(tmp_path / "keys"))
    of_file = Settings.load()

    assert of_variable.secret_key == ("the new secret key", "the old secret key")
    assert of_file.secret_key == of_variable.secret_key
    assert "secret key" not in repr(of_variable)


def test_a_secret_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "database"
    secret.write_text("postgresql://bot:hush@db/recalls\n")
    monkeypatch.setenv("RECALLBOT_DATABASE_URL_FILE", str(secret))

    settings = Settings.load()

    assert settings.database_url == "postgresql://bot:hush@db/recalls"
    assert "hush" not in repr(settings)


def test_a_value_and_a_file_for_the_same_setting_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RECALLBOT_DATABASE_URL", "one.db")
    monkeypatch.setenv("RECALLBOT_DATABASE_URL_FILE", str(tmp_path / "other"))

    with pytest.raises(SettingsError, match="both set"):
        Settings.load()


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe\x00", b"x" * 64_001])
def test_a_secret_file_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
) -> None:
    secret = tmp_path / "database"
    if content is not None:
        secret.write_bytes(content)
    monkeypatch.setenv("RECALLBOT_DATABASE_URL_FILE", str(secret))

    with pytest.raises(SettingsError, match=r"^RECALLBOT_DATABASE_URL_FILE: "):
        Settings.load()


def test_settings_do_not_change_once_read() -> None:
    settings = Settings.load()

    with pytest.raises(ValidationError):
        settings.log_json = True  # type: ignore[misc]  # that it is refused is the point


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("recalls.db", "sqlite:///recalls.db"),
        ("/srv/recall bot.db", "sqlite:////srv/recall bot.db"),
        ("sqlite:///recalls.db", "sqlite:///recalls.db"),
        ("postgresql://db/recalls", "postgresql://db/recalls"),
    ],
)
def test_a_bare_path_names_an_sqlite_file(text: str, url: str) -> None:
    assert database_url(text) == url


@pytest.mark.parametrize("text", ["", "  ", "a\x00b", "a\nb", "a?b"])
def test_a_name_no_file_can_have_is_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        database_url(text)
