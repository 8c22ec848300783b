"""Segments and cohorts are read as rules over persons, and a ring is reported once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from footfall.plan import read
from footfall.plan.bundle import bundle_bytes, from_bundle
from footfall.plan.model import (
    AllOf,
    AnyOf,
    Cohort,
    DaysWith,
    Did,
    DidFirstOrLast,
    EventFilter,
    HasTraits,
    InSegment,
    NotIn,
    SegmentRule,
    SessionCount,
    SessionValue,
    TimeSpent,
    Where,
)

BUY = EventFilter(event="bought")
DOCUMENT: dict[str, Any] = {
    "plan": "p", "traits": {"user": {"tier": {"type": "string"}}},
    "events": {"bought": {"properties": {"total": {"type": "integer"}}}},
}  # fmt: skip


def rule_of(who: dict[str, Any]) -> SegmentRule:
    return read({**DOCUMENT, "segments": {"a": {"who": who}}}).require().segments["a"].who


@pytest.mark.parametrize(
    ("who", "rule"),
    [
        ({"did": "bought"}, Did(filter=BUY, at_least=1)),
        ({"did": "bought", "at_most": 2, "within": "7d"}, Did(filter=BUY, at_least=0, at_most=2, within=604_800)),
        (
            {"first": "bought", "before": "2026-05-01", "after": "90d"},
            DidFirstOrLast(which="first", filter=BUY, before="2026-05-01", after=90 * 86_400),
        ),
        (
            {"days_with": "*", "at_least": 2, "within": "4w"},
            DaysWith(filter=EventFilter(event="*"), days=28, at_least=2),
        ),
        (
            {"share_of_days_with": "bought", "at_least": Decimal("0.3"), "at_most": Decimal("0.7"), "within": "28d"},
            DaysWith(filter=BUY, days=28, at_least=9, at_most=19),
        ),
        (
            {"sessions": {"at_least": 3, "where": {"duration": {"gte": "10m"}, "entry": ["page:/a", "bought"]}}},
            SessionCount(
                at_least=3,
                where=(
                    SessionValue(value="duration", op="gte", values=(600,)),
                    SessionValue(value="entry", op="in", values=("page:/a", "bought")),
                ),
            ),
        ),
        (
            {"sessions": {"where": {"messages": {"not": 1}}}},
            SessionCount(at_least=1, where=(SessionValue(value="messages", op="not_in", values=(1,)),)),
        ),
        ({"time_spent": {"at_most": "2h", "within": "28d"}}, TimeSpent(at_least=0, at_most=7_200, within=2_419_200)),
        ({"traits": {"tier": "gold"}}, HasTraits(where=(Where(property="tier", op="in", values=("gold",)),))),
        ({"segment": "login_often"}, InSegment(names=("login_often",))),
        ({"not": {"segment": ["login_often", "login_once"]}}, NotIn(of=InSegment(names=("login_often", "login_once")))),
        (
            {"all": [{"did": "bought"}, {"any": [{"did": "bought"}]}]},
            AllOf(rules=(Did(filter=BUY, at_least=1), AnyOf(rules=(Did(filter=BUY, at_least=1),)))),
        ),
    ],
)  # fmt: skip
def test_a_rule_of_any_form_is_read_and_comes_back_from_a_bundle(who: dict[str, Any], rule: SegmentRule) -> None:
    plan = read({**DOCUMENT, "segments": {"a": {"who": who}}}).require()

    assert plan.segments["a"].who == rule
    assert from_bundle(bundle_bytes(plan)) == plan


def test_messages_can_be_chosen_by_properties_and_by_segments() -> None:
    rule = rule_of({"did": "bought", "where": {"total": {"gte": 3}, "segment": {"not": "login_once"}}})

    assert rule == Did(
        filter=EventFilter(
            event="bought",
            where=(
                Where(property="total", op="gte", values=(3,)),
                Where(property="segment", op="not_member", values=("login_once",)),
            ),
        ),
        at_least=1,
    )


def test_a_cohort_is_a_segment_and_a_day() -> None:
    plan = read({**DOCUMENT, "cohorts": {"spring": {"segment": "login_often", "as_of": "2026-05-01"}}}).require()

    assert plan.cohorts == {"spring": Cohort(name="spring", segment="login_often", as_of="2026-05-01")}


def test_each_ring_is_reported_once_and_with_its_shortest_way() -> None:
    who = {
        "a": {"any": [{"segment": "b"}, {"segment": "c"}]}, "b": {"segment": "c"}, "c": {"segment": "a"},
        "alone": {"segment": "alone"}, "outside": {"segment": "a"},
    }  # fmt: skip
    problems = read({**DOCUMENT, "segments": {name: {"who": rule} for name, rule in who.items()}}).problems

    assert [(problem.code, problem.message.rpartition(": ")[2]) for problem in problems] == [
        ("cycle", "a → c → a"), ("cycle", "b → c → a → b"), ("cycle", "alone → alone"),
    ]  # fmt: skip


def chain_to(rule: object, length: int) -> dict[str, object]:
    """Segments that name the next one; the last one has a rule."""
    names = {f"s{number}": {"who": {"segment": f"s{number + 1}"}} for number in range(length - 1)}
    return {**DOCUMENT, "segments": {**names, f"s{length - 1}": {"who": rule}}}


def test_a_chain_of_segments_may_be_32_deep() -> None:
    end = {"did": next(iter(DOCUMENT["events"])), "at_least": 1}

    assert read(chain_to(end, 32)).problems == []
    (problem,) = read(chain_to(end, 400)).problems
    assert (problem.code, problem.where) == ("too_large", "segments.s367")


def test_a_long_ring_is_reported_once_and_whole() -> None:
    (problem,) = read(chain_to({"segment": "s0"}, 200)).problems

    assert problem.message.endswith(" → s199 → s0")
