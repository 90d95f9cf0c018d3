"""How many units, in which countries."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.sources.normalise import regions, unit_counts

US = ("US",)


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("About 1,158,000", [(US, 1_158_000)]),
        ("3800", [(US, 3800)]),
        ("481 000", [(US, 481_000)]),
        ("1.158.000", [(US, 1_158_000)]),
        ("More than 1.2 million (In addition, about 37,800 lights were sold in Canada)",
         [(US, 1_200_000), (("CA",), 37_800)]),
        ("1,2 million", [(US, 1_200_000)]),
        ("About 9,030 (Additionally, about six in Canada)", [(US, 9030), (("CA",), 6)]),
        ("About 1,060,000 (In addition, about 47,000 in Canada and 23,000 in Mexico)",
         [(US, 1_060_000), (("CA",), 47_000), (("MX",), 23_000)]),
        ("About 34,730 16-drawer ones (About 76,500 were previously recalled)", [(US, 34_730)]),
        ("About 75,400 Elite Steamers and about 119,000 Lil Steamers", [(US, 194_400)]),
        ("9,900 in Canada", [(("CA",), 9900)]),
        ("9,900 units were sold in Canada, and 1,158,000 in the United States from June 2016.",
         [(("CA",), 9900), (US, 1_158_000)]),
        ("117 US; 950 OUS", [(US, 117)]),
        ("500 French doors", [(US, 500)]),
        ("4,131 cases", []),
        ("Millions", []),
        ("", []),
    ],
)  # fmt: skip
def test_counts_are_told_apart_by_country(
    text: str, counts: list[tuple[tuple[str, ...], int]]
) -> None:
    assert list(unit_counts(text, US)) == counts


def test_a_count_for_no_country_at_all_is_none() -> None:
    assert unit_counts("About 500", ()) == ()


@given(st.text(max_size=80))
@example("9" * 60)
@example("about one million million")
def test_counting_never_raises(text: str) -> None:
    assert all(count.units > 0 and count.regions for count in unit_counts(text, US))


@pytest.mark.parametrize(
    ("names", "codes"),
    [
        ("United Stateso", ("US",)),
        ("China (BPB002 and PB0003)", ("CN",)),
        ("People's Republic of China", ("CN",)),
        ("Deutschland", ("DE",)),
        ("日本", ("JP",)),
        ("République tchèque", ("CZ",)),
        ("france entière", ("FR",)),
        ("Bosnia and Herzegovina", ("BA",)),
        ("Trinidad and Tobago", ("TT",)),
        ("AL, AR, AZ, CA, CO, FL", ("US",)),
        ("US:  MO, CA, FL, TX, Brazil, Belgium", ("US", "BR", "BE")),
        ("Worldwide", ("WORLD",)),
        ("Nationwide in the USA and Canada", ("US", "CA")),
        (["FR", "GB", "FR"], ("FR", "GB")),
        ("auvergne-rhône-alpes|bretagne", ()),
        ("", ()),
    ],
)
def test_countries_are_known_by_their_names(
    names: str | list[str], codes: tuple[str, ...]
) -> None:
    assert regions(names) == codes


def test_the_european_union_is_its_members() -> None:
    found = regions("EU")

    assert len(found) == 27
    assert {"FR", "DE", "HR"} <= set(found)
    assert "GB" not in found


@given(st.text(max_size=60))
def test_reading_countries_never_raises(text: str) -> None:
    assert all(code == "WORLD" or len(code) == 2 for code in regions(text))
