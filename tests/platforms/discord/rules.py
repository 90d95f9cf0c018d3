"""What Discord lets through: messages, embeds, components, modals, choices and commands.

Limits and codes are those of Discord's developer documentation (component, message, interaction
and application command references). Second-hand, from bug reports of libraries: the codes
under `errors` (`BASE_TYPE_MAX_LENGTH` and the like), that lengths count code points, and the
refusal of an `attachment://` that names no file. Fields not named here are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

EPHEMERAL, LOADING, COMPONENTS_V2 = 1 << 6, 1 << 7, 1 << 15
CROSSPOSTED = 1 << 0
HAS_THREAD = 1 << 5
# What a bot may set itself: no link previews, silent, components V2.
SETTABLE = (1 << 2) | (1 << 12) | COMPONENTS_V2
INVALID_FORM = 50035

ROW, BUTTON, SELECT, INPUT, SECTION, TEXT, THUMBNAIL = 1, 2, 3, 4, 9, 10, 11
GALLERY, FILE, SEPARATOR, CONTAINER, LABEL, UPLOAD = 12, 13, 14, 17, 18, 19
SELECTS = (SELECT, 5, 6, 7, 8)
LINK, PREMIUM = 5, 6
LOCALES = frozenset(
    re.findall(
        r"[\w-]+",
        "id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs "
        "el bg ru uk hi th zh-CN ja zh-TW ko",
    )
)


class Refused(Exception):  # noqa: N818 - what the platform does, not an accident
    """An error answer: HTTP status, Discord's code and message, and `errors` by field."""

    def __init__(
        self, status: int, code: int, message: str, errors: Json | None = None
    ) -> None:
        """Keep the answer."""
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.body: Json = {"message": message, "code": code}
        if errors:
            self.body["errors"] = errors


@dataclass(slots=True)
class Form:
    """A body under examination, and what is wrong with it by path."""

    found: Json = field(default_factory=dict)
    custom_ids: set[str] = field(default_factory=set)
    numbers: set[int] = field(default_factory=set)
    displayed: int = 0
    components: int = 0
    files: frozenset[str] = frozenset()

    def wrong(self, path: str, code: str, message: str) -> None:
        """Note one fault under `path`, as "embeds.0.title"."""
        at = self.found
        for step in path.split("."):
            at = at.setdefault(step, {})
        at.setdefault("_errors", []).append({"code": code, "message": message})

    def settle(self) -> None:
        """Refuse the body where anything was wrong."""
        if self.found:
            raise Refused(400, INVALID_FORM, "Invalid Form Body", self.found)

    def text(self, body: Json, name: str, path: str, low: int, high: int) -> str:
        """Check a string's length; `low` above 0 makes it required. Return it, or ""."""
        value, where = body.get(name), f"{path}{name}"
        if value is None and low == 0:
            return ""
        if value is None:
            self.wrong(where, "BASE_TYPE_REQUIRED", "This field is required")
        elif not isinstance(value, str):
            self.wrong(where, "STRING_TYPE_CONVERT", "Could not interpret value as string.")
        elif low == high == 0 or len(value) > high:
            self.wrong(where, "BASE_TYPE_MAX_LENGTH", f"Must be {high} or fewer in length.")
        elif len(value.strip()) < low:
            self.wrong(
                where, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length."
            )
        return value if isinstance(value, str) else ""

    def items(self, body: Json, name: str, path: str, low: int, high: int) -> list[Any]:
        """Check a list's length and return it."""
        value = body.get(name) or []
        if not isinstance(value, list) or not low <= len(value) <= high:
            message = f"Must be between {low} and {high} in length."
            self.wrong(f"{path}{name}", "BASE_TYPE_BAD_LENGTH", message)
        return value if isinstance(value, list) else []

    def custom_id(self, body: Json, path: str) -> None:
        """Check a custom_id: 1 to 100 characters, once in a message."""
        name = self.text(body, "custom_id", path, 1, 100)
        if name and name in self.custom_ids:
            message = "Component custom id cannot be duplicated"
            self.wrong(f"{path}custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", message)
        self.custom_ids.add(name)

    def one_of(self, body: Json, name: str, path: str, choices: Sequence[int] | range) -> None:
        """Check a number against what is allowed, where it is there."""
        if body.get(name) is not None and body[name] not in choices:
            self.wrong(f"{path}{name}", "BASE_TYPE_CHOICES", "Value is not one of the choices.")


def message_is_fit(body: Json, files: Sequence[str] = (), *, before: int = 0) -> None:
    """Refuse a message that Discord would refuse; `before` is the flags of the one it edits."""
    form = Form(files=frozenset(files))
    form.text(body, "content", "", 0, 2000)
    if len(str(body.get("nonce") or "")) > 25:
        form.wrong("nonce", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    _embeds(form, form.items(body, "embeds", "", 0, 10))
    _mentions(form, body.get("allowed_mentions") or {})
    flags = body.get("flags") or 0
    modern = bool((before | flags) & COMPONENTS_V2)
    if before & COMPONENTS_V2 and body.get("flags") is not None and not flags & COMPONENTS_V2:
        form.wrong("flags", "MESSAGE_FLAG_CANNOT_BE_REMOVED", "IS_COMPONENTS_V2 stays.")
    for name in ("content", "embeds", "poll", "sticker_ids") if modern else ():
        if body.get(name):
            code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
            message = f"The '{name}' field cannot be used with MessageFlags.IS_COMPONENTS_V2"
            form.wrong(name, code, message)
    _layout(form, form.items(body, "components", "", 0, 40 if modern else 5), modern=modern)
    form.settle()


def is_empty(body: Json, files: Sequence[str]) -> bool:
    """Whether a message has nothing to show."""
    content = (body.get("content") or "").strip()
    return not (content or files or body.get("embeds") or body.get("components"))


def _embeds(form: Form, embeds: list[Any]) -> None:
    total = 0
    for at, embed in enumerate(embeds):
        path = f"embeds.{at}."
        total += len(form.text(embed, "title", path, 0, 256))
        total += len(form.text(embed, "description", path, 0, 4096))
        footer, author = embed.get("footer") or {}, embed.get("author") or {}
        total += len(form.text(footer, "text", f"{path}footer.", 0, 2048))
        total += len(form.text(author, "name", f"{path}author.", 0, 256))
        for number, entry in enumerate(form.items(embed, "fields", path, 0, 25)):
            total += len(form.text(entry, "name", f"{path}fields.{number}.", 1, 256))
            total += len(form.text(entry, "value", f"{path}fields.{number}.", 1, 1024))
        for name in ("image", "thumbnail"):
            if embed.get(name):
                _media(form, embed[name].get("url"), f"{path}{name}.url")
    if total > 6000:
        message = "Embed size exceeds maximum size of 6000"
        form.wrong("embeds", "MAX_EMBED_SIZE_EXCEEDED", message)


def _mentions(form: Form, allowed: Json) -> None:
    for name in ("roles", "users"):
        chosen = form.items(allowed, name, "allowed_mentions.", 0, 100)
        if chosen and name in (allowed.get("parse") or []):
            message = f"parse:['{name}'] and {name}: [ids...] are mutually exclusive."
            code = "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"
            form.wrong("allowed_mentions", code, message)


def _media(form: Form, url: object, path: str) -> None:
    if not isinstance(url, str) or not re.match(r"(https?|attachment)://\S+$", url):
        form.wrong(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
    elif url.startswith("attachment://") and url.partition("://")[2] not in form.files:
        form.wrong(path, "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", "No such file.")


def _layout(form: Form, components: list[Any], *, modern: bool) -> None:
    top = (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER) if modern else (ROW,)
    for at, component in enumerate(components):
        _component(form, component, f"components.{at}.", top)
    if form.components > 40 and modern:
        message = "The total number of components exceeds 40"
        form.wrong("components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", message)
    if form.displayed > 4000:
        message = "The total text of the components exceeds 4000"
        form.wrong("components", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", message)


def _component(form: Form, component: Any, path: str, allowed: Sequence[int]) -> None:
    kind = component.get("type") if isinstance(component, dict) else None
    if not isinstance(kind, int) or kind not in allowed:
        message = f"Value of field 'type' must be one of {tuple(allowed)}."
        form.wrong(f"{path}type", "UNION_TYPE_CHOICES", message)
        return
    form.components += 1
    number = component.get("id")
    if number in form.numbers:
        form.wrong(f"{path}id", "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated")
    if number:
        form.numbers.add(number)
    KINDS[kind](form, component, path)


def _row(form: Form, row: Json, path: str) -> None:
    children = form.items(row, "components", path, 1, 5)
    for at, child in enumerate(children):
        _component(form, child, f"{path}components.{at}.", (BUTTON, *SELECTS, INPUT))
    if len(children) > 1 and any(child.get("type") != BUTTON for child in children):
        form.wrong(
            f"{path}components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The row is too wide"
        )


def _button(form: Form, button: Json, path: str) -> None:
    style = button.get("style")
    form.one_of({"style": style or 0}, "style", path, range(1, 7))
    label = form.text(button, "label", path, 0, 80)
    if style == LINK:
        if not re.match(r"(https?|discord)://\S+$", form.text(button, "url", path, 1, 512)):
            form.wrong(f"{path}url", "URL_TYPE_INVALID_SCHEME", "Scheme must be one of http.")
    elif style != PREMIUM:
        form.custom_id(button, path)
    if (style in {LINK, PREMIUM}) == bool(button.get("custom_id")):
        message = "A custom id and url cannot both be specified"
        form.wrong(
            path.rstrip("."), "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", message
        )
    if style != PREMIUM and not label and not button.get("emoji"):
        message = "A button must have a label or emoji"
        form.wrong(path.rstrip("."), "BUTTON_COMPONENT_LABEL_EMOJI_REQUIRED", message)


def _select(form: Form, select: Json, path: str) -> None:
    form.custom_id(select, path)
    form.text(select, "placeholder", path, 0, 150)
    form.one_of(select, "min_values", path, range(26))
    form.one_of(select, "max_values", path, range(1, 26))
    if select["type"] != SELECT:
        return
    options, values = form.items(select, "options", path, 1, 25), set()
    for at, option in enumerate(options):
        form.text(option, "label", f"{path}options.{at}.", 1, 100)
        form.text(option, "description", f"{path}options.{at}.", 0, 100)
        values.add(form.text(option, "value", f"{path}options.{at}.", 1, 100))
    if len(values) < len(options):
        message = "The specified option value is already used"
        form.wrong(f"{path}options", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message)
    if (select.get("max_values") or 1) > len(options):
        form.wrong(f"{path}max_values", "BASE_TYPE_BAD_LENGTH", "More than there are options.")


def _input(form: Form, entry: Json, path: str) -> None:
    form.custom_id(entry, path)
    form.one_of({"style": entry.get("style") or 0}, "style", path, (1, 2))
    form.text(entry, "label", path, 0, 45)
    form.text(entry, "placeholder", path, 0, 100)
    form.text(entry, "value", path, 0, 4000)
    form.one_of(entry, "min_length", path, range(4001))
    form.one_of(entry, "max_length", path, range(1, 4001))


def _section(form: Form, section: Json, path: str) -> None:
    for at, child in enumerate(form.items(section, "components", path, 1, 3)):
        _component(form, child, f"{path}components.{at}.", (TEXT,))
    _component(form, section.get("accessory"), f"{path}accessory.", (BUTTON, THUMBNAIL))


def _text(form: Form, display: Json, path: str) -> None:
    form.displayed += len(form.text(display, "content", path, 1, 4000))


def _thumbnail(form: Form, thumbnail: Json, path: str) -> None:
    _media(form, (thumbnail.get("media") or {}).get("url"), f"{path}media.url")
    form.text(thumbnail, "description", path, 0, 1024)


def _gallery(form: Form, gallery: Json, path: str) -> None:
    for at, item in enumerate(form.items(gallery, "items", path, 1, 10)):
        _thumbnail(form, item, f"{path}items.{at}.")


def _file(form: Form, shown: Json, path: str) -> None:
    url = (shown.get("file") or {}).get("url")
    _media(form, url if str(url).startswith("attachment://") else None, f"{path}file.url")


def _separator(form: Form, separator: Json, path: str) -> None:
    form.one_of(separator, "spacing", path, (1, 2))


def _container(form: Form, container: Json, path: str) -> None:
    form.one_of(container, "accent_color", path, range(0x1000000))
    for at, child in enumerate(form.items(container, "components", path, 1, 40)):
        inside = (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR)
        _component(form, child, f"{path}components.{at}.", inside)


def _label(form: Form, label: Json, path: str) -> None:
    form.text(label, "label", path, 1, 45)
    form.text(label, "description", path, 0, 100)
    inside = (INPUT, *SELECTS, UPLOAD)
    _component(form, label.get("component"), f"{path}component.", inside)


def _upload(form: Form, upload: Json, path: str) -> None:
    form.custom_id(upload, path)
    form.one_of(upload, "min_values", path, range(11))
    form.one_of(upload, "max_values", path, range(1, 11))


KINDS: Mapping[int, Callable[[Form, Json, str], None]] = {
    ROW: _row, BUTTON: _button, INPUT: _input, SECTION: _section, TEXT: _text,
    THUMBNAIL: _thumbnail, GALLERY: _gallery, FILE: _file, SEPARATOR: _separator,
    CONTAINER: _container, LABEL: _label, UPLOAD: _upload, **dict.fromkeys(SELECTS, _select),
}  # fmt: skip


def modal_is_fit(body: Json) -> None:
    """Refuse a modal with a title over 45, more than 5 entries, or a bad entry."""
    form = Form()
    form.custom_id(body, "data.")
    form.text(body, "title", "data.", 1, 45)
    for at, entry in enumerate(form.items(body, "components", "data.", 1, 5)):
        path = f"data.components.{at}."
        _component(form, entry, path, (ROW, TEXT, LABEL))
        for child in entry.get("components") or [] if entry.get("type") == ROW else []:
            if child.get("type") != INPUT:
                form.wrong(f"{path}components.0.type", "UNION_TYPE_CHOICES", "No text input.")
            form.text(child, "label", f"{path}components.0.", 1, 45)
    form.settle()


def choices_are_fit(body: Json) -> None:
    """Refuse more than 25 completions, or one without a name of 1 to 100 characters."""
    form = Form()
    for at, choice in enumerate(form.items(body, "choices", "data.", 0, 25)):
        form.text(choice, "name", f"data.choices.{at}.", 1, 100)
        if isinstance(choice.get("value"), str):
            form.text(choice, "value", f"data.choices.{at}.", 1, 100)
    form.settle()


def parts(components: Sequence[Json]) -> Iterator[Json]:
    """Yield every component of a layout, in reading order."""
    for component in components:
        yield component
        yield from parts(component.get("components") or [])
        yield from parts(
            [part for part in map(component.get, ("accessory", "component")) if part]
        )
