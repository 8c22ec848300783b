"""Conditions over properties as they were sent; more of them in tests/testing/test_journey_progress.py."""

from __future__ import annotations

from footfall.journeys.conditions import MessageValues, meets
from footfall.plan.model import Event, Plan, Property, Step, Where

PLAN = Plan(
    id="p",
    events={"a": Event(name="a", wire_name="A", properties=(Property(name="x", wire_name="X", type="decimal"),))},
)


def test_all_conditions_have_to_hold() -> None:
    step = Step(
        id="s", event="a", where=(Where(property="x", op="gt", values=(1,)), Where(property="x", op="lt", values=(3,)))
    )

    assert [meets(PLAN, step, MessageValues({"X": value})) for value in (1, 2, 3)] == [False, True, False]


def test_no_message_meets_a_step_whose_event_the_plan_does_not_know() -> None:
    assert not meets(PLAN, Step(id="s", event="gone"), MessageValues({}))


def test_a_property_that_the_event_does_not_have_is_absent() -> None:
    absent = Step(id="s", event="a", where=(Where(property="y", op="in", values=(None,)),))

    assert meets(PLAN, absent, MessageValues({"y": 1}))
