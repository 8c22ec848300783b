"""Canonical ids against the plain definition, on graphs of any shape."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.identity.duck import Duck

from footfall.identity.aliases import canonical_ids
from footfall.identity.sql_aliases import canonical_ids_sql

NODES = "abcdefghij"

edge_lists = st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), max_size=14)
rings = st.integers(2, 4).flatmap(
    lambda size: st.permutations(NODES).map(lambda nodes: [*zip(nodes[:size], [*nodes[1:size], nodes[0]], strict=True)])
)
# A ring alone is the one shape in which nothing is a sink, and it is easily broken by one more edge.
graphs = st.one_of(
    edge_lists,
    rings,
    rings.map(lambda ring: ring[::-1]),
    st.tuples(edge_lists, rings).map(lambda parts: parts[0] + parts[1]),
)


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
    assert sum(drawn) >= 5  # in so many draws some component had no sink: every id in it was replaced by another


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
