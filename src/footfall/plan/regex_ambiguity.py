"""In how many ways a regular expression can match one text: the automaton whose ways a backtracking matcher tries.

The positions of an expression (each element that takes a character, least repetitions written out) are the states; a
step leads from a position to those that may take the next character, with the number of ways to get there.
What a matcher does at most follows from it (A. Weber, H. Seidl, "On the degree of ambiguity of finite automata", 1991):
two ways from a state back to itself over one text make the number of tries exponential; otherwise it is a power of the
text's length, and the power is one more than the most pairs of loops that share a text on one path. A search that may
begin anywhere is one more loop before all others. What comes after the match is certain is never tried again.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from footfall.plan.regex_alphabet import Alphabet, inner_sequences

__all__ = ["Automaton"]

_MOST_POSITIONS = 1_500
_MOST_STEPS = 400_000
_MOST_LOOPS = 64
# log2 of how often a repetition may go on at least, to count as one without an end: as long as most values are.
_ENDLESS = 10
# A character that does not fit is seen at once: eight of those cost about as much as one that does.
_STEP = 1 / 8
# `re` repeats a single element in a fast loop; repeating anything else costs some times as much.
_GENERAL = 4
_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})
_ONE = frozenset({"LITERAL", "NOT_LITERAL", "IN", "ANY"})


class _Piece(NamedTuple):
    """A part of an expression: the ways to match nothing, and to begin and to end at a position.

    `free` says that it can match nothing anywhere; behind the positions of `sure` all that follows is free.
    """

    nothing: int
    first: Counter[int]
    last: Counter[int]
    free: bool
    sure: frozenset[int] = frozenset()


_EMPTY = _Piece(1, Counter(), Counter(), free=True)
_NARROW = _EMPTY._replace(free=False)


class Automaton:
    """The automaton of a parsed expression, searched for in a text. Raises ValueError for one too large to judge."""

    def __init__(self, tree: Any) -> None:
        self._alphabet = Alphabet(tree)
        self._takes: list[int] = []
        self._steps: defaultdict[int, Counter[int]] = defaultdict(Counter)
        self._loops: list[tuple[set[int], float]] = []
        self._choices = 0.0
        self._asides = 0
        self._general: set[int] = set()
        self._links: dict[tuple[int, int, bool], bool] = {}
        whole = self._sequence(tree, tree.state.flags)
        self._start: int | None = None
        # What can match nothing matches where the text begins, and nowhere else is tried.
        if not whole.free and not _anchored(tree, tree.state.flags):
            self._start = self._position(self._alphabet.all)
            start = Counter([self._start])
            self._loop(_Piece(0, start, start, free=False), {self._start}, math.inf)
            self._step(start, whole.first)
        self._first = set(whole.first)
        self._groups = _components(len(self._takes), self._steps)
        if sum(map(self._is_loop, self._groups)) > _MOST_LOOPS:
            raise ValueError("it is too large to judge")
        self._certain = whole.sure
        self._heads = set(whole.sure) | (self._first if whole.free else set())

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

    def searches_long(self) -> bool:
        """Whether a search that begins anew at every character can read on without bound each time."""
        if self._start is None:
            return False
        return any(
            self._size(group, math.inf) >= _ENDLESS and self._pair({self._start}, group, math.inf, self._certain) > 0
            for group in self._groups
            if self._start not in group and self._is_loop(group)
        )

    def tries(self, length: int) -> float:
        """The most elements that a matcher tries on a text of `length` characters, as log2; an upper bound."""
        loops = [group for group in self._groups if self._is_loop(group)]
        # Behind a certain position the search is over, so that is paid for once, and not at every beginning.
        tail = self._reach(self._heads, self._alphabet.all, frozenset()) | self._heads
        after = [group for group in loops if not tail.isdisjoint(group) and self._start not in group]
        return max(self._bits(loops, length, self._certain), self._bits(after, length, frozenset()))

    def _bits(self, loops: list[set[int]], length: int, certain: frozenset[int]) -> float:
        memo: dict[int, float] = {}

        def beyond(number: int) -> float:
            if number not in memo:
                near = self._reach(loops[number], self._alphabet.all, certain)
                memo[number] = max(
                    (
                        beyond(other) + self._pair(loops[number], loop, length, certain)
                        for other, loop in enumerate(loops)
                        if other != number and not near.isdisjoint(loop)
                    ),
                    default=0.0,
                )
            return memo[number]

        shared = max(map(beyond, range(len(loops))), default=0.0)
        whole = math.log2(length)
        # Where each of two loops ends is a pair of places in their order, and of those there are half as many.
        shared -= shared >= whole
        looping = {state for loop in loops for state in loop}
        each = math.log2(max(map(self._weight, looping), default=1.0))
        runs = (self._run(self._reach(loop, self._union(loop), certain), certain) for loop in loops)
        behind = math.log2(max(1.0, max(runs, default=1.0)))
        before = math.log2(1 + len(self._first) * _STEP + self._run(set(range(len(self._takes))), certain))
        # Without a loop only the expression has a length.
        once = max(before, whole + shared + each + behind if loops else 0.0)
        return once + self._choices + math.log2(1 + self._asides)

    def _weight(self, state: int) -> float:
        ways = len(self._steps[state]) - (state == self._start)
        return (1 + max(0, ways - 1) * _STEP) * (_GENERAL if state in self._general else 1)

    def _run(self, states: set[int], certain: frozenset[int]) -> float:
        """What the most costly of the positions in a row, each tried once, cost together."""
        costs: dict[int, float] = {}
        for group in self._groups:  # what comes later in the expression comes first here
            for state in group & states:
                after = max((costs.get(to, 0.0) for to in self._steps[state] if state not in certain), default=0.0)
                costs[state] = 0.0 if self._is_loop(group) else self._weight(state) + after
        return max(costs.values(), default=0.0)

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
        piece = _EMPTY
        for part in parts:
            piece = self._join(piece, self._piece(part, flags))
        return piece

    def _join(self, before: _Piece, after: _Piece) -> _Piece:
        self._step(before.last, after.first)
        first, last = Counter(before.first), Counter(after.last)
        for state, ways in after.first.items() if before.nothing else ():
            first[state] += min(2, ways * before.nothing)
        for state, ways in before.last.items() if after.nothing else ():
            last[state] += min(2, ways * after.nothing)
        sure = after.sure | before.sure if after.free else after.sure
        return _Piece(min(2, before.nothing * after.nothing), first, last, before.free and after.free, sure)

    def _piece(self, part: Any, flags: int) -> _Piece:
        name, value = str(part[0]), part[1]
        if name in _ONE:
            state = self._position(self._alphabet.of(part, flags))
            return _Piece(0, Counter([state]), Counter([state]), free=False, sure=frozenset([state]))
        if name in _REPEATS:
            return self._repeat(int(value[0]), None if str(value[1]) == "MAXREPEAT" else int(value[1]), value[2], flags)
        if name == "SUBPATTERN":
            return self._sequence(value[3], (flags | value[1]) & ~value[2])
        if name == "GROUPREF":  # takes what its group took: any text, as far as is known here
            state = self._position(self._alphabet.all)
            any_text = _Piece(0, Counter([state]), Counter([state]), free=False)
            return self._loop(any_text, {state}, math.inf)._replace(free=False)
        if name == "AT":
            return _NARROW
        pieces = [self._sequence(each, flags) for each in inner_sequences(part)]
        if name in {"ASSERT", "ASSERT_NOT"}:
            self._asides += 1
            # It is tried, and then the match goes on from where it began.
            if value[0] > 0:
                return _NARROW._replace(first=pieces[0].first)
            self._choices += math.log2(1 + value[1].getwidth()[1])
            return _NARROW
        if name == "GROUPREF_EXISTS":  # its group decides which of the two it is
            pieces = [*pieces, _EMPTY][:2]
            return self._either(pieces)._replace(free=all(piece.free for piece in pieces))
        return self._either(pieces) if pieces else _EMPTY

    def _either(self, pieces: list[_Piece]) -> _Piece:
        takes = [self._union(piece.first) for piece in pieces]
        shared = max(sum(bits >> char & 1 for bits in takes) for char in range(self._alphabet.size))
        self._choices += math.log2(max(1, shared + sum(piece.nothing > 0 for piece in pieces)))
        first = sum((piece.first for piece in pieces), Counter[int]())
        last = sum((piece.last for piece in pieces), Counter[int]())
        sure = frozenset[int]().union(*(piece.sure for piece in pieces))
        free = any(piece.free for piece in pieces)
        return _Piece(min(2, sum(piece.nothing for piece in pieces)), first, last, free, sure)

    def _repeat(self, least: int, most: int | None, body: Any, flags: int) -> _Piece:
        piece = _EMPTY
        for _ in range(least):
            piece = self._join(piece, self._sequence(body, flags))
        if most is not None and most <= least:
            return piece
        began = len(self._takes)
        more = self._sequence(body, flags)
        states = set(range(began, len(self._takes)))
        # What matches nothing can do so once more or not.
        self._choices += more.nothing > 0
        if most == least + 1:
            self._choices += 1
            return self._join(piece, more._replace(nothing=min(2, more.nothing + 1), free=True))
        if len(body) != 1 or str(body[0][0]) not in _ONE:
            self._general |= states
        # A text of that length can be read in as many ways as it has characters at which to end.
        size = math.inf if most is None else (most - least + 1) * max(1, body.getwidth()[1])
        return self._join(piece, self._loop(more, states, size))

    def _loop(self, body: _Piece, states: set[int], size: float) -> _Piece:
        self._step(body.last, body.first)
        self._loops.append((states, size))
        return body._replace(nothing=min(2, body.nothing + 1), free=True)

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

    def _reach(self, group: set[int], takes: int, certain: frozenset[int]) -> set[int]:
        """The states behind a group over texts of these characters, as far as the match is not certain."""
        reached: set[int] = set()
        waiting = list(group - certain)
        while waiting:
            for to in self._steps[waiting.pop()]:
                if to not in reached and self._takes[to] & takes:
                    reached.add(to)
                    if to not in certain:
                        waiting.append(to)
        return reached

    def _pair(self, group: set[int], other: set[int], length: float, certain: frozenset[int]) -> float:
        """How much it adds that a text can be shared by two loops in several ways: nothing where none can."""
        key = (min(group), min(other), bool(certain))
        if key not in self._links:
            self._links[key] = self._linked(group, other - certain, certain)
        return min(self._size(group, length), self._size(other, length)) if self._links[key] else 0.0

    def _linked(self, group: set[int], other: set[int], certain: frozenset[int]) -> bool:
        """Whether some text leads around in both loops, and from one to the other."""
        shared = self._union(group) & self._union(other)
        # Over such a text each comes back to where it was, by what is shared alone.
        here, there = self._cycles(group, shared), self._cycles(other, shared)
        return bool(here and there) and not self._reach(here, shared, certain).isdisjoint(there)

    def _cycles(self, group: set[int], takes: int) -> set[int]:
        """The states of a group that lead back to themselves over texts of these characters."""
        fit = [state for state in group if self._takes[state] & takes]
        numbers = {state: number for number, state in enumerate(fit)}
        steps = [[numbers[to] for to in self._steps[state] if to in numbers] for state in fit]
        return {
            fit[number]
            for part in _components(len(fit), steps)
            for number in part
            if len(part) > 1 or number in steps[number]
        }

    def _size(self, group: set[int], length: float) -> float:
        sizes = (math.log2(size) for states, size in self._loops if not states.isdisjoint(group))
        return min(math.log2(length), sum(sizes))


def _anchored(sequence: Iterable[Any], flags: int) -> bool:
    """Whether a match can only begin where the text begins, and nothing is read before that is seen."""
    for name, value in ((str(part[0]), part[1]) for part in sequence):
        if name == "AT":
            anchor = str(value)
            return anchor == "AT_BEGINNING_STRING" or (anchor == "AT_BEGINNING" and not flags & re.MULTILINE)
        if name == "SUBPATTERN":
            return _anchored(value[3], (flags | value[1]) & ~value[2])
        if name == "BRANCH":
            return all(_anchored(branch, flags) for branch in value[1])
        return name == "ATOMIC_GROUP" and _anchored(value, flags)
    return False


def _components(size: int, steps: Any) -> list[set[int]]:
    """The strongly connected components (R. Tarjan, 1972), without recursion."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    on_stack: set[int] = set()
    components: list[set[int]] = []
    for root in range(size):
        if root in index:
            continue
        work = [(root, iter(steps[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            state, rest = work[-1]
            for to in rest:
                if to not in index:
                    index[to] = low[to] = len(index)
                    stack.append(to)
                    on_stack.add(to)
                    work.append((to, iter(steps[to])))
                    break
                if to in on_stack:
                    low[state] = min(low[state], index[to])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[state])
                if low[state] == index[state]:
                    group: set[int] = set()
                    while state not in group:
                        group.add(stack.pop())
                    on_stack -= group
                    components.append(group)
    return components
