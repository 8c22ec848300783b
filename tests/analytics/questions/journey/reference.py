"""One journey by plain loops over all messages, to compare answers with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import floor, log2
from typing import NamedTuple

from tests.analytics.journey_chains import SECOND, Message, fills, naive, naive_guard, naive_latest

from footfall.analytics.window import Span
from footfall.journeys.paths import paths
from footfall.plan.model import Journey

__all__ = ["Passage", "Where", "deviations_of", "off_plan_of", "passages_of", "tick", "where_of"]

PAUSE = 1_800


class Where(NamedTuple):
    """Where somebody is; times in seconds, steps and paths by number, `main` is how far they came on the main path."""

    main: int
    step: int
    path: int
    state: str
    entered: int
    since: int
    next: int | None
    due: int | None


class Passage(NamedTuple):
    """What became of somebody after a step, what they did first, and after how many seconds they had what first."""

    outcome: str
    began: int
    ended: int
    first: str
    had: Mapping[str, int]


def where_of(journey: Journey, log: Sequence[Message], span: Span, now: int) -> dict[str, Where]:
    firsts, latest, ways = naive(journey, log, span), naive_latest(journey, log, span), paths(journey)
    answer = {}
    for actor in sorted({actor for _, _, actor in firsts}):
        steps = {(path, place): ways[path].steps[place] for path, place, who in firsts if who == actor}
        step = max(steps.values())
        path = min(path for path, place in steps if steps[path, place] == step)
        entered = firsts[0, 0, actor]
        due: list[float] = []
        for number, place in steps:
            way = ways[number]
            if place + 1 < len(way.steps) and way.steps[place + 1] > step:
                limit = way.limits[place + 1]
                due.append(
                    min(
                        float("inf") if limit is None else latest[number, place, actor] + limit / SECOND,
                        float("inf") if way.within is None else entered + way.within / SECOND,
                    )
                )
        place = ways[path].steps.index(step) + 1
        following = ways[path].steps[place] if place < len(ways[path].steps) else None
        last = None if following is None or max(due) == float("inf") else int(max(due))
        state = "done" if following is None else "late" if last is not None and last < now else "open"
        since = min(firsts[number, place, actor] for number, place in steps if steps[number, place] == step)
        main = max(place for number, place in steps if number == 0)
        answer[actor] = Where(main, step, path, state, entered, since, following, last)
    return answer


def deviations_of(journey: Journey, log: Sequence[Message], span: Span, where: Mapping[str, Where]) -> dict[str, int]:
    """How many steps of their path those lack who are late, and how many guards each broke."""
    firsts, answer = naive(journey, log, span), {}
    for actor, here in where.items():
        steps = paths(journey)[here.path].steps
        missing = len(steps) - 1 - steps.index(here.step) if here.state == "late" else 0
        mine = [message for message in log if message[0] == actor]
        theirs = {key: time for key, time in firsts.items() if key[2] == actor}
        answer[actor] = missing + sum(naive_guard(journey, guard, mine, theirs)[0] for guard in journey.never)
    return answer


def off_plan_of(
    journey: Journey, log: Sequence[Message], span: Span, where: Mapping[str, Where]
) -> list[tuple[int, int]]:
    """For each step after the first, who had its event without reaching it: too early, or too late."""
    firsts, ways, answer = naive(journey, log, span), paths(journey), []
    for step in range(1, len(journey.steps)):
        counts = [0, 0]
        for actor, here in where.items():
            reached = {
                (number, ways[number].steps[place]): at for (number, place, who), at in firsts.items() if who == actor
            }
            if any(each == step for _, each in reached):
                continue
            alone = [
                message[1] for message in log
                if message[0] == actor and message[1] > here.entered
                and [n for n in range(len(journey.steps)) if fills(journey, n, message)] == [step]
            ]  # fmt: skip
            ready = [
                at for (number, each), at in reached.items()
                if (each, step) in zip(ways[number].steps, ways[number].steps[1:], strict=False)
            ]  # fmt: skip
            if alone:
                counts[any(at >= before for at in alone for before in ready)] += 1
        answer.append((counts[0], counts[1]))
    return answer


def passages_of(
    journey: Journey, log: Sequence[Message], span: Span, now: int, pair: tuple[int, int], *, is_limited: bool
) -> dict[str, Passage]:
    """What those did who reached the first step of two. `log` is in the order of seq."""
    firsts, ways, answer = naive(journey, log, span), paths(journey), {}
    start, end = pair
    for actor, here in where_of(journey, log, span, now).items():
        at: dict[tuple[int, int], int] = {
            (number, ways[number].steps[place]): time for (number, place, who), time in firsts.items() if who == actor
        }
        began = min((time for (_, step), time in at.items() if step == start), default=None)
        if began is None:
            continue
        arrived = min(
            (time for (path, step), time in at.items() if step == end and start in ways[path].steps), default=None
        )
        mine = [message for message in sorted(log, key=lambda message: message[1]) if message[0] == actor]
        later = [message for message in mine if message[1] > began]
        until, is_over = now, here.state == "late"
        if is_limited:
            until = min(now, here.due if here.due is not None else now)
        else:
            until = began
            for message in later:
                if message[1] - until > PAUSE:
                    break
                until = message[1]
            is_over = until + PAUSE < now
        if arrived is not None and (is_limited or arrived <= until):
            outcome, ended = "went_on", arrived
        elif arrived is not None:
            outcome, ended = "later", until
        elif here.state == "done" or here.step >= end:
            outcome, ended = "other_way", min(here.since, until)
        else:
            outcome, ended = "gave_up" if is_over else "open", until
        ended = max(ended, began)
        before = [message for message in later if message[1] < ended or (message[1] == ended and outcome != "went_on")]
        others = [message[2] for message in before if message[2] != journey.steps[start].event]
        had: dict[str, int] = {}
        for message in before:
            if message[2] != journey.steps[end].event:
                had.setdefault(message[2], message[1] - began)
        answer[actor] = Passage(outcome, began, ended, others[0] if others else "", had)
    return answer


def tick(seconds: int) -> int:
    """The tick of a time: its second up to a minute, then steps that grow with it."""
    if seconds < 64:
        return seconds
    power = floor(log2(seconds))
    return 64 * (power - 6) + (seconds >> (power - 6))
