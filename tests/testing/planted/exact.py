"""Asserts that what footfall answers is exactly what was planted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from footfall.testing.planted import Planted

__all__ = ["assert_currencies", "assert_funnels", "assert_kpis", "assert_persons"]


def assert_persons(planted: Planted, rows: Iterable[Mapping[str, Any]]) -> None:
    """`rows` are those of an export."""
    rows = list(rows)
    assert {row["message_id"]: (row["person_id"], row["reason"]) for row in rows} == planted.persons
    assert {row["message_id"]: row["audience"] for row in rows} == planted.audiences


def assert_kpis(planted: Planted, report: Mapping[str, Any]) -> None:
    """`report` is that of the window from `since` to `until`, as JSON with decimals."""
    values = {kpi["name"]: kpi["value"] for kpi in report["kpis"]}
    assert len(planted.kpis) >= len(values) - 2  # all but the conversions of a journey that shares its events

    for name, truth in planted.kpis.items():
        if isinstance(truth, Fraction):  # a quotient has no exact decimal; everything else is exact
            wanted = Decimal(truth.numerator) / truth.denominator
            assert values[name] == pytest.approx(wanted, rel=Decimal("1e-12")), name
        else:
            assert values[name] == truth, name


def assert_currencies(planted: Planted, report: Mapping[str, Any]) -> None:
    """See `assert_kpis`."""
    values = {kpi["name"]: {one["currency"]: one["value"] for one in kpi["currencies"]} for kpi in report["kpis"]}

    assert len(planted.currencies["revenue"]) > 1
    for name, truth in planted.currencies.items():
        assert values[name].keys() == truth.keys(), name
        for currency, figure in truth.items():
            wanted = Fraction(figure) if figure is not None else None
            assert float(values[name][currency]) == pytest.approx(float(wanted or 0), rel=1e-12), (name, currency)


def assert_funnels(planted: Planted, report: Mapping[str, Any]) -> None:
    """See `assert_kpis`."""
    journeys = {journey["name"]: journey for journey in report["journeys"]}
    assert {"purchase", "gateway_onboarding"} <= planted.journeys.keys()

    for name, truth in planted.journeys.items():
        steps = journeys[name]["steps"]
        assert tuple(step["actors"] for step in steps) == truth.steps, name
        assert tuple(step["median_seconds"] for step in steps) == truth.medians, name
        assert {branch["id"]: branch["actors"] for branch in journeys[name]["branches"]} == truth.branches, name
        assert {guard["name"]: guard["actors"] for guard in journeys[name]["never"]} == truth.guards, name
