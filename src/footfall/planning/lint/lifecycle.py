"""Rules about time: drafts and deprecations that have run out, or never will. The day comes from the caller."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from footfall.planning.lint.rule import Finding, LintRule, View

__all__ = ["ROWS"]


def _past(day: str, today: date) -> bool:
    return bool(day) and date.fromisoformat(day) < today


def _expired(view: View) -> Iterator[Finding]:
    for event in view.events("draft", "active"):
        if _past(event.expires, view.today):
            kind = "draft" if event.status == "draft" else "event"
            yield Finding(path=(event.name,), message=f"the {kind} has expired on {event.expires}", key="expires")


def _endless_draft(view: View) -> Iterator[Finding]:
    for event in view.events("draft"):
        if not event.expires:
            yield Finding(path=(event.name,), message="the draft never expires", key="status")


def _overdue(view: View) -> Iterator[Finding]:
    for event in view.events("deprecated"):
        day = event.deprecated.remove_after if event.deprecated is not None else ""
        if _past(day, view.today):
            message = f"it was to be removed after {day}"
            yield Finding(path=(event.name,), message=message, key="deprecated")


def _endless_deprecation(view: View) -> Iterator[Finding]:
    for event in view.events("deprecated"):
        if event.deprecated is None or not event.deprecated.remove_after:
            key = "status" if event.deprecated is None else "deprecated"
            yield Finding(path=(event.name,), message="it is deprecated without a day on which it goes", key=key)


def _dead_replacement(view: View) -> Iterator[Finding]:
    for event in view.events("deprecated"):
        name = event.deprecated.replaced_by if event.deprecated is not None else None
        other = view.plan.events.get(name or "")
        if other is not None and other.status == "deprecated":
            message = f"it is replaced by {other.name}, which is deprecated itself"
            yield Finding(path=(event.name,), message=message, key="deprecated")


def _future_since(view: View) -> Iterator[Finding]:
    for event in view.events("active"):
        if event.since and date.fromisoformat(event.since) > view.today:
            message = f"it is active, yet sent only since {event.since}"
            yield Finding(path=(event.name,), message=message, key="since")


ROWS: Final = (
    LintRule(
        name="expired_event", level="error", judge=_expired,
        reason="The day on which somebody wanted to decide again has passed.",
        fix="make the draft active, set a later day in expires, or remove the event",
    ),
    LintRule(
        name="endless_draft", level="warning", judge=_endless_draft,
        reason="A draft without an end is forgotten, and its events stay in quarantine.",
        fix="add expires: the day by which it is decided",
    ),
    LintRule(
        name="overdue_removal", level="error", judge=_overdue,
        reason="The day after which a deprecated event was to be gone has passed, and it is still in the plan.",
        fix="remove the event, or set a later day in remove_after",
    ),
    LintRule(
        name="endless_deprecation", level="warning", judge=_endless_deprecation,
        reason="What is deprecated without a day is never removed.",
        fix="add deprecated: {remove_after: DAY}",
    ),
    LintRule(
        name="deprecated_replacement", level="warning", judge=_dead_replacement,
        reason="Whoever follows the advice has to move twice.",
        fix="name the event that is to stay",
    ),
    LintRule(
        name="active_before_since", level="warning", judge=_future_since,
        reason="An event that is not sent yet is a draft; reports would show it as missing.",
        fix="set status: draft until that day, or mend since",
    ),
)  # fmt: skip
