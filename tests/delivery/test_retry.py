"""Which answer of a collector leads to what, and how long to wait: all of it in a table."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.delivery.retry import Action, Failures, RetryPolicy, decide, error_for
from footfall.errors import (
    OverloadedError,
    RefusedError,
    TransportError,
    UnauthorizedError,
    UnreachableError,
)


@pytest.mark.parametrize(
    ("status", "kind", "action", "reason"),
    [
        (400, RefusedError, "drop", "refused"),
        (401, UnauthorizedError, "stop", "unauthorized"),
        (403, UnauthorizedError, "stop", "unauthorized"),
        (408, OverloadedError, "again", ""),
        (413, RefusedError, "split", "too_large"),
        (422, RefusedError, "drop", "refused"),
        (429, OverloadedError, "again", ""),
        (500, OverloadedError, "again", ""),
        (503, OverloadedError, "again", ""),
        (599, OverloadedError, "again", ""),
        (302, UnreachableError, "again", ""),
        (100, UnreachableError, "again", ""),
        (999, UnreachableError, "again", ""),
        (1000, UnreachableError, "again", ""),
    ],
)
def test_each_status_has_its_error_and_its_consequence(
    status: int, kind: type[TransportError], action: Action, reason: str
) -> None:
    error = error_for(status, retry_after=3.0)

    assert type(error) is kind
    assert (error.status, error.retry_after) == (status, 3.0)
    assert decide(error) == (action, reason)


# Of RFC 9110, 8470, 6585, 7725 and 4918, and those that proxies made up.
NOT_ABOUT_THE_BATCH = (
    *(100, 101, 102, 103, 300, 301, 302, 303, 304, 305, 307, 308),
    *(402, 404, 405, 406, 407, 409, 410, 411, 412, 414, 415, 416, 417, 418, 421, 423, 424, 425, 426, 428, 431, 451),
    *(444, 460, 463, 464, 494, 495, 496, 497, 499, 501, 505, 506, 508, 510, 511),
)


@pytest.mark.parametrize("status", NOT_ABOUT_THE_BATCH)
def test_a_status_that_says_nothing_of_the_batch_keeps_it_and_names_the_url(status: int) -> None:
    error = error_for(status, detail="as it was said")

    assert decide(error).action == "again"
    assert "check the URL" in str(error)


@settings(max_examples=50)
@given(st.integers(100, 999).filter(lambda status: not 200 <= status <= 299))
def test_only_three_statuses_ever_give_a_batch_up_or_halve_it(status: int) -> None:
    is_about_the_batch = decide(error_for(status)).action in {"drop", "split"}

    assert is_about_the_batch == (status in {400, 413, 422})


@pytest.mark.parametrize(
    ("status", "action"), [(400, "again"), (422, "again"), (401, "again"), (403, "again"), (413, "split")]
)
def test_a_web_page_speaks_of_a_batch_only_by_its_size_and_never_of_a_key(status: int, action: Action) -> None:
    assert decide(error_for(status, from_page=True)).action == action


@settings(max_examples=50)
@given(st.integers(100, 999).filter(lambda status: not 200 <= status <= 299))
def test_no_status_is_without_a_decision(status: int) -> None:
    assert decide(error_for(status)).action in {"again", "drop", "split", "stop"}


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
