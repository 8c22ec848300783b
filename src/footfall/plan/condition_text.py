"""A condition in words, as definitions of figures have it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from footfall.plan.model import Where

__all__ = ["condition_text", "value_text"]

_COMPARED: Final[Mapping[str, str]] = {"gt": "over", "gte": "at least", "lt": "under", "lte": "at most"}


def condition_text(where: Where) -> str:
    """`total at least 100`, `country NO or SE`, `any item of lines with sku A and quantity over 2`."""
    if where.op in ("member", "not_member"):
        names = " or ".join(map(str, where.values))
        return f"a person {'not ' if where.op == 'not_member' else ''}in {names} as the window ends"
    if where.op == "any":
        items = where.property.removesuffix("[]") or "the item"
        return f"any item of {items} with {' and '.join(map(condition_text, where.where))}"
    name = value_text(where.property) or "the item itself"
    if where.op in _COMPARED:
        return f"{name} {_COMPARED[where.op]} {_value(where.values[0])}"
    return f"{name} {'not ' if where.op == 'not_in' else ''}{' or '.join(map(_value, where.values))}"


def value_text(name: str) -> str:
    """The name of a value, with what is to be known of it: a trait may have changed since the message."""
    return f"{name} (the person's latest)" if name.startswith("traits.") else name


def _value(value: str | float | None) -> str:
    if value is None:
        return "absent"
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
