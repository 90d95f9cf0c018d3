"""Every word on the pages comes from the catalogue, and every word there is used."""

from __future__ import annotations

import re

from bots.web.asked import NARROWING
from bots.web.pages import HERE, KNOWN_ERRORS, Words
from core.ingest.alarms import AlarmKind
from core.model.recall import HazardKind, Kind, SourceKind, State
from tests.bots.web.conftest import page_texts

KEY = re.compile(r"""["']((?:web|unit|embed)_[a-z0-9_]+)["']""")
# Keys that are put together from one of these and a value.
PREFIXES = (
    *("web_error_", "web_kind_", "web_state_", "web_source_", "web_revision_"),
    *("web_hazard_", "web_filter_", "web_alarm_"),
    *("web_outbox_state_", "web_outbox_reason_", "web_outbox_why_", "web_outbox_"),
    *("embed_theme_", "embed_check_", "embed_recalls_"),
    *("unit_model_", "unit_inspect_", "unit_code_", "unit_date_", "unit_"),
)


def written() -> set[str]:
    sources = [template.read_text() for template in HERE.glob("templates/*.html")]
    sources += [module.read_text() for module in HERE.glob("*.py")]
    return {key for source in sources for key in KEY.findall(source)} - set(PREFIXES)


def test_every_text_a_page_asks_for_exists(words: Words) -> None:
    english = words("en")

    missing = sorted(key for key in written() if not english.has(key))

    assert missing == []


def test_every_text_is_asked_for() -> None:
    unused = sorted(key for key in page_texts() - written() if not key.startswith(PREFIXES))

    assert unused == []


def test_every_status_kind_and_source_has_its_words(words: Words) -> None:
    english = words("en")
    keys = [f"web_error_{status}" for status in KNOWN_ERRORS]
    keys += [f"web_kind_{kind}" for kind in Kind]
    keys += [f"web_source_{kind}" for kind in SourceKind]
    keys += [f"web_hazard_{kind}" for kind in HazardKind]
    keys += [f"web_alarm_{kind}" for kind in AlarmKind]
    keys += [f"web_filter_{name}" for name in NARROWING]
    keys += [f"web_state_{state}" for state in State if state is not State.OPEN]

    assert [key for key in keys if not english.has(key)] == []


def test_templates_hold_no_words_of_their_own() -> None:
    said = []
    for template in HERE.glob("templates/*.html"):
        text = re.sub(
            r"\{\{.*?\}\}|\{%.*?%\}|<[^>]*>", " ", template.read_text(), flags=re.DOTALL
        )
        said += re.findall(r"[A-Za-z]{2,}", text)

    assert set(said) <= {"noindex"}
