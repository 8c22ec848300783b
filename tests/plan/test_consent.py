"""The level of an event under a statement, and what a context states."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.events import MESSAGE_TYPES
from footfall.plan import read
from footfall.plan.consent import COUNTED, LEVELS, RULES, ConsentRules, least, statement_of
from footfall.plan.model import Consent, ConsentLevel, ConsentRule, Event, Page, Plan, Purpose

PLAN = read({
    "plan": "p",
    "consent": {
        "rule": "opt_in",
        "default": "count_only",
        "purposes": {"statistics": {}, "marketing": {"refused": "none"}, "service": {"refused": "full"}},
    },
    "events": {
        "seen": {},
        "clicked": {"consent": ["statistics", "marketing"]},
        "mailed": {"consent": "service"},
        "ordered": {"consent": "full"},
        "dropped": {"consent": "none"},
    },
    "pages": {"Offers": {"consent": "marketing"}, "screen": {"consent": "full"}, "identify": {"consent": "service"}},
}).require()  # fmt: skip
assert PLAN.consent is not None
CONSENT = ConsentRules(PLAN, PLAN.consent)
BOTH = {"statistics": True, "marketing": True}


def test_the_levels_and_rules_are_those_of_the_model() -> None:
    assert set(LEVELS) == set(get_args(ConsentLevel))
    assert set(RULES) == set(get_args(ConsentRule))
    assert set(MESSAGE_TYPES) > COUNTED


@pytest.mark.parametrize(
    ("event", "statement", "level"),
    [
        ("seen", None, "count_only"),
        ("seen", {}, "count_only"),
        ("seen", {"statistics": True}, "full"),
        ("seen", {"statistics": False}, "count_only"),
        ("seen", {"statistics": None}, "count_only"),
        ("seen", {"marketing": True}, "count_only"),
        ("clicked", {"statistics": True}, "none"),
        ("clicked", {"marketing": True}, "count_only"),
        ("clicked", BOTH, "full"),
        ("mailed", {"service": False}, "full"),
        ("mailed", None, "count_only"),
        ("ordered", None, "full"),
        ("ordered", {"statistics": False}, "full"),
        ("dropped", BOTH, "none"),
        ("unplanned", {"statistics": True}, "full"),
        ("unplanned", {"marketing": True}, "count_only"),
    ],
)
def test_an_event_has_the_least_level_of_its_purposes(
    event: str, statement: dict[str, bool | None] | None, level: str
) -> None:
    assert CONSENT.level(PLAN.events.get(event), "track", event, statement) == level


@pytest.mark.parametrize(
    ("type_", "name", "statement", "level"),
    [
        ("page", "Home", {}, "count_only"),
        ("page", "Home", {"statistics": True}, "full"),
        ("page", "Offers", {"statistics": True}, "none"),
        ("page", None, {"statistics": True}, "full"),
        ("screen", "Home", {}, "full"),
        ("screen", "Offers", {}, "none"),
        ("identify", None, {}, "full"),
        ("identify", None, None, "none"),
        ("group", None, {}, "none"),
        ("alias", None, {"statistics": True}, "full"),
        ("reset", None, None, "none"),
        (7, [], {}, "none"),
    ],
)
def test_a_call_has_the_level_of_its_page_or_of_the_first_purpose(
    type_: object, name: object, statement: dict[str, bool | None] | None, level: str
) -> None:
    assert CONSENT.level(None, type_, name, statement) == level


@pytest.mark.parametrize(
    ("event", "type_", "level"),
    [
        ("seen", "track", "count_only"),
        ("ordered", "track", "count_only"),
        ("dropped", "track", "none"),
        (None, "page", "count_only"),
        (None, "identify", "none"),
    ],
)
def test_a_message_that_was_counted_by_its_sender_stays_counted(event: str | None, type_: str, level: str) -> None:
    assert CONSENT.counted(PLAN.events.get(event or ""), type_, event) == level


def test_the_least_of_nothing_is_everything() -> None:
    assert least() == "full"
    assert least("full", "none", "count_only") == "none"


@pytest.mark.parametrize(
    ("context", "statement"),
    [
        (None, None),
        ({}, None),
        ({"consent": None}, None),
        ({"consent": {}}, None),
        ({"consent": {"categoryPreferences": {}}}, {}),
        ({"consent": {"categoryPreferences": {"a": True, "b": False}}}, {"a": True, "b": False}),
        ({"consent": {"categoryPreferences": {"a": 1, "b": "true", "c": None}}}, {"a": False, "b": False, "c": False}),
        ({"consent": "yes"}, {}),
        ({"consent": {"categoryPreferences": ["a"]}}, {}),
        ({"consentManagement": {}}, {}),
        ({"consentManagement": {"allowedConsentIds": ["a"], "deniedConsentIds": ["b"]}}, {"a": True, "b": False}),
        ({"consentManagement": {"allowedConsentIds": {"a": "A"}, "deniedConsentIds": ["a"]}}, {"a": False}),
        ({"consentManagement": {"allowedConsentIds": "a", "deniedConsentIds": [7]}}, {}),
        ({"consentManagement": ["a"]}, {}),
        (
            {
                "consent": {"categoryPreferences": {"a": False, "b": True}},
                "consentManagement": {"allowedConsentIds": ["a", "c"], "deniedConsentIds": ["b"]},
            },
            {"a": False, "b": False, "c": True},
        ),
    ],
)
def test_a_context_states_what_the_libraries_write(context: object, statement: object) -> None:
    assert statement_of(context) == statement


_KEYS = ["consent", "categoryPreferences", "consentManagement", "allowedConsentIds", "deniedConsentIds", "a", "b"]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["a", "b", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(_KEYS), json_values))
def test_nothing_grants_a_purpose_but_true_and_a_list_of_what_is_allowed(context: dict[str, Any]) -> None:
    statement = statement_of(context) or {}

    for name, value in statement.items():
        stated = context.get("consent") or {}
        preferences = stated.get("categoryPreferences") if isinstance(stated, dict) else None
        managed = context.get("consentManagement")
        allowed = managed.get("allowedConsentIds") if isinstance(managed, dict) else None
        is_stated = isinstance(preferences, dict) and preferences.get(name) is True
        is_allowed = isinstance(allowed, list | dict) and name in allowed
        assert not value or is_stated or is_allowed


levels = st.sampled_from(LEVELS)


@given(levels, st.dictionaries(st.sampled_from("abc"), levels, min_size=1), st.data())
def test_more_consent_never_keeps_less(default: ConsentLevel, refused: dict[str, ConsentLevel], data: Any) -> None:
    purposes = {name: Purpose(name=name, refused=level) for name, level in refused.items()}
    plan = Plan(id="p", consent=Consent(rule="opt_in", default=default, purposes=purposes))
    rules = ConsentRules.of(plan)
    assert rules is not None
    names = data.draw(st.lists(st.sampled_from(sorted(purposes)), unique=True).map(tuple) | st.tuples(levels))
    event = Event(name="e", wire_name="e", consent=names)
    statement = data.draw(st.dictionaries(st.sampled_from("abcd"), st.sampled_from([True, False, None])))
    more = dict(statement) | {data.draw(st.sampled_from("abcd")): True}

    low, high = (LEVELS.index(rules.level(event, "track", "e", each)) for each in (statement, more))
    assert low <= high
    assert rules.level(event, "track", "e", dict.fromkeys("abc", True)) == (
        names[0] if names and names[0] in LEVELS else "full"
    )


def test_a_page_may_be_described_by_its_type_and_its_name() -> None:
    pages = {
        "page:Home": Page(name="page:Home", consent=("none",)),
        "Home": Page(name="Home", consent=("full",)),
        "page": Page(name="page", consent=("count_only",)),
    }
    plan = Plan(id="p", consent=Consent(rule="opt_in", default="none", purposes={"s": Purpose(name="s")}), pages=pages)
    rules = ConsentRules.of(plan)
    assert rules is not None

    assert rules.level(None, "page", "Home", None) == "none"
    assert rules.level(None, "screen", "Home", None) == "full"
    assert rules.level(None, "page", "Other", None) == "count_only"


def test_a_plan_without_the_section_has_no_rules() -> None:
    assert ConsentRules.of(Plan(id="p")) is None
