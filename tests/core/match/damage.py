"""What happens to a printed code between the label and us, each kind drawn by a number."""

from __future__ import annotations

from random import Random

from core.model.identifier import LOOK_ALIKES

ALIKE = {character: group for group in LOOK_ALIKES for character in group}
TWINS = {
    "A": "АΑаα",
    "B": "ВΒвβ",
    "C": "СсϹ",
    "E": "ЕΕеε",
    "H": "НΗнη",
    "I": "ІΙіι",
    "J": "Јј",
    "K": "КΚкκ",
    "M": "МΜмμ",
    "N": "Νν",
    "O": "ОΟоο",
    "P": "РΡрρ",
    "S": "Ѕѕ",
    "T": "ТΤтτ",
    "X": "ХΧхχ",
    "Y": "УΥуυ",
    "Z": "Ζζ",
}
SEPARATORS = " -–—−.\u00a0\u200b\u200d\u2060\ufeff\u00ad\u3000－ー/"
WIDE = 0xFEE0


def _written(character: str) -> list[str]:
    """Return the ways one character may be typed without being another."""
    cases = [character, character.lower()]
    wide = [chr(ord(case) + WIDE) for case in cases]
    return [*cases, *wide, *TWINS.get(character, "")]


def written_differently(code: str, chance: int) -> str:
    """Return `code` in other cases, widths, scripts and with other separators."""
    return _spelled([_written(character) for character in code], chance)


def misread(code: str, chance: int) -> str:
    """Return `code` with any look-alikes swapped, and written differently too."""
    return _spelled(
        [
            [form for alike in ALIKE.get(character, character) for form in _written(alike)]
            for character in code
        ],
        chance,
    )


def _spelled(places: list[list[str]], chance: int) -> str:
    drawn = Random(chance)  # noqa: S311 - the same damage for the same number, no secret
    gaps = ["", "", *SEPARATORS]
    return "".join(drawn.choice(forms) + drawn.choice(gaps) for forms in places)
