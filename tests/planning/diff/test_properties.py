"""Properties are compared key by key, and what hurts senders is exactly what makes right events faulty."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st
from tests.planning.diff.plans import UNSHRUNK, WORDS, pairs, plan_of, replace

from footfall.plan.checking.validate import Validator
from footfall.plan.model import Event, Plan, Property
from footfall.planning.diff import KINDS, diff
from footfall.planning.diff.properties import PROPERTY_KEYS, compare_properties

LEVELS = ("public", "internal", "personal")
VALUES: list[Any] = [
    None, "red", "blue", "green", "grey", "", "Red!", "1.2.3.4", "::1", "https://a.example", "mailto:a", 0, 1, 2, 3, 11,
    -1, 1.5, 2.25, "1.50", True, False, "2027-01-31", "2027-01-31T10:00:00Z", "00000000-0000-4000-8000-000000000000",
    [], {},
]  # fmt: skip
values = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(VALUES),
    st.lists(st.sampled_from(VALUES), max_size=3),
    st.dictionaries(st.sampled_from(["size", "color", "note"]), st.sampled_from(VALUES), max_size=2),
)
payloads = st.one_of(st.fixed_dictionaries({"size": values}), st.just({}))


def kinds(old: Property, new: Property) -> list[str]:
    return [draft.kind for draft in compare_properties([old], [new], LEVELS)]


def is_clean(prop: Property, payload: dict[str, Any]) -> bool:
    event = Event(name="sold", wire_name="sold", properties=(prop,))
    checked = Validator(Plan(id="p", events={"sold": event}), stage="test").check(event, orjson.dumps(payload))
    return not checked.faults


def hurts_senders(old: Property, new: Property) -> bool:
    return any("senders" in KINDS[kind].hurts for kind in kinds(old, new))


@settings(max_examples=300)
@given(pairs(), payloads)
def test_whatever_becomes_faulty_is_said_to_hurt_senders(
    pair: tuple[Property, Property], payload: dict[str, Any]
) -> None:
    old, new = pair

    if is_clean(old, payload) and not is_clean(new, payload):
        assert hurts_senders(old, new)


@pytest.mark.parametrize(
    "kind",
    [
        "type_changed",
        "property_now_required",
        "null_refused",
        "enum_values_removed",
        "enum_closed",
        "constraint_narrowed",
    ],
)
@pytest.mark.slow
def test_the_drawn_properties_make_right_events_faulty_in_every_way(kind: str) -> None:
    def breaks(drawn: tuple[tuple[Property, Property], dict[str, Any]]) -> bool:
        (old, new), payload = drawn
        return kind in kinds(old, new) and is_clean(old, payload) and not is_clean(new, payload)

    (old, new), _ = find(st.tuples(pairs(), payloads), breaks, settings=settings(UNSHRUNK, max_examples=5_000))

    assert kind in kinds(old, new)


@given(pairs())
def test_two_properties_that_differ_have_a_difference_and_equal_ones_have_none(pair: tuple[Property, Property]) -> None:
    old, new = pair

    assert kinds(old, old) == []
    if old != new and {one.name for one in old.properties} != {one.name for one in new.properties}:
        assert kinds(old, new)
    if old != new and not old.properties and not new.properties:
        assert kinds(old, new)


def test_every_key_of_a_property_is_compared() -> None:
    assert frozenset(Property.__struct_fields__) == PROPERTY_KEYS


TEXT = Property(name="size", wire_name="size", type="string")
SHORT = Property(name="size", wire_name="size", type="string", max_length=9)
NUMBER = Property(name="size", wire_name="size", type="decimal")
OBJECT = Property(name="size", wire_name="size", type="object")


@pytest.mark.parametrize(
    ("old", "new", "there", "back"),
    [
        (TEXT, replace(TEXT, required=True), "property_now_required", "property_now_optional"),
        (replace(TEXT, nullable=True), TEXT, "null_refused", "null_allowed"),
        (TEXT, replace(TEXT, enum=("a",)), "enum_added", "enum_removed"),
        (replace(TEXT, enum=("a", "b")), replace(TEXT, enum=("a",)), "enum_values_removed", "enum_values_added"),
        (replace(TEXT, enum=("a",), open=True), replace(TEXT, enum=("a",)), "enum_closed", "enum_opened"),
        (SHORT, replace(SHORT, pattern="a"), "constraint_narrowed", "constraint_widened"),
        (replace(TEXT, format="ip"), replace(TEXT, format="ipv4"), "constraint_narrowed", "constraint_widened"),
        (TEXT, replace(TEXT, max_length=3), "constraint_narrowed", "constraint_widened"),
        (replace(NUMBER, min=Decimal(0)), replace(NUMBER, min=Decimal(1)), "constraint_narrowed", "constraint_widened"),
        (replace(NUMBER, max=Decimal(2)), replace(NUMBER, max=Decimal(1)), "constraint_narrowed", "constraint_widened"),
        (replace(NUMBER, scale=2), replace(NUMBER, scale=1), "constraint_narrowed", "constraint_widened"),
        (OBJECT, replace(OBJECT, additional=False), "additional_refused", "additional_allowed"),
        (replace(OBJECT, additional=True), OBJECT, "additional_refused", "additional_allowed"),
        (replace(NUMBER, unit="m"), NUMBER, "unit_changed", "unit_named"),
        (replace(NUMBER, currency="EUR"), NUMBER, "currency_changed", "currency_named"),
        (replace(TEXT, sensitivity="personal"), TEXT, "sensitivity_lowered", "sensitivity_raised"),
        (replace(TEXT, retention=90), replace(TEXT, retention=60), "retention_shortened", "retention_lengthened"),
        (TEXT, replace(TEXT, transform="hash"), "transform_changed", "transform_changed"),
        (TEXT, replace(TEXT, description="d"), "property_described", "property_described"),
        (replace(TEXT, type="uuid"), TEXT, "type_widened", "type_changed"),
        (replace(TEXT, type="integer"), NUMBER, "type_widened", "type_changed"),
        (TEXT, replace(TEXT, type="any"), "type_widened", "type_changed"),
        (TEXT, replace(TEXT, type="union", types=("integer", "string")), "type_widened", "type_changed"),
    ],
)  # fmt: skip
def test_a_change_and_its_undoing_are_of_opposite_kinds(old: Property, new: Property, there: str, back: str) -> None:
    assert kinds(old, new) == [there]
    assert kinds(new, old) == [back]


def test_what_is_inside_has_its_own_place() -> None:
    inner = replace(NUMBER, name="price", wire_name="price")
    old = Property(name="lines", wire_name="lines", type="array", items=Property(type="object", properties=(inner,)))
    items = replace(old.items, properties=(replace(inner, required=True),))
    (draft,) = compare_properties([old], [replace(old, items=items)], LEVELS)

    assert (draft.kind, draft.path) == ("property_now_required", ("lines", "[]", "price"))


def test_a_property_is_renamed_only_when_it_keeps_the_key_on_the_wire() -> None:
    declared = compare_properties([TEXT], [replace(TEXT, name="length")], LEVELS)
    undeclared = compare_properties([TEXT], [replace(TEXT, name="length", wire_name="length")], LEVELS)

    assert [draft.kind for draft in declared] == ["property_renamed"]
    assert [draft.kind for draft in undeclared] == ["property_removed", "property_added"]


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        ({"type": "integer"}, {"type": "decimal", "scale": 2}, {"type_widened"}),
        ({"type": "integer"}, {"type": "decimal", "scale": 0}, {"type_widened"}),
        ({"type": "decimal"}, {"type": "decimal", "scale": 2}, {"constraint_narrowed"}),
        ({"type": "integer"}, {"type": "decimal", "scale": 2, "min": 0}, {"type_widened", "constraint_narrowed"}),
        ({"type": "uuid"}, {"type": "string", "max_length": 36}, {"type_widened"}),
        ({"type": "datetime"}, {"type": "string", "format": "date-time", "min_length": 20}, {"type_widened"}),
        ({"type": "datetime"}, {"type": "string", "max_length": 30}, {"type_widened", "constraint_narrowed"}),
        ({"type": "uuid"}, {"type": "string", "max_length": 35}, {"type_widened", "constraint_narrowed"}),
        ({"type": "date"}, {"type": "string", "min_length": 10, "max_length": 40}, {"type_widened"}),
        ({"type": "date"}, {"type": "string", "min_length": 11}, {"type_widened", "constraint_narrowed"}),
    ],
)
def test_a_wider_type_that_says_what_the_old_one_kept_to_anyway_narrows_nothing(
    old: dict[str, Any], new: dict[str, Any], kinds: set[str]
) -> None:
    base, now = (plan_of({"plan": "p", "events": {"e": {"properties": {"a": prop}}}}) for prop in (old, new))

    assert {change.kind for change in diff(base, now)} == kinds
