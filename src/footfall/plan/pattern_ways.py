"""In how many ways a regular expression can match one text: the automaton whose ways a backtracking matcher tries.

The positions of an expression (each element that takes a character, least repetitions written out) are the states; a
step leads from a position to those that may take the next character, with the number of ways to get there.
What a matcher does at most follows from it (A. Weber, H. Seidl, "On the degree of ambiguity of finite automata", 1991):
two ways from a state back to itself over one text make the number of tries exponential; otherwise it is a power of the
text's length, and the power is one more than the most pairs of loops that share a text on one path.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from footfall.plan.pattern_sets import Alphabet, inner_sequences

__all__ = ["Ways"]

_MOST_POSITIONS = 1_500
_MOST_STEPS = 400_000
# A bounded choice counts as part of a power: log2 of its size by that of the longest text, 2^15 characters.
_BITS = 15
_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})
_ONE = frozenset({"LITERAL", "NOT_LITERAL", "IN", "ANY"})


class _Piece(NamedTuple):
    """A part of an expression: the ways to match nothing, and to begin and to end at a position."""

    nothing: int
    first: Counter[int]
    last: Counter[int]


_EMPTY = _Piece(1, Counter(), Counter())


class Ways:
    """The automaton of a parsed expression, searched for in a text. Raises ValueError for one too large to judge."""

    def __init__(self, tree: Any) -> None:
        self._alphabet = Alphabet(tree)
        self._takes: list[int] = []
        self._steps: defaultdict[int, Counter[int]] = defaultdict(Counter)
        self._loops: list[tuple[set[int], float]] = []
        self._choices = 0.0
        whole = self._sequence(tree, tree.state.flags)
        if not _anchored(tree, tree.state.flags):
            start = self._position(self._alphabet.all)
            self._loop(_Piece(0, Counter([start]), Counter([start])), {start}, 1.0)
            self._step(Counter([start]), whole.first)
        self._groups = _components(len(self._takes), self._steps)

    def exponential(self) -> bool:
        """Whether some text has two ways from a position back to it."""
        work = 0
        for group in self._groups:
            inside = {state: {to: n for to, n in self._steps[state].items() if to in group} for state in group}
            if any(ways > 1 for steps in inside.values() for ways in steps.values()):
                return True
            if all(len(steps) < 2 for steps in inside.values()):
                continue
            work += sum(len(steps) for steps in inside.values()) ** 2
            if work > _MOST_STEPS:
                raise ValueError("it is too large to judge")
            if self._splits(inside):
                return True
        return False

    def power(self) -> float:
        """To which power of a text's length the number of tries can grow; parts of one stand for bounded choices."""
        groups = [group for group in self._groups if self._is_loop(group)]
        memo: dict[int, float] = {}

        def beyond(number: int) -> float:
            if number not in memo:
                near = self._reach(groups[number], self._alphabet.all)
                memo[number] = max(
                    (
                        beyond(other) + self._pair(groups[number], group)
                        for other, group in enumerate(groups)
                        if other != number and not near.isdisjoint(group)
                    ),
                    default=0.0,
                )
            return memo[number]

        return 1 + self._choices + max(map(beyond, range(len(groups))), default=0.0)

    def _position(self, takes: int) -> int:
        if len(self._takes) >= _MOST_POSITIONS:
            raise ValueError("it is too large to judge")
        self._takes.append(takes)
        return len(self._takes) - 1

    def _step(self, last: Counter[int], first: Counter[int]) -> None:
        for state, ends in last.items():
            for to, begins in first.items():
                self._steps[state][to] += ends * begins

    def _sequence(self, parts: Iterable[Any], flags: int) -> _Piece:
        made = _EMPTY
        for part in parts:
            made = self._join(made, self._piece(part, flags))
        return made

    def _join(self, left: _Piece, right: _Piece) -> _Piece:
        self._step(left.last, right.first)
        first, last = Counter(left.first), Counter(right.last)
        for state, ways in right.first.items() if left.nothing else ():
            first[state] += min(2, ways * left.nothing)
        for state, ways in left.last.items() if right.nothing else ():
            last[state] += min(2, ways * right.nothing)
        return _Piece(min(2, left.nothing * right.nothing), first, last)

    def _piece(self, part: Any, flags: int) -> _Piece:
        name, value = str(part[0]), part[1]
        if name in _ONE:
            state = self._position(self._alphabet.of(part, flags))
            return _Piece(0, Counter([state]), Counter([state]))
        if name in _REPEATS:
            return self._repeat(int(value[0]), None if str(value[1]) == "MAXREPEAT" else int(value[1]), value[2], flags)
        if name == "SUBPATTERN":
            return self._sequence(value[3], (flags | value[1]) & ~value[2])
        if name == "GROUPREF":  # takes what its group took: any text, as far as is known here
            state = self._position(self._alphabet.all)
            one = _Piece(0, Counter([state]), Counter([state]))
            return self._loop(one, {state}, 1.0)
        inner = [self._sequence(each, flags) for each in inner_sequences(part)]
        if name in {"ASSERT", "ASSERT_NOT"}:
            # It is tried, and then the match goes on from where it began.
            return _Piece(1, inner[0].first, Counter()) if value[0] > 0 else _EMPTY
        if name == "GROUPREF_EXISTS" and len(inner) == 1:
            inner.append(_EMPTY)
        return self._either(inner) if inner else _EMPTY

    def _either(self, pieces: list[_Piece]) -> _Piece:
        seen = 0
        for piece in pieces:
            takes = self._union(piece.first)
            self._choices += bool(seen & takes) / _BITS
            seen |= takes
        first = sum((piece.first for piece in pieces), Counter[int]())
        last = sum((piece.last for piece in pieces), Counter[int]())
        return _Piece(min(2, sum(piece.nothing for piece in pieces)), first, last)

    def _repeat(self, least: int, most: int | None, body: Any, flags: int) -> _Piece:
        made = _EMPTY
        for _ in range(least):
            made = self._join(made, self._sequence(body, flags))
        if most is not None and most <= least:
            return made
        began = len(self._takes)
        more = self._sequence(body, flags)
        states = set(range(began, len(self._takes)))
        if most == least + 1:
            self._choices += 1 / _BITS
            return self._join(made, more._replace(nothing=min(2, more.nothing + 1)))
        size = 1.0 if most is None else min(1.0, math.log2(most - least + 1) / _BITS)
        return self._join(made, self._loop(more, states, size))

    def _loop(self, body: _Piece, states: set[int], size: float) -> _Piece:
        self._step(body.last, body.first)
        self._loops.append((states, size))
        return body._replace(nothing=min(2, body.nothing + 1))

    def _union(self, states: Iterable[int]) -> int:
        takes = 0
        for state in states:
            takes |= self._takes[state]
        return takes

    def _is_loop(self, group: set[int]) -> bool:
        return len(group) > 1 or any(state in self._steps[state] for state in group)

    def _splits(self, inside: dict[int, dict[int, int]]) -> bool:
        """Whether two different ways lead from one state to one state over the same text, and back."""
        numbers = {pair: n for n, pair in enumerate((a, b) for a in inside for b in inside)}
        steps: dict[int, list[int]] = {
            numbers[a, b]: [numbers[c, d] for c in inside[a] for d in inside[b] if self._takes[c] & self._takes[d]]
            for a, b in numbers
        }
        same = {numbers[state, state] for state in inside}
        return any(not same.isdisjoint(group) and group - same for group in _components(len(numbers), steps))

    def _reach(self, group: set[int], takes: int) -> set[int]:
        """The states behind a group over texts of these characters."""
        found: set[int] = set()
        waiting = list(group)
        while waiting:
            for to in self._steps[waiting.pop()]:
                if to not in found and self._takes[to] & takes:
                    found.add(to)
                    waiting.append(to)
        return found

    def _pair(self, group: set[int], other: set[int]) -> float:
        """How much a text that both loops can read adds: nothing if there is none that leads from one to the other."""
        shared = self._union(group) & self._union(other)
        if self._reach(group, shared).isdisjoint(other):
            return 0.0
        return min(self._size(group), self._size(other))

    def _size(self, group: set[int]) -> float:
        return min(1.0, sum(size for states, size in self._loops if not states.isdisjoint(group)))


def _anchored(sequence: Iterable[Any], flags: int) -> bool:
    """Whether a match can only begin where the text begins."""
    for part in sequence:
        name, value = str(part[0]), part[1]
        if name == "AT":
            place = str(value)
            return place == "AT_BEGINNING_STRING" or (place == "AT_BEGINNING" and not flags & re.MULTILINE)
        if name in {"SUBPATTERN", "BRANCH", "ATOMIC_GROUP"}:
            return all(_anchored(inner, flags) for inner in inner_sequences(part))
        if name not in {"ASSERT", "ASSERT_NOT"}:
            return False
    return False


def _components(size: int, steps: Any) -> list[set[int]]:
    """The strongly connected components (R. Tarjan, 1972), without recursion."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    held: set[int] = set()
    found: list[set[int]] = []
    for root in range(size):
        if root in index:
            continue
        work = [(root, iter(steps[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        held.add(root)
        while work:
            state, rest = work[-1]
            for to in rest:
                if to not in index:
                    index[to] = low[to] = len(index)
                    stack.append(to)
                    held.add(to)
                    work.append((to, iter(steps[to])))
                    break
                if to in held:
                    low[state] = min(low[state], index[to])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[state])
                if low[state] == index[state]:
                    group: set[int] = set()
                    while state not in group:
                        group.add(stack.pop())
                    held -= group
                    found.append(group)
    return found
