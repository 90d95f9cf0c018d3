"""How an account's posts are made to fit its platform: by the platform's own rendering."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from core.channel import Capabilities, Post
from core.model.message import Message, Picture
from core.model.public import Links, Style
from core.publish.posts.platform import Platform

# Stands for the picture that is drawn when the post is sent.
_ANY = Picture(b"", "")


@dataclass(frozen=True, slots=True)
class Voice:
    """One platform as accounts post on it: how it renders, what it can do.

    `hashtags` says that people there search by them.
    """

    render: Callable[[Message], tuple[Post, ...]]
    capabilities: Capabilities
    hashtags: bool = False

    def style(self, style: Style) -> Style:
        """Return how an account writes there: what the platform does not allow is left out."""
        threads = style.threads and self.capabilities.threads
        links = style.links
        if links is Links.REPLY and not threads:
            links = Links.NONE
        pictures = style.pictures and self.capabilities.max_caption is not None
        return replace(style, threads=threads, links=links, pictures=pictures)

    def platform(self, style: Style) -> Platform:
        """Return what composing needs to know of it."""
        can = self.style(style)
        return Platform(
            self.fits, can.links is not Links.NONE, can.pictures, hashtags=self.hashtags
        )

    def fits(self, message: Message, picture: bool) -> bool:  # noqa: FBT001 - of Fits
        """Say whether it makes exactly one post, with a picture or without."""
        whole = replace(message, picture=_ANY if picture else None)
        return len(self.render(whole)) == 1
