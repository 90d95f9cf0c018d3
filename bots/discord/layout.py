"""Posts as Discord lays them out: a container with texts, picture, file and rows of buttons."""

from __future__ import annotations

import io
import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from discord import AllowedMentions, ButtonStyle, File, MediaGalleryItem, Object
from discord.http import handle_message_parameters
from discord.ui import (
    ActionRow,
    Button,
    Container,
    LayoutView,
    MediaGallery,
    Separator,
    TextDisplay,
)
from discord.ui import File as FileDisplay

from bots.discord.pressing import TYPED, carried
from bots.discord.render import MOST_BUTTONS, SMALL, fits, is_urgent, pinged
from core.channel import Kept, Post, PostRejected
from core.model.message import Picture

URGENT = 0xB3261E
CALM = 0x5B6770
BUTTONS_IN_A_ROW = 5
LONGEST_ALT = 1_024
MOST_KNOWN = 64
# Words of so many characters are never too long for a button to carry, in any script.
SHORT = 16
# What a bot may upload at once without the boosts of a server.
LARGEST_FILE = 10 * 1024 * 1024
PICTURE = "label.jpg"
_ODD = re.compile(r"[^A-Za-z0-9._-]+")
Rows = Iterator["ActionRow[LayoutView]"]


@dataclass(frozen=True, slots=True)
class Laid:
    """One post ready to be sent: its layout, its files and whom it may ping.

    `body` says all of that as Discord reads it, but for the files.
    """

    view: LayoutView
    files: list[File]
    mentions: AllowedMentions
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Adding:
    """What an answer adds to a post: a button to type with, and the channel it is about."""

    type_label: str | None = None
    about: int | None = None


NOTHING = Adding()


class Layouts:
    """Lays out posts; what goes to many is laid out once."""

    def __init__(self, kept: Kept) -> None:
        """Keep long words of buttons in `kept`."""
        self._kept = kept
        self._known: OrderedDict[tuple[Post, Adding], Laid] = OrderedDict()

    async def laid(self, post: Post, adding: Adding = NOTHING) -> Laid:
        """Return the post laid out; raises PostRejected where Discord would refuse it."""
        if known := self._known.get((post, adding)):
            return known
        ready = await laid(post, self._kept, adding)
        # A file is read once, and words that are kept may be forgotten meanwhile.
        short = all(len(button.says) <= SHORT for button in post.buttons)
        if short and not ready.files:
            self._known[post, adding] = ready
            if len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)
        return ready


async def laid(post: Post, kept: Kept, adding: Adding = NOTHING) -> Laid:
    """Return the post laid out; raises PostRejected where Discord would refuse it."""
    _check(post)
    buttons = await carried(post.buttons, kept, adding.about)
    view = LayoutView(timeout=None)
    box: Container[LayoutView] = Container(
        accent_colour=URGENT if is_urgent(post.text) else CALM
    )
    for number, text in enumerate(_texts(post.text)):
        if number:
            box.add_item(Separator())
        box.add_item(TextDisplay(text))
    files = _add_files(box, post)
    for row in _rows(buttons, adding.type_label):
        box.add_item(row)
    view.add_item(box)
    # The library would keep every layout to wait for its buttons; ours say all they need.
    view.stop()
    mentions = _mentions(post.text)
    body = handle_message_parameters(view=view, allowed_mentions=mentions).payload
    return Laid(view, files, mentions, body or {})


def _add_files(box: Container[LayoutView], post: Post) -> list[File]:
    files = []
    if post.picture:
        box.add_item(_gallery(post.picture))
        files.append(File(io.BytesIO(post.picture.jpeg), PICTURE))
    if post.attachment:
        name = _ODD.sub("_", post.attachment.name).strip("._") or "file"
        files.append(File(io.BytesIO(post.attachment.content), name))
        box.add_item(FileDisplay(f"attachment://{name}"))
    return files


def _check(post: Post) -> None:
    if not fits(post.text) or len(post.buttons) > MOST_BUTTONS:
        raise PostRejected("too long for one message")
    if not (post.text.strip() or post.picture or post.attachment):
        raise PostRejected("empty")
    carried_files = [post.picture.jpeg] if post.picture else []
    carried_files += [post.attachment.content] if post.attachment else []
    if sum(map(len, carried_files)) > LARGEST_FILE:
        raise PostRejected("a file larger than 10 MiB")


def _texts(text: str) -> Iterator[str]:
    """Yield what is said, and then where it is from, which stands below a line."""
    lines = text.splitlines()
    ends = next((at for at, line in enumerate(lines) if line.startswith(SMALL)), len(lines))
    for part in ("\n".join(lines[:ends]), "\n".join(lines[ends:])):
        if part.strip():
            yield part.strip()


def _gallery(picture: Picture) -> MediaGallery[LayoutView]:
    alt = picture.alt[:LONGEST_ALT] or None
    return MediaGallery(MediaGalleryItem(f"attachment://{PICTURE}", description=alt))


def _rows(buttons: Sequence[tuple[str, str]], type_label: str | None) -> Rows:
    made: list[Button[LayoutView]] = [
        Button(label=label, custom_id=custom_id, style=ButtonStyle.secondary)
        for label, custom_id in buttons
    ]
    if type_label and len(made) < MOST_BUTTONS:
        made.append(Button(label=type_label, custom_id=TYPED, style=ButtonStyle.primary))
    for start in range(0, len(made), BUTTONS_IN_A_ROW):
        yield ActionRow(*made[start : start + BUTTONS_IN_A_ROW])


def _mentions(text: str) -> AllowedMentions:
    """Return that nobody is pinged but the roles named in the first line."""
    roles = [Object(role) for role in pinged(text)]
    return AllowedMentions(everyone=False, users=False, replied_user=False, roles=roles)
