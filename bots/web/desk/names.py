"""What people at the desk are called."""

from __future__ import annotations

import re
import unicodedata

from core.model.public import Mode

LONGEST_NAME = 40
# What the log calls whoever used the command line; nobody can be named so.
COMMAND_LINE = "(command line)"
# What the log calls a rule that released something; nobody can be named so either.
_RULES = frozenset(mode.value for mode in Mode)
_NAME = re.compile(rf"[^\W_][\w.@-]{{0,{LONGEST_NAME - 1}}}")


def named(text: str) -> str:
    """Return a name as it is kept: one spelling, small letters."""
    return unicodedata.normalize("NFKC", text[: 4 * LONGEST_NAME]).strip().casefold()


def is_name(text: str) -> bool:
    """Say whether somebody can be called that: letters, digits and ".", "-", "_", "@"."""
    return _NAME.fullmatch(named(text)) is not None and named(text) not in _RULES
