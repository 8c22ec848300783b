"""A condition can ask who the person of a message is."""

from __future__ import annotations

from typing import Any

import pytest

from footfall.plan import read
from footfall.plan.model import Count, Where


def where_of(condition: Any, **properties: Any) -> tuple[Where, ...]:
    document = {
        "plan": "p", "events": {"sold": {"properties": properties}}, "segments": {"a": {"who": {"did": "sold"}}},
        "kpis": {"k": {"measure": {"count": "sold", "where": {"segment": condition}}}},
    }  # fmt: skip
    measure = read(document).require().kpis["k"].measure
    assert isinstance(measure, Count)
    return measure.where


@pytest.mark.parametrize(
    ("condition", "op", "names"),
    [
        ("a", "member", ("a",)),
        (["a", "login_once"], "member", ("a", "login_once")),
        ({"not": "a"}, "not_member", ("a",)),
    ],
)
def test_a_segment_is_named_alone_in_a_list_or_under_not(condition: Any, op: Any, names: tuple[str, ...]) -> None:
    assert where_of(condition) == (Where(property="segment", op=op, values=names),)


def test_a_property_of_this_name_goes_before_segments() -> None:
    assert where_of("b2b", segment={"type": "string"}) == (Where(property="segment", op="in", values=("b2b",)),)


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ({}, "the condition is empty"),
        ([], "no segment is given"),
        (["aa"], "there is no segment 'aa'"),
        ({"nt": "a"}, "unknown key 'nt'"),
        (1, "takes the name of a segment"),
    ],
)
def test_what_names_no_segment_is_a_problem(condition: Any, message: str) -> None:
    document = {
        "plan": "p", "events": {"sold": {}}, "segments": {"a": {"who": {"did": "sold"}}},
        "kpis": {"k": {"measure": {"count": "sold", "where": {"segment": condition}}}},
    }  # fmt: skip
    (problem,) = read(document).problems

    assert message in problem.message
