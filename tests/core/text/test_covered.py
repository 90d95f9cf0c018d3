"""Which units a text says are covered: never those a rule takes out, nor more than it says."""

from __future__ import annotations

import pytest

from core.model.message import Block
from core.model.recall import Notice
from core.text.alerts.feed_posts import feed_post
from core.text.alerts.first import first_alert
from core.text.alerts.parts import News, of_product
from core.text.covered import Coverage, coverage_of, models_of
from core.text.names import product_name
from core.text.translations import translator
from tests.builders import a_code_rule, a_model, a_notice, a_rule, a_unit, all_of
from tests.core.text.alerts_stage import ALERT, reader, thing

BUT_X999 = a_rule(
    {
        "op": "and",
        "of": [
            {"op": "model", "any_of": ["X100"]},
            {"op": "not", "rule": {"op": "model", "any_of": ["X999"]}},
        ],
    }
)
CODED = all_of(a_model(), a_code_rule(starts=("57V",)))
LISTED = all_of(a_model(), a_rule({"op": "checker"}))
WORDED = all_of(a_model(), a_rule({"op": "unparsed", "verbatim": "certain units"}))
NOT_CODED = all_of(
    a_model(),
    a_rule({"op": "not", "rule": {"op": "code", "field": "serial", "starts": ["A"]}}),
)


def covered(notice: Notice) -> Block:
    (said,) = of_product(News(ALERT, (notice,)), reader()).why
    return said


def test_a_model_that_is_taken_out_is_named_in_no_alert_and_no_name() -> None:
    notice = a_notice(BUT_X999)
    news = News(ALERT, (notice,))

    said = [
        first_alert(news, thing(a_unit(), notice), reader()).plain,
        feed_post(news, (), reader()).plain,
        product_name(a_unit(), notice, translator("en")),
    ]

    assert models_of(notice) == ("X100",)
    assert not any("X999" in text for text in said)


@pytest.mark.parametrize(
    ("notice", "coverage"),
    [
        (a_notice(), Coverage.EVERY_UNIT),
        (a_notice(complete=False), Coverage.UNKNOWN),
        (a_notice(CODED), Coverage.SOME_UNITS),
        (a_notice(LISTED), Coverage.SOME_UNITS),
        (a_notice(WORDED, complete=False), Coverage.UNKNOWN),
        (a_notice(NOT_CODED), Coverage.UNKNOWN),
    ],
)
def test_only_a_code_a_date_or_a_list_makes_it_certain_units(
    notice: Notice, coverage: Coverage
) -> None:
    assert coverage_of(notice) is coverage


def test_an_incomplete_notice_is_not_said_to_cover_certain_units_only() -> None:
    draft, coded = a_notice(complete=False), a_notice(CODED)

    said = [covered(one) for one in (draft, coded, a_notice())]

    assert [one.text for one in said] == [
        "Check here whether yours is covered:",
        "The notice covers certain units only. Compare yours with it:",
        "The notice covers every unit of it.",
    ]
    assert [one.url is None for one in said] == [False, False, True]


def test_the_post_of_a_group_says_the_same() -> None:
    draft = a_notice(complete=False)

    said = feed_post(News(ALERT, (draft,)), (), reader()).plain

    assert "certain units" not in said
    assert "Check here whether yours is covered:" in said
