"""Aliases: which user ids are one person, and under which id that person goes.

An alias is an edge from the previous id to the id that took its place. Ids that edges connect, in whatever direction
and order, are one person. Its canonical id is the smallest sink (an id that nothing replaced); where every id was
replaced by another, as in a cycle, the smallest id of all. Ids compare by code point.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

__all__ = ["canonical_ids"]


def canonical_ids(edges: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """The canonical id of every id that an edge (previous id, user id) touches.

    An id that is missing from the answer is its own. An edge from an id to itself says nothing. Takes time in
    proportion to the edges: union by size, with path halving (Tarjan and van Leeuwen, 1984).
    """
    parent: dict[str, str] = {}
    size: dict[str, int] = {}
    replaced: set[str] = set()

    def root(node: str) -> str:
        while parent[node] != node:
            parent[node] = node = parent[parent[node]]
        return node

    for previous, user in edges:
        if previous == user:
            continue
        replaced.add(previous)
        for node in (previous, user):
            if node not in parent:
                parent[node] = node
                size[node] = 1
        small, large = sorted((root(previous), root(user)), key=size.__getitem__)
        if small != large:
            parent[small] = large
            size[large] += size[small]

    # False sorts before True: a sink wins over an id that was replaced.
    best: dict[str, tuple[bool, str]] = {}
    for node in parent:
        rank = (node in replaced, node)
        best[root(node)] = min(best.get(root(node), rank), rank)
    return {node: best[root(node)][1] for node in parent}
