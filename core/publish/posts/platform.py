"""What a platform takes as one post, and the error where a text does not fit it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.model.message import Message

# Whether it makes exactly one post there; the second says whether a picture goes with it.
Fits = Callable[[Message, bool], bool]


@dataclass(frozen=True, slots=True)
class Platform:
    """How one platform's posts are: what fits, whether links, pictures, hashtags belong there.

    Where `links` is False no text holds anything that the platform would make a link of.
    """

    fits: Fits
    links: bool = True
    carries_pictures: bool = True
    hashtags: bool = False


class DoesNotFit(Exception):  # noqa: N818 - says what is wrong, as the delivery errors do
    """Even the shortest form that says everything is no single post of the platform."""
