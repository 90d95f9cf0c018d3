"""What goes wrong at the border, told in one line."""

from __future__ import annotations


class Failure(Exception):  # noqa: N818 - it is shown to people, who know failures
    """Something the person can act on; its text is one clear line, and the exit code is 2."""
