"""Whether a message meets the conditions (`where`) of a step or a guard, as the report's SQL decides it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from footfall.plan.calls import named
from footfall.plan.checking.equal import canonical_text
from footfall.plan.model import NUMERIC, Event, Guard, Plan, Property, Step, Where

__all__ = ["meets"]

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


def meets(plan: Plan, wanted: Step | Guard, properties: Mapping[str, Any]) -> bool:
    """Whether a message of the step's or guard's event, with these properties as sent, meets all its conditions."""
    event = named(plan, wanted.event)
    return event is not None and all(_holds(event, where, properties) for where in wanted.where)


def _holds(event: Event, where: Where, properties: Mapping[str, Any]) -> bool:
    """One condition: numbers compare as numbers, all else as text; what is absent meets no comparison but `not`."""
    prop = next((prop for prop in event.properties if prop.name == where.property), None)
    value = properties.get(where.property if prop is None else prop.wire_name or prop.name)
    if where.op in _COMPARE:
        if value is None or prop is None:
            return False
        sent, bound = _comparable(prop, value), _comparable(prop, where.values[0])
        return type(sent) is type(bound) and _COMPARE[where.op](sent, bound)
    if value is None or prop is None:
        inside = None in where.values
    else:
        inside = _comparable(prop, value) in [_comparable(prop, each) for each in where.values if each is not None]
    return inside == (where.op == "in")


def _comparable(prop: Property, value: Any) -> Decimal | str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and prop.type not in NUMERIC:
        same = canonical_text(prop)
        return value if same is None else same(value)
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return str(value)
