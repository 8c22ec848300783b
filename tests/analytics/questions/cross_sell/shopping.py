"""Stored messages of people who get items, and the plan that has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.analytics.questions.cross_sell.reference import Got

from footfall.plan.model import Event, Plan, Property
from footfall.storage.journal import Entry

__all__ = ["PLAN", "entries_of"]

SKU = Property(name="sku", wire_name="SKU", type="string")
TOTAL = Property(name="total", wire_name="total", type="integer")
LINES = Property(name="lines", wire_name="Lines", type="array", items=Property(type="object", properties=(SKU,)))
PLAN = Plan(
    id="test",
    events={
        "order": Event(name="order", wire_name="order", properties=(LINES, TOTAL)),
        "view": Event(name="view", wire_name="view", properties=(SKU,)),
    },
)  # fmt: skip


def entries_of(make: Callable[..., Entry], log: Sequence[Got]) -> list[Entry]:
    return [
        make(seq, "order", got.at, user=got.person, properties={"Lines": [{"SKU": item} for item in got.items]})
        for seq, got in enumerate(log, 1)
    ]
