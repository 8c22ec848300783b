"""Graphs of aliases, as hypothesis draws them: lists of edges, and rings with and without other edges."""

from __future__ import annotations

from hypothesis import strategies as st

NODES = "abcdefghij"

edge_lists = st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), max_size=14)
rings = st.integers(2, 4).flatmap(
    lambda size: st.permutations(NODES).map(lambda nodes: [*zip(nodes[:size], [*nodes[1:size], nodes[0]], strict=True)])
)
# One more edge easily makes a ring lose its place as a sink, so some rings get few other edges or none.
graphs = st.one_of(
    edge_lists,
    rings,
    rings.map(lambda ring: ring[::-1]),
    st.tuples(edge_lists, rings).map(lambda parts: parts[0] + parts[1]),
    rings.flatmap(
        lambda ring: st.lists(
            st.tuples(st.sampled_from(NODES[:3]), st.sampled_from([node for node, _ in ring])), max_size=3
        ).map(lambda edges: ring + edges)
    ),
)
