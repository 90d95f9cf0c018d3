"""Which notices an account posts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.alert.plan import fits
from core.model.public import Account, Rules
from core.model.recall import HazardKind
from core.model.subscriber import GroupFeed
from core.publish.rules import wants
from tests.builders import STEADY, a_notice

NOTICE = a_notice(category="power-bank")
COUNTRIES = st.lists(st.sampled_from(("US", "DE", "JP")), unique=True).map(tuple)
HAZARDS = st.lists(st.sampled_from(HazardKind), unique=True, max_size=3).map(tuple)
CATEGORIES = st.lists(st.sampled_from(("power-bank", "toys")), unique=True).map(tuple)
BRANDS = st.lists(st.sampled_from(("ACME", "acme!", "Anker")), unique=True).map(tuple)
RULES = st.builds(
    Rules, countries=COUNTRIES, hazards=HAZARDS, categories=CATEGORIES, brands=BRANDS
)


def account(rules: Rules, *, active: bool = True) -> Account:
    return Account(1, "mastodon", "agency", "Agency", rules, active=active)


def test_without_rules_every_notice_is_posted() -> None:
    assert wants(account(Rules()), NOTICE)


@pytest.mark.parametrize(
    ("rules", "posted"),
    [
        (Rules(countries=("DE",)), False),
        (Rules(countries=("DE", "US")), True),
        (Rules(hazards=(HazardKind.FALL,)), False),
        (Rules(hazards=(HazardKind.FIRE,)), True),
        (Rules(categories=("toys",)), False),
        (Rules(brands=("ÁCME",)), True),
        (Rules(brands=("acme",)), True),
        (Rules(countries=("US",), brands=("Anker",)), False),
    ],
)
def test_a_notice_is_posted_that_fits_one_of_each_list(rules: Rules, posted: bool) -> None:  # noqa: FBT001 - a row of the table
    assert wants(account(rules), NOTICE) is posted


def test_what_holds_everywhere_is_of_every_country() -> None:
    assert wants(account(Rules(countries=("JP",))), a_notice(regions=("WORLD",)))


def test_an_account_that_is_not_active_posts_nothing() -> None:
    assert not wants(account(Rules(), active=False), NOTICE)


@STEADY
@given(RULES)
def test_an_account_and_a_feed_with_the_same_lists_tell_the_same(rules: Rules) -> None:
    feed = replace(
        GroupFeed(active=True),
        countries=rules.countries,
        hazards=rules.hazards,
        categories=rules.categories,
        brands=rules.brands,
    )

    assert wants(account(rules), NOTICE) is fits(feed, NOTICE)
