"""Small logs whose funnels others publish: what PostHog's own tests of strict and unordered funnels expect.

Source: github.com/PostHog/posthog, posthog/hogql_queries/insights/funnels/test, test_funnel_strict and
test_funnel_unordered. A letter is an event, and a person a word of them, an hour after one another.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.analytics.conftest import make_entry, make_plan

from footfall.analytics import Dataset
from footfall.analytics.questions.funnel import FunnelResult
from footfall.query.database import Database

PLAN = make_plan({name: {"key": "string"} for name in "spiuvxlo"})
HOUR = 3_600
Person = Sequence[tuple[str, float]]


def hourly(*people: str) -> list[Person]:
    """One after another; a capital letter is the event with the key `val`."""
    return [[(letter, number) for number, letter in enumerate(word)] for word in people]


def asked(people: Sequence[Person], steps: Sequence[str], **options: Any) -> FunnelResult:
    log = [(f"u{number}", letter, hour) for number, person in enumerate(people) for letter, hour in person]
    entries = [
        make_entry(seq, letter.lower(), hour * HOUR, user=user, properties={"key": "val"} if letter.isupper() else {})
        for seq, (user, letter, hour) in enumerate(log, 1)
    ]
    with Database(Dataset.of(entries, PLAN)) as opened:
        return opened.funnel(steps, **options).result


def counts(people: Sequence[Person], steps: Sequence[str], **options: Any) -> list[int]:
    return [step.counts.reached for step in asked(people, steps, **options).steps]


def test_a_basic_strict_funnel() -> None:
    people = hourly("s", "ps", "spoi", "iops", "psopi", "osop", "ospio", "ip")

    assert counts(people, [*"spi"], order="strict", entry="any") == [7, 2, 1]


def test_a_strict_funnel_of_conditions() -> None:
    people = hourly("s", "sp", "sUupoi", "osUPo", "osUpo", "osUpv", "osUpsV", "ossUpV")

    assert counts(people, ["s", "u {key: val}", "p", "v {key: val}"], order="strict", entry="any") == [8, 6, 5, 1]


def test_an_unordered_funnel_and_its_times() -> None:
    people: list[Person] = [
        [("s", 0)], [("p", 0), ("s", 1)], [("i", 0), ("s", 2), ("p", 4), ("p", 24), ("i", 27), ("s", 30)],
    ]  # fmt: skip
    result = asked(people, [*"spi"], order="any", within="1d")

    assert [step.counts.reached for step in result.steps] == [3, 2, 1]
    assert [step.took.median_seconds for step in result.steps if step.took] == [5_400, 7_200]


def test_an_exclusion_of_an_unordered_funnel() -> None:
    people: list[Person] = [[("s", 1), ("p", 2)], [("s", 3), ("x", 3.5), ("p", 4)], [("s", 5), ("p", 6)]]

    assert counts(people, [*"sp"], order="any", within="14d", exclude=[("x", "1-2")]) == [3, 2]


def test_an_exclusion_after_the_last_step_changes_nothing() -> None:
    assert counts(hourly("splxl"), [*"spl"], order="any", within="14d", exclude=[("x", "1-3")]) == [1, 1, 1]
