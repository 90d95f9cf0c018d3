"""Messages as Bluesky's posts: plain text, every block whole where one post can hold it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

import regex

from core.channel import Post
from core.model.message import Block, Message, mail_address

# Both hold; bytes are those of UTF-8.
MOST_GRAPHEMES = 300
MOST_BYTES = 3_000
LONGEST_LINK = 32
BETWEEN = "\n\n"
TIGHT = "\n"
# With room for the number of the post below the text.
LONGEST_PIECE = MOST_GRAPHEMES - 12
LARGEST_PIECE = MOST_BYTES - 12
# What looks like one letter and is larger is taken apart where a text must be cut.
LARGEST_GRAPHEME = 100
_GRAPHEME = regex.compile(r"\X")
_BULLET = re.compile(r"^- ", re.MULTILINE)


def graphemes(text: str) -> int:
    """Return how long a text is as Bluesky counts: in what people see as one letter."""
    return sum(1 for _ in _GRAPHEME.finditer(text))


def fits(text: str) -> bool:
    """Say whether Bluesky takes this text in one post."""
    return _size(text) <= MOST_BYTES and graphemes(text) <= MOST_GRAPHEMES


def render(message: Message) -> tuple[Post, ...]:
    """Return the posts that say `message`, the picture on the first; pure.

    There are no buttons, and no file goes along: everybody reads it. What needs several posts
    has their numbers below the texts. Of a long link the text shows the beginning, as
    Bluesky's own apps write it; it counts as what is shown.
    """
    texts = _texts([words for block in message.blocks if (words := _words(block))])
    left = [(shown, url) for url in _urls(message) if (shown := shortened(url)) != url]
    posts = []
    for text in texts:
        here = _shown_in(text, left)
        left = left[len(here) :]
        posts.append(Post(text, lang=message.lang, links=here))
    posts[0] = replace(posts[0], picture=message.picture)
    return tuple(posts)


def shortened(url: str) -> str:
    """Return what is shown of a web address: all of a short one, else how it begins."""
    parts = urlsplit(url)
    if len(url) <= LONGEST_LINK or parts.scheme not in {"http", "https"} or not parts.hostname:
        return url
    begin = url.partition("://")[2].removeprefix("www.")
    return f"{begin[: LONGEST_LINK - 1]}…"


def _urls(message: Message) -> list[str]:
    """Return the links of the blocks, in the order in which they are shown."""
    return [block.url for block in message.blocks if block.url and not mail_address(block.url)]


def _shown_in(text: str, links: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the first of these links: those that a text shows, one behind the other."""
    found, end = [], 0
    for shown, url in links:
        start = text.find(shown, end)
        if start < 0:
            break
        found.append((shown, url))
        end = start + len(shown)
    return tuple(found)


def _texts(blocks: list[str]) -> list[str]:
    """Return the text of each post: one where that can be, be it without blank lines."""
    for between in (BETWEEN, TIGHT):
        if fits(whole := between.join(blocks)):
            return [whole]
    packed = list(_packed(piece for words in blocks for piece in _pieces(words)))
    return [f"{text}{BETWEEN}{number}/{len(packed)}" for number, text in enumerate(packed, 1)]


def _words(block: Block) -> str:
    """Return what a block says; of a link to write a mail, the address is what people read."""
    quote = f"“{block.quote.text}”" if block.quote else None
    link = block.url and (mail_address(block.url) or shortened(block.url))
    return " ".join(filter(None, (_BULLET.sub("• ", block.text), quote, link))).strip()


def _packed(pieces: Iterable[str]) -> Iterator[str]:
    """Yield as few texts as hold the pieces, none of them split."""
    text = ""
    for piece in pieces:
        if text and not _leaves_room(text + BETWEEN + piece):
            yield text
            text = ""
        text += (BETWEEN if text else "") + piece
    if text:
        yield text


def _pieces(text: str) -> Iterator[str]:
    """Yield a text in pieces that leave room in a post, cut between words where possible."""
    if _leaves_room(text):
        yield text
        return
    letters = [letter for found in _GRAPHEME.findall(text) for letter in _letters(found)]
    while letters:
        end = _end_within(letters)
        yield "".join(letters[:end]).strip()
        letters = letters[end:]


def _letters(grapheme: str) -> Iterable[str]:
    return [grapheme] if _size(grapheme) <= LARGEST_GRAPHEME else grapheme


def _end_within(letters: list[str]) -> int:
    """Return how many of these make a piece: up to a space, if there is one."""
    size = end = 0
    for letter in letters[:LONGEST_PIECE]:
        size += _size(letter)
        if size > LARGEST_PIECE:
            break
        end += 1
    if end == len(letters):
        return end
    spaces = (at for at in range(end, 0, -1) if letters[at].isspace())
    return next(spaces, end)


def _leaves_room(text: str) -> bool:
    return _size(text) <= LARGEST_PIECE and graphemes(text) <= LONGEST_PIECE


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
