"""Canonical ids against the plain definition, on graphs of any shape."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import find, given, settings
from tests.identity.by_definition import canonical_by_definition, closure
from tests.identity.graphs import graphs
from tests.identity.logs import UNSHRUNK

from footfall.identity.aliases import AliasEffect, alias_effects, canonical_ids


def in_rings(edges: list[tuple[str, str]]) -> set[str]:
    return {node for node, user in edges if node != user and node in closure(user, edges)}


def has_a_ring_as_sink(edges: list[tuple[str, str]]) -> bool:
    return bool(set(canonical_by_definition(edges).values()) & in_rings(edges))


def has_a_ring_that_is_no_sink(edges: list[tuple[str, str]]) -> bool:
    replaced = {previous for previous, user in edges if previous != user}
    expected = canonical_by_definition(edges)
    return any(node in in_rings(edges) and expected[node] not in replaced for node in expected)


def has_a_smaller_id_aliased_into_a_ring(edges: list[tuple[str, str]]) -> bool:
    expected, rings = canonical_by_definition(edges), in_rings(edges)
    return any(node < expected[node] and node not in rings and expected[node] in rings for node in expected)


@pytest.mark.parametrize(
    "shape", [has_a_ring_as_sink, has_a_ring_that_is_no_sink, has_a_smaller_id_aliased_into_a_ring]
)
def test_the_graphs_that_are_drawn_hold_the_hard_shapes(shape: Callable[[list[tuple[str, str]]], bool]) -> None:
    assert find(graphs, shape, settings=UNSHRUNK)


@settings(max_examples=150)
@given(graphs)
def test_canonical_ids_are_those_of_the_definition(edges: list[tuple[str, str]]) -> None:
    expected = canonical_by_definition(edges)

    assert canonical_ids(edges) == expected
    assert canonical_ids([*reversed(edges), *edges]) == expected


def test_an_id_that_was_aliased_into_a_ring_is_never_canonical() -> None:
    edges = [("a", "m"), ("m", "n"), ("n", "m")]

    assert canonical_ids(edges) == {"a": "m", "m": "m", "n": "m"}


def test_the_smallest_id_of_all_sinks_is_canonical() -> None:
    edges = [("c", "z"), ("c", "x"), ("x", "y"), ("y", "x"), ("a", "c")]

    assert set(canonical_ids(edges).values()) == {"x"}


def test_a_ring_of_a_hundred_thousand_ids_takes_no_recursion() -> None:
    size = 100_000

    assert set(canonical_ids((number, (number + 1) % size) for number in range(size)).values()) == {0}


def effects(*pairs: tuple[str, str], anonymous: str = "", users: str = "") -> dict[tuple[str, str], AliasEffect]:
    return dict(alias_effects(pairs, anonymous=set(anonymous), users=set(users)))


def test_an_alias_of_a_user_id_or_of_an_id_that_was_never_used_merges() -> None:
    assert effects(("a", "u"), ("b", "u"), users="au") == {("a", "u"): "merged", ("b", "u"): "merged"}


def test_an_alias_of_an_anonymous_id_identifies_a_device() -> None:
    assert effects(("t", "u"), anonymous="t", users="u") == {("t", "u"): "identified"}


def test_an_alias_of_an_id_that_was_both_merges_only_as_long_as_there_is_one_user() -> None:
    both = {"anonymous": "t", "users": "tuv"}

    assert effects(("t", "u"), ("t", "u"), ("t", "t"), **both) == {("t", "u"): "merged", ("t", "t"): "itself"}
    assert effects(("t", "u"), ("t", "v"), **both) == {("t", "u"): "ambiguous", ("t", "v"): "ambiguous"}
