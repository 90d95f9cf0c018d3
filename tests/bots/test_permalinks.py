"""Where a post is found, from what its platform calls it, and back."""

from __future__ import annotations

import pytest

from bots.permalinks import name_in, permalink

URI = "at://did:plc:abc123/app.bsky.feed.post/3kxyz"
BSKY = "https://bsky.app/profile/did:plc:abc123/post/3kxyz"


@pytest.mark.parametrize(
    ("channel", "chat", "message", "url"),
    [
        ("bluesky", "news.example", URI, BSKY),
        ("bluesky", "news.example", "3kxyz", None),
        ("x", "news", "1790", "https://x.com/i/status/1790"),
        ("x", "news", "", None),
        ("mastodon", "news@social.example", "114", "https://social.example/@news/114"),
        ("mastodon", "news", "114", None),
        ("telegram", "@news", "12", "https://t.me/news/12"),
        ("telegram", "-1001234/5", "12", "https://t.me/c/1234/12"),
        ("telegram", "-77", "12", None),
        ("telegram", "-1001234", "twelve", None),
        ("discord", "channel:5", "5/6", None),
    ],
)
def test_a_post_has_its_address(channel: str, chat: str, message: str, url: str | None) -> None:
    assert permalink(channel, chat, message) == url


@pytest.mark.parametrize(
    ("channel", "typed", "name"),
    [
        ("bluesky", BSKY, URI),
        ("bluesky", "https://bsky.app/profile/news.example/post/3kxyz", ""),
        ("x", "https://x.com/news/status/1790?s=20", "1790"),
        ("mastodon", " https://social.example/@news/114/ ", "114"),
        ("telegram", "https://t.me/news/12", "12"),
        ("discord", "https://discord.com/channels/1/5/6", "5/6"),
        ("x", " 1790 ", "1790"),
        ("x", "", ""),
    ],
)
def test_a_link_tells_what_a_platform_calls_the_post(
    channel: str, typed: str, name: str
) -> None:
    assert name_in(channel, typed) == name
