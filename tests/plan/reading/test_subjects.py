"""KPIs and journeys refer to events, pages and calls, and to properties that these have."""

from __future__ import annotations

from typing import Any

import pytest

from footfall.plan import read

DOCUMENT: dict[str, Any] = {
    "plan": "p",
    "events": {"sold": {"wire_name": "Sold It", "properties": {"n": {"type": "integer"}}}, "broken": 5},
    "pages": {"Home": {"properties": {"depth": {"type": "integer"}}}},
    "traits": {"user": {"age": {"type": "integer"}}},
}


def problems_of(measure: dict[str, Any], **more: Any) -> list[str]:
    document = {**DOCUMENT, "kpis": {"k": {"measure": measure}}, **more}
    return [
        f"{problem.message}; {problem.remedy}" for problem in read(document).problems if problem.code != "wrong_type"
    ]


@pytest.mark.parametrize(
    "measure",
    [
        {"count": "sold"}, {"sum": "sold.n"}, {"count": "page"}, {"count": "page:Home"}, {"count": "page:Elsewhere"},
        {"sum": "page:Home.depth"}, {"sum": "screen:Home.depth"}, {"sum": "identify.age"}, {"count": "broken"},
        {"sum": "broken.anything"},
    ],
)  # fmt: skip
def test_what_the_plan_defines_can_be_measured(measure: dict[str, Any]) -> None:
    assert problems_of(measure) == []


@pytest.mark.parametrize(
    ("measure", "words"),
    [
        ({"count": "slod"}, "there is no event 'slod'; did you mean 'sold'?"),
        ({"count": "Sold It"}, "'Sold It' is a name on the wire; use the event's own name, 'sold'"),
        ({"count": "pge:Home"}, "there is no event 'pge:Home'; did you mean 'page:Home'?"),
        ({"sum": "sold.m"}, "there is no property of sold 'm'; known: n"),
        ({"sum": "identify.size"}, "there is no property of identify 'size'; known: age"),
        ({"sum": "page:Hom.depth"}, "so there is no 'depth' to read; did you mean 'Home'? Or write pages:"),
        ({"sum": "group.size"}, "the plan knows no property of group"),
    ],
)
def test_what_it_does_not_define_is_a_problem_with_the_nearest_name(measure: dict[str, Any], words: str) -> None:
    (message,) = problems_of(measure)

    assert words in message


def test_any_property_may_be_in_a_group_that_is_not_defined() -> None:
    events = {"sold": {"include": ["gone"], "properties": {"n": {"type": "integer"}}}}

    assert problems_of({"sum": "sold.other"}, events=events) == [
        "there is no property group 'gone'; define the property group, or take the name out"
    ]


@pytest.mark.parametrize("device", ["n", "depth"])
def test_identity_may_name_a_property_of_any_event_or_page(device: str) -> None:
    document = {**DOCUMENT, "events": {"sold": DOCUMENT["events"]["sold"]}, "identity": {"device": device}}
    other = {**document, "identity": {"device": "serial"}}

    assert read(document).problems == []
    assert [problem.where for problem in read(other).problems] == ["identity.device"]
