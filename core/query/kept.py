"""Compiled word lists, kept beside the program as Python keeps its own compiled files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path
from tempfile import mkstemp
from typing import Any, TypeVar

Value = TypeVar("Value")
HERE = Path(__file__).parent


def kept(name: str, folders: Iterable[str], make: Callable[[], Value]) -> Value:
    """Return what `make` returns, from the file it was kept in while no list has changed.

    Where the file cannot be written it is made each time.
    """
    mark = _mark(folders)
    file = Path(cache_from_source(str(HERE / f"{name}.py"))).with_suffix(".json")
    with suppress(OSError, ValueError, KeyError, TypeError):
        found: dict[str, Any] = json.loads(file.read_bytes())
        if found["mark"] == mark:
            value: Value = found["value"]
            return value
    value = make()
    _write(file, {"mark": mark, "value": value})
    # As it will be read the next time.
    again: Value = json.loads(json.dumps(value))
    return again


def _mark(folders: Iterable[str]) -> list[list[Any]]:
    """Return name, size and time of every list, and of the modules that compile them."""
    lists = (file for folder in folders for file in (HERE / folder).glob("*.json"))
    return [
        [file.name, file.stat().st_size, file.stat().st_mtime_ns]
        for file in sorted((*lists, *HERE.glob("*.py")))
    ]


def _write(file: Path, content: object) -> None:
    """Write it whole or not at all: another process may be reading."""
    with suppress(OSError):
        file.parent.mkdir(exist_ok=True)
        number, part = mkstemp(dir=file.parent)
        try:
            with open(number, "w", encoding="utf-8") as written:  # noqa: PTH123 - open already
                json.dump(content, written, ensure_ascii=False)
            Path(part).replace(file)
        except OSError:
            Path(part).unlink(missing_ok=True)
