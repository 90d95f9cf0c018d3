"""What Telegram refuses in what a bot sends: markup, lengths, buttons, commands, pictures.

The texts of refusals are those of https://github.com/tdlib/telegram-bot-api and the Bot API
documentation; where none is published, the line says *unverified*.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.platforms.telegram.posts import Object, units

TEXT, CAPTION, MEBIBYTE = 4096, 1024, 1024 * 1024
PHOTO, UPLOAD, DOWNLOAD = 10 * MEBIBYTE, 50 * MEBIBYTE, 20 * MEBIBYTE
TAG = re.compile(r"""<(/?)([^\s>]*)((?:[^>"']|"[^"]*"|'[^']*')*)>""")
REFERENCE = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(lt|gt|amp|quot));?")
ATTRIBUTE = re.compile(r"""([a-zA-Z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([\w.-]+)))?""")
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
STYLES = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline",
    "ins": "underline", "s": "strikethrough", "strike": "strikethrough",
    "del": "strikethrough", "tg-spoiler": "spoiler", "span": "spoiler", "a": "text_link",
    "code": "code", "pre": "pre", "blockquote": "blockquote", "tg-emoji": "custom_emoji",
}  # fmt: skip
PARSE_MODES = {"html", "markdown", "markdownv2"}
ACTIONS = frozenset(
    {
        "url", "callback_data", "web_app", "login_url", "switch_inline_query",
        "switch_inline_query_current_chat", "switch_inline_query_chosen_chat", "copy_text",
        "callback_game", "pay",
    }
)  # fmt: skip
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
LINK = re.compile(r"(https?://|tg://|mailto:|tel:)\S+|[\w-]+(\.[\w-]+)+\S*", re.IGNORECASE)


class Refused(Exception):  # noqa: N818 - what Telegram does
    """The request is refused: the HTTP status, the words, and the ResponseParameters."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        """Keep what the answer will say."""
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


def bad(reason: str) -> Refused:
    """Return the refusal of a bad request."""
    return Refused(400, f"Bad Request: {reason}")


@dataclass(slots=True)
class Read:
    """A text as readers see it, its entities, and markup that Telegram drops without a word."""

    text: str = ""
    entities: list[Object] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Open:
    tag: str
    at: int
    attributes: dict[str, str]


def _attributes(written: str) -> dict[str, str]:
    return {
        found[1].lower(): found[2] or found[3] or found[4] or ""
        for found in ATTRIBUTE.finditer(written)
    }


def _referred(text: str) -> str:
    """Return text with its character references read; Telegram knows four by name."""

    def character(found: re.Match[str]) -> str:
        if found[3]:
            return NAMED[found[3]]
        code = int(found[1]) if found[1] else int(found[2], 16)
        return chr(code) if 0 < code < 0x10FFFF else found[0]

    return REFERENCE.sub(character, text)


def read_html(written: str) -> Read:
    """Return what HTML says; refused where Telegram cannot parse it."""
    read, stack, at = Read(), list[_Open](), 0
    while (start := written.find("<", at)) >= 0:
        read.text += _referred(written[at:start])
        offset = len(written[:start].encode("utf-8", "surrogatepass"))
        found = TAG.match(written, start)
        if found is None:
            kind = "end" if written.startswith("</", start) else "start"
            raise bad(f"can't parse entities: Unclosed {kind} tag at byte offset {offset}")
        if found[1]:
            _close(read, stack, found[2].lower(), offset)
        else:
            stack.append(_opened(found, units(read.text), offset))
        at = found.end()
    if stack:
        reason = f'Can\'t find end tag corresponding to start tag "{stack[-1].tag}"'
        raise bad(f"can't parse entities: {reason}")
    read.text += _referred(written[at:])
    read.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    read.dropped += _nested_wrongly(read.entities)
    return read


def _opened(found: re.Match[str], at: int, offset: int) -> _Open:
    tag, attributes = found[2].lower(), _attributes(found[3])
    if tag not in STYLES:
        reason = f'Unsupported start tag "{tag}" at byte offset {offset}'
    elif tag == "span" and attributes.get("class") != "tg-spoiler":
        reason = f'Tag "span" must have class "tg-spoiler" at byte offset {offset}'
    else:
        return _Open(tag, at, attributes)
    raise bad(f"can't parse entities: {reason}")


def _close(read: Read, stack: list[_Open], tag: str, offset: int) -> None:
    if not stack:
        raise bad(f"can't parse entities: Unexpected end tag at byte offset {offset}")
    opened = stack.pop()
    if tag and tag != opened.tag:
        expected = f'expected "</{opened.tag}>", found "</{tag}>"'
        raise bad(
            f"can't parse entities: Unmatched end tag at byte offset {offset}, {expected}"
        )
    length = units(read.text) - opened.at
    entity: Object = {"type": STYLES[opened.tag], "offset": opened.at, "length": length}
    if opened.tag == "a":
        entity["url"] = _referred(opened.attributes.get("href", ""))
    if opened.tag == "tg-emoji":
        entity["custom_emoji_id"] = opened.attributes.get("emoji-id", "")
    if opened.tag == "blockquote" and "expandable" in opened.attributes:
        entity["type"] = "expandable_blockquote"
    if entity.get("url") is not None and not LINK.fullmatch(entity["url"]):
        read.dropped.append(f"link to {entity['url']!r}")
    elif length:
        read.entities.append(entity)


def _nested_wrongly(entities: Iterable[Object]) -> Iterable[str]:
    """Yield entities inside code, pre or a quotation that cannot hold them."""
    open_ones: list[Object] = []
    for entity in entities:
        open_ones = [one for one in open_ones if _end(one) > entity["offset"]]
        for outer in open_ones:
            quotes = all("blockquote" in one["type"] for one in (outer, entity))
            if (outer["type"] in {"code", "pre"} and entity["type"] != "code") or quotes:
                yield f"{entity['type']} inside {outer['type']}"
        open_ones.append(entity)


def _end(entity: Object) -> int:
    return int(entity["offset"] + entity["length"])


def _stripped(read: Read) -> Read:
    """Return it without the space around it, which Telegram cuts off."""
    text = read.text.strip()
    cut, length = units(read.text) - units(read.text.lstrip()), units(text)
    kept = []
    for entity in read.entities:
        start, end = max(entity["offset"] - cut, 0), min(_end(entity) - cut, length)
        if end > start:
            kept.append(entity | {"offset": start, "length": end - start})
    return Read(text, kept, read.dropped)


def read_text(
    given: Mapping[str, Any], name: str, limit: int, entities: str = "entities"
) -> Read:
    """Return the text of a request's field, at most `limit` UTF-16 units after parsing."""
    mode = str(given.get("parse_mode", "")).lower()
    if mode and mode not in PARSE_MODES:
        raise bad("unsupported parse_mode")
    written = str(given.get(name, ""))
    plain = Read(written, list(given.get(entities, [])))
    read = _stripped(read_html(written) if mode == "html" else plain)
    if name != "caption" and not read.text:
        raise bad("message text is empty")
    if units(read.text) > limit:
        raise bad("message caption is too long" if name == "caption" else "message is too long")
    return read


def check_markup(markup: Mapping[str, Any] | None) -> None:
    """Refuse a keyboard that Telegram does not take."""
    rows = (markup or {}).get("inline_keyboard", [])
    # How many stand in a row is known from use, not from the documentation: *unverified*.
    if sum(map(len, rows)) > 100 or any(len(row) > 8 for row in rows):
        raise bad("reply markup is too long")
    for button in (button for row in rows for button in row):
        _check_button(button)


def _check_button(button: Mapping[str, Any]) -> None:
    actions = ACTIONS & set(button)
    if not actions:
        reason = "Text buttons are unallowed in the inline keyboard"
        raise bad(f"can't parse inline keyboard button: {reason}")
    if not str(button["text"]).strip() or len(actions) > 1:
        raise bad("BUTTON_INVALID")  # *unverified*
    carried = button.get("callback_data")
    if carried is not None and not 1 <= len(carried.encode()) <= 64:
        raise bad("BUTTON_DATA_INVALID")
    url = button.get("url")
    if url is not None and not LINK.fullmatch(url):
        raise bad(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def check_commands(commands: list[Mapping[str, str]]) -> None:
    """Refuse a menu of commands that Telegram does not take."""
    if len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not COMMAND.fullmatch(command["command"].removeprefix("/")):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"].strip()) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")


def read_results(results: list[Mapping[str, Any]]) -> dict[str, Read]:
    """Return what each inline result will say, by its id; refused where Telegram refuses."""
    if len(results) > 50:
        raise bad("RESULTS_TOO_MUCH")
    found: dict[str, Read] = {}
    for result in results:
        if not 1 <= len(result["id"].encode()) <= 64:
            raise bad("RESULT_ID_INVALID")
        if result["id"] in found:
            raise bad("RESULT_ID_DUPLICATE")
        check_markup(result.get("reply_markup"))
        content = result.get("input_message_content")
        found[result["id"]] = (
            read_text(content, "message_text", TEXT)
            if content
            else read_text(result, "caption", CAPTION, "caption_entities")
        )
    return found


def dimensions(image: bytes) -> tuple[int, int] | None:
    """Return the width and height of a JPEG, PNG or GIF, None where it is none."""
    if image.startswith(b"\x89PNG\r\n\x1a\n") and len(image) >= 24:
        width, height = struct.unpack(">II", image[16:24])
        return width, height
    if image[:4] == b"GIF8" and len(image) >= 10:
        width, height = struct.unpack("<HH", image[6:10])
        return width, height
    return _jpeg(image) if image.startswith(b"\xff\xd8") else None


def _jpeg(image: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(image) and image[at] == 0xFF:
        marker, length = image[at + 1], int.from_bytes(image[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", image[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None


def check_photo(image: bytes) -> tuple[int, int]:
    """Return a photo's width and height; refused where Telegram would not take it."""
    size = dimensions(image)
    if len(image) > PHOTO:
        raise bad("too big for a photo")  # *unverified*
    if size is None or 0 in size:
        raise bad("IMAGE_PROCESS_FAILED")
    if sum(size) > 10_000 or max(size) > 20 * min(size):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    return size


def a_picture(width: int = 32, height: int = 24) -> bytes:
    """Return a small grey PNG, for tests that need something Telegram takes as a photo."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body))
            + kind
            + body
            + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body
