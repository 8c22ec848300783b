"""The draft of a plan: clean, and kept by every message that it was made from."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from footfall.plan import Plan, Validator, read
from footfall.plan.problems import Problems
from footfall.plan.reading.yaml_source import parse_yaml
from footfall.planning.profiling import DataProfile, InferredPlan, infer_plan, read_line
from footfall.planning.profiling.inferred_plan import quoted


def track(event: str, properties: dict[str, Any], **more: Any) -> bytes:
    return msgspec.json.encode({"type": "track", "event": event, "properties": properties, **more})


def drafted(lines: Iterable[bytes]) -> InferredPlan:
    return infer_plan(DataProfile(seen for line in lines for seen in read_line(line)), name="drafted", seen_in="a test")


def loaded(tmp_path: Path, made: InferredPlan) -> Plan:
    path = tmp_path / "plan.yaml"
    path.write_text(made.text(), encoding="utf-8")
    assert read(path).problems == []
    return read(path).require()


def properties_of(tmp_path: Path, values: Iterable[Any]) -> Any:
    plan = loaded(tmp_path, drafted(track("seen", {"value": value}) for value in values))
    return plan.events["seen"].properties[0]


def test_a_name_on_the_wire_that_is_no_name_of_a_plan_becomes_one(tmp_path: Path) -> None:
    plan = loaded(tmp_path, drafted([track("Order Completed", {"orderId": "a", "order id": 1})]))

    event = plan.events["order_completed"]
    assert event.wire_name == "Order Completed"
    assert {(prop.name, prop.wire_name) for prop in event.properties} == {
        ("order_id", "order id"),
        ("order_id_2", "orderId"),
    }


def test_what_was_null_is_nullable_and_what_was_in_all_of_enough_is_required(tmp_path: Path) -> None:
    lines = [track("seen", {"always": 1, "sometimes": None} if number else {"always": 1}) for number in range(10)]

    plan = loaded(tmp_path, drafted(lines))
    few = loaded(tmp_path, drafted(lines[:9]))

    told = {prop.name: (prop.required, prop.nullable) for prop in plan.events["seen"].properties}
    assert told == {"always": (True, False), "sometimes": (False, True)}
    assert not few.events["seen"].properties[0].required


def test_what_is_about_a_person_is_marked_and_its_values_are_not_shown(tmp_path: Path) -> None:
    made = drafted([track("seen", {"first_name": "Ann", "contact": "ann@example.com", "shippingPhone": "12"})] * 10)

    plan = loaded(tmp_path, made)

    assert {prop.name: prop.sensitivity for prop in plan.events["seen"].properties} == dict.fromkeys(
        ("first_name", "contact", "shipping_phone"), "personal"
    )
    assert "Ann" not in made.text()
    assert "ann@example.com" not in made.text()


def test_the_evidence_stands_beside_the_guess() -> None:
    lines = [
        track("seen", {"qty": number, "why": None}, timestamp=f"2026-11-{number:02}T00:00:00Z") for number in (1, 9)
    ]

    text = drafted(lines).text()

    assert "seen:  # 2 messages, 2026-11-01 to 2026-11-09" in text
    assert "qty: {type: integer}  # in all 2; 2 different values; 1 to 9" in text
    assert "why: {type: any, nullable: true}  # in all 2; 2 null" in text


def test_traits_are_drafted_by_kind_and_never_required(tmp_path: Path) -> None:
    lines = [
        b'{"type":"identify","userId":"a","traits":{"plan":"pro"}}',
        b'{"type":"group","groupId":"g","traits":{"seats":3}}',
    ] * 10

    plan = loaded(tmp_path, drafted(lines))

    assert {kind: [(prop.name, prop.required) for prop in props] for kind, props in plan.traits.items()} == {
        "account": [("seats", False)],
        "user": [("plan", False)],
    }


def test_a_key_that_a_plan_cannot_name_is_left_out_and_told() -> None:
    made = drafted([track("seen", {"": 1, "x": 2})])

    assert made.left_out == ("seen: a property whose key is empty, which a plan cannot name",)


def test_more_keys_than_a_plan_should_list_are_a_map(tmp_path: Path) -> None:
    prop = properties_of(tmp_path, [{f"key_{number}": number for number in range(250)}])

    assert (prop.type, prop.values.type) == ("map", "integer")


@given(st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(["true", "Null", "a: b", "# x", "1", "no"]))
def test_quoted_text_is_read_as_the_same_text(text: str) -> None:
    found = Problems()

    node = parse_yaml(f"{{a: {quoted(text)}}}".encode(), "x.yaml", found)

    assert node is not None
    assert (node.value["a"].value, found.sorted()) == (text, [])


_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**25), 10**25)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.decimals(-1000, 1000, places=2).map(str)
    | st.datetimes().map(lambda moment: moment.isoformat() + "Z")
    | st.uuids().map(str)
    | st.sampled_from(["null", "true", "ann@example.com", "SEK", "10.0.0.1", "1e3", "", "a: b", "# x", "'", "\x00"])
    | _texts
)
_values = st.recursive(
    _scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=4), max_leaves=8
)
_keys = st.sampled_from(["a", "A", "total", "Total Paid", "order id", "class", "1", "true"]) | _texts.filter(bool)
_any_values = st.dictionaries(_keys, _values, max_size=5)
_choice = st.fixed_dictionaries({}, optional={"choice": st.sampled_from(["card", "wallet"])})
_messages = st.lists(
    st.tuples(st.sampled_from(["seen", "Seen", "seen it", "!"]), st.builds(operator.or_, _any_values, _choice)),
    min_size=1,
    max_size=12,
)
EVERY_KIND: list[tuple[str, dict[str, Any]]] = [
    ("seen", {
        "text": f"{letter} is free text {number}", "whole": number, "share": number + 0.125, "paid": "10.00",
        "done": True, "tags": ["new"], "line": {"sku": "x"}, "stock": {str(7000 + key): key for key in range(30)},
        "odd": number or "x", "choice": ("card", "wallet")[number], "maybe": None if number else "y",
        "Total Paid": 1,
    })
    for number, letter in enumerate("ab")
]  # fmt: skip


@settings(max_examples=150)
@given(messages=_messages, often=st.booleans())
@example(messages=EVERY_KIND, often=True)
@pytest.mark.slow
def test_a_draft_of_any_messages_is_clean_and_kept_by_all_of_them(
    tmp_path_factory: pytest.TempPathFactory, messages: list[tuple[str, dict[str, Any]]], often: bool
) -> None:
    messages = messages * 10 if often else messages  # enough of a kind for required, and for choices
    plan = loaded(tmp_path_factory.mktemp("plan"), drafted(track(event, properties) for event, properties in messages))
    validator = Validator(plan, stage="test")

    for name, properties in messages:
        event = validator.resolve(name)
        assert event is not None
        assert event.wire_name == name
        assert validator.check(event, msgspec.json.encode(properties)).faults == ()


def test_the_example_makes_every_kind_of_property(tmp_path: Path) -> None:
    plan = loaded(tmp_path, drafted(track(event, properties) for event, properties in EVERY_KIND * 10))

    props = plan.events["seen"].properties
    assert {prop.type for prop in props} >= {
        "any", "array", "boolean", "decimal", "integer", "map", "number", "object", "string",
    }  # fmt: skip
    assert any(prop.required for prop in props)
    assert any(prop.enum for prop in props)
    assert any(prop.nullable for prop in props)
    assert any(prop.wire_name != prop.name for prop in props)


COUNTED = b'{"consent":"count_only","type":"track","event":"seen","properties":{"step":"a"}}'


def test_messages_that_are_only_counted_make_no_property_optional(tmp_path: Path) -> None:
    whole = [track("seen", {"step": "a", "mail": number}) for number in range(20)]
    event = loaded(tmp_path, drafted([*whole, *[COUNTED] * 20])).events["seen"]

    assert {prop.name: prop.required for prop in event.properties} == {"step": True, "mail": True}


def test_what_is_public_is_drafted_of_them_where_nothing_else_came(tmp_path: Path) -> None:
    event = loaded(tmp_path, drafted([COUNTED] * 20)).events["seen"]

    assert {prop.name: prop.required for prop in event.properties} == {"step": True}
