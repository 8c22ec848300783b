"""Plans of other tools load as they are: the samples in three formats, and the schemas of Iglu Central."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.planning.interop.documents import DATA, SAMPLES, documents

from footfall.plan import read
from footfall.plan.checking.formats import UUID
from footfall.plan.checking.validate import Validator
from footfall.plan.model import Event
from footfall.plan.problems import Problems
from footfall.plan.reading.yaml_source import parse_yaml
from footfall.planning.interop import Imported, import_plan
from footfall.planning.interop.keywords import ASIDE
from footfall.planning.interop.yaml_text import yaml_text

PAYLOADS = json.loads((DATA / "payloads.json").read_bytes())
EVENT_OF = {"order_completed": "order_completed", "gateway": "gateway_reading_reported"}
SHARE_THAT_LOADS_WHOLE = 0.85
IGLU = documents("iglu-central")
IMPORTED: dict[str, Imported] = {path: import_plan({path: schema}, "snowplow") for path, schema in IGLU.items()}


def is_whole(imported: Imported) -> bool:
    return f"'{ASIDE}'" not in repr(imported.document)


@pytest.mark.parametrize("form", SAMPLES)
def test_the_samples_load_with_every_event(form: str) -> None:
    imported = import_plan(documents(form), form)

    assert sorted(imported.plan.events) == ["gateway_reading_reported", "order_completed", "product_viewed"]
    order = imported.plan.events["order_completed"]
    assert [(prop.name, prop.type, prop.required, prop.nullable) for prop in order.properties] == [
        ("order_id", "string", True, False),
        ("total", "number", True, False),
        ("currency", "string", True, False),
        ("coupon", "string", False, True),
        ("is_first_order", "boolean", True, False),
        ("products", "array", True, False),
    ]
    assert order.description == "Payment accepted and order stored"
    assert {prop.name: prop.type for prop in imported.plan.events["gateway_reading_reported"].properties} == {
        "gateway_id": "uuid", "sensor_kind": "string", "value": "number", "unit": "string", "battery_pct": "integer",
        "firmware": "string", "measured_at": "datetime",
    }  # fmt: skip


@pytest.mark.parametrize("form", ["rudderstack", "segment"])
def test_identify_rules_become_traits(form: str) -> None:
    plan = import_plan(documents(form), form).plan

    assert [(trait.name, trait.format, trait.enum) for trait in plan.traits["user"]] == [
        ("email", "email", ()),
        ("plan", None, ("free", "pro")),
    ]


@pytest.mark.parametrize("form", SAMPLES)
@pytest.mark.parametrize("name", sorted(PAYLOADS))
def test_payloads_are_judged_as_they_should_be_after_an_import(form: str, name: str) -> None:
    plan = import_plan(documents(form), form).plan
    event, _, verdict = name.rpartition("_")

    checked = Validator(plan, stage="collector").check(
        plan.events[EVENT_OF[event]], json.dumps(PAYLOADS[name]).encode()
    )

    assert (not checked.faults) is (verdict == "good"), checked.faults


@pytest.mark.parametrize("form", SAMPLES)
def test_every_fault_of_the_bad_payload_is_found(form: str) -> None:
    plan = import_plan(documents(form), form).plan

    checked = Validator(plan, stage="test").check(
        plan.events["order_completed"], json.dumps(PAYLOADS["order_completed_bad"]).encode()
    )

    assert [(fault.path, fault.code) for fault in checked.faults] == [
        ("order_id", "pattern"),
        ("total", "min"),
        ("currency", "enum"),
        ("is_first_order", "required"),
        ("products[0].quantity", "min"),
        ("products[0].x", "additional"),
    ]


def test_all_of_iglu_central_loads_and_most_of_it_whole() -> None:
    whole = [path for path, imported in IMPORTED.items() if is_whole(imported)]

    assert len(IMPORTED) == 138
    assert len(whole) / len(IMPORTED) >= SHARE_THAT_LOADS_WHOLE
    assert len(whole) == 129  # so that a change for better or worse is seen


def test_what_is_kept_aside_is_told() -> None:
    silent = [
        path
        for path, imported in IMPORTED.items()
        if not is_whole(imported) and not any(loss.code == "loss_kept_aside" for loss in imported.losses)
    ]

    assert silent == []


@pytest.mark.parametrize("form", [*SAMPLES, "iglu-central"])
def test_an_imported_plan_is_the_same_as_yaml(form: str) -> None:
    imported = import_plan(documents(form), "snowplow" if form == "iglu-central" else form)
    findings = Problems()

    root = parse_yaml(yaml_text(imported.document).encode(), "plan.yaml", findings)

    assert root is not None
    assert findings.sorted() == []
    assert read(root.plain()).require() == imported.plan


def _plain(schema: Mapping[str, Any]) -> Any:
    """The schema in floats, and without the meta-schema's address, which nobody should look up."""
    text = msgspec.json.Encoder(decimal_format="number").encode({k: v for k, v in schema.items() if k != "$schema"})
    return json.loads(text)


WHOLE = sorted(path for path, imported in IMPORTED.items() if is_whole(imported) and imported.plan.events)
_STRINGS = st.sampled_from(
    ["", "a", "cpa", "x" * 40, "2c5ea4c0-4067-11e9-8bad-9b1deb4d3b7d", "2026-05-01T12:00:00Z", "https://a.example/b",
     "MD5", "GET", "123", "a@b.example"]
)  # fmt: skip
_VALUES = st.one_of(
    _STRINGS, st.integers(-3, 300), st.booleans(), st.none(), st.sampled_from([0.5, 99.25]),
    st.lists(_STRINGS, max_size=2),
    st.dictionaries(st.sampled_from(["a", "name"]), _STRINGS, max_size=2),
)  # fmt: skip


@st.composite
def payloads(draw: st.DrawFn, schema: Any, document: Any) -> Any:
    """A value that mostly fits a schema, so that the judges look at more than its type."""
    if "$ref" in schema:
        schema = document["definitions"][schema["$ref"].rpartition("/")[2]]
    if draw(st.integers(0, 9)) == 0:
        return draw(_VALUES)
    types = schema.get("type", "string")
    word = draw(st.sampled_from(types)) if isinstance(types, list) else types
    if "enum" in schema:
        return draw(st.sampled_from(schema["enum"]))
    if word == "object":
        known = schema.get("properties", {})
        required = set(schema.get("required", ()))
        made = {}
        for key, inner in known.items():
            if (key in required and draw(st.integers(0, 9))) or draw(st.booleans()):
                made[key] = draw(payloads(inner, document))
        if not known or draw(st.integers(0, 9)) == 0:
            made["other"] = draw(_VALUES)
        return made
    if word == "array":
        return [draw(payloads(schema.get("items", {}), document)) for _ in range(draw(st.integers(0, 2)))]
    return draw(_BY_TYPE.get(word, _STRINGS))


_BY_TYPE: Mapping[str, st.SearchStrategy[Any]] = {
    "integer": st.integers(-3, 70_000), "number": st.one_of(st.integers(-3, 300), st.sampled_from([0.5, 1.25, 1.234])),
    "boolean": st.booleans(), "null": st.none(),
}  # fmt: skip


def _is_uuid(text: str) -> bool:  # Iglu's schemas use this format before the draft that defines it
    return UUID.fullmatch(text) is not None


@given(data=st.data())
@settings(max_examples=400)
def test_an_import_judges_payloads_as_the_schema_does(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(WHOLE))
    schema = _plain(IGLU[path])
    plan = IMPORTED[path].plan
    event: Event = next(iter(plan.events.values()))
    payload = data.draw(payloads(schema, schema))
    judge = jsonschema_rs.Draft7Validator(schema, validate_formats=True, formats={"uuid": _is_uuid})
    outside = judge.is_valid(payload)

    checked = Validator(plan, stage="collector").check(event, json.dumps(payload).encode())

    if payload is not None:  # no properties at all are the same as none
        assert (not checked.faults) is outside, (checked.faults, payload)
