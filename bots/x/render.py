"""Messages as plain text for X: a line or more for each block, in as many posts as it takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bots.x.count import LINK, LONGEST_TEXT, fits, has_link, weight
from bots.x.single import said_in_one
from core.channel import Post
from core.model.message import Block, Message, Picture, mail_address

BETWEEN = "\n"
# What "\n12/34" behind a post takes, and more than any message needs.
ROOM_FOR_NUMBER = 10


def render(message: Message) -> tuple[Post, ...]:
    """Return the posts that say `message`: the picture with the first, buttons with none.

    Each says which of how many it is, where there are several. One that is `single` becomes
    one post, with what matters most.
    """
    if message.single:
        return tuple(_with_picture([said_in_one(message.blocks)], message.picture))
    whole = BETWEEN.join(_plain(block) for block in message.blocks)
    texts = [whole] if fits(whole) else _numbered(list(_packed(message)))
    return tuple(_with_picture(texts, message.picture))


def _with_picture(texts: list[str], picture: Picture | None) -> Iterator[Post]:
    posts = [Post(text) for text in texts]
    yield replace(posts[0], picture=picture)
    yield from posts[1:]


def _numbered(texts: list[str]) -> list[str]:
    if len(texts) == 1:
        return texts
    return [f"{text}\n{number}/{len(texts)}" for number, text in enumerate(texts, 1)]


def _packed(message: Message) -> Iterator[str]:
    """Yield as few texts as hold the blocks, none of them split unless it must be."""
    text = ""
    for piece in (piece for block in message.blocks for piece in _pieces_of(block)):
        if text and not _has_room(text + BETWEEN + piece):
            yield text
            text = ""
        text += (BETWEEN if text else "") + piece
    if text:
        yield text


def _has_room(text: str) -> bool:
    return weight(text) <= LONGEST_TEXT - ROOM_FOR_NUMBER


def _plain(block: Block) -> str:
    return " ".join(filter(None, (*_words(block), _link(block))))


def _pieces_of(block: Block) -> Iterator[str]:
    """Yield the block, in several pieces where it is longer than a post; its link whole."""
    if _has_room(whole := _plain(block)):
        yield whole
        return
    texts = [piece for words in _words(block) for piece in pieces(words)]
    link = _link(block)
    last = texts.pop() if texts else ""
    yield from texts
    if _has_room(together := " ".join(filter(None, (last, link)))):
        yield together
        return
    yield from filter(None, (last, *pieces(link)))


def _words(block: Block) -> tuple[str, ...]:
    quoted = (f"“{block.quote.text}”",) if block.quote else ()
    return (block.text, *quoted)


def _link(block: Block) -> str:
    return mail_address(block.url or "") or block.url or ""


def pieces(text: str) -> list[str]:
    """Return the text in pieces that fit a post with its number, cut at spaces if possible."""
    found = []
    while not _has_room(text):
        end = end_within(text, LONGEST_TEXT - ROOM_FOR_NUMBER)
        cut = max(text.rfind(" ", 0, end + 1), text.rfind("\n", 0, end + 1))
        cut = cut if cut > 0 else end
        found.append(text[:cut])
        text = text[cut:].lstrip()
    return [*found, text]


def end_within(text: str, longest: int) -> int:
    """Return how many characters of a text X takes to be at most so long; at least one."""
    end = min(len(text), longest)
    while end > 1 and weight(text[:end]) > longest:
        # Each character that is left out makes it shorter by two, or by a link.
        each = LINK + 2 if has_link(text[:end]) else 2
        end -= max(1, (weight(text[:end]) - longest) // each)
    return max(end, 1)
