"""Funnels by trying every chain of messages, as the definition says it, to compare answers with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

__all__ = ["Asked", "Counts", "Did", "Ending", "Reach", "Step", "attempts", "counts_of", "sessions_by_seq"]

GAP = 30 * 60


class Did(NamedTuple):
    """A message: whose (a number), from which device, its type, event and kind, when in seconds, and in which place."""

    actor: int
    device: int | None
    type: str
    event: str | None
    kind: str | None
    at: int
    seq: int
    mark: str


class Step(NamedTuple):
    event: str
    kinds: tuple[str, ...] | None = None
    within: int | None = None
    is_optional: bool = False

    def takes(self, did: Did) -> bool:
        return did.event == self.event and (self.kinds is None or did.kind in self.kinds)


class Ending(NamedTuple):
    """An exclusion by an event, from step `first` to step `last`, counted from 0."""

    event: str
    first: int
    last: int
    is_person: bool


class Asked(NamedTuple):
    """Times in seconds. `hold`: each step has the kind of the entry."""

    steps: tuple[Step, ...]
    order: str = "ordered"
    entry: str = "first"
    ties: bool = True
    within: int | None = None
    is_session: bool = False
    endings: tuple[Ending, ...] = ()
    hold: bool = False
    attribution: str | int = "first"


class Reach(NamedTuple):
    """An attempt of an actor. `times` are the first reaches, `value` is the breakdown's."""

    entered: int
    weight: int
    times: tuple[int | None, ...]
    ending: int | None
    ended: int | None
    is_open: bool
    value: str | None


class Counts(NamedTuple):
    reached: tuple[int, ...]
    open: tuple[int, ...]


def sessions_by_seq(log: Sequence[Did]) -> Mapping[int, int]:
    """The session of each message: of one actor on one device, without a gap of over 30 minutes, up to a reset."""
    timelines: dict[tuple[int, int | None], list[Did]] = defaultdict(list)
    for did in sorted(log, key=lambda did: (did.at, did.mark)):
        timelines[did.actor, did.device].append(did)
    numbers: dict[int, int] = {}
    session = 0
    for timeline in timelines.values():
        session += 1
        for place, did in enumerate(timeline):
            before = timeline[place - 1] if place else did
            if place and (before.type == "reset" or did.at - before.at > GAP):
                session += 1
            numbers[did.seq] = session
    return numbers


class Walk:
    """All that one actor did, with what an attempt goes by."""

    def __init__(self, log: Sequence[Did], asked: Asked, now: int) -> None:
        self.log = log
        self.asked = asked
        self.now = now
        self.sessions = sessions_by_seq(log) if asked.is_session else defaultdict[int, int](int)
        self.actions = [did.at for did in log if did.type in ("track", "page", "screen")]

    def key(self, did: Did) -> tuple[int, str | None]:
        return self.sessions[did.seq], did.kind if self.asked.hold else ""

    def attempt(self, at: int, key: tuple[int, str | None], weight: int) -> Reach:
        asked, size = self.asked, len(self.asked.steps)
        own = [did for did in self.log if self.key(did) == key and did.at >= at]
        if asked.within is not None:
            own = [did for did in own if did.at - at <= asked.within]
        if key[1] is None:
            own = []
        ends = []
        if asked.order == "any":
            times = self.any_order(own, at)
        else:
            chains = list(self.chains(own, at))
            ends = [(chain[-1][0], chain[-1][1].at) for chain in chains]
            times = [min((time for step, time in ends if step == number), default=None) for number in range(size)]
        times[0] = at
        ending = self.ending(times, at, key[0])
        if ending is not None:
            times = [None if time is not None and time > ending[0] else time for time in times]
        may_go_on = times[-1] is None and ending is None and key[1] is not None and self.may_go_on(ends, at, key[0])
        return Reach(
            at, weight, tuple(times), ending[2] if ending else None, ending[0] if ending else None, may_go_on,
            self.value(times),
        )  # fmt: skip

    def chains(self, own: Sequence[Did], at: int) -> Iterator[list[tuple[int, Did]]]:
        steps = self.asked.steps
        stack = [[(0, did)] for did in own if did.at == at and steps[0].takes(did)]
        while stack:
            chain = stack.pop()
            yield chain
            last, before = chain[-1]
            for number in range(last + 1, len(steps)):
                stack += [
                    [*chain, (number, did)]
                    for did in own
                    if steps[number].takes(did)
                    and did not in [each for _, each in chain]
                    and (did.at >= before.at if self.asked.ties else did.at > before.at)
                    and self.follows(number, before.at, did.at)
                ]
                if not steps[number].is_optional:
                    break

    def follows(self, number: int, before: int, at: int) -> bool:
        limit = self.asked.steps[number].within
        if self.asked.order == "strict" and any(before < action < at for action in self.actions):
            return False
        return limit is None or at - before <= limit

    def any_order(self, own: Sequence[Did], at: int) -> list[int | None]:
        """For each n the first time up to which n + 1 steps have a message each."""
        times: list[int | None] = [None] * len(self.asked.steps)
        for time in sorted({did.at for did in own}):
            for number in range(self.most([did for did in own if at <= did.at <= time], 0)):
                times[number] = time if times[number] is None else times[number]
        return times

    def most(self, messages: Sequence[Did], step: int) -> int:
        if step == len(self.asked.steps):
            return 0
        best = self.most(messages, step + 1)
        for did in messages:
            if self.asked.steps[step].takes(did):
                rest = [each for each in messages if each != did and (self.asked.ties or each.at != did.at)]
                best = max(best, 1 + self.most(rest, step + 1))
        return best

    def ending(self, times: Sequence[int | None], at: int, session: int) -> tuple[int, bool, int] | None:
        """The first exclusion that meets the attempt: when, whether it ends the attempt alone, and its number."""
        every = []
        for number, each in enumerate(self.asked.endings):
            begin, end = times[each.first], times[each.last]
            every += [
                (did.at, not each.is_person, number)
                for did in self.log
                if did.event == each.event and self.sessions[did.seq] == session
                and begin is not None and did.at > begin and (end is None or did.at < end)
                and (self.asked.within is None or did.at - at <= self.asked.within)
            ]  # fmt: skip
        return min(every, default=None)

    def may_go_on(self, ends: Sequence[tuple[int, int]], at: int, session: int) -> bool:
        asked = self.asked
        if asked.within is not None and self.now - at > asked.within:
            return False
        if asked.is_session:
            own = sorted(
                (did for did in self.log if self.sessions[did.seq] == session), key=lambda did: (did.at, did.mark)
            )
            if own[-1].type == "reset" or own[-1].at + GAP < self.now:
                return False
        if asked.order == "any":
            return True
        for last, time in ends:
            for number in range(last + 1, len(asked.steps)):
                is_alone = asked.order != "strict" or not any(action > time for action in self.actions)
                limit = asked.steps[number].within
                if is_alone and (limit is None or self.now - time <= limit):
                    return True
                if not asked.steps[number].is_optional:
                    break
        return False

    def value(self, times: Sequence[int | None]) -> str | None:
        asked = self.asked
        numbers = [asked.attribution - 1] if isinstance(asked.attribution, int) else list(range(len(times)))
        for number in numbers[::-1] if asked.attribution == "last" else numbers:
            steps = asked.steps if asked.order == "any" else asked.steps[number : number + 1]
            messages = [
                did for did in self.log
                if did.at == times[number] and did.kind is not None and any(step.takes(did) for step in steps)
            ]  # fmt: skip
            if messages:
                return min(messages, key=lambda did: did.seq).kind
        return None


def attempts(
    log: Sequence[Did], asked: Asked, since: int | None, until: int, now: int
) -> tuple[list[Reach], Reach] | None:
    """The attempts of one actor by the order in which they are preferred, and the one of the first entry."""
    walk = Walk(log, asked, now)
    steps = asked.steps if asked.order == "any" else asked.steps[:1]
    entries: dict[tuple[int, tuple[int, str | None]], int] = defaultdict(int)
    for did in log:
        if (since is None or did.at >= since) and did.at < until and any(step.takes(did) for step in steps):
            entries[did.at, walk.key(did)] += 1
    if not entries:
        return None
    first = min(at for at, _ in entries)
    every = [
        walk.attempt(at, key, weight) for (at, key), weight in entries.items() if asked.entry != "first" or at == first
    ]
    every.sort(key=rank)
    return every, next(each for each in every if each.entered == first)


def rank(reach: Reach) -> tuple[object, ...]:
    furthest = max(number for number, time in enumerate(reach.times) if time is not None)
    times = [10**12 if time is None else time for time in reach.times]
    return -furthest, reach.entered, times, reach.ending is not None, -(reach.ended or 0), not reach.is_open


def counts_of(size: int, reaches: Sequence[Reach], *, is_each: bool) -> Counts:
    """How many reached each step, and how many open ones got no further."""
    reached, still = [0] * size, [0] * size
    for reach in reaches:
        weight = reach.weight if is_each else 1
        for number, time in enumerate(reach.times):
            reached[number] += weight if time is not None else 0
        if reach.is_open:
            still[max(number for number, time in enumerate(reach.times) if time is not None)] += weight
    return Counts(tuple(reached), tuple(still))
