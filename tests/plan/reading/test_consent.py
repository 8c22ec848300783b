"""The plan's consent as it is read; its faults are among those of tests/plan/data/faults.txt."""

from __future__ import annotations

from typing import Any

from footfall.plan import read
from footfall.plan.model import Consent, Purpose

SECTION = {"rule": "own_rule", "default": "none", "purposes": {"a-1": {"description": "A", "x_k": 1}, "b": {}}}


def test_purposes_keep_their_order_and_what_is_left_out_is_counted_only() -> None:
    consent = read({"plan": "p", "consent": {**SECTION, "x_law": "GDPR"}}).require().consent

    assert consent == Consent(
        rule="own_rule",
        default="none",
        purposes={"a-1": Purpose(name="a-1", description="A", x={"x_k": 1}), "b": Purpose(name="b")},
        x={"x_law": "GDPR"},
    )
    assert list(consent.purposes) == ["a-1", "b"]


def test_one_purpose_and_a_list_of_one_mean_the_same() -> None:
    plan = read({"plan": "p", "consent": SECTION, "events": {"e": {"consent": "b"}, "f": {"consent": ["b"]}}}).require()

    assert plan.events["e"].consent == plan.events["f"].consent == ("b",)


def test_a_default_of_the_file_goes_to_events_that_say_nothing() -> None:
    events: dict[str, Any] = {"e": {}, "f": {"consent": "full"}}
    plan = read({"plan": "p", "consent": SECTION, "defaults": {"consent": "b"}, "events": events}).require()

    assert (plan.events["e"].consent, plan.events["f"].consent) == (("b",), ("full",))


def test_a_section_with_a_fault_is_not_said_to_lack_the_purposes_of_events() -> None:
    broken = {"plan": "p", "consent": {**SECTION, "rule": "optin"}, "events": {"e": {"consent": "b"}}}

    assert [problem.where for problem in read(broken).problems] == ["consent.rule"]
