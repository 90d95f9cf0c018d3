"""Messages as HTML: every text escaped, every role marked, nothing essential left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from core.channel import Post
from core.model.message import Attachment, Block, Message, mail_address

LONGEST_POST = 60_000
# Escaping makes a character up to six long ("&quot;"), so a piece of this size always fits.
LONGEST_PIECE = 9_000
MOST_BUTTONS = 8
BULLET = "- "


def fits(text: str) -> bool:
    """Say whether one post may be this long."""
    return len(text) <= LONGEST_POST


def render(message: Message) -> tuple[Post, ...]:
    """Return the posts that say `message`: picture on the first, buttons on the last."""
    parts = [html for block in message.blocks for html in _html(block)]
    texts = list(_packed([*parts, *_attached(message.attachment)]))
    posts = [Post(_in_language(text, message.lang)) for text in texts or [Markup("")]]
    posts[0] = replace(posts[0], picture=message.picture)
    posts[-1] = replace(posts[-1], buttons=message.buttons[:MOST_BUTTONS])
    return tuple(posts)


def _attached(attachment: Attachment | None) -> Iterator[Markup]:
    """Yield the name of a file and what is in it, in pieces that can be copied out whole."""
    if attachment is None:
        return
    yield Markup("<p>{}</p>").format(attachment.name)
    text = attachment.content.decode("utf-8", "replace")
    for start in range(0, len(text), LONGEST_PIECE):
        yield Markup("<pre>{}</pre>").format(text[start : start + LONGEST_PIECE])


def _in_language(text: Markup, lang: str) -> str:
    return str(Markup('<div lang="{}" dir="auto">{}</div>').format(lang, text))


def _packed(parts: list[Markup]) -> Iterator[Markup]:
    """Yield as few texts as hold the parts, none of them split."""
    room = LONGEST_POST - 200
    text = Markup("")
    for part in parts:
        if text and len(text) + len(part) > room:
            yield text
            text = Markup("")
        text += part
    if text:
        yield text


def _html(block: Block) -> Iterator[Markup]:
    """Yield the block, in several pieces where it is longer than a post."""
    pieces = list(_pieces(block.text))
    for piece in pieces[:-1]:
        yield _styled(Block(block.role, piece))
    yield _styled(Block(block.role, pieces[-1], block.url, block.quote))


def _pieces(text: str) -> Iterator[str]:
    while len(text) > LONGEST_PIECE:
        cut = max(text.rfind(" ", 0, LONGEST_PIECE), text.rfind("\n", 0, LONGEST_PIECE))
        cut = cut if cut > 0 else LONGEST_PIECE
        yield text[:cut]
        text = text[cut:].lstrip()
    yield text


def _styled(block: Block) -> Markup:
    """Return the block as paragraphs, and as a list where its lines begin with a dash."""
    lines = [line for line in block.text.splitlines() if line.strip()] or [""]
    runs = [
        (is_list, list(run))
        for is_list, run in groupby(lines, key=lambda line: line.startswith(BULLET))
    ]
    parts = []
    for place, (is_list, run) in enumerate(runs):
        tail = _tail(block) if place == len(runs) - 1 else Markup("")
        parts.append((_list if is_list else _paragraph)(run, block.role, tail))
    return Markup("").join(parts)


def _tail(block: Block) -> Markup:
    """Return what stands behind the text: the notice's own words, then the link."""
    quote = block.quote
    if quote is None:
        return _link(block.url)
    return Markup(' <q lang="{}">{}</q>').format(quote.lang, quote.text) + _link(block.url)


def _paragraph(lines: list[str], role: str, tail: Markup) -> Markup:
    text = Markup("<br>").join(lines)
    return Markup('<p class="role-{}">{}{}</p>').format(role, text, tail)


def _list(lines: list[str], role: str, tail: Markup) -> Markup:
    links = [Markup("")] * (len(lines) - 1) + [tail]
    items = [
        Markup("<li>{}{}</li>").format(line.removeprefix(BULLET), link)
        for line, link in zip(lines, links, strict=True)
    ]
    return Markup('<ul class="role-{}">{}</ul>').format(role, Markup("").join(items))


def _link(url: str | None) -> Markup:
    """Return a link that shows where it leads, or whom it writes to.

    Anything but a web or mail address stays plain text.
    """
    if not url:
        return Markup("")
    if address := mail_address(url):
        return Markup(' <a href="{}">{}</a>').format(url, address)
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return Markup(" ") + escape(url)
    return Markup(' <a href="{}" rel="noopener noreferrer">{}</a>').format(
        url, parts.hostname.removeprefix("www.")
    )
