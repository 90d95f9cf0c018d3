"""Messages as plain text for any service, and long texts in pieces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from core.channel import Post
from core.model.message import Block, Message, mail_address

BETWEEN = "\n\n"
# Most services take that much at once; for the others `pieces` splits it once more.
USUAL = 4_000
_SPACE = re.compile(r"(\s+)")


def render(message: Message) -> tuple[Post, ...]:
    """Return the posts that say `message` in plain text of at most `USUAL` characters; pure.

    What the picture shows stands in the text too: not every service takes pictures.
    """
    parts = [_words(block) for block in message.blocks]
    if message.picture:
        parts.append(f"[{message.picture.alt}]")
    posts = [Post(text, lang=message.lang) for text in _packed(parts, USUAL)]
    posts = posts or [Post("", lang=message.lang)]
    posts[0] = replace(posts[0], picture=message.picture, attachment=message.attachment)
    return tuple(posts)


def pieces(text: str, longest: int) -> tuple[str, ...]:
    """Return a text in pieces of at most `longest` characters, cut where it hurts least."""
    return tuple(_packed(text.split(BETWEEN), longest))


def _words(block: Block) -> str:
    """Return what a block says; of a link to write a mail, the address is what people read."""
    address = mail_address(block.url) if block.url else None
    return (replace(block, url=address) if address else block).plain.strip()


def _packed(paragraphs: Iterable[str], longest: int) -> Iterator[str]:
    """Yield as few texts as hold the paragraphs, only those split that fit nowhere."""
    text = ""
    for part in (one for whole in paragraphs for one in _fitting(whole, longest)):
        if text and len(text) + len(BETWEEN) + len(part) > longest:
            yield text
            text = ""
        text += (BETWEEN if text else "") + part
    if text:
        yield text


def _fitting(text: str, longest: int) -> Iterator[str]:
    """Yield a paragraph in pieces that fit, cut between words where that is possible."""
    piece = ""
    for word in _words_within(text, longest):
        if piece.strip() and len(piece) + len(word) > longest:
            yield piece.strip()
            piece = ""
        piece += word
    if piece.strip():
        yield piece.strip()


def _words_within(text: str, longest: int) -> Iterator[str]:
    for word in _SPACE.split(text):
        yield from (word[at : at + longest] for at in range(0, len(word), longest))
