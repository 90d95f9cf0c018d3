"""Bluesky's own reference server, for tests: started once, with an account for each of them."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

HERE = Path(__file__).parent
INSTALLED = HERE.parents[1] / "build" / "bluesky" / "node_modules"
POSTS = "app.bsky.feed.post"
# An app password takes the server four times as long.
PASSWORD = "open sesame"
APP = "bot"
_NAMES = count(1)


@dataclass(frozen=True, slots=True)
class Member:
    """An account, and what its owner sees and does."""

    server: BlueskyServer
    handle: str
    did: str
    token: str = field(repr=False)
    renewal: str = field(repr=False)

    def session(self, url: str) -> str:
        """Return its session with a server of that address, as the library writes it down."""
        return ":::".join((self.handle, self.did, self.token, self.renewal, url))

    def app_password(self) -> str:
        """Return a password for a program alone, as a bot is to have one."""
        wanted = {"name": APP}
        made = self.server.tells("com.atproto.server.createAppPassword", wanted, self.token)
        return str(made["password"])

    @property
    def posts(self) -> list[Mapping[str, Any]]:
        """Return its posts as everybody reads them, the oldest first."""
        query = {"repo": self.did, "collection": POSTS, "limit": 100}
        records = self.server.asks("com.atproto.repo.listRecords", query)["records"]
        values = [{**one["value"], "uri": one["uri"]} for one in records]
        return sorted(values, key=lambda value: value["createdAt"])

    @property
    def shown(self) -> str:
        """Return the texts of its posts."""
        return "\n".join(post["text"] for post in self.posts)

    def picture(self, cid: str) -> bytes:
        """Return a file that one of its posts shows."""
        query = {"did": self.did, "cid": cid}
        answer = self.server.http.get("/com.atproto.sync.getBlob", params=query)
        return answer.raise_for_status().content

    def deletes(self, uri: str) -> None:
        """Take a post down."""
        name = uri.rpartition("/")[2]
        wanted = {"repo": self.did, "collection": POSTS, "rkey": name}
        self.server.tells("com.atproto.repo.deleteRecord", wanted, self.token)

    def leaves(self) -> None:
        """Deactivate the account."""
        self.server.tells("com.atproto.server.deactivateAccount", {}, self.token)

    def revokes(self) -> None:
        """Take the app password back, and with it every session it opened."""
        self.server.tells("com.atproto.server.revokeAppPassword", {"name": APP}, self.token)


@dataclass(frozen=True, slots=True)
class BlueskyServer:
    """A running server; `key` lets who makes accounts pass its limits."""

    url: str
    key: str
    http: httpx.Client = field(repr=False)

    def member(self) -> Member:
        """Return a new account."""
        name = f"bot{next(_NAMES)}.test"
        wanted = {"handle": name, "email": f"{name}@example.com", "password": PASSWORD}
        made = self.tells("com.atproto.server.createAccount", wanted)
        return Member(self, name, made["did"], made["accessJwt"], made["refreshJwt"])

    def asks(self, method: str, query: Mapping[str, Any]) -> Any:
        """Return what a question is answered with."""
        return self.http.get(f"/{method}", params=query).raise_for_status().json()

    def tells(self, method: str, wanted: Mapping[str, Any], token: str | None = None) -> Any:
        """Have something done, and return the answer."""
        headers = {"x-ratelimit-bypass": self.key}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        # Where there is nothing to say, not even an empty object may be said.
        body = {"json": wanted} if wanted or "deactivate" in method else {}
        answer = self.http.post(f"/{method}", headers=headers, **body)
        answer.raise_for_status()
        return answer.json() if answer.content else None


def _missing(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@cache
def bluesky_server() -> BlueskyServer:
    """Return the server, started for the first who asks; skips where it is not installed."""
    node = shutil.which("node")
    if node is None or not INSTALLED.is_dir():
        _missing("no Bluesky server: run tests/platforms/bluesky/install.sh, which needs npm")
    running = _running(str(node))
    server = running.__enter__()
    atexit.register(running.__exit__, None, None, None)
    return server


@contextmanager
def _running(node: str) -> Iterator[BlueskyServer]:
    # In memory where that can be: each account is a database of its own.
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - a new folder
    folder = tempfile.mkdtemp(prefix="recallbot-bluesky-", dir=memory)
    command = [node, str(HERE / "bluesky" / "serve.cjs"), folder]
    environment = {**os.environ, "NODE_PATH": str(INSTALLED), "LOG_ENABLED": "false"}
    pipe = subprocess.PIPE
    with (
        subprocess.Popen(command, stdin=pipe, stdout=pipe, env=environment) as process,
        httpx.Client(timeout=60) as http,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        http.base_url = httpx.URL(f"{url}/xrpc")
        yield BlueskyServer(url, folder, http)
        process.stdin.close()
        process.wait()
    shutil.rmtree(folder, ignore_errors=True)
