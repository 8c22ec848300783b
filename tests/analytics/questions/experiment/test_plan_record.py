"""The answer says when the plan had the experiment too late, or had it changed, by the plans that were loaded."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from tests.analytics.questions.experiment.trials import START, plan_with

from footfall.analytics import Dataset
from footfall.analytics.question import ReportContext
from footfall.analytics.questions.experiment.plan_record import PlanRecord, plan_record
from footfall.plan.model import Count, ExperimentOutcome, Plan

WITHOUT = msgspec.structs.replace(plan_with(), experiments={})
CHANGED = plan_with(outcome=ExperimentOutcome(event="returned"))
OWNED = plan_with(owner="growth")
FIRST = datetime.fromtimestamp(START, UTC)


class LoadedPlans(ReportContext):
    """A context whose collector has loaded these plans, each so many seconds after the first exposure."""

    def __init__(self, dataset: Dataset, loads: list[tuple[int, Plan]]) -> None:
        super().__init__(dataset, plan_with(), (), since=None, until=None, now=0)
        self._loads = [((START + seconds) * 1_000_000, plan) for seconds, plan in loads]

    @property
    def plan_loads(self) -> list[tuple[int, Plan]]:
        return self._loads


def record(loads: list[tuple[int, Plan]]) -> PlanRecord:
    with Dataset.of([], plan_with()) as dataset:
        return plan_record(plan_with().experiments["trial"], LoadedPlans(dataset, loads), FIRST)


@pytest.mark.parametrize(
    ("loads", "remarks"),
    [
        ([], []),
        ([(-9, plan_with())], []),
        ([(-9, WITHOUT)], ["no plan that the collector has loaded"]),
        ([(-9, WITHOUT), (9, plan_with())], ["is earlier than the first plan that has"]),
        ([(-9, CHANGED), (-5, plan_with())], []),
        ([(-9, CHANGED), (9, plan_with())], ["was changed (2026-11-02 00:00) after"]),
        ([(-9, plan_with()), (9, CHANGED), (10, plan_with())], ["was changed"]),
        ([(-9, plan_with()), (9, WITHOUT), (10, plan_with())], ["was changed"]),
        ([(-9, plan_with()), (9, OWNED)], []),
        ([(5, CHANGED), (9, plan_with())], ["is earlier", "was changed"]),
    ],
)
def test_what_was_decided_after_the_first_exposure_is_said(loads: Any, remarks: list[str]) -> None:
    lines = record(loads).remarks

    assert len(lines) == len(remarks)
    assert all(text in line for text, line in zip(remarks, lines, strict=True))


def test_another_definition_of_its_kpi_changes_it() -> None:
    measured = plan_with(outcome=None, kpi="returns")
    kpi = msgspec.structs.replace(measured.kpis["returns"], measure=Count(event="bought"))
    other = msgspec.structs.replace(measured, kpis={"returns": kpi})

    assert record([(-9, measured), (9, other)]).changed_at is not None
