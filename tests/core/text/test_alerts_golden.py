"""Three real recalls as their owners read them, word for word, in three languages.

Where a text or a recall changes on purpose, write what the test shows into the file it names.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from bots.render import plain
from core.match.decide import decide
from core.model.unit import Unit
from core.text.alerts.feed_posts import feed_post
from core.text.alerts.first import first_alert
from core.text.alerts.parts import Mine, News
from core.text.alerts.reminders import reminder
from tests.core.text.alerts_stage import (
    ALERT,
    TOLD_AT,
    catalogue,
    knowledge,
    reader,
)

FOLDER = Path(__file__).parents[2] / "fixtures" / "alerts"
BETWEEN = "\n\n==========\n\n"
UNITS: Mapping[str, tuple[Unit, tuple[str, ...]]] = MappingProxyType(
    {
        "anker-a1263": (
            Unit("Anker", "A1263", {"region": "US"}),
            ("anker-a1263-us-2025-06", "anker-a1263-jp-2025-10"),
        ),
        "iniu-bi-b41": (
            Unit("INIU", "BI-B41", {"region": "US", "serial": "000G21"}, confirmed=True),
            ("iniu-bi-b41-2025-12",),
        ),
        "romoss-pac20-272": (
            Unit("Romoss", "PAC20-272", {"region": "JP"}),
            ("romoss-2025-06",),
        ),
    }
)


def told(name: str, lang: str) -> str:
    """Return the first alert, the third reminder and the post of a group, as plain text."""
    unit, ids = UNITS[name]
    by_id = {notice.id: notice for notice in catalogue().notices}
    notices = tuple(by_id[one] for one in ids)
    who, news = reader(lang, unit.region), News(ALERT, notices)
    mine = Mine(unit, decide(unit, notices, knowledge()), "No. 1")
    said = (
        first_alert(news, mine, who),
        reminder(3, news, mine, TOLD_AT, who),
        feed_post(news, (), who),
    )
    return BETWEEN.join(map(plain, said)) + "\n"


@pytest.mark.parametrize("lang", ["en", "de", "ja"])
@pytest.mark.parametrize("name", UNITS)
def test_a_real_recall_is_told_word_for_word_as_it_was_read_over(name: str, lang: str) -> None:
    path = FOLDER / f"{name}.{lang}.txt"

    said = told(name, lang)

    assert said == path.read_text(encoding="utf-8")
