"""Connections are limited for each address and in all, and strangers make room before senders who are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.collector.connections import SPARE, Address, Addresses, Connections, FullError

ONE = (4, 1)
TWO = (4, 2)


@dataclass
class Model:
    """A connection as the rule has it, in words: one list in the order of events, searched from the front."""

    number: int
    address: Address | None
    state: Literal["stranger", "resting", "working"] = "stranger"


def by_definition(model: list[Model], address: Address | None, most: int, most_strangers: int) -> Model | None:
    """Which connection makes room; None when there is room. Raises FullError when none may."""
    countable = [item for item in model if item.address is not None]
    strangers = [item for item in countable if item.state == "stranger"]
    resting = [item for item in countable if item.state == "resting"]
    own = [item for item in strangers if item.address == address]
    if len(own) >= most_strangers:
        return own[0]
    if len(model) < most:
        return None
    candidates = strangers + resting if len(strangers) >= most / 2 else resting + strangers
    if not candidates:
        raise FullError
    return candidates[0]


STEP = st.tuples(st.sampled_from(["add", "add", "know", "rest", "remove"]), st.integers(0, 20))
ADDRESS = st.sampled_from([ONE, TWO, (6, 1), None])


def play(steps: list[tuple[str, int]], addresses: list[Address | None]) -> tuple[Connections[int], list[Model]]:
    connections = Connections[int](5, 2)
    model: list[Model] = []
    for number, ((step, which), address) in enumerate(zip(steps, addresses, strict=False)):
        if step == "add":
            connections.add(number, address)
            model.append(Model(number, address))
        elif model:
            item = model[which % len(model)]
            getattr(connections, step)(item.number)
            if step == "remove":
                model.remove(item)
            elif step == "know":
                item.state = "working"
            elif step == "rest" and item.state == "working":
                item.state = "resting"
                model.remove(item)
                model.append(item)  # a rest is counted from its beginning
    return connections, model


KNOWN: list[tuple[str, int]] = [step for number in range(5) for step in (("add", 0), ("know", number))]
HARD: dict[str, list[tuple[str, int]]] = {
    "room": KNOWN[:-2],
    "stranger": [("add", 0), ("add", 0)],
    "resting": [*KNOWN, ("rest", 1), ("rest", 0)],
    "full": KNOWN,
}


@given(st.lists(STEP, max_size=30), st.lists(ADDRESS, min_size=30, max_size=30), ADDRESS)
@example(HARD["room"], [ONE] * 30, ONE)
@example(HARD["stranger"], [ONE] * 30, ONE)
@example(HARD["resting"], [ONE] * 30, ONE)
@example(HARD["full"], [ONE] * 30, ONE)
def test_who_makes_room_is_as_the_rule_says(
    steps: list[tuple[str, int]], addresses: list[Address | None], newcomer: Address | None
) -> None:
    connections, model = play(steps, addresses)

    assert len(connections) == len(model)
    try:
        expected = by_definition(model, newcomer, 5, 2)
    except FullError:
        with pytest.raises(FullError):
            connections.to_end(newcomer)
    else:
        assert connections.to_end(newcomer) == (expected.number if expected else None)


@pytest.mark.parametrize("outcome", HARD)
def test_the_hard_cases_have_an_outcome_each(outcome: str) -> None:
    _, model = play(HARD[outcome], [ONE] * 30)
    try:
        expected = by_definition(model, ONE, 5, 2)
    except FullError:
        state = "full"
    else:
        state = expected.state if expected else "room"

    assert state == outcome


def test_senders_who_are_known_are_not_counted_by_address() -> None:
    connections = Connections[int](1_000, 2)
    for number in range(900):
        connections.add(number, ONE)
        connections.know(number)
    connections.add(900, ONE)

    assert connections.to_end(ONE) is None
    connections.add(901, ONE)
    assert connections.to_end(ONE) == 900


def test_one_who_holds_all_connections_with_a_key_makes_room_before_those_who_come() -> None:
    connections = Connections[str](4, 3)
    for name in ("idle", "busy", "idle since"):
        connections.add(name, ONE)
        connections.know(name)
    connections.add("newcomer", TWO)
    for name in ("idle", "idle since"):
        connections.rest(name)

    assert connections.to_end(TWO) == "idle"
    connections.remove("idle")
    connections.add("another newcomer", TWO)
    assert connections.to_end(TWO) == "newcomer"


def test_a_connection_is_only_kept_for_the_request_whose_key_is_right() -> None:
    connections = Connections[str](1, 1)
    connections.add("a", ONE)
    for _ in range(2):
        connections.know("a")
        with pytest.raises(FullError):
            connections.to_end(TWO)
        connections.rest("a")
        assert connections.to_end(TWO) == "a"


def test_in_all_the_oldest_stranger_makes_room_wherever_it_is_from() -> None:
    connections = Connections[str](4, 3)
    for name, address in {"first": ONE, "a": TWO, "proxy": None, "b": TWO}.items():
        connections.add(name, address)

    assert connections.to_end(ONE) == "first"
    connections.know("first")
    assert connections.to_end(ONE) == "a"


def test_a_connection_that_is_removed_twice_is_counted_once() -> None:
    connections = Connections[str](10, 2)
    connections.add("a", ONE)
    connections.add("b", ONE)
    connections.remove("a")
    connections.remove("a")
    connections.rest("a")

    assert len(connections) == 1
    assert connections.to_end(ONE) is None


def test_connections_that_linger_are_beside_the_limits_until_descriptors_are_short() -> None:
    connections = Connections[int](10, 10)
    for number in range(SPARE + 10):
        connections.add(number, ONE)
        connections.linger(number)

    assert connections.to_end(ONE) is None
    assert connections.surplus() == []
    connections.add(100, ONE)
    connections.add(101, ONE)
    assert connections.surplus() == [0, 1]
    connections.remove(2)
    connections.add(102, ONE)
    assert connections.surplus() == []


def test_no_more_than_a_thousand_connections_linger() -> None:
    connections = Connections[int](10_000, 500)
    for number in range(1_003):
        connections.linger(number)

    assert connections.surplus() == [0, 1, 2]
    assert connections.surplus() == []


@pytest.mark.parametrize(
    ("peer", "other", "is_same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("::c000:201", "192.0.2.1", False),
    ],
)
def test_an_address_is_counted_whole_and_a_network_of_ipv6_as_one(peer: str, other: str, is_same: bool) -> None:
    addresses = Addresses([])

    assert (addresses.of(peer) == addresses.of(other)) is is_same


@pytest.mark.parametrize("peer", ["10.1.2.3", "::ffff:10.1.2.3", "192.0.2.7", "2001:db8::5", "", "/run/footfall"])
def test_a_trusted_proxy_and_a_peer_without_an_address_are_not_counted(peer: str) -> None:
    assert Addresses(["10.0.0.0/8", "192.0.2.7", "2001:db8::/32"]).of(peer) is None


def test_an_address_beside_those_of_proxies_is_counted() -> None:
    assert Addresses(["10.0.0.0/8", "192.0.2.7"]).of("192.0.2.8") is not None
