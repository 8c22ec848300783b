"""The tables of keywords fit together: what one direction writes, the other reads."""

from __future__ import annotations

from typing import Any

import pytest

from footfall.plan.checking.formats import FORMATS
from footfall.planning.codegen.json_schema import KNOWN_FORMATS
from footfall.planning.interop import export_plan, import_plan
from footfall.planning.interop.keywords import ANNOTATIONS, FORMAT_ALIASES, FORMAT_TYPES, TYPE_ALIASES, TYPE_HINTS


def read(schema: dict[str, Any]) -> dict[str, Any]:
    document = {"type": "object", "properties": {"p": schema}}
    prop: dict[str, Any] = import_plan({"e.json": document}, "jsonschema").document["events"]["e"]["properties"]["p"]
    return prop


def test_each_annotation_has_a_key_that_no_other_has() -> None:
    assert len(set(ANNOTATIONS.values())) == len(ANNOTATIONS)
    assert all(key.startswith("x_") for key in ANNOTATIONS.values())


@pytest.mark.parametrize(("keyword", "key"), ANNOTATIONS.items())
def test_an_annotation_is_kept_and_written_back(keyword: str, key: str) -> None:
    document = {"type": "object", "properties": {"p": {"type": "string", keyword: "v"}}}

    imported = import_plan({"e.json": document}, "jsonschema")

    assert imported.plan.events["e"].properties[0].x == {key: "v"}
    assert export_plan(imported.plan, "jsonschema").files["events/e.schema.json"]["properties"]["p"][keyword] == "v"


@pytest.mark.parametrize(("word", "schema"), TYPE_ALIASES.items())
def test_a_word_that_is_no_type_is_read_as_the_schema_that_is_meant(word: str, schema: dict[str, Any]) -> None:
    assert read({"type": word}) == read(schema)


@pytest.mark.parametrize(("alias", "name"), FORMAT_ALIASES.items())
def test_another_name_of_a_format_is_read_as_the_format(alias: str, name: str) -> None:
    assert read({"type": "string", "format": alias}) == read({"type": "string", "format": name})


def test_every_format_that_is_named_is_one_of_the_plan() -> None:
    assert {*FORMAT_ALIASES.values(), *FORMAT_TYPES, *KNOWN_FORMATS} <= FORMATS.keys()


@pytest.mark.parametrize(("keyword", "type_"), TYPE_HINTS.items())
def test_a_hint_names_a_type_that_the_reader_knows(keyword: str, type_: str) -> None:
    assert type_ in {"object", "array", "string", "number"}
    assert keyword not in ANNOTATIONS
