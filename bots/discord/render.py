"""Messages as Discord's Markdown: every text escaped, every role styled, nothing left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from urllib.parse import quote, urlsplit

from core.channel import Post
from core.model.message import Block, Message, Role, mail_address

# Discord documents 4,000 characters in all texts of a message and does not say of which kind;
# in UTF-16 code units, the largest count, what fits always fits.
LONGEST_TEXT = 4_000
# A row holds five buttons, and forty components in all leave room for five rows.
MOST_BUTTONS = 25
# With some room for what Discord may count in another way.
ROOM = 3_800
# What a block becomes; the rest of a post has room for its link.
LONGEST_PIECE = 2_600
LONGEST_LINK = 600
BETWEEN = "\n\n"
BULLET = "- "
HEADLINE, STEP, SMALL, STRONG, QUOTED = "## ", "### ", "-# ", "**", "> "
_STRONG = {Role.HAZARD, Role.ACTION}
_LEADS = {Role.HEADLINE: HEADLINE, Role.NEXT_STEP: STEP, Role.SOURCE: SMALL}
# Discord takes a backslash before anything that is neither letter, digit nor space.
_SPECIAL = re.compile(r"([\\*_~`|\[\]<])")
# What begins a list, a heading or a quotation only at the start of a line.
_STARTS = re.compile(r"^(\d*)([-+>#.)])", re.MULTILINE)
# An address is no markup within, and would lead elsewhere with backslashes in it.
_URL = re.compile(r"(https?://[^\s\\*~`|\[\]<>()]+)")
_ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])")
_LEAD = re.compile(r"^(?:- )?(?:#{2,3} |-# |> |\*\*)?")
_PINGS = re.compile(r"(?:<@&\d+> ?)+\n")
_ROLE = re.compile(r"<@&\d{1,20}>")
# More kinds of danger there are not; so many still leave room for the longest piece.
MOST_CALLED = 25


def units(text: str) -> int:
    """Return how long a text is in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fits(text: str) -> bool:
    """Say whether Discord takes this text in one message."""
    return units(text) <= LONGEST_TEXT


def escaped(text: str) -> str:
    """Return Markdown that shows one line as it is, and pings nobody."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    texts = [
        part if place % 2 else _SPECIAL.sub(r"\\\1", part)
        for place, part in enumerate(_URL.split(text))
    ]
    return _STARTS.sub(r"\1\\\2", "".join(texts))


def unescaped(text: str) -> str:
    """Return what a reader sees of an escaped text."""
    return _ESCAPED.sub(r"\1", text)


def pings(calls: Iterable[str]) -> str:
    """Return the line that mentions those of `calls` who are roles ("<@&id>"); "" for none."""
    roles = [*dict.fromkeys(filter(_ROLE.fullmatch, calls))][:MOST_CALLED]
    return " ".join(roles) + "\n" if roles else ""


def pinged(text: str) -> tuple[int, ...]:
    """Return the ids of the roles that the first line mentions; nothing escaped can be one."""
    found = _PINGS.match(text)
    return tuple(int(number) for number in re.findall(r"\d+", found[0])) if found else ()


def is_urgent(text: str) -> bool:
    """Say whether the text tells of a hazard or of what to do now."""
    return any(line.startswith((STRONG, f"{BULLET}{STRONG}")) for line in text.splitlines())


def asks(text: str) -> bool:
    """Say whether the text names a next step."""
    return any(line.startswith(STEP) for line in text.splitlines())


def title_of(text: str) -> str:
    """Return the first line of the text without its marks, for the name of a thread."""
    lines = (_LEAD.sub("", line).strip() for line in text[_pings_end(text) :].splitlines())
    return unescaped(next(filter(None, lines), "…").removesuffix(STRONG))


def _pings_end(text: str) -> int:
    found = _PINGS.match(text)
    return found.end() if found else 0


def render(message: Message) -> tuple[Post, ...]:
    """Return the posts that say `message`: picture on the first, the rest on the last.

    The roles it calls are mentioned in a line above the first.
    """
    called = pings(message.calls)
    texts = list(_packed(list(_parts(message)), min(ROOM, LONGEST_TEXT - units(called))))
    posts = [Post(text) for text in texts] or [Post("")]
    posts[0] = replace(posts[0], text=called + posts[0].text, picture=message.picture)
    buttons = message.buttons[:MOST_BUTTONS]
    posts[-1] = replace(posts[-1], buttons=buttons, attachment=message.attachment)
    return tuple(posts)


def _parts(message: Message) -> Iterator[str]:
    for block in message.blocks:
        yield from _block(block, message.lang)


def _packed(parts: list[str], room: int) -> Iterator[str]:
    """Yield as few texts of so many units as hold the parts, none of them split."""
    text = ""
    for part in parts:
        if text and units(text + BETWEEN + part) > room:
            yield text
            text = ""
        text += (BETWEEN if text else "") + part
    if text:
        yield text


def _block(block: Block, lang: str) -> Iterator[str]:
    """Yield the block, in several pieces where it is longer than a post."""
    texts = _pieces(block.text, lambda piece: _styled(piece, block.role)) or [""]
    if link := _link(block.url):
        texts[-1] = f"{texts[-1]} {link}".strip()
    if block.quote:
        texts += _pieces(block.quote.text, _quoted)
        if block.quote.lang.partition("-")[0] != lang.partition("-")[0]:
            texts[-1] += f" ({escaped(block.quote.lang)})"
    yield from filter(None, texts)


def _quoted(text: str) -> str:
    return "\n".join(f"{QUOTED}{escaped(line)}" for line in _lines(text))


def _styled(text: str, role: Role) -> str:
    return "\n".join(_line(line, role) for line in _lines(text))


def _line(line: str, role: Role) -> str:
    """Return one line in the style of its role; a bullet stays one."""
    bullet = BULLET if line.startswith(BULLET) else ""
    shown = escaped(line.removeprefix(bullet))
    if role in _STRONG:
        return f"{bullet}{STRONG}{shown}{STRONG}"
    # A heading in a list, or the other way round, is none.
    return f"{bullet or _LEADS.get(role, '')}{shown}"


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _pieces(text: str, style: Callable[[str], str]) -> list[str]:
    """Return the text as `style` shows it, in pieces that each fit a post."""
    shown = style(text)
    if units(shown) <= LONGEST_PIECE:
        return [shown] if shown else []
    half = (len(text) + 1) // 2
    cut = max(text.rfind(" ", 0, half), text.rfind("\n", 0, half))
    cut = cut if cut > 0 else half
    return [*_pieces(text[:cut], style), *_pieces(text[cut:], style)]


def _link(url: str | None) -> str:
    """Return a link that shows where it leads; anything but a web address stays plain text.

    Discord takes no mailto links: of those the address stands there, to be written to.
    """
    if not url:
        return ""
    if address := mail_address(url):
        return escaped(address)
    parts = urlsplit(url)
    # Of a host name only what cannot be taken for markup is shown as one.
    name = escaped((parts.hostname or "").removeprefix("www."))
    leads_to = quote(url, safe=_URL_SAFE)
    if parts.scheme not in {"http", "https"} or not name or len(leads_to) > LONGEST_LINK:
        return escaped(" ".join(url[:LONGEST_LINK].split()))
    return f"[{name}](<{leads_to}>)"


# What may stand in an address as it is; the rest is percent-encoded.
_URL_SAFE = "!#$%&'*+,/:;=?@~[]-._()"
