"""What each channel would send, as a page that looks like the platform; nothing is sent."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from enum import IntEnum
from functools import cache
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from bots.discord.layout import Adding, laid
from bots.discord.render import SMALL, asks
from bots.discord.render import render as render_discord
from bots.render import numbered
from bots.screenshots.cards import Shown
from bots.telegram.keyboard import rows
from bots.telegram.render import render as render_telegram
from bots.web.pages import STATIC
from bots.web.render import render as render_web
from core.channel import Kept, Post
from core.model.message import Message
from core.text.translations import translator

TEMPLATES = Path(__file__).parent / "templates"
# Telegram begins and ends the lines of a quotation by itself.
_AROUND_QUOTE = re.compile(r"\n?(</?blockquote[^>]*>)\n?")
_WEB_FILE = re.compile(r'url\("([a-z]+\.svg)"\)')
_DISCORD = MarkdownIt("commonmark", {"breaks": True, "html": False})


class Component(IntEnum):
    """The number that Discord gives a kind of component."""

    ROW = 1
    TEXT = 10
    GALLERY = 12
    SEPARATOR = 14
    CONTAINER = 17


Draw = Callable[[Shown, Kept], Awaitable[str]]


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _page(template: str, shown: Shown, **fields: object) -> str:
    photo = jpeg(shown.photo) if shown.photo else ""
    return (
        _templates()
        .get_template(template)
        .render(said=shown.said, photo=photo, lang=shown.message.lang, **fields)
    )


def jpeg(content: bytes) -> str:
    """Return a picture as an address that holds it."""
    return f"data:image/jpeg;base64,{b64encode(content).decode()}"


async def telegram(shown: Shown, kept: Kept) -> str:
    """Return the private chat of Telegram on a phone."""
    del kept
    posts = [
        {
            "text": Markup(_AROUND_QUOTE.sub(r"\1", post.text)),  # noqa: S704 - the channel escapes it, and that is to be seen
            "picture": jpeg(post.picture.jpeg) if post.picture else "",
            "rows": list(rows(post.buttons)),
        }
        for post in render_telegram(shown.message)
    ]
    return _page("telegram.html", shown, posts=posts)


async def discord(shown: Shown, kept: Kept) -> str:
    """Return the messages of Discord, from the components that it would get."""
    boxes: list[dict[str, object]] = []
    words = translator(shown.message.lang)
    for post in render_discord(shown.message):
        adding = Adding(words("discord_type") if asks(post.text) else None)
        components: list[dict[str, Any]] = (await laid(post, kept, adding)).view.to_components()  # type: ignore[no-untyped-call]  # the library's
        boxes += (
            {"accent": _colour(component), "parts": list(_parts(component, post))}
            for component in components
        )
    return _page("discord.html", shown, boxes=boxes)


def _colour(component: Mapping[str, Any]) -> str:
    return f"#{component.get('accent_color') or 0x5B6770:06x}"


def _parts(component: Mapping[str, Any], post: Post) -> Iterator[dict[str, object]]:
    inside = (
        component["components"] if component["type"] == Component.CONTAINER else [component]
    )
    for part in inside:
        match part["type"]:
            case Component.TEXT:
                yield {"text": discord_markdown(part["content"])}
            case Component.SEPARATOR:
                yield {"line": True}
            case Component.GALLERY if post.picture:
                yield {"picture": jpeg(post.picture.jpeg)}
            case Component.ROW:
                yield {"buttons": [(one["label"], one["style"]) for one in part["components"]]}


def discord_markdown(text: str) -> Markup:
    """Return Discord's Markdown as HTML: as CommonMark has it, and "-# " for small print."""
    runs = groupby(text.splitlines(), key=lambda line: line.startswith(SMALL))
    return Markup("").join(_run(lines, small=small) for small, lines in runs)


def _run(lines: Iterable[str], *, small: bool) -> Markup:
    if not small:
        return Markup(_DISCORD.render("\n".join(lines)))  # noqa: S704 - raw HTML is off
    shown = [Markup(_DISCORD.renderInline(line.removeprefix(SMALL))) for line in lines]  # noqa: S704 - raw HTML is off
    return Markup("").join(Markup('<p class="small">{}</p>').format(line) for line in shown)


async def web(shown: Shown, kept: Kept) -> str:
    """Return the chat of our own pages."""
    del kept
    posts = [
        {
            "text": Markup(post.text),  # noqa: S704 - the channel escapes it, and that is to be seen
            "picture": jpeg(post.picture.jpeg) if post.picture else "",
            "buttons": post.buttons,
        }
        for post in render_web(shown.message)
    ]
    style = Markup(_WEB_FILE.sub(_held, (STATIC / "style.css").read_text(encoding="utf-8")))  # noqa: S704 - our own
    return _page(
        "web.html", shown, posts=posts, style=style, words=translator(shown.message.lang)
    )


def _held(named: re.Match[str]) -> str:
    """Return a file that the page's style names as an address that holds it."""
    content = b64encode((STATIC / named[1]).read_bytes()).decode()
    return f'url("data:image/svg+xml;base64,{content}")'


async def terminal(shown: Shown, kept: Kept) -> str:
    """Return a terminal window."""
    del kept
    message = shown.message
    text = Message(message.blocks).plain
    if message.picture is not None:
        text = f"{text}\n\n[{message.picture.alt}]"
    choices = numbered([button.label for button in message.buttons])
    said = "/photo label.jpg" if shown.photo else shown.said
    return _page("terminal.html", shown, text=text, choices=choices, typed=said)


DRAWN: Mapping[str, Draw] = MappingProxyType(
    {"telegram": telegram, "discord": discord, "web": web, "terminal": terminal}
)
