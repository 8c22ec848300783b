"""Who is in a segment is what a plain loop over all messages says, for any log, rule, zone, moment and shards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC
from typing import Any

import msgspec
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.analytics.asking import context_of
from tests.analytics.questions.doings import CHANGES, DAY, SECOND, ZONES
from tests.analytics.segment_reference import NULL, Act, members
from tests.many import MANY

from footfall.analytics import Dataset
from footfall.analytics.window import Span
from footfall.errors import UsageError
from footfall.plan import read
from footfall.plan.model import (
    AllOf,
    AnyOf,
    Cohort,
    DaysWith,
    Did,
    DidFirstOrLast,
    Event,
    EventFilter,
    HasTraits,
    InSegment,
    NotIn,
    Plan,
    Property,
    Segment,
    SegmentRule,
    SessionCount,
    SessionValue,
    TimeSpent,
    Where,
)
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]

MINUTE = 60
AMOUNT = Property(name="amount", wire_name="amount", type="integer")
TIER = Property(name="tier", wire_name="tier", type="string")
EVENTS = {name: Event(name=name, wire_name=name, properties=(AMOUNT,)) for name in ("visit", "buy")}
BUYERS = Segment(name="buyers", who=Did(filter=EventFilter(event="buy"), at_least=1))
EARLY = Cohort(name="early", segment="buyers", as_of="2025-10-05")


def plan_in(zone: str, **segments: Segment) -> Plan:
    return Plan(
        id="test", timezone=zone, events=EVENTS, traits={"user": (TIER,)}, segments={"buyers": BUYERS, **segments},
        cohorts={"early": EARLY},
    )  # fmt: skip


def entries_of(entry: MakeEntry, log: Sequence[Act]) -> list[Entry]:
    entries = []
    for number, act in enumerate(log, 1):
        changes: dict[str, Any] = {}
        if act.event == "identify":
            traits = (
                b"{}" if act.tier is None else msgspec.json.encode({"tier": None if act.tier == NULL else act.tier})
            )
            changes = {"type": "identify", "body": b'{"type":"identify","traits":%s}' % traits}
        name = None if act.event == "identify" else act.event
        entries.append(entry(number, name, act.at, user=act.actor, properties={"amount": act.amount}, **changes))
    return entries


def persons_in(entries: Sequence[Entry], rule: SegmentRule, plan: Plan, end: int, shards: int = 1) -> list[str]:
    """The user ids of those in a segment."""
    with Dataset.of(entries, plan) as dataset:
        context = context_of(dataset, plan, Span(None, end * SECOND), end * SECOND, shards)
        tables = [shard.segments.persons(rule) for shard in context.shards]
        numbers = [number for table in tables for (number,) in dataset.rows(f"SELECT person FROM {table}")]
        names = dict(zip(*(dataset.persons.table[key].to_pylist() for key in ("person", "user_id")), strict=True))
        return [names[number] for number in numbers]


@st.composite
def logs(draw: st.DrawFn) -> list[Act]:
    """A few people around a change of clocks: days apart, within one session, at one time, with traits."""
    around = int(draw(st.sampled_from(CHANGES)).replace(tzinfo=UTC).timestamp())
    times = st.one_of(
        st.integers(-3, 20).map(lambda days: days * DAY),
        st.integers(-3 * DAY, 20 * DAY),
        st.integers(0, 12).map(lambda steps: steps * 10 * MINUTE),
    )
    act = st.builds(
        Act, st.sampled_from("abc"), st.sampled_from(["visit", "visit", "buy", "identify"]),
        times.map(lambda time: around + time), st.integers(0, 3), st.sampled_from([None, "gold", "free", NULL]),
    )  # fmt: skip
    return draw(st.lists(act, min_size=1, max_size=25))


DAYS = ["2018-11-04", "2024-10-27", "2025-03-30", "2025-10-05"]
wheres = st.one_of(
    st.just(()),
    st.builds(lambda value: (Where(property="amount", op="gte", values=(value,)),), st.integers(0, 3)),
    st.builds(
        lambda op, name: (Where(property="segment", op=op, values=(name,)),),
        st.sampled_from(["member", "not_member"]), st.sampled_from(["buyers", "early"]),
    ),
)  # fmt: skip
filters = st.one_of(
    st.builds(EventFilter, event=st.sampled_from(["visit", "buy"]), where=wheres), st.just(EventFilter(event="*"))
)
ranges = st.tuples(st.integers(0, 3), st.one_of(st.none(), st.integers(0, 3))).map(
    lambda pair: (pair[0], None if pair[1] is None else pair[0] + pair[1])
)
withins = st.one_of(st.none(), st.sampled_from([20 * MINUTE, DAY, 7 * DAY]))
moments = st.one_of(st.none(), st.sampled_from([*DAYS, DAY, 5 * DAY]))
session_values = st.one_of(
    st.builds(
        SessionValue, value=st.just("duration"), op=st.sampled_from(["gt", "lte"]),
        values=st.tuples(st.sampled_from([0, 10 * MINUTE])),
    ),
    st.builds(SessionValue, value=st.just("messages"), op=st.sampled_from(["gte", "not_in"]), values=st.just((2,))),
    st.builds(
        SessionValue, value=st.sampled_from(["entry", "exit"]), op=st.sampled_from(["in", "not_in"]),
        values=st.just(("visit",)),
    ),
)  # fmt: skip
leaves: st.SearchStrategy[Any] = st.one_of(
    st.builds(
        lambda filter_, bounds, within: Did(filter=filter_, at_least=bounds[0], at_most=bounds[1], within=within),
        filters, ranges, withins,
    ),
    st.builds(DidFirstOrLast, which=st.sampled_from(["first", "last"]), filter=filters, before=moments, after=moments),
    st.builds(
        lambda filter_, bounds, days: DaysWith(filter=filter_, at_least=bounds[0], at_most=bounds[1], days=days),
        filters, ranges, st.integers(1, 9),
    ),
    st.builds(
        lambda bounds, within, where: SessionCount(
            at_least=bounds[0], at_most=bounds[1], within=within, where=tuple(where)
        ),
        ranges, withins, st.lists(session_values, max_size=2),
    ),
    st.builds(
        lambda bounds, within: TimeSpent(
            at_least=bounds[0] * 10 * MINUTE, at_most=None if bounds[1] is None else bounds[1] * 10 * MINUTE,
            within=within,
        ),
        ranges, withins,
    ),
    st.builds(
        lambda op: HasTraits(where=(Where(property="tier", op=op, values=("gold",)),)),
        st.sampled_from(["in", "not_in"]),
    ),
    st.builds(
        lambda name: InSegment(names=(name,)),
        st.sampled_from(["buyers", "early", "login_once", "time_spent_short", "engagement_medium"]),
    ),
)  # fmt: skip
rules: st.SearchStrategy[Any] = st.recursive(
    leaves,
    lambda parts: st.one_of(
        st.lists(parts, min_size=1, max_size=3).map(lambda each: AllOf(rules=tuple(each))),
        st.lists(parts, min_size=1, max_size=3).map(lambda each: AnyOf(rules=tuple(each))),
        st.builds(NotIn, of=parts),
    ),
    max_leaves=4,
)


def check(entry: MakeEntry, log: list[Act], rule: SegmentRule, zone: str, data: st.DataObject) -> None:
    """Compare with a plain loop, as of a moment that may be that of a message."""
    times = [act.at for act in log]
    end = data.draw(st.sampled_from([max(times) + 1, max(times) + 9 * DAY, *times]))
    shards = data.draw(st.sampled_from([1, 3]))

    persons = persons_in(entries_of(entry, log), rule, plan_in(zone), end, shards)

    event(type(rule).__name__)
    assert sorted(persons) == sorted(members(log, rule, plan_in(zone), end))


@settings(max_examples=25)
@given(log=logs(), rule=rules, zone=st.sampled_from(ZONES), data=st.data())
def test_any_segment_is_that_of_a_plain_loop(
    entry: MakeEntry, log: list[Act], rule: SegmentRule, zone: str, data: st.DataObject
) -> None:
    check(entry, log, rule, zone, data)


@settings(max_examples=MANY)
@given(log=logs(), rule=rules, zone=st.sampled_from(ZONES), data=st.data())
@pytest.mark.slow
def test_many_segments_are_those_of_a_plain_loop(
    entry: MakeEntry, log: list[Act], rule: SegmentRule, zone: str, data: st.DataObject
) -> None:
    check(entry, log, rule, zone, data)


GOLD = HasTraits(where=(Where(property="tier", op="in", values=("gold",)),))


@pytest.mark.parametrize(("end", "persons"), [(5, ["ann"]), (15, []), (25, ["ann"]), (35, [])])
def test_a_trait_is_the_latest_as_of_the_end_and_null_takes_it_away(
    entry: MakeEntry, end: int, persons: list[str]
) -> None:
    tiers = ["gold", "free", "gold", NULL]
    log = [Act("ann", "identify", 10 * number, tier=tier) for number, tier in enumerate(tiers)]

    assert persons_in(entries_of(entry, log), GOLD, plan_in("UTC"), end) == persons


def test_a_trait_that_the_plan_lacks_is_refused(entry: MakeEntry) -> None:
    rule = HasTraits(where=(Where(property="tear", op="in", values=("gold",)),))

    with pytest.raises(UsageError, match=r"there is no trait of persons 'traits\.tear'; did you mean 'traits\.tier'"):
        persons_in(entries_of(entry, [Act("ann", "visit", 0)]), rule, plan_in("UTC"), 9)


@pytest.mark.parametrize("name", ["a", "b"])
def test_a_ring_of_segments_is_refused(entry: MakeEntry, name: str) -> None:
    ring = {
        "a": Segment(name="a", who=NotIn(of=InSegment(names=("b",)))),
        "b": Segment(name="b", who=InSegment(names=("a",))),
    }

    with pytest.raises(UsageError, match=f"the segment names itself: {name} → . → {name}"):
        persons_in(entries_of(entry, [Act("ann", "visit", 0)]), InSegment(names=(name,)), plan_in("UTC", **ring), 9)


def test_items_of_arrays_can_choose_the_messages_that_are_counted(entry: MakeEntry) -> None:
    plan = read({
        "plan": "p",
        "events": {"buy": {"properties": {"lines": {
            "type": "array", "items": {"type": "object", "properties": {"sku": {"type": "string"}}},
        }}}},
        "segments": {"a": {"who": {"did": "buy", "where": {"lines[].sku": "tea"}}}},
    }).require()  # fmt: skip
    entries = [
        entry(number, "buy", number, user=user, properties={"lines": [{"sku": "cup"}, {"sku": sku}]})
        for number, (user, sku) in enumerate([("ann", "tea"), ("bob", "milk")], 1)
    ]

    assert persons_in(entries, InSegment(names=("a",)), plan, 9) == ["ann"]
