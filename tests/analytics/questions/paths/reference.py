"""Paths by a plain loop over all messages, to compare answers with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tests.analytics.questions.sessions.reference import GAP, Call, sessions_of

__all__ = ["Asked", "Way", "ways_of"]


class Asked(NamedTuple):
    """Steps by name; `within` in seconds, None for a session."""

    after: str | None = None
    before: str | None = None
    between: tuple[str, str] | None = None
    steps: int = 4
    within: int | None = None


class Way(NamedTuple):
    """The steps of one path in the order of time, how it was cut, and whether it may go on."""

    steps: tuple[str, ...]
    is_cut: bool
    is_open: bool


def units(log: Sequence[Call], within: int | None) -> Iterator[list[Call]]:
    """Sessions, or all messages of a person."""
    if within is None:
        yield from sessions_of(log)
        return
    by_person: Mapping[str, list[Call]] = defaultdict(list)
    for call in log:
        by_person[call.person].append(call)
    yield from by_person.values()


def ways_of(log: Sequence[Call], asked: Asked, since: int | None, until: int, now: int) -> tuple[int, list[Way]]:
    """How many units have the step that was asked for, and the paths of those that have one."""
    entered, ways = 0, []
    for unit in units(log, asked.within):
        calls = [call for call in sorted(unit, key=lambda call: (call.at, call.seq)) if call.step]
        name = asked.after or asked.before or (asked.between and asked.between[0])
        inside = [
            place for place, call in enumerate(calls)
            if (since is None or call.at >= since) and call.at < until and name in (None, call.step)
        ]  # fmt: skip
        if not name and asked.within is None:
            began = min(call.at for call in unit)
            inside = [0] if calls and (since is None or began >= since) and began < until else []
        if not inside:
            continue
        entered += 1
        first = inside[0]
        path = piece(calls, first, asked)
        if path is None:
            continue
        names = [call.step or "" for place, call in enumerate(path) if place == 0 or path[place - 1].step != call.step]
        most = asked.steps + 1
        shown = names[-most:] if asked.before else names[:most]
        ways.append(Way(tuple(shown), len(names) > most, may_go_on(unit, calls[first], asked, now)))
    return entered, ways


def piece(calls: Sequence[Call], first: int, asked: Asked) -> Sequence[Call] | None:
    """The calls that a path goes over."""

    def is_near(call: Call) -> bool:
        return asked.within is None or abs(call.at - calls[first].at) <= asked.within

    if asked.before:
        return [call for call in calls[: first + 1] if is_near(call)]
    later = [call for call in calls[first:] if is_near(call)]
    if asked.between:
        ends = [place for place, call in enumerate(later) if place and call.step == asked.between[1]]
        return later[: ends[0] + 1] if ends else None
    return later


def may_go_on(unit: Sequence[Call], start: Call, asked: Asked, now: int) -> bool:
    if asked.before or asked.between:
        return False
    if asked.within is not None:
        return start.at + asked.within >= now
    return unit[-1].type != "reset" and unit[-1].at + GAP >= now
