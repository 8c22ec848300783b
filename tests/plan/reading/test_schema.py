"""The tables of the format: which keys there are."""

from __future__ import annotations

from collections.abc import Iterator

from footfall.plan.model import Event, Goal, Journey, Kpi, Page, Plan, Property
from footfall.plan.reading.field_types import FieldType, ListOf, MapOf, Record
from footfall.plan.reading.schema import (
    DEFAULTS,
    EVENT,
    FILE,
    GOAL,
    JOURNEY,
    KPI,
    PAGE,
    PROPERTY,
    SECTIONS,
    TYPE,
)  # fmt: skip


def records(field: FieldType) -> Iterator[Record]:
    """A type and all types inside it that are records."""
    if isinstance(field, Record):
        yield field
        for key in field.keys.values():
            yield from records(key.kind)
    elif isinstance(field, ListOf | MapOf):
        yield from records(field.kind)


def test_every_key_of_a_definition_is_a_field_of_the_model_or_is_resolved() -> None:
    resolved = {
        (EVENT, Event): {"include", "expect", "derive"},
        (PROPERTY, Property): {"use"}, (KPI, Kpi): set(), (GOAL, Goal): set(),
        (JOURNEY, Journey): set(), (PAGE, Page): set(),
    }  # fmt: skip

    for (record, struct), keys in resolved.items():
        assert record.keys.keys() - set(struct.__struct_fields__) == keys


def test_the_sections_and_the_header_make_up_a_file() -> None:
    assert set(SECTIONS) < FILE.keys.keys()
    assert FILE.keys.keys() - {"plan", "defaults"} <= set(Plan.__struct_fields__) | {"types", "property_groups"}


def test_a_default_is_a_key_of_events_or_of_their_properties() -> None:
    assert DEFAULTS.keys.keys() <= EVENT.keys.keys() | PROPERTY.keys.keys()


def test_a_type_has_no_key_of_one_use_alone() -> None:
    assert PROPERTY.keys.keys() - TYPE.keys.keys() == {"required", "wire_name"}


def test_no_key_begins_like_a_note() -> None:
    fields = [FILE, *(kind for pair in SECTIONS.values() for kind in pair)]

    assert [
        name for field in fields for record in records(field) for name in record.keys if name.startswith("x_")
    ] == []
