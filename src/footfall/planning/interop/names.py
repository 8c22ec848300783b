"""Names for the plan, made from the names of another format: words in snake_case."""

from __future__ import annotations

import re

from footfall.planning.words import underscored

__all__ = ["plan_id", "snake_case"]

_NAMELESS = "unnamed"


def snake_case(name: str) -> str:
    """A name that a plan can use for an event or a property: `Order Completed` becomes `order_completed`."""
    words = underscored(name) or _NAMELESS
    if not words.isidentifier():
        words = f"_{words}"
    return words if words.isidentifier() else _NAMELESS


def plan_id(name: str) -> str:
    """A plan's id, made from the name that the other format gives it."""
    return re.sub(r"[^\w.-]+", "-", name.strip(), flags=re.ASCII).strip("-._").lower() or "imported"
