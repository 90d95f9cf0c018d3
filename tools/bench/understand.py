"""Reading one message, with the shipped names already loaded."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from time import perf_counter

from core.catalogue.load import FOLDER, load
from core.match.decide import judge
from core.model.lexicon import Lexicon
from core.query.understand import understand as read
from tools.bench.result import Result, percentile
from tools.evaluate import OWN_ROWS, rows_of

ROUNDS = 5


def understand() -> Iterator[Result]:
    """Yield p50 and p99 of reading a message, beside normalising the same text once."""
    files = load(FOLDER, judge)
    lexicon = Lexicon.of(
        [maker for file in files for maker in file.makers],
        [notice for file in files for notice in file.recalls],
    )
    texts = [row["text"] for row in rows_of(OWN_ROWS)]
    read(texts[0], lexicon)
    ours, floor = [], []
    for text in texts * ROUNDS:
        started = perf_counter()
        unicodedata.normalize("NFKD", text).upper()
        between = perf_counter()
        read(text, lexicon)
        floor.append((between - started) * 1000)
        ours.append((perf_counter() - between) * 1000)
    for label, share in (("p50", 0.5), ("p99", 0.99)):
        aim = "value<=2" if label == "p99" else ""
        yield Result(
            f"understand {label}", percentile(ours, share), "ms", percentile(floor, share), aim
        )
