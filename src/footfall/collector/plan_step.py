"""The step that applies the plan: an event's canonical name, who may send it, and the check of its properties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from footfall.collector.bundle_rules import BundleRules
from footfall.collector.door_step import hides_what_was_got
from footfall.collector.message_state import MessageState, RequestContext
from footfall.events import Fault, VerdictName
from footfall.message_reader import own_traits
from footfall.plan.checking.counted import faults_of_counted
from footfall.plan.model import TRAITS_OF, Event, Policy

if TYPE_CHECKING:
    from footfall.plan.checking.validate import Checked

__all__ = ["plan"]

# What the collector does with a fault, by the plan's policy: a place that cannot raise quarantines.
_OUTCOMES: dict[Policy, VerdictName] = {
    "drop": "rejected",
    "flag": "stored",
    "keep": "stored",
    "quarantine": "quarantined",
    "raise": "quarantined",
    "warn": "stored",
}


_TOLD = 80  # characters of an unknown name that its fault repeats


class _Texts(msgspec.Struct):
    """The part of a message whose own bytes are checked: what was decoded may have lost digits."""

    properties: msgspec.Raw = msgspec.Raw()


_texts = msgspec.json.Decoder(_Texts).decode


def plan(state: MessageState, request: RequestContext) -> bool:
    """Check a message by its sender's plan where the collector has it, else by the collector's own."""
    rules = state.rules
    if rules is None:
        return True
    state.bundle = rules.digest
    if state.is_oversize:
        _name_event(state, request, rules)
    elif state.type == "track" and state.event is not None:
        _check_track(state, request, rules, state.event)
    elif state.type in TRAITS_OF:
        _check_traits(state, request, rules)
    return True


def _is_object(value: object) -> bool:
    """Whether a value is an object, or nothing at all, which is one without members."""
    return value is None or type(value) is dict


def _properties(state: MessageState) -> dict[str, Any]:
    properties = state.data.get("properties")
    return properties if type(properties) is dict else {}


def _name_event(state: MessageState, request: RequestContext, rules: BundleRules) -> None:
    """Count a message that is too large to be checked under its event all the same."""
    event = None if state.event is None else rules.validator.resolve(state.event, request.day)
    if event is not None:
        state.event = event.name


def _check_track(state: MessageState, request: RequestContext, rules: BundleRules, name: str) -> None:
    event = rules.validator.resolve(name, request.day)
    key = rules.device_key(event, request.source)
    if key is not None and state.device_id is None and not state.is_counted:
        state.device_id = state.usable_id(_properties(state).get(key), "properties", key)
    if event is None:
        fault = Fault("event", "unknown_event", "an event of the plan", name[:_TOLD])
        _apply(state, "unknown_event", (fault,), rules.validator.policy(None).unknown_event)
        return
    state.event = event.name
    if not rules.allows(event, request.source):
        state.quarantine("source", Fault("event", "source", " or ".join(event.sources), request.source))
    if event.status == "draft":
        state.quarantine("draft", Fault("event", "draft", "an event that is active"))
    elif event.status == "deprecated":
        replaced_by = event.deprecated.replaced_by if event.deprecated is not None else None
        state.warn(Fault("event", "deprecated", replaced_by or ""))
    if not _is_object(state.data.get("properties")):
        return  # already quarantined for its shape
    assert state.validator is not None
    if state.is_counted and state.is_concealed and not rules.is_newest:
        return  # the newest plan's transforms may have made of a value what the sender's plan does not take
    checked = state.validator.check(event, _texts(state.checked).properties)
    if state.is_counted:
        checked = msgspec.structs.replace(checked, faults=faults_of_counted(checked.faults))
    if checked.faults or checked.warnings:
        _apply_checked(state, rules, event, checked)


def _check_traits(state: MessageState, request: RequestContext, rules: BundleRules) -> None:
    assert state.validator is not None
    more = request.form.more_traits(state.checked, request.shared) if state.more_traits else ()
    for text in (*more, *own_traits(state.checked)):
        _apply_checked(state, rules, None, state.validator.check_traits(TRAITS_OF[state.type], text))


def _apply_checked(state: MessageState, rules: BundleRules, event: Event | None, checked: Checked) -> None:
    faults, warnings = checked.faults, checked.warnings
    if hides_what_was_got(state, rules):
        faults, warnings = _without_got(faults), _without_got(warnings)
    if warnings:
        state.warn(*warnings)
    for fault in faults:
        _apply(state, "invalid", (fault,), rules.policy(event, fault))


def _without_got(faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    return tuple(msgspec.structs.replace(fault, got="") for fault in faults)


def _apply(state: MessageState, reason: str, faults: tuple[Fault, ...], policy: Policy) -> None:
    outcome = _OUTCOMES[policy]
    if outcome == "stored":
        state.warn(*faults)
    elif outcome == "quarantined":
        state.quarantine(reason, *faults)
    else:
        state.reject(reason, *faults)
