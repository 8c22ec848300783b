"""Planted kinds are found, found again, and written as rules that have their persons; noise is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import pytest
from tests.analytics.asking import context_of
from tests.analytics.questions.discover.planted import DAY, DAYS, PLAN, kinds, noise

from footfall.analytics import Dataset
from footfall.analytics.window import Span
from footfall.errors import UsageError
from footfall.plan.reading.event_filters import read_segment
from footfall.storage.journal import Entry

pytest.importorskip("sklearn", reason="the discover extra is not installed")

from footfall.analytics.questions.discover import DiscoverOptions, DiscoverResult, discover

MakeEntry = Callable[..., Entry]
END = 2 * DAYS * DAY * 1_000_000


def found_in(entries: Sequence[Entry], shards: int = 1) -> DiscoverResult:
    with Dataset.of(entries, PLAN) as dataset:
        return context_of(dataset, PLAN, Span(None, END), END, shards).answer(discover(DiscoverOptions(days=DAYS)))


@pytest.fixture(scope="module")
def planted(entry: MakeEntry) -> list[Entry]:
    return kinds(entry, 150)


@pytest.fixture(scope="module")
def result(planted: list[Entry]) -> DiscoverResult:
    return found_in(planted)


def test_three_planted_kinds_are_found_and_found_again(result: DiscoverResult) -> None:
    assert result.refused is None
    assert sorted(each.persons for each in result.segments) == pytest.approx([150, 150, 150], abs=5)
    assert min(each.found_again for each in result.segments) > 0.9
    assert all(each.is_accepted for each in result.segments)


def test_each_is_named_by_what_sets_it_apart(result: DiscoverResult) -> None:
    words = [set(each.apart) for each in result.segments]

    assert [any(name in each for each in words) for name in ("often_buy", "often_read", "often_look")] == [True] * 3
    assert len({each.name for each in result.segments}) == 3


def test_each_rule_has_the_persons_of_one_kind(planted: list[Entry], result: DiscoverResult) -> None:
    with Dataset.of(planted, PLAN) as dataset:
        (shard,) = context_of(dataset, PLAN, Span(None, END), END).shards
        names = dict(zip(*(dataset.persons.table[key].to_pylist() for key in ("person", "user_id")), strict=True))
        for segment in result.segments:
            table = shard.segments.persons(read_segment(segment.who, PLAN, "RULE"))
            persons = Counter(names[number].partition("-")[0] for (number,) in dataset.rows(f"FROM {table}"))
            ((_, most),) = persons.most_common(1)
            assert most >= 130
            assert persons.total() - most <= 20


def test_shards_find_the_same(planted: list[Entry], result: DiscoverResult) -> None:
    in_shards = found_in(planted, 3)

    assert sorted(each.persons for each in in_shards.segments) == sorted(each.persons for each in result.segments)


def test_the_same_data_has_the_same_kinds(planted: list[Entry], result: DiscoverResult) -> None:
    assert found_in(planted) == result


def test_noise_is_refused(entry: MakeEntry) -> None:
    result = found_in(noise(entry, 400))

    assert result.segments == ()
    assert result.refused is not None


def test_too_few_persons_are_refused_with_the_floor(entry: MakeEntry) -> None:
    result = found_in(kinds(entry, 20))

    assert result.refused is not None
    assert "it takes 300 in each" in result.refused


def test_nobody_is_refused_too() -> None:
    assert "0 persons" in str(found_in([]).refused)


def test_an_impossible_number_of_days_is_refused() -> None:
    with pytest.raises(UsageError, match="ask for 1 to 400"):
        discover(DiscoverOptions(days=0))
