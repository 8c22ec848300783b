"""Journeys by trying every chain of one actor's messages: first reaches, guards, branches, conversions, medians."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from statistics import median
from typing import Any, NamedTuple

from tests.truth.messages import SECOND, Asked, Message, meets, subject_of, within

from footfall.plan.model import Conversion, Guard, Journey, Plan, Step

__all__ = ["Reached", "journey_answer", "reached"]

Path = tuple[int, ...]  # the numbers of its steps
Key = tuple[int, int, str]  # the number of a path, a place on it, and an actor


class Reached(NamedTuple):
    """When each actor first reached each place of each path; path 0 is the main one."""

    journey: Journey
    paths: Sequence[Path]
    first: Mapping[Key, int]

    def number(self, step: str) -> int:
        return [step.id for step in self.journey.steps].index(step)

    def at(self, step: int, paths: Sequence[int]) -> dict[str, int]:
        """By actor, the first time at a step on any of these paths."""
        times: dict[str, int] = {}
        for (path, place, actor), time in self.first.items():
            if path in paths and self.paths[path][place] == step:
                times[actor] = min(time, times.get(actor, time))
        return times

    def through(self, *steps: int) -> list[int]:
        return [number for number, path in enumerate(self.paths) if set(steps) <= set(path)]

    def conversion(self, start: str, end: str) -> tuple[int, int]:
        """How many reached `end` on a path through both, and how many `start` on any."""
        first, last = self.number(start), self.number(end)
        return len(self.at(last, self.through(first, last))), len(self.at(first, range(len(self.paths))))


def _paths(journey: Journey) -> list[Path]:
    names = [step.id for step in journey.steps]
    branches = [(*range(names.index(branch.after) + 1), *map(names.index, branch.steps)) for branch in journey.branches]
    return [tuple(range(len(names))), *branches]


def _of_journey(plan: Plan, journey: Journey, messages: Sequence[Message], part: Step | Guard) -> list[Message]:
    """The messages of a step or a guard, of those who walk the journey."""
    subject = subject_of(plan, messages, part.event)
    return [
        message
        for message in subject.messages
        if (message.counted if journey.by == "user" else message.reason == "device")
        and meets(subject, message, part.where)
    ]


def reached(plan: Plan, messages: Sequence[Message], journey: Journey, span: tuple[int | None, int]) -> Reached:
    """Walk everybody who enters in a window."""
    filling: dict[str, dict[int, list[Message]]] = defaultdict(lambda: defaultdict(list))
    for number, step in enumerate(journey.steps):
        for message in _of_journey(plan, journey, messages, step):
            if span[0] is None or message.at >= span[0]:
                filling[message.person][number].append(message)
    first: dict[Key, int] = {}
    paths = _paths(journey)
    for actor, by_step in filling.items():
        if not by_step[0] or not within(min(message.at for message in by_step[0]), span):
            continue
        for number, path in enumerate(paths):
            for place, time in _walk(journey, path, by_step).items():
                first[number, place, actor] = time
    return Reached(journey, paths, first)


def _walk(journey: Journey, path: Path, by_step: Mapping[int, Sequence[Message]]) -> dict[int, int]:
    """The first time at each place of a path, over every chain of messages of which none comes twice."""
    entered = min(message.at for message in by_step[0])
    # Two chains are the same where they agree in place, in their last message, and in what they used at that time.
    chains = {
        (0, message.row[1:3], message.at, frozenset({message.row[1:3]}))
        for message in by_step[0]
        if message.at == entered
    }
    first: dict[int, int] = {}
    while chains:
        following = set()
        for place, _, at, used in chains:
            first[place] = min(at, first.get(place, at))
            if place + 1 == len(path):
                continue
            step = journey.steps[path[place + 1]]
            for message in by_step[path[place + 1]]:
                name, gap = message.row[1:3], message.at - at
                if (
                    gap >= 0
                    and name not in used
                    and (step.within is None or gap <= step.within * SECOND)
                    and (journey.within is None or message.at - entered <= journey.within * SECOND)
                ):
                    tied = used | {name} if gap == 0 else frozenset({name})
                    following.add((place + 1, name, message.at, tied))
        chains = following
    return first


def _guard(plan: Plan, messages: Sequence[Message], ways: Reached, guard: Guard) -> tuple[int, int]:
    """How many had the event of a guard from first reaching its start to first reaching its end."""
    journey, start, end = ways.journey, ways.number(guard.start), ways.number(guard.end)
    started, ended = ways.at(start, range(len(ways.paths))), ways.at(end, ways.through(start, end))
    entered = ways.at(0, range(len(ways.paths)))
    fills = {
        (step, message.row[1:3], message.at)
        for step in (start, end)
        for message in _of_journey(plan, journey, messages, journey.steps[step])
    }
    broken = set()
    for message in _of_journey(plan, journey, messages, guard):
        begin = started.get(message.person)
        if begin is None or message.at < begin:
            continue
        last = ended.get(message.person)
        limit = last
        if last is None and journey.within is not None:
            limit = entered[message.person] + journey.within * SECOND
        name = message.row[1:3]
        does_fill = (start, name, begin) in fills or (end, name, last) in fills
        if (limit is None or message.at <= limit) and not does_fill:
            broken.add(message.person)
    return len(broken), len(started)


def journey_answer(plan: Plan, messages: Sequence[Message], journey: Journey, asked: Asked) -> dict[str, Any]:
    """What a report says of a journey."""
    windows = [
        kpi.window
        for kpi in plan.kpis.values()
        if isinstance(kpi.measure, Conversion) and kpi.measure.journey == journey.name
    ]
    lengths = [window for window in windows if isinstance(window, int)]
    ways = reached(plan, messages, journey, asked.span(max(lengths, default=None) if None not in windows else None))
    mains = [
        {actor: time for (path, place, actor), time in ways.first.items() if (path, place) == (0, number)}
        for number in range(len(journey.steps))
    ]
    medians: list[Fraction | None] = [None]
    for before, times in itertools.pairwise(mains):
        took = [Fraction(time - before[actor], SECOND) for actor, time in times.items()]
        medians.append(median(took) if took else None)
    branches = {}
    for number, branch in enumerate(journey.branches, 1):
        last = ways.paths[number][-1]
        branches[branch.id] = len(ways.at(last, [number]).keys() - ways.at(last, [0]).keys())
    return {
        "steps": [len(times) for times in mains],
        "medians": medians,
        "branches": branches,
        "never": {guard.name: _guard(plan, messages, ways, guard) for guard in journey.never},
    }
