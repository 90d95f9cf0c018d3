"""What a contributor is told of a file that pydantic finds nothing wrong with."""

from __future__ import annotations

import json

from core.catalogue.file import FOLDER
from core.catalogue.lint import lint


def lines(path, judge):
    return [str(problem) for problem in lint(path, judge)]


def test_a_sound_file_has_no_problems(write, judge):
    path = write()

    found = lines(path, judge)

    assert found == []


def test_a_file_that_cannot_be_read_is_a_problem_like_others(tmp_path, judge):
    path = tmp_path / "nowhere.json"

    found = lines(path, judge)

    assert found == ["nowhere.json: no such file or directory"]


def test_two_recalls_of_one_id_are_refused(write, recall, judge):
    path = write(recall(), recall())

    found = lines(path, judge)

    assert found == ["acme.json: acme-x1-us-2025: 2 recalls have this id"]


def test_an_id_that_a_shipped_file_has_is_refused(write, recall, judge):
    taken = json.loads((FOLDER / "anker.json").read_bytes())["recalls"][0]["id"]
    path = write(recall(id=taken))

    found = lines(path, judge)

    assert found == [f"acme.json: {taken}: another file has a recall of this id"]


def test_a_newer_version_of_a_shipped_file_does_not_collide_with_it(write, recall, judge):
    taken = json.loads((FOLDER / "anker.json").read_bytes())["recalls"][0]["id"]
    path = write(recall(id=taken), name="anker.json")

    found = lines(path, judge)

    assert found == []


def test_a_recall_may_expand_a_shipped_one_or_a_neighbour_but_not_thin_air(
    write, recall, judge
):
    shipped = json.loads((FOLDER / "anker.json").read_bytes())["recalls"][0]["id"]
    newer = recall(id="acme-x1-us-2026", expands=["acme-x1-us-2025", shipped, "acme-x9"])
    path = write(recall(), newer)

    found = lines(path, judge)

    assert found == ["acme.json: acme-x1-us-2026: expands acme-x9, which no file has"]


def test_a_brand_that_no_maker_of_the_file_has_is_refused(write, recall, judge):
    path = write(recall(brands=["Acme", "Apex"]))

    found = lines(path, judge)

    assert found == [
        "acme.json: acme-x1-us-2025: brands: Apex is not a brand of this file's makers"
    ]


def test_a_character_that_the_maker_never_prints_is_refused_in_every_kind_of_value(
    write, recall, judge
):
    code = {"op": "code", "field": "serial"}
    rules = [
        {**code, "eq": ["1O"]},
        {**code, "starts": ["2I"]},
        {**code, "ends": ["3Q"]},
        {**code, "contains": ["4Z"]},
        {**code, "between": [["5A", "5V"]], "order": "opaque"},
        {**code, "field": "lot", "eq": ["OIQZ"]},
    ]
    path = write(recall(units={"op": "or", "of": rules}))

    found = lines(path, judge)

    start = "acme.json: acme-x1-us-2025: serial"
    assert found == [
        f"{start} 1O: this maker never prints O there",
        f"{start} 2I: this maker never prints I there",
        f"{start} 3Q: this maker never prints Q there",
        f"{start} 4Z: this maker never prints Z there",
        f"{start} 5A: this maker never prints A there",
    ]


def test_the_alphabet_of_another_maker_in_the_file_does_not_count(write, recall, judge):
    makers = [
        {"name": "Acme", "brands": ["Acme"], "alphabet": {"serial": "0123456789"}},
        {"name": "Apex", "brands": ["Apex"]},
    ]
    path = write(recall(brands=["Apex"]), makers=makers)

    found = lines(path, judge)

    assert found == []


def test_an_example_that_gets_another_verdict_says_wanted_and_got(write, recall, judge):
    wrong = {"brand": "Acme", "model": "X2", "serial": "57V00001", "want": "affected"}
    path = write(recall(examples=[wrong]))

    found = lines(path, judge)

    told = "example brand Acme, model X2, serial 57V00001: wants affected, gets no_recall_found"
    assert found == [f"acme.json: acme-x1-us-2025: {told}"]


def test_a_broken_neighbour_does_not_stop_the_lint(write, judge, tmp_path):
    path = write()
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")

    found = [str(problem) for problem in lint(path, judge, beside=tmp_path)]

    assert found == []
