"""Posts as Bluesky keeps them: made once under a name of ours, and found again by it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from atproto import AsyncClient, AtUri, models
from atproto.exceptions import BadRequestError, ModelError
from atproto_client.models.dot_dict import DotDict
from atproto_client.models.utils import get_model_as_dict

from bots.bluesky.facets import facets_of
from bots.bluesky.failures import NOT_THERE, TAKEN, name_of_error
from bots.bluesky.login import Login
from bots.bluesky.names import COLLECTION
from bots.bluesky.picture import fitted
from core.channel import Post
from core.model.message import Picture

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Record:
    """One post as it stands: where, which version of it, and what it says."""

    uri: str
    cid: str
    value: dict[str, Any]


async def composed(login: Login, post: Post, reply_to: str | None, now: datetime) -> Any:
    """Return the record of a post, its picture uploaded, below the post it answers.

    Where that was taken down, it stands alone: what it says counts.
    """
    return models.AppBskyFeedPost.Record(
        text=post.text,
        created_at=_written(now),
        langs=[post.lang.replace("_", "-")] if post.lang else None,
        facets=facets_of(post.text, post.links) or None,
        embed=await _embedded(login, post.picture) if post.picture else None,
        reply=await _reply(login, reply_to) if reply_to else None,
    )


async def put(login: Login, name: str, record: Any) -> str:
    """Make the post under that name, unless there is one, and return where it is."""

    async def call(client: AsyncClient) -> str:
        # The library leaves out what is None, which here says that there must be none yet.
        wanted = DotDict(
            {
                "repo": login.account,
                "collection": COLLECTION,
                "rkey": name,
                "record": get_model_as_dict(record),
                "swapRecord": None,
            }
        )
        answer = await client.invoke_procedure(
            "com.atproto.repo.putRecord", data=wanted, input_encoding=JSON
        )
        return str(_content(answer.content)["uri"])

    try:
        return await login.ask(call)
    except BadRequestError as error:
        there = await found(login, name) if name_of_error(error) == TAKEN else None
        if there is None:
            raise
        return there.uri


async def found(login: Login, name: str) -> Record | None:
    """Return our own post of that name, None where there is none."""

    async def call(client: AsyncClient) -> Record | None:
        return await _read(client, login.account, name)

    return await login.ask(call)


async def _read(client: AsyncClient, repo: str, name: str) -> Record | None:
    wanted = DotDict({"repo": repo, "collection": COLLECTION, "rkey": name})
    try:
        answer = await client.invoke_query("com.atproto.repo.getRecord", params=wanted)
    except BadRequestError as error:
        if name_of_error(error) == NOT_THERE:
            return None
        raise
    content = _content(answer.content)
    return Record(str(content["uri"]), str(content["cid"]), _content(content["value"]))


def _content(answer: object) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise ModelError("an answer that is not Bluesky's")
    return answer


async def _embedded(login: Login, picture: Picture) -> Any:
    """Upload the picture, and return it with the words for whoever cannot see it."""
    smaller = await asyncio.to_thread(fitted, picture.jpeg)

    async def call(client: AsyncClient) -> Any:
        answer = await client.invoke_procedure(
            "com.atproto.repo.uploadBlob",
            content=smaller.jpeg,
            headers={"Content-Type": "image/jpeg"},
        )
        return _content(_content(answer.content)["blob"])

    blob = await login.ask(call)
    size = models.AppBskyEmbedDefs.AspectRatio(width=smaller.width, height=smaller.height)
    image = models.AppBskyEmbedImages.Image(alt=picture.alt, image=blob, aspect_ratio=size)
    return models.AppBskyEmbedImages.Main(images=[image])


async def _reply(login: Login, uri: str) -> Any:
    """Return the post at `uri` and the first of its thread, None where it is no more."""
    parent = await found(login, AtUri.from_str(uri).rkey)
    if parent is None:
        return None
    answered = parent.value.get("reply")
    this = {"uri": parent.uri, "cid": parent.cid}
    root = _content(answered)["root"] if answered else this
    return models.AppBskyFeedPost.ReplyRef.model_validate({"root": root, "parent": this})


def _written(now: datetime) -> str:
    return now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
