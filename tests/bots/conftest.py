"""What tests of the command line start from: a database of one's own, and a way to ask."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from bots.__main__ import main

ROOT = Path(__file__).parent.parent.parent
SHIPPED = ROOT / "subscriptions.db.example"
SHIPPED_KEY = ROOT / "subscriptions.db.example.key"


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str


Command = Callable[..., Ended]


def environment(**more: str) -> dict[str, str]:
    """Return an environment without settings of this machine's, in which no feed is read."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("RECALLBOT_")}
    return {**kept, "PYTHONPATH": str(ROOT), "RECALLBOT_SOURCES": "none", **more}


def in_process_of_its_own(*arguments: str | bytes, folder: Path, **more: str) -> Ended:
    """Run the command line as a person would."""
    done = subprocess.run(
        [sys.executable, "-m", "bots", *arguments],
        cwd=folder,
        env=environment(**more),
        capture_output=True,
        timeout=60,
        check=False,
    )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """Forget what a command set up for logs, such as a stream that is closed by now."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Give a copy of the example database, to write to."""
    path = tmp_path / "own.db"
    shutil.copy(SHIPPED, path)
    key = path.with_name("own.db.key")
    shutil.copyfile(SHIPPED_KEY, key)
    key.chmod(0o600)
    return path


@pytest.fixture
def recallbot(capsys: pytest.CaptureFixture[str], database: Path) -> Command:
    """Give the command line on that database, in this process."""

    def command(*arguments: str, on: str | Path = database) -> Ended:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(["--database", str(on), *arguments])
        written = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Ended(ended.value.code, written.out, written.err)

    return command


def refused(ended: Ended, *words: str) -> bool:
    """Say whether it is one clear line on stderr with these words, and exit code 2."""
    return (
        ended.code == 2
        and ended.err.count("\n") == 1
        and ended.err.startswith("recallbot: ")
        and "Traceback" not in ended.err
        and all(word in ended.err for word in words)
    )
