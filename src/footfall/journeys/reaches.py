"""When one actor first reached each step of a path, and whether an event came where a guard forbids it.

The report asks the database the same in one query; it asks here for the actors whose messages tie and may fill more
than one step, where an ASOF join cannot be exact. The pytest plugin asks here for every actor.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from footfall.journeys.paths import Path, step_number
from footfall.plan.model import Guard, Journey

__all__ = ["Filling", "Reach", "first_reaches", "is_broken", "reaches"]

_SECOND = 1_000_000


class Filling(NamedTuple):
    """A message of the actor: its time (microseconds), and the numbers of the steps that it may fill."""

    time: int
    steps: frozenset[int]


class Reach(NamedTuple):
    """When a step was first reached and when last, which is from when its next step's limit counts."""

    first: int
    latest: int


def first_reaches(messages: Sequence[Filling], path: Path, until: int | None) -> list[int]:
    """When each step of a path was first reached: see `reaches`."""
    return [reach.first for reach in reaches(messages, path, until)]


def reaches(messages: Sequence[Filling], path: Path, until: int | None) -> list[Reach]:
    """When each step of a path was reached, as far as any chain of messages gets; empty without an entry.

    `messages` are one actor's, in order of time. The entry is the earliest message of the first step, before `until`.
    A later step is reached at a message if other messages can fill the steps before it, none later than the next,
    within the limits. Equal times count as in order.
    """
    entered = next((message.time for message in messages if path.steps[0] in message.steps), None)
    if entered is None or (until is not None and entered >= until):
        return []
    first: list[int | None] = [None] * len(path.steps)
    latest: list[int | None] = [None] * len(path.steps)
    for time, tied in groupby(messages, key=attrgetter("time")):
        if time < entered or (path.within is not None and time - entered > path.within):
            continue
        for place in _ends(_Tie(time, [message.steps for message in tied]), path, entered, latest):
            latest[place] = time
            first[place] = time if first[place] is None else first[place]
    return [
        Reach(time, last) for time, last in zip(first, latest, strict=True) if time is not None and last is not None
    ]


def is_broken(
    journey: Journey,
    guard: Guard,
    reaches: Sequence[tuple[Path, Sequence[int]]],
    messages: Sequence[Filling],
    guarded: Collection[int],
) -> bool:
    """Whether a guard's event came between the first reach of its `start` and that of its `end`, both inclusive.

    `reaches` has the first reaches of every path of the journey; `guarded` are the places in `messages` of the guard's
    event. Only paths through both steps say when `end` was reached; without one the interval ends at the journey's
    limit, or never. A message that itself fills `start` or `end` at that moment does not count.
    """
    start, end = step_number(journey, guard.start), step_number(journey, guard.end)
    begin = _earliest(start, reaches)
    if begin is None:
        return False
    finish = _earliest(end, [(path, times) for path, times in reaches if {start, end} <= set(path.steps)])
    last = finish
    if last is None and journey.within is not None:
        last = min(times[0] for _, times in reaches if times) + journey.within * _SECOND
    return any(
        begin <= message.time
        and (last is None or message.time <= last)
        and not (start in message.steps and message.time == begin)
        and not (end in message.steps and message.time == finish)
        for message in (messages[place] for place in guarded)
    )


def _earliest(step: int, reaches: Sequence[tuple[Path, Sequence[int]]]) -> int | None:
    times = (
        time for path, reached in reaches for number, time in zip(path.steps, reached, strict=False) if number == step
    )
    return min(times, default=None)


class _Tie(NamedTuple):
    """The messages of one moment: which steps each of them may fill."""

    time: int
    messages: Sequence[frozenset[int]]


def _ends(tie: _Tie, path: Path, entered: int, latest: Sequence[int | None]) -> set[int]:
    """The places of a path at which a chain can end with these messages.

    Steps that fall on this one moment need a message each: a matching between steps and messages. For a limit the
    latest earlier reach of the step before is the best there can be.
    """
    places: set[int] = set()
    for start in range(len(path.steps)):
        if start == 0:
            if tie.time != entered:
                continue
        else:
            before, limit = latest[start - 1], path.limits[start]
            if before is None or (limit is not None and tie.time - before > limit):
                continue
        filled: dict[int, int] = {}
        for place in range(start, len(path.steps)):
            if not _fill(place, tie.messages, path, filled, set()):
                break
            places.add(place)
    return places


def _fill(place: int, messages: Sequence[frozenset[int]], path: Path, filled: dict[int, int], tried: set[int]) -> bool:
    """Find a message for a place, moving earlier places to other messages where that helps (augmenting path)."""
    for number, steps in enumerate(messages):
        if path.steps[place] not in steps or number in tried:
            continue
        tried.add(number)
        if number not in filled or _fill(filled[number], messages, path, filled, tried):
            filled[number] = place
            return True
    return False
