"""Properties: what an event, a page or a trait has in it, as the plan describes it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, Literal

import msgspec

from footfall.plan.model.part import PlanPart

__all__ = [
    "NUMERIC",
    "PATTERN_MAX_LENGTH",
    "TRAITS_OF",
    "Property",
    "PropertyType",
    "ScalarType",
    "TraitKind",
    "Transform",
]

PropertyType = Literal[
    "string", "integer", "number", "decimal", "boolean", "datetime", "date", "uuid", "object", "array", "map", "any",
    "union",
]  # fmt: skip
ScalarType = Literal["string", "integer", "number", "decimal", "boolean", "datetime", "date", "uuid"]
Transform = Literal["hash", "drop", "truncate", "mask"]
TraitKind = Literal["user", "account"]

NUMERIC: Final = frozenset[PropertyType]({"integer", "number", "decimal"})
"""The types whose values are numbers."""

PATTERN_MAX_LENGTH: Final = 1_024
"""The most characters of a string with a `pattern` and no `max_length`."""

TRAITS_OF: Mapping[str, TraitKind] = {"group": "account", "identify": "user"}
"""Which traits of the plan those of a message of each type are."""


class Property(PlanPart, frozen=True, kw_only=True):
    """One property of an event, one trait, one item of an array, or one value of a map.

    `name` is the plan's name, `wire_name` the key in the JSON ("" for items and values, which have none).
    `min`/`max` bound numbers, `min_length`/`max_length` strings (in code points), `min_items`/`max_items` arrays and
    maps. A string with a `pattern` has a `max_length`, `PATTERN_MAX_LENGTH` unless another is given: no value is then
    long enough to keep the pattern busy. `scale` is the most decimals a decimal may have. `currency` is the name of the
    property beside it that says in which currency an amount is, or an ISO 4217 code. An `open` enum only warns about
    new values. A value of the type `union` is of one of `types`, no two of which share a value: each
    constraint applies to values of the types that it belongs to. `additional` says whether an object may have keys that
    `properties` does not name; None leaves that to the enforcement of unknown properties.
    """

    name: str = ""
    wire_name: str = ""
    type: PropertyType
    types: tuple[ScalarType, ...] = ()
    description: str = ""
    required: bool = False
    nullable: bool = False
    enum: tuple[str | int, ...] = ()
    open: bool = False
    pattern: str | None = None
    format: str | None = None
    min: Decimal | None = None
    max: Decimal | None = None
    min_length: int | None = None
    max_length: int | None = None
    min_items: int | None = None
    max_items: int | None = None
    scale: int | None = None
    unit: str | None = None
    currency: str | None = None
    examples: tuple[Any, ...] = ()
    sensitivity: str | None = None
    transform: Transform | None = None
    retention: int | None = None
    items: Property | None = None
    values: Property | None = None
    properties: tuple[Property, ...] = ()
    additional: bool | None = None
    no_lint: tuple[str, ...] = ()
    x: Mapping[str, Any] = {}

    def __post_init__(self) -> None:
        if self.pattern is not None and self.max_length is None:
            msgspec.structs.force_setattr(self, "max_length", PATTERN_MAX_LENGTH)
