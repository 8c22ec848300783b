"""Every place of the format has its kind, also where a record leaves that to its reader."""

from __future__ import annotations

import pytest

from footfall.plan.reading.field_types import NODE, FieldType, ListOf, MapOf, Record
from footfall.plan.reading.schema import EVENT, FILE, JOURNEY, KPI, PROPERTY, STEP, TYPE
from footfall.planning.grammar import CONDITIONS, FIGURE, MEASURE, RATIO, Forms, Named, kind_at


def records(kind: FieldType, seen: set[int]) -> list[Record]:
    """Every record at or below a kind, each once."""
    if id(kind) in seen:
        return []
    seen.add(id(kind))
    if isinstance(kind, Record):
        return [kind, *(part for key in kind.keys for part in records(kind_at(kind, key), seen))]
    below: tuple[FieldType, ...] = ()
    if isinstance(kind, ListOf | MapOf):
        below = (kind.kind,)
    elif isinstance(kind, Named):
        below = (kind.names, kind.values)
    elif isinstance(kind, Forms):
        below = tuple(kind.records.values())
    return [part for each in below for part in records(each, seen)]


def test_no_place_of_the_format_is_left_to_its_reader() -> None:
    every = records(FILE, set())

    assert {FILE, EVENT, PROPERTY, TYPE, KPI, JOURNEY, STEP} <= set(every)
    assert [key for record in every for key in record.keys if kind_at(record, key) is NODE] == []


def test_a_kind_that_only_describes_reads_nothing() -> None:
    with pytest.raises(TypeError, match="Conditions only describes"):
        CONDITIONS.read(None, (), None)


def test_a_key_that_no_record_has_is_an_error() -> None:
    with pytest.raises(KeyError):
        kind_at(EVENT, "unheard_of")


def test_the_parts_of_a_measure_are_of_any_form_but_a_journey() -> None:
    assert isinstance(RATIO, Record)
    assert kind_at(RATIO, "of") is FIGURE
    assert MEASURE.records.keys() - FIGURE.records.keys() == {"journey"}
    assert kind_at(MEASURE.records["sum_of"], "sum_of").kind is FIGURE  # type: ignore[attr-defined] # a list
