"""What posts for an account is killed anywhere: nothing is lost, nothing stands there twice."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from tests.contracts.store_cases import postgresql_case, sqlite_case
from tests.drill.posts import PostDrill
from tests.drill.stands import STANDS

# Enough for both databases, for two at work, and for answers that were lost on the way.
POINTS, RECALLS = range(5), 7


@pytest.mark.postgres
@pytest.mark.parametrize("platform", STANDS)
async def test_a_killed_process_loses_no_post_and_doubles_none(
    platform: str, tmp_path: Path, postgres: str
) -> None:
    with ExitStack() as stack:
        cases = [
            stack.enter_context(sqlite_case(tmp_path)),
            stack.enter_context(postgresql_case(postgres, tmp_path)),
        ]
        async with STANDS[platform]() as stand:
            drills = [
                PostDrill(partial(case.fresh, empty=False), tmp_path, stand, RECALLS)
                for case in cases
            ]
            await drills[0].measure()
            drills[1].whole = drills[0].whole
            crashes = [await drills[seed % 2].crash(seed) for seed in POINTS]

    assert [one.lost for one in crashes] == [0] * len(POINTS)
    assert [one.doubled for one in crashes] == [0] * len(POINTS)
    if stand.sure:
        assert [one.unknown for one in crashes] == [0] * len(POINTS)
