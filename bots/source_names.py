"""The name of a source, however somebody types it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from bots.ask import CATALOGUE
from bots.failure import Failure
from core.sources.registry import SOURCES

NEAR = 0.6


def chosen(typed: Iterable[str]) -> list[str]:
    """Return the sources of these names, each once, in their order.

    Capitals, spaces and hyphens do not matter. Raises Failure for a name that there is not,
    and says which one may have been meant.
    """
    return list(dict.fromkeys(_chosen(name) for name in typed))


def _chosen(typed: str) -> str:
    wanted = _plain(typed)
    found = [name for name in SOURCES if _plain(name) == wanted]
    if found:
        return found[0]
    if wanted == CATALOGUE:
        raise Failure("the catalogue comes with the bot, so there is nothing to fetch")
    near = guesses(typed)
    told = f"did you mean {near[0]}?" if near else f"there are {', '.join(SOURCES)}"
    raise Failure(f"there is no source {typed!r}; {told}")


def guesses(typed: str) -> list[str]:
    """Return the sources that such a name may mean, the likeliest first; often none."""
    wanted = _plain(typed)
    plain = {_plain(name): name for name in SOURCES}
    parts = [name for name in SOURCES if wanted in name.split("_")]
    near = [plain[name] for name in get_close_matches(wanted, plain, cutoff=NEAR)]
    return list(dict.fromkeys((*parts, *near)))


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()
