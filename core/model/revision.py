"""What one version of a notice is, next to the one before."""

from __future__ import annotations

from enum import StrEnum


class RevisionKind(StrEnum):
    """What one version of a notice was; `CHANGED` is all that is known of the catalogue's."""

    NEW = "new"
    CHANGED = "changed"
    EXPANDED = "expanded"
    CORRECTED = "corrected"
    REMEDY_CHANGED = "remedy_changed"
    CLOSED = "closed"
    REOPENED = "reopened"
    RETRACTED = "retracted"


# What these say may concern somebody whom nothing was said before, and is news to those who
# watch.
NEWS = frozenset(
    {
        RevisionKind.NEW,
        RevisionKind.CHANGED,
        RevisionKind.EXPANDED,
        RevisionKind.CORRECTED,
        RevisionKind.REOPENED,
    }
)
# What these say changes what was said.
CHANGES = frozenset(RevisionKind) - {RevisionKind.NEW, RevisionKind.CHANGED}
# What we learnt late, or by a better parser of ours, is told where it takes something back.
TAKES_BACK = frozenset({RevisionKind.CORRECTED, RevisionKind.RETRACTED})
