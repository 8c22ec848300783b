"""The latest value of each trait counts, by the time that it was said."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.analytics.asking import context_of

from footfall.analytics import Dataset
from footfall.analytics.latest_traits import latest_traits
from footfall.plan.model import Plan, Property
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
PLAN = Plan(
    id="test", traits={"user": tuple(Property(name=name, wire_name=name, type="string") for name in ("tier", "city"))}
)


def identify(entry: MakeEntry, seq: int, at: int, traits: bytes, user: str = "ann") -> Entry:
    return entry(seq, None, at, user=user, type="identify", body=b'{"type":"identify","traits":%s}' % traits)


@pytest.mark.parametrize("shards", [1, 3])
def test_each_trait_has_its_latest_value_before_the_end(entry: MakeEntry, shards: int) -> None:
    entries = [
        identify(entry, 1, 20, b'{"tier":"gold"}'),
        identify(entry, 2, 10, b'{"tier":"free","city":"Oslo"}'),
        identify(entry, 3, 20, b'{"tier":"plus"}'),
        identify(entry, 4, 30, b'{"tier":"late"}'),
        identify(entry, 5, 10, b"{}", user="bob"),
    ]
    with Dataset.of(entries, PLAN) as dataset:
        tables = [
            latest_traits(shard, ["tier", "city"], 30_000_000)
            for shard in context_of(dataset, PLAN, shards=shards).shards
        ]
        rows = [
            row
            for table in tables
            for row in dataset.rows(
                f"SELECT {table.columns['tier'].sql}, {table.columns['city'].sql} FROM {table.name}"
            )
        ]

    assert sorted(rows, key=str) == [("plus", "Oslo"), (None, None)]
