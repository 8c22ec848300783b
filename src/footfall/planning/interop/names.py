"""Names for the plan, made from the names of another format: words in snake_case."""

from __future__ import annotations

import re

__all__ = ["plan_id", "snake_case"]

# A new word starts at a capital after a small letter or digit, and at the last capital of a row: `orderID`, `URLPath`.
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NO_WORD = re.compile(r"\W+")
_NAMELESS = "unnamed"


def snake_case(name: str) -> str:
    """A name that a plan can use for an event or a property: `Order Completed` becomes `order_completed`."""
    words = _NO_WORD.sub("_", _HUMP.sub("_", name.strip())).strip("_").lower()
    words = re.sub(r"__+", "_", words) or _NAMELESS
    if not words.isidentifier():
        words = f"_{words}"
    return words if words.isidentifier() else _NAMELESS


def plan_id(name: str) -> str:
    """A plan's id, made from the name that the other format gives it."""
    return re.sub(r"[^\w.-]+", "-", name.strip(), flags=re.ASCII).strip("-._").lower() or "imported"
