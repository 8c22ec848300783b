"""What is made of messages as they are read, and is never sent: derived properties and events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from footfall.plan.model.part import PlanPart
from footfall.plan.model.properties import ScalarType

__all__ = ["DerivedEvent", "DerivedProperty"]


class DerivedProperty(PlanPart, frozen=True, kw_only=True):
    """A value of an event that an expression over its properties gives, in the language of rules."""

    name: str
    expression: str
    type: ScalarType


class DerivedEvent(PlanPart, frozen=True, kw_only=True):
    """The messages of `event` of which the expression `when` is true, under a name of their own."""

    name: str
    event: str
    when: str
    owner: str = ""
    description: str = ""
    x: Mapping[str, Any] = {}
