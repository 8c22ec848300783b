"""Any journey of few steps and any log of two people, and how they reach its steps by trying every chain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from hypothesis import strategies as st

from footfall.analytics.window import Span
from footfall.journeys.paths import Path, paths
from footfall.plan.model import Branch, Guard, Journey, Plan, Step, Where
from footfall.storage.journal import Entry

__all__ = [
    "SECOND", "Message", "chains", "entries_of", "fills", "journeys", "last_guard", "messages", "naive", "naive_guard",
    "naive_latest", "spans", "steps_of", "the_plan",
]  # fmt: skip

MakeEntry = Callable[..., Entry]
MakePlan = Callable[..., Plan]
Message = tuple[str, int, str, str]  # actor, seconds, event, kind

SECOND = 1_000_000
_FAR = 10**9


def fills(journey: Journey, step: int, message: Message) -> bool:
    wanted = journey.steps[step]
    kinds = wanted.where[0].values if wanted.where else None
    return message[2] == wanted.event and (kinds is None or message[3] in kinds)


def chains(journey: Journey, path: Path, messages: Sequence[Message], span: Span) -> Iterator[tuple[int, ...]]:
    """Every chain of messages (by index) that walks a path from its entry, complete or not, as defined."""
    entries = [m[1] for m in messages if fills(journey, path.steps[0], m) and m[1] * SECOND >= (span.since or 0)]
    if not entries or (span.until is not None and min(entries) * SECOND >= span.until):
        return
    begin = min(entries)
    stack: list[tuple[int, ...]] = [
        (n,) for n, m in enumerate(messages) if fills(journey, path.steps[0], m) and m[1] == begin
    ]
    while stack:
        chain = stack.pop()
        yield chain
        if len(chain) == len(path.steps):
            continue
        limit = path.limits[len(chain)]
        for n, m in enumerate(messages):
            gap = (m[1] - messages[chain[-1]][1]) * SECOND
            if (
                n not in chain
                and fills(journey, path.steps[len(chain)], m)
                and gap >= 0
                and (limit is None or gap <= limit)
                and (path.within is None or (m[1] - begin) * SECOND <= path.within)
            ):
                stack.append((*chain, n))


def naive(journey: Journey, log: Sequence[Message], span: Span) -> dict[tuple[int, int, str], int]:
    """(path, position, actor) -> the first reach in seconds, by trying every chain."""
    by_actor: dict[str, list[Message]] = defaultdict(list)
    for message in log:
        by_actor[message[0]].append(message)
    first: dict[tuple[int, int, str], int] = {}
    for actor, messages in by_actor.items():
        for number, path in enumerate(paths(journey)):
            for chain in chains(journey, path, messages, span):
                key, time = (number, len(chain) - 1, actor), messages[chain[-1]][1]
                first[key] = min(time, first.get(key, time))
    return first


def naive_latest(journey: Journey, log: Sequence[Message], span: Span) -> dict[tuple[int, int, str], int]:
    """(path, position, actor) -> the last reach in seconds, by trying every chain."""
    times: dict[tuple[int, int, str], int] = {}
    for actor in {message[0] for message in log}:
        messages = [message for message in log if message[0] == actor]
        for number, path in enumerate(paths(journey)):
            for chain in chains(journey, path, messages, span):
                key, time = (number, len(chain) - 1, actor), messages[chain[-1]][1]
                times[key] = max(time, times.get(key, time))
    return times


def naive_guard(
    journey: Journey, guard: Guard, log: Sequence[Message], first: dict[tuple[int, int, str], int]
) -> tuple[int, int]:
    """Who had the guard's event from the first reach of its start to that of its end, or to the journey's limit."""
    ways, counted, started = paths(journey), 0, 0
    start, end = int(guard.start[1:]), int(guard.end[1:])
    for actor in {message[0] for message in log}:
        at = {
            (number, ways[number].steps[position]): time
            for (number, position, who), time in first.items()
            if who == actor
        }
        starts = [time for (_, step), time in at.items() if step == start]
        if not starts:
            continue
        started += 1
        begin, entered = min(starts), min(time for (_, step), time in at.items() if step == 0)
        ends = [t for (number, step), t in at.items() if step == end and {start, end} <= set(ways[number].steps)]
        last = min(ends, default=_FAR if journey.within is None else entered + journey.within)
        counted += any(
            message[0] == actor
            and message[2] == guard.event
            and begin <= message[1] <= last
            and not (message[1] == begin and fills(journey, start, message))
            and not (ends and message[1] == last and fills(journey, end, message))
            for message in log
        )
    return counted, started


limits = st.one_of(st.none(), st.integers(1, 6))


@st.composite
def journeys(draw: st.DrawFn) -> Journey:
    size = draw(st.integers(2, 4))
    steps = []
    for number in range(size):
        kinds = draw(st.one_of(st.none(), st.sampled_from([("x",), ("y",), ("x", "y")])))
        where = () if kinds is None else (Where(property="kind", op="in", values=kinds),)
        steps.append(Step(id=f"s{number}", event=draw(st.sampled_from("abc")), where=where, within=draw(limits)))
    branches = []
    if size > 2 and draw(st.booleans()):
        after = draw(st.integers(0, size - 3))
        last = draw(st.integers(after + 2, size - 1))
        branches.append(Branch(id="short", after=f"s{after}", steps=(f"s{last}",)))
    return Journey(name="j", by="user", steps=tuple(steps), within=draw(limits), branches=tuple(branches))


messages = st.tuples(
    st.sampled_from(["ann", "bob"]), st.integers(0, 6), st.sampled_from("abc"), st.sampled_from(["x", "y"])
)
spans = st.sampled_from([Span(), Span(2 * SECOND), Span(None, 5 * SECOND), Span(1 * SECOND, 7 * SECOND)])


def last_guard(journey: Journey) -> Guard:
    """A guard over the last two steps."""
    last = len(journey.steps) - 1
    return Guard(event="c", start=f"s{last - 1}", end=f"s{last}", name="trouble")


def steps_of(events: str, within: int | None = None, **more: Any) -> Journey:
    steps = tuple(Step(id=f"s{number}", event=name, within=within) for number, name in enumerate(events))
    return Journey(name="j", by="user", steps=steps, **more)


def entries_of(entry: MakeEntry, log: Sequence[Message]) -> list[Entry]:
    return [
        entry(number, event, at, user=actor, properties={"kind": kind})
        for number, (actor, at, event, kind) in enumerate(log, 1)
    ]


def the_plan(plan_of: MakePlan) -> Plan:
    return plan_of({name: {"kind": "string"} for name in "abc"})
