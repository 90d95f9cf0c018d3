"""Drives the Telegram server with Apprise, a notifier that the bot does not use."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from apprise import Apprise, AppriseAttachment, NotifyFormat
from apprise.plugins.telegram import NotifyTelegram

from tests.platforms.telegram_server import Fault, TelegramServer, a_picture


def a_notifier(server: TelegramServer, *chats: int) -> Apprise:
    """Return Apprise with these chats as its targets."""
    NotifyTelegram.notify_url = f"{server.url}/bot"
    NotifyTelegram.request_rate_per_sec = 0
    notifier = Apprise()
    assert notifier.add(f"tgram://{server.token}/{'/'.join(map(str, chats))}?overflow=split")
    return notifier


async def told(notifier: Apprise, body: str, kind: NotifyFormat, *files: Path) -> bool:
    """Send one notification; Apprise blocks, so it does it elsewhere."""
    attached = AppriseAttachment([str(file) for file in files]) if files else None
    return bool(
        await asyncio.to_thread(
            notifier.notify, body=body, title="Recall", body_format=kind, attach=attached
        )
    )


def some_files(folder: Path) -> tuple[Path, Path]:
    """Write a picture and something that is none."""
    picture, paper = folder / "label.png", folder / "mine.json"
    picture.write_bytes(a_picture())
    paper.write_bytes(b"{}")
    return picture, paper


async def main() -> None:
    """Send text, markup, long text and files, and meet what may go wrong."""
    async with TelegramServer(limits=None) as server:
        ann, bob = server.world.person("Ann"), server.world.person("Bob")
        notifier = a_notifier(server, ann.id, bob.id)

        assert await told(notifier, "a < b & c", NotifyFormat.TEXT)
        assert all("a < b & c" in person.chat.shown for person in (ann, bob))
        assert await told(notifier, "<b>Stop</b> using <i>it</i>", NotifyFormat.HTML)
        assert "Stop using it" in ann.chat.shown
        assert await told(notifier, "x " * 4000, NotifyFormat.TEXT)
        assert len(ann.chat.posts) > 3

        with tempfile.TemporaryDirectory() as folder:
            assert await told(notifier, "files", NotifyFormat.TEXT, *some_files(Path(folder)))
        assert {"photo", "document"} <= {name for post in ann.chat.posts for name in post.now}

        bob.block()
        assert not await told(notifier, "one of two", NotifyFormat.TEXT)
        assert "one of two" in ann.chat.shown
        server.faults.append(Fault("status", status=502, times=None))
        assert not await told(notifier, "never", NotifyFormat.TEXT)
        assert "never" not in ann.chat.shown


if __name__ == "__main__":
    asyncio.run(main())
