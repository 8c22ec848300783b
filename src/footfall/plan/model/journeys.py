"""Journeys: the ways that are best for user and business."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from footfall.plan.model.figures import Where
from footfall.plan.model.part import PlanPart

__all__ = ["Branch", "Guard", "Journey", "Step"]


class Step(PlanPart, frozen=True, kw_only=True):
    """A step of a journey: an event that meets `where`, at most `within` seconds after the step before.

    `expect` is the share of the step before that should get here.
    """

    id: str
    event: str
    where: tuple[Where, ...] = ()
    within: int | None = None
    expect: float | None = None


class Branch(PlanPart, frozen=True, kw_only=True):
    """Another way: from step `after` straight to `steps` (ids of later steps), leaving out those between."""

    id: str
    after: str
    steps: tuple[str, ...]
    note: str = ""


class Guard(PlanPart, frozen=True, kw_only=True):
    """What should not happen between two steps: `event` after step `start` and before step `end`, counted as `name`."""

    event: str
    start: str
    end: str
    name: str
    where: tuple[Where, ...] = ()


class Journey(PlanPart, frozen=True, kw_only=True):
    """The way that is best for user and business. `by` says who walks it: a person (`user`) or a connected `device`.

    `within` is the most seconds from the first step to any later one; None is no limit.
    """

    name: str
    by: Literal["user", "device"]
    steps: tuple[Step, ...]
    within: int | None = None
    owner: str = ""
    description: str = ""
    branches: tuple[Branch, ...] = ()
    never: tuple[Guard, ...] = ()
    no_lint: tuple[str, ...] = ()
    x: Mapping[str, Any] = {}
