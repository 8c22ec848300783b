"""What is made of messages as they are read, and is never sent: derived properties and events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from footfall.plan.model.part import PlanPart
from footfall.plan.model.properties import ScalarType

__all__ = ["DerivedEvent", "DerivedProperty"]


class DerivedProperty(PlanPart, frozen=True, kw_only=True):
    """A value of an event that an expression over its properties gives, in the language of rules.

    `currency` is that of the amounts in it, as in `Property`; None for what is no amount.
    """

    name: str
    expression: str
    type: ScalarType
    currency: str | None = None


class DerivedEvent(PlanPart, frozen=True, kw_only=True):
    """The messages of `event` of which the expression `when` is true, under a name of their own."""

    name: str
    event: str
    when: str
    owner: str = ""
    description: str = ""
    x: Mapping[str, Any] = {}
