"""Gaps in the numbers of clients equal a plain loop, for any log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.analytics.losing import DAY, SECOND, Numbered, dataset_of, lossy_logs

from footfall.analytics.client_numbers import ClientNumbers, NumberedMessage
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]


def gaps_of(log: Sequence[Numbered], before: int) -> dict[int, int]:
    """By the time of the next that came, how many numbers are missing."""
    gaps: Counter[int] = Counter()
    for client in {message.client for message in log} - {None}:
        ordered = sorted((message.number, message.at, message.came) for message in log if message.client == client)
        for (number, _, _), (later, at, came) in pairwise(ordered):
            if later - number > 1 and came < before:
                gaps[at * SECOND] += later - number - 1
    return dict(gaps)


def others_of(log: Sequence[Numbered]) -> list[NumberedMessage]:
    return [
        NumberedMessage(message.client, message.number, message.at * SECOND, message.came * SECOND)
        for message in log if not message.is_stored and message.client is not None
    ]  # fmt: skip


@settings(max_examples=60)
@given(log=lossy_logs(), before=st.integers(0, 7))
@example(log=[Numbered("a", 0, 0, 0, "buy", True), Numbered("a", 3, 0, 0, "buy", True)], before=1)
@example(
    log=[Numbered("a", n, 0, 0, "buy", is_stored) for n, is_stored in ((0, True), (1, False), (2, True))], before=1
)
def test_any_gaps_are_those_of_a_plain_loop(entry: MakeEntry, log: list[Numbered], before: int) -> None:
    with dataset_of(entry, log) as dataset:
        gaps: Counter[int] = Counter()
        for at, number in dataset.client_numbers.gaps(others_of(log), before * DAY * SECOND):
            gaps[at] += number
        senders = dataset.client_numbers.senders_without

    assert dict(gaps) == gaps_of(log, before * DAY)
    assert senders == len({message.client for message in log if message.client is None and message.is_stored})


@pytest.mark.parametrize(("came", "missing"), [(DAY - 1, [(0, 1)]), (DAY, [])])
def test_a_gap_counts_once_a_later_number_came_before_the_moment(
    entry: MakeEntry, came: int, missing: list[tuple[int, int]]
) -> None:
    log = [Numbered("a", 0, 0, 0, "buy", True), Numbered("a", 2, 0, came, "buy", True)]
    with dataset_of(entry, log) as dataset:
        assert ClientNumbers(dataset.connection, dataset.parts).gaps((), DAY * SECOND) == missing
