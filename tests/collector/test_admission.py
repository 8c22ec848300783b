"""Requests hold no more than their budget, and everything is free again whatever ends them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import event, find, given, settings
from hypothesis import strategies as st

from footfall.collector.admission import Admission, Budget, Claim
from footfall.errors import RequestError

KEYED, UNKEYED = Budget(3, 100), Budget(2, 20)


def admission() -> Admission:
    return Admission(keyed=KEYED, unkeyed=UNKEYED)


def taken(door: Admission) -> tuple[int, int, int, int]:
    return door.keyed.requests, door.keyed.size, door.unkeyed.requests, door.unkeyed.size


def is_refused(act: Any) -> bool:
    try:
        act()
    except RequestError as error:
        return (error.status, error.code) == (503, "overload")
    return False


def test_a_request_is_turned_away_when_as_many_are_in_work_as_the_budget_allows() -> None:
    door = admission()
    for _ in range(KEYED.requests):
        door.admit(is_keyed=True)

    assert is_refused(lambda: door.admit(is_keyed=True))
    assert taken(door) == (3, 0, 0, 0)


def test_a_claim_that_finds_no_room_stays_as_it_was() -> None:
    door = admission()
    first, second = door.admit(is_keyed=True), door.admit(is_keyed=True)
    first.hold(60)
    second.hold(40)

    assert is_refused(lambda: second.hold(41))
    assert (first.size, second.size, taken(door)) == (60, 40, (2, 100, 0, 0))


def test_to_hold_less_is_never_refused() -> None:
    door = admission()
    claim = door.admit(is_keyed=True)
    claim.hold(100)
    claim.hold(1)

    assert taken(door) == (1, 1, 0, 0)


def test_strangers_take_nothing_from_senders_with_a_key() -> None:
    door = admission()
    for _ in range(UNKEYED.requests):
        door.admit(is_keyed=False).hold(10)

    assert is_refused(lambda: door.admit(is_keyed=False))
    door.admit(is_keyed=True).hold(KEYED.size)
    assert taken(door) == (1, 100, 2, 20)


def test_a_request_whose_key_is_proven_counts_among_those_with_a_key() -> None:
    door = admission()
    claim = door.admit(is_keyed=False)
    claim.hold(20)
    claim.prove()
    claim.prove()
    claim.hold(90)

    assert taken(door) == (1, 90, 0, 0)
    claim.release()
    assert taken(door) == (0, 0, 0, 0)


def test_a_proven_request_finds_no_room_where_senders_with_a_key_have_none() -> None:
    door = admission()
    stranger = door.admit(is_keyed=False)
    stranger.hold(10)
    door.admit(is_keyed=True).hold(91)

    assert is_refused(stranger.prove)
    assert taken(door) == (1, 91, 1, 10)


def test_what_is_held_is_free_only_when_everybody_has_released_it() -> None:
    door = admission()
    with door.admit(is_keyed=True) as claim:
        claim.share()
        claim.hold(50)

    assert taken(door) == (1, 50, 0, 0)
    claim.release()
    assert taken(door) == (0, 0, 0, 0)


def test_an_error_in_its_block_frees_a_claim_too() -> None:
    door = admission()

    def fail() -> None:
        with door.admit(is_keyed=False) as claim:
            claim.hold(5)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert taken(door) == (0, 0, 0, 0)


def test_nobody_can_hold_more_by_a_claim_that_is_free() -> None:
    door = admission()
    with door.admit(is_keyed=True) as claim:
        pass

    assert is_refused(lambda: claim.hold(1))
    assert taken(door) == (0, 0, 0, 0)


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["admit", "admit unkeyed", "hold", "prove", "share", "release"]),
        st.integers(0, 5),
        st.integers(0, 70),
    ),
    max_size=60,
)


def run(acts: list[tuple[str, int, int]]) -> tuple[Admission, dict[int, tuple[Claim, int]], int]:
    """Do these acts. Returns the door, the claims with how many shares each has, and how many acts were refused."""
    door = admission()
    claims: dict[int, tuple[Claim, int]] = {}
    refusals = 0
    for number, (act, which, size) in enumerate(acts):
        try:
            if act.startswith("admit"):
                claims[number] = door.admit(is_keyed=act == "admit"), 1
                continue
            if not claims:
                continue
            key = sorted(claims)[which % len(claims)]
            claim, shares = claims[key]
            if act == "hold":
                claim.hold(size)
            elif act == "prove":
                claim.prove()
            elif act == "share":
                claim.share()
                claims[key] = claim, shares + 1
            else:
                claim.release()
                claims[key] = claim, shares - 1
                if shares == 1:
                    del claims[key]
        except RequestError:
            refusals += 1
        assert door.keyed.requests <= KEYED.requests
        assert door.keyed.size <= KEYED.size
        assert door.unkeyed.requests <= UNKEYED.requests
        assert door.unkeyed.size <= UNKEYED.size
        assert door.keyed.size + door.unkeyed.size == sum(claim.size for claim, _ in claims.values())
        assert door.keyed.requests + door.unkeyed.requests == len(claims)
    return door, claims, refusals


@given(acts=ACTS)
@settings(max_examples=200)
def test_whatever_happens_no_budget_is_exceeded_and_all_is_free_in_the_end(acts: list[tuple[str, int, int]]) -> None:
    door, claims, refusals = run(acts)
    event(f"refused: {refusals > 0}")
    for claim, shares in claims.values():
        for _ in range(shares):
            claim.release()

    assert taken(door) == (0, 0, 0, 0)


@pytest.mark.slow
def test_the_acts_that_are_drawn_are_refused_too() -> None:
    assert find(ACTS, lambda acts: run(acts)[2] > 0)
