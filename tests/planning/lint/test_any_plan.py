"""Whatever a plan holds, judging it ends, says the same again, and speaks of parts that are there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.errors import Problem
from footfall.plan import Plan, SourceMap
from footfall.plan.model import (
    Aggregate,
    Conversion,
    Count,
    Deprecation,
    Event,
    Goal,
    Journey,
    Kpi,
    Property,
    Ratio,
    Step,
)  # fmt: skip
from footfall.plan.reading.source_map import split_where
from footfall.planning.lint import RULES, lint
from footfall.planning.lint.rule import View

TODAY = date(2027, 3, 1)
NAMES = [
    "email",
    "price",
    "loadTime",
    "x",
    "_",
    "order_id",
    "orders_id",
    "tags",
    "paid_at",
    "password",
    "größe",
    "weight",
]
WORDS = ["", "todo", "The order id", "When it was paid", "Ordered", "!?", "id"]
DAYS = ["", "2020-01-01", "2027-03-01", "2030-12-31"]
RULE_NAMES = [rule.name for rule in RULES]


@st.composite
def properties(draw: Any, depth: int = 2, named: bool = True) -> Property:
    kinds = ["string", "integer", "number", "decimal", "boolean", "datetime", "uuid", "any", "union"]
    kind = draw(st.sampled_from(kinds + ["object", "array", "map"] * (depth > 0)))
    name = draw(st.sampled_from(NAMES)) if named else ""
    inner: dict[str, Any] = {}
    if kind == "object":
        inner["properties"] = tuple(draw(st.lists(properties(depth - 1), max_size=2)))
    elif kind in ("array", "map"):
        inner["items" if kind == "array" else "values"] = draw(properties(depth - 1, named=False))
    elif kind == "union":
        inner["types"] = ("string", "integer")
    return Property(
        name=name,
        wire_name=name,
        type=kind,
        description=draw(st.sampled_from(WORDS)),
        unit=draw(st.sampled_from([None, None, None, "s", "EUR"])),
        enum=draw(st.sampled_from([(), ("a",), ("a", "b")])) if kind == "string" else (),
        format=draw(st.sampled_from([None, "email", "ip"])) if kind == "string" else None,
        min=draw(st.sampled_from([None, Decimal(1)])),
        sensitivity=draw(st.sampled_from([None, "public", "personal", "special"])),
        no_lint=tuple(draw(st.lists(st.sampled_from([*RULE_NAMES, "odd"]), max_size=2))),
        **inner,
    )


@st.composite
def plans(draw: Any) -> Plan:
    names = draw(
        st.lists(st.sampled_from(["order_paid", "pay_order", "page", "a", "kpis", "order_payed"]), unique=True)
    )
    events = {
        name: Event(
            name=name,
            wire_name=draw(st.sampled_from([name, "Order Paid", "$x"])),
            status=draw(st.sampled_from(["draft", "active", "deprecated"])),
            expires=draw(st.sampled_from(DAYS)),
            since=draw(st.sampled_from(DAYS)),
            purpose=draw(st.sampled_from([(), ("kpi:k",), ("journey:j",)])),
            deprecated=draw(st.sampled_from([None, Deprecation(remove_after="2020-01-01", replaced_by=names[0])])),
            properties=tuple({prop.name: prop for prop in draw(st.lists(properties(), max_size=4))}.values()),
            no_lint=tuple(draw(st.lists(st.sampled_from([*RULE_NAMES, "odd"]), max_size=2))),
        )
        for name in names
    }
    kpis: dict[str, Kpi] = {}
    journeys: dict[str, Journey] = {}
    if names:
        one = Count(event=draw(st.sampled_from(names)))
        journeys["j"] = Journey(name="j", by="user", steps=tuple(Step(id=name, event=name) for name in names[:2]))
        other = Aggregate(function="sum", event=names[-1], property="price")
        forms = [one, Ratio(of=one, to=other), Conversion(journey="j", start=names[0], end=names[:2][-1])]
        kpis = {name: Kpi(name=name, measure=draw(st.sampled_from(forms)), window=None) for name in ("k", "l")}
    rule = {"style": "snake_case", "order": "object_action", "tense": "past", "max_length": 8, "pattern": "^o"}
    naming = dict.fromkeys(draw(st.sets(st.sampled_from(["events", "properties", "traits", "kpis"]))), rule)
    return Plan(
        id="p",
        events=events,
        kpis=kpis,
        journeys=journeys,
        goals={"g": Goal(name="g", kpis=tuple(kpis))},
        traits={"user": tuple({prop.name: prop for prop in draw(st.lists(properties(), max_size=2))}.values())},
        naming=naming,
        lint=draw(st.dictionaries(st.sampled_from([*RULE_NAMES, "odd"]), st.sampled_from(["error", "warning", "off"]))),
    )


def judged(plan: Plan) -> list[Problem]:
    return lint(plan, source_map=SourceMap("plan.json"), today=TODAY)


def parts(plan: Plan) -> Iterator[tuple[str, ...]]:
    yield from ((name,) for name in plan.events)
    yield from (each.path for each in View(plan, SourceMap(""), TODAY).properties)
    yield from (("kpis", name) for name in plan.kpis)
    yield from (("goals", name) for name in plan.goals)
    yield from (("lint", name) for name in plan.lint)
    for name, journey in plan.journeys.items():
        yield "journeys", name
        yield from (("journeys", name, "steps", f"[{index}]") for index in range(len(journey.steps)))


@settings(max_examples=100)
@given(plans())
def test_every_finding_is_of_a_part_and_has_the_level_that_the_plan_wants(plan: Plan) -> None:
    found = judged(plan)

    known = set(parts(plan))
    assert [problem.where for problem in found if split_where(problem.where) not in known] == []
    assert [problem.code for problem in found if plan.lint.get(problem.code, problem.level) != problem.level] == []
    assert [str(problem) for problem in judged(plan)] == [str(problem) for problem in found]


@settings(max_examples=50)
@given(plans())
def test_what_no_lint_names_is_not_told_inside(plan: Plan) -> None:
    exempt = {((name,), word) for name, event in plan.events.items() for word in event.no_lint}
    about_lint = {"unused_no_lint", "unknown_no_lint"}

    told = {
        (split_where(problem.where)[:1], problem.code) for problem in judged(plan) if problem.code not in about_lint
    }
    assert exempt & told == set()
