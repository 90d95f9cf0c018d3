"""Files and folders in states that a store must cope with."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

import pytest

from core.store.keys import key_file
from core.store.location import Location
from core.store.migrate import upgrade

NOBODY = 65_534


class Sealed(Protocol):
    """Takes from a folder the right to write, and leaves its files with `mode`."""

    def __call__(self, folder: Path, mode: int = 0o444) -> AbstractContextManager[None]: ...


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Give a folder that every user of the machine may enter."""
    folder = Path(tempfile.mkdtemp(prefix="recallbot-test-"))
    folder.chmod(0o777)
    yield folder
    folder.chmod(0o777)
    shutil.rmtree(folder)


@pytest.fixture
def unwritable() -> Sealed:
    """Give a way to take from a folder and its files the right to write, even from root."""

    @contextmanager
    def seal(folder: Path, mode: int = 0o444) -> Iterator[None]:
        root = os.geteuid() == 0
        for path in folder.iterdir():
            path.chmod(mode)
        folder.chmod(0o555)
        if root:
            os.seteuid(NOBODY)
        try:
            yield
        finally:
            if root:
                os.seteuid(0)
            folder.chmod(0o777)

    return seal


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a database file with every table and no rows; copy it, do not write to it."""
    path = tmp_path_factory.mktemp("migrated") / "migrated.db"
    upgrade(Location(path))
    return path


@pytest.fixture
def file(migrated: Path, tmp_path: Path) -> Path:
    """Give a database file of one's own with every table and no rows."""
    path = tmp_path / "recallbot.db"
    shutil.copy(migrated, path)
    shutil.copy(key_file(Location(migrated)), key_file(Location(path)))
    return path
