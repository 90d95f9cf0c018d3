"""Uploading pictures, whole or in pieces, and the words for those who do not see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.platforms.x.asking import Asked, bytes_of, id_of, object_of, only_fields, text_of
from tests.platforms.x.pictures import LARGEST, kind_of
from tests.platforms.x.posts import Media
from tests.platforms.x.problems import Json, invalid, problem

if TYPE_CHECKING:
    from tests.platforms.x_server import XServer

CATEGORIES = (
    "tweet_image", "tweet_gif", "tweet_video", "amplify_video", "dm_image", "dm_gif",
    "dm_video", "subtitles",
)  # fmt: skip
LIFE, LONGEST_ALT = 86_400, 1000
PIECE = 5 << 20


def upload(x: XServer, asked: Asked) -> Json:
    """Take a picture in one piece; the wording of refusals is that of v1.1, *unverified*."""
    allowed = ("media", "media_category", "media_type", "additional_owners", "shared")
    only_fields(asked.body, allowed)
    category = _category(asked)
    if "media" not in asked.body:
        raise invalid("$.media: is missing but it is required")
    media = _new(x, asked, category, text_of(asked.body, "media_type"))
    _accept(media, bytes_of(asked.body["media"]))
    return {"data": _told(media) | _processing(media)}


def initialize(x: XServer, asked: Asked) -> Json:
    """Begin an upload in pieces."""
    allowed = ("media_type", "total_bytes", "media_category", "additional_owners", "shared")
    only_fields(asked.body, allowed)
    size, kind = asked.body.get("total_bytes"), text_of(asked.body, "media_type")
    if not isinstance(size, int) or isinstance(size, bool) or size < 1:
        raise invalid("$.total_bytes: must have a minimum value of 1")
    if not kind:
        raise invalid("$.media_type: is missing but it is required")
    media = _new(x, asked, _category(asked), kind)
    media.size = size
    return {"data": _told(media)}


def append(x: XServer, asked: Asked) -> Json:
    """Take one piece."""
    only_fields(asked.body, ("media", "segment_index"))
    media = _own(x, asked, asked.number())
    number = str(asked.body.get("segment_index", ""))
    if not number.isdigit() or int(number) > 999:
        raise invalid("$.segment_index: must be between 0 and 999")
    piece = bytes_of(asked.body.get("media", b""))
    if not 0 < len(piece) <= PIECE:
        raise invalid("$.media: must hold between 1 byte and 5 MB")
    media.parts[int(number)] = piece
    return {"data": {"expires_at": int(media.at) + LIFE}}


def finalize(x: XServer, asked: Asked) -> Json:
    """End an upload in pieces."""
    media = _own(x, asked, asked.number())
    content = b"".join(piece for _, piece in sorted(media.parts.items()))
    if len(content) != media.size or sorted(media.parts) != list(range(len(media.parts))):
        raise invalid("Segments do not add up to provided total file size.")
    _accept(media, content)
    return {"data": _told(media) | _processing(media)}


def status(x: XServer, asked: Asked) -> Json:
    """Tell how far an upload is."""
    asked.only("media_id", "command")
    media = _own(x, asked, id_of(asked.query.get("media_id"), "media_id"))
    media.looks = max(0, media.looks - 1)
    return {"data": _told(media) | _processing(media)}


def describe(x: XServer, asked: Asked) -> Json:
    """Keep an alt text."""
    only_fields(asked.body, ("id", "metadata"))
    media = _own(x, asked, id_of(asked.body.get("id"), "$.id"))
    metadata = asked.body.get("metadata")
    if not isinstance(metadata, dict) or not metadata:
        raise invalid("$.metadata: is missing but it is required")
    alt = object_of(metadata, "alt_text", ("text",), "$.metadata")
    text = text_of(alt, "text", "$.metadata.alt_text")
    if len(text) > LONGEST_ALT:
        raise invalid("$.metadata.alt_text.text: may only be 1000 characters long")
    media.alt = text
    return {"data": {"id": media.id, "associated_metadata": {"alt_text": {"text": text}}}}


def _category(asked: Asked) -> str:
    category = text_of(asked.body, "media_category")
    if category not in CATEGORIES:
        among = ", ".join(CATEGORIES)
        raise invalid(f"$.media_category: does not have a value in the enumeration [{among}]")
    return category


def _new(x: XServer, asked: Asked, category: str, kind: str) -> Media:
    number, at = x.world.numbers(), x.now()
    media = Media(number, asked.account, kind, category, at, looks=x.looks)
    x.world.media[media.id] = media
    return media


def _own(x: XServer, asked: Asked, number: str) -> Media:
    media = x.world.media.get(number)
    if media is None or media.owner is not asked.account:
        raise problem(404)
    return media


def _accept(media: Media, content: bytes) -> None:
    """Keep the bytes if they are a picture as large as it may be."""
    kind, most = kind_of(content), LARGEST.get(media.category, 5 << 20)
    if not kind:
        raise invalid("media type unrecognized.")
    if media.category == "tweet_image" and not kind.startswith("image/"):
        raise invalid("media type and media_category do not go together.")
    if len(content) > most:
        raise invalid(f"File size exceeds {most} bytes.")
    media.kind, media.content, media.size, media.whole = kind, content, len(content), True


def _told(media: Media) -> Json:
    told = {"id": media.id, "media_key": media.key, "expires_after_secs": LIFE}
    return {**told, "size": media.size} if media.whole else told


def _processing(media: Media) -> Json:
    """Return how far X is with it, which it tells of pictures only where it takes its time."""
    if media.looks:
        return {"processing_info": {"state": "pending", "check_after_secs": 1}}
    if media.kind.startswith("image/") and media.kind != "image/gif":
        return {}
    return {"processing_info": {"state": "succeeded", "progress_percent": 100}}
