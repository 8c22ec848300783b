"""An editor has one short line to show for every key of the format."""

from __future__ import annotations

from footfall.plan.reading.schema import EVENT, FILE, KPI, PROPERTY, TYPE
from footfall.planning.editor_help import ABOUT
from footfall.planning.editor_schema import editor_schema


def test_every_key_of_a_record_has_a_line_and_no_other_has() -> None:
    for record, lines in ABOUT.items():
        assert lines.keys() == record.keys.keys()
    assert {FILE, EVENT, PROPERTY, TYPE, KPI} <= ABOUT.keys()


def test_every_line_is_one_sentence_that_fits_beside_a_key() -> None:
    lines = [line for keys in ABOUT.values() for line in keys.values()]

    assert [line for line in lines if len(line) > 110 or not line.endswith(".") or "\n" in line] == []


def test_the_schema_has_the_line_of_a_key() -> None:
    assert editor_schema()["$defs"]["event"]["properties"]["owner"] == {
        "description": "The team that answers for it.", "type": "string",
    }  # fmt: skip
