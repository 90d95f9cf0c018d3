"""How long the command line and the bot take to start, and what the bot holds at rest."""

from __future__ import annotations

import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event
from time import monotonic, perf_counter

import psutil

from tools.bench.result import Result

ROUNDS = 9
PATIENCE = 30.0
PAUSE = Event()
MEGABYTE = 1024 * 1024
PROGRAM = str(Path(sys.executable).parent / "recallbot")


def start() -> Iterator[Result]:
    """Yield the start of `recallbot check` and `recallbot run`, and memory at rest."""
    with tempfile.TemporaryDirectory() as folder:
        database = str(Path(folder) / "bench.db")
        bare = _median([sys.executable, "-c", "pass"])
        first, _ = _run_once(database)
        command = [PROGRAM, "--database", database, "check", "anker", "A1263"]
        yield Result("recallbot check, start to end", _median(command), "s", bare, "value<=0.5")
        runs = [_run_once(database) for _ in range(3)]
    ready = statistics.median(seconds for seconds, _ in runs)
    yield Result("recallbot run, first start until ready", first, "s", bare, "value<=2")
    yield Result("recallbot run, start until ready", ready, "s", bare, "value<=2")
    memory = max(size for _, size in runs)
    yield Result("recallbot run, memory at rest", memory, "MB", _bare_memory(), "value<=150")


def _median(command: list[str]) -> float:
    times = []
    for _ in range(ROUNDS):
        started = perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(perf_counter() - started)
    return statistics.median(times)


def _run_once(database: str) -> tuple[float, float]:
    """Start the bot until a page answers; return the seconds and the megabytes held."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    quiet = {"RECALLBOT_WEB_PORT": str(port), "RECALLBOT_SOURCES": "none"}
    environment = {**os.environ, **quiet}  # noqa: TID251 - a child's
    started = perf_counter()
    bot = subprocess.Popen(
        [PROGRAM, "--database", database, "run"], env=environment, stderr=subprocess.DEVNULL
    )
    try:
        _until_answers(f"http://127.0.0.1:{port}/")
        seconds = perf_counter() - started
        return seconds, psutil.Process(bot.pid).memory_info().rss / MEGABYTE
    finally:
        bot.send_signal(signal.SIGTERM)
        bot.wait(PATIENCE)


def _until_answers(url: str) -> None:
    deadline = monotonic() + PATIENCE
    while monotonic() < deadline:
        with suppress(OSError), urllib.request.urlopen(url, timeout=PATIENCE):  # noqa: S310
            return
        PAUSE.wait(0.01)
    raise TimeoutError(f"{url} did not answer")


def _bare_memory() -> float:
    code = "import psutil; print(psutil.Process().memory_info().rss)"
    shown = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    return int(shown.stdout) / MEGABYTE
