"""What a sentence says besides what was read: numbers, dates and lists that nobody explains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from core.model.identifier import fold
from core.sources.drafts.dates import MONTHS
from core.sources.drafts.labels import PASSED
from core.sources.drafts.periods import SOLD
from core.sources.drafts.symbols import Role, Symbol
from core.sources.drafts.vocabulary import phrases, words

QUOTES = ('"', "'")
QUOTED_BY = ('"', "'", "#", ":")
CODE_WORDS = words("code codes number numbers no")
VERSIONS = words("version versions generation revision rev edition week weeks prefix prefixes")
ORDINALS = words("first second third fourth 1st 2nd 3rd 4th")
OF_SALE = words("in since from to through and or during of until before after by , ( between")
YEAR_JOINTS = words("and or to through model models")
JOINING = words("and or to through series the is are in")
AFTER_LABEL = words("is are was reads # of")
POSITIONS = words(
    "digit digits character characters letter letters position positions alphanumeric"
)
PLACED = words("serial vin date_code lot batch model tracking imei")
# Words of which a number of few digits is a part that identifies nothing.
COUNTED_BEFORE = words(
    "about approximately $ over under up size sizes ages age astm cfr section"
)
SHORTEST_NUMBER = 3
LONGEST_DAY = 2
ANSWERED_WITHIN = 10
ELSEWHERE = phrases(
    "numbers can be found at|dates identified|product list|list of products"
    "|list of the products|list of product|listed here|attached list|list attached"
    "|list here|full list|complete list|recall list|products are listed"
    "|list of recalled|list of affected|list of all|recall can be viewed|and more"
    "|but not limited|among others|be provided|when available|various dates"
    "|various best|various use|various sell|various lot|various expiration"
    "|various production|see photo|see photos|see picture|see pictures|photos below"
    "|pictures below|see images|see image|see website|replacement parts"
    "|incorrectly marked|incorrectly labeled|wrongly marked|voir liste"
    "|en pièce jointe|voir photos|voir photo|voir tableau|siehe liste|siehe foto"
    "|affichette apposée|lots commençant"
)
_LONGEST = max(map(len, ELSEWHERE))
_FIRST = frozenset(phrase[0] for phrase in ELSEWHERE)
# One of these stands in every phrase and in every talk of positions or versions.
TELLTALES = POSITIONS | VERSIONS | frozenset(max(phrase, key=len) for phrase in ELSEWHERE)


@dataclass(frozen=True, slots=True)
class Known:
    """What is understood already: tokens that were read, and codes by their folded form."""

    used: frozenset[int]
    codes: frozenset[str]

    def has(self, symbol: Symbol) -> bool:
        """Say whether the symbol was read, here or as the same code elsewhere."""
        return symbol.first in self.used or fold(symbol.text) in self.codes


def suspicions(line: Sequence[Symbol], said: Sequence[str], known: Known) -> Iterator[str]:
    """Yield what looks like a code, a date or a limit, and what was read does not explain."""
    sells = not SOLD.isdisjoint(said)
    for index, symbol in enumerate(line):
        match symbol.role:
            case Role.LABEL:
                odd = _unanswered(line, index, known) or _by_position(line, index, known)
            case Role.LISTED:
                year = _model_year(line, index, known, sells=sells)
                odd = year or (not known.has(symbol) and _odd(line, index))
            case Role.DATE:
                odd = symbol.first not in known.used and not sells
            case Role.WORD:
                odd = _odd_word(line, index, known)
            case _:
                odd = False
        if odd:
            yield symbol.text


def _odd_word(line: Sequence[Symbol], index: int, known: Known) -> bool:
    """Say whether it is a piece of a date that was not read."""
    if line[index].word in MONTHS:
        return _day_of(line, index, known)
    if line[index].word in VERSIONS:
        return _is_version(line, index, known)
    return _halved(line, index, known)


def _is_version(line: Sequence[Symbol], index: int, known: Known) -> bool:
    """Say whether a version, a generation or a week of production limits the recall."""
    before = line[index - 1].word if index else ""
    after = line[index + 1] if index + 1 < len(line) else None
    if after is None or known.has(after):
        return before in ORDINALS
    numbered = any(map(str.isdigit, after.text)) or (
        after.text.isupper() and after.text.isalpha()
    )
    return numbered or before in ORDINALS


def _odd(line: Sequence[Symbol], index: int) -> bool:
    """Say whether a short code stands there: HB-052, or a number that counts nothing."""
    text = line[index].text
    if any(map(str.isdigit, text)) and any(map(str.isalpha, text)):
        return text == text.upper() and not text[0].isdigit()
    if not text.isdigit():
        return text.count(".") + text.count("/") > 1 or text[0] == "-"
    if len(text) < SHORTEST_NUMBER or line[index].days:
        return False
    before = line[index - 1].word if index else ""
    after = line[index + 1] if index + 1 < len(line) else None
    if before in QUOTED_BY or before in CODE_WORDS or after is None or after.text in QUOTES:
        return True
    counts = after.role is Role.WORD and not after.capital and after.word not in JOINING
    return not counts and before not in COUNTED_BEFORE


def _model_year(line: Sequence[Symbol], index: int, known: Known, *, sells: bool) -> bool:
    """Say whether a year stands before a name or a list of years: "2024 Mule"."""
    symbol = line[index]
    if symbol.days is None or not symbol.text.isdigit() or known.has(symbol):
        return False
    after = line[index + 1 : index + 2]
    if sells and index and line[index - 1].word in OF_SALE:
        return False
    return bool(after) and (after[0].capital or after[0].word in YEAR_JOINTS)


def _halved(line: Sequence[Symbol], index: int, known: Known) -> bool:
    """Say whether "07/22" stands behind a label or before a code: a month and a year."""
    text = line[index].text
    if "/" not in text or not text.replace("/", "").isdigit() or known.has(line[index]):
        return False
    near = line[max(0, index - ANSWERED_WITHIN) : index]
    called = any(s.role is Role.LABEL and s.field != PASSED for s in near)
    return called or text.startswith("0")


def _unanswered(line: Sequence[Symbol], index: int, known: Known) -> bool:
    """Say whether the label is followed as if by its code, and none was read: "PC: 0224"."""
    label = line[index]
    before = [symbol.word for symbol in line[max(0, index - 2) : index]]
    if label.field == PASSED or label.first in known.used or before == ["tous", "les"]:
        return False
    behind = line[index + 1 : index + 1 + ANSWERED_WITHIN]
    if not behind or any(known.has(symbol) for symbol in behind):
        return False
    calls = behind[0].word in (":", "#", *QUOTES) and len(behind) > 1
    tells = behind[0].word in AFTER_LABEL and _begins_code(behind[1:])
    return calls or tells or _is_short(behind[0])


def _is_short(symbol: Symbol) -> bool:
    """Say whether it is a code without digits, or of a single one: "Model 7", "Model PRO"."""
    capitals = symbol.role is Role.WORD and symbol.text.isalpha() and symbol.text.isupper()
    return symbol.text.isdigit() or (capitals and len(symbol.text) > 1)


def _begins_code(behind: Sequence[Symbol]) -> bool:
    first = next((symbol for symbol in behind if symbol.role is not Role.MARK), None)
    return first is not None and (
        any(map(str.isdigit, first.text)) or (first.text.isalpha() and first.text.isupper())
    )


def _by_position(line: Sequence[Symbol], index: int, known: Known) -> bool:
    """Say whether single characters of the code count, and none were read near."""
    if line[index].field not in PLACED:
        return False
    near = line[max(0, index - ANSWERED_WITHIN) : index + ANSWERED_WITHIN]
    spoken = any(symbol.word in POSITIONS for symbol in near)
    return spoken and not any(symbol.first in known.used for symbol in near)


def _day_of(line: Sequence[Symbol], index: int, known: Known) -> bool:
    """Say whether a month and a day stand there, and were no part of a date: "AUG 10"."""
    after = line[index + 1 : index + 2]
    if not after or not line[index].capital or line[index].first in known.used:
        return False
    return after[0].text.isdigit() and len(after[0].text) <= LONGEST_DAY


def sent_elsewhere(said: Sequence[str]) -> Iterator[str]:
    """Yield the phrases that send the reader elsewhere, or leave something open."""
    for index, word in enumerate(said):
        if word not in _FIRST:
            continue
        for size in range(2, _LONGEST + 1):
            phrase = tuple(islice(said, index, index + size))
            if phrase in ELSEWHERE and len(phrase) == size:
                yield " ".join(phrase)
