"""The segments and cohorts that a plan knows: those that it defines, and those that every plan has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from footfall.plan.model import (
    ANY_EVENT,
    AllOf,
    AnyOf,
    Cohort,
    DaysWith,
    Did,
    DidFirstOrLast,
    EventFilter,
    InSegment,
    NotIn,
    Plan,
    Segment,
    SegmentRule,
    TimeSpent,
    Where,
)

__all__ = [
    "LOGIN_EVENTS",
    "MEMBER_OPS",
    "READY_SEGMENTS",
    "filters_of",
    "names_in_rule",
    "names_in_where",
    "naming",
    "parts_of",
    "segments_of",
]

MEMBER_OPS: Final = ("member", "not_member")
"""The conditions that are about the person of a message, and no property of it."""

LOGIN_EVENTS: Final = ("signed_in", "user_signed_in", "logged_in", "user_logged_in", "login", "identify")
"""What counts as a login: the first of these that the plan has as an event, else every `identify`."""

_DAYS: Final = 28
_WITHIN: Final = _DAYS * 86_400
_MINUTE: Final = 60


def _days(event: str, at_least: int, at_most: int | None = None) -> DaysWith:
    return DaysWith(filter=EventFilter(event=event), days=_DAYS, at_least=at_least, at_most=at_most)


def _minutes(at_least: int) -> TimeSpent:
    return TimeSpent(at_least=at_least * _MINUTE, within=_WITHIN)


_LONG, _SHORT = _minutes(60), NotIn(of=_minutes(5))
_HIGH = AllOf(rules=(_days(ANY_EVENT, 8), _LONG))
_LOW = AnyOf(rules=(_days(ANY_EVENT, 0, 1), _SHORT))

# name: (what it means, its rule by the name of the login event)
_READY: Final[Mapping[str, tuple[str, Callable[[str], SegmentRule]]]] = {
    "login_often": ("Logged in on 8 or more of the last 28 days", lambda login: _days(login, 8)),
    "login_sometimes": ("Logged in on 2 to 7 of the last 28 days", lambda login: _days(login, 2, 7)),
    "login_once": ("Logged in on 1 of the last 28 days", lambda login: _days(login, 1, 1)),
    "login_never": ("Logged in on none of the last 28 days", lambda login: _days(login, 0, 0)),
    "time_spent_long": ("An hour or more in sessions that began in the last 28 days", lambda _: _LONG),
    "time_spent_medium": (
        "5 minutes or more, and less than an hour, in sessions that began in the last 28 days",
        lambda _: AllOf(rules=(_minutes(5), NotIn(of=_LONG))),
    ),
    "time_spent_short": ("Less than 5 minutes in sessions that began in the last 28 days", lambda _: _SHORT),
    "engagement_high": (
        "Active on 8 or more of the last 28 days, and an hour or more in sessions that began in them", lambda _: _HIGH
    ),
    "engagement_medium": (
        "Neither of high nor of low engagement",
        lambda _: AllOf(rules=(NotIn(of=_HIGH), NotIn(of=_LOW))),
    ),
    "engagement_low": (
        "Active on at most 1 of the last 28 days, or less than 5 minutes in sessions that began in them", lambda _: _LOW
    ),
}  # fmt: skip

READY_SEGMENTS: Final[Mapping[str, str]] = {name: description for name, (description, _) in _READY.items()}
"""The segments that every plan has, with what they mean. One that a plan defines goes before them."""


def segments_of(plan: Plan) -> Mapping[str, Segment | Cohort]:
    """Every segment and cohort that can be named with this plan, by its name."""
    login = next((name for name in LOGIN_EVENTS if name in plan.events), LOGIN_EVENTS[-1])
    ready = {
        name: Segment(name=name, who=rule(login), description=description)
        for name, (description, rule) in _READY.items()
    }
    return {**ready, **plan.segments, **plan.cohorts}


def parts_of(rule: SegmentRule) -> Iterator[SegmentRule]:
    """A rule, and all rules inside it."""
    yield rule
    inside = rule.rules if isinstance(rule, AllOf | AnyOf) else (rule.of,) if isinstance(rule, NotIn) else ()
    for part in inside:
        yield from parts_of(part)


def filters_of(rule: SegmentRule) -> Iterator[EventFilter]:
    """The filters of messages that a rule counts."""
    return (part.filter for part in parts_of(rule) if isinstance(part, Did | DidFirstOrLast | DaysWith))


def names_in_rule(rule: SegmentRule) -> Iterator[str]:
    """The segments that a rule names, by itself or in a condition on messages."""
    for part in parts_of(rule):
        if isinstance(part, InSegment):
            yield from part.names
    for filter_ in filters_of(rule):
        yield from names_in_where(filter_.where)


def naming(plan: Plan, names: Iterable[str]) -> set[str]:
    """The segments and cohorts of a plan that, step by step, name any of these; without these themselves."""
    named = {
        **{name: set(names_in_rule(segment.who)) for name, segment in plan.segments.items()},
        **{name: {cohort.segment} for name, cohort in plan.cohorts.items()},
    }
    given, reached = set(names), set(names)
    while more := {name for name, parts in named.items() if name not in reached and parts & reached}:
        reached |= more
    return reached - given


def names_in_where(where: Iterable[Where]) -> Iterator[str]:
    """The segments that conditions name."""
    return (str(value) for part in where if part.op in MEMBER_OPS for value in part.values)
