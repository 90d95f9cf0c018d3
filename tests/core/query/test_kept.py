"""What is compiled once is kept, until a list changes."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from core.query import kept as module
from core.query.kept import kept

HERE = Path(module.__file__).parent


@pytest.fixture
def name() -> str:
    return "kept_in_a_test"


@pytest.fixture
def file(name: str) -> Iterator[Path]:
    path = Path(cache_from_source(str(HERE / f"{name}.py"))).with_suffix(".json")
    yield path
    path.unlink(missing_ok=True)


def refuse() -> dict[str, int]:
    raise AssertionError("made again")


def test_a_value_is_made_once_and_then_read(name: str, file: Path) -> None:
    first = kept(name, ("words",), lambda: {"a": 1})

    assert file.exists()
    assert first == kept(name, ("words",), refuse) == {"a": 1}


@pytest.mark.parametrize("spoilt", ["", "{", "[]", '{"mark": 1, "value": 2}', "null"])
def test_a_spoilt_file_is_made_anew(name: str, file: Path, spoilt: str) -> None:
    kept(name, ("words",), lambda: {"a": 1})
    file.write_text(spoilt, encoding="utf-8")

    assert kept(name, ("words",), lambda: {"a": 2}) == {"a": 2}
    assert kept(name, ("words",), refuse) == {"a": 2}


def test_other_lists_make_it_anew(name: str, file: Path) -> None:
    kept(name, ("words",), lambda: {"a": 1})

    assert kept(name, ("known",), lambda: {"a": 2}) == {"a": 2}
    assert file.exists()


def test_where_nothing_can_be_written_it_is_made_each_time(file: Path, name: str) -> None:
    file.mkdir()

    try:
        assert kept(name, (), lambda: {"a": 1}) == {"a": 1}
        assert kept(name, (), lambda: {"a": 2}) == {"a": 2}
        assert not list(file.parent.glob("tmp*"))
    finally:
        file.rmdir()
