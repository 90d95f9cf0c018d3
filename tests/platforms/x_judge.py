"""Weighs posts by twitter-text-parser, somebody else's port of X's own twitter-text 3."""

from __future__ import annotations

import importlib
import importlib.resources
import sys
from types import ModuleType
from typing import Any


def _resource_string(package: str, name: str) -> bytes:
    return (importlib.resources.files(package.rpartition(".")[0]) / name).read_bytes()


def _parser() -> Any:
    # It reads its list of emoji through pkg_resources, which setuptools has dropped.
    missing = "pkg_resources" not in sys.modules
    if missing:
        stand_in = ModuleType("pkg_resources")
        vars(stand_in)["resource_string"] = _resource_string
        sys.modules["pkg_resources"] = stand_in
    try:
        return importlib.import_module("twitter_text")
    finally:
        if missing:
            del sys.modules["pkg_resources"]


_PARSER = _parser()


def judged_weight(text: str) -> int:
    """Return what a post of this text weighs, of the 280 that may be."""
    return int(_PARSER.parse_tweet(text).weightedLength)


def judged_links(text: str) -> list[str]:
    """Return what of this text X would make a link of, in order."""
    return [str(url) for url in _PARSER.extract_urls(text)]
