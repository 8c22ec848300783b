"""The funnel of one actor whose messages tie and fill more than one step: exact, where an ASOF join cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

import msgspec

__all__ = ["Path", "first_reaches"]


class Path(msgspec.Struct, frozen=True):
    """A way through a journey: its steps, in order, each with its own limit from the step before.

    `limits` and `within` (from the first step to any other) are microseconds, None for no limit.
    """

    steps: tuple[int, ...]
    limits: tuple[int | None, ...]
    within: int | None


def first_reaches(moments: Sequence[tuple[int, frozenset[int]]], path: Path, until: int | None) -> list[int]:
    """When each step of a path was first reached, as far as any chain of messages gets; empty without an entry.

    `moments` are one actor's messages in order: time in microseconds, and the steps that the message may fill. The
    entry is the earliest message of the first step, before `until`. A later step is reached at a message if the steps
    before it can be filled by other messages, none later than the next, within the limits.
    """
    entered = next((time for time, steps in moments if path.steps[0] in steps), None)
    if entered is None or (until is not None and entered >= until):
        return []
    first: list[int | None] = [None] * len(path.steps)
    latest: list[int | None] = [None] * len(path.steps)
    for time, group in groupby(moments, key=itemgetter(0)):
        if time < entered or (path.within is not None and time - entered > path.within):
            continue
        messages = [steps for _, steps in group]
        for place in _reached(messages, path, time, entered, latest):
            latest[place] = time
            first[place] = time if first[place] is None else first[place]
    return [time for time in first if time is not None]


def _reached(
    messages: Sequence[frozenset[int]], path: Path, time: int, entered: int, latest: Sequence[int | None]
) -> set[int]:
    """The places of a path that messages of one moment can be the end of a chain at.

    Runs of steps that fall on this one moment need a message each: a matching between steps and messages. For a limit
    the latest earlier reach of the step before is the best there can be.
    """
    found: set[int] = set()
    for start in range(len(path.steps)):
        if start == 0:
            if time != entered:
                continue
        else:
            before, limit = latest[start - 1], path.limits[start]
            if before is None or (limit is not None and time - before > limit):
                continue
        filled: dict[int, int] = {}
        for place in range(start, len(path.steps)):
            if not _fill(place, messages, path, filled, set()):
                break
            found.add(place)
    return found


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
