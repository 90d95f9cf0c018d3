"""Takes docs/chat.png: the real page, in a real browser, with a real answer."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "chat.png"
QUESTION = "anker powercore A1263"
BROWSER_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ATTEMPTS = 100
WIDTH = 900


@contextmanager
def running_bot(folder: Path) -> Iterator[str]:
    """Run the bot on an empty database in `folder`; yield the address of its web chat."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    variables = {
        **os.environ,  # noqa: TID251 - the bot runs as it would here, on another database
        "RECALLBOT_DATABASE_URL": str(folder / "recallbot.db"),
        "RECALLBOT_SOURCES": "none",
        "RECALLBOT_WEB_PORT": str(port),
        "RECALLBOT_LOG_LEVEL": "warning",
    }
    command = [str(Path(sys.executable).parent / "recallbot"), "run"]
    with subprocess.Popen(command, env=variables, cwd=folder) as bot:
        try:
            _wait_until_ready(address, bot)
            yield address
        finally:
            bot.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(address: str, bot: subprocess.Popen[bytes]) -> None:
    for _ in range(ATTEMPTS):
        with suppress(httpx.TransportError):
            if httpx.get(f"{address}/health.json").is_success:
                return
        with suppress(subprocess.TimeoutExpired):
            bot.wait(timeout=0.2)
            break
    raise SystemExit("the bot stopped, or was not ready, before its page could be seen")


def take(address: str, picture: Path) -> None:
    """Ask the question in the chat at `address` and save what the person then sees."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("the screenshot needs Chromium; on Debian: apt-get install chromium")
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium, args=list(BROWSER_FLAGS))
        page = browser.new_page(
            viewport={"width": WIDTH, "height": 600}, device_scale_factor=2, locale="en-GB"
        )
        page.goto(address)
        page.get_by_role("textbox").fill(QUESTION)
        page.get_by_role("textbox").press("Enter")
        page.get_by_role("log").get_by_text("Product safety recall").first.wait_for()
        # As tall as the conversation: what sticks to the window's edge must not cover it.
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": WIDTH, "height": height})
        page.screenshot(path=picture, animations="disabled")
        browser.close()


def main() -> None:
    """Take the picture that the README shows."""
    with tempfile.TemporaryDirectory() as folder, running_bot(Path(folder)) as address:
        take(address, PICTURE)


if __name__ == "__main__":
    main()
