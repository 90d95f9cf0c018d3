"""What pydantic cannot see: rules against alphabets, brands, examples, and other recalls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from core.catalogue.file import FOLDER, CatalogueError, CatalogueFile, Judge, Problem
from core.catalogue.read import read
from core.model.identifier import fold
from core.model.recall import Example, Maker, Notice
from core.model.rule import CodeRule, walk


def lint(path: Path, judge: Judge, beside: Path = FOLDER) -> list[Problem]:
    """Return all that is wrong with the file at `path`, as a contributor wants to hear it.

    Identifiers of other recalls are looked up in the folder `beside`, by default the files that
    ship with the bot; one of the same file name counts as an older version of this one.
    """
    try:
        file = read(path)
    except CatalogueError as error:
        return list(error.problems)
    taken = [
        notice.id
        for other in sorted(beside.glob("*.json"))
        if other.name != path.name
        for notice in _recalls(other)
    ]
    return [*problems_of(path.name, file, judge), *_among((path.name, file), taken)]


def _recalls(path: Path) -> tuple[Notice, ...]:
    try:
        return read(path).recalls
    except CatalogueError:
        return ()


def _among(named: tuple[str, CatalogueFile], others: Iterable[str]) -> list[Problem]:
    name, file = named
    taken = set(others)
    twice = [
        Problem(name, notice.id, "another file has a recall of this id")
        for notice in file.recalls
        if notice.id in taken
    ]
    known = taken | {notice.id for notice in file.recalls}
    return [*twice, *_unknown_expansions(name, file, known)]


def problems_between(files: Sequence[tuple[str, CatalogueFile]]) -> Iterator[Problem]:
    """Yield what is wrong between named files: ids taken twice, or named and unknown."""
    seen: dict[str, str] = {}
    for name, file in files:
        for notice in file.recalls:
            other = seen.setdefault(notice.id, name)
            if other != name:
                yield Problem(name, notice.id, f"{other} has a recall of this id")
    for name, file in files:
        yield from _unknown_expansions(name, file, seen.keys())


def _unknown_expansions(
    name: str, file: CatalogueFile, known: Iterable[str]
) -> Iterator[Problem]:
    ids = set(known)
    for notice in file.recalls:
        for older in notice.expands:
            if older not in ids:
                yield Problem(name, notice.id, f"expands {older}, which no file has")


def problems_of(name: str, file: CatalogueFile, judge: Judge) -> Iterator[Problem]:
    """Yield what is wrong inside one file, its name given for the lines."""
    counted = Counter(notice.id for notice in file.recalls)
    for recall, times in counted.items():
        if times > 1:
            yield Problem(name, recall, f"{times} recalls have this id")
    for notice in file.recalls:
        reasons = [*_brands(file, notice), *_characters(file.maker_of(notice), notice)]
        reasons += _verdicts(file.maker_of(notice), notice, judge)
        yield from (Problem(name, notice.id, reason) for reason in reasons)


def _brands(file: CatalogueFile, notice: Notice) -> Iterator[str]:
    known = {brand for maker in file.makers for brand in maker.brands}
    for brand in notice.brands:
        if brand not in known:
            yield f"brands: {brand} is not a brand of this file's makers"


def _characters(maker: Maker | None, notice: Notice) -> Iterator[str]:
    alphabets = maker.alphabet if maker else {}
    rules = [node for node in walk(notice.units) if isinstance(node, CodeRule)]
    for rule in rules:
        printed = set(alphabets.get(rule.field, ""))
        for value in _values(rule) if printed else ():
            strange = "".join(sorted(set(fold(value)) - printed))
            if strange:
                yield f"{rule.field} {value}: this maker never prints {strange} there"


def _values(rule: CodeRule) -> Iterator[str]:
    for way in (rule.eq, rule.starts, rule.ends, rule.contains, *rule.between):
        yield from way


def _verdicts(maker: Maker | None, notice: Notice, judge: Judge) -> Iterator[str]:
    for example in notice.examples:
        got = judge(maker, notice, example)
        if got != example.want:
            yield f"example {_described(example)}: wants {example.want}, gets {got}"


def _described(example: Example) -> str:
    said = {"brand": example.brand, "model": example.model, **example.facts}
    return ", ".join(f"{name} {value}" for name, value in said.items() if value)
