"""Walks a funnel with the messages of one actor: each attempt, how far it gets, what ends it, and which one counts.

Any chain of messages counts, not only the greedy one. The report asks the database the same where it can; it asks here
for what a join cannot say: strict order, any order, exclusions, held properties, sessions, optional steps, limits.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from typing import Literal, NamedTuple

import msgspec

__all__ = ["ActorAttempts", "Attempt", "DropRule", "FunnelEntry", "FunnelOrder", "FunnelRules", "Moment", "MomentRow",
           "attempts_of"]  # fmt: skip

FunnelOrder = Literal["ordered", "strict", "any"]
FunnelEntry = Literal["first", "any", "each"]

_NEVER = 2**63 - 1


class DropRule(NamedTuple):
    """An exclusion after the first reach of step `first` and before that of step `last`, both counted from 0.

    It ends the attempt, or with `is_person` takes the whole actor out.
    """

    first: int
    last: int
    is_person: bool


class FunnelRules(msgspec.Struct, frozen=True, kw_only=True):
    """How a funnel is walked. Times are microseconds, steps are counted from 0.

    `limits` has for each step the most time since the step before, `within` is the most since the entry. With
    `has_ties` steps of equal times count as in order. In `any` order step n is reached with n + 1 different steps.
    """

    limits: tuple[int | None, ...]
    optional: tuple[bool, ...]
    order: FunnelOrder = "ordered"
    entry: FunnelEntry = "first"
    has_ties: bool = True
    within: int | None = None
    drops: tuple[DropRule, ...] = ()

    @property
    def steps(self) -> int:
        """How many there are."""
        return len(self.limits)

    def before(self, step: int) -> list[int]:
        """The steps that a step can follow: the one before, and those before that over optional ones."""
        steps = [step - 1]
        while steps[-1] > 0 and self.optional[steps[-1]]:
            steps.append(steps[-1] - 1)
        return steps if step else []


class MomentRow(NamedTuple):
    """A message: bits of the steps that it may fill and of the exclusions that it is of, its session and constant.

    The session is 0 where sessions do not matter. The constant is the values that each step has as the entry has them:
    "" where none are asked for, None where one is absent.
    """

    fills: int
    drops: int
    session: int
    constant: str | None


class Moment(NamedTuple):
    """All messages of an actor at one time. `is_action`: one of them is an event, a page or a screen."""

    time: int
    rows: Sequence[MomentRow]
    is_action: bool


class Attempt(NamedTuple):
    """One entry and how far it got: the first reach of each step, None for one that was not reached.

    `weight` is how many messages entered so. `drop` is the number of the exclusion that ended it at `dropped_at`.
    `is_open`: it may still go on.
    """

    entered: int
    weight: int
    times: tuple[int | None, ...]
    drop: int | None
    dropped_at: int | None
    is_open: bool

    @property
    def furthest(self) -> int:
        """The last step that was reached."""
        return max(step for step, time in enumerate(self.times) if time is not None)


class ActorAttempts(NamedTuple):
    """Those of one actor that count, the one of the first entry, and the exclusion that takes the actor out."""

    counted: Sequence[Attempt]
    first: Attempt
    person_drop: int | None


class _Start(NamedTuple):
    """Where an attempt begins: messages of one time, session and held value."""

    position: int
    session: int
    constant: str | None
    weight: int


def attempts_of(
    moments: Sequence[Moment], rules: FunnelRules, since: int | None, until: int | None, now: int,
    closed: Collection[int] = (),
) -> ActorAttempts | None:  # fmt: skip
    """The attempts of an actor who enters from `since` on and before `until`; None without an entry.

    `moments` are in order of time, each time once. `closed` are the sessions that are over at `now`. Attempts of equal
    times go by how far they get, then by their times.
    """
    starts = _starts(moments, rules, since, until)
    if not starts:
        return None
    if rules.entry == "first":
        starts = [start for start in starts if start.position == starts[0].position]
    walk = _AnyOrder if rules.order == "any" else _InOrder
    index = _Index(moments) if len(starts) > 1 else None
    # No later entry is better than one that gets to the end; but it may take the actor out.
    is_one_enough = rules.entry == "any" and not any(rule.is_person for rule in rules.drops)
    attempts: list[Attempt] = []
    is_done = False
    for start in starts:
        if is_done and attempts[-1].entered < moments[start.position].time:
            break
        attempts.append(walk(rules, moments, start, index).attempt(now, is_over=start.session in closed))
        is_done = is_done or (is_one_enough and attempts[-1].times[-1] is not None)
    return _chosen(attempts, rules)


def _chosen(attempts: Sequence[Attempt], rules: FunnelRules) -> ActorAttempts:
    if len(attempts) == 1 and attempts[0].drop is None:
        return ActorAttempts(attempts, attempts[0], None)
    first = min((each for each in attempts if each.entered == attempts[0].entered), key=_rank)
    dropped = [
        (each.dropped_at, each.drop) for each in attempts if each.drop is not None and rules.drops[each.drop].is_person
    ]
    if dropped:
        return ActorAttempts((), first, min(dropped)[1])
    return ActorAttempts(attempts if rules.entry == "each" else [min(attempts, key=_rank)], first, None)


def _rank(attempt: Attempt) -> tuple[object, ...]:
    """Which attempt of an actor counts: the one that gets furthest, the earliest of these."""
    times = tuple(_NEVER if time is None else time for time in attempt.times)
    dropped_at = _NEVER if attempt.dropped_at is None else -attempt.dropped_at
    return (-attempt.furthest, attempt.entered, times, attempt.drop is not None, dropped_at, not attempt.is_open)


def _starts(moments: Sequence[Moment], rules: FunnelRules, since: int | None, until: int | None) -> list[_Start]:
    mask = -1 if rules.order == "any" else 1
    starts = []
    for index, moment in enumerate(moments):
        if (since is not None and moment.time < since) or (until is not None and moment.time >= until):
            continue
        weights: dict[tuple[int, str | None], int] = {}
        for row in moment.rows:
            if row.fills & mask:
                weights[row.session, row.constant] = weights.get((row.session, row.constant), 0) + 1
        starts += [_Start(index, *key, weight) for key, weight in weights.items()]
        if starts and rules.entry == "first":
            break
    return starts


class _Index:
    """Where the messages for each step and exclusion are, so that many attempts do not look at all of them each."""

    def __init__(self, moments: Sequence[Moment]) -> None:
        self._steps: dict[tuple[int, int, str | None], list[int]] = {}
        self._drops: dict[tuple[int, int], list[int]] = {}
        self.has_overlaps = False  # a message may be of several steps
        for position, moment in enumerate(moments):
            for row in moment.rows:
                self.has_overlaps = self.has_overlaps or row.fills & (row.fills - 1) != 0
                for step in _bits(row.fills):
                    self._steps.setdefault((step, row.session, row.constant), []).append(position)
                for number in _bits(row.drops):
                    self._drops.setdefault((number, row.session), []).append(position)

    def step_after(self, position: int, step: int, start: _Start) -> int:
        """The next moment that may fill a step, after a position; _NEVER without one."""
        return _after(self._steps.get((step, start.session, start.constant), ()), position)

    def drop_after(self, position: int, number: int, start: _Start) -> int:
        """The next moment of an exclusion."""
        return _after(self._drops.get((number, start.session), ()), position)


def _after(positions: Sequence[int], position: int) -> int:
    place = bisect_right(positions, position)
    return positions[place] if place < len(positions) else _NEVER


def _bits(mask: int) -> Iterator[int]:
    return (bit for bit in range(mask.bit_length()) if mask >> bit & 1)


class _InOrder:
    """An attempt at steps in order. `latest` has the latest reach of each step, which leaves the most room."""

    def __init__(
        self, rules: FunnelRules, moments: Sequence[Moment], start: _Start, index: _Index | None = None
    ) -> None:
        self.index = index
        self.rules = rules
        self.moments = moments
        self.start = start
        self.entered = moments[start.position].time
        self.times: list[int | None] = [None] * rules.steps
        self.latest: list[int | None] = [None] * rules.steps
        self.drop: int | None = None
        self.dropped_at: int | None = None
        self.last_action: int | None = None  # before the moment that is looked at

    def attempt(self, now: int, *, is_over: bool) -> Attempt:
        """Walk it to its end."""
        end = _NEVER if self.rules.within is None else self.entered + self.rules.within
        position = self.start.position
        while position < len(self.moments) and (moment := self.moments[position]).time <= end:
            self.take(moment.time, self.fills(moment))
            if self.times[-1] is not None:
                break
            self.drop_out(moment)
            if self.drop is not None:
                break
            if moment.is_action:
                self.last_action = moment.time
            position = position + 1 if self.index is None else self.next(position, self.index)
        is_waiting = self.times[-1] is None and self.drop is None and self.start.constant is not None
        return Attempt(
            self.entered, self.start.weight, tuple(self.times), self.drop, self.dropped_at,
            is_waiting and not is_over and now <= end and self.may_go_on(now),
        )  # fmt: skip

    def fills(self, moment: Moment) -> list[int]:
        """The steps that each message of a moment may fill in this attempt."""
        session, constant = self.start.session, self.start.constant
        if constant is None:  # nothing is equal to what is absent
            return [1] if moment.time == self.entered else []
        return [row.fills for row in moment.rows if row.fills and row.session == session and row.constant == constant]

    def next(self, position: int, index: _Index) -> int:
        """The next moment that may change anything."""
        if self.rules.order == "strict":
            reaches = [reach for reach in self.latest if reach is not None]
            is_over = self.last_action is not None and self.last_action > max(reaches)
            return self.drops(position, index) if is_over else position + 1
        # With limits a later reach of the same step leaves more room.
        has_limits = any(limit is not None for limit in self.rules.limits)
        steps = [
            step
            for step in range(1, self.rules.steps)
            if (has_limits or self.times[step] is None)
            and any(self.times[before] is not None for before in self.rules.before(step))
        ]
        return min([self.drops(position, index), *(index.step_after(position, step, self.start) for step in steps)])

    def drops(self, position: int, index: _Index) -> int:
        """The next moment at which an exclusion may end the attempt."""
        return min(
            (
                index.drop_after(position, number, self.start)
                for number, rule in enumerate(self.rules.drops)
                if self.times[rule.first] is not None and self.times[rule.last] is None
            ),
            default=_NEVER,
        )

    def take(self, time: int, messages: Sequence[int]) -> None:
        """Reach what messages of one time reach."""
        for step in self.ends(time, messages) if messages else ():
            self.latest[step] = time
            if self.times[step] is None:
                self.times[step] = time

    def drop_out(self, moment: Moment) -> None:
        """End the attempt where an exclusion says so; one that takes the person out goes first."""
        bits = 0
        for row in moment.rows:
            if row.session == self.start.session:
                bits |= row.drops
        for number, rule in sorted(enumerate(self.rules.drops), key=lambda each: not each[1].is_person) if bits else ():
            begin = self.times[rule.first]
            if bits >> number & 1 and begin is not None and begin < moment.time and self.times[rule.last] is None:
                self.drop, self.dropped_at = number, moment.time
                return

    def ends(self, time: int, messages: Sequence[int]) -> set[int]:
        """The steps that a chain can end with at these messages. Each step that falls on this time needs its own."""
        steps: set[int] = set()
        for start in range(self.rules.steps):
            if time != self.entered if start == 0 else not self.follows(start, time):
                continue
            between: list[int] = []  # steps of this time that lead on
            for step in range(start, self.rules.steps if self.rules.has_ties else start + 1):
                if _are_matched([*between, step], messages):
                    steps.add(step)
                elif step == start or not self.rules.optional[step]:
                    break
                if step == start or not self.rules.optional[step]:
                    between.append(step)
        return steps

    def follows(self, step: int, time: int) -> bool:
        """Whether a step at a time can follow an earlier reach of a step before it."""
        limit, strict = self.rules.limits[step], self.rules.order == "strict"
        for before in self.rules.before(step):
            reach = self.latest[before]
            if (
                reach is not None
                and (limit is None or time - reach <= limit)
                and not (strict and self.last_action is not None and self.last_action > reach)
            ):
                return True
        return False

    def may_go_on(self, now: int) -> bool:
        """Whether a later message can still be a step."""
        if self.rules.order == "strict":
            self.last_action = next((each.time for each in reversed(self.moments) if each.is_action), None)
        return any(self.follows(step, now) for step in range(1, self.rules.steps))


class _AnyOrder(_InOrder):
    """An attempt at steps in any order: as many as messages can be found for, each message for one step."""

    def __init__(
        self, rules: FunnelRules, moments: Sequence[Moment], start: _Start, index: _Index | None = None
    ) -> None:
        super().__init__(rules, moments, start, index)
        self.filled: dict[int, int] = {}  # step -> the steps that its message may fill

    def fills(self, moment: Moment) -> list[int]:
        if self.start.constant is None and moment.time == self.entered:
            return [next(row.fills for row in moment.rows if row.fills and row.constant is None)]
        return super().fills(moment) if self.start.constant is not None else []

    def next(self, position: int, index: _Index) -> int:
        # A message for steps that have one may let that one go to another step.
        is_needed = index.has_overlaps or not self.rules.has_ties
        steps = [step for step in range(self.rules.steps) if is_needed or step not in self.filled]
        return min([self.drops(position, index), *(index.step_after(position, step, self.start) for step in steps)])

    def take(self, time: int, messages: Sequence[int]) -> None:
        if not self.rules.has_ties:  # one message of each time
            union = 0
            for fills in messages:
                union |= fills
            messages = [union] if union else []
        for fills in messages:
            if len(self.filled) < self.rules.steps and _place(fills, self.filled, set()):
                self.times[len(self.filled) - 1] = time

    def may_go_on(self, now: int) -> bool:  # noqa: ARG002 - there is no limit but that of all steps
        return True


def _are_matched(steps: Sequence[int], messages: Sequence[int]) -> bool:
    """Whether each of the steps can have a message for itself."""
    if len(steps) == 1:
        return any(fills >> steps[0] & 1 for fills in messages)
    if len(steps) > len(messages):
        return False
    wanted = sum(1 << step for step in steps)
    filled: dict[int, int] = {}
    for fills in messages:
        _place(fills & wanted, filled, set())
    return len(filled) == len(steps)


def _place(fills: int, filled: dict[int, int], tried: set[int]) -> bool:
    """Give a message to a step, moving other messages to other steps where that helps (augmenting path)."""
    for step in range(fills.bit_length()):
        if not fills >> step & 1 or step in tried:
            continue
        tried.add(step)
        if step not in filled or _place(filled[step], filled, tried):
            filled[step] = fills
            return True
    return False
