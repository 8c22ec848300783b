"""Segments in words, for the definitions of figures."""

from __future__ import annotations

from footfall.analytics.definitions import conditions_text, filter_text
from footfall.analytics.window import Window
from footfall.plan.model import Cohort, InSegment, Plan, SegmentRule
from footfall.plan.segment_text import rule_text
from footfall.plan.segments import names_in_rule, segments_of

__all__ = ["as_of_text", "rules_text", "segment_name"]


def segment_name(rule: SegmentRule) -> str:
    """The name of a segment, or its rule in words."""
    if isinstance(rule, InSegment) and len(rule.names) == 1:
        return rule.names[0]
    return rule_text(rule, filter_text, conditions_text)


def as_of_text(window: Window) -> str:
    """As of which moment a segment is that a window ends with: `As of 2026-11-30 12:00:00+01:00, Europe/Oslo`."""
    until = "the last message" if window.until is None else window.until.isoformat(sep=" ")
    return f"As of {until}, {window.timezone}, by corrected time"


def rules_text(plan: Plan, rule: SegmentRule) -> str:
    """A rule in words, then those of all segments that it names, by itself or by others."""
    is_name = isinstance(rule, InSegment) and len(rule.names) == 1
    clauses = [] if is_name else [f"who {rule_text(rule, filter_text, conditions_text)}"]
    waiting, passed = list(names_in_rule(rule)), set[str]()
    segments = segments_of(plan)
    while waiting:
        name = waiting.pop(0)
        if name in passed or name not in segments:
            continue
        passed.add(name)
        segment = segments[name]
        if isinstance(segment, Cohort):
            clauses.append(f"{name}: who was in {segment.segment} as {segment.as_of} began")
            waiting.append(segment.segment)
        else:
            clauses.append(f"{name}: who {rule_text(segment.who, filter_text, conditions_text)}")
            waiting += names_in_rule(segment.who)
    return "; ".join(clauses)
