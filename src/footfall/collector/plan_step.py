"""The step in which the plan speaks: an event's canonical name, who may send it, and whether its properties hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from footfall.collector.door_step import hides_what_was_got
from footfall.collector.draft import Draft, Frame
from footfall.collector.judge import Judge
from footfall.events import Fault, VerdictName
from footfall.message_reader import trait_texts
from footfall.plan.model import TRAITS_OF, Event, Policy

if TYPE_CHECKING:
    from footfall.plan.checking.validate import Checked

__all__ = ["plan"]

# What the collector does with a fault, by the plan's policy: a place that cannot raise puts aside.
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


def plan(draft: Draft, frame: Frame) -> bool:
    """Judge a message by the plan that its sender had, where it is known, else by the collector's own."""
    judge = draft.judge
    if judge is None:
        return True
    draft.bundle = judge.digest
    if draft.is_oversize:
        _name_event(draft, frame, judge)
    elif draft.type == "track" and draft.event is not None:
        _judge_track(draft, frame, judge, draft.event)
    elif draft.type in TRAITS_OF:
        _judge_traits(draft, frame, judge)
    return True


def _is_object(value: object) -> bool:
    """Whether a value is an object, or nothing at all, which is one without members."""
    return value is None or type(value) is dict


def _properties(draft: Draft) -> dict[str, Any]:
    properties = draft.data.get("properties")
    return properties if type(properties) is dict else {}


def _name_event(draft: Draft, frame: Frame, judge: Judge) -> None:
    """Count what is too large to be judged under its event all the same."""
    event = None if draft.event is None else judge.validator.resolve(draft.event, frame.day)
    if event is not None:
        draft.event = event.name


def _judge_track(draft: Draft, frame: Frame, judge: Judge, name: str) -> None:
    event = judge.validator.resolve(name, frame.day)
    key = judge.device_key(event, frame.source)
    if key is not None and draft.device_id is None:
        draft.device_id = draft.usable_id(_properties(draft).get(key), "properties", key)
    if event is None:
        fault = Fault("event", "unknown_event", "an event of the plan", name[:_TOLD])
        _apply(draft, "unknown_event", (fault,), judge.validator.policy(None).unknown_event)
        return
    draft.event = event.name
    if not judge.allows(event, frame.source):
        draft.put_aside("source", Fault("event", "source", " or ".join(event.sources), frame.source))
    if event.status == "draft":
        draft.put_aside("draft", Fault("event", "draft", "an event that is active"))
    elif event.status == "deprecated":
        replaced_by = event.deprecated.replaced_by if event.deprecated is not None else None
        draft.warn(Fault("event", "deprecated", replaced_by or ""))
    if not _is_object(draft.data.get("properties")):
        return  # already put aside for its shape
    assert draft.validator is not None
    checked = draft.validator.check(event, _texts(draft.checked).properties)
    if checked.faults or checked.warnings:
        _apply_checked(draft, judge, event, checked)


def _judge_traits(draft: Draft, frame: Frame, judge: Judge) -> None:
    assert draft.validator is not None
    for text in trait_texts(draft.type, draft.checked, frame.shared):
        _apply_checked(draft, judge, None, draft.validator.check_traits(TRAITS_OF[draft.type], text))


def _apply_checked(draft: Draft, judge: Judge, event: Event | None, checked: Checked) -> None:
    faults, warnings = checked.faults, checked.warnings
    if hides_what_was_got(draft, judge):
        faults, warnings = (
            tuple(msgspec.structs.replace(fault, got="") for fault in told) for told in (faults, warnings)
        )
    if warnings:
        draft.warn(*warnings)
    for fault in faults:
        _apply(draft, "invalid", (fault,), judge.policy(event, fault))


def _apply(draft: Draft, reason: str, faults: tuple[Fault, ...], policy: Policy) -> None:
    outcome = _OUTCOMES[policy]
    if outcome == "stored":
        draft.warn(*faults)
    elif outcome == "quarantined":
        draft.put_aside(reason, *faults)
    else:
        draft.reject(reason, *faults)
