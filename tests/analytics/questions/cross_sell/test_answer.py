"""Pairs equal plain loops over all baskets, and are shown where they win against the most popular items alone."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st
from tests.analytics.asking import context_of
from tests.analytics.questions.cross_sell.reference import Got, baskets_of, pairs_of, tried
from tests.analytics.questions.cross_sell.shopping import PLAN, entries_of

from footfall.analytics import Dataset
from footfall.analytics.questions.cross_sell import CrossSellResult, cross_sell, cross_sell_options
from footfall.analytics.questions.cross_sell.answer import _added, _pairs
from footfall.analytics.questions.cross_sell.tally import split_moment, tally
from footfall.analytics.window import Span
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
SECOND = 1_000_000
OF = "order.lines[].sku"

# The example of mlxtend's documentation of association rules: five transactions, and rules of two items.
TRANSACTIONS = [
    ("Milk", "Onion", "Nutmeg", "Kidney Beans", "Eggs", "Yogurt"),
    ("Dill", "Onion", "Nutmeg", "Kidney Beans", "Eggs", "Yogurt"), ("Milk", "Apple", "Kidney Beans", "Eggs"),
    ("Milk", "Unicorn", "Corn", "Kidney Beans", "Yogurt"),
    ("Corn", "Onion", "Onion", "Kidney Beans", "Ice cream", "Eggs"),
]  # fmt: skip
RULES = {
    ("Kidney Beans", "Eggs"): (0.8, 0.8, 1.0), ("Eggs", "Kidney Beans"): (0.8, 1.0, 1.0),
    ("Kidney Beans", "Milk"): (0.6, 0.6, 1.0), ("Milk", "Kidney Beans"): (0.6, 1.0, 1.0),
    ("Kidney Beans", "Onion"): (0.6, 0.6, 1.0), ("Onion", "Kidney Beans"): (0.6, 1.0, 1.0),
    ("Kidney Beans", "Yogurt"): (0.6, 0.6, 1.0), ("Yogurt", "Kidney Beans"): (0.6, 1.0, 1.0),
    ("Onion", "Eggs"): (0.6, 1.0, 1.25), ("Eggs", "Onion"): (0.6, 0.75, 1.25),
}  # fmt: skip


def all_pairs(
    entries: Sequence[Entry], until: int, shards: int = 1, since: int | None = None, **options: Any
) -> tuple[CrossSellResult, dict[tuple[str, str], Any], float]:
    """The answer, all pairs whether they are shown or not, and the moment (seconds) up to which pairs learn."""
    asked, span = cross_sell_options(PLAN, OF, **options), Span(since, until * SECOND)
    with Dataset.of(entries, PLAN) as dataset:
        context = context_of(dataset, PLAN, span, until * SECOND, shards)
        result = context.answer(cross_sell(asked))
        pairs = _pairs(_added([tally(shard, asked).every for shard in context.shards]), asked)
        moment = split_moment(context) / SECOND
    return result, {(pair.first, pair.then): pair for pair in pairs}, moment


messages = st.builds(
    Got, st.sampled_from("abcd"), st.integers(0, 9), st.lists(st.sampled_from("pqrs"), max_size=3).map(tuple)
)
REPEATED = [Got("a", 1, ("p", "p")), Got("a", 1, ("q",)), Got("b", 1, ("q",)), Got("b", 3, ("p",)), Got("a", 9, ("r",))]


def check(entry: MakeEntry, log: list[Got], basket: str, ordered: bool, floor: int, k: int, shards: int) -> None:
    """Compare with all baskets, gone through one by one."""
    ordered = ordered and basket == "person"
    result, pairs, moment = all_pairs(
        entries_of(entry, log), 20, shards, basket=basket, ordered=ordered, floor=floor, k=k
    )
    baskets = baskets_of(log, basket)
    expected = pairs_of(baskets, floor, ordered=ordered)

    event("pairs" if expected else "no pair")
    assert (result.baskets, result.all_pairs) == (len(baskets), len(expected))
    assert {names: (pair.baskets, pair.of) for names, pair in pairs.items()} == {
        names: row[:2] for names, row in expected.items()
    }
    for names, (_, _, *shares) in expected.items():
        pair = pairs[names]
        for value, share in zip((pair.support, pair.confidence, pair.lift), shares, strict=True):
            assert abs(Fraction(value) - share) < Fraction(1, 10**20)
    rate = result.hit_rate
    assert (rate.persons, rate.hits, rate.popular_hits, rate.only_pairs, rate.only_popular) == tried(
        log, basket, floor, moment, k, ordered=ordered
    )


@settings(max_examples=25)
@given(
    log=st.lists(messages, min_size=1, max_size=12), basket=st.sampled_from(["person", "message"]),
    ordered=st.booleans(), floor=st.integers(1, 2), k=st.integers(1, 2), shards=st.sampled_from([1, 3]),
)  # fmt: skip
@example(log=REPEATED, basket="person", ordered=True, floor=1, k=1, shards=3)
def test_any_pairs_are_those_of_plain_loops(
    entry: MakeEntry, log: list[Got], basket: str, ordered: bool, floor: int, k: int, shards: int
) -> None:
    check(entry, log, basket, ordered, floor, k, shards)


@settings(max_examples=400)
@given(
    log=st.lists(messages, min_size=1, max_size=12), basket=st.sampled_from(["person", "message"]),
    ordered=st.booleans(), floor=st.integers(1, 2), k=st.integers(1, 2), shards=st.sampled_from([1, 3]),
)  # fmt: skip
@pytest.mark.slow
def test_many_pairs_are_those_of_plain_loops(
    entry: MakeEntry, log: list[Got], basket: str, ordered: bool, floor: int, k: int, shards: int
) -> None:
    check(entry, log, basket, ordered, floor, k, shards)


def test_the_published_example_has_its_published_digits(entry: MakeEntry) -> None:
    log = [Got(f"p{number}", number, items) for number, items in enumerate(TRANSACTIONS)]
    _, pairs, _ = all_pairs(entries_of(entry, log), 20, basket="message", floor=3)

    assert {
        names: tuple(round(float(value), 6) for value in (pair.support, pair.confidence, pair.lift))
        for names, pair in pairs.items()
    } == RULES


def shopping(seed: int, *, has_pairs: bool) -> list[Got]:
    """People who get something and later something else: what goes with the first, or anything."""
    dice, log = random.Random(seed), list[Got]()
    for person in range(400):
        first, at = dice.randrange(8), dice.randrange(1_000)
        goes_with = (first + 4) % 8 if has_pairs and dice.random() < 0.7 else dice.randrange(8)
        log.append(Got(f"p{person}", at, (f"item {first}",)))
        log.append(Got(f"p{person}", at + dice.randrange(1, 300), (f"item {goes_with}",)))
    return log


@pytest.mark.parametrize("ordered", [False, True])
def test_planted_pairs_win_and_are_shown(entry: MakeEntry, ordered: bool) -> None:
    result, _, _ = all_pairs(entries_of(entry, shopping(1, has_pairs=True)), 2_000, ordered=ordered, floor=5, k=1)
    rate = result.hit_rate

    assert rate.wins
    assert rate.rate is not None
    assert rate.popular_rate is not None
    assert rate.rate > rate.popular_rate
    assert result.pairs[0].lift > 2
    assert next(pair.then for pair in result.pairs if pair.first == "item 3") == "item 7"
    assert [pair.lift for pair in result.pairs] == sorted((pair.lift for pair in result.pairs), reverse=True)


def test_pairs_by_chance_do_not_win_and_are_not_shown(entry: MakeEntry) -> None:
    wins = 0
    for seed in range(10):
        result, _, _ = all_pairs(entries_of(entry, shopping(seed, has_pairs=False)), 2_000, floor=5, k=1)
        wins += result.hit_rate.wins
        assert bool(result.pairs) == result.hit_rate.wins
        assert result.all_pairs

    assert wins <= 1


def test_a_basket_of_too_many_items_is_left_out_and_counted(entry: MakeEntry) -> None:
    log = [Got("a", 1, tuple(map(str, range(101)))), Got("b", 1, ("0", "1"))]
    result, pairs, _ = all_pairs(entries_of(entry, log), 20, floor=1)

    assert (result.large, result.baskets, len(pairs)) == (1, 1, 2)


def test_of_nobody_there_is_nothing_but_the_definition(entry: MakeEntry) -> None:
    result, pairs, _ = all_pairs([], 20)

    assert (result.baskets, pairs, result.hit_rate.rate, result.hit_rate.wins) == (0, {}, None, False)
    assert result.definition.startswith("An item is a value of lines[].sku in messages of order.")
