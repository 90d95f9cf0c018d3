"""Pictures for X: uploaded with their words by its API of version 2, which tweepy has not.

docs.x.com: POST /2/media/upload takes the picture as base64 in JSON, POST /2/media/metadata its
alternative text. A post never goes without either: what fails here fails before the post.
"""

from __future__ import annotations

import asyncio
from base64 import b64encode
from typing import Any

from tweepy.asynchronous import AsyncClient

from bots.x.rest import Json, Rest
from core.channel import DeliveryUnknown, PostRejected, TryLater
from core.model.message import Picture

UPLOAD, METADATA = "/2/media/upload", "/2/media/metadata"
LARGEST = 5 * 1024 * 1024
LONGEST_ALT = 1_000
# X may look at a picture for a while before it may be posted; *unverified* for pictures.
LOOKS = 5
LONGEST_PAUSE = 5.0
UNDER_WAY = frozenset({"pending", "in_progress"})


async def uploaded(rest: Rest, handle: str, picture: Picture) -> str:
    """Return X's number of the picture, with its words; raises the errors of the contract."""
    if len(picture.jpeg) > LARGEST:
        raise PostRejected("the picture is larger than 5 MB")
    if not picture.alt.strip():
        raise PostRejected("the picture has no words for those who cannot see it")
    try:
        number = await _whole(rest, handle, picture.jpeg)
        await _described(rest, handle, number, picture.alt)
    except DeliveryUnknown as error:
        # Nothing was posted yet, so it may begin anew.
        raise TryLater from error
    return number


async def _whole(rest: Rest, handle: str, jpeg: bytes) -> str:
    body = {
        "media": b64encode(jpeg).decode(),
        "media_category": "tweet_image",
        "media_type": "image/jpeg",
    }
    told = _of(await _asked(rest, handle, "POST", UPLOAD, body))
    for _ in range(LOOKS):
        state = told.get("processing_info", {})
        if state.get("state") not in UNDER_WAY:
            break
        await asyncio.sleep(min(LONGEST_PAUSE, float(state.get("check_after_secs", 1))))
        there = {"command": "STATUS", "media_id": str(told["id"])}
        told = _of(await _asked(rest, handle, "GET", UPLOAD, params=there))
    if told.get("processing_info", {}).get("state", "succeeded") != "succeeded":
        raise PostRejected("X cannot use the picture")
    return str(told["id"])


async def _described(rest: Rest, handle: str, number: str, alt: str) -> None:
    words = {"alt_text": {"text": alt[:LONGEST_ALT]}}
    await _asked(rest, handle, "POST", METADATA, {"id": number, "metadata": words})


async def _asked(  # noqa: PLR0913, PLR0917 - a request has that many parts
    rest: Rest,
    handle: str,
    method: str,
    route: str,
    body: Json | None = None,
    params: Json | None = None,
) -> Json:
    async def ask(client: AsyncClient) -> Any:
        answer = await client.request(
            method, route, params=dict(params or {}), json=body, user_auth=True
        )
        return await answer.json()

    return (await rest.call(handle, ask))[0]


def _of(answer: Json) -> Json:
    told = answer.get("data")
    if not isinstance(told, dict) or not told.get("id"):
        raise TryLater
    return told
