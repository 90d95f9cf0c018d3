"""Runs the benches: `python -m tools.bench [--only NAME] [--small] [--out bench.json]`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tools.bench.result import Result

BENCHES = {
    "check": "tools.bench.check:check",
    "dispatch": "tools.bench.dispatch:dispatch",
    "discord_send": "tools.bench.discord_send:discord_send",
    "growth": "tools.bench.growth:growth",
    "ingest": "tools.bench.ingest:ingest",
    "label": "tools.bench.label:label",
    "plan": "tools.bench.plan:plan",
    "publish_to_phone": "tools.bench.publish_to_phone:publish_to_phone",
    "reply_latency": "tools.bench.reply_latency:reply_latency",
    "start": "tools.bench.start:start",
    "telegram_send": "tools.bench.telegram_send:telegram_send",
    "understand": "tools.bench.understand:understand",
}

# Those that can do with fewer rows, to see that they work.
SMALLER = {"growth", "plan"}


def main(arguments: list[str]) -> int:
    """Run all benches, or one, print a table and write the figures as JSON."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", choices=sorted(BENCHES), default=None)
    parser.add_argument("--small", action="store_true", help="fewer rows, where a bench can")
    parser.add_argument("--out", type=Path, default=Path("bench.json"))
    told = parser.parse_args(arguments)
    names = [told.only] if told.only else list(BENCHES)
    results = [result for name in names for result in _bench(name, small=told.small)()]
    told.out.write_text(json.dumps([result.as_json() for result in results], indent=1) + "\n")
    Console().print(_table(results))
    return 0


def _bench(name: str, *, small: bool) -> Callable[[], Iterator[Result]]:
    module, _, function = BENCHES[name].partition(":")
    found: Callable[..., Iterator[Result]] = getattr(import_module(module), function)
    return partial(found, small=True) if small and name in SMALLER else found


def _table(results: list[Result]) -> Table:
    table = Table("figure", "value", "floor", "ratio", "aim", "holds")
    for result in results:
        floor = "" if result.floor is None else f"{result.floor:.4g} {result.unit}"
        ratio = "" if result.ratio is None else f"{result.ratio:.2f}"
        holds = {None: "", True: "yes", False: "NO"}[result.holds]
        value = f"{result.value:.4g} {result.unit}"
        table.add_row(result.name, value, floor, ratio, result.aim, holds)
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
