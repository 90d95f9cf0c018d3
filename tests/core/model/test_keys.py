"""Whatever a person typed for a model shares a key with the notice that recalls it."""

from __future__ import annotations

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.model.identifier import LOOK_ALIKES, deletions, fold, one_edit_apart, skeleton
from core.model.keys import Probe, bar_code, keys_of_notice, probe_of_unit
from core.model.rule import Or
from tests.builders import STEADY, a_code_rule, a_model, a_notice, a_rule, a_unit, all_of

LETTERS = string.ascii_uppercase + string.digits
MODELS = st.text(LETTERS, min_size=4, max_size=24)
ALIKE = {character: group for group in LOOK_ALIKES for character in group}


def _shares_a_key(typed: str, printed: str) -> bool:
    notice = keys_of_notice(a_notice(a_model(printed)))
    return bool(notice & set(probe_of_unit(a_unit(typed)).keys))


@STEADY
@given(model=MODELS, draw=st.data())
def test_a_model_typed_with_look_alikes_shares_a_key(model: str, draw: st.DataObject) -> None:
    typed = "".join(draw.draw(st.sampled_from(ALIKE.get(c, c))) for c in model)

    assert _shares_a_key(typed, model)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [("BI-841", "BI-B41"), ("OOO0", "0000"), ("2G5O5", "2G505"), ("SI00I", "S1001")],
)
def test_every_character_a_look_alike_still_shares_a_key(typed: str, printed: str) -> None:
    assert _shares_a_key(typed, printed)


@STEADY
@given(model=MODELS, place=st.integers(0, 23), other=st.sampled_from(LETTERS))
@example(model="A126", place=3, other="X")  # the shortest, one character lost
@example(model="A" * 24, place=0, other="B")  # the longest
def test_a_model_with_one_typing_error_shares_a_key(model: str, place: int, other: str) -> None:
    at = place % len(model)
    swapped = model[:at] + model[at : at + 2][::-1] + model[at + 2 :]
    wrong = model[:at] + other + model[at + 1 :]
    lost = model[:at] + model[at + 1 :]
    added = model[:at] + other + model[at:]

    for typed in (model, swapped, wrong, lost, added):
        assert _shares_a_key(typed, model), typed


@STEADY
@given(model=MODELS, tail=st.text(LETTERS, max_size=4))
@example(model="A1263", tail="016")
def test_a_model_with_a_tail_shares_a_key(model: str, tail: str) -> None:
    assert _shares_a_key(model + tail, model)


@STEADY
@given(model=MODELS)
@example(model="A1263016")
def test_the_first_part_of_a_model_begins_one_of_its_keys(model: str) -> None:
    keys = keys_of_notice(a_notice(a_model(model)))

    begins = probe_of_unit(a_unit(model[: max(4, len(model) // 2)])).begins

    assert begins is not None
    assert any(key.startswith(begins) for key in keys)


def test_the_first_part_is_found_through_a_look_alike_too() -> None:
    begins = probe_of_unit(a_unit("AI26")).begins

    assert begins is not None
    assert any(key.startswith(begins) for key in keys_of_notice(a_notice(a_model("A1263"))))


@STEADY
@given(typed=st.text(LETTERS, min_size=3, max_size=8), model=MODELS)
def test_whatever_the_rules_call_one_edit_the_keys_find(typed: str, model: str) -> None:
    if one_edit_apart(skeleton(typed), skeleton(model)):
        assert _shares_a_key(typed, model)


@STEADY
@given(facts=st.dictionaries(st.sampled_from(["upc", "name", "asin", "serial"]), st.text()))
def test_no_text_breaks_the_keys(facts: dict[str, str]) -> None:
    probe = probe_of_unit(a_unit(facts.get("name"), facts.get("asin"), **facts))

    assert len(set(probe.keys)) == len(probe.keys)


def test_bar_codes_of_all_lengths_meet_at_fourteen_digits() -> None:
    notice = a_notice(a_code_rule(field="upc", eq=["741235975076"]))

    probe = probe_of_unit(a_unit(None, None, ean="0 741235 97507 6"))

    assert bar_code("741235975076") == "00741235975076"
    assert keys_of_notice(notice) & set(probe.keys)


def test_a_bar_code_typed_with_a_letter_o_is_found() -> None:
    notice = a_notice(a_code_rule(field="upc", eq=["741235975076"]))

    probe = probe_of_unit(a_unit(None, None, upc="74I23597SO76"))

    assert keys_of_notice(notice) & set(probe.keys)


def test_a_retailers_id_is_found_through_its_look_alikes() -> None:
    notice = a_notice(a_code_rule(field="asin", eq=["B00LRK8EVO"]))

    assert keys_of_notice(notice) & set(probe_of_unit(a_unit(None, asin="BOOLRK8EV0")).keys)


def test_a_notice_without_models_is_found_by_its_brand() -> None:
    notice = a_notice(a_code_rule(starts=["6BZLU"]), brands=("HP", "Compaq"))

    keys = keys_of_notice(notice)

    assert {"b:HP", "k:HP", "b:COMPAQ", "k:COMPAQ"} <= keys
    assert "k:HP" in probe_of_unit(a_unit("15-dv1000", "HP")).keys
    assert "b:HP" in probe_of_unit(a_unit(None, "hp")).keys


def test_a_notice_with_models_is_found_by_brand_only_where_no_model_is_known() -> None:
    keys = keys_of_notice(a_notice())

    assert not keys & set(probe_of_unit(a_unit("Z900")).keys)
    assert keys & set(probe_of_unit(a_unit(None)).keys)


def test_product_names_are_keys() -> None:
    product = a_rule({"op": "attr", "field": "product", "any_of": ["Galaxy Note7"]})
    notice = a_notice(Or(op="or", of=(product, a_model())), names=("Note 7",))

    keys = keys_of_notice(notice)

    assert {"n:GALAXYNOTE7", "n:NOTE7", "n:ACMEX100POWERBANK", "m:X100"} <= keys
    assert keys & set(probe_of_unit(a_unit(None, None, name="note-7")).keys)
    assert keys & set(probe_of_unit(a_unit(None, None, product="Galaxy Note7")).keys)


def test_a_unit_nothing_is_known_of_is_not_looked_up() -> None:
    assert probe_of_unit(a_unit(None, None)) == Probe(())


def test_a_part_too_short_to_tell_is_not_searched_by_its_beginning() -> None:
    assert probe_of_unit(a_unit("A12")).begins is None


def test_a_long_part_number_is_found_without_its_neighbours() -> None:
    long = "X" * 40
    notice = keys_of_notice(a_notice(all_of(a_model(long), a_code_rule(starts=["1"]))))

    assert notice & set(probe_of_unit(a_unit(long)).keys)
    assert not any(key.startswith("d:") for key in notice)
    assert len(deletions(fold(long))) == 1
