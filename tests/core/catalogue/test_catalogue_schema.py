"""The schema that a contributor's editor reads."""

from __future__ import annotations

import json
import re
from pathlib import Path

from core.catalogue.lint import lint
from core.catalogue.schema import FIELDS, json_schema
from core.match.decide import judge

GUIDE = Path(__file__).parents[3] / "docs/catalogue.md"


def objects_of(schema):
    yield "CatalogueFile", schema
    yield from schema["$defs"].items()


def is_rule(definition):
    return "op" in definition.get("properties", {})


def test_every_field_is_described():
    schema = json_schema()

    bare = [
        f"{name}.{field}"
        for name, definition in objects_of(schema)
        for field, said in definition.get("properties", {}).items()
        if not said.get("description")
    ]

    assert bare == []


def test_no_description_is_left_of_a_field_that_is_gone():
    schema = dict(objects_of(json_schema()))

    stale = [
        f"{name}.{field}"
        for name, fields in FIELDS.items()
        for field in fields
        if field not in schema[name]["properties"]
    ]

    assert stale == []


def test_every_kind_of_rule_is_in_the_schema():
    schema = json_schema()

    kinds = {
        definition["properties"]["op"]["const"]
        for definition in schema["$defs"].values()
        if is_rule(definition)
    }

    assert kinds == {
        "all_units", "model", "code", "date", "attr", "inspect",
        "checker", "unparsed", "expect", "and", "or", "not",
    }  # fmt: skip


def test_the_schema_is_json_and_names_its_dialect():
    schema = json_schema()

    assert json.loads(json.dumps(schema)) == schema
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["additionalProperties"] is False


def test_the_guide_names_every_field_and_every_kind_of_rule():
    guide = GUIDE.read_text(encoding="utf-8")
    notice = {name for about in ("CatalogueFile", "Notice", "Maker") for name in FIELDS[about]}
    rules = [one["properties"] for one in json_schema()["$defs"].values() if is_rule(one)]
    names = notice | {name for rule in rules for name in (*rule, rule["op"]["const"])}

    unnamed = {name for name in names if not re.search(rf"[`\"]{re.escape(name)}[`\"]", guide)}

    assert unnamed == set()


def test_the_example_of_the_guide_has_no_problems(tmp_path):
    guide = GUIDE.read_text(encoding="utf-8")
    example = re.search(r"```json\n(.*?)```", guide, re.DOTALL)
    path = tmp_path / "acme.json"
    path.write_text(example[1], encoding="utf-8")

    problems = lint(path, judge)

    assert problems == []
