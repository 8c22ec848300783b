"""What a question of cross-sell asks: items of what, together in what, and how many recommendations are tried."""

from __future__ import annotations

from typing import Literal

import msgspec

from footfall.errors import UsageError
from footfall.plan.model import Plan
from footfall.plan.reading.event_values import EventValue, read_event_value

__all__ = ["Basket", "CrossSellOptions", "cross_sell_options"]

Basket = Literal["person", "message"]
"""Items go together that one person got, in all of their messages, or that are in one message."""


class CrossSellOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked.

    - `of`: the value that names an item, also one in an array; `basket`: what items go together in
    - `ordered`: pairs of an item and another one that the same person got later, and had not before
    - `floor`: a pair is in so many baskets at least; `top`: so many pairs are shown
    - `k`: how many recommendations are tried on the last fifth of the time
    """

    of: EventValue
    basket: Basket = "person"
    ordered: bool = False
    floor: int = 10
    top: int = 20
    k: int = 3


def cross_sell_options(
    plan: Plan,
    of: str,
    *,
    basket: Basket = "person",
    ordered: bool = False,
    floor: int = 10,
    top: int = 20,
    k: int = 3,
) -> CrossSellOptions:
    """Read them; `of` is EVENT.PROPERTY, or EVENT.ARRAY[].PROPERTY. Raises UsageError."""
    if ordered and basket == "message":
        raise UsageError("the items of one message have no order in time; ask for ordered pairs of a person")
    for option, value in (("floor", floor), ("top", top), ("k", k)):
        if value < 1:
            raise UsageError(f"{option} is {value}; it is at least 1")
    return CrossSellOptions(
        of=read_event_value(of, plan, "OF"), basket=basket, ordered=ordered, floor=floor, top=top, k=k
    )
