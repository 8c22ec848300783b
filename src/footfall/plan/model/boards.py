"""Boards: questions that a team looks at together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from footfall.plan.model.part import PlanPart

__all__ = ["Board"]


class Board(PlanPart, frozen=True, kw_only=True):
    """A few `questions`, each as the command line takes it: `trend order_completed --per week`."""

    name: str
    questions: tuple[str, ...]
    title: str = ""
    owner: str = ""
    x: Mapping[str, Any] = {}
