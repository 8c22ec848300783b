"""Signals: what a person or a device did that somebody should answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from footfall.plan.model.figures import EventFilter
from footfall.plan.model.part import PlanPart

__all__ = ["PlannedSignal"]


class PlannedSignal(PlanPart, frozen=True, kw_only=True):
    """An occasion to answer a person (`user`) or a connected `device`, by their messages of `filter`.

    It is the `count`-th message `within` so many seconds; or one that comes `after` so many without any; or none for
    the `silent` seconds since the last. `answer` says what to do; within `cooldown` seconds there is no second one.
    A note on it becomes a message of the event `voice`; "" where it is kept with the signal alone.
    """

    name: str
    filter: EventFilter
    by: Literal["user", "device"]
    count: int
    answer: str
    cooldown: int
    within: int | None = None
    after: int | None = None
    silent: int | None = None
    voice: str = ""
    owner: str = ""
    x: Mapping[str, Any] = {}
