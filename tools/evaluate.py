"""`make eval`: scores the answers to labelled questions, by default the project's own rows."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bots.ask import Asker, Options, open_asker
from core.model.identifier import fold
from core.query.report import as_json
from core.settings import Settings

_ROWS = Path(__file__).parent.parent / "tests" / "fixtures"
OWN_ROWS = _ROWS / "queries.jsonl"
# Counted only: nobody looks at these rows to repair a reading.
UNSEEN_ROWS = _ROWS / "queries-unseen.jsonl"
LABELS = {
    "affected": "AFFECTED",
    "not_affected": "NOT_AFFECTED",
    "check_needed": "CANNOT_TELL",
    "no_recall_found": "CANNOT_TELL",
    "cannot_answer": "CANNOT_TELL",
    None: "NONE",
}
NO_VERDICT_ASKED = {"erase", "list_mine", "subscribe"}


@dataclass
class Share:
    """Right out of all."""

    right: int = 0
    all: int = 0

    def count(self, *, right: bool) -> None:
        """Count one more."""
        self.right += right
        self.all += 1

    @property
    def value(self) -> float:
        """Return the share, 1 where nothing was asked."""
        return self.right / self.all if self.all else 1.0


@dataclass
class Overlap:
    """How far found values agree with the wanted ones, over all rows (micro F1)."""

    hit: int = 0
    found: int = 0
    wanted: int = 0

    def count(self, found: Iterable[str], wanted: Iterable[str]) -> bool:
        """Count one row; say whether it was wholly right."""
        ours, theirs = ({fold(v) for v in side if v} for side in (found, wanted))
        self.hit += len(ours & theirs)
        self.found += len(ours)
        self.wanted += len(theirs)
        return ours == theirs

    @property
    def value(self) -> float:
        """Return F1, 1 where nothing was wanted and nothing found."""
        total = self.found + self.wanted
        return 2 * self.hit / total if total else 1.0


@dataclass
class Score:
    """Every figure of one run, and the rows that were wrong."""

    intent: Share = field(default_factory=Share)
    brand: Overlap = field(default_factory=Overlap)
    model: Overlap = field(default_factory=Overlap)
    serial: Overlap = field(default_factory=Overlap)
    verdict: Share = field(default_factory=Share)
    affected: Share = field(default_factory=Share)
    false_clear: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def count(self, row: dict[str, Any], told: dict[str, Any]) -> None:
        """Count one labelled row against what we told."""
        items = told["items"]
        right = {
            "intent": told["intent"] == row["intent"],
            "brand": self.brand.count((i["brand"] for i in items), _listed(row.get("brand"))),
            "model": self.model.count((i["model"] for i in items), row.get("models") or ()),
            "serial": self.serial.count(
                (i["serial"] for i in items), _listed(row.get("serial"))
            ),
            "verdict": self._verdict(row, told),
        }
        self.intent.count(right=right["intent"])
        if missed := [name for name, fine in right.items() if not fine]:
            self.wrong.append(
                f"{row['id']}: {', '.join(missed)}: {_seen(told)} {row['text']!r}"
            )

    def _verdict(self, row: dict[str, Any], told: dict[str, Any]) -> bool:
        label = LABELS[told["verdict"]]
        accepted = {row["verdict"], *row.get("also_ok", ())}
        if label == "NOT_AFFECTED" and label not in accepted:
            self.false_clear.append(row["id"])
        if row["intent"] not in {"check", "own"} or row.get("reason") in NO_VERDICT_ASKED:
            return True
        self.verdict.count(right=label in accepted)
        if row["verdict"] == "AFFECTED":
            self.affected.count(right=label == "AFFECTED")
        return label in accepted


def _listed(value: object) -> list[str]:
    if isinstance(value, list):
        return [str(one) for one in value]
    return [str(value)] if value else []


def _seen(told: dict[str, Any]) -> str:
    items = "; ".join(
        f"{i['brand']}/{i['model']}/{i['serial']}/{i['codes']}={i['verdict']}"
        for i in told["items"]
    )
    return f"{told['intent']} [{items}] {told['verdict']}"


def score(rows: Iterable[dict[str, Any]], asker: Asker) -> Score:
    """Return the score of the asker on these rows."""
    total = Score()
    for row in rows:
        total.count(row, as_json(asker.ask_text(row["text"], Options()), row["id"]))
    return total


def rows_of(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the labelled rows of a JSONL file."""
    with file.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def report(total: Score) -> str:
    """Return the figures, a line each."""
    shares = {
        "intent accuracy": total.intent.value,
        "brand F1": total.brand.value,
        "model F1": total.model.value,
        "serial F1": total.serial.value,
        "verdict accuracy": total.verdict.value,
        "affected recall": total.affected.value,
    }
    lines = [f"{name:<20} {value:7.2%}" for name, value in shares.items()]
    clears = f"{len(total.false_clear)} {' '.join(total.false_clear)}".strip()
    return "\n".join(
        [f"{'rows':<20} {total.intent.all}", *lines, f"{'false not_affected':<20} {clears}"]
    )


def main(arguments: list[str]) -> int:
    """Score files of labelled rows, print the figures; 1 where a unit was cleared wrongly."""
    parser = argparse.ArgumentParser(prog="make eval", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, default=[OWN_ROWS, UNSEEN_ROWS])
    parser.add_argument("--wrong", action="store_true", help="list the rows that were wrong")
    told = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        place = Settings(database_url=f"sqlite:///{folder}/eval.db")
        with open_asker(place) as asker:
            totals = {file: score(rows_of(file), asker) for file in told.files}
    for file, total in totals.items():
        if told.wrong:
            sys.stdout.write("\n".join(total.wrong) + "\n\n")
        sys.stdout.write(f"{file.name}\n{report(total)}\n\n")
    return any(total.false_clear for total in totals.values())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
