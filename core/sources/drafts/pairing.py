"""Which lots belong to which models, where each sentence speaks of its own models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from core.sources.drafts.clauses import Clause

FIRST_ROW = 1000
FEWEST = 2
SHORTEST_ROW = 2
NARROWS = ("serial", "lot", "batch", "date_code", "manufactured", "expiry")


def paired(clauses: Sequence[Clause]) -> tuple[Clause, ...]:
    """Return the clauses, those of one model and its codes marked as a row.

    A model and its codes stand in one sentence ("Model E2037 has the date codes 2318, 2319.
    Model E2038 has …"); models that are listed once more elsewhere are left out then. Where
    fewer than two sentences do so, everything stays as it is.
    """
    if len(clauses) < SHORTEST_ROW * FEWEST:
        return tuple(clauses)
    groups = [_runs(some) for some in _by_sentence(clauses)]
    rows = [row for group in groups for row in group]
    models = [frozenset(c.values) for row in rows for c in row if c.field == "model"]
    told = frozenset().union(*models)
    if len(rows) < FEWEST or len(told) < sum(map(len, models)):
        return tuple(clauses)
    placed = {id(clause): n for n, row in enumerate(rows, FIRST_ROW) for clause in row}
    return tuple(
        replace(clause, row=placed.get(id(clause)))
        for clause in clauses
        if id(clause) in placed or not (clause.field == "model" and set(clause.values) <= told)
    )


def _by_sentence(clauses: Sequence[Clause]) -> Iterator[list[Clause]]:
    """Yield the clauses of each sentence; nothing where a table has been read."""
    if any(clause.row is not None or clause.left_out for clause in clauses):
        return
    sentences: dict[int, list[Clause]] = {}
    for clause in clauses:
        if clause.used:
            sentences.setdefault(clause.sentence, []).append(clause)
    for some in sentences.values():
        yield sorted(some, key=lambda clause: min(clause.used))


def _runs(clauses: Sequence[Clause]) -> list[list[Clause]]:
    """Return each model of the sentence with the codes that follow it."""
    runs: list[list[Clause]] = []
    for clause in clauses:
        if clause.field == "model" and (not runs or len(runs[-1]) > 1):
            runs.append([clause])
        elif runs and clause.field in NARROWS:
            runs[-1].append(clause)
        else:
            return []
    return [run for run in runs if len(run) > 1] if all(len(run) > 1 for run in runs) else []
