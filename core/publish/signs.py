"""Signs that make a post hard to read or find: odd letters, emoji, hashtags, calls by name."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import regex

MOST_EMOJI = 2
MOST_HASHTAGS = 3
# A longer one in small letters alone is read as one word, by people and by screen readers.
LONGEST_SMALL_TAG = 12

_EMOJI = regex.compile(
    r"\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3"
    r"|(?:\p{Emoji_Presentation}|(?=[^\u00A9\u00AE\u203C\u2049\u2122\u2139\u2194-\u21AA])"
    r"\p{Extended_Pictographic}|\p{Emoji}(?=\uFE0F))"
    r"[\uFE0F\p{Emoji_Modifier}]*"
    r"(?:\u200D(?:\p{Extended_Pictographic})[\uFE0F\p{Emoji_Modifier}]*)*"
)
_LINK = regex.compile(r"https?://\S+", regex.IGNORECASE)
_TAG = regex.compile(r"(?<![\w&/])[#＃](?=[\d_]*\p{L})(\w+)")
_SEAM = regex.compile(r"(?<=\p{Ll})(?=\p{Lu})|_")
_CALL = regex.compile(r"(?<![\w.+/@＠-])[@＠]&?\w[\w.@-]*")
_JOINED = ("recall", "safety", "alert", "warning", "rückruf", "rappel", "sécurité", "alerte")
_SHORTEST_WORD = 3
# Struck through, underlined or circled by marks on top of letters.
_MARKS = r"\u0332-\u0338\u20D0-\u20E2\u20E4-\u20F0"
_ODD = regex.compile(
    r"[\u1D00-\u1DBF\uA730\uA731\u0262\u026A\u0274\u0280\u0299\u029C\u029F\u028F"
    r"\u249C-\u24E9\U0001F110-\U0001F189\U0001D400-\U0001D7FF]+"
    rf"|[\p{{L}}\p{{N}} ]?[{_MARKS}]+"
    r"|\p{Mn}{3,}"
    r"|[\u202A-\u202E\u2066\u2067\u00AD\u034F\u115F\u1160\u180E\u200B\u2060-\u2064\u3164\uFEFF\uFFA0]"
    r"|[\U000E0000-\U000E007F]+"
)
# These join what belongs together in some scripts, and hide in words of all others.
_JOINING = regex.compile(
    r"(?<=[\p{Latin}\p{Greek}\p{Cyrillic}\p{Han}\p{Hiragana}\p{Katakana}\d])[\u200C\u200D]"
)
_STYLED = frozenset({"<font>", "<super>", "<sub>", "<wide>"})
_ORDINALS = frozenset("ªº")
# From the start of a word alone: to begin at each letter takes for ever in a long one.
_TWO_SCRIPTS = regex.compile(r"\b(?=\w*\p{Latin})(?=\w*\p{Cyrillic})\w+")
# Where full-width letters are ordinary ones.
_WIDE = ("ja", "zh")


def odd_letters(text: str, lang: str) -> list[str]:
    """Return what only looks like letters of `lang`, or hides between them.

    Marks that keep a name of another direction apart are in order.
    """
    plain = _EMOJI.sub(" ", unicodedata.normalize("NFC", text))
    found = [
        one[0] for pattern in (_ODD, _JOINING, _TWO_SCRIPTS) for one in _in(pattern, plain)
    ]
    styled = {one for one in plain if _is_styled(one, wide=not lang.startswith(_WIDE))}
    return [*dict.fromkeys(_shown(one) for one in (*found, *sorted(styled)))]


def _in(pattern: regex.Pattern[str], text: str) -> Iterator[regex.Match[str]]:
    return iter(pattern.finditer(text))


def _is_styled(character: str, *, wide: bool) -> bool:
    if not character.isalpha() or character in _ORDINALS:
        return False
    how = unicodedata.decomposition(character).partition(" ")[0]
    if how not in _STYLED or not unicodedata.normalize("NFKC", character).isascii():
        return False
    return wide or how != "<wide>"


def _shown(found: str) -> str:
    """Return what was found so that it can be seen: by its code where it is invisible."""
    invisible = not found.strip() or not found.isprintable()
    return f"U+{ord(found.strip() or found[0]):04X}" if invisible else found


def misused_emoji(text: str) -> list[str]:
    """Return the emoji beyond the second, and those that stand in place of words.

    An emoji is in place at the start or the end of a line that says something.
    """
    wrong = [found[0] for found in _EMOJI.finditer(text)][MOST_EMOJI:]
    for line in text.splitlines():
        wrong += _in_place_of_words(line.strip())
    return [*dict.fromkeys(wrong)]


def _in_place_of_words(line: str) -> Iterator[str]:
    said = _EMOJI.sub("", line).strip()
    for found in _EMOJI.finditer(line):
        before, behind = (
            _EMOJI.sub("", part).strip(" -•·.,:;!?。，：！？")
            for part in (line[: found.start()], line[found.end() :])
        )
        if not said or (before and behind):
            yield found[0]


def misused_hashtags(text: str) -> list[str]:
    """Return the hashtags beyond the third, and those that run words together unseen."""
    tags = [found[0] for found in _TAG.finditer(_LINK.sub(" ", text))]
    joined = [tag for tag in tags if _runs_together(tag[1:])]
    return [*dict.fromkeys((*tags[MOST_HASHTAGS:], *joined))]


def _runs_together(tag: str) -> bool:
    if not (tag.islower() or tag.isupper()) or "_" in tag:
        return False
    if len(tag) > LONGEST_SMALL_TAG:
        return True
    small = tag.casefold()
    return any(
        len(small) >= len(word) + _SHORTEST_WORD
        and (small.startswith(word) or small.endswith(word))
        for word in _JOINED
    )


def calls(text: str) -> list[str]:
    """Return the names in a text that call somebody; addresses of mail call nobody."""
    return [*dict.fromkeys(found[0] for found in _CALL.finditer(_LINK.sub(" ", text)))]


def words_apart(text: str) -> str:
    """Return the text with its hashtags as words: "#SafeProduct" says "Safe Product"."""
    return str(_TAG.sub(lambda tag: str(_SEAM.sub(" ", tag[1])), text))
