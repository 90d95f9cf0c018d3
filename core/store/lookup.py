"""The SQL by which notices are found, written once for SQLAlchemy and for plain sqlite3."""

# ruff: noqa: S608 - only names of parameters and fixed words go into the SQL, never a value

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from core.model.keys import Probe
from core.model.recall import Notice

SOURCES_SQL = "SELECT name, as_of, digest FROM source_state WHERE proves ORDER BY name"
META_SQL = "SELECT value FROM meta WHERE name = :name"
# What was kept of a chat, and whether it was left; a topic is left with its group.
CHAT_SQL = (
    "SELECT (SELECT body FROM conversation WHERE address ="
    " (SELECT pk FROM address WHERE place = :place)) AS body,"
    " EXISTS (SELECT 1 FROM address WHERE place IN (:place, :family)"
    " AND gone_at IS NOT NULL) AS gone"
)
LEXICON = "lexicon"
# A topic of a group is a chat of its own: "<group>/<topic>".
TOPIC = "/"

MOST_KEYS = 500
MOST_BRANDS = 8
# A stretch of keys that begin alike is read no further than this.
LONGEST_STRETCH = 1000
MOST_PARSED = 512
# Keys that may match a large part of all notices.
BRANDS_WITHOUT_MODEL, BRANDS = "k:", "b:"
# Lists are padded to one of these lengths, so that statements repeat and stay prepared.
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, MOST_KEYS)
_LAST = "\U0010ffff"

Value = str | int
# The number of a notice and its body; and, where it was found, its rank and day.
Stored = tuple[int, str]
Found = tuple[int, str, int, int]


@dataclass(frozen=True, slots=True)
class Statement:
    """A query with `:name` parameters."""

    sql: str
    values: Mapping[str, Value]


def asking(channel: str, chat: str) -> dict[str, str]:
    """Return the parameters of CHAT_SQL, before they are marked."""
    from core.store.keyring import place_of  # noqa: PLC0415 - whoever asks has keys already

    group = chat.partition(TOPIC)[0]
    return {"place": place_of(channel, chat), "family": place_of(channel, group)}


def finding(probe: Probe, limit: int) -> Iterator[Statement]:
    """Yield queries for what the probe matches, as `Found`, at most `limit` each.

    Rank 0 is an exact key, 1 a near one, 2 a brand that named no model, 3 a brand alone.
    """
    brands = [key for key in probe.keys if key[:2] in {BRANDS_WITHOUT_MODEL, BRANDS}]
    narrow = [key for key in probe.keys if key not in set(brands)]
    begins = probe.begins
    while narrow or brands or begins:
        yield _finding(narrow[:MOST_KEYS], brands[:MOST_BRANDS], begins, limit)
        narrow, brands, begins = narrow[MOST_KEYS:], brands[MOST_BRANDS:], None


def _finding(
    narrow: Sequence[str], brands: Sequence[str], begins: str | None, limit: int
) -> Statement:
    values: dict[str, Value] = {"limit": limit}
    parts = []
    if narrow:
        names = _named(narrow, "key", values)
        rank = "CASE WHEN key LIKE 'd:%' THEN 1 ELSE 0 END AS rank"
        parts.append(f"SELECT notice, {rank}, day FROM notice_key WHERE key IN ({names})")
    if begins:
        values |= {"begins": begins, "ends": begins + _LAST, "stretch": LONGEST_STRETCH}
        parts.append(
            "SELECT notice, 1 AS rank, day FROM (SELECT notice, day FROM notice_key"
            " WHERE key >= :begins AND key < :ends ORDER BY key, day, notice LIMIT :stretch)"
            " AS beginning"
        )
    for index, key in enumerate(brands):
        values[f"brand{index}"] = key
        rank = "2" if key.startswith(BRANDS_WITHOUT_MODEL) else "3"
        # Read backwards off the primary key: the newest of the brand, and no others.
        parts.append(
            f"SELECT notice, {rank} AS rank, day FROM (SELECT notice, day FROM notice_key"
            f" WHERE key = :brand{index} ORDER BY day DESC, notice DESC LIMIT :limit)"
            f" AS brand{index}"
        )
    union = " UNION ALL ".join(parts)
    best = (
        f"SELECT notice, MIN(rank) AS rank, MAX(day) AS day FROM ({union}) AS found"
        " GROUP BY notice ORDER BY 2, 3 DESC, 1 DESC LIMIT :limit"
    )
    return Statement(
        "SELECT best.notice, body, rank, day"
        f" FROM ({best}) AS best JOIN notice ON notice.pk = best.notice",
        values,
    )


def chosen(found: Iterable[Found], limit: int) -> list[Stored]:
    """Return the notices that win: the best rank first, then the newest."""
    ranked: dict[int, tuple[int, int, int]] = {}
    bodies: dict[int, str] = {}
    for notice, body, rank, day in found:
        order = (rank, -day, -notice)
        ranked[notice] = min(order, ranked.get(notice, order))
        bodies[notice] = body
    best = sorted(ranked, key=ranked.__getitem__)[:limit]
    return [(notice, bodies[notice]) for notice in best]


def newest_first(stored: Iterable[Stored]) -> tuple[Notice, ...]:
    """Return the notices, the last published first."""
    notices = [(parsed(body), number) for number, body in stored]
    notices.sort(key=lambda pair: (pair[0].published or date.min, pair[1]), reverse=True)
    return tuple(notice for notice, _ in notices)


@lru_cache(maxsize=MOST_PARSED)
def parsed(body: str) -> Notice:
    """Return the notice that was stored as `body`."""
    return Notice.model_validate_json(body)


def _named(items: Sequence[Value], prefix: str, values: dict[str, Value]) -> str:
    """Add the items to `values` and return the list of their names, padded with the last."""
    size = next(size for size in _SIZES if size >= len(items))
    padded = [*items, *[items[-1]] * (size - len(items))]
    named = {f"{prefix}{index}": item for index, item in enumerate(padded)}
    values.update(named)
    return ", ".join(f":{name}" for name in named)
