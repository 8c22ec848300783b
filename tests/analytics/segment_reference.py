"""Segments by a plain loop over all messages of one person after another, to compare answers with."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from footfall.plan.model import (
    ANY_EVENT,
    AllOf,
    AnyOf,
    Cohort,
    DaysWith,
    Did,
    DidFirstOrLast,
    EventFilter,
    HasTraits,
    InSegment,
    NotIn,
    Plan,
    SegmentRule,
    SessionCount,
    SessionValue,
    TimeSpent,
    Where,
)
from footfall.plan.segments import segments_of

__all__ = ["Act", "members"]

SESSION_GAP = 30 * 60
NULL = "null"  # a tier that an identify takes away
OPS: Mapping[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le,
}  # fmt: skip


class Act(NamedTuple):
    """What a message says: who, what (an event, or identify), when in seconds since 1970, and what about it."""

    actor: str
    event: str
    at: int
    amount: int = 0
    tier: str | None = None


def members(log: Sequence[Act], rule: SegmentRule, plan: Plan, end: int) -> set[str]:
    """The persons with a message before the end who meet a rule as of then."""
    before = [(number, act) for number, act in enumerate(log) if act.at < end]
    actors = {act.actor for _, act in before}
    return {
        actor
        for actor in actors
        if _Person([(number, act) for number, act in before if act.actor == actor], log, plan, end).meets(rule)
    }


class _Person:
    def __init__(self, acts: Sequence[tuple[int, Act]], log: Sequence[Act], plan: Plan, end: int) -> None:
        # In the order of time, then of arrival.
        self.acts = [act for _, act in sorted(acts, key=lambda each: (each[1].at, each[0]))]
        self.actor = self.acts[0].actor
        self.log = log
        self.plan = plan
        self.end = end
        self.zone = ZoneInfo(plan.timezone)

    def meets(self, rule: SegmentRule) -> bool:
        if isinstance(rule, AllOf):
            return all(map(self.meets, rule.rules))
        if isinstance(rule, AnyOf):
            return any(map(self.meets, rule.rules))
        if isinstance(rule, NotIn):
            return not self.meets(rule.of)
        if isinstance(rule, InSegment):
            return any(self.is_in(name) for name in rule.names)
        if isinstance(rule, HasTraits):
            return all(self.has_trait(where) for where in rule.where)
        if isinstance(rule, SessionCount):
            sessions = [each for each in self.sessions(rule.within) if all(fits(each, part) for part in rule.where)]
            return is_within(len(sessions), rule.at_least, rule.at_most)
        if isinstance(rule, TimeSpent):
            spent = sum(each[-1].at - each[0].at for each in self.sessions(rule.within))
            return is_within(spent, rule.at_least, rule.at_most)
        times = self.times(rule.filter)
        if isinstance(rule, DidFirstOrLast):
            time = (times[0] if rule.which == "first" else times[-1]) if times else None
            return time is not None and (
                (rule.before is None or time < self.moment(rule.before))
                and (rule.after is None or time >= self.moment(rule.after))
            )
        if isinstance(rule, DaysWith):
            last = self.day(self.end - 1)
            days = {self.day(time) for time in times if self.day(time) > last - timedelta(days=rule.days)}
            return is_within(len(days), rule.at_least, rule.at_most)
        assert isinstance(rule, Did)
        recent = [time for time in times if rule.within is None or time >= self.end - rule.within]
        return is_within(len(recent), rule.at_least, rule.at_most)

    def is_in(self, name: str) -> bool:
        segment = segments_of(self.plan)[name]
        if not isinstance(segment, Cohort):
            return self.meets(segment.who)
        then = self.moment(segment.as_of)
        return self.actor in members(self.log, InSegment(names=(segment.segment,)), self.plan, then)

    def times(self, filter_: EventFilter) -> list[int]:
        return [
            act.at
            for act in self.acts
            if filter_.event in (ANY_EVENT, act.event) and all(self.passes(act, where) for where in filter_.where)
        ]

    def passes(self, act: Act, where: Where) -> bool:
        if where.op in ("member", "not_member"):
            return any(self.is_in(str(name)) for name in where.values) == (where.op == "member")
        return OPS[where.op](act.amount, where.values[0])

    def has_trait(self, where: Where) -> bool:
        tiers = [act.tier for act in self.acts if act.event == "identify" and act.tier is not None]
        latest = tiers[-1] if tiers else NULL
        return (latest != NULL and latest in where.values) == (where.op == "in")

    def sessions(self, within: int | None) -> list[list[Act]]:
        sessions: list[list[Act]] = []
        for act in self.acts:
            if not sessions or act.at - sessions[-1][-1].at > SESSION_GAP:
                sessions.append([])
            sessions[-1].append(act)
        return [each for each in sessions if within is None or each[0].at >= self.end - within]

    def moment(self, bound: str | int) -> int:
        if isinstance(bound, int):
            return self.end - bound
        return int(datetime.fromisoformat(bound).replace(tzinfo=self.zone).timestamp())

    def day(self, at: int) -> Any:
        return datetime.fromtimestamp(at, UTC).astimezone(self.zone).date()


def is_within(number: int, at_least: int, at_most: int | None) -> bool:
    return number >= at_least and (at_most is None or number <= at_most)


def fits(session: Sequence[Act], part: SessionValue) -> bool:
    steps = [act.event for act in session if act.event != "identify"]
    value = {
        "duration": session[-1].at - session[0].at, "messages": len(session),
        "entry": steps[0] if steps else None, "exit": steps[-1] if steps else None,
    }[part.value]  # fmt: skip
    if part.op in OPS:
        return OPS[part.op](value, part.values[0])
    return (value in part.values) == (part.op == "in")
