"""Drains so many deliveries to nowhere, and says how fast and with how much memory."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from core.alert.dispatch import Pipe
from tools.bench.broadcast import Nowhere, a_broadcast


async def drained(many: int) -> dict[str, float]:
    """Return deliveries a second, and the peak of memory in MB."""
    with tempfile.TemporaryDirectory() as folder:
        async with a_broadcast(Path(folder), many) as broadcast:
            await broadcast.plan(many)
            started = perf_counter()
            nowhere = Nowhere()
            await broadcast.dispatcher(nowhere, Pipe()).drain()
            rate = many / (perf_counter() - started)
    return {"rate": rate, "peak": _peak(), "taken": nowhere.taken}


def _peak() -> float:
    """Return the most memory this process had; that of getrusage is its parent's, too."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    peak = next(line for line in lines if line.startswith("VmHWM"))
    return int(peak.split()[1]) / 1024


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(drained(int(sys.argv[1])))))
