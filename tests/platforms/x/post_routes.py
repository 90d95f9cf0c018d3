"""Posting, answering and deleting, and what X lets through of it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tests.platforms.x.accounts import Account
from tests.platforms.x.asking import (
    Asked,
    Created,
    forbidden,
    id_of,
    object_of,
    only_fields,
    text_of,
)  # fmt: skip
from tests.platforms.x.posts import MENTION, Media, Post
from tests.platforms.x.problems import (
    DUPLICATE,
    NOT_PERMITTED,
    NOT_THERE,
    READ_ONLY,
    UNASKED,
    Json,
    invalid,
    problem,
)  # fmt: skip
from tests.platforms.x.weighing import MOST, normal, weight

if TYPE_CHECKING:
    from tests.platforms.x_server import XServer

FIELDS = (
    "text", "reply", "media", "quote_tweet_id", "reply_settings", "poll", "geo", "nullcast",
    "for_super_followers_only", "direct_message_deep_link", "card_uri", "community_id",
    "share_with_followers", "edit_options", "made_with_ai", "paid_partnership",
)  # fmt: skip
REPLY_FIELDS = (
    "in_reply_to_tweet_id",
    "exclude_reply_user_ids",
    "auto_populate_reply_metadata",
)
MEDIA_LIFE = 86_400.0
NEVER = ("\ufffe", "\ufeff", "\uffff")


def create(x: XServer, asked: Asked) -> Created:
    """Post something, if it is let through; charge it."""
    if asked.account.read_only:
        raise forbidden(READ_ONLY)
    only_fields(asked.body, FIELDS)
    text = normal(text_of(asked.body, "text")).strip()
    media, to = _media(x, asked), _target(x, asked)
    _is_fit(text, media)
    if to is not None:
        _may_answer(to, asked.account)
    post = x.world.written(
        asked.account, text, reply_to=to, quoted=_quoted(x, asked), media=media
    )
    _is_new(x, asked.account, post)
    what, price = _price(x, post)
    x.bill.must_hold(price)
    _complain(x, post)
    x.world.add(post)
    x.bill.charge(what, price)
    return Created({"data": post.json()})


def _price(x: XServer, post: Post) -> tuple[str, Decimal]:
    prices = x.bill.prices
    if post.reply_to is not None and post.reply_to.asks(post.author):
        return "reply", prices.reply
    return ("post with link", prices.with_link) if post.has_link else ("post", prices.post)


def _is_fit(text: str, media: tuple[Media, ...]) -> None:
    """Refuse a text that is empty or too long; the wording of both is *second-hand*."""
    if not text and not media:
        raise invalid("$.text: must be at least 1 characters long")
    if any(character in text for character in NEVER):
        raise invalid("$.text: holds characters that a post may not hold")
    if weight(text) > MOST:
        raise forbidden(NOT_PERMITTED)


def _media(x: XServer, asked: Asked) -> tuple[Media, ...]:
    body = object_of(asked.body, "media", ("media_ids", "tagged_user_ids"))
    numbers = body.get("media_ids", [])
    if not isinstance(numbers, list):
        raise invalid("$.media.media_ids: array expected")
    wanted = [id_of(one, f"$.media.media_ids[{at}]") for at, one in enumerate(numbers)]
    if "media" in asked.body and not 1 <= len(wanted) <= 4:
        raise invalid("$.media.media_ids: there must be between 1 and 4 items in the array")
    found = [_uploaded(x, asked.account, number) for number in wanted]
    if not all(found):
        raise invalid("Your media IDs are invalid.", {"media.media_ids": wanted})
    return tuple(one for one in found if one)


def _uploaded(x: XServer, account: Account, number: str) -> Media | None:
    media = x.world.media.get(number)
    if media is None or media.owner is not account or not media.whole or media.looks:
        return None
    return media if x.now() - media.at <= MEDIA_LIFE else None


def _target(x: XServer, asked: Asked) -> Post | None:
    reply = object_of(asked.body, "reply", REPLY_FIELDS)
    if not reply:
        return None
    number = id_of(reply.get("in_reply_to_tweet_id"), "$.reply.in_reply_to_tweet_id")
    post = x.world.posts.get(number)
    if post is None or post.deleted:
        raise forbidden(NOT_THERE)
    return post


def _may_answer(to: Post, account: Account) -> None:
    """Refuse an answer to whoever did not ask for one, as self-serve apps are."""
    own = to.author is account and account.self_replies
    if not own and not to.asks(account):
        raise forbidden(UNASKED)


def _quoted(x: XServer, asked: Asked) -> Post | None:
    if "quote_tweet_id" not in asked.body:
        return None
    number = id_of(asked.body["quote_tweet_id"], "$.quote_tweet_id")
    post = x.world.posts.get(number)
    # Self-serve apps may not quote since April 2026; the wording is *unverified*.
    if post is None or post.deleted or not x.quotes:
        raise forbidden(NOT_PERMITTED)
    return post


def _is_new(x: XServer, account: Account, new: Post) -> None:
    """Refuse what this account has said before.

    That another picture, or another person who is answered, makes a text a new one is
    *unverified*: with `x.duplicates_by_text` X looks at the text alone.
    """
    for post in x.world.standing():
        if post.author is not account or post.text != new.text or not new.text:
            continue
        differs = bool(new.media or post.media) or post.leading != new.leading
        if x.duplicates_by_text or not differs:
            raise forbidden(DUPLICATE)


def _complain(x: XServer, new: Post) -> None:
    """Note what X's rules for automation forbid and its API lets pass."""
    said, to = x.world.complaints, new.reply_to
    said += [f"a picture without an alt text: {one.id}" for one in new.media if not one.alt]
    named = {found[1].lower() for found in MENTION.finditer(new.text)}
    asker = {to.author.handle.lower()} if to else set()
    ours = {one.handle.lower() for one in x.accounts}
    said += [f"@{name} was mentioned unasked" for name in sorted(named - asker - ours)]
    for other in x.world.standing():
        if other.author is not new.author:
            same = bool(new.text) and other.text == new.text and other.author in x.accounts
            said += [f"the same text over two accounts: {other.id}"] if same else []
        elif to and other.reply_to is to and to.author is not new.author:
            said.append(f"a second answer to {to.id}")


def delete(x: XServer, asked: Asked) -> Json:
    """Delete an own post; what becomes of somebody else's or none is *unverified*."""
    post = x.world.posts.get(asked.number())
    if post is None or post.deleted:
        raise problem(404)
    if post.author is not asked.account:
        raise forbidden("You are not authorized to delete this Tweet.")
    price = x.bill.prices.delete
    x.bill.must_hold(price)
    post.deleted = True
    x.bill.charge("delete", price)
    return {"data": {"deleted": True}}
