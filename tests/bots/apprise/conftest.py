"""Somebody to write to: a web server for JSON, ntfy and Slack's hooks, and a mail server."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.platforms.hook_server import Hook, a_hook
from tests.platforms.mail_server import Mailbox, a_mailbox


@pytest.fixture
async def readers() -> AsyncIterator[Hook]:
    """Give a web server that takes posts."""
    async with a_hook() as hook:
        yield hook


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    """Give a mail server."""
    async with a_mailbox() as mailbox:
        yield mailbox
