"""Messages as plain text for Mastodon: blocks as paragraphs, in as few posts as hold them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from bots.mastodon.counting import Limit
from core.channel import Post
from core.model.message import Block, Message, mail_address

BETWEEN = "\n\n"
USUAL = Limit()
_SPACE = re.compile(r"(\s+)")


def render(message: Message, limit: Limit = USUAL) -> tuple[Post, ...]:
    """Return the posts that say `message`: plain text, the picture on the first; pure.

    There are no buttons, and no file goes along: everybody reads it.
    """
    parts = [part for block in message.blocks for part in _pieces(_words(block), limit)]
    posts = [Post(text, lang=message.lang) for text in _packed(parts, limit)]
    posts = posts or [Post("", lang=message.lang)]
    posts[0] = replace(posts[0], picture=message.picture)
    return tuple(posts)


def _words(block: Block) -> str:
    """Return what a block says; of a link to write a mail, the address is what people read."""
    address = mail_address(block.url) if block.url else None
    return (replace(block, url=address) if address else block).plain.strip()


def _packed(parts: Iterable[str], limit: Limit) -> Iterator[str]:
    """Yield as few texts as hold the parts, none of them split."""
    text = ""
    for part in parts:
        if text and not limit.fits(text + BETWEEN + part):
            yield text
            text = ""
        text += (BETWEEN if text else "") + part
    if text:
        yield text


def _pieces(text: str, limit: Limit) -> Iterator[str]:
    """Yield a text in pieces that fit, cut between words where that is possible."""
    piece, long = "", 0
    for word in _words_within(text, limit):
        length = limit.length(word)
        if piece.strip() and long + length > limit.characters:
            yield piece.strip()
            piece, long = "", 0
        piece, long = piece + word, long + length
    if piece.strip():
        yield piece.strip()


def _words_within(text: str, limit: Limit) -> Iterator[str]:
    """Yield the words and the spaces between them; a word that fits no post, in pieces."""
    for word in _SPACE.split(text):
        rest = word
        while not limit.fits(rest):
            end = _end_within(rest, limit)
            yield rest[:end]
            rest = rest[end:]
        yield rest


def _end_within(word: str, limit: Limit) -> int:
    """Return how many of its characters fit: up to the end of a sentence where there is one."""
    end = min(len(word), limit.characters)
    while end > 1 and not limit.fits(word[:end]):
        end -= max(1, limit.length(word[:end]) - limit.characters)
    end = max(end, 1)
    sentence = max(word.rfind(mark, 0, end) for mark in "。！？")
    return sentence + 1 if sentence > 0 else end
