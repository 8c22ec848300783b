"""Events: all their keys, groups before own properties, policies over policies, names that nobody shares."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.plan.reading.loading import loaded

from footfall.plan import read
from footfall.plan.model import Alias, Deprecation, Enforcement, Rule, VolumeExpectation


def test_an_event_is_read_whole(tmp_path: Path) -> None:
    plan = loaded(
        tmp_path,
        """
events:
  sold:
    wire_name: Sold It
    aliases: [{name: bought, until: 2027-03-01}, {name: paid}]
    description: It was sold
    owner: growth
    status: deprecated
    purpose: [goal:g]
    sources: [web]
    actor: [user, anonymous]
    since: 2026-03-01
    expires: 2027-01-01
    links: ["https://p.example"]
    deprecated: {since: 2026-06-01, reason: Old, replaced_by: null, remove_after: 2026-12-31}
    rules: [{id: positive, check: total > 0, message: More than nothing}]
    expect: {volume: {per: day, min: 1, max: 5}}
    no_lint: [naming]
    x_ticket: 7
    properties: {total: {type: decimal}}
goals: {g: {}}
sources: {web: {}}
""",
    )
    event = plan.events["sold"]

    assert (event.name, event.wire_name) == ("sold", "Sold It")
    assert event.aliases == (Alias(name="bought", until="2027-03-01"), Alias(name="paid"))
    assert (event.description, event.owner, event.status) == ("It was sold", "growth", "deprecated")
    assert (event.purpose, event.sources, event.actor) == (("goal:g",), ("web",), ("user", "anonymous"))
    assert (event.since, event.expires, event.links) == ("2026-03-01", "2027-01-01", ("https://p.example",))
    assert event.deprecated == Deprecation(since="2026-06-01", reason="Old", remove_after="2026-12-31")
    assert event.rules == (Rule(id="positive", check="total > 0", message="More than nothing"),)
    assert event.volume == VolumeExpectation(per="day", min=1, max=5)
    assert (event.no_lint, event.x) == (("naming",), {"x_ticket": 7})


def test_an_event_takes_in_groups_before_its_own_properties(tmp_path: Path) -> None:
    plan = loaded(
        tmp_path,
        """
property_groups:
  where: {properties: {country: {type: string}}}
  money: {properties: {currency: {type: string}, country: {type: string}}}
events:
  sold: {include: [money, where], properties: {total: {type: decimal}, currency: {type: string}}}
""",
    )

    assert [prop.name for prop in plan.events["sold"].properties] == ["currency", "country", "total"]


def test_policies_that_are_left_out_come_from_the_plan_and_then_from_the_defaults(tmp_path: Path) -> None:
    plan = loaded(
        tmp_path,
        """
enforcement: {client: {unknown_property: drop}}
events: {sold: {enforcement: {client: {invalid: raise}, collector: {invalid: keep}}}}
""",
    )

    assert plan.enforcement == {"client": Enforcement(unknown_event="warn", unknown_property="drop", invalid="flag")}
    assert plan.events["sold"].enforcement == {
        "client": Enforcement(unknown_event="warn", unknown_property="drop", invalid="raise"),
        "collector": Enforcement(unknown_event="quarantine", unknown_property="keep", invalid="keep"),
    }


def test_notes_among_policies_are_no_stage() -> None:
    enforcement = {"x_why": "because", "client": {"invalid": "drop", "x_note": 1}}

    plan = read({"plan": "p", "events": {"e": {"enforcement": enforcement}}}).require()

    assert {stage: policy.invalid for stage, policy in plan.events["e"].enforcement.items()} == {"client": "drop"}


@pytest.mark.parametrize(
    ("event", "code", "where"),
    [
        ({"wire_name": "sold"}, "duplicate_wire_name", "e.wire_name"),
        ({"aliases": [{"name": "sold"}]}, "duplicate_wire_name", "e.aliases"),
        ({"deprecated": {"reason": "old"}}, "bad_status", "e.deprecated"),
        (
            {"status": "deprecated", "deprecated": {"replaced_by": "gone"}},
            "unknown_reference",
            "e.deprecated.replaced_by",
        ),
        ({"rules": [{"id": "r", "check": "x >"}]}, "bad_rule", "e.rules.r"),
        ({"expect": {"volume": {"per": "day", "min": 2, "max": 1}}}, "empty_range", "e.expect.volume"),
    ],
)
def test_what_an_event_says_must_agree(event: dict[str, object], code: str, where: str) -> None:
    (problem,) = read({"plan": "p", "events": {"sold": {}, "e": event}}).problems

    assert (problem.code, problem.where) == (code, where)


def test_an_event_may_be_replaced_by_one_that_comes_later() -> None:
    old = {"status": "deprecated", "deprecated": {"replaced_by": "new"}}

    plan = read({"plan": "p", "events": {"old": old, "new": {}}}).require()

    assert plan.events["old"].deprecated == Deprecation(replaced_by="new")


def test_a_property_that_comes_twice_must_be_the_same() -> None:
    groups = {"a": {"properties": {"x": {"type": "string"}}}, "b": {"properties": {"x": {"type": "string"}}}}
    document = {"plan": "p", "property_groups": groups, "events": {"e": {"include": ["a", "b"]}}}
    other = {**document, "property_groups": {**groups, "b": {"properties": {"x": {"type": "integer"}}}}}

    assert read(document).problems == []
    assert [problem.code for problem in read(other).problems] == ["duplicate_property"]
