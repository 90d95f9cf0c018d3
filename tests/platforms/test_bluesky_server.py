"""Bluesky's own server, as the tests run it: for this machine alone, with its real limits."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.platforms.bluesky_server import bluesky_server

LISTENING = "0A"
LOOPBACK = "0100007F"


def test_nobody_reaches_it_from_outside() -> None:
    tables = [Path("/proc/net") / name for name in ("tcp", "tcp6")]
    if not tables[0].exists():
        pytest.skip("this system does not say who listens where")
    port = urlsplit(bluesky_server().url).port

    rows = [row.split() for table in tables for row in table.read_text().splitlines()[1:]]

    ours = [row[1] for row in rows if row[3] == LISTENING and row[1].endswith(f":{port:04X}")]
    assert ours == [f"{LOOPBACK}:{port:04X}"]


def test_it_tells_what_is_left_of_its_limits() -> None:
    server = bluesky_server()

    answer = server.http.get("/com.atproto.server.describeServer")

    assert answer.headers["ratelimit-policy"] == "3000;w=300"
    assert answer.json()["availableUserDomains"] == [".test"]
