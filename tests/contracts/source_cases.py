"""The cases of every source: those in `tests/contracts/sources/<name>.py`, as `CASES`.

A source has one for each of its formats; tests/contracts/source_case.py says what is in one.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from core.sources.registry import SOURCES
from tests.contracts.source_case import SourceCase

FOLDER = Path(__file__).parent / "sources"


def _cases(name: str) -> tuple[SourceCase, ...]:
    if not (FOLDER / f"{name}.py").exists():
        return ()  # a test of its own says that it is missing
    found: tuple[SourceCase, ...] = import_module(f"tests.contracts.sources.{name}").CASES
    return found


CASES = tuple(case for name in SOURCES for case in _cases(name))
