"""Which answer of a collector leads to what, and how long to wait: all of it in a table."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.delivery.retry import Failures, RetryPolicy, decide
from footfall.errors import (
    TransportError,
    UnreachableError,
)


@pytest.mark.parametrize("kind", [UnreachableError, TransportError])
def test_no_answer_at_all_means_again(kind: type[TransportError]) -> None:
    assert decide(kind("gone")).action == "again"


def test_waits_grow_twofold_up_to_the_most() -> None:
    policy = RetryPolicy(initial=0.5, maximum=4.0)

    ceilings = [policy.delay(Failures(attempts, 0.0), dice=1.0) for attempts in range(1, 7)]

    assert ceilings == [0.5, 1.0, 2.0, 4.0, 4.0, 4.0]
    assert policy.delay(Failures(3, 0.0), dice=0.25) == 0.5


def test_a_very_long_outage_does_not_overflow() -> None:
    assert RetryPolicy().delay(Failures(100_000, 1e9), dice=0.5) == 15.0


@settings(max_examples=50)
@given(st.integers(1, 50), st.floats(0, 1, exclude_max=True), st.floats(0, 200))
def test_the_wait_that_was_asked_for_is_the_least(attempts: int, dice: float, asked: float) -> None:
    delay = RetryPolicy(initial=0.5).delay(Failures(attempts, 0.0), dice=dice, retry_after=asked)

    assert asked <= delay <= asked + 0.5


@pytest.mark.parametrize(("asked", "wait"), [(1e12, 300.0), (-5.0, 0.0)])
def test_a_senseless_wait_is_bounded(asked: float, wait: float) -> None:
    assert RetryPolicy().delay(Failures(1, 0.0), dice=0.0, retry_after=asked) == wait


@pytest.mark.parametrize(
    ("policy", "failures", "exhausted"),
    [
        (RetryPolicy(), Failures(1000, 1e9), False),
        (RetryPolicy(attempts=3), Failures(2, 1e9), False),
        (RetryPolicy(attempts=3), Failures(3, 0.0), True),
        (RetryPolicy(seconds=60.0), Failures(1000, 59.0), False),
        (RetryPolicy(seconds=60.0), Failures(1, 60.0), True),
        (RetryPolicy(attempts=3, seconds=60.0), Failures(1, 60.0), True),
    ],
)
def test_a_batch_is_given_up_at_whichever_limit_comes_first(
    policy: RetryPolicy, failures: Failures, exhausted: bool
) -> None:
    assert policy.exhausted(failures) == exhausted
