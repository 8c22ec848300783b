"""Segments and cohorts: named rules over a person, and who met one at a moment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from footfall.plan.model.figures import EventFilter, Where
from footfall.plan.model.part import PlanPart

__all__ = [
    "AllOf",
    "AnyOf",
    "Cohort",
    "DaysWith",
    "Did",
    "DidFirstOrLast",
    "HasTraits",
    "InSegment",
    "NotIn",
    "Segment",
    "SegmentRule",
    "SessionCount",
    "SessionValue",
    "TimeSpent",
]


class _Rule(PlanPart, frozen=True, kw_only=True, tag_field="rule"):
    """A rule over one person, as of a moment: messages at it or later count for nothing."""


class Did(_Rule, frozen=True, kw_only=True, tag="did"):
    """From `at_least` to `at_most` messages that pass a filter, in the last `within` seconds (None is ever)."""

    filter: EventFilter
    at_least: int
    at_most: int | None = None
    within: int | None = None


class DidFirstOrLast(_Rule, frozen=True, kw_only=True, tag="did_at"):
    """The first or last message that passes a filter was `before` a moment (exclusive), or `after` it (inclusive).

    Such a moment is a day of the plan's clock (2027-03-01), or so many seconds ago.
    """

    which: Literal["first", "last"]
    filter: EventFilter
    before: str | int | None = None
    after: str | int | None = None


class DaysWith(_Rule, frozen=True, kw_only=True, tag="days"):
    """From `at_least` to `at_most` of the last `days` days of the plan's clock have a message that passes a filter."""

    filter: EventFilter
    days: int
    at_least: int
    at_most: int | None = None


class SessionValue(PlanPart, frozen=True, kw_only=True):
    """A condition on one session: its `duration` in seconds, its `messages`, its `entry` or its `exit`."""

    value: Literal["duration", "messages", "entry", "exit"]
    op: Literal["in", "not_in", "gt", "gte", "lt", "lte"]
    values: tuple[str | int, ...]


class SessionCount(_Rule, frozen=True, kw_only=True, tag="sessions"):
    """From `at_least` to `at_most` sessions that meet all of `where` began in the last `within` seconds."""

    at_least: int
    at_most: int | None = None
    within: int | None = None
    where: tuple[SessionValue, ...] = ()


class TimeSpent(_Rule, frozen=True, kw_only=True, tag="time_spent"):
    """The sessions that began in the last `within` seconds took `at_least` to `at_most` seconds together."""

    at_least: int
    at_most: int | None = None
    within: int | None = None


class HasTraits(_Rule, frozen=True, kw_only=True, tag="traits"):
    """The latest traits of the person meet all of `where`."""

    where: tuple[Where, ...]


class InSegment(_Rule, frozen=True, kw_only=True, tag="segment"):
    """The person is in any of these segments or cohorts."""

    names: tuple[str, ...]


class AllOf(_Rule, frozen=True, kw_only=True, tag="all"):
    """Every rule is met."""

    rules: tuple[SegmentRule, ...]


class AnyOf(_Rule, frozen=True, kw_only=True, tag="any"):
    """At least one rule is met."""

    rules: tuple[SegmentRule, ...]


class NotIn(_Rule, frozen=True, kw_only=True, tag="not"):
    """The rule is not met."""

    of: SegmentRule


SegmentRule = Did | DidFirstOrLast | DaysWith | SessionCount | TimeSpent | HasTraits | InSegment | AllOf | AnyOf | NotIn


class Segment(PlanPart, frozen=True, kw_only=True):
    """Those who meet a rule."""

    name: str
    who: SegmentRule
    owner: str = ""
    description: str = ""
    no_lint: tuple[str, ...] = ()
    x: Mapping[str, Any] = {}


class Cohort(PlanPart, frozen=True, kw_only=True):
    """Those who were in a segment when the day `as_of` (YYYY-MM-DD) of the plan's clock began."""

    name: str
    segment: str
    as_of: str
    owner: str = ""
    description: str = ""
    no_lint: tuple[str, ...] = ()
    x: Mapping[str, Any] = {}
