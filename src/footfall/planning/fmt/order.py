"""The canonical order of keys, wherever their order means nothing.

Names that the plan's author gave (events, properties, conditions) keep their order, as tables and reports show it, and
so does everything under `naming`, `require` and `enforcement`, which a bundle keeps as it is written.
"""

from __future__ import annotations

from collections.abc import Mapping

from footfall.plan.reading.field_types import FieldType, ListOf, MapOf, Record
from footfall.plan.reading.schema import EVENT, FILE, HEADER, PROPERTY, SECTIONS, TYPE
from footfall.planning.grammar import Forms, Named, kind_at

__all__ = ["inside", "key_order", "record_of"]

_PROPERTY_ORDER = (
    "use", "type", "required", "nullable", "wire_name", "enum", "open", "pattern", "format", "min", "max", "min_length",
    "max_length", "min_items", "max_items", "scale", "unit", "currency", "description", "examples", "sensitivity",
    "transform", "retention", "no_lint", "items", "values", "additional", "properties",
)  # fmt: skip
_SECTION_ORDER = tuple(key for name in SECTIONS for key in ((name, "traits") if name == "property_groups" else (name,)))
_ORDERS: Mapping[Record, tuple[str, ...]] = {
    FILE: (*HEADER, "defaults", *_SECTION_ORDER),
    PROPERTY: _PROPERTY_ORDER,
    TYPE: tuple(key for key in _PROPERTY_ORDER if key in TYPE.keys),
}
_AS_WRITTEN = frozenset({(FILE, "naming"), (FILE, "require"), (FILE, "enforcement"), (EVENT, "enforcement")})


def record_of(kind: FieldType | None, keys: Mapping[str, object]) -> Record | None:
    """The record that a mapping with these keys is, where its order means nothing."""
    if isinstance(kind, Forms):
        records = [record for form, record in kind.records.items() if form in keys]
        return records[0] if len(records) == 1 else None
    return kind if isinstance(kind, Record) else None


def key_order(record: Record) -> tuple[str, ...]:
    """The keys of a record in their canonical order; all other keys come after them, as they were."""
    return _ORDERS.get(record) or tuple(record.keys)


def inside(kind: FieldType | None, key: str | None, keys: Mapping[str, object]) -> FieldType | None:
    """The kind of a value under `key` of a mapping of this kind, or of an item of a list (None for the key)."""
    if isinstance(kind, ListOf | MapOf) and (key is None) is isinstance(kind, ListOf):
        return kind.kind
    if isinstance(kind, Named):
        return kind.values
    record = record_of(kind, keys)
    if record is None or key is None or key not in record.keys or (record, key) in _AS_WRITTEN:
        return None
    return kind_at(record, key)
