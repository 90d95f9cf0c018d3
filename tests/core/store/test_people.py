"""What is decided of people without a database: interests, codes in buttons, tries."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from core.channel import Address
from core.model.identifier import fold, skeleton
from core.model.recall import HazardKind
from core.model.subscriber import Interest
from core.store.interests import keyword_fits
from core.store.links import GOOD_FOR, LETTERS, MOST_CHATS, MOST_TRIES, Tries
from core.store.pressed import codes_in
from core.store.words import words_of
from tests.builders import NOW, STEADY, a_notice

ADA, BOB = Address("web", "ada"), Address("web", "bob")


@STEADY
@given(
    parts=st.lists(
        st.text(st.sampled_from("ABCDEFGHJKLMNPQRSTUVWXYZ23456789"), min_size=1, max_size=8),
        min_size=1,
        max_size=4,
    ),
    before=st.text(max_size=20),
    after=st.text(max_size=20),
)
@example(parts=["AB", "12", "34"], before="serial", after="?")
@example(parts=["AFVDC20G17301234"], before="", after="")
def test_a_code_is_found_in_the_words_of_a_button_however_it_is_parted(
    parts: list[str], before: str, after: str
) -> None:
    code = fold("".join(parts))

    found = codes_in(f"{before} {'-'.join(parts)} {after}")
    spaced = codes_in(f"{before} {' '.join(parts)} {after}")

    worth = len(code) >= 5 and any(map(str.isdigit, code))
    assert (code in found) >= worth
    assert (code in spaced) >= worth


@STEADY
@given(words=st.text(st.characters(exclude_categories=["Nd", "No", "Nl"]), max_size=60))
def test_what_has_no_digit_is_no_code(words: str) -> None:
    assert all(any(map(str.isdigit, code)) for code in codes_in(words))


@STEADY
@given(text=st.text(min_size=1, max_size=30))
@example(text="Ärzte  &\u00a0Cö")
@example(text="ﬁre")
def test_an_interest_is_the_same_however_often_it_is_folded(text: str) -> None:
    once = Interest(brand=text, category=text, country=text, keyword=text)
    brand, category, _, country, keyword = once.spec

    again = Interest(brand, category, None, country, keyword)

    assert again.spec == once.spec


def test_an_interest_of_marks_alone_is_empty() -> None:
    assert Interest(brand="--", keyword=" ").empty
    assert not Interest(hazard=HazardKind.FIRE).empty


@STEADY
@given(index=st.integers(0, 20), length=st.integers(1, 10))
def test_the_beginning_of_a_word_finds_its_notice(index: int, length: int) -> None:
    words = words_of(a_notice()).split()
    word = words[index % len(words)]

    assert keyword_fits(word[:length], words)
    assert not keyword_fits(f"{word}zz", words)


def test_a_chat_may_try_again_once_its_tries_are_old() -> None:
    tries = Tries()
    for minute in range(MOST_TRIES):
        tries.wrong(ADA, NOW + timedelta(minutes=minute))

    assert not tries.allowed(ADA, NOW + timedelta(minutes=MOST_TRIES))
    assert tries.allowed(BOB, NOW + timedelta(minutes=MOST_TRIES))
    assert tries.allowed(ADA, NOW + GOOD_FOR)


def test_tries_of_many_chats_take_no_more_room_than_those_of_some() -> None:
    tries = Tries()

    for chat in range(MOST_CHATS + 10):
        tries.wrong(Address("web", str(chat)), NOW)

    assert len(tries._wrong) == MOST_CHATS


def test_no_two_letters_of_a_code_are_mistaken_for_one_another() -> None:
    assert len({skeleton(letter) for letter in LETTERS}) == len(LETTERS) == len(set(LETTERS))
    assert not set(LETTERS) & set("0OQD1IL2Z5S8B6G")
