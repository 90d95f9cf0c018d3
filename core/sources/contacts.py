"""How owners reach whoever runs the recall: telephone, mail and page, out of prose."""

from __future__ import annotations

import re

from core.model.recall import Contact
from core.sources.markup import emails, host_of, is_official, links, plain, tree
from core.sources.text import line

_PHONE = re.compile(
    r"(?:\+|\b(?:tel(?:ephone)?|phone|call|contact(?: them)?|on|at|or)\b[^\d+()]{0,40}?|/ )"
    r"(?P<number>\+?\(?\d[\d ()\-]{5,18}\d)(?![\d%])",
    re.IGNORECASE,
)
# Bounded, as names are: a long run of letters must not be tried from each of them.
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_FEWEST_DIGITS, _MOST_DIGITS = 6, 15


def contact(markup: str, regions: tuple[str, ...], source: str, base: str) -> Contact | None:
    """Return the contact a piece of HTML names, None where it names none.

    `base` is the page it stands on; links that stay there or lead to an authority are none.
    """
    root = tree(markup)
    text = plain(root)
    mail = next(emails(root), None) or next(iter(_ADDRESS.findall(text)), None)
    home = host_of(base)
    away = (url for url in links(root, base) if host_of(url) != home and not is_official(url))
    page = next(away, None)
    phone = telephone(text)
    if not (mail or page or phone):
        return None
    return Contact(
        regions=regions,
        phone=phone,
        email=line(mail) if mail else None,
        url=page,
        source=source,
    )


def telephone(text: str) -> str | None:
    """Return the first telephone number a text asks to call."""
    for found in _PHONE.finditer(text):
        number = " ".join(found["number"].split()).strip("- ")
        if found[0].startswith("+"):
            number = f"+{number.lstrip('+')}"
        if _FEWEST_DIGITS <= sum(map(str.isdigit, number)) <= _MOST_DIGITS:
            return line(number)
    return None
