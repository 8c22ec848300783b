"""Aliases: which user ids are one person, and under which id that person goes.

An alias says that a user id took the place of a previous one: an edge between two user ids, and those that edges
connect, in whatever direction and order, are one person. SDKs also alias the anonymous id of a browser. That says who
used the browser, and makes no edge, or everybody who signs in on a shared tablet would become one person. `AliasEffect`
has a word for each case; what the messages of all time say of the previous id decides.

Edges lead to sinks: ids that nothing replaced, and rings of ids that replaced each other and that nothing leaves. The
canonical id is the smallest one in any sink. So an id that was aliased into a ring is never canonical. Ids compare by
code point.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Literal, TypeVar

__all__ = ["AliasEffect", "alias_effects", "canonical_ids"]

AliasEffect = Literal["merged", "identified", "ambiguous", "itself", "unusable"]
"""What an alias does.

- `merged`: the two ids are one person. The previous id was never an anonymous id; or it was a user id too, and only one
  user was ever aliased to it;
- `identified`: the previous id was an anonymous id and no user id, so the user was identified on that device;
- `ambiguous`: it was both, and several users were aliased to it: each was identified on that device, and nobody merged;
- `itself`: both ids are the same one;
- `unusable`: one of the two is missing or a placeholder.
"""

Id = TypeVar("Id", int, str)
Edge = tuple[Id, Id]


def alias_effects(
    pairs: Iterable[Edge[Id]], *, anonymous: Collection[Id], users: Collection[Id]
) -> dict[Edge[Id], AliasEffect]:
    """What each pair (previous id, user id) of usable ids does, as ids are compared.

    `anonymous` and `users` are the ids that any message bears as its anonymous_id or user_id.
    """
    effects: dict[Edge[Id], AliasEffect] = {}
    targets: Counter[Id] = Counter()
    for pair in dict.fromkeys(pairs):
        previous, user = pair
        if previous == user:
            effects[pair] = "itself"
        elif previous not in anonymous:
            effects[pair] = "merged"
        elif previous not in users:
            effects[pair] = "identified"
        else:
            effects[pair] = "ambiguous"
            targets[previous] += 1
    for pair, effect in effects.items():
        if effect == "ambiguous" and targets[pair[0]] == 1:
            effects[pair] = "merged"
    return effects


def canonical_ids(edges: Iterable[Edge[Id]]) -> Mapping[Id, Id]:
    """The canonical id of every id that an edge (previous id, user id) touches.

    An id that is missing from the answer is its own. An edge from an id to itself says nothing. Takes time in
    proportion to the edges: union by size, with path halving (Tarjan and van Leeuwen, 1984).
    """
    # In the order given, which is quicker to walk again than that of a set.
    distinct = dict.fromkeys(edge for edge in edges if edge[0] != edge[1])
    parent: dict[Id, Id] = {}
    size: dict[Id, int] = {}
    links: dict[Id, int] = {}

    def root(node: Id) -> Id:
        if node not in parent:
            parent[node] = node
            size[node] = 1
            links[node] = 0
        while parent[node] != node:
            parent[node] = node = parent[parent[node]]
        return node

    for previous, user in distinct:
        small, large = root(previous), root(user)
        if small != large:
            if size[small] > size[large]:
                small, large = large, small
            parent[small] = large
            size[large] += size[small]
            links[large] += links[small]
        links[large] += 1

    # A component with fewer edges than ids is a tree, in which every sink is an id that nothing replaced.
    tangled = {node for node in parent if parent[node] == node and links[node] >= size[node]}
    replaced = {previous for previous, _ in distinct}
    sinks = [node for node in parent if node not in replaced and root(node) not in tangled]
    if tangled:
        after: dict[Id, list[Id]] = {}
        for previous, user in distinct:
            if root(previous) in tangled:
                after.setdefault(previous, []).append(user)
        sinks += _in_sinks(after)
    best: dict[Id, Id] = {}
    for node in sinks:
        top = root(node)
        best[top] = min(best.get(top, node), node)
    return {node: best[root(node)] for node in parent}


def _in_sinks(after: Mapping[Id, list[Id]]) -> Iterator[Id]:
    """The nodes of every strongly connected part that no edge leaves (Tarjan, 1972, without recursion).

    `after` has the nodes that edges lead to, by the node that they come from.
    """
    order: dict[Id, int] = {}
    lowest: dict[Id, int] = {}
    unfinished: dict[Id, None] = {}  # a stack that says quickly what is in it
    path: list[tuple[Id, Iterator[Id]]] = []

    def enter(node: Id) -> None:
        order[node] = lowest[node] = len(order)
        unfinished[node] = None
        path.append((node, iter(after.get(node, ()))))

    for start in after:
        if start not in order:
            enter(start)
        while path:
            node, followers = path[-1]
            for follower in followers:
                if follower not in order:
                    enter(follower)
                    break
                if follower in unfinished:
                    lowest[node] = min(lowest[node], order[follower])
            else:
                path.pop()
                if path:
                    before = path[-1][0]
                    lowest[before] = min(lowest[before], lowest[node])
                if lowest[node] == order[node]:
                    part = _taken_down_to(node, unfinished)
                    if all(follower in part for member in part for follower in after.get(member, ())):
                        yield from part


def _taken_down_to(node: Id, stack: dict[Id, None]) -> set[Id]:
    part: set[Id] = set()
    while node not in part:
        part.add(stack.popitem()[0])
    return part
