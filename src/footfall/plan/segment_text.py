"""Writes the rule of a segment in words, for definitions, documents and changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from footfall.plan.durations import format_duration
from footfall.plan.model import (
    AllOf,
    AnyOf,
    DaysWith,
    Did,
    DidFirstOrLast,
    EventFilter,
    HasTraits,
    InSegment,
    NotIn,
    SegmentRule,
    SessionCount,
    SessionValue,
    TimeSpent,
    Where,
)
from footfall.printable import counted

__all__ = ["rule_text"]

FilterText = Callable[[EventFilter], str]
ConditionsText = Callable[[Sequence[Where]], str]

_SIGNS = {"gt": "over", "gte": "at least", "lt": "under", "lte": "at most", "in": "is", "not_in": "is not"}


def rule_text(rule: SegmentRule, filter_text: FilterText, conditions_text: ConditionsText) -> str:
    """A rule as a clause: `had order_completed at least 3 times in the last 180d`.

    `filter_text` says which messages a filter takes, `conditions_text` what conditions on traits ask for.
    """
    inner = partial(rule_text, filter_text=filter_text, conditions_text=conditions_text)
    match rule:
        case Did():
            return f"had {filter_text(rule.filter)} {_times(rule)}{_within(rule.within)}"
        case DidFirstOrLast():
            bounds = [
                f"{word} {_moment(bound)}" for word, bound in (("before", rule.before), ("since", rule.after)) if bound
            ]
            return f"had {filter_text(rule.filter)} for the {rule.which} time {' and '.join(bounds)}"
        case DaysWith():
            days = _range(rule.at_least, rule.at_most, str)
            return f"had {filter_text(rule.filter)} on {days} of the last {counted(rule.days, 'day')}"
        case SessionCount():
            where = "".join(f", {_session_value(part)}" for part in rule.where)
            sessions = _range(rule.at_least, rule.at_most, str)
            return f"began {sessions} sessions{_within(rule.within)}{where and ', each with' + where[1:]}"
        case TimeSpent():
            spent = _range(rule.at_least, rule.at_most, format_duration)
            return f"spent {spent} in sessions{_within(rule.within, ' that began')}"
        case HasTraits():
            return f"is known with {conditions_text(rule.where)}"
        case InSegment():
            return f"is in {' or '.join(rule.names)}"
        case NotIn():
            return f"not ({inner(rule.of)})"
        case AllOf() | AnyOf():
            word = " and " if isinstance(rule, AllOf) else " or "
            return word.join(f"({inner(part)})" if len(rule.rules) > 1 else inner(part) for part in rule.rules)


def _times(rule: Did) -> str:
    if (rule.at_least, rule.at_most) == (1, None):
        return "at least once"
    return f"{_range(rule.at_least, rule.at_most, str)} times"


def _range(least: int, most: int | None, text: Callable[[int], str]) -> str:
    if most is None:
        return f"at least {text(least)}"
    if least == most:
        return text(least)
    return f"{text(least)} to {text(most)}" if least else f"at most {text(most)}"


def _within(seconds: int | None, verb: str = "") -> str:
    return "" if seconds is None else f"{verb} in the last {format_duration(seconds)}"


def _moment(bound: str | int) -> str:
    return bound if isinstance(bound, str) else f"{format_duration(bound)} ago"


def _session_value(part: SessionValue) -> str:
    is_length = part.value == "duration"
    values = [format_duration(value) if is_length and isinstance(value, int) else str(value) for value in part.values]
    return f"{part.value} {_SIGNS[part.op]} {' or '.join(values)}"
