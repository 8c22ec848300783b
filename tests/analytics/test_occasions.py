"""The same message is evidence of one signal, and two signals of a subject are apart, in any order of looking."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from footfall.analytics.occasions import Occasion, new_occasions, signal_id

OCCASIONS = st.lists(
    st.builds(
        Occasion,
        at=st.integers(0, 20),
        evidence=st.lists(st.integers(1, 9), min_size=1, max_size=3, unique=True).map(tuple),
        signal=st.just("s"),
        subject=st.sampled_from(["ann", "bob"]),
    ),
    max_size=12,
)


def at(time: int, *evidence: int, subject: str = "ann") -> Occasion:
    return Occasion(time, evidence, "s", subject)


@given(candidates=OCCASIONS, earlier=OCCASIONS, cooldown=st.integers(0, 6))
def test_signals_are_apart_share_no_message_and_leave_nothing_out(
    candidates: list[Occasion], earlier: list[Occasion], cooldown: int
) -> None:
    chosen = new_occasions(candidates, earlier, cooldown)

    def clash(one: Occasion, other: Occasion) -> bool:
        is_near = abs(one.at - other.at) < cooldown or not set(one.evidence).isdisjoint(other.evidence)
        return one.subject == other.subject and is_near

    assert not any(clash(one, other) for one, other in combinations(chosen, 2))
    assert not any(clash(one, other) for one in chosen for other in earlier)
    for candidate in set(candidates) - set(chosen):
        assert any(clash(candidate, other) for other in [*earlier, *chosen])


@given(candidates=OCCASIONS, cooldown=st.integers(0, 6))
def test_looking_again_finds_nothing_new(candidates: Sequence[Occasion], cooldown: int) -> None:
    chosen = new_occasions(candidates, [], cooldown)

    assert new_occasions(candidates, chosen, cooldown) == []
    assert new_occasions(list(reversed(candidates)), [], cooldown) == chosen


def test_persons_do_not_wait_for_each_other() -> None:
    assert new_occasions([at(1, 1), at(1, 2, subject="bob"), at(2, 3)], [], 5) == [at(1, 1), at(1, 2, subject="bob")]


def test_the_id_is_of_the_evidence() -> None:
    assert signal_id("s", (1, 2)) == signal_id("s", (1, 2))
    assert len({signal_id("s", (1, 2)), signal_id("s", (12,)), signal_id("t", (1, 2))}) == 3
