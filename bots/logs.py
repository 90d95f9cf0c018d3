"""Logs: one event a line with its ids; never an address, a serial, a name or a token."""

from __future__ import annotations

import logging
import sys
import traceback
from types import TracebackType

import structlog

from core.settings import Settings


def set_up(settings: Settings) -> None:
    """Write events to standard error, as text or as JSON."""
    level = getattr(logging, settings.log_level.upper())
    text = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(where),
            structlog.processors.JSONRenderer() if settings.log_json else text,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        # A logger that was kept would go on writing to the standard error of an earlier set-up.
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(name)s: %(message)s"
    )


def where(exc_info: tuple[type[BaseException], BaseException, TracebackType | None]) -> str:
    """Return where an error arose and its kind: its words and its values may be somebody's."""
    return "".join(traceback.format_tb(exc_info[2])) + exc_info[0].__name__
