"""How to reach a company, out of what a notice says."""

from __future__ import annotations

import pytest

from core.sources.reach import Reach, link, reach


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Acme collect at (786) 718-2840.", Reach(phone="(786) 718-2840")),
        ("Acme at 313-842-2375, ext. 3052", Reach(phone="313-842-2375, ext. 3052")),
        ("model 123-456-78901 is not a phone", Reach()),
        (
            "at 888-256-1564 from 7:30 a.m. to 5 p.m. CT Monday through Friday, or",
            Reach("888-256-1564", "7:30 a.m. to 5 p.m. CT Monday through Friday"),
        ),
        (
            "by email at help@acme.example or www.acme.example/recall.",
            Reach(email="help@acme.example", url="https://www.acme.example/recall"),
        ),
        ("https:///x or https://acme.example", Reach(url="https://acme.example")),
        ("", Reach()),
    ],
)
def test_the_first_of_each_is_found(text: str, expected: Reach) -> None:
    assert reach(text) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTP://acme.example/a b", "http://acme.example/a%20b"),
        ("www.acme.example", "https://www.acme.example"),
        ("javascript:alert(1)", None),
        ("ftp://acme.example", None),
        ("https:///nowhere", None),
        ("https://", None),
        ("", None),
        (f"https://acme.example/{'x' * 500}", None),
    ],
)
def test_only_web_addresses_that_fit_are_links(url: str, expected: str | None) -> None:
    assert link(url) == expected
