"""Every story that a release must pass is told by a test of its name, on both databases."""

from __future__ import annotations

import ast
import re
from pathlib import Path

STORIES = Path(__file__).parent / "stories"
# The stories of what the bot promises, S01 to S30.
EVERY = {f"s{number:02}" for number in range(1, 31)}
NAMED = re.compile(r"test_(s\d\d)_[a-z]")
# Fixtures that give one of each kind of database in turn.
ON_BOTH = {"town", "shop", "street"}


def told() -> dict[str, list[set[str]]]:
    """Return for each story that is told the fixtures of each of its tests."""
    found: dict[str, list[set[str]]] = {}
    for file in sorted(STORIES.glob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.AsyncFunctionDef) and (named := NAMED.match(node.name)):
                arguments = [*node.args.args, *node.args.kwonlyargs]
                found.setdefault(named[1], []).append({one.arg for one in arguments})
    return found


def test_every_story_is_told_by_a_test_of_its_name() -> None:
    assert sorted(EVERY - told().keys()) == []
    assert sorted(told().keys() - EVERY) == []


def test_every_story_is_told_on_both_databases() -> None:
    elsewhere = [
        story for story, tests in told().items() if any(not used & ON_BOTH for used in tests)
    ]

    assert elsewhere == []


def test_no_story_is_left_out() -> None:
    words = ("pytest.skip", "mark.skip", "xfail")
    files = {file.name: file.read_text() for file in STORIES.glob("test_*.py")}

    assert [name for name, text in files.items() if any(word in text for word in words)] == []
