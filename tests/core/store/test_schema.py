"""Times and texts on their way into the database and out of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Dialect, make_url

from core.store.schema import NaiveTimeError, PlainText, UtcDateTime
from tests.builders import STEADY

DIALECTS = [make_url(url).get_dialect()() for url in ("sqlite://", "postgresql+psycopg://")]


FIRST = datetime(1900, 1, 2)  # noqa: DTZ001 - Hypothesis adds the zone
LAST = datetime(9999, 12, 30)  # noqa: DTZ001 - Hypothesis adds the zone


@STEADY
@given(moment=st.datetimes(FIRST, LAST, timezones=st.timezones()))
@example(moment=datetime(2026, 10, 25, 2, 30, tzinfo=timezone(timedelta(hours=14)), fold=1))
def test_a_moment_survives_both_databases(moment: datetime) -> None:
    kind = UtcDateTime()

    for dialect in DIALECTS:
        back = kind.process_result_value(kind.process_bind_param(moment, dialect), dialect)

        assert back == moment.astimezone(UTC)
        assert back.tzinfo is UTC


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_naive_moment_is_refused(dialect: Dialect) -> None:
    with pytest.raises(NaiveTimeError, match="needs a zone"):
        UtcDateTime().process_bind_param(datetime(2026, 6, 14), dialect)  # noqa: DTZ001 - refused


@pytest.mark.parametrize("dialect", DIALECTS)
def test_nothing_stays_nothing(dialect: Dialect) -> None:
    assert UtcDateTime().process_bind_param(None, dialect) is None
    assert UtcDateTime().process_result_value(None, dialect) is None
    assert PlainText().process_bind_param(None, dialect) is None


def test_text_loses_only_what_postgresql_cannot_hold() -> None:
    kept = PlainText().process_bind_param("a\0b\ud800c 🛏 \n é", DIALECTS[1])

    assert kept == "abc 🛏 \n é"
