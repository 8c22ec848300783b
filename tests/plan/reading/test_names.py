"""Whatever a plan refers to is defined somewhere in it."""

from __future__ import annotations

from typing import Any

import pytest

from footfall.plan import read

DEFINED: dict[str, Any] = {
    "plan": "p", "teams": {"growth": {}}, "sources": {"web": {}}, "property_groups": {"g": {"properties": None}},
    "goals": {"grow": {}}, "events": {"sold": {}},
}  # fmt: skip


def problems_of(event: dict[str, Any], **more: Any) -> list[tuple[str, str]]:
    document = {**DEFINED, **more, "events": {"sold": {}, "e": event}}
    return [(problem.code, problem.where) for problem in read(document).problems]


@pytest.mark.parametrize(
    ("event", "where"),
    [
        ({"owner": "growht"}, "e.owner"), ({"sources": ["web", "app"]}, "e.sources"), ({"include": ["h"]}, "e.include"),
        ({"purpose": ["goal:shrink"]}, "e.purpose"), ({"purpose": ["kpi:grow"]}, "e.purpose"),
    ],
)  # fmt: skip
def test_a_name_that_is_not_defined_is_a_problem(event: dict[str, Any], where: str) -> None:
    assert problems_of(event) == [("unknown_reference", where)]


def test_names_that_are_defined_are_taken() -> None:
    assert problems_of({"owner": "growth", "sources": ["web"], "include": ["g"], "purpose": ["goal:grow"]}) == []


def test_any_owner_is_taken_in_a_plan_without_teams() -> None:
    assert problems_of({"owner": "anybody"}, teams={}) == []


@pytest.mark.parametrize("purpose", ["grow", "owner:grow", ":grow"])
def test_a_purpose_says_of_which_section_it_is(purpose: str) -> None:
    assert problems_of({"purpose": [purpose]}) == [("unknown_value", "e.purpose")]


def test_the_defaults_of_a_file_name_what_is_defined() -> None:
    defaults = {"owner": "nobody", "sources": ["app"], "include": ["h"], "purpose": ["goal:x"]}

    places = [where for code, where in problems_of({}, defaults=defaults) if code == "unknown_reference"]

    assert places == ["defaults.owner", "defaults.sources", "defaults.include", "defaults.purpose"]


@pytest.mark.parametrize("section", ["events", "kpis", "goals", "journeys"])
def test_required_metadata_may_be_empty_but_must_be_written(section: str) -> None:
    key = {"events": "links", "kpis": "guardrails", "goals": "kpis", "journeys": "no_lint"}[section]
    parts: dict[str, dict[str, Any]] = {
        "events": {}, "goals": {}, "kpis": {"measure": {"count": "sold"}},
        "journeys": {"steps": [{"id": "s", "event": "sold"}]},
    }  # fmt: skip
    document = {**DEFINED, "goals": {}, "events": {"sold": {"links": []}}, "require": {section: [key]}}
    document[section] = {**document.get(section, {}), "n": parts[section]}
    written = {**document, section: {**document[section], "n": {**parts[section], key: []}}}

    assert [problem.code for problem in read(document).problems] == ["missing_metadata"]
    assert read(written).problems == []


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("Know what partners get.", "write [kpi:NAME, journey:NAME, goal:NAME]"),
        ("goal:grow", "write [goal:grow]"),
    ],
)
def test_the_problem_of_a_purpose_that_is_no_list_shows_its_right_form(text: str, remedy: str) -> None:
    document = {**DEFINED, "events": {"sold": {"purpose": text}}}

    assert [problem.remedy for problem in read(document).problems] == [remedy]
