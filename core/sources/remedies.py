"""What the owner gets: an authority's labels, and amounts out of its text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from core.model.recall import RemedyKind, RemedyOption
from core.sources.vocabulary import any_of, folded, word_list

_SIGNS = {"us$": "USD", "ca$": "CAD", "c$": "CAD", "au$": "AUD", "a$": "AUD", "nz$": "NZD",
          "s$": "SGD", "€": "EUR", "£": "GBP"}  # fmt: skip
_AMOUNT = r"(?P<sign>(?:us|ca|c|au|a|nz|s)?\$|[€£]) ?(?P<amount>\d[\d,]*(?:\.\d{1,2})?)"
_CREDIT = (
    r"(?P<what>gift card|gift certificate|e-gift card|voucher|(?:in-)?store credit|"
    r"credit|refund)"
)
_BEFORE = re.compile(rf"{_AMOUNT} (?:(?!or )[\w.']+ ){{0,4}}?{_CREDIT}")
_BEHIND = re.compile(
    rf"{_CREDIT} (?:in the form )?(?:of|for|worth|equal to) (?:about )?{_AMOUNT}"
)
_WHAT = {"gift card": RemedyKind.GIFT_CARD, "gift certificate": RemedyKind.GIFT_CARD,
         "e-gift card": RemedyKind.GIFT_CARD, "refund": RemedyKind.REFUND}  # fmt: skip
_PARAGRAPH = 80
_NONE = re.compile(
    r"\b(?:no|not (?:be )?(?:eligible for|receive|offering|offer|provid\w+)) (?:a |an |any )?"
    r"(?:refunds?|replacements?|repairs?|remedy)"
    r"(?: (?:or|nor|and|,) (?:a )?(?:refunds?|replacements?|repairs?))*"
)


def remedy_options(
    labels: Sequence[str], text: str = "", *, dollar: str = "USD"
) -> tuple[RemedyOption, ...]:
    """Return the remedies the labels name, with amounts from the text ("$30 gift card").

    Where no label means anything the text is asked. () where neither names a remedy: the
    notice then has none. New Instructions, Label and Inspect count as repair; `dollar` is the
    currency a bare "$" means.
    """
    plain = _NONE.sub(" ", folded(text))
    kinds = _labelled(labels) or _worded(plain)
    offered = list(_amounts(plain, dollar))
    priced = [one for one in offered if one.kind is not RemedyKind.REFUND]
    if RemedyKind.REFUND in kinds:
        priced += _one_refund(plain, offered)
    named = {one.kind for one in priced}
    unpriced = [RemedyOption(kind=kind) for kind in kinds if kind not in named]
    return tuple(dict.fromkeys([*unpriced, *priced]))


def _one_refund(plain: str, offered: Sequence[RemedyOption]) -> tuple[RemedyOption, ...]:
    """Return the refund with its amount where everybody gets the same."""
    refunds = tuple(
        {one.amount: one for one in offered if one.kind is RemedyKind.REFUND}.values()
    )
    sums = {found["amount"].rstrip(",") for found in re.finditer(_AMOUNT, plain)}
    if len(refunds) != 1 or len(sums) > len({one.amount for one in offered}):
        return ()
    return () if "full refund" in plain else refunds


def _labelled(labels: Sequence[str]) -> tuple[RemedyKind, ...]:
    found: list[RemedyKind] = []
    for label in labels:
        plain = _NONE.sub(" ", folded(label))
        if len(plain) > _PARAGRAPH:
            found += _worded(plain)
        else:
            found += (kind for kind, words in _patterns("labels") if words.search(plain))
    return tuple(dict.fromkeys(found))


def _worded(plain: str) -> tuple[RemedyKind, ...]:
    """Return what a text promises; throwing the thing away only where nothing else is."""
    found = [kind for kind, words in _patterns("prose") if words.search(plain)]
    promised = [kind for kind in found if kind is not RemedyKind.DISPOSE]
    return tuple(promised or found)


def _amounts(plain: str, dollar: str) -> Iterator[RemedyOption]:
    for pattern in (_BEHIND, _BEFORE):
        for found in pattern.finditer(plain):
            units, _, cents = found["amount"].replace(",", "").partition(".")
            yield RemedyOption(
                kind=_WHAT.get(found["what"], RemedyKind.STORE_CREDIT),
                amount=f"{units}.{cents:0<2}" if cents else units,
                currency=_SIGNS.get(found["sign"], dollar),
            )


@cache
def _patterns(list_name: str) -> tuple[tuple[RemedyKind, re.Pattern[str]], ...]:
    lists: dict[str, list[str]] = word_list("remedies")[list_name]
    return tuple((RemedyKind(kind), any_of(phrases)) for kind, phrases in lists.items())
