"""What is logged of a mistake of ours: its kind and place, and nothing of any person."""

from __future__ import annotations

from pathlib import Path
from traceback import extract_tb


def mistake_of(error: BaseException) -> dict[str, str]:
    """Return its kind and where it was made: a traceback would quote what somebody owns."""
    frames = extract_tb(error.__traceback__)
    at = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return {"reason": type(error).__name__, "at": at}
