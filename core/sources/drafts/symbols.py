"""Tokens told apart by what they do in a notice: name a field, bear a code, say a date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from core.model.date_code import Days
from core.sources.drafts import labels
from core.sources.drafts.codes import may_be_code, may_be_listed
from core.sources.drafts.dates import MONTHS, date_at, day_comes_first, glued_at, year_at
from core.sources.drafts.tokens import Kind, Token


class Role(StrEnum):
    """What a symbol does."""

    LABEL = "label"
    CODE = "code"
    LISTED = "listed"
    DATE = "date"
    WORD = "word"
    MARK = "mark"
    END = "end"


# A word that is none of these begins neither a label nor a date.
_OPENING = labels.FIRST_WORDS | frozenset(labels.PLURALS) | frozenset(MONTHS)
_MARKS = {Kind.MARK: Role.MARK, Kind.END: Role.END}


class Symbol(NamedTuple):
    """One or more tokens with one role; `field` for labels, `days` for dates and years.

    `word` is the text in small letters.
    """

    role: Role
    text: str
    sentence: int
    first: int
    last: int
    word: str
    field: str = ""
    days: Days | None = None

    @property
    def capital(self) -> bool:
        """Say whether it begins with a capital letter."""
        return self.text[:1].isupper()

    @property
    def codelike(self) -> bool:
        """Say whether it can be an identifier where a label calls for one."""
        return self.role is Role.CODE or self.role is Role.LISTED


def symbols(tokens: Sequence[Token]) -> tuple[Symbol, ...]:
    """Return the tokens in their roles; every token is part of one symbol."""
    return tuple(_symbols(tokens))


def _symbols(tokens: Sequence[Token]) -> Iterator[Symbol]:
    day_first = day_comes_first(tokens)
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if role := _at_once(token):
            yield Symbol(role, token.text, token.sentence, index, index, token.word)
            index += 1
            continue
        found = _glued(tokens, index) or (
            _label(tokens, index) or _date(tokens, index, day_first) or _plain(tokens, index),
        )
        yield from found
        index = found[-1].last + 1


def _at_once(token: Token) -> Role | None:
    """Return the role of a mark or an everyday word, which most of a notice is, else None."""
    if token.kind is not Kind.WORD:
        return _MARKS.get(token.kind)
    word = token.word
    if word in _OPENING or not (word.isalpha() or _is_plain_word(word)):
        return None
    return Role.WORD


def _is_plain_word(word: str) -> bool:
    return "/" not in word and "-" not in word and not word.endswith("'s")


def _glued(tokens: Sequence[Token], index: int) -> tuple[Symbol, ...]:
    """Return the code and the date of one token, () where it is not two."""
    glued = glued_at(tokens[index].text)
    if glued is None:
        return ()
    code = _symbol(tokens, (index, index), Role.CODE)
    dated = code._replace(role=Role.DATE, days=glued.days)
    return (
        code._replace(text=glued.code, word=glued.code.lower()),
        dated._replace(text=glued.date, word=glued.date.lower()),
    )


def _label(tokens: Sequence[Token], index: int) -> Symbol | None:
    first = _singular(tokens[index].word)
    if first not in labels.FIRST_WORDS and "/" not in first:
        return None
    for size in range(labels.LONGEST, 0, -1):
        words = tokens[index : index + size]
        if len(words) < size or any(token.sentence != words[0].sentence for token in words):
            continue
        phrase = " ".join(_singular(token.word) for token in words)
        stop, numbered = _number_words(tokens, index + size, expiry=phrase in labels.ALONE)
        field = labels.ALONE.get(phrase) or _of_slashed(phrase)
        if not field and numbered:
            field = labels.BEFORE_NUMBER.get(phrase)
        if not field and _meets_code(tokens, stop, phrase) and not _numbers(tokens, index):
            field = labels.BEFORE_CODE[phrase]
        if field and not _undone(tokens, stop):
            return _symbol(tokens, (index, stop - 1), Role.LABEL)._replace(field=field)
    return None


def _singular(word: str) -> str:
    bare = word.removesuffix("'s")
    return labels.PLURALS.get(bare, bare)


def _of_slashed(phrase: str) -> str | None:
    """Read "PID/Style": two names of one thing."""
    parts = phrase.split("/")
    known = [labels.ALONE.get(part) or labels.BEFORE_NUMBER.get(part) for part in parts]
    return known[0] if len(parts) > 1 and all(known) else None


def _number_words(tokens: Sequence[Token], index: int, *, expiry: bool) -> tuple[int, bool]:
    """Return the place behind "numbers", "code(s)" or "#", and whether they stood there."""
    start = index
    while index < len(tokens):
        word = tokens[index].word
        if word in labels.NUMBER_WORDS or (expiry and word in labels.DATE_WORDS):
            index += 1
        elif word == "(" and [token.word for token in tokens[index + 1 : index + 3]] == [
            "s",
            ")",
        ]:
            index += 3
        else:
            break
    return index, index > start


def _numbers(tokens: Sequence[Token], index: int) -> bool:
    """Say whether this "no." belongs to the word before it: "Accession No. 2430278"."""
    return tokens[index].word == "no" and index > 0 and tokens[index - 1].kind is Kind.WORD


def _meets_code(tokens: Sequence[Token], index: int, phrase: str) -> bool:
    """Say whether a code in capitals or digits stands right behind "Style"."""
    if phrase not in labels.BEFORE_CODE or index >= len(tokens):
        return False
    return tokens[index].text == tokens[index].text.upper() and may_be_code(tokens, index)


def _undone(tokens: Sequence[Token], index: int) -> bool:
    return index < len(tokens) and tokens[index].word in labels.UNDOES


def _date(tokens: Sequence[Token], index: int, day_first: bool | None) -> Symbol | None:  # noqa: FBT001
    dated = date_at(tokens, index, day_first=day_first)
    if dated is None:
        return None
    found = _symbol(tokens, (index, index + dated.width - 1), Role.DATE)
    return found._replace(days=dated.days)


def _plain(tokens: Sequence[Token], index: int) -> Symbol:
    year = year_at(tokens, index)
    days = year.days if year else None
    if may_be_code(tokens, index):
        return _symbol(tokens, (index, index), Role.CODE)
    role = Role.LISTED if may_be_listed(tokens, index) else Role.WORD
    plain = _symbol(tokens, (index, index), role)
    return plain if days is None else plain._replace(days=days)


def _symbol(tokens: Sequence[Token], span: tuple[int, int], role: Role) -> Symbol:
    first, last = span
    begin = tokens[first]
    if first == last:
        return Symbol(role, begin.text, begin.sentence, first, last, begin.word)
    text = " ".join(token.text for token in tokens[first : last + 1])
    return Symbol(role, text, begin.sentence, first, last, text.lower())
