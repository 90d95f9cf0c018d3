"""Sealing: only the right key opens, nothing changed unseen, and marks tell no text."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import create_engine

from core.store.keyring import KeyRing, Seal, SealBroken, new_secret, place_of
from core.store.seal import Marked, Sealed, seal_with
from tests.builders import STEADY

OLD, NEW = "an old secret of a test", "a new secret of a test"
SEAL = Seal(KeyRing([NEW]), b"m" * 32)


@STEADY
@given(st.text(), st.text())
@example("", "\0")
def test_what_was_sealed_reads_as_it_was_and_never_twice_the_same(one: str, other: str) -> None:
    seals = [SEAL.text(text.encode("utf-8", "ignore").decode()) for text in (one, one, other)]

    assert SEAL.read(seals[0]) == one.encode("utf-8", "ignore").decode()
    assert len(set(seals)) == 3


@STEADY
@given(st.data())
def test_a_changed_byte_anywhere_is_noticed(data: st.DataObject) -> None:
    sealed = bytearray(SEAL.text("serial AJQ0123456"))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))

    with pytest.raises(SealBroken):
        SEAL.read(bytes(sealed))


@pytest.mark.parametrize("length", [0, 3, 4, 15, 16, 20, 31])
def test_a_sealed_value_that_was_cut_off_is_noticed(length: int) -> None:
    cut = SEAL.text("something that was said")[:length]

    with pytest.raises(SealBroken):
        SEAL.read(cut)


def test_another_key_does_not_open_it_and_the_refusal_names_nothing() -> None:
    sealed = KeyRing([OLD]).seal(b"private")

    with pytest.raises(SealBroken) as error:
        KeyRing([NEW]).open(sealed)

    assert error.value.reason == "the database was sealed with a secret key that is not given"


def test_the_first_of_two_secrets_seals_and_both_open() -> None:
    before, both = KeyRing([OLD]), KeyRing([NEW, OLD])

    sealed_before, sealed_now = before.seal(b"then"), both.seal(b"now")

    assert both.open(sealed_before) == b"then"
    assert KeyRing([NEW]).open(sealed_now) == b"now"
    assert (both.stale(sealed_before), both.stale(sealed_now)) == (True, False)
    assert sealed_now.startswith(both.name)
    assert both.count == 2


def test_a_secret_given_twice_is_one() -> None:
    assert KeyRing([OLD, OLD]).count == 1


@pytest.mark.parametrize("secrets", [[], ["short"], [OLD, "short"]])
def test_no_secret_or_a_short_one_is_refused_without_being_told(secrets: list[str]) -> None:
    with pytest.raises(ValueError, match="at least 16 characters") as error:
        KeyRing(secrets)

    assert "short" not in str(error.value)


def test_secrets_that_change_in_use_are_taken_before_anything_is_sealed() -> None:
    coming = [[NEW, OLD], None, None]
    ring = KeyRing([OLD], lambda: coming.pop(0) if coming else None)
    sealed = ring.seal(b"anything")

    assert KeyRing([NEW]).open(sealed) == b"anything"


def test_a_value_sealed_with_a_secret_that_came_meanwhile_is_opened() -> None:
    sealed = KeyRing([NEW]).seal(b"by another process")
    ring = KeyRing([OLD], lambda: [NEW, OLD])

    opened = ring.open(sealed)

    assert opened == b"by another process"


def test_a_mark_is_the_same_for_the_same_text_of_a_kind_in_one_database_alone() -> None:
    other = Seal(SEAL.ring, b"n" * 32)
    later = Seal(KeyRing([OLD]), SEAL.marking)

    mark = SEAL.mark("code", "AJQ0123456")

    assert mark == SEAL.mark("code", "AJQ0123456") == later.mark("code", "AJQ0123456")
    assert len(mark) == 16
    assert mark not in {
        SEAL.mark("place", "AJQ0123456"),
        SEAL.mark("code", "AJQ0123457"),
        other.mark("code", "AJQ0123456"),
    }


def test_places_of_different_channels_and_odd_chats_are_told_apart() -> None:
    places = [("a", "bc"), ("ab", "c"), ("a", "b\ud800"), ("a", "b?"), ("a", "")]

    marks = {SEAL.mark("place", place_of(*place)) for place in places}

    assert len(marks) == len(places)


def test_new_secrets_are_long_and_never_alike() -> None:
    secrets = {new_secret() for _ in range(100)}

    assert len(secrets) == 100
    assert min(map(len, secrets)) == 43


def test_neither_key_nor_seal_shows_its_secret() -> None:
    shown = f"{SEAL!r} {KeyRing([OLD])!r}"

    assert OLD not in shown
    assert NEW not in shown
    assert repr(SEAL.marking) not in shown


def test_columns_seal_on_the_way_in_and_open_on_the_way_out() -> None:
    dialect = create_engine("sqlite://").dialect
    seal_with(dialect, SEAL)
    sealed, marked = Sealed(), Marked("code")

    kept = sealed.process_bind_param("a\0 serial\ud800", dialect)
    found = marked.process_bind_param("CODE", dialect)

    assert kept is not None
    assert b"serial" not in kept
    assert sealed.process_result_value(kept, dialect) == "a serial"
    assert found == SEAL.mark("code", "CODE")
    assert marked.process_result_value(found, dialect) == found.hex()
    assert sealed.process_bind_param(None, dialect) is None
    assert sealed.process_result_value(None, dialect) is None
    assert marked.process_bind_param(None, dialect) is None
    assert marked.process_result_value(None, dialect) is None
