"""Database URLs: what each one names, and what is refused without repeating a password."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.store.failure import StoreUnavailable
from core.store.location import Location


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///recallbot.db", "recallbot.db"),
        ("sqlite:////var/lib/recallbot.db", "/var/lib/recallbot.db"),
        ("sqlite+aiosqlite:///a b%20#c.db", "a b%20#c.db"),
        ("SQLite:///x.db", "x.db"),
        (" folder/recallbot.db ", "folder/recallbot.db"),
    ],
)
def test_an_sqlite_url_or_a_bare_path_names_a_file(url: str, path: str) -> None:
    assert Location.of(url).path == Path(path)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_takes_the_same_driver(scheme: str) -> None:
    location = Location.of(f"{scheme}://ann:secret@db.example/recalls?sslmode=require")

    assert location.path is None
    assert location.url.startswith("postgresql+psycopg://ann:secret@db.example/recalls?")
    assert "secret" not in repr(location)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("mysql://ann:secret@db.example/recalls", 'begins with "mysql"'),
        ("a secret that is no scheme://x", "must begin with sqlite://"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("", "names no file"),
        ("sqlite:///x.db?mode=ro", "has a \\?"),
        ("sqlite:///x\0y.db", "odd character"),
        ("x\ny.db", "odd character"),
    ],
)
def test_any_other_url_is_refused_in_one_line_without_a_secret(url: str, reason: str) -> None:
    with pytest.raises(StoreUnavailable, match=reason) as error:
        Location.of(url)

    assert "secret" not in str(error.value)
    assert "\n" not in str(error.value)
