"""What the store promises of notices on every database: taking in, finding, searching."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from core.model.keys import Probe, probe_of_unit
from core.model.lexicon import Lexicon
from core.model.recall import Notice, State
from core.model.rule import Rule
from core.model.unit import Unit
from core.store import notices
from core.store.notices import Counts, RevisionKind
from core.store.work import Database
from tests.builders import NOW, a_code_rule, a_maker, a_model, a_notice, a_rule, all_of

ANKER = a_notice(a_model("A1263", "A1647"), id="anker-a1263", brands=("Anker",))
XIAOMI = a_notice(
    a_model("PLM13ZM"), id="xiaomi-plm13zm", brands=("Xiaomi",), product="小米移动电源"
)
HIRO = a_notice(a_rule({"op": "all_units"}), id="hiro-all", brands=("Hiro",), product="Lamp")


async def put(database: Database, *stored: Notice, source: str = "cpsc") -> Counts:
    async with database.writing() as connection:
        return await notices.put_notices(connection, source, stored, NOW)


async def found(database: Database, unit: Unit, limit: int = 50) -> list[str]:
    async with database.reading() as connection:
        hits = await notices.candidates(connection, probe_of_unit(unit), limit)
    return [notice.id for notice in hits]


async def searched(database: Database, words: str, limit: int = 50) -> list[str]:
    async with database.reading() as connection:
        return [notice.id for notice in await notices.search(connection, words, limit)]


async def states(database: Database) -> dict[str, State]:
    async with database.reading() as connection:
        return {notice.id: notice.state for notice in await notices.latest(connection, 99)}


async def kinds(database: Database, name: str) -> list[tuple[int, RevisionKind]]:
    async with database.reading() as connection:
        return [(r.number, r.kind) for r in await notices.revisions(connection, name)]


# Taking in


async def test_a_notice_comes_back_as_it_was_put(database: Database) -> None:
    await put(database, XIAOMI)

    async with database.reading() as connection:
        assert await notices.notice(connection, "xiaomi-plm13zm") == XIAOMI
        assert await notices.notice(connection, "unknown") is None


async def test_putting_counts_what_is_new_changed_and_the_same(database: Database) -> None:
    first = await put(database, ANKER, XIAOMI)
    again = await put(database, ANKER, XIAOMI.model_copy(update={"note": "Longer."}), HIRO)

    assert first == Counts(new=2)
    assert again == Counts(new=1, changed=1, same=1)


async def test_more_notices_than_one_batch_are_all_put(database: Database) -> None:
    many = [a_notice(id=f"many-{number}") for number in range(1100)]

    first = await put(database, *many)
    again = await put(database, *many)

    assert first == Counts(new=1100)
    assert again == Counts(same=1100)


async def test_of_one_id_given_twice_the_last_counts(database: Database) -> None:
    counts = await put(database, ANKER, ANKER.model_copy(update={"note": "Last."}))

    async with database.reading() as connection:
        stored = await notices.notice(connection, ANKER.id)
    assert counts == Counts(new=1)
    assert stored is not None
    assert stored.note == "Last."


async def test_every_version_of_a_notice_is_kept(database: Database) -> None:
    closed = ANKER.model_copy(update={"state": State.CLOSED})
    longer = closed.model_copy(update={"note": "Longer."})
    for version in (ANKER, closed, closed, longer, ANKER):
        await put(database, version)

    async with database.reading() as connection:
        versions = await notices.revisions(connection, ANKER.id)

    assert [version.number for version in versions] == [1, 2, 3, 4]
    assert [version.notice for version in versions] == [ANKER, closed, longer, ANKER]
    assert [str(version.kind) for version in versions] == [
        "new",
        "closed",
        "changed",
        "reopened",
    ]
    assert {version.seen_at for version in versions} == {NOW}


async def test_an_unknown_notice_has_no_versions(database: Database) -> None:
    assert await kinds(database, "unknown") == []


async def test_a_notice_missing_from_a_feed_stays_as_it_is(database: Database) -> None:
    await put(database, ANKER, XIAOMI)

    counts = await put(database, XIAOMI)

    assert counts == Counts(same=1)
    assert set((await states(database)).values()) == {State.OPEN}


async def test_what_the_catalogue_no_longer_has_is_retracted_and_never_deleted(
    database: Database,
) -> None:
    await put(database, ANKER, XIAOMI, source="catalogue")
    await put(database, HIRO, source="cpsc")

    gone = await put(database, XIAOMI, source="catalogue")
    again = await put(database, XIAOMI, source="catalogue")

    assert gone == Counts(same=1, retracted=1)
    assert again == Counts(same=1)
    assert await states(database) == {
        ANKER.id: State.RETRACTED,
        XIAOMI.id: State.OPEN,
        HIRO.id: State.OPEN,
    }
    assert await kinds(database, ANKER.id) == [
        (1, RevisionKind.NEW),
        (2, RevisionKind.RETRACTED),
    ]


async def test_a_retracted_notice_that_comes_back_is_reopened(database: Database) -> None:
    await put(database, ANKER, XIAOMI, source="catalogue")
    await put(database, XIAOMI, source="catalogue")

    await put(database, ANKER, XIAOMI, source="catalogue")

    assert (await states(database))[ANKER.id] is State.OPEN
    assert (await kinds(database, ANKER.id))[-1] == (3, RevisionKind.REOPENED)


async def test_an_empty_catalogue_retracts_nothing(database: Database) -> None:
    await put(database, ANKER, source="catalogue")

    counts = await put(database, source="catalogue")

    assert counts == Counts()
    assert await states(database) == {ANKER.id: State.OPEN}


async def test_a_source_cannot_overwrite_the_notice_of_another(database: Database) -> None:
    await put(database, ANKER, source="catalogue")

    counts = await put(database, ANKER.model_copy(update={"note": "Ours."}), XIAOMI)

    async with database.reading() as connection:
        assert await notices.notice(connection, ANKER.id) == ANKER
    assert counts == Counts(new=1, refused=(ANKER.id,))


# Finding


@pytest.mark.parametrize(
    ("model", "why"),
    [
        ("A1263", "as printed"),
        ("a 12-63", "in any spelling"),
        ("AI263", "with a look-alike"),
        ("A163", "with a character lost"),
        ("A12633", "with a character too many"),
        ("A1268", "with a wrong character"),
        ("A1236", "with two swapped"),
        ("A1263016", "with a tail"),
        ("A126", "cut short"),
        ("Ａ１２６３", "in full width"),
    ],
)
async def test_a_model_is_found(database: Database, model: str, why: str) -> None:
    await put(database, ANKER, XIAOMI, HIRO)

    assert await found(database, Unit(model=model)) == [ANKER.id], why


async def test_a_unit_is_found_by_bar_code_product_name_and_brand(database: Database) -> None:
    upc = a_code_rule(field="upc", eq=("0 12345 67890 5",))
    await put(
        database,
        a_notice(upc, id="by-bar-code", brands=("Bar",), product="Torch"),
        a_notice(id="by-name", brands=("Named",), names=("Galaxy Note7",)),
        HIRO,
    )

    assert await found(database, Unit(facts={"gtin": "00012345678905"})) == ["by-bar-code"]
    assert await found(database, Unit(facts={"product": "galaxy note 7"})) == ["by-name"]
    assert await found(database, Unit(brand="named")) == ["by-name"]
    assert await found(database, Unit("Hiro", "ZZ-99")) == ["hiro-all"]
    assert await found(database, Unit("Named", "ZZ-99")) == []
    assert await found(database, Unit()) == []


async def test_a_script_without_latin_letters_is_found_too(database: Database) -> None:
    await put(database, a_notice(a_model("移动电源一号"), id="chinese", brands=("小米",)))

    assert await found(database, Unit(model="移动电源一")) == ["chinese"]
    assert await found(database, Unit(brand="小米")) == ["chinese"]


async def test_a_corrected_model_is_no_longer_found_by_the_wrong_one(
    database: Database,
) -> None:
    await put(database, a_notice(a_model("QX9000"), id="corrected", brands=("Q",)))

    await put(database, a_notice(a_model("WV4111"), id="corrected", brands=("Q",)))

    assert await found(database, Unit(model="QX9000")) == []
    assert await found(database, Unit(model="WV4111")) == ["corrected"]


async def test_a_corrected_date_changes_the_order(database: Database) -> None:
    one = a_notice(id="one", published=date(2024, 1, 1))
    await put(database, one, a_notice(id="two", published=date(2025, 1, 1)))

    await put(database, one.model_copy(update={"published": date(2026, 1, 1)}))

    assert await found(database, Unit("Acme", "X100")) == ["one", "two"]
    assert await found(database, Unit("Acme"), 1) == ["one"]


async def test_a_retracted_notice_is_still_a_candidate(database: Database) -> None:
    await put(database, ANKER, XIAOMI, source="catalogue")

    await put(database, XIAOMI, source="catalogue")

    assert await found(database, Unit("Anker", "A1263")) == [ANKER.id]


def dated(count: int, rule: Rule | None = None) -> list[Notice]:
    first = date(2000, 1, 1)
    return [
        a_notice(
            rule or a_model(f"OTHER{number:04}Y"),
            id=f"crowd-{number:04}",
            published=first + timedelta(days=number),
        )
        for number in range(count)
    ]


async def test_the_newest_come_first_and_win_where_there_are_too_many(
    database: Database,
) -> None:
    await put(database, *dated(30), a_notice(id="undated", published=None))

    assert await found(database, Unit("Acme"), 3) == ["crowd-0029", "crowd-0028", "crowd-0027"]
    assert (await found(database, Unit("Acme")))[-1] == "undated"


@pytest.mark.parametrize("rule", [None, a_rule({"op": "all_units"})])
async def test_many_notices_of_the_brand_never_crowd_out_the_one_of_the_model(
    database: Database, rule: Rule | None
) -> None:
    old = a_notice(a_model("X100"), id="old", published=date(1999, 1, 1))
    near = a_notice(a_model("X1000"), id="near", published=date(1998, 1, 1))
    await put(database, *dated(30, rule), old, near)
    both = Probe((*probe_of_unit(Unit("Acme", "X100")).keys, "b:ACME"))

    async with database.reading() as connection:
        hits = await notices.candidates(connection, both, 2)

    assert [notice.id for notice in hits] == ["old", "near"]


async def test_an_old_exact_match_survives_many_models_that_begin_alike(
    database: Database,
) -> None:
    alike = dated(30, a_model(*[f"X100{letter}{n}" for letter in "CEF" for n in range(9)]))
    await put(database, *alike, a_notice(id="old", published=date(1999, 1, 1)))

    assert "old" in await found(database, Unit("Acme", "X100"), 5)


async def test_more_keys_than_one_statement_takes_find_the_same(database: Database) -> None:
    await put(database, ANKER, XIAOMI, HIRO)
    noise = tuple(f"m:NOISE{number}" for number in range(1200))
    brands = tuple(f"b:NOISE{number}" for number in range(20))
    probe = Probe((*noise, "m:A1263", *brands, "b:XIAOMI"), begins="m:PLM")

    async with database.reading() as connection:
        hits = await notices.candidates(connection, probe, 10)

    assert {notice.id for notice in hits} == {ANKER.id, XIAOMI.id}


async def test_a_probe_without_keys_finds_nothing(database: Database) -> None:
    await put(database, ANKER)

    async with database.reading() as connection:
        assert await notices.candidates(connection, Probe(()), 10) == ()


# Searching


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("anker", [ANKER.id]),
        ("ANKER A1263", [ANKER.id]),
        ("a1263 anker", [ANKER.id]),
        ("xiaomi-plm13zm", [XIAOMI.id]),
        ("XIAOMI-PLM13ZM", [XIAOMI.id]),
        ("移动电源", [XIAOMI.id]),
        ("plm13", [XIAOMI.id]),
        ("lamp", ["hiro-all"]),
        ("AI263", [ANKER.id]),
        ("anker al263", [ANKER.id]),
        ("A1236", [ANKER.id]),
        ("anker lamp", []),
        ("nothing like it", []),
        ("", []),
        ("   ", []),
        ("%", []),
        ("_", []),
        ("!", []),
        ("'; DROP TABLE notice; --", []),
        ('"', []),
        ("\0", []),
        ("\ud800", []),
        ("x" * 100_000, []),
        ("a " * 50_000 + "qqq", [ANKER.id, XIAOMI.id, "hiro-all"]),
        (":key0 :limit", []),
    ],
)
async def test_words_find(database: Database, words: str, wanted: Sequence[str]) -> None:
    await put(database, ANKER, XIAOMI, HIRO)

    assert sorted(await searched(database, words)) == sorted(wanted)


async def test_a_bar_code_is_searched_in_every_length(database: Database) -> None:
    upc = a_code_rule(field="upc", eq=("012345678905",))
    await put(database, a_notice(upc, id="by-bar-code"))

    assert await searched(database, "012345678905") == ["by-bar-code"]
    assert await searched(database, "0 012345 678905") == ["by-bar-code"]


async def test_the_signs_of_a_pattern_are_searched_as_themselves(database: Database) -> None:
    await put(
        database,
        a_notice(id="percent", product="100% cotton_blend!", brands=("Cloth",)),
        a_notice(id="other", product="100 cotton blend", brands=("Cloth",)),
    )

    assert await searched(database, "100%") == ["percent"]
    assert await searched(database, "n_b") == ["percent"]
    assert await searched(database, "d!") == ["percent"]


async def test_an_exact_name_comes_before_newer_notices_that_only_mention_it(
    database: Database,
) -> None:
    await put(
        database,
        a_notice(a_model("KX5"), id="exact", brands=("K",), published=date(2001, 1, 1)),
        a_notice(a_model("ZZ9"), id="mention", brands=("K",), product="case for KX5"),
    )

    assert await searched(database, "kx5") == ["exact", "mention"]


async def test_a_search_keeps_to_its_limit(database: Database) -> None:
    await put(database, *dated(9))

    assert await searched(database, "acme", 2) == ["crowd-0008", "crowd-0007"]
    assert await searched(database, "power bank", 3) == [
        "crowd-0008",
        "crowd-0007",
        "crowd-0006",
    ]
    assert await searched(database, "acme", 0) == []


async def test_case_does_not_matter_in_any_script(database: Database) -> None:
    await put(database, a_notice(id="umlaut", product="ГРЕЛКА für ÖFEN", brands=("Wärme",)))

    assert await searched(database, "грелка öfen WÄRME") == ["umlaut"]


async def test_a_product_with_a_nul_character_is_stored_and_found(database: Database) -> None:
    await put(database, a_notice(id="nul", product="Heater\0plus", brands=("N\0N",)))

    assert await searched(database, "heaterplus") == ["nul"]


async def test_the_latest_come_newest_first_and_undated_ones_last(database: Database) -> None:
    await put(
        database,
        a_notice(id="undated", published=None),
        a_notice(id="older", published=date(2009, 9, 9)),
        a_notice(id="newer", published=date(2024, 1, 1)),
    )

    async with database.reading() as connection:
        everything = await notices.latest(connection, 10)
        newest = await notices.latest(connection, 1)

    assert [notice.id for notice in everything] == ["newer", "older", "undated"]
    assert [notice.id for notice in newest] == ["newer"]


# Sources and names


async def test_the_age_of_a_source_is_replaced_by_a_newer_one(database: Database) -> None:
    async with database.writing() as connection:
        await notices.set_source(connection, "cpsc", NOW - timedelta(days=1), "one")
        await notices.set_source(connection, "cpsc", NOW, "two")
        await notices.set_source(connection, "catalogue", NOW)
        ages = await notices.source_ages(connection)

    assert ages == [("catalogue", NOW, None), ("cpsc", NOW, "two")]


async def test_the_lexicon_comes_back_as_it_was_put_last(database: Database) -> None:
    names = Lexicon.of([a_maker()], [all_names()])

    async with database.writing() as connection:
        before = await notices.lexicon(connection)
        await notices.put_lexicon(connection, Lexicon())
        await notices.put_lexicon(connection, names)
        after = await notices.lexicon(connection)

    assert before == Lexicon()
    assert after == names


def all_names() -> Notice:
    rule = all_of(a_model("X100"), a_rule({"op": "all_units"}))
    return a_notice(rule, names=("PowerCore", "小米"))
