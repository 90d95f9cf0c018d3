"""Words that limit a recall: which of them nothing that was read accounts for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from core.sources.drafts.clauses import Clause
from core.sources.drafts.labels import PASSED
from core.sources.drafts.lines import Line
from core.sources.drafts.periods import SOLD
from core.sources.drafts.suspicions import TELLTALES
from core.sources.drafts.symbols import Role, Symbol
from core.sources.drafts.vocabulary import words

VAGUE = words("certain select selected specific some limited")
PICKED = words("certain select selected")
SOLD_ONLY = frozenset({"bought"})
LEFT_OUT = (
    *(("not", "included"), ("not", "affected"), ("not", "part"), ("not", "subject")),
    *(("not", "involve"), ("are", "excluded"), ("is", "excluded"), ("not", "recalled")),
)
SUBJECT = words(
    "recall recalls recalled included affected involves involve unit units model models lot"
    " lots product products vin vins serial batch batches"
)
OF_UNITS = words("recall included affected involves recalled subject")
OPEN_END = words("higher lower above below beyond greater newer older onwards up")
UNIT_LEVEL = words("serial lot batch date_code vin manufactured tracking")
# Fields of which one does for the other.
KIN = (frozenset({"manufactured", "date_code"}), frozenset({"lot", "batch"}))
TO_CHECK = (
    ("to", "determine"),
    ("determine", "if"),
    ("to", "see", "if"),
    ("to", "check", "if"),
    ("to", "find", "out"),
    ("not", "all"),
)
# These are settled where a table or a list was read.
IN_TABLE = (
    *(("see", "chart"), ("see", "table"), ("chart", "below"), ("table", "below")),
    *(("identified", "below"), ("following", "table"), ("following", "chart")),
)
# One of these stands in every sentence of plain words that limits something.
LIMITING = (
    VAGUE
    | OPEN_END
    | TELLTALES
    | words("only excluded not determine see check find all chart table identified")
)
NARROWING = 6
SHORTEST_TABLE = 3
LONGEST_TAIL = 5
DATE_PARTS = 3
_PLAIN = (Role.WORD, Role.MARK, Role.END)
_apart = "\n".join


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, the clauses read in it, and every field read anywhere in the notice.

    `tabled` says that a table or a long list was read here, `listed` that it was anywhere.
    """

    line: tuple[Symbol, ...]
    words: tuple[str, ...]
    here: tuple[Clause, ...]
    fields: frozenset[str]
    tabled: bool
    listed: bool

    def settles(self, field: str) -> bool:
        """Say whether the notice gave values for that field, or for one that does as well."""
        return field in self.fields or any(field in kin and kin & self.fields for kin in KIN)


def sentence_of(
    line: Line, here: tuple[Clause, ...], fields: frozenset[str], *, listed: bool
) -> Sentence:
    """Return the sentence with what was read in it."""
    tabled = any(map(is_listing, here))
    return Sentence(line.symbols, line.words, here, fields, tabled, listed)


def is_listing(clause: Clause) -> bool:
    """Say whether it comes from a table or a long list."""
    return clause.row is not None or len(clause.values) >= SHORTEST_TABLE


def may_limit(line: Line) -> bool:
    """Say whether a sentence of plain words alone can limit anything."""
    return not LIMITING.isdisjoint(line.said)


def limits(sentence: Sentence) -> Iterator[str]:
    """Yield the words of a sentence that limit the recall in a way nobody could apply."""
    yield from _phrases(sentence)
    for index, symbol in enumerate(sentence.line):
        if _may_limit(symbol) and any(unmet(sentence, index) for unmet in _UNMET):
            yield symbol.text
    if _only(sentence):
        yield "only"


def _may_limit(symbol: Symbol) -> bool:
    """Say whether any of _UNMET can hold for it; most words of a notice are spared them all."""
    if symbol.role not in _PLAIN or "/" in symbol.text:
        return True
    word = symbol.word
    return word in VAGUE or word in OPEN_END or word.startswith("models")


def _phrases(sentence: Sentence) -> Iterator[str]:
    said = sentence.words
    behind = [i + 2 for i, two in enumerate(pairwise(said)) if two == ("not", "have")]
    near = [s for i in behind for s in sentence.line[i : i + NARROWING]]
    if any(symbol.role is Role.LABEL for symbol in near):
        yield "not have"
    if not sentence.here and not {"excluded", "not"}.isdisjoint(said):
        yield from (" ".join(two) for two in pairwise(said) if two in LEFT_OUT)
    joined = f"\n{_apart(said)}\n"
    doubtful = TO_CHECK if sentence.listed else TO_CHECK + IN_TABLE
    for phrase in doubtful:
        if f"\n{_apart(phrase)}\n" in joined:
            yield " ".join(phrase)


def _tail(sentence: Sentence, index: int) -> bool:
    """Say whether a code goes on behind a space: "BY-300 FS", in a list or at its end."""
    if not sentence.here or not sentence.line[index].codelike:
        return False
    match sentence.line[index + 1 : index + 3]:
        case [tail, after] if after.role is Role.WORD and after.capital:
            return False
        case [tail, *rest]:
            counts = bool(rest) and rest[0].role is Role.WORD and rest[0].text.islower()
            plain = tail.role is Role.WORD and tail.text.isalpha() and tail.text.isupper()
            number = tail.text.isdigit() and not (tail.days or counts or sentence.tabled)
            return (plain or number) and len(tail.text) <= LONGEST_TAIL
    return False


def _promised(sentence: Sentence, index: int) -> bool:
    """Say whether a list is announced and none came: "the following serial numbers"."""
    label = sentence.line[index]
    if label.role is not Role.LABEL or label.field == PASSED or sentence.settles(label.field):
        return False
    before = [symbol.word for symbol in sentence.line[max(0, index - 3) : index]]
    behind = [symbol.word for symbol in sentence.line[index + 1 : index + 3]]
    return "following" in before or behind in (["listed", "below"], ["shown", "below"])


def _named(sentence: Sentence, index: int) -> bool:
    """Say whether names instead of numbers follow: "models Assisi, Little Flower"."""
    label = sentence.line[index]
    if not label.word.startswith("models") or label.field in sentence.fields:
        return False
    after = sentence.line[index + 1 : index + 2]
    return bool(after) and after[0].role is Role.WORD and after[0].capital


def _vague(sentence: Sentence, index: int) -> bool:
    """Say whether "certain units" stands there, and nothing says which."""
    near = sentence.line[index + 1 : index + 1 + NARROWING]
    labels = [symbol.field for symbol in near if symbol.role is Role.LABEL]
    of_units = labels or any(symbol.word in SUBJECT for symbol in near)
    word = sentence.line[index].word
    if word in PICKED and not sentence.fields - SOLD_ONLY:
        return True
    if word not in VAGUE or not of_units:
        return False
    if "model_year" in labels and not UNIT_LEVEL & sentence.fields:
        return True
    if labels:
        return not all(map(sentence.settles, labels))
    return not sentence.here


def _open_ended(sentence: Sentence, index: int) -> bool:
    before = sentence.line[index - 1].word if index else ""
    return sentence.line[index].word in OPEN_END and before in ("or", "and")


def _odd_date(sentence: Sentence, index: int) -> bool:
    """Say whether it is a date in a form we do not know, or one that no column was for."""
    symbol = sentence.line[index]
    parts = symbol.text.split("/")
    if len(parts) != DATE_PARTS or not all(part.isdigit() for part in parts):
        return False
    dated = any(clause.field in ("expiry", "manufactured") for clause in sentence.here)
    return symbol.role is not Role.DATE or (sentence.tabled and not dated)


def _unread_date(sentence: Sentence, index: int) -> bool:
    """Say whether "use by" is followed by numbers that are no date to us."""
    after = [s for s in sentence.line[index + 1 : index + 4] if s.role is not Role.MARK]
    if sentence.line[index].field != "expiry" or not after:
        return False
    return after[0].role is not Role.DATE and after[0].text[0].isdigit()


def _empty_column(sentence: Sentence, index: int) -> bool:
    """Say whether it heads a column of a table from which nothing was read."""
    label = sentence.line[index]
    said = [symbol.word for symbol in sentence.line[max(0, index - 2) : index]]
    if said == ["tous", "les"]:
        return False
    narrows = label.role is Role.LABEL and label.field in UNIT_LEVEL | {"expiry"}
    return narrows and sentence.tabled and not sentence.settles(label.field)


_UNMET = (
    *(_tail, _promised, _named, _vague),
    *(_open_ended, _odd_date, _unread_date, _empty_column),
)


def _only(sentence: Sentence) -> bool:
    """Say whether only some units are meant, and nothing in the sentence says which."""
    said = sentence.words
    if "only" not in said or not OF_UNITS & set(said):
        return False
    if not SOLD.isdisjoint(said):
        return True  # days and places of sale only describe, in a rule
    labels = [symbol.field for symbol in sentence.line if symbol.role is Role.LABEL]
    return not sentence.here and (not labels or not all(map(sentence.settles, labels)))
