"""Property values that a plan allows, drawn from a seeded generator."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from footfall.errors import UsageError
from footfall.plan.model import Property

__all__ = ["draw_object", "draw_value"]

_DAY_ZERO = datetime(2026, 1, 1, tzinfo=UTC)

# What a format looks like, for the formats that a plan knows.
_FORMATS: dict[str, Callable[[Random], str]] = {
    "email": lambda rng: f"person{rng.randrange(10**6)}@planted.example",
    "uri": lambda rng: f"https://planted.example/{rng.randrange(10**6)}",
    "hostname": lambda rng: f"host{rng.randrange(10**6)}.planted.example",
    "ipv4": lambda rng: f"192.0.2.{rng.randrange(1, 255)}",
    "ipv6": lambda rng: f"2001:db8::{rng.randrange(1, 0xFFFF):x}",
    "uuid": lambda rng: str(UUID(int=rng.getrandbits(128), version=4)),
    "date": lambda rng: date(2026, 1, 1 + rng.randrange(28)).isoformat(),
    "date-time": lambda rng: (_DAY_ZERO + timedelta(seconds=rng.randrange(86_400 * 300))).isoformat(),
    "duration": lambda rng: f"PT{rng.randrange(1, 600)}S",
}


def _string(spec: Property, rng: Random) -> str:
    if spec.examples:
        return str(rng.choice(spec.examples))
    if spec.pattern is not None:
        raise UsageError(f"{spec.name}: planted people need an example of a string with a pattern; add `examples:`")
    if spec.format is not None:
        return _FORMATS[spec.format](rng)
    least = spec.min_length or 0
    most = min(spec.max_length if spec.max_length is not None else least + 12, least + 12)
    return "".join(rng.choices(string.ascii_lowercase, k=rng.randint(max(least, min(1, most)), most)))


def _bounds(spec: Property) -> tuple[Decimal, Decimal]:
    low = spec.min if spec.min is not None else Decimal(0)
    return low, spec.max if spec.max is not None else low + 1000


def _integer(spec: Property, rng: Random) -> int:
    low, high = _bounds(spec)
    return rng.randint(int(low), int(high))


def _decimal(spec: Property, rng: Random) -> Decimal:
    low, high = _bounds(spec)
    scale = 2 if spec.scale is None else spec.scale
    return Decimal(rng.randint(int(low * 10**scale), int(high * 10**scale))).scaleb(-scale)


def _array(spec: Property, rng: Random) -> list[Any]:
    least = spec.min_items or 0
    most = min(spec.max_items if spec.max_items is not None else least + 3, least + 3)
    return [draw_value(spec.items, rng) if spec.items else rng.randrange(10) for _ in range(rng.randint(least, most))]


def _map(spec: Property, rng: Random) -> dict[str, Any]:
    most = min(spec.max_items if spec.max_items is not None else 3, 3)
    keys = [f"key{number}" for number in range(rng.randint(spec.min_items or 0, most))]
    return {key: draw_value(spec.values, rng) if spec.values else rng.randrange(10) for key in keys}


_DRAW: dict[str, Callable[[Property, Random], Any]] = {
    "string": _string,
    "integer": _integer,
    "number": lambda spec, rng: float(_decimal(spec, rng)),
    "decimal": _decimal,
    "boolean": lambda _, rng: rng.random() < 0.5,
    "datetime": lambda _, rng: _DAY_ZERO + timedelta(seconds=rng.randrange(86_400 * 300)),
    "date": lambda _, rng: date(2026, 1, 1 + rng.randrange(28)),
    "uuid": lambda _, rng: UUID(int=rng.getrandbits(128), version=4),
    "object": lambda spec, rng: draw_object(spec.properties, rng),
    "array": _array,
    "map": _map,
    "any": lambda _, rng: rng.randrange(10),
}


def draw_value(spec: Property, rng: Random) -> Any:
    """A value that `spec` allows, as a Python object.

    Raises UsageError for a string whose pattern comes without an example.
    """
    if spec.nullable and rng.random() < 0.3:
        return None
    if spec.enum:
        return rng.choice(spec.enum)
    return _DRAW[rng.choice(spec.types) if spec.types else spec.type](spec, rng)


def draw_object(specs: tuple[Property, ...], rng: Random) -> Mapping[str, Any]:
    """Properties by wire name: all that are required, and about half of the others."""
    return {spec.wire_name: draw_value(spec, rng) for spec in specs if spec.required or rng.random() < 0.5}
