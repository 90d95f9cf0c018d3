"""What can be pressed in a text: its links and hashtags, by where they stand in UTF-8; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from atproto import models
from atproto_client.utils.facet_detection import detect_facets

# The library finds links behind spaces alone, which Chinese and Japanese do not have, and makes
# links of model numbers that end like a domain.
_LINK = re.compile(r"(?<![A-Za-z0-9])https?://[^\s<>\"“”«»「」『』（）【】。、，；：！？]+")
_ENDS = ".,;:!?'"


def facets_of(
    text: str, links: Iterable[tuple[str, str]] = ()
) -> list[models.AppBskyRichtextFacet.Main]:
    """Return the links and hashtags of a text in their order; `links` as in `Post`."""
    tags = [facet for facet in detect_facets(text) if _is_hashtag(facet, text)]
    shown = [*_links(text), *_shortened(text, links)]
    return sorted([*shown, *tags], key=lambda facet: facet.index.byte_start)


def _links(text: str) -> Iterator[models.AppBskyRichtextFacet.Main]:
    for found in _LINK.finditer(text):
        url = _without_the_sentence(found[0])
        yield _link(text[: found.start()], url, url)


def _shortened(
    text: str, links: Iterable[tuple[str, str]]
) -> Iterator[models.AppBskyRichtextFacet.Main]:
    end = 0
    for shown, url in links:
        start = text.find(shown, end)
        if start >= 0:
            end = start + len(shown)
            yield _link(text[:start], shown, url)


def _link(before: str, shown: str, url: str) -> models.AppBskyRichtextFacet.Main:
    start = len(before.encode())
    return models.AppBskyRichtextFacet.Main(
        features=[models.AppBskyRichtextFacet.Link(uri=url)],
        index=models.AppBskyRichtextFacet.ByteSlice(
            byte_start=start, byte_end=start + len(shown.encode())
        ),
    )


def _without_the_sentence(url: str) -> str:
    """Return a link without the punctuation that ends the sentence or bracket around it."""
    while url.endswith(tuple(_ENDS)) or (url.endswith(")") and url.count(")") > url.count("(")):
        url = url[:-1]
    return url


def _is_hashtag(facet: models.AppBskyRichtextFacet.Main, text: str) -> bool:
    return text.encode()[facet.index.byte_start :].startswith((b"#", "＃".encode()))
