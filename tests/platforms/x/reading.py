"""Reading posts and people: one post, an account's posts, and what mentions it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tests.platforms.x.accounts import Account
from tests.platforms.x.asking import NUMBER, Asked
from tests.platforms.x.posts import Post
from tests.platforms.x.problems import Json, invalid, not_found

if TYPE_CHECKING:
    from tests.platforms.x_server import XServer

POST_FIELDS = (
    "article", "attachments", "author_id", "card_uri", "community_id", "context_annotations",
    "conversation_id", "created_at", "display_text_range", "edit_controls",
    "edit_history_tweet_ids", "entities", "geo", "id", "in_reply_to_user_id", "lang",
    "media_metadata", "non_public_metrics", "note_tweet", "organic_metrics",
    "possibly_sensitive", "promoted_metrics", "public_metrics", "referenced_tweets",
    "reply_settings", "scopes", "source", "suggested_source_links", "text", "withheld",
)  # fmt: skip
EXPANDS = {
    "author_id": "author_id", "referenced_tweets.id": "referenced_tweets",
    "referenced_tweets.id.author_id": "referenced_tweets",
    "in_reply_to_user_id": "in_reply_to_user_id", "attachments.media_keys": "attachments",
    "entities.mentions.username": "entities", "edit_history_tweet_ids": "id",
    "attachments.poll_ids": "id", "geo.place_id": "id", "article.cover_media": "id",
}  # fmt: skip
SHOWN = ("tweet.fields", "expansions", "media.fields", "user.fields", "poll.fields",
         "place.fields")  # fmt: skip
PAGED = (*SHOWN, "max_results", "since_id", "until_id", "start_time", "end_time",
         "pagination_token", "exclude")  # fmt: skip


def one(x: XServer, asked: Asked) -> Json:
    """Return one post; a 200 with errors where it is not there."""
    asked.only(*SHOWN)
    wanted = _wanted(asked)
    number = asked.number()
    post = x.world.posts.get(number)
    if post is None or post.deleted:
        return {"errors": [not_found("tweet", number)]}
    x.bill.must_hold(x.bill.prices.read)
    x.bill.charge("read", x.bill.prices.read)
    return {"data": post.json(wanted.fields), **_included(x, wanted, [post])}


def me(_: XServer, asked: Asked) -> Json:
    """Return the account itself."""
    asked.only("expansions", "tweet.fields", "user.fields")
    return {"data": asked.account.json()}


def by_name(x: XServer, asked: Asked) -> Json:
    """Return somebody by their handle."""
    wanted = asked.named["username"]
    for account in x.world.accounts.values():
        if account.handle.lower() == wanted.lower():
            return {"data": account.json()}
    return {"errors": [{**not_found("user", wanted), "parameter": "username"}]}


def timeline(x: XServer, asked: Asked) -> Json:
    """Return what an account posted, newest first."""
    left_out = asked.listed("exclude", ("replies", "retweets"))

    def posted(post: Post, account: Account) -> bool:
        replied = "replies" in left_out and post.reply_to is not None
        shared = "retweets" in left_out and post.reposted is not None
        return post.author is account and not replied and not shared

    return _page(x, asked, posted)


def mentions(x: XServer, asked: Asked) -> Json:
    """Return what others posted that names an account, newest first."""
    if "exclude" in asked.query:
        asked.only(*PAGED[:-1])
    return _page(x, asked, lambda post, who: post.author is not who and post.names(who.handle))


def _page(x: XServer, asked: Asked, wanted: Callable[[Post, Account], bool]) -> Json:
    asked.only(*PAGED)
    shown = _wanted(asked)
    number, most = asked.number(), asked.within("max_results", 10, 5, 100)
    account = x.world.accounts.get(number)
    if account is None:
        return {"errors": [not_found("user", number)]}
    x.bill.must_hold(x.bill.prices.read)
    found = [post for post in x.world.standing() if wanted(post, account)]
    found = sorted(filter(_between(asked), found), key=lambda post: int(post.id), reverse=True)
    start = _start(asked, len(found))
    page = found[start : start + most]
    x.bill.charge("read", x.bill.prices.read, len(page))
    meta: Json = {"result_count": len(page)}
    if not page:
        return {"meta": meta}
    meta |= {"newest_id": page[0].id, "oldest_id": page[-1].id}
    if start + most < len(found):
        meta["next_token"] = f"7140{start + most:x}"
    data = [post.json(shown.fields) for post in page]
    return {"data": data, **_included(x, shown, page), "meta": meta}


def _start(asked: Asked, number: int) -> int:
    token = asked.query.get("pagination_token", "71400")
    try:
        start = int(token.removeprefix("7140"), 16)
    except ValueError:
        start = -1
    if not token.startswith("7140") or not 0 <= start <= max(number, 1):
        said = f"The `pagination_token` query parameter value [{token}] is not valid"
        raise invalid(said, {"pagination_token": [token]})
    return start


def _between(asked: Asked) -> Callable[[Post], bool]:
    limits = {name: asked.query.get(name, "") for name in ("since_id", "until_id")}
    for name, value in limits.items():
        if value and not NUMBER.fullmatch(value):
            said = f"The `{name}` query parameter value [{value}] is not valid"
            raise invalid(said, {name: [value]})
    low = int(limits["since_id"] or 0)
    high = int(limits["until_id"] or 1 << 64)
    first, last = _moment(asked, "start_time", 0.0), _moment(asked, "end_time", float("inf"))
    return lambda post: low < int(post.id) < high and first <= post.at < last


def _moment(asked: Asked, name: str, usual: float) -> float:
    value = asked.query.get(name)
    try:
        return datetime.fromisoformat(value).timestamp() if value else usual
    except ValueError:
        said = f"The `{name}` query parameter value [{value}] is not a valid RFC3339 timestamp"
        raise invalid(said, {name: [str(value)]}) from None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which fields and which neighbours of posts were asked for."""

    fields: set[str]
    expansions: set[str]


def _wanted(asked: Asked) -> Wanted:
    expansions = asked.listed("expansions", EXPANDS)
    fields = asked.listed("tweet.fields", POST_FIELDS)
    return Wanted(fields | {EXPANDS[name] for name in expansions}, expansions)


def _included(x: XServer, wanted: Wanted, posts: list[Post]) -> Json:
    includes: Json = {}
    expansions = wanted.expansions
    if expansions & {"author_id", "in_reply_to_user_id", "entities.mentions.username"}:
        includes["users"] = _people(x, posts, expansions)
    if any(name.startswith("referenced_tweets.id") for name in expansions):
        related = {near.id: near for post in posts for near in _near(post)}
        includes["tweets"] = [near.json(wanted.fields) for near in related.values()]
    if "attachments.media_keys" in expansions:
        includes["media"] = [media.json() for post in posts for media in post.media]
    includes = {name: found for name, found in includes.items() if found}
    return {"includes": includes} if includes else {}


def _near(post: Post) -> Iterable[Post]:
    near = (post.reposted, post.quoted, post.reply_to)
    return (other for other in near if other and not other.deleted)


def _people(x: XServer, posts: list[Post], expansions: set[str]) -> list[Json]:
    found: dict[str, Account] = {}
    for post in posts:
        if "author_id" in expansions:
            found[post.author.id] = post.author
        if "in_reply_to_user_id" in expansions and post.reply_to:
            found[post.reply_to.author.id] = post.reply_to.author
    for account in x.world.accounts.values():
        if "entities.mentions.username" in expansions and any(
            post.names(account.handle) for post in posts
        ):
            found[account.id] = account
    return [account.json() for account in found.values()]
