"""What is written as JSON Schema judges values as the plan does, by an outside judge."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest
from tests.planning.codegen.shapes import SHAPES, Shape, event_of, plan_of

from footfall.plan.checking.formats import FORMATS
from footfall.plan.model import Enforcement, Property
from footfall.planning.interop import export_plan
from footfall.planning.interop.jsonschema import DRAFT_7

# Where a schema in the plain words of the draft says something else, on purpose or by the draft's own word.
OTHERWISE = {
    '"1.50"': "a decimal that travels as text is no number",
    '"-2e3"': "as above",
    '"0000-01-01"': "the draft knows a year 0",
    '"ann@shop"': "the draft takes an address without a dot in its domain",
}


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{shape[0].type}-{shape[1][0]}")
def test_a_written_schema_takes_what_the_plan_takes(shape: Shape) -> None:
    prop, right, wrong = shape
    closed = Enforcement(unknown_event="quarantine", unknown_property="quarantine", invalid="quarantine")
    event = event_of(prop, enforcement={"collector": closed})
    schema = export_plan(plan_of(event), "jsonschema").files["events/thing_seen.schema.json"]
    named = {name: (lambda text, test=test: bool(test(text))) for name, test in FORMATS.items() if name == "uuid"}
    text = json.dumps({**schema, "$schema": DRAFT_7}, default=float)
    judge = jsonschema_rs.Draft7Validator(json.loads(text), validate_formats=True, formats=named)

    judged = {
        value: judge.is_valid({"value": json.loads(value)}) for value in (*right, *wrong) if value not in OTHERWISE
    }

    assert judged == {value: value in right for value in judged}


@pytest.mark.parametrize(
    ("pattern", "written"),
    [(r"^\d+$", r"^\d+$"), (r"\Aa\Z", "^a$"), ("(?P<first>a)b", "(a)b"), ("(?i)a", None), ("a++b", None)],
)
def test_a_pattern_is_written_in_words_that_others_know_and_a_change_is_told(pattern: str, written: str | None) -> None:
    prop = Property(name="value", wire_name="value", type="string", pattern=pattern)

    exported = export_plan(plan_of(event_of(prop, additional=False)), "jsonschema")

    schema = exported.files["events/thing_seen.schema.json"]["properties"]["value"]
    assert schema.get("pattern") == written
    assert [loss.where for loss in exported.losses] == ([] if written == pattern else ["thing_seen.value"])
