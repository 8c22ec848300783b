"""A plan is described by how many parts of each kind it has."""

from __future__ import annotations

from footfall.plan.model import Count, Event, Kpi, Plan, Property
from footfall.reporting.plan.contents import counts_of, describe


def test_a_plan_is_described_by_its_counts() -> None:
    properties = (Property(name="a", type="string"), Property(name="b", type="string"))
    sold = Event(name="sold", wire_name="sold", properties=properties)
    plan = Plan(id="p", events={"sold": sold}, kpis={"k": Kpi(name="k", measure=Count(event="sold"), window=None)})

    assert counts_of(plan) == {
        "events": 1, "properties": 2, "goals": 0, "kpis": 1, "journeys": 0, "segments": 0, "cohorts": 0,
    }  # fmt: skip
    assert describe(plan) == "1 event, 2 properties, 0 goals, 1 KPI, 0 journeys"
