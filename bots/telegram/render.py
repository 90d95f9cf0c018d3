"""Messages as Telegram's HTML: every text escaped, every role styled, nothing left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import escape, unescape
from urllib.parse import urlsplit

from bots.telegram.quoted import in_its_language
from core.channel import Post
from core.model.message import Block, Message, Picture, Role, mail_address

# In UTF-16 code units, once the markup is taken out.
LONGEST_TEXT = 4_096
LONGEST_CAPTION = 1_024
# Telegram leaves out what is marked beyond a hundred times in one message.
MOST_MARKS = 100
MOST_BUTTONS = 100
# With room for what a block adds to its text: the name of a link, the language of a quote.
LONGEST_PIECE = 3_500
CHATS = "t.me"
# How the roles begin that only Discord can call.
ELSEWHERE = "<@"
BETWEEN = "\n\n"
_TAG = re.compile(r"<[^>]*>")
_OPENING = re.compile(r"<[a-z]")
_BULLET = re.compile(r"^- ", re.MULTILINE)
_STYLES = {Role.HEADLINE: "b", Role.ACTION: "b", Role.SOURCE: "i"}


def units(text: str) -> int:
    """Return how long a text is as Telegram counts: in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def visible(text: str) -> str:
    """Return what a reader sees of a text in Telegram's HTML."""
    return unescape(_TAG.sub("", text))


def fits(text: str) -> bool:
    """Say whether Telegram takes this text in one message, with all that is marked in it."""
    return units(visible(text)) <= LONGEST_TEXT and _marks(text) <= MOST_MARKS


def fits_caption(text: str) -> bool:
    """Say whether Telegram takes this text below a picture or a file."""
    return units(visible(text)) <= LONGEST_CAPTION and _marks(text) <= MOST_MARKS


def _marks(text: str) -> int:
    return len(_OPENING.findall(text))


def render(message: Message) -> tuple[Post, ...]:
    """Return the posts that say `message`: picture on the first, buttons under the last.

    Whom it calls stands below the headline; the platform notifies those it knows by that name.
    """
    parts = [html for block in _blocks(message) for html in _html(block, message.lang)]
    posts = [Post(text) for text in _packed(parts)]
    posts = _with_picture(posts, message.picture) if message.picture else posts
    posts = _with_attachment(posts, message) if message.attachment else posts
    posts = posts or [Post("")]
    posts[-1] = replace(posts[-1], buttons=message.buttons[:MOST_BUTTONS])
    return tuple(posts)


def _blocks(message: Message) -> Iterator[Block]:
    """Yield the blocks, and behind the first the names that are called."""
    names = [name for name in dict.fromkeys(message.calls) if not name.startswith(ELSEWHERE)]
    yield from message.blocks[:1]
    if names:
        yield Block(Role.DETAIL, " ".join(names))
    yield from message.blocks[1:]


def _with_picture(posts: list[Post], picture: Picture) -> list[Post]:
    """Return the posts with the picture above the text, or before it where that is long."""
    if len(posts) == 1 and fits_caption(posts[0].text):
        return [replace(posts[0], picture=picture)]
    alone = "\n".join(_pieces(picture.alt, LONGEST_CAPTION)[:1])
    return [Post(escape(alone, quote=False), picture=picture), *posts]


def _with_attachment(posts: list[Post], message: Message) -> list[Post]:
    """Return the posts with the file on the last, or behind it where that cannot carry it."""
    last = posts[-1] if posts else Post("")
    if last.picture is None and fits_caption(last.text):
        return [*posts[:-1], replace(last, attachment=message.attachment)]
    return [*posts, Post("", attachment=message.attachment)]


def _packed(parts: list[str]) -> Iterator[str]:
    """Yield as few texts as hold the parts, none of them split."""
    text = ""
    for part in parts:
        if text and not fits(text + BETWEEN + part):
            yield text
            text = ""
        text += (BETWEEN if text else "") + part
    if text:
        yield text


def _html(block: Block, lang: str) -> Iterator[str]:
    """Yield the block, in several pieces where it is longer than a post."""
    texts = [_styled(piece, block.role) for piece in _pieces(block.text)]
    quoted = in_its_language(block.quote, lang) if block.quote else ""
    quotes = [_quote(piece) for piece in _pieces(quoted)] if quoted else []
    links = [_link(piece) for piece in _pieces(block.url)] if block.url else []
    yield from _joined([*texts, *quotes], links)


def _joined(texts: list[str], links: list[str]) -> Iterator[str]:
    """Yield the texts with the links behind them, together as far as that fits."""
    *before, last = texts
    while before and fits(together := f"{before[-1]}\n{last}"):
        before, last = before[:-1], together
    between = "\n" if last.endswith("</blockquote>") else " "
    whole = between.join(filter(None, (last, *links)))
    yield from (*before, whole) if fits(whole) else (*before, last, *links)


def _quote(text: str) -> str:
    return f"<blockquote>{escape(text, quote=False)}</blockquote>"


def _styled(text: str, role: Role) -> str:
    words = escape(_BULLET.sub("• ", text), quote=False)
    mark = _STYLES.get(role)
    return f"<{mark}>{words}</{mark}>" if mark and words.strip() else words


def _pieces(text: str, longest: int = LONGEST_PIECE) -> list[str]:
    """Return the text in pieces of at most so many UTF-16 units, cut at spaces if possible."""
    pieces = []
    while units(text) > longest:
        end = _end_within(text, longest)
        cut = max(text.rfind(" ", 0, end), text.rfind("\n", 0, end))
        cut = cut if cut > 0 else end
        pieces.append(text[:cut])
        text = text[cut:].lstrip()
    return [*pieces, text]


def _end_within(text: str, longest: int) -> int:
    """Return how many characters make at most so many UTF-16 units; at least one."""
    end = min(len(text), longest)
    while (over := units(text[:end]) - longest) > 0:
        # Each character is one or two units, so this many at least are too many.
        end -= (over + 1) // 2
    return max(end, 1)


def _link(url: str | None) -> str:
    """Return a link named by where it leads; anything but a web address stays plain text.

    Telegram takes no mailto links: of those the address stands there, to be written to.
    """
    if not url:
        return ""
    if address := mail_address(url):
        return escape(address, quote=False)
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return escape(url, quote=False)
    if parts.scheme not in {"http", "https"} or not host:
        return escape(url, quote=False)
    # Which chat a link opens is what it says; everywhere else who stands behind it is.
    name = f"{host}{parts.path}" if host == CHATS else host.removeprefix("www.")
    return f'<a href="{escape(url)}">{escape(name, quote=False)}</a>'
