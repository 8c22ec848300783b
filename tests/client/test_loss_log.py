"""When losses are said: once an episode, not once a minute too often, and in the end every one of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from footfall.client.loss_log import LossLog, in_words


def test_an_episode_is_said_when_it_is_over() -> None:
    losses = LossLog()

    assert losses.due({"queue_full": 10}, 0.0, is_calm=False) == {}
    assert losses.due({"queue_full": 300}, 1.0, is_calm=False) == {}
    assert losses.due({"queue_full": 300}, 2.0, is_calm=True) == {"queue_full": 300}
    assert losses.due({"queue_full": 300}, 3.0, is_calm=True) == {}


def test_a_long_episode_is_said_each_minute_with_what_is_new() -> None:
    losses = LossLog()

    said = [losses.due({"queue_full": second}, float(second), is_calm=False) for second in range(1, 200)]

    assert [lost for lost in said if lost] == [{"queue_full": 61}, {"queue_full": 61}, {"queue_full": 61}]


def test_a_second_episode_within_a_minute_waits() -> None:
    losses = LossLog()
    losses.due({"refused": 1}, 0.0, is_calm=True)

    assert losses.due({"refused": 2}, 59.0, is_calm=True) == {}
    assert losses.due({"refused": 3}, 60.0, is_calm=True) == {"refused": 2}


@given(
    st.lists(st.tuples(st.sampled_from(["queue_full", "refused", "gave_up"]), st.integers(0, 9), st.booleans())),
    st.floats(0, 100),
)
def test_what_is_said_adds_up_to_what_was_lost(steps: list[tuple[str, int, bool]], seconds: float) -> None:
    losses, lost, said, now = LossLog(), {"queue_full": 0, "refused": 0, "gave_up": 0}, 0, 0.0
    for reason, count, is_calm in steps:
        lost[reason] += count
        now += seconds
        said += sum(losses.due(lost, now, is_calm=is_calm).values())

    assert said + sum(losses.say(lost, now).values()) == sum(lost.values())
    assert losses.say(lost, now) == {}


def test_reasons_are_in_words_with_their_counts() -> None:
    assert in_words({"refused": 1, "gave_up": 12}) == (
        "12 given up after the retry policy's limit, 1 refused by the collector"
    )
