"""First reaches against every chain there is. Branches and guards: tests/analytics/test_reaches.py."""

from __future__ import annotations

from itertools import permutations
from random import Random

from hypothesis import example, given
from hypothesis import strategies as st

from footfall.journeys.paths import Path, paths
from footfall.journeys.reaches import Filling, Reach, first_reaches, is_broken, reaches
from footfall.plan.model import Guard, Journey, Step

_limits = st.none() | st.integers(0, 4)


@st.composite
def _paths(draw: st.DrawFn) -> Path:
    size = draw(st.integers(1, 3))
    return Path(tuple(range(size)), tuple(draw(_limits) for _ in range(size)), draw(_limits))


_messages = st.lists(st.builds(Filling, st.integers(0, 5), st.frozensets(st.integers(0, 2))), max_size=5).map(
    lambda drawn: sorted(drawn, key=lambda message: message.time)
)


def _by_every_chain(messages: list[Filling], path: Path) -> list[Reach]:
    entered = min((message.time for message in messages if 0 in message.steps), default=None)
    times: list[Reach] = []
    for place in range(len(path.steps)):
        ends = [
            chain[-1].time
            for chain in permutations(messages, place + 1)
            if all(step in message.steps for step, message in enumerate(chain))
            and chain[0].time == entered
            and all(
                0 <= later.time - earlier.time <= (99 if limit is None else limit)
                for earlier, later, limit in zip(chain, chain[1:], path.limits[1:], strict=False)
            )
            and all(message.time - chain[0].time <= (99 if path.within is None else path.within) for message in chain)
        ]
        if not ends:
            break
        times.append(Reach(min(ends), max(ends)))
    return times


@given(_messages, _paths())
@example([Filling(1, frozenset({0, 1})), Filling(1, frozenset({0}))], Path((0, 1), (None, None), None))
@example([Filling(0, frozenset({0})), Filling(1, frozenset({1})), Filling(4, frozenset())], Path((0, 1), (None, 2), 3))
def test_first_and_last_reaches_are_those_of_trying_every_chain(messages: list[Filling], path: Path) -> None:
    expected = _by_every_chain(messages, path)

    assert reaches(messages, path, None) == expected
    assert first_reaches(messages, path, None) == [reach.first for reach in expected]


_TIED = [Filling(1, frozenset({0, 1})), Filling(1, frozenset({0})), Filling(1, frozenset({1, 2}))]


@given(_messages, _paths(), st.randoms(use_true_random=False))
@example(_TIED, Path((0, 1, 2), (None, 0, 0), 0), Random(1))
def test_the_order_of_messages_of_one_moment_changes_nothing(messages: list[Filling], path: Path, dice: Random) -> None:
    shuffled = dice.sample(messages, len(messages))
    shuffled.sort(key=lambda message: message.time)

    assert first_reaches(shuffled, path, None) == first_reaches(messages, path, None)


@given(_messages, _paths(), st.integers(0, 6))
def test_an_entry_at_the_end_of_the_window_or_later_is_none(messages: list[Filling], path: Path, until: int) -> None:
    reached = first_reaches(messages, path, None)

    assert first_reaches(messages, path, until) == (reached if reached and reached[0] < until else [])


def test_a_guard_without_a_limit_lasts_for_ever() -> None:
    journey = Journey(name="j", by="user", steps=(Step(id="a", event="a"), Step(id="b", event="b")))
    guard = Guard(event="c", start="a", end="b", name="trouble")
    messages = [Filling(0, frozenset({0})), Filling(10**15, frozenset())]
    reaches = [(path, first_reaches(messages, path, None)) for path in paths(journey)]

    assert is_broken(journey, guard, reaches, messages, [1])
    assert not is_broken(journey, guard, reaches, messages, [])
    assert not is_broken(journey, guard, [(path, []) for path in paths(journey)], messages, [1])
