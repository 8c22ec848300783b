"""Properties of every type, each with JSON texts that it takes and that it refuses; a drawn event of them all."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from footfall.plan.model import Event, Plan, Property

__all__ = ["SHAPES", "event_of", "plan_of"]

Shape = tuple[Property, tuple[str, ...], tuple[str, ...]]


def _shape(right: tuple[str, ...], wrong: tuple[str, ...], **fields: Any) -> Shape:
    return Property(name="value", wire_name="value", required=True, **fields), right, wrong


_LINE = Property(
    type="object",
    properties=(
        Property(name="sku", wire_name="SKU", type="string", required=True, min_length=1),
        Property(name="note", wire_name="note", type="string", nullable=True),
    ),
)
_MONTH_ENDS = tuple(f'"2026-{month:02}-{day}"' for month, day in ((1, 31), (2, 28), (4, 30), (9, 30), (12, 31)))

SHAPES: tuple[Shape, ...] = (
    _shape(('"a"', '""'), ("1", "null", "[]", "true"), type="string"),
    _shape(('"a"', "null"), ("1",), type="string", nullable=True),
    _shape(('"ab"', '"😀😀"'), ('"a"', '"abcd"', '"😀😀😀😀"'), type="string", min_length=2, max_length=3),
    _shape(('"AB"',), ('"ab"', '"ABC"', '"xAB"', r'"AB\n"'), type="string", pattern="^[A-Z]{2}$"),
    _shape(('"a1b"',), ('"ab"', '"٣"'), type="string", pattern=r"\d"),
    _shape(('"a_1"',), ('"é_1"', '"a-1"', r'"a\n"'), type="string", pattern=r"\A\w+\Z"),
    _shape(('"é_1"',), ('"é 1"', '"é-1"', r'"é\n"'), type="string", pattern=r"(?u)\A\w+\Z"),
    _shape(('"a b"',), (r'"a\u00a0b"', r'"a b\n"'), type="string", pattern=r"^\w\s\w$"),
    _shape(('"a"', '"b"'), ('"c"', "null"), type="string", enum=("a", "b")),
    _shape(('"a"', "null"), ('"c"',), type="string", enum=("a", "b"), nullable=True),
    _shape(('"abc"',), ('"ab"', '"c"'), type="string", enum=("ab", "abc"), min_length=3),
    _shape(('"ann@shop.example"',), ('"ann@shop"', r'"ann@shop.example\n"'), type="string", format="email"),
    _shape(('"10.0.0.1"',), ('"10.0.0.256"', '"010.0.0.1"'), type="string", format="ipv4"),
    _shape(('"::1"', '"::ffff:10.0.0.1"'), ('":::"', '"1::2::3"', '"g::"'), type="string", format="ipv6"),
    _shape(('"P1DT2H"', '"P3W"'), ('"P"', '"PT"', '"1D"'), type="string", format="duration"),
    _shape(
        ('"ann@shop.example"', '"joann@x.se"'),
        ('"bob@shop.example"', '"ann"'),
        type="string",
        pattern="(a)n+",
        format="email",
    ),
    _shape(('"192.0.0.1"',), ('"20.0.0.1"', '"192.0.0.256"'), type="string", pattern=r"^(1)92\.", format="ipv4"),
    _shape(("0", "-7", "123456789012345678901234567890"), ('"1"', "1.5", "true", "null"), type="integer"),
    _shape(("1", "99"), ("0", "100", "-1"), type="integer", min=Decimal(1), max=Decimal(99)),
    _shape(("1", "2"), ("0", "3"), type="integer", min=Decimal("0.5"), max=Decimal("2.5")),
    _shape(("1", "3"), ("2",), type="integer", enum=(1, 3)),
    _shape(("0.5", "1", "-2e3"), ('"1"', "true", "null"), type="number"),
    _shape(("0.1", "0.25"), ("0.05", "0.3"), type="number", min=Decimal("0.1"), max=Decimal("0.25")),
    _shape(("1", "1.50", '"1.50"', '"-2e3"'), ("true", "null", '"x"', '""'), type="decimal"),
    _shape(("true", "false"), ("0", '"true"', "null"), type="boolean"),
    _shape(
        (
            '"2026-03-01T10:00:00Z"',
            '"2026-03-01 10:00:00.123+05:30"',
            '"2024-02-29t00:00:00z"',
        ),
        (
            '"2026-03-01T10:00:00"',
            '"2026-02-29T10:00:00Z"',
            '"2026-03-01"',
            "5",
            '"2026-03-01T24:00:01Z"',
            '"2026-03-01T10:00:61Z"',
            '"9999-12-31T24:00:00Z"',
            '"9999-12-31T23:59:60Z"',
            '"0000-03-01T10:00:00Z"',
        ),
        type="datetime",
    ),
    _shape(
        ('"2026-03-01"', '"2024-02-29"', '"2000-02-29"', *_MONTH_ENDS),
        ('"2026-02-29"', '"1900-02-29"', '"20260301"', '"0000-01-01"', '"2026-04-31"', '"2026-13-01"'),
        type="date",
    ),
    _shape(('"0785ee10-d5da-46d9-80f4-36a000000000"',), ('"0785ee10"', "7"), type="uuid"),
    _shape(("[]", "[1,2]"), ("{}", "[1.5]", "null", "[null]"), type="array", items=Property(type="integer")),
    _shape(
        ("[1]", "[null]"),
        ("[]", "[1,2,3]"),
        type="array",
        items=Property(type="integer", nullable=True),
        min_items=1,
        max_items=2,
    ),
    _shape(("{}", '{"a":1}'), ("[]", '{"a":"x"}', '{"a":null}'), type="map", values=Property(type="number")),
    _shape(('{"a":1}',), ("{}", '{"a":1,"b":2}'), type="map", values=Property(type="number"), min_items=1, max_items=1),
    _shape(
        ('{"SKU":"a"}', '{"SKU":"a","note":null}'),
        ("{}", '{"sku":"a"}', '{"SKU":""}', '{"SKU":"a","x":1}', '{"SKU":"a","note":1}'),
        type="object",
        properties=_LINE.properties,
    ),
    _shape(("[]", '[{"SKU":"a"}]'), ("[{}]", '[{"SKU":1}]', "[null]"), type="array", items=_LINE),
    _shape(("1", '"x"', "[]", "{}", "false"), ("null",), type="any"),
    _shape(("1", "null", '{"a":null}'), (), type="any", nullable=True),
    _shape(('"a"', "1"), ("1.5", "true", "null", '""'), type="union", types=("string", "integer"), min_length=1),
    _shape(
        ('"a"', "1", "null"),
        ("2", '"b"', "true"),
        type="union",
        types=("string", "integer"),
        enum=("a", 1),
        nullable=True,
    ),
)
"""(property, texts that are right, texts that are wrong). An open enum and what only a warning tells are elsewhere."""


def event_of(*properties: Property, name: str = "thing_seen", **fields: Any) -> Event:
    return Event(name=name, wire_name=fields.pop("wire_name", name), properties=properties, **fields)


def plan_of(*events: Event) -> Plan:
    return Plan(id="bakery", events={event.name: event for event in events})
