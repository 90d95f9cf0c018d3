"""What a notice's sentences say about the affected units, as a rule to warn with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from core.model.date_code import DateFormat
from core.model.identifier import fold
from core.model.rule import CodeRule, Rule, Unparsed, walk
from core.sources.drafts.clauses import Clause, Reading, Value
from core.sources.drafts.date_codes import stated_format
from core.sources.drafts.grammar import read_lines
from core.sources.drafts.lines import Line, lines
from core.sources.drafts.pairing import paired
from core.sources.drafts.residue import LONGEST_REST, cut_off, unread
from core.sources.drafts.rules import (
    LONGEST_VALUE,
    LONGEST_VERBATIM,
    PRODUCT_FIELDS,
    Context,
    rule_of,
    with_doubts,
)
from core.sources.drafts.symbols import Role, Symbol, symbols
from core.sources.drafts.tokens import read
from core.sources.drafts.vocabulary import words

Evidence = tuple[str, tuple[str, ...]]
LONGEST_MODEL = 40
# So much of a notice's texts is read, all in all; the longest on record have 6,000 characters.
LONGEST_READ = 50_000
UNNAMED = "unnamed product"
NO_MODEL = words("various multiple several see all none unknown n/a na - tbd not other")
ALL_OF_THEM = (
    "all lots",
    "all units",
    "all models",
    "all sizes",
    "tous les lots",
    "all of the",
    "every unit",
    "all serial",
    "alle chargen",
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule read from prose, and what it rests on.

    `complete` says that nothing which looks like a limit was left over; even then a draft only
    warns. `evidence` pairs every sentence used, verbatim, with the identifiers read from it;
    `left_over` holds what looked like an identifier or a limit and was not understood.
    """

    rule: Rule
    complete: bool
    evidence: tuple[Evidence, ...]
    left_over: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Text:
    """One text as read: its sentences, its symbols, its clauses, and what stayed unread."""

    sentences: tuple[str, ...]
    symbols: tuple[Symbol, ...]
    lines: tuple[Line, ...]
    reading: Reading

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """Return the clauses."""
        return self.reading.clauses


def draft(texts: Sequence[str], product: str, models: Sequence[str] = ()) -> Draft:
    """Return the rule that the texts state about the affected units; never raises.

    `texts` are the plain sentences that identify the product, best first (description, then
    title), without markup; `product` the product's name; `models` what the authority lists in
    fields of its own. What lies beyond LONGEST_READ characters is left over.
    """
    name = " ".join(product.split())
    name = name if fold(name[:LONGEST_VALUE]) else UNNAMED
    own = [one for one in (" ".join(model.split()) for model in models) if one]
    prose = [*texts, *(f"Model {model}." for model in own if not _is_model(model))]
    told, beyond = _cut_short(prose)
    read_texts = [_read(text) for text in told if text.strip()]
    given = _given([model for model in own if _is_model(model)])
    clauses = [*given, *(clause for text in read_texts for clause in text.clauses)]
    named = _codes_in(name)
    whole = any(_says_all(text.symbols) for text in read_texts)
    form = _form(read_texts, clauses)
    rule = rule_of(clauses, Context(name, form, named, whole))
    left = [
        *_left_over(read_texts, clauses, named),
        *_unclear(rule),
        *_dropped(read_texts),
        *beyond,
    ]
    rule = with_doubts(rule, _codes(left), _sentences(left))
    complete = not left and not any(isinstance(node, Unparsed) for node in walk(rule))
    evidence = tuple(one for text in read_texts for one in _evidence(text))
    return Draft(rule, complete, evidence, tuple(dict.fromkeys(one.text for one in left)))


@dataclass(frozen=True, slots=True)
class _Left:
    """Something not understood, and the sentence it stands in, "" where it has none."""

    text: str
    sentence: str
    code: bool = False


def _cut_short(texts: Sequence[str]) -> tuple[list[str], list[_Left]]:
    """Return as much of the texts as is read, and the beginning of what is not."""
    told: list[str] = []
    room = LONGEST_READ
    for text in texts:
        whole = text.strip()
        end = len(whole) if len(whole) <= room else whole.rfind(" ", 0, room + 1) + 1
        told.append(whole[:end])
        room -= end
        if end < len(whole):
            unread = whole[end : end + LONGEST_VERBATIM]
            return told, [_Left(unread[:LONGEST_REST], unread)]
    return told, []


def _read(text: str) -> _Text:
    prose = read(text)
    found = symbols(prose.tokens)
    spoken = lines(found)
    reading = read_lines(spoken)
    whole = replace(reading, clauses=paired(reading.clauses))
    return _Text(prose.sentences, found, spoken, whole)


def _form(texts: Sequence[_Text], clauses: Iterable[Clause]) -> DateFormat | None:
    """Return the form of the date codes, which no other code is read by."""
    if not any(clause.field == "date_code" for clause in clauses):
        return None
    return stated_format([symbol for text in texts for symbol in text.symbols])


def _is_model(text: str) -> bool:
    """Say whether a field holds one model and no list or sentence."""
    bare = text.strip(" .,;:")
    one = not any(mark in bare for mark in ",;:|") and len(bare) <= LONGEST_MODEL
    first = bare.lower().split()[:1]
    return one and bool(fold(bare)) and not set(first) & NO_MODEL


def _given(models: Iterable[str]) -> list[Clause]:
    values = tuple(Value("eq", model.strip(" .,;:")) for model in models)
    return [Clause("model", values, 0, frozenset())] if values else []


def _codes_in(name: str) -> tuple[str, ...]:
    """Return the codes in a product's name; "4our" and "2pack" are words with a digit."""
    found = (s.text for s in symbols(read(name).tokens) if s.role is Role.CODE)
    return tuple(text for text in found if text.upper() == text or _digits(text) > 1)


def _digits(text: str) -> int:
    return sum(character.isdigit() for character in text)


def _says_all(found: Sequence[Symbol]) -> bool:
    said = f" {' '.join([symbol.word for symbol in found])} "
    return any(f" {phrase} " in said for phrase in ALL_OF_THEM)


def _left_over(
    texts: Sequence[_Text], clauses: Sequence[Clause], named: Sequence[str]
) -> list[_Left]:
    values = [value for clause in clauses for value in clause.values]
    known = frozenset(fold(code) for v in values for code in (v.text, v.end) if code)
    fields = frozenset(clause.field for clause in clauses)
    if fields.isdisjoint(PRODUCT_FIELDS):
        known |= frozenset(map(fold, named))
    found: list[_Left] = []
    for text in texts:
        codes = {symbol.text for symbol in text.symbols if symbol.codelike}
        found += [
            _Left(value.written, text.sentences[clause.sentence], code=True)
            for clause in text.clauses
            if not clause.used
            for value in clause.values
        ]
        unknown = unread(text.lines, text.reading, fields, known)
        for sentence, word in (*unknown, *cut_off(text.symbols)):
            found.append(_Left(word, text.sentences[sentence], word in codes))
    return found


def _dropped(texts: Sequence[_Text]) -> list[_Left]:
    """Return the limits that a notice lifts: lots, dates and serials that it leaves out."""
    return [
        _Left(value.written, text.sentences[clause.sentence])
        for text in texts
        for clause in text.clauses
        if clause.left_out and clause.field not in PRODUCT_FIELDS
        for value in clause.values
    ]


def _unclear(rule: Rule) -> list[_Left]:
    """Return the ranges of which only the ends are understood."""
    return [
        _Left(f"{start} to {end}", "")
        for node in walk(rule)
        if isinstance(node, CodeRule) and node.order == "opaque"
        for start, end in node.between
    ]


def _codes(left: Sequence[_Left]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.text for one in left if one.code))


def _sentences(left: Sequence[_Left]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.sentence for one in left if one.sentence))


def _evidence(text: _Text) -> list[Evidence]:
    found: dict[int, list[str]] = {}
    for clause in text.clauses:
        found.setdefault(clause.sentence, []).extend(value.written for value in clause.values)
    return [
        (text.sentences[n], tuple(dict.fromkeys(codes))) for n, codes in sorted(found.items())
    ]
