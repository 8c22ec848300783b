"""A kind is a rule that a plan can have, and whoever meets the rule by their counts is known."""

from __future__ import annotations

import pytest

from footfall.plan import read
from footfall.plan.reading.event_filters import read_segment

np = pytest.importorskip("numpy", reason="the discover extra is not installed")
pytest.importorskip("sklearn", reason="the discover extra is not installed")

from footfall.analytics.questions.discover.rules import rule_of, yaml_text  # noqa: E402 - it loads what may be missing

PLAN = read({"plan": "p", "events": {"buy": {}, "look": {}}}).require()


def counts_of(rows: int) -> object:
    """Persons with any counts: recency, messages, days, sessions, seconds, buys, looks."""
    draw = np.random.default_rng(5)
    return np.column_stack([draw.integers(0, most, rows) for most in (9_000, 50, 14, 20, 9_000, 20, 20)]).astype(float)


@pytest.mark.parametrize(
    ("column", "least", "text"),
    [
        (1, 30, "{all: [{did: '*', within: 14d}, {did: '*', at_least: 30, within: 14d}]}"),
        (2, 7, "{all: [{did: '*', within: 14d}, {days_with: '*', at_least: 7, within: 14d}]}"),
        (3, 9, "{all: [{did: '*', within: 14d}, {sessions: {at_least: 9, within: 14d}}]}"),
        (4, 1_800, "{all: [{did: '*', within: 14d}, {time_spent: {at_least: 1800s, within: 14d}}]}"),
        (5, 11, "{all: [{did: '*', within: 14d}, {did: buy, at_least: 11, within: 14d}]}"),
    ],
)
def test_a_kind_by_one_count_is_that_bound(column: int, least: int, text: str) -> None:
    counts = counts_of(2_000)
    is_in = counts[:, column] >= least  # type: ignore[index]  # an array
    rule = rule_of(counts, is_in, ["buy", "look"], 14)

    assert yaml_text(rule.who) == text
    assert bool((rule.meets(counts) == is_in).all())
    assert read_segment(yaml_text(rule.who), PLAN, "RULE")


def test_a_kind_of_two_ways_is_either() -> None:
    counts = counts_of(2_000)
    is_in = (counts[:, 5] >= 15) | (counts[:, 6] < 3)  # type: ignore[index]  # an array
    rule = rule_of(counts, is_in, ["buy", "look"], 14)

    assert "any" in rule.who["all"][1]
    assert bool((rule.meets(counts) == is_in).all())
    assert read_segment(yaml_text(rule.who), PLAN, "RULE")
