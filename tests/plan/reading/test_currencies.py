"""Amounts name a currency that there is, and a target over money says which currency it is in."""

from __future__ import annotations

from typing import Any

import pytest

from footfall.plan import read
from footfall.plan.model import Property
from footfall.plan.problems import Location, Problems
from footfall.plan.reading.currencies import check_currency
from footfall.plan.reading.properties import ResolvedProperty


def problems_of(*properties: Property, whole: bool = True) -> list[str]:
    problems = Problems()
    resolved = [ResolvedProperty(prop.name, Location("plan.yaml", 1, 1), prop) for prop in properties]
    check_currency(resolved, ("sold",), problems, whole=whole)
    return [f"{problem.where}: {problem.message}" for problem in problems.sorted()]


TOTAL = Property(name="total", type="decimal", currency="currency")


def test_an_amount_names_a_text_beside_it_or_a_code() -> None:
    currency = Property(name="currency", type="string")

    assert problems_of(TOTAL, currency) == []
    assert problems_of(Property(name="total", type="decimal", currency="EUR")) == []
    assert problems_of(TOTAL) == ["sold.total: its currency 'currency' is no property beside it, and no ISO 4217 code"]
    assert problems_of(TOTAL, whole=False) == []
    assert problems_of(TOTAL, Property(name="currency", type="integer")) == [
        "sold.total: its currency 'currency' is a property of type integer"
    ]
    assert problems_of(Property(name="total", type="decimal", currency="EUR"), Property(name="EUR", type="string")) == [
        "sold.total: its currency 'EUR' is an ISO 4217 code and a property beside it"
    ]


def test_an_amount_may_name_a_property_beside_the_object_around_it() -> None:
    lines = Property(name="lines", type="array", items=Property(type="object", properties=(TOTAL,)))

    assert problems_of(lines, Property(name="currency", type="string")) == []
    assert problems_of(lines) == [
        "sold.lines[].total: its currency 'currency' is no property beside it, and no ISO 4217 code"
    ]


def kpi(unit: str | None, total: dict[str, Any], **currency: Any) -> list[str]:
    target = {"direction": "up", "value": 5, **({} if unit is None else {"unit": unit})}
    properties = {
        "total": {"type": "decimal", **total},
        **({"currency": {"type": "string", **currency}} if currency else {}),
    }
    document = {
        "plan": "p", "events": {"sold": {"properties": properties}},
        "kpis": {"k": {"measure": {"sum": "sold.total"}, "target": target}},
    }  # fmt: skip
    return [problem.code for problem in read(document).problems]


@pytest.mark.parametrize(
    ("unit", "total", "currency", "codes"),
    [
        (None, {"currency": "EUR"}, {}, []),
        ("EUR", {"currency": "EUR"}, {}, []),
        ("SEK", {"currency": "EUR"}, {}, ["bad_currency"]),
        ("SEK", {"currency": "currency"}, {"enum": ["EUR", "SEK"]}, []),
        ("NOK", {"currency": "currency"}, {"enum": ["EUR", "SEK"]}, ["bad_currency"]),
        (None, {"currency": "currency"}, {"enum": ["EUR", "SEK"]}, ["bad_currency"]),
        ("kg", {}, {}, []),
    ],
)
def test_a_target_is_in_a_currency_that_its_measure_has(
    unit: str | None, total: dict[str, Any], currency: dict[str, Any], codes: list[str]
) -> None:
    assert kpi(unit, total, **currency) == codes
