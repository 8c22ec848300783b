"""Deltas of two reports: every KPI and journey of either, and what happened to it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from footfall.analytics import Dataset, Report, report
from footfall.plan import read
from footfall.simulation.deltas import JourneyDelta, KpiDelta, StepDelta, journey_deltas, kpi_deltas
from footfall.storage import Entry, Row

NOW = datetime(2026, 11, 11, tzinfo=UTC)
OLD = """
plan: shop
events:
  viewed: {}
  bought: {properties: {kind: {type: string}}}
kpis:
  views: {owner: growth, measure: {count: viewed}}
  sales: {owner: growth, measure: {count: bought, by: [kind]}}
  share: {owner: growth, measure: {ratio: {of: {count: bought}, to: {count: viewed}}}}
journeys:
  buying: {owner: growth, steps: [{id: see, event: viewed}, {id: buy, event: bought}]}
"""
NEW = OLD.replace("  views: {", "  looks: {").replace("{id: buy,", "{id: paid,")


def reported(folder: Path, plan_text: str, *kinds: str) -> Report:
    """The report of a plan over one view and a purchase of each kind, all by one person."""
    file = folder / "plan.yaml"
    file.write_text(plan_text, encoding="utf-8")
    plan = read(file).require()
    at = int(NOW.timestamp() * 1_000_000) - 1_000_000
    bodies = [("viewed", b"{}"), *(("bought", b'{"properties":{"kind":"%s"}}' % kind.encode()) for kind in kinds)]
    rows = [
        Row("stored", "web", f"m{number}", "track", event, "ann", None, None, None, None, at + number, at, None, None,
            body, None)
        for number, (event, body) in enumerate(bodies)
    ]  # fmt: skip
    with Dataset.of((Entry(seq, row) for seq, row in enumerate(rows, 1)), plan) as dataset:
        return report(dataset, plan, now=NOW)


def test_a_figure_is_the_same_only_if_each_of_its_groups_is(tmp_path: Path) -> None:
    before, after = reported(tmp_path, OLD, "rye", "rye"), reported(tmp_path, OLD, "rye", "wheat")

    assert {delta.name: delta.change for delta in kpi_deltas(before, before)} == dict.fromkeys(
        ("views", "sales", "share"), "same"
    )
    assert [delta.name for delta in kpi_deltas(before, after) if delta.change == "moved"] == ["sales"]


def test_what_one_of_the_plans_lacks_was_added_or_removed_and_the_new_plan_comes_first(tmp_path: Path) -> None:
    deltas = kpi_deltas(reported(tmp_path, OLD, "rye"), reported(tmp_path, NEW, "rye"))

    assert [delta.name for delta in deltas] == ["looks", "sales", "share", "views"]
    assert deltas[0] == KpiDelta("looks", "growth", "added", None, Decimal(1))
    assert deltas[-1] == KpiDelta("views", "growth", "removed", Decimal(1), None)


def test_only_a_quotient_is_a_share(tmp_path: Path) -> None:
    deltas = kpi_deltas(None, reported(tmp_path, OLD, "rye"))

    assert {delta.name for delta in deltas if delta.is_share} == {"share"}
    assert {delta.change for delta in deltas} == {"added"}


@pytest.mark.parametrize(("kinds", "buyers", "change"), [((), 0, "moved"), (("rye",), 1, "same")])
def test_a_journey_moves_where_a_step_does(tmp_path: Path, kinds: tuple[str, ...], buyers: int, change: str) -> None:
    (delta,) = journey_deltas(reported(tmp_path, OLD, "rye"), reported(tmp_path, OLD, *kinds))

    assert delta == JourneyDelta(
        "buying", "growth", change, (StepDelta("see", 1, 1), StepDelta("buy", 1, buyers))
    )  # fmt: skip


def test_a_step_of_one_plan_alone_has_no_count_under_the_other(tmp_path: Path) -> None:
    (delta,) = journey_deltas(reported(tmp_path, OLD, "rye"), reported(tmp_path, NEW, "rye"))

    assert delta.steps == (StepDelta("see", 1, 1), StepDelta("paid", None, 1), StepDelta("buy", 1, None))
