"""What a question of paths asks: from which step on or up to which, how far, and within what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from footfall.errors import UsageError
from footfall.plan.durations import parse_duration
from footfall.plan.model import EventFilter, Plan
from footfall.plan.reading.event_filters import read_event_filter

__all__ = ["PathsOptions", "paths_options"]

_MOST_STEPS = 20


class PathsOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked. Without `after`, `before` and `between`, paths go from the first step on.

    - `after`: paths from this step on; `before`: paths up to this step; `between`: paths from one step to another
    - `steps`: how many steps to show after the first one (before the last one)
    - `top`: so many of the most frequent steps at each position, and of whole paths; all others are one
    - `within`: how many seconds a path may take, over all sessions of a person; None for paths within one session
    - `by`: `channel` makes the channel of contact a part of each step: `shop:order_completed`
    """

    after: EventFilter | None = None
    before: EventFilter | None = None
    between: tuple[EventFilter, EventFilter] | None = None
    steps: int = 4
    top: int = 10
    within: int | None = None
    by: Literal["channel"] | None = None


def paths_options(
    plan: Plan,
    *,
    after: str | EventFilter | None = None,
    before: str | EventFilter | None = None,
    between: Sequence[str | EventFilter] | None = None,
    steps: int = 4,
    top: int = 10,
    within: str = "session",
    by: Literal["channel"] | None = None,
) -> PathsOptions:
    """Read them; steps are filters of a plan's events, `within` is `session` or a duration. Raises UsageError."""
    given = [name for name, value in (("after", after), ("before", before), ("between", between)) if value]
    if len(given) > 1:
        raise UsageError(f"paths go {given[0]} a step or {given[1]} steps, not both; ask twice")
    if not 1 <= steps <= _MOST_STEPS:
        raise UsageError(f"paths have 1 to {_MOST_STEPS} steps, not {steps}")
    if top < 1:
        raise UsageError(f"there is at least 1 row, not {top}")
    try:
        seconds = None if within == "session" else parse_duration(within)
    except ValueError as error:
        raise UsageError(f"within: {error}; write session, or a duration (30m, 7d)") from None
    if between is not None and len(between) != 2:
        raise UsageError(f"paths go between 2 steps, not {len(between)}")
    first, last = between or (None, None)
    return PathsOptions(
        after=read_event_filter(after, plan, "after") if after else None,
        before=read_event_filter(before, plan, "before") if before else None,
        between=(read_event_filter(first, plan, "between"), read_event_filter(last, plan, "between"))
        if first is not None and last is not None
        else None,
        steps=steps,
        top=top,
        within=seconds,
        by=by,
    )
