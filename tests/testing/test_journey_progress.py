"""A journey walked in a test goes by the same rules as in the report."""

from __future__ import annotations

import pytest

from footfall.plan.model import Event, Journey, Page, Plan, Property, Step, Where
from footfall.testing.journey_progress import SentEvent, journey_progress

UUID = "0b5d2a5e-1111-4222-8333-abcdefabcdef"
PLAN = Plan(
    id="p",
    events={
        name: Event(name=name, wire_name=name, properties=(Property(name="x", wire_name="X", type="decimal"),))
        for name in "abc"
    },
)


@pytest.mark.parametrize(
    ("where", "value", "holds"),
    [
        (Where(property="x", op="in", values=(1,)), 1.0, True),
        (Where(property="x", op="in", values=(1,)), "1.00", True),
        (Where(property="x", op="in", values=(None,)), None, True),
        (Where(property="x", op="in", values=(1,)), None, False),
        (Where(property="x", op="not_in", values=(1,)), None, True),
        (Where(property="x", op="not_in", values=(1,)), 1, False),
        (Where(property="x", op="gt", values=(1,)), 1, False),
        (Where(property="x", op="gte", values=(1,)), "1", True),
        (Where(property="x", op="lt", values=(1,)), None, False),
        (Where(property="x", op="lte", values=(1.5,)), 1.5, True),
        (Where(property="x", op="gt", values=(1,)), "much", False),
    ],
)
def test_a_condition_reads_the_key_on_the_wire(where: Where, value: object, holds: bool) -> None:
    journey = Journey(name="j", by="user", steps=(Step(id="one", event="a", where=(where,)),))

    progress = journey_progress(PLAN, journey, [SentEvent("a", 0, {} if value is None else {"X": value})])

    assert progress.is_complete == holds


@pytest.mark.parametrize(
    ("prop", "sent", "wanted", "holds"),
    [
        (Property(name="x", type="uuid"), UUID.upper(), UUID, True),
        (Property(name="x", type="datetime"), "2026-03-01T01:00:00+01", "2026-02-28 24:00:00Z", True),
        (Property(name="x", type="string"), "1", "1.0", False),
        (Property(name="x", type="string"), "1", "1", True),
        (Property(name="x", type="boolean"), True, True, True),
    ],
)
def test_values_that_are_equal_are_one_value_as_in_the_report(
    prop: Property, sent: object, wanted: str | bool, holds: bool
) -> None:
    where = Where(property="x", op="in", values=(wanted,))
    plan = Plan(id="p", events={"a": Event(name="a", wire_name="a", properties=(prop,))})
    journey = Journey(name="j", by="user", steps=(Step(id="one", event="a", where=(where,)),))

    assert journey_progress(plan, journey, [SentEvent("a", 0, {"x": sent})]).is_complete is holds


def test_pages_and_other_calls_fill_steps() -> None:
    scroll = Property(name="scroll", wire_name="Scroll", type="integer")
    plan = Plan(id="p", pages={"Pricing": Page(name="Pricing", properties=(scroll,))})
    read = Where(property="scroll", op="gte", values=(50,))
    journey = Journey(
        name="j",
        by="user",
        steps=(
            Step(id="any", event="page"),
            Step(id="read", event="page:Pricing", where=(read,)),
            Step(id="known", event="identify"),
        ),
    )
    events = [
        SentEvent("page:Home", 0, {}, "page"),
        SentEvent("page:Pricing", 1, {"Scroll": 49}, "page"),
        SentEvent("page:Pricing", 2, {"Scroll": 50}, "page"),
        SentEvent("identify", 3, {}, "identify"),
    ]

    assert journey_progress(plan, journey, events).reached == (0, 2, 3)
    assert journey_progress(plan, journey, events[:2]).reached == (0,)


def test_messages_of_one_moment_count_as_in_order() -> None:
    journey = Journey(name="j", by="user", steps=(Step(id="first", event="a"), Step(id="then", event="b")))

    assert journey_progress(PLAN, journey, [SentEvent("b", 5, {}), SentEvent("a", 5, {})]).is_complete


def test_one_message_never_fills_two_steps() -> None:
    journey = Journey(name="j", by="user", steps=(Step(id="first", event="a"), Step(id="again", event="a")))

    assert journey_progress(PLAN, journey, [SentEvent("a", 5, {})]).reached == (5,)
    assert journey_progress(PLAN, journey, [SentEvent("a", 5, {}), SentEvent("a", 5, {})]).reached == (5, 5)
