"""A property and an event in a few words: types, limits, notes and facts, and the rows of a table."""

from __future__ import annotations

from decimal import Decimal

import pytest

from footfall.plan.model import Alias, Deprecation, Event, Property, VolumeExpectation
from footfall.planning.codegen.wording import compact, event_facts, limits, notes, rows, type_words


@pytest.mark.parametrize(
    ("prop", "words"),
    [
        (Property(type="string", enum=("a", "b")), ['one of "a", "b"']),
        (
            Property(type="string", enum=("a",), open=True),
            ['usually one of "a"; others are let through with a warning'],
        ),
        (Property(type="string", pattern="^a$", max_length=1), ["matches ^a$", "1 or fewer characters"]),
        (Property(type="string", format="email"), ["format email"]),
        (Property(type="decimal", min=Decimal("0.01"), scale=2), ["at least 0.01", "at most 2 decimals"]),
        (Property(type="array", min_items=1, max_items=3), ["1 or more items", "3 or fewer items"]),
        (Property(type="object", additional=True), ["may have other keys"]),
        (Property(type="object", additional=False), ["has no other keys"]),
        (Property(type="boolean"), []),
    ],
)
def test_every_limit_has_its_words(prop: Property, words: list[str]) -> None:
    assert list(limits(prop)) == words


def test_the_notes_are_what_else_is_known() -> None:
    prop = Property(
        type="decimal", unit="kg", currency="EUR", sensitivity="personal", transform="hash", retention=86_400,
        examples=(Decimal("1.50"), Decimal(2)),
    )  # fmt: skip

    assert list(notes(prop)) == [
        "unit kg", "currency EUR", "sensitivity personal", "hashed before it is sent", "kept for 1d",
        "for example 1.50, 2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("prop", "words"),
    [
        (Property(type="decimal"), "decimal"),
        (Property(type="string", nullable=True), "string or null"),
        (Property(type="union", types=("string", "integer")), "string or integer"),
        (Property(type="array", items=Property(type="map", values=Property(type="number"))), "array of map of number"),
    ],
)
def test_a_type_names_what_is_inside(prop: Property, words: str) -> None:
    assert type_words(prop) == words


def test_a_row_for_each_property_at_any_depth_and_for_an_item_that_has_limits() -> None:
    sku = Property(name="sku", wire_name="SKU", type="string", required=True)
    lines = Property(name="lines", type="array", items=Property(type="object", properties=(sku,)))
    tags = Property(name="tags", type="array", items=Property(type="string", max_length=3))
    counts = Property(name="counts", type="map", values=Property(type="integer"))

    assert [(row.path, row.type, row.required, row.limits) for row in rows((lines, tags, counts))] == [
        ("lines", "array of object", False, ()),
        ("lines[].SKU", "string", True, ()),
        ("tags", "array of string", False, ()),
        ("tags[]", "string", False, ("3 or fewer characters",)),
        ("counts", "map of integer", False, ()),
    ]


def test_the_facts_of_an_event_are_those_that_are_stated() -> None:
    event = Event(
        name="a", wire_name="a", status="deprecated", owner="shop", purpose=("kpi:x", "kpi:y"), additional=False,
        aliases=(Alias(name="b", until="2027-01-01"), Alias(name="c")),
        deprecated=Deprecation(reason="old", replaced_by="d"), volume=VolumeExpectation(per="day", min=1_000),
    )  # fmt: skip

    assert dict(event_facts(event)) == {
        "Status": "deprecated", "Owner": "shop", "Purpose": "kpi:x, kpi:y", "Other properties": "refused",
        "Earlier names": "b until 2027-01-01, c", "Deprecated": "old; use d instead",
        "Expected": "at least 1,000 per day",
    }  # fmt: skip


def test_a_value_is_json_with_its_digits() -> None:
    assert compact([Decimal("1.50"), "é", None]) == '[1.50,"é",null]'
