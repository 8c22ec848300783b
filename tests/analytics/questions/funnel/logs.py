"""Any log of two people on shared devices, and any funnel, with what makes them hard: ties, limits, sessions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from hypothesis import strategies as st
from tests.analytics.questions.funnel.reference import Asked, Did, Ending, Step

from footfall.analytics import Dataset
from footfall.analytics.questions.funnel import FunnelOptions, funnel_options
from footfall.plan.model import Event, EventFilter, Plan, Property, Where
from footfall.storage.journal import Entry

__all__ = ["PLAN", "Line", "cases", "did_of", "entries_of", "lines", "options_of", "plan_in"]

MINUTE, DAY = 60, 86_400
KIND = Property(name="kind", wire_name="kind", type="string")
EVENTS = {name: Event(name=name, wire_name=name, properties=(KIND,)) for name in "abcx"}
PLAN = Plan(id="test", events=EVENTS)
CHANGES = [datetime(2018, 11, 3), datetime(2024, 10, 26), datetime(2025, 3, 29), datetime(2025, 10, 4)]  # noqa: DTZ001
WHAT = [*(("track", event) for event in "aaaaabbbbbccccxx"), ("page", None), ("identify", None), ("reset", None)]
SELDOM = st.sampled_from([False, False, False, True])


class Line(NamedTuple):
    """A message as it is sent. Without a user, it is of whoever the device says."""

    user: str | None
    device: str | None
    type: str
    event: str | None
    kind: str | None
    at: int


def plan_in(zone: str) -> Plan:
    return Plan(id="test", timezone=zone, events=EVENTS)


def entries_of(make: Callable[..., Entry], log: Sequence[Line]) -> list[Entry]:
    return [_entry(make, seq, line) for seq, line in enumerate(log, 1)]


def _entry(make: Callable[..., Entry], seq: int, line: Line) -> Entry:
    properties = {} if line.kind is None else {"kind": line.kind}
    changes: dict[str, Any] = {"type": line.type}
    if line.type == "page":
        changes["body"] = b'{"type":"page","name":"/"}'
    return make(seq, line.event, line.at, user=line.user, anonymous=line.device, properties=properties, **changes)


def did_of(dataset: Dataset, log: Sequence[Line]) -> list[list[Did]]:
    """The messages of each person that counts, by whom footfall says they are."""
    rows = dataset.rows(
        f"SELECT person, device, seq FROM {dataset.messages({'person', 'device', 'seq'})} WHERE counted ORDER BY seq"
    )
    persons: dict[int, list[Did]] = {}
    for person, device, seq in rows:
        line = log[seq - 1]
        did = Did(person, device, line.type, line.event, line.kind, line.at, seq, f"m{seq:05}")
        persons.setdefault(person, []).append(did)
    return list(persons.values())


@st.composite
def lines(draw: st.DrawFn) -> list[Line]:
    """Up to 12 messages at few times, or over a change of clocks."""
    around = int(draw(st.sampled_from(CHANGES)).replace(tzinfo=UTC).timestamp())
    unit = draw(st.sampled_from([1, 10 * MINUTE, 31 * MINUTE, DAY]))
    line = st.builds(
        lambda who, what, kind, at: Line(
            who[0], who[1], what[0], what[1], kind if what[0] == "track" else None, around + at * unit
        ),
        st.sampled_from([*[("ann", None)] * 3, *[("ann", "tablet")] * 3, ("bob", "tablet"), (None, "tablet")]),
        st.sampled_from(WHAT),
        st.sampled_from(["p", "p", "p", "q", None]),
        st.integers(0, 5),
    )
    return draw(st.lists(line, min_size=draw(st.sampled_from([0, 8, 11, 13])), max_size=14))


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Line], Asked]:
    """A log and a funnel over it, in most cases one that somebody of the log goes through."""
    log = draw(lines())
    own = [line.event for line in sorted(log, key=lambda line: line.at) if line.user == "ann" and line.event]
    size = draw(st.sampled_from([1, 2, 2, 3, 3, 4]))
    if len(own) >= size and draw(st.sampled_from([True, True, False])):
        places = draw(st.sets(st.integers(0, len(own) - 1), min_size=size, max_size=size))
        return log, draw(_asked([own[place] for place in sorted(places)]))
    return log, draw(_asked(draw(st.lists(st.sampled_from("abc"), min_size=size, max_size=size))))


@st.composite
def _asked(draw: st.DrawFn, events: Sequence[str]) -> Asked:
    """Any options that go together."""
    size = len(events)
    order = draw(st.sampled_from(["ordered", "ordered", "strict", "any"]))
    kinds = st.sampled_from([None, None, None, ("p",), ("p", "q")])
    limits = st.sampled_from([None, None, None, None, 2, 25 * MINUTE, 40 * MINUTE, 2 * DAY])
    own = st.none() if order == "any" else limits
    steps = [
        Step(
            name, draw(kinds), draw(own) if number else None,
            0 < number < size - 1 and order != "any" and draw(st.booleans()),
        )
        for number, name in enumerate(events)
    ]  # fmt: skip
    is_session = draw(SELDOM)
    fixed = [number for number, step in enumerate(steps) if not step.is_optional]
    endings = []
    for _ in range(draw(st.sampled_from([0, 1, 2]))):
        first, last = sorted(draw(st.tuples(st.sampled_from(fixed), st.sampled_from(fixed))))
        if first < last:
            endings.append(Ending(draw(st.sampled_from("xxb")), first, last, draw(st.booleans())))
    endings.sort(key=lambda each: each.is_person)  # as the options have them
    return Asked(
        tuple(steps), order, draw(st.sampled_from(["first", "any", "each"])), not draw(SELDOM),
        None if is_session else draw(limits), is_session, tuple(endings), draw(SELDOM),
        draw(st.sampled_from(["first", "last", *range(1, size + 1)])),
    )  # fmt: skip


def options_of(asked: Asked, **more: Any) -> FunnelOptions:
    """The same as options."""

    def ranges(*, is_person: bool) -> list[tuple[str, str]]:
        return [
            (each.event, f"{each.first + 1}-{each.last + 1}") for each in asked.endings if each.is_person == is_person
        ]

    within = "session" if asked.is_session else None if asked.within is None else f"{asked.within}s"
    options: dict[str, Any] = {
        "order": asked.order,
        "entry": asked.entry,
        "ties": asked.ties,
        "within": within,
        "step_within": {number: f"{step.within}s" for number, step in enumerate(asked.steps, 1) if step.within},
        "exclude": ranges(is_person=False),
        "exclude_person": ranges(is_person=True),
        "breakdown": "kind",
        "attribution": asked.attribution,
        "top": 99,
    }
    return funnel_options(
        PLAN,
        [
            EventFilter(
                event=step.event,
                where=() if step.kinds is None else (Where(property="kind", op="in", values=step.kinds),),
            )
            for step in asked.steps
        ],
        optional={number for number, step in enumerate(asked.steps, 1) if step.is_optional},
        hold=["kind"] if asked.hold else [],
        **options | more,
    )
