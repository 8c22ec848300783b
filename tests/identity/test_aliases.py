"""Canonical ids against the plain definition, on graphs of any shape."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.identity.duck import Duck

from footfall.identity.aliases import canonical_ids
from footfall.identity.sql_aliases import canonical_ids_sql

graphs = st.lists(st.tuples(st.sampled_from("abcdefghij"), st.sampled_from("abcdefghij")), max_size=14)


def by_definition(edges: list[tuple[str, str]]) -> dict[str, str]:
    edges = [edge for edge in edges if edge[0] != edge[1]]
    component = {node: {node} for edge in edges for node in edge}
    for previous, user in edges:
        joined = component[previous] | component[user]
        for node in joined:
            component[node] = joined
    replaced = {previous for previous, _ in edges}
    return {node: min(members - replaced or members) for node, members in component.items()}


def test_canonical_ids_are_those_of_the_definition() -> None:
    drawn: list[bool] = []

    @settings(max_examples=100, deadline=None)
    @given(graphs)
    def holds(edges: list[tuple[str, str]]) -> None:
        expected = by_definition(edges)
        drawn.append(any(expected.get(node) == node != user for node, user in edges))

        assert canonical_ids(edges) == expected

    holds()
    assert any(drawn)  # in some component every id was replaced by another


@settings(max_examples=60, deadline=None)
@given(graphs)
def test_the_sql_finds_the_same_canonical_ids(edges: list[tuple[str, str]]) -> None:
    duck = Duck()
    duck.run('CREATE TABLE edges (previous VARCHAR, "user" VARCHAR)')
    for previous, user in edges:
        if previous != user:
            duck.run(f"INSERT INTO edges VALUES ('{previous}', '{user}')")
    canonical_ids_sql(duck.run, edges="edges", into="canonical")

    assert dict(duck.run("SELECT id, canonical FROM canonical")) == by_definition(edges)
