"""The recalls that ship with the bot: every example as judged, every word as allowed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from core.catalogue.file import FOLDER
from core.catalogue.load import load, reviewed
from core.catalogue.read import read
from core.match.decide import Knowledge, decide, judge
from core.model.lexicon import Lexicon
from core.model.recall import Citation, RemedyKind
from core.model.rule import CodeRule, walk
from core.model.unit import Unit
from core.model.verdict import SourceAge

FILES = tuple(read(path) for path in sorted(FOLDER.glob("*.json")))
NOTICES = {notice.id: notice for file in FILES for notice in file.recalls}
LEXICON = Lexicon.of([maker for file in FILES for maker in file.makers], NOTICES.values())
NOW = datetime(2026, 11, 22, tzinfo=UTC)
KNOWLEDGE = Knowledge(LEXICON, (SourceAge("catalogue", NOW, timedelta(days=90)),), NOW)
REASSURING = re.compile(
    r"\b(safe|safely|voluntar\w*|precaution\w*|discretionary|minimal\w*|rare|rarely|"
    r"out of (an abundance of )?caution|good news|no reported incidents)\b",
    re.IGNORECASE,
)


def overall(brand, model, **facts):
    unit = Unit(brand, model, facts, confirmed=True)
    return decide(unit, NOTICES.values(), KNOWLEDGE).verdict.value


def texts_of(value):
    """Yield every text a person may read, addresses and ids left out."""
    if isinstance(value, Citation):
        yield value.says
    elif isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from texts_of(part)
    elif hasattr(value, "model_fields_set"):
        for name in type(value).model_fields:
            if name not in {
                "url",
                "claim_url",
                "checker",
                "linked",
                "id",
                "source",
                "examples",
            }:
                yield from texts_of(getattr(value, name))


def test_every_file_loads_and_every_example_gets_its_verdict():
    files = load(FOLDER, judge)

    assert len(files) == len(FILES)
    assert reviewed(files).isoformat() == "2026-11-22"


def test_every_recall_has_examples():
    bare = [notice.id for notice in NOTICES.values() if not notice.examples]

    assert bare == []


@pytest.mark.parametrize("notice", NOTICES.values(), ids=NOTICES.keys())
def test_no_text_plays_the_risk_down(notice):
    found = [text for text in texts_of(notice) if REASSURING.search(text)]

    assert found == []


@pytest.mark.parametrize(
    "notice", [n for n in NOTICES.values() if n.complete], ids=lambda notice: notice.id
)
def test_a_complete_rule_says_what_a_well_formed_code_is(notice):
    codes = [node for node in walk(notice.units) if isinstance(node, CodeRule)]

    silent = [rule for rule in codes if rule.field != "upc" and not (rule.length or rule.shape)]

    assert silent == []


def test_primary_sources_come_first():
    late = [
        notice.id
        for notice in NOTICES.values()
        if notice.main_source.kind.primary is not notice.sources[0].kind.primary
    ]

    assert late == []


@pytest.mark.parametrize(
    ("number", "id"),
    [
        ("24146", "anker-everfrost-us-2024-03"),
        ("24271", "mycharge-us-2024-06"),
        ("24287", "baseus-us-2024-06"),
        ("24344", "ikea-varmfront-us-2024-08"),
        ("25011", "anker-us-2024-10"),
        ("25035", "quad-lock-us-2024-11"),
        ("25056", "anker-speakers-2024"),
        ("25061", "belkin-bpd005-2024-12"),
        ("25072", "charmast-w1056-2024-12"),
        ("25190", "velvet-caviar-us-2025-03"),
        ("25227", "casely-e33a-2025-04"),
        ("25248", "baseus-us-2025-05"),
        ("25304", "iwalk-us-2025-05"),
        ("25338", "anker-a1263-us-2025-06"),
        ("25390", "istore-us-2025-07"),
        ("25437", "esr-us-2025-08"),
        ("26002", "kogalla-us-2025-10"),
        ("26011", "esr-us-2025-10"),
        ("26090", "belkin-us-2025-11"),
        ("26135", "iniu-bi-b41-2025-12"),
        ("26179", "isla-rae-us-2026-01"),
    ],
)
def test_each_us_power_bank_recall_cites_its_record_first(number, id):  # noqa: A002
    notice = NOTICES[id]

    assert notice.number == number
    assert notice.main_source is notice.sources[0]
    assert notice.sources[0].url.startswith("https://www.cpsc.gov/Recalls/")


@pytest.mark.parametrize(
    ("unit", "verdict"),
    [
        ({"brand": "IKEA", "model": "E2038", "date_code": "2317"}, "check_needed"),
        ({"brand": "IKEA", "model": "E2037", "date_code": "2322"}, "affected"),
        ({"brand": "IKEA", "model": "E2038", "date_code": "2322"}, "check_needed"),
        ({"brand": "IKEA", "model": "CALYPSO", "date_code": "1820"}, "not_affected"),
        ({"brand": "Kidde", "model": "FA110", "date_code": "1234 30014 7"}, "check_needed"),
        ({"brand": "Lenovo", "model": "PBLG2W", "date_code": "22/09"}, "not_affected"),
        ({"brand": "Lenovo", "model": "PBLG2W", "date_code": "21/12"}, "check_needed"),
        ({"brand": "Romoss", "model": "PAC20-272", "batch": "M14-Q2"}, "affected"),
        ({"brand": "Romoss", "model": "PAC20-392", "batch": "M14-Q2"}, "check_needed"),
        (
            {"brand": "Anker", "model": "A1263", "region": "JP", "bought": "2024"},
            "check_needed",
        ),
        (
            {"brand": "Anker", "model": "A1263", "region": "US", "bought": "2024"},
            "check_needed",
        ),
        (
            {"brand": "Anker", "model": "A1647", "region": "JP", "bought": "2024-05"},
            "affected",
        ),
        ({"brand": "Soundcore", "model": "A3130", "colour": "white"}, "check_needed"),
        ({"brand": "Belkin", "model": "BPB002"}, "affected"),
        ({"brand": "Samsung", "model": None, "product": "Galaxy Note7"}, "affected"),
        ({"brand": "Anker", "model": "A1388"}, "no_recall_found"),
        ({"brand": "UGREEN", "model": "PB511"}, "no_recall_found"),
    ],
)
def test_all_recalls_together_answer_the_known_traps(unit, verdict):
    got = overall(**unit)

    assert got == verdict


def test_the_newer_remedy_for_the_five_anker_models_is_a_refund():
    remedies = [r for r in NOTICES["anker-rc2506-2025-06"].remedies if "US" in r.regions]

    newest = max(remedies, key=lambda remedy: remedy.since)

    assert [option.kind for option in newest.options] == [
        RemedyKind.REFUND,
        RemedyKind.GIFT_CARD,
    ]


def test_the_remedy_of_another_product_is_nowhere():
    notice = NOTICES["iniu-bi-b41-2025-12"]

    told = " ".join(remedy.text for remedy in notice.remedies)

    assert [option.kind for option in notice.remedies[0].options] == [RemedyKind.REFUND]
    assert "planer" not in told
    assert "Grizzly" not in told


def test_no_alias_is_claimed_by_two_makers():
    claimed = [
        name.casefold()
        for maker in LEXICON.makers
        for name in {*(n.casefold() for n in (maker.name, *maker.brands, *maker.aliases))}
    ]

    twice = {name for name in claimed if claimed.count(name) > 1}

    assert twice == set()
