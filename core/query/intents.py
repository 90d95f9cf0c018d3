"""What a message asks for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from core.query.phrases import Hit
from core.query.query import Action, Intent
from core.query.wording import Meaning

Decision = tuple[Intent, Action | None]
# In this order: who asks to be forgotten must not be read as "remove one thing", and "my
# list" beside something to put on it is no wish to see the list.
OWN = ("forget", "remove", "watch", "list", "add")
OWN_OF_UNITS = ("forget", "remove", "watch", "add", "list")
SERVICE = {"remedy": Intent.REMEDY, "claim": Intent.CLAIM, "dispose": Intent.DISPOSE}
# On equal evidence the narrower question was meant.
NARROWER = ("remedy", "claim", "dispose")
SHORT_MESSAGE = 40
# A shorter one is a name or a button, and a line behind ">" an earlier message.
_QUOTED = re.compile(
    r"\"[^\"]{16,}\"|“[^”]{16,}”|„[^“”]{16,}[“”]|«[^»]{16,}»|「[^」]{8,}」|(?<![^\n])>[^\n]+"
)
_QUESTION = re.compile(r"[^.!?。！？\n]*[?？؟]")


def without_asides(hits: Sequence[Hit[Meaning]]) -> list[Hit[Meaning]]:
    """Return the phrases without those inside a turn of speech that means something else."""
    asides = [hit for hit in hits if hit.meaning.kind == "aside"]
    return [
        hit
        for hit in hits
        if hit.meaning.kind != "aside" and not any(hit.inside(aside) for aside in asides)
    ]


def said(
    hits: Sequence[Hit[Meaning]], words: str, aside: Sequence[tuple[int, int]]
) -> list[Hit[Meaning]]:
    """Return the phrases a person said: without those of numbers set aside, or of quotations.

    A quotation counts where nothing was said beside it.
    """
    ours = [hit for hit in hits if not any(start <= hit.start < end for start, end in aside)]
    quoted = [match.span() for match in _QUOTED.finditer(words)]
    own = [hit for hit in ours if not any(start < hit.start < end for start, end in quoted)]
    asked = any(hit.meaning.kind == "intents" and hit.meaning.value != "topic" for hit in own)
    return own if asked else ours


def is_urgent(hits: Sequence[Hit[Meaning]]) -> bool:
    """Say whether something is smoking, hot, swollen or burning."""
    return any(hit.meaning.kind == "urgent" for hit in hits)


def decide(hits: Sequence[Hit[Meaning]], words: str, *, named: bool) -> Decision:
    """Return what `words` ask; `named` says that a product or code was named."""
    cues = _cues(_in_question(hits, words))
    if is_urgent(hits):
        # Where to take a swollen battery is told, too, behind what to do with it now.
        return Intent.DISPOSE if "dispose" in cues else Intent.CHECK, None
    order = OWN_OF_UNITS if named else OWN
    own = next((cue for cue in order if cue in cues), None)
    services = {cue: cues[cue] for cue in SERVICE if cue in cues}
    if own and not _outweighed(own, cues, services):
        return Intent.OWN, Action(own)
    if services:
        best = max(services, key=lambda cue: (services[cue], NARROWER.index(cue)))
        return SERVICE[best], None
    return _other(cues, len(words), named=named)


def _in_question(hits: Sequence[Hit[Meaning]], words: str) -> list[Hit[Meaning]]:
    """Return the phrases without services that are only mentioned beside the question.

    "I still have the receipt. Is it recalled?" does not ask about receipts.
    """
    questions = [match.span() for match in _QUESTION.finditer(words)]
    asked = {
        hit.meaning.value
        for hit in hits
        if hit.meaning.kind == "intents"
        and any(start <= hit.start < end for start, end in questions)
    }
    if "check" not in asked or asked & SERVICE.keys():
        return list(hits)
    return [hit for hit in hits if hit.meaning.value not in SERVICE]


def _outweighed(own: str, cues: Counter[str], services: dict[str, int]) -> bool:
    strongest = max(services.values(), default=0)
    return own in {"add", "watch"} and strongest > cues[own]


def _other(cues: Counter[str], size: int, *, named: bool) -> Decision:
    if "own" in cues and "check" not in cues:
        return Intent.OWN, Action.ADD
    if "language" in cues and not named and size <= SHORT_MESSAGE and "check" not in cues:
        return Intent.UNKNOWN, Action.LANGUAGE
    if named or "check" in cues or "topic" in cues:
        return Intent.CHECK, None
    return Intent.UNKNOWN, Action.HELP if "help" in cues else None


def _cues(hits: Sequence[Hit[Meaning]]) -> Counter[str]:
    """Return how many characters speak for each intent, longer phrases before those inside."""
    found = [hit for hit in hits if hit.meaning.kind == "intents"]
    cues: Counter[str] = Counter()
    seen: set[tuple[int, int, str]] = set()
    for hit in found:
        key = (hit.start, hit.end, hit.meaning.value)
        covered = any(hit.inside(other) and other.meaning.value != "topic" for other in found)
        if key not in seen and not covered:
            seen.add(key)
            cues[hit.meaning.value] += hit.size
    return cues
