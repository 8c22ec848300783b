"""The files of a plan are merged: what is said once, what each defines, and the defaults of each file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from footfall.plan import read
from footfall.plan.problems import Problems
from footfall.plan.reading.merge import MergedFiles, merge_files
from footfall.plan.reading.yaml_source import node_of


def merged(*documents: dict[str, Any]) -> MergedFiles:
    problems = Problems()
    files = merge_files([node_of(document, f"{number}.yaml") for number, document in enumerate(documents)], problems)
    assert problems.sorted() == []
    return files


def test_the_defaults_of_a_file_are_for_what_it_defines_and_does_not_say(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("""
plan: p
defaults: {owner: one, sources: [web], actor: [user], sensitivity: internal, include: [ctx], status: draft}
events:
  said: {owner: two, sources: [], status: active, include: [], properties: {a: {type: string, sensitivity: public}}}
  unsaid: {properties: {a: {use: t}}}
kpis: {k: {measure: {count: said}}}
goals: {g: {kpis: [k]}}
journeys: {j: {owner: two, steps: [{id: s, event: said}]}}
property_groups: {ctx: {properties: {c: {type: string}}}}
types: {t: {type: string}}
sources: {web: {}}
""")
    (tmp_path / "b.yaml").write_text("events: {elsewhere: {include: [ctx]}}")
    plan = read(tmp_path).require()
    said, unsaid, elsewhere = (plan.events[name] for name in ("said", "unsaid", "elsewhere"))

    assert (said.owner, said.sources, said.status, said.actor) == ("two", (), "active", ("user",))
    assert [(prop.name, prop.sensitivity) for prop in said.properties] == [("a", "public")]
    assert (unsaid.owner, unsaid.sources, unsaid.status, unsaid.actor) == ("one", ("web",), "draft", ("user",))
    assert [(prop.name, prop.sensitivity) for prop in unsaid.properties] == [("c", "internal"), ("a", "internal")]
    assert (elsewhere.owner, elsewhere.status, elsewhere.properties[0].sensitivity) == ("", "active", None)
    assert (plan.kpis["k"].owner, plan.goals["g"].owner, plan.journeys["j"].owner) == ("one", "one", "two")


@pytest.mark.parametrize(
    ("first", "second", "where"),
    [
        ("events: {sold: {}}", "events: {sold: {}}", "events.sold"),
        ("types: {sku: {type: string}}", "types: {sku: {type: string}}", "types.sku"),
        ("traits: {user: {a: {type: string}}}", "traits: {user: {a: {type: string}}}", "traits.user.a"),
        ("goals: {g: {}}", "goals: {g: {}}", "goals.g"),
        ("timezone: UTC", "timezone: UTC", "timezone"),
        ("x_note: 1", "x_note: 2", "x_note"),
    ],
)
def test_what_two_files_define_is_a_problem_that_names_both(
    first: str, second: str, where: str, tmp_path: Path
) -> None:
    (tmp_path / "a.yaml").write_text(f"plan: p\n{first}")
    (tmp_path / "b.yml").write_text(second)

    (problem,) = read(tmp_path).problems

    assert (problem.code, problem.where, problem.file) == ("duplicate_name", where, str(tmp_path / "b.yml"))
    assert f"{tmp_path / 'a.yaml'}:2" in problem.message


def test_sections_and_header_come_from_all_files() -> None:
    files = merged({"plan": "p", "events": {"a": {}}}, {"timezone": "UTC", "events": {"b": {}}, "x_note": 1})

    assert files.header == {"plan": "p", "timezone": "UTC"}
    assert [(name, event.location.file) for name, event in files.sections["events"].items()] == [
        ("a", "0.yaml"), ("b", "1.yaml"),
    ]  # fmt: skip
    assert files.x == {"x_note": 1}


def test_a_default_counts_where_the_key_is_not_written() -> None:
    files = merged({"defaults": {"owner": "us", "actor": ["user"]}, "events": {"a": {"owner": "them"}, "b": {}}})
    first, second = files.sections["events"].values()

    assert first.defaults_of(("owner", "actor")) == {"actor": ("user",)}
    assert second.defaults_of(("owner",)) == {"owner": "us"}


def test_an_event_has_its_own_groups_or_else_those_of_its_file() -> None:
    definitions: dict[str, Any] = {"g": {"properties": None}, "h": {"properties": None}}
    events = {"own": {"include": ["h", "gone"]}, "none": {"include": []}, "default": {}}
    files = merged({"defaults": {"include": ["g"]}, "events": events, "property_groups": definitions})

    groups = {name: files.groups_of(event) for name, event in files.sections["events"].items()}

    assert {name: [group.name for group in each] for name, each in groups.items()} == {
        "own": ["h"], "none": [], "default": ["g"],
    }  # fmt: skip


def test_a_property_is_followed_through_the_types_that_it_uses() -> None:
    files = merged({"types": {"a": {"use": "b", "min": 1}, "b": {"use": "a", "max": 2}}})
    node = node_of({"use": "a"}, "plan.yaml")

    assert [list(each.value) for each in files.with_used_types(node)] == [["use"], ["use", "min"], ["use", "max"]]
    assert list(files.with_used_types(None)) == []
