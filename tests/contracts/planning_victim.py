"""Plans until its clock was asked so often, and is then killed: a process for tests."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.alert.planner import plan_all
from core.model.lexicon import Lexicon
from core.store.work import Database
from tests.builders import NOW


@dataclass(slots=True)
class DeadlyClock:
    """Tells a time that is always later, and kills the process that asks once too often."""

    left: int
    at: datetime = NOW

    def now(self) -> datetime:
        self.left -= 1
        if self.left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.at += timedelta(milliseconds=1)
        return self.at


async def main(url: str, calls: int) -> None:
    """Plan what waits in that database."""
    database = await Database.open(url)
    await plan_all(database, Lexicon(), DeadlyClock(calls))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
