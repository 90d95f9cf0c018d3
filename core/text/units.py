"""A rule of a notice in plain words: which units it covers, as nested sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from core.model.message import Quote
from core.model.rule import (
    AllUnits,
    And,
    Attribute,
    Checker,
    CodeRule,
    DateRule,
    Expect,
    Inspect,
    Model,
    Not,
    Or,
    Rule,
    Unparsed,
)
from core.text.names import field_name
from core.text.translations import Translator


@dataclass(frozen=True, slots=True)
class Sentence:
    """One condition, what the notice itself says of it, and the conditions it is made of."""

    text: str
    parts: tuple[Sentence, ...] = ()
    quote: Quote | None = None


def in_words(rule: Rule, words: Translator) -> Sentence:
    """Return the rule as a person would say it."""
    return _SAY[type(rule)](rule, words)


def _group(rule: And | Or, words: Translator) -> Sentence:
    if len(rule.of) == 1:
        return in_words(rule.of[0], words)
    key = "unit_all_of" if isinstance(rule, And) else "unit_any_of"
    return Sentence(words(key), tuple(in_words(part, words) for part in rule.of))


def _about(rule: Not | Expect, words: Translator) -> Sentence:
    return Sentence(words(f"unit_{rule.op}"), (in_words(rule.rule, words),))


def _every(rule: AllUnits, words: Translator) -> Sentence:
    return Sentence(words(f"unit_{rule.op}"))


def _model(rule: Model, words: Translator) -> Sentence:
    return Sentence(words(f"unit_model_{rule.match}", values=words.either(rule.any_of)))


def _attribute(rule: Attribute, words: Translator) -> Sentence:
    values: Sequence[str] = rule.any_of
    if rule.field == "region":
        values = [words.region(code) for code in rule.any_of]
    fields = {"field": field_name(rule.field, words), "values": words.either(values)}
    return Sentence(words("unit_attribute", **fields))


def _inspect(rule: Inspect, words: Translator) -> Sentence:
    return Sentence(words(f"unit_inspect_{rule.affected_if}"), quote=Quote(rule.question))


def _checker(rule: Checker, words: Translator) -> Sentence:
    needed = words.both(field_name(field, words) for field in rule.needs)
    return Sentence(words("unit_checker", fields=needed))


def _unparsed(rule: Unparsed, words: Translator) -> Sentence:
    return Sentence(words("unit_unparsed"), quote=Quote(rule.verbatim))


def _date(rule: DateRule, words: Translator) -> Sentence:
    fields = {"field": field_name(rule.field, words)}
    if rule.start:
        fields["start"] = words.day(rule.start)
    if rule.end:
        fields["end"] = words.day(rule.end)
    ends = "".join(f"_{end}" for end in ("start", "end") if end in fields)
    return Sentence(words(f"unit_date{ends}", **fields))


def _code(rule: CodeRule, words: Translator) -> Sentence:
    lines = [words(_way(rule), subject=_subject(rule, words), values=_values(rule, words))]
    if rule.length and not rule.at:
        sizes = words.either([str(size) for size in rule.length])
        lines.append(words("unit_length", sizes=sizes))
    if rule.shape:
        lines.append(words("unit_shape", shape=rule.shape))
    return Sentence(" ".join(lines))


def _way(rule: CodeRule) -> str:
    ways = ("eq", "starts", "ends", "contains", "between")
    return next(f"unit_code_{way}" for way in ways if getattr(rule, way))


def _subject(rule: CodeRule, words: Translator) -> str:
    name = field_name(rule.field, words)
    if rule.at is None:
        return words("unit_whole_code", field=name)
    first, last = rule.at
    if last == -1:
        return words("unit_last_characters", field=name, count=-first)
    if first < 0:
        return words("unit_characters_from_end", field=name, first=-last, last=-first)
    return words("unit_characters", field=name, first=first, last=last)


def _values(rule: CodeRule, words: Translator) -> str:
    if rule.between:
        return words.either(_range(rule, start, end, words) for start, end in rule.between)
    return words.either(rule.eq or rule.starts or rule.ends or rule.contains)


def _range(rule: CodeRule, start: str, end: str, words: Translator) -> str:
    if rule.order != "date":
        return words("unit_range", start=start, end=end)
    days = rule.days(start, end)
    return words(
        "unit_range_of_days",
        start=start,
        end=end,
        first=words.day(days.first),
        last=words.day(days.last),
    )


_SAY: Mapping[type, Callable[[Any, Translator], Sentence]] = MappingProxyType(
    {
        AllUnits: _every,
        Model: _model,
        CodeRule: _code,
        DateRule: _date,
        Attribute: _attribute,
        Inspect: _inspect,
        Checker: _checker,
        Unparsed: _unparsed,
        Expect: _about,
        And: _group,
        Or: _group,
        Not: _about,
    }
)
