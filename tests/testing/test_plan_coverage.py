"""What counts as covered, by which share, and in which scope."""

from __future__ import annotations

import pytest

from footfall.errors import UsageError
from footfall.plan.model import Event, Plan, Property
from footfall.testing.plan_coverage import Coverage, Gate, read_gate


def event(name: str, **more: object) -> Event:
    return Event(name=name, wire_name=name.title(), **more)  # type: ignore[arg-type]  # any of an event's own fields


def plan(*events: Event) -> Plan:
    return Plan(id="p", events={one.name: one for one in events})


@pytest.mark.parametrize(
    ("text", "gate"),
    [
        ("80", Gate(80)),
        ("99.5", Gate(99.5)),
        ("growth=90", Gate(90, "owner", "growth")),
        ("owner:growth=90", Gate(90, "owner", "growth")),
        ("source:web-shop=90", Gate(90, "source", "web-shop")),
        ("owner=90", Gate(90, "owner", "*")),
        ("source=90", Gate(90, "source", "*")),
        ("owner:owner=90", Gate(90, "owner", "owner")),
    ],
)
def test_a_gate_is_read(text: str, gate: Gate) -> None:
    assert read_gate(text) == gate


@pytest.mark.parametrize("text", ["", "all", "-1", "100.1", "a b=3", "team:x=3", "=3", "3="])
def test_what_is_no_gate_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no coverage"):
        read_gate(text)


def test_drafts_and_deprecated_events_do_not_count() -> None:
    coverage = Coverage(plan(event("a"), event("b", status="draft"), event("c", status="deprecated")))

    assert coverage.summary() == "plan coverage: 0 of 1 event, never seen: a"


def test_what_two_processes_saw_is_joined() -> None:
    seen = event("a", properties=(Property(name="x", wire_name="X", type="any"), Property(name="y", type="any")))
    one, other = Coverage(plan(seen)), Coverage(plan(seen))
    one.note(seen, ["X", "unknown"], "test_1")
    other.note(seen, ["y"], "test_2")

    one.add(other.plain())

    assert one.plain() == {"a": {"count": 2, "properties": ["x", "y"], "tests": ["test_1", "test_2"]}}


def test_a_scope_that_there_is_not_is_told() -> None:
    coverage = Coverage(plan(event("a", sources=("web",))))

    assert coverage.missed([Gate(100, "source", "*")]) == [
        "plan coverage of source web is 0 % (0 of 1 event), less than 100 %: send a"
    ]
    with pytest.raises(UsageError, match="the plan has no source 'till' to cover; it has web"):
        coverage.missed([Gate(1, "source", "till")])
    with pytest.raises(UsageError, match="no event of the plan names its owner"):
        coverage.missed([Gate(1, "owner", "*")])


def test_a_plan_without_active_events_is_covered() -> None:
    assert Coverage(plan(event("a", status="draft"))).missed([Gate(100)]) == []
