"""A first load and an unchanged re-read of 10,000 recalls: over loopback, into SQLite."""

from __future__ import annotations

import asyncio
import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import perf_counter
from urllib.parse import parse_qs, urlsplit

import orjson

from core.ingest.run import Reader
from core.sources.cpsc import Cpsc
from core.sources.exchange import Manners
from core.sources.http import Fetcher
from core.store.work import Database
from tools.bench.recalls import as_sent, recalls
from tools.bench.result import Result

RECALLS = 10_000
MEASURED = "measured.json"
AT = datetime(2026, 10, 1, tzinfo=UTC)
KILOBYTES_A_MEGABYTE = 1024


@dataclass(frozen=True, slots=True)
class _Still:
    """A clock that stands, so that the same windows are asked for in every run."""

    def now(self) -> datetime:
        return AT


def ingest() -> Iterator[Result]:
    """Yield the speed of a first load beside its floor, and what a re-read takes and holds."""
    with tempfile.TemporaryDirectory() as folder, _service() as address:
        first = _in_a_process_of_its_own(address, Path(folder))
        again = _in_a_process_of_its_own(address, Path(folder))
    _must("seeded", first)
    _must("same", again)
    speed, floor = RECALLS / first["seconds"], RECALLS / first["floor"]
    yield Result("ingest, first load", speed, "records/s", floor, "ratio>=0.25")
    yield Result("ingest, first load, memory at most", first["megabytes"], "MB")
    seconds, megabytes = again["seconds"], again["megabytes"]
    yield Result("ingest, unchanged re-read", seconds, "s", again["floor"], "value<=3")
    yield Result("ingest, unchanged re-read, memory", megabytes, "MB", aim="value<=200")


def _must(outcome: str, measured: Mapping[str, float]) -> None:
    """Refuse figures of a run in which not every record became what it had to."""
    if measured[outcome] != RECALLS:
        raise RuntimeError(f"{measured[outcome]} of {RECALLS} records were {outcome}")


def _in_a_process_of_its_own(address: str, folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tools.bench.ingest", address, str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # the log goes there
    measured: dict[str, float] = json.loads((folder / MEASURED).read_text())
    return measured


@contextmanager
def _service() -> Iterator[str]:
    """Serve the recalls on loopback, by the windows of days that are asked for."""
    rows = [(recall["RecallDate"][:10], as_sent(recall)) for recall in recalls(RECALLS)]

    class Service(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query)
            first = asked.get("RecallDateStart", [f"{date.min}"])[0]
            last = asked.get("RecallDateEnd", [f"{date.max}"])[0]
            body = b"[" + b",".join(r for day, r in rows if first <= day <= last) + b"]"
            self.send_response(200)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()


async def _read_whole(address: str, database_url: str) -> dict[str, float]:
    """Read everything once; return the outcomes, the seconds and the megabytes held at most."""
    database = await Database.open(database_url)
    # The pause between two requests is politeness towards an authority, not our speed.
    manners = Manners(loopback=True, pause=timedelta())
    async with Fetcher(manners, clock=_Still()) as fetcher:
        source = Cpsc(fetcher, address)
        started = perf_counter()
        report = await Reader(database, _Still()).cycle(source, whole=True)
        seconds = perf_counter() - started
    await database.close()
    if report.error:
        raise RuntimeError(report.error)
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES_A_MEGABYTE
    return {**report.counts, "seconds": seconds, "megabytes": held}


def _floor(folder: Path) -> float:
    """Return the seconds that parsing and storing the same bytes takes at the very least."""
    bodies = [as_sent(recall) for recall in recalls(RECALLS)]
    payload = b"[" + b",".join(bodies) + b"]"
    file = folder / "floor.db"
    file.unlink(missing_ok=True)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE record (pk INTEGER PRIMARY KEY, body BLOB)")
        started = perf_counter()
        keys = [fields["RecallID"] for fields in orjson.loads(payload)]
        rows = list(zip(keys, bodies, strict=True))
        connection.executemany("INSERT INTO record VALUES (?, ?)", rows)
        connection.commit()
        return perf_counter() - started


def _measure(address: str, folder: Path) -> None:
    url = f"sqlite:///{folder / 'bench.db'}"
    measured = asyncio.run(_read_whole(address, url)) | {"floor": _floor(folder)}
    (folder / MEASURED).write_text(json.dumps(measured))


if __name__ == "__main__":
    _measure(sys.argv[1], Path(sys.argv[2]))
