"""Tallies of shards add up: counts, sums and histograms are added, different values are united."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.analytics.conftest import make_entry, make_plan

from footfall.analytics.dataset import Dataset
from footfall.analytics.shards import Shard
from footfall.analytics.tallies import Tally, breakdown, figure, merged, reads, tally
from footfall.analytics.window import Span
from footfall.plan.model import Aggregate, Count, EventMeasure, Plan, Unique, Where

PLAN = make_plan({"buy": {"total": "decimal", "country": "string", "items": "integer"}})
TOTALS = ["1.50", "2", "1.5", "0.25"]
LOG = [
    make_entry(number, "buy", number, user=f"u{number}", properties=f'{{"total": {total}, "country": "SE"}}')
    for number, total in enumerate(TOTALS, 1)
]


def tallied(asked: EventMeasure, shard: Shard | None = None, plan: Plan = PLAN) -> list[Tally]:
    with Dataset.of(LOG, plan) as dataset:
        return [*tally(dataset, plan, asked, Span(), shard or Shard()).totals]


def of(function: str) -> Aggregate:
    return Aggregate(function=function, event="buy", property="total")  # type: ignore[arg-type] # one of the names


@pytest.mark.parametrize(
    ("asked", "total"),
    [
        (Count(event="buy"), Tally((), 4)),
        (Unique(event="buy", property="actor"), Tally((), 4)),
        (Unique(event="buy", property="total"), Tally((), 3)),
        (of("sum"), Tally((), 4, {Decimal("5.25"): 1})),
        (of("average"), Tally((), 4, {Decimal("5.25"): 1})),
        (of("minimum"), Tally((), 4, {Decimal("0.25"): 1})),
        (of("maximum"), Tally((), 4, {Decimal(2): 1})),
        (of("median"), Tally((), 4, {Decimal("1.5"): 2, Decimal(2): 1, Decimal("0.25"): 1})),
    ],
)
def test_the_only_shard_says_no_more_than_the_figure_takes(asked: EventMeasure, total: Tally) -> None:
    assert tallied(asked) == [total]


def test_shards_say_which_values_they_have_so_that_none_counts_twice() -> None:
    asked = Unique(event="buy", property="total")
    parts = [part for number in range(3) for part in tallied(asked, Shard(number, 3))]

    assert frozenset().union(*(part.texts for part in parts)) == {"15E-1", "2E0", "25E-2"}
    assert {part.count for part in parts} == {0}
    assert figure(asked, merged(parts)[()]).value == 3


def test_a_sum_that_no_column_can_have_is_made_of_its_values() -> None:
    most = "9" * 38
    log = [make_entry(number, "buy", number, user="u", properties=f'{{"total": {most}}}') for number in (1, 2)]
    with Dataset.of(log, PLAN) as dataset:
        (total,) = tally(dataset, PLAN, of("sum"), Span()).totals

    assert total == Tally((), 2, {Decimal(most): 2})
    assert figure(of("sum"), total).value == 2 * int(most)


@pytest.mark.parametrize("asked", [Count(event="buy"), of("sum"), Unique(event="buy", property="total")])
def test_of_nothing_there_is_no_tally(asked: EventMeasure) -> None:
    with Dataset.of([], PLAN) as dataset:
        nothing = tally(dataset, PLAN, asked, Span())

    assert (nothing.totals, nothing.groups, nothing.is_stored) == ((), (), False)


def test_a_group_without_a_value_is_a_group_all_the_same() -> None:
    asked = Aggregate(function="sum", event="buy", property="items", by=("country",))
    with Dataset.of(LOG, PLAN) as dataset:
        assert tally(dataset, PLAN, asked, Span()).groups == (Tally(("SE",), 0),)


def test_a_measure_reads_what_it_names() -> None:
    asked = Aggregate(
        function="sum",
        event="buy",
        property="total",
        by=("country",),
        where=(Where(property="items", op="gt", values=(1,)),),
    )

    assert reads(PLAN, asked) == {"total", "country", "items"}
    assert breakdown(PLAN, asked) == ((), ("country",))


keys = st.sampled_from([("SE",), (None,), (True,)])
tallies = st.lists(
    st.builds(
        Tally,
        keys,
        st.integers(0, 9),
        st.dictionaries(st.sampled_from([Decimal(1), Decimal("1.0"), Decimal("-2.5")]), st.integers(1, 5)),
        st.frozensets(st.sampled_from("abc")),
    ),
    max_size=8,
)


@given(tallies, st.permutations(range(8)))
@example([Tally(("SE",), 1, {Decimal(1): 1}), Tally(("SE",), 1, {Decimal("1.0"): 1})], list(range(8)))
def test_any_order_of_shards_gives_the_same_sums(parts: list[Tally], order: list[int]) -> None:
    shuffled = [parts[place] for place in order if place < len(parts)]

    assert merged(shuffled) == merged(parts)
    for key, total in merged(parts).items():
        same = [part for part in parts if part.key == key]
        assert total.count == sum(part.count for part in same)
        assert sum(total.numbers.values()) == sum(times for part in same for times in part.numbers.values())
        assert total.texts == frozenset().union(*(part.texts for part in same))
