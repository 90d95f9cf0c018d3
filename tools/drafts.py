"""How well drafts read labelled notices: precision and recall of their identifiers."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.model.rule import (
    And,
    Attribute,
    CodeRule,
    DateRule,
    Expect,
    Model,
    Not,
    Or,
    Rule,
)
from core.sources.drafts.clauses import Value
from core.sources.drafts.draft import Draft, draft

FOLDER = Path("tests/fixtures/drafts")
HALVES = ("tuned", "unseen", "blind-seen", "blind-unseen")
Token = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A notice's text, and by hand: the identifiers it lists and whether that is all of it.

    `optional` count neither way: names of kinds the rules have no field for.
    """

    id: str
    texts: tuple[str, ...]
    product: str
    want: frozenset[Token]
    optional: frozenset[str]
    complete: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """One labelled notice as drafted."""

    record: Labelled
    drafted: Draft
    right: frozenset[Token]
    wrong: frozenset[Token]
    missing: frozenset[Token]

    @property
    def lacks(self) -> bool:
        """Say whether the draft is in truth incomplete."""
        return bool(self.missing) or not self.record.complete


@dataclass(slots=True)
class Score:
    """Counts over many notices."""

    right: int = 0
    wrong: int = 0
    missing: int = 0
    lacking: int = 0
    marked: int = 0
    flawless: int = 0
    overmarked: int = 0
    outcomes: list[Outcome] = field(default_factory=list)

    def add(self, one: Outcome) -> None:
        """Count one notice."""
        self.outcomes.append(one)
        self.right += len(one.right)
        self.wrong += len(one.wrong)
        self.missing += len(one.missing)
        self.lacking += one.lacks
        self.marked += one.lacks and not one.drafted.complete
        self.flawless += not one.lacks and not one.wrong
        self.overmarked += not one.lacks and not one.wrong and not one.drafted.complete

    @property
    def precision(self) -> float:
        """Return which part of what was read is right."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Return which part of what stands there was read."""
        return self.right / max(1, self.right + self.missing)

    @property
    def marking(self) -> float:
        """Return which part of the incomplete drafts says so."""
        return self.marked / max(1, self.lacking)


def labelled(path: Path) -> Iterator[Labelled]:
    """Yield the labelled notices of a file."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        want = {(name, value) for name, values in row["want"].items() for value in values}
        optional = frozenset(row["optional"])
        texts = tuple(row["texts"])
        yield Labelled(
            row["id"], texts, row["product"], frozenset(want), optional, row["complete"]
        )


def identifiers(rule: Rule) -> Iterator[Token]:
    """Yield every identifier a rule lists, by field, what it leaves out not among them."""
    match rule:
        case And(of=parts) | Or(of=parts):
            for part in parts:
                yield from identifiers(part)
        case Expect(rule=part) if not isinstance(part, Not):
            yield from identifiers(part)
        case Model(any_of=codes, match=match):
            yield from (("model", c if match == "exact" else f"{c}*") for c in codes)
        case Attribute(field=name, any_of=values) if name != "product":
            yield from ((name, value) for value in values)
        case DateRule(field=name, start=start, end=end):
            yield name, Value("dated", first=start, last=end).written
        case CodeRule():
            yield from _codes(rule)


def _codes(rule: CodeRule) -> Iterator[Token]:
    for value in rule.eq:
        yield rule.field, value
    for value in rule.starts:
        yield rule.field, f"{value}*"
    for value in rule.ends:
        yield rule.field, f"*{value}"
    for start, end in rule.between:
        yield rule.field, f"{start}..{end}"


def outcome(record: Labelled) -> Outcome:
    """Return what the draft of a labelled notice got right and wrong."""
    drafted = draft(record.texts, record.product)
    got = frozenset(identifiers(drafted.rule))
    extra = frozenset(t for t in got - record.want if t[1] not in record.optional)
    return Outcome(record, drafted, got & record.want, extra, record.want - got)


def score(path: Path) -> Score:
    """Return the score of a file of labelled notices."""
    total = Score()
    for record in labelled(path):
        total.add(outcome(record))
    return total


def main(arguments: Sequence[str]) -> None:
    """Print precision, recall and marking of each part; -v lists what went wrong."""
    for half in HALVES:
        total = score(FOLDER / f"{half}.jsonl")
        sys.stdout.write(_line(half, total))
        if "-v" in arguments and f"--no-{half}" not in arguments:
            sys.stdout.writelines(map(_story, total.outcomes))


def _line(half: str, total: Score) -> str:
    read = f"{total.right}/{total.right + total.wrong}"
    there = f"{total.right}/{total.right + total.missing}"
    return (
        f"{half}: {len(total.outcomes)} notices, precision {total.precision:.1%} ({read}), "
        f"recall {total.recall:.1%} ({there}), incomplete ones marked {total.marking:.0%} "
        f"({total.marked}/{total.lacking}), flawless ones marked all the same "
        f"{total.overmarked}/{total.flawless}\n"
    )


def _story(one: Outcome) -> str:
    odd = one.wrong or one.missing or one.lacks is one.drafted.complete
    if not odd:
        return ""
    lines = [f"  {one.record.id} complete={one.drafted.complete}"]
    for name, tokens in (("wrong", one.wrong), ("missing", one.missing)):
        if tokens:
            lines.append(f"    {name}: {sorted(tokens)}")
    lines.append(f"    left over: {list(one.drafted.left_over)}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main(sys.argv[1:])
