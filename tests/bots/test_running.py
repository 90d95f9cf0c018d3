"""`recallbot run`: it starts, answers, stops when asked, and starts again after a kill."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from bots.failure import Failure
from bots.serve import run_all
from core.settings import Settings
from tests.bots.conftest import ROOT, Command, environment, in_process_of_its_own, refused

TRIES = 600
PAUSE = 0.05


@contextmanager
def a_taken_port() -> Iterator[int]:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        yield taken.getsockname()[1]


@pytest.fixture
def port() -> int:
    with a_taken_port() as port:
        return port


async def page(port: int, path: str = "/health") -> httpx.Response:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        for _ in range(TRIES):
            try:
                return await client.get(path)
            except httpx.ConnectError:
                await asyncio.sleep(PAUSE)
    raise AssertionError("it does not answer")


@contextmanager
def running(database: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bots", "--database", str(database), "run"],
        cwd=database.parent,
        env=environment(RECALLBOT_WEB_PORT=str(port)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


async def test_killed_at_once_it_starts_again_and_a_signal_ends_it_well(
    database: Path, port: int
) -> None:
    with running(database, port) as first:
        await page(port)
        first.kill()
        first.wait()

    with running(database, port) as second:
        response = await page(port)
        second.send_signal(signal.SIGTERM)
        _, log = second.communicate(timeout=30)

    assert response.status_code == 200
    assert second.returncode == 0
    assert "Traceback" not in log
    assert len(log.splitlines()) == 1
    assert f"http://127.0.0.1:{port}" in log


async def test_everything_runs_in_one_process_until_a_signal(
    database: Path, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECALLBOT_WEB_PORT", str(port))
    settings = Settings(database_url=str(database), sources="none")
    task = asyncio.create_task(run_all(settings))

    found = [
        await page(port, path) for path in ("/health", "/", "/recalls", "/recalls?q=anker")
    ]
    recall = await page(port, "/recalls/anker-a1263-us-2025-06")
    signal.raise_signal(signal.SIGINT)
    await task

    assert [response.status_code for response in found] == [200] * 4
    assert recall.status_code == 200
    assert "A1263" in recall.text
    with closing(socket.create_server(("127.0.0.1", port))) as free:
        assert free


def test_a_port_in_use_is_named(database: Path) -> None:
    with a_taken_port() as taken:
        ended = in_process_of_its_own(
            "--database",
            str(database),
            "run",
            folder=ROOT,
            RECALLBOT_WEB_PORT=str(taken),
        )

    assert refused(ended, f"127.0.0.1:{taken}", "RECALLBOT_WEB_PORT")


def test_a_wrong_port_is_named_before_anything_is_opened(
    recallbot: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECALLBOT_WEB_PORT", "many")

    ended = recallbot("run", on=tmp_path / "new.db")

    assert refused(ended, "RECALLBOT_WEB_PORT")
    assert not (tmp_path / "new.db").exists()


async def test_an_address_that_is_not_ours_is_refused(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECALLBOT_WEB_HOST", "2001:db8::1")

    with pytest.raises(Failure, match="cannot listen at 2001:db8::1"):
        await run_all(Settings(database_url=str(database)))


async def test_a_database_that_cannot_be_opened_gives_the_port_back(
    tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECALLBOT_WEB_PORT", str(port))

    with pytest.raises(Failure, match="is a folder"):
        await run_all(Settings(database_url=str(tmp_path)))

    with closing(socket.create_server(("127.0.0.1", port))) as free:
        assert free
