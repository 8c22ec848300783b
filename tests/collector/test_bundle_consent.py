"""Of a sender's plan and the newest, the stricter counts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from footfall.collector.bundle_consent import BundleConsent
from footfall.plan import read
from footfall.plan.checking.validate import Validator
from footfall.plan.model import ConsentLevel, Plan


def plan_of(default: ConsentLevel | None, kind: str = "public", **event: Any) -> Plan:
    section: dict[str, Any] = {"rule": "opt_in", "default": default, "purposes": {"statistics": {}}}
    consent: dict[str, Any] = {"consent": section} if default else {}
    properties = {"kind": {"type": "string", "sensitivity": kind}, "size": {"type": "integer", "sensitivity": "public"}}
    return read({"plan": "p", **consent, "events": {"seen": {"properties": properties, **event}}}).require()


def consent_of(*plans: Plan) -> BundleConsent:
    return BundleConsent([(plan, Validator(plan, stage="collector")) for plan in plans], b"k")


@pytest.mark.parametrize(
    ("sender", "newest", "level"),
    [
        ("full", "full", "full"),
        ("full", "count_only", "count_only"),
        ("none", "full", "none"),
        (None, "count_only", "count_only"),
        ("count_only", None, "count_only"),
    ],
)
def test_the_lesser_level_counts(sender: ConsentLevel | None, newest: ConsentLevel | None, level: str) -> None:
    consent = consent_of(plan_of(sender), plan_of(newest))

    assert consent.level("track", "seen", None) == level
    assert consent.level("track", "seen", {"statistics": True}) == "full"


def test_what_a_sender_has_counted_is_kept_as_long_as_no_plan_forbids_the_event() -> None:
    assert consent_of(plan_of("full")).counted("track", "seen") == "count_only"
    assert consent_of(plan_of("full"), plan_of("full", consent="none")).counted("track", "seen") == "none"
    assert consent_of(plan_of("full")).counted("identify", None) == "none"


def test_a_property_is_kept_that_is_public_in_both() -> None:
    message = b'{"type":"track","event":"seen","properties":{"kind":"a","size":1}}'
    forms = [
        json.loads(consent_of(*plans).form(message, json.loads(message), "track", "seen", None))["properties"]
        for plans in ([plan_of("full")], [plan_of("full"), plan_of("full", "internal")])
    ]

    assert forms == [{"kind": "a", "size": 1}, {"size": 1}]
