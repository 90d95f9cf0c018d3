"""When a notice that a person has reviewed answers in the place of the feed's own draft."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.catalogue.local import local_id
from core.model.event import page_of
from core.model.identifier import fold
from core.model.recall import Notice, SourceKind, State
from core.model.rule import Model, walk


def answered_by(
    feed: Notice, reviewed: Sequence[Notice], changed_at: datetime | None
) -> str | None:
    """Return the id of the reviewed notice that says all that `feed` says, or None.

    It was made from the very page of the feed's notice, covers its countries and names its
    models, perhaps together with others of the same page, and the feed's notice was not
    changed (at `changed_at`) after somebody had read that page.
    """
    if own := [one for one in reviewed if one.id == local_id(feed.id)]:
        # Whoever reviewed this very draft has decided what of it holds.
        return _still(own[0], changed_at)
    page = page_of(feed.main_source.url)
    same = [notice for notice in reviewed if _rests_on(notice, page, changed_at)]
    if not same:
        return None
    regions = {region for notice in same for region in notice.regions}
    if "WORLD" not in regions and not set(feed.regions) <= regions:
        return None
    models = {model for notice in same for model in _models(notice)}
    return same[0].id if _models(feed) <= models else None


def _still(own: Notice, changed_at: datetime | None) -> str | None:
    """Return the id of the review, None where the notice was changed after it."""
    seen = max(source.seen for source in own.sources)
    current = changed_at is None or seen >= changed_at.date()
    return own.id if current and own.state is not State.RETRACTED else None


def _rests_on(notice: Notice, page: str, changed_at: datetime | None) -> bool:
    if notice.state is State.RETRACTED:
        return False
    return any(
        source.kind is SourceKind.OFFICIAL
        and page_of(source.url) == page
        and (changed_at is None or source.seen >= changed_at.date())
        for source in notice.sources
    )


def _models(notice: Notice) -> set[str]:
    nodes = (node for node in walk(notice.units) if isinstance(node, Model))
    return {fold(value) for node in nodes for value in node.any_of}
