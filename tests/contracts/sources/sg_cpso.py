"""How the pages of Singapore's CPSO lie in their repository."""

from __future__ import annotations

from tests.contracts.source_case import SourceCase, recorded
from tests.contracts.source_pages import Pieces, json_mutants

_ROWS = Pieces(
    rb"<tr>\s*<td\b.*?</tr>\s*",
    broken=(b"<tr><td>7</td></tr>", b"<tr><td>1 Jan 2025</td><td></td></tr>"),
)

CASES = (
    SourceCase(
        name="sg_cpso",
        payload=recorded("sg_cpso", "power-banks.md"),
        url="https://raw.githubusercontent.com/isomerpages/enterprisesg-cpso/master/a.md",
        count=6,
        shape=_ROWS,
        mutants=json_mutants,
        answers={"contents/": recorded("sg_cpso", "listing.json")},
        content_type="text/plain",
        errors=(b"[]", b'{"message": "API rate limit exceeded"}'),
    ),
)
