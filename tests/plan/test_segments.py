"""Which segments a plan knows, and which of them name which."""

from __future__ import annotations

from footfall.plan.model import (
    AllOf,
    Cohort,
    DaysWith,
    Did,
    Event,
    EventFilter,
    InSegment,
    NotIn,
    Plan,
    Segment,
    Where,
)
from footfall.plan.segments import READY_SEGMENTS, filters_of, names_in_rule, naming, parts_of, segments_of

BUY = Did(filter=EventFilter(event="buy"), at_least=1)


def test_every_plan_has_the_ready_made_ones_and_its_own_go_before_them() -> None:
    own = Segment(name="login_often", who=BUY)
    plan = Plan(id="p", segments={"login_often": own, "a": Segment(name="a", who=BUY)})

    assert segments_of(Plan(id="p")).keys() == READY_SEGMENTS.keys()
    assert segments_of(plan).keys() == {*READY_SEGMENTS, "a"}
    assert segments_of(plan)["login_often"] == own


def test_a_login_is_an_event_of_the_plan_or_else_an_identify() -> None:
    def login_of(*names: str) -> str:
        segment = segments_of(Plan(id="p", events={name: Event(name=name, wire_name=name) for name in names}))
        rule = segment["login_once"]
        assert isinstance(rule, Segment)
        assert isinstance(rule.who, DaysWith)
        return rule.who.filter.event

    assert [login_of("login", "signed_in"), login_of("login"), login_of()] == ["signed_in", "login", "identify"]


def test_a_rule_has_its_parts_its_filters_and_the_names_in_them() -> None:
    where = (Where(property="segment", op="member", values=("b",)), Where(property="n", op="in", values=(1,)))
    inner = Did(filter=EventFilter(event="see", where=where), at_least=2)
    rule = AllOf(rules=(BUY, NotIn(of=AllOf(rules=(inner, InSegment(names=("c", "d")))))))

    assert len(list(parts_of(rule))) == 6
    assert [filter_.event for filter_ in filters_of(rule)] == ["buy", "see"]
    assert sorted(names_in_rule(rule)) == ["b", "c", "d"]


def test_who_names_a_segment_by_others_is_known() -> None:
    plan = Plan(
        id="p",
        segments={
            "a": Segment(name="a", who=BUY),
            "b": Segment(name="b", who=NotIn(of=InSegment(names=("a",)))),
            "c": Segment(name="c", who=InSegment(names=("may",))),
            "other": Segment(name="other", who=BUY),
        },
        cohorts={"may": Cohort(name="may", segment="b", as_of="2026-05-01")},
    )

    assert naming(plan, ["a"]) == {"b", "may", "c"}
    assert naming(plan, ["c"]) == set()
