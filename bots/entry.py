"""The way in from the shell: makes the start cheap, then hands over to the command line."""

from __future__ import annotations

import gc

# Imports and word lists make some hundred thousand objects that live as long as the process;
# looking through them for garbage after every 700 costs a fifth of the start.
ALLOCATIONS_BEFORE_A_LOOK = 50_000


def main() -> None:
    """Run the command line."""
    gc.set_threshold(ALLOCATIONS_BEFORE_A_LOOK, 20, 50)
    from bots.__main__ import main as command_line  # noqa: PLC0415 - after the line above

    gc.freeze()
    command_line()
