"""From clauses to one rule: products beside one another, then what narrows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from core.model.date_code import DateFormat
from core.model.identifier import fold
from core.model.rule import (
    AllUnits,
    And,
    Attribute,
    CodeRule,
    DateRule,
    Expect,
    Model,
    Not,
    Or,
    Rule,
    Unparsed,
)
from core.sources.drafts.clauses import Clause, Value
from core.sources.drafts.codes import alike

PRODUCT_FIELDS = ("model", "upc", "gtin", "asin", "fcc_id")
LONGEST_VALUE = 200
LONGEST_VERBATIM = 2000
MOST_MODELS = 100
DAY_FIELDS = ("manufactured", "expiry")


@dataclass(frozen=True, slots=True)
class Context:
    """What the rule is built around: the product's name, and the form of its date codes."""

    product: str
    date_format: DateFormat | None = None
    named: tuple[str, ...] = ()
    whole: bool = False


def rule_of(clauses: Sequence[Clause], context: Context) -> Rule:
    """Return what the clauses say together; wording that no rule can say is left out."""
    kept = [clause for clause in clauses if not clause.left_out]
    paired = [clause for clause in kept if clause.row is not None]
    single = [clause for clause in kept if clause.row is None]
    parts = [*_product_part(single, context, alone=not paired), *_limits(single, context)]
    if paired:
        parts.insert(0, _any(list(_rows(paired, context))))
    if not any(_names(part) for part in parts):
        parts.append(_expected_name(context))
    excluded = [
        _but_not(c, context) for c in clauses if c.left_out and c.field in PRODUCT_FIELDS
    ]
    parts += [Expect(op="expect", rule=rule) for rule in excluded if rule]
    deciding = [part for part in parts if not isinstance(part, Expect)]
    return _all(parts) if deciding else _all([*_by_name(context), *parts])


def _names(part: Rule) -> bool:
    match part:
        case Model() | AllUnits():
            return True
        case CodeRule(field=field):
            return field in PRODUCT_FIELDS
        case Attribute(field=field):
            return field == "product"
        case Or(of=parts) | And(of=parts):
            return any(map(_names, parts))
    return False


def _product_part(clauses: Sequence[Clause], context: Context, *, alone: bool) -> list[Rule]:
    """Return the products named, any one of them; the name alone where nothing narrows it."""
    found = [rule for field in PRODUCT_FIELDS for rule in _of_field(clauses, field, context)]
    if found:
        return [_any(found)]
    narrowed = any(clause.field != "model_year" for clause in clauses)
    return _by_name(context) if alone and not narrowed else []


def _by_name(context: Context) -> list[Rule]:
    if context.whole:
        return [AllUnits(op="all_units")]
    name: list[Rule] = [_name(context)]
    models = _model(_codes(context.named))
    return [_any([*models, *name])]


def _name(context: Context) -> Attribute:
    return Attribute(op="attr", field="product", any_of=(context.product[:LONGEST_VALUE],))


def _expected_name(context: Context) -> Rule:
    return Expect(op="expect", rule=_name(context))


def _limits(clauses: Sequence[Clause], context: Context) -> list[Rule]:
    """Return what the unit must also be: its lots, serials, dates."""
    fields = dict.fromkeys(c.field for c in clauses if c.field not in PRODUCT_FIELDS)
    return [_any(found) for field in fields if (found := _of_field(clauses, field, context))]


def _rows(clauses: Sequence[Clause], context: Context) -> Iterator[Rule]:
    """Yield each row's cells as things that hold together."""
    rows: dict[int, list[Clause]] = {}
    for clause in clauses:
        rows.setdefault(clause.row or 0, []).append(clause)
    seen: set[str] = set()
    for row in rows.values():
        rule = _all(
            [
                part
                for c in row
                if (found := _of_field([c], c.field, context))
                for part in [_any(found)]
            ]
        )
        key = rule.model_dump_json()
        if key not in seen:
            seen.add(key)
            yield rule


def _of_field(clauses: Iterable[Clause], field: str, context: Context) -> list[Rule]:
    values = tuple(dict.fromkeys(v for c in clauses if c.field == field for v in c.values))
    if not values:
        return []
    if field in (*DAY_FIELDS, "bought"):
        return [_days(field, value) for value in values]
    if field == "model":
        return _models(values)
    if field == "model_year":
        return [Attribute(op="attr", field=field, any_of=_codes([v.text for v in values]))]
    return _code_rules(field, values, context)


def _days(field: str, value: Value) -> Rule:
    rule = DateRule(
        op="date", field=field, start=value.first, end=value.last, hard=field != "bought"
    )
    return Expect(op="expect", rule=rule) if field == "bought" else rule


def _models(values: Sequence[Value]) -> list[Rule]:
    exact = [v.text for v in values if v.how == "eq"]
    spans = [model for v in values if v.how == "between" for model in expanded(v)]
    starts = [v.text for v in values if v.how == "starts"]
    rules = _model(_codes([*exact, *spans]))
    if starts:
        rules.append(Model(op="model", any_of=_codes(starts), match="prefix"))
    ends = [v for v in values if v.how == "ends"]
    return [*rules, *_verbatim(ends)]


def _model(codes: tuple[str, ...]) -> list[Rule]:
    return [Model(op="model", any_of=codes)] if codes else []


def expanded(value: Value) -> tuple[str, ...]:
    """Return every model from one number to another, the two ends where that is not clear."""
    start, end = value.text, value.end
    head = start.rstrip("0123456789")
    low, high = start[len(head) :], end[len(head) :]
    if not (
        end.startswith(head)
        and low.isdecimal()
        and high.isdecimal()
        and len(low) == len(high) <= LONGEST_VALUE
    ):
        return (start, end)
    if not 0 <= int(high) - int(low) <= MOST_MODELS:
        return (start, end)
    return tuple(f"{head}{n:0{len(low)}}" for n in range(int(low), int(high) + 1))


def _codes(texts: Iterable[str]) -> tuple[str, ...]:
    """Return each code once, as it is compared."""
    found: dict[str, str] = {}
    for text in texts:
        if 0 < len(text) <= LONGEST_VALUE and fold(text):
            found.setdefault(fold(text), text)
    return tuple(found.values())


def _code_rules(field: str, values: Sequence[Value], context: Context) -> list[Rule]:
    rules: list[Rule] = []
    for at in dict.fromkeys(value.at for value in values):
        some = [value for value in values if value.at == at]
        for how in ("eq", "starts", "ends"):
            codes = _codes([value.text for value in some if value.how == how])
            if codes:
                said = {"op": "code", "field": field, how: codes, "at": at}
                rules.append(CodeRule.model_validate(said))
        rules += _ranges(field, [value for value in some if value.how == "between"], context)
    return rules


def _ranges(field: str, spans: Sequence[Value], context: Context) -> list[Rule]:
    """Return the ranges counted as the text says, each one alone where they quarrel."""
    groups: dict[str, list[Value]] = {}
    for span in spans:
        groups.setdefault(_order(field, span, context), []).append(span)
    found: list[Rule] = []
    for order, some in groups.items():
        whole = _range(field, some, order, context)
        found += [whole] if whole else [_safest(field, span, order, context) for span in some]
    return found


def _safest(field: str, span: Value, order: str, context: Context) -> Rule:
    """Return one range as said, only its ends where it is malformed (docs/units.md)."""
    return (
        _range(field, [span], order, context)
        or _range(field, [span], "opaque", context)
        or Unparsed(op="unparsed", verbatim=span.written)
    )


def _order(field: str, span: Value, context: Context) -> str:
    if field == "date_code":
        width = len(context.date_format or "")
        return "date" if width and len(fold(span.text)) == width else "opaque"
    one, other = fold(span.text), fold(span.end)
    if one.isdigit() and other.isdigit() and len(one) == len(other):
        return "number"
    return "shape" if alike(one, other) else "opaque"


def _range(field: str, spans: Sequence[Value], order: str, context: Context) -> Rule | None:
    pairs = tuple((span.text, span.end) for span in spans)
    form = context.date_format if order == "date" else None
    try:
        return CodeRule.model_validate(
            {
                "op": "code",
                "field": field,
                "between": pairs,
                "order": order,
                "date_format": form,
                "at": spans[0].at,
            }
        )
    except ValidationError:
        return None


def _but_not(clause: Clause, context: Context) -> Rule | None:
    found = _of_field([clause], clause.field, context)
    return Not(op="not", rule=_any(found)) if found else None


def _verbatim(values: Sequence[Value]) -> list[Rule]:
    return [Unparsed(op="unparsed", verbatim=value.written) for value in values]


def _any(rules: Sequence[Rule]) -> Rule:
    expected = [rule.rule for rule in rules if isinstance(rule, Expect)]
    if expected and len(expected) == len(rules):
        return Expect(op="expect", rule=_any(expected))
    return rules[0] if len(rules) == 1 else Or(op="or", of=tuple(rules))


def _all(rules: Sequence[Rule]) -> Rule:
    return rules[0] if len(rules) == 1 else And(op="and", of=tuple(rules))


def with_doubts(rule: Rule, codes: Sequence[str], sentences: Sequence[str]) -> Rule:
    """Return the rule widened by unread codes, and bound by sentences nobody could apply."""
    whole = rule
    if codes:
        unread = Unparsed(op="unparsed", verbatim=", ".join(codes)[:LONGEST_VERBATIM])
        whole = Or(op="or", of=(rule, unread)) if not isinstance(rule, Expect) else rule
    doubts = [Unparsed(op="unparsed", verbatim=s[:LONGEST_VERBATIM]) for s in sentences if s]
    return And(op="and", of=(whole, *doubts)) if doubts else whole
