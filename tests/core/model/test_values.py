"""The small values everybody shares: units, verdicts, freshness, messages, names."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.model.lexicon import KnownModel, KnownName, Lexicon
from core.model.message import Block, Message, Role
from core.model.recall import Example, SourceKind
from core.model.unit import Unit
from core.model.verdict import FreshSources, StaleSourcesError, Verdict, most_severe
from tests.builders import NOW, a_maker, a_model, a_notice, a_rule, a_unit, an_age


def test_severity_runs_from_affected_to_not_affected() -> None:
    order = [
        Verdict.AFFECTED,
        Verdict.CHECK_NEEDED,
        Verdict.CANNOT_ANSWER,
        Verdict.NO_RECALL_FOUND,
        Verdict.NOT_AFFECTED,
    ]

    worst = [most_severe(order[index:]) for index in range(len(order))]

    assert worst == order
    assert most_severe([]) is None


def test_a_source_is_fresh_up_to_its_limit_and_not_beyond() -> None:
    at_the_limit = an_age(days=7, limit=7)

    assert at_the_limit.fresh(NOW)
    assert not at_the_limit.fresh(NOW + timedelta(seconds=1))


@pytest.mark.parametrize("ages", [(), (an_age(), an_age(days=8))])
def test_stale_or_absent_sources_are_no_proof(ages: tuple[object, ...]) -> None:
    with pytest.raises(StaleSourcesError):
        FreshSources(ages, NOW)  # type: ignore[arg-type]


def test_what_is_learnt_of_a_unit_is_added_to_a_copy() -> None:
    unit = a_unit(serial="1", region="us")

    told = unit.knowing(serial="2", colour="red")

    assert (unit.serial, told.serial) == ("1", "2")
    assert told.facts["colour"] == "red"
    assert told.region == "US"
    assert Unit().region is None
    assert Unit().serial is None


def test_a_message_in_plain_text_keeps_its_links() -> None:
    message = Message(
        (Block(Role.VERDICT, "Recalled."), Block(Role.SOURCE, "CPSC", "https://x"))
    )

    assert message.plain == "Recalled.\n\nCPSC https://x"


def test_news_is_never_primary() -> None:
    assert [kind for kind in SourceKind if not kind.primary] == [SourceKind.NEWS]


def test_the_facts_of_an_example_are_its_further_keys_as_text() -> None:
    example = Example.model_validate({"model": "X100", "want": "affected", "date_code": 2313})

    assert example.facts == {"date_code": "2313"}


def test_the_lexicon_knows_models_names_and_their_makers() -> None:
    note = a_rule({"op": "attr", "field": "product", "any_of": ["Galaxy Note7"]})
    colour = a_rule({"op": "attr", "field": "colour", "any_of": ["red"]})
    notices = [
        a_notice(a_model("X100"), names=("PowerBrick",)),
        a_notice(a_model("x-100", "Y200"), brands=("Acme", "Bolt")),
        a_notice(note, brands=("Samsung",), names=("Note 7",)),
        a_notice(colour, brands=("Bolt",)),
    ]

    lexicon = Lexicon.of([a_maker(aliases=("アクメ",))], notices)

    assert KnownModel(model="X100", brands=("Acme", "Bolt")) in lexicon.models
    assert KnownModel(model="Y200", brands=("Acme", "Bolt")) in lexicon.models
    assert KnownName(name="PowerBrick", brand="Acme") in lexicon.names
    assert KnownName(name="Note 7", brand="Samsung", product="Galaxy Note7") in lexicon.names


def test_the_lexicon_finds_a_makers_alphabet_by_any_of_its_names() -> None:
    lexicon = Lexicon.of([a_maker(aliases=("アクメ",))], [])

    assert "O" not in lexicon.alphabet("アクメ", "serial")
    assert lexicon.alphabet("acme", "serial")
    assert lexicon.alphabet("acme", "batch") == ""
    assert lexicon.alphabet("Bolt", "serial") == ""
    assert lexicon.alphabet(None, "serial") == ""
