"""The whole drill: `python -m tests.drill [--points 200] [--seed 0]`, on both databases.

With `--platform x` (or all) what posts for an account there is killed, seed by seed on SQLite
and on PostgreSQL in turn.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.contracts.store_cases import StoreCase, postgresql_case, sqlite_case
from tests.drill.crashes import Crash, Drill
from tests.drill.posts import PostDrill
from tests.drill.stands import STANDS
from tests.platforms.telegram_server import TelegramServer


@contextmanager
def _a_server() -> Iterator[str]:
    """Give a PostgreSQL that lives in a folder of its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pgserver  # noqa: PLC0415 - only where it is drilled on

    with tempfile.TemporaryDirectory(prefix="recallbot-postgres-") as folder:
        server = pgserver.get_server(folder)
        yield server.get_uri()
        server.cleanup()


async def drilled(case: StoreCase, folder: Path, seeds: range) -> list[Crash]:
    """Kill at each of these points, and print what came of it."""
    found = []
    async with TelegramServer(limits=None, checked=False, delay=0.02) as server:
        drill = Drill(partial(case.fresh, empty=False), folder, server)
        await drill.measure()
        for seed in seeds:
            crash = await drill.crash(seed)
            found.append(crash)
            sys.stdout.write(f"{case.name} {crash}\n")
    return found


async def posted(cases: Sequence[StoreCase], folder: Path, name: str, seeds: range) -> bool:
    """Kill what posts at each of these points; print what came of it, say if all is well."""
    found = []
    async with STANDS[name]() as stand:
        drills = [PostDrill(partial(case.fresh, empty=False), folder, stand) for case in cases]
        for drill in drills:
            await drill.measure()
        for seed in seeds:
            crash = await drills[seed % len(drills)].crash(seed)
            found.append(crash)
            sys.stdout.write(f"{crash}\n")
    lost, doubled = sum(one.lost for one in found), sum(one.doubled for one in found)
    unknown = sum(one.unknown for one in found)
    middle = sum(1 for one in found if 0 < one.posted < one.posts)
    sys.stdout.write(
        f"{name}: {len(found)} kills, {middle} of them in the middle of posting, of"
        f" {sum(one.posts for one in found)} posts lost {lost}, doubled {doubled},"
        f" left for a human to look at {unknown}\n"
    )
    return not (lost or doubled or (stand.sure and unknown))


def main(arguments: list[str]) -> int:
    """Drill on both databases; the exit is 1 where anything was lost or said once too often."""
    parser = argparse.ArgumentParser(prog="make drill", description=__doc__)
    parser.add_argument("--points", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--platform", choices=[*STANDS, "all"], help="kill what posts there")
    told = parser.parse_args(arguments)
    seeds, bad = range(told.seed, told.seed + told.points), 0
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(_a_server())
        cases = (sqlite_case(folder), postgresql_case(server, folder))
        opened = [stack.enter_context(case) for case in cases]
        if told.platform:
            names = list(STANDS) if told.platform == "all" else [told.platform]
            well = [asyncio.run(posted(opened, folder, name, seeds)) for name in names]
            return int(not all(well))
        for case in opened:
            found = asyncio.run(drilled(case, folder, seeds))
            bad += sum(one.lost + one.doubled_unheld for one in found)
            sys.stdout.write(_summary(case.name, found))
    return 1 if bad else 0


def _summary(name: str, found: list[Crash]) -> str:
    middle = sum(1 for one in found if one.sent > 0 and one.held)
    lost, repeated = sum(one.lost for one in found), sum(one.repeated for one in found)
    return (
        f"{name}: {len(found)} kills, {middle} of them while posts were held,"
        f" lost {lost}, repeated {repeated} of {sum(one.held for one in found)} held,"
        f" repeated without being held {sum(one.doubled_unheld for one in found)}\n"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
