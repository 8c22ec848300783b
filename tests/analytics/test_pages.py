"""Pages, screens and the other calls are counted, grouped and walked like events."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analytics.asking import measure

from footfall.analytics.dataset import Dataset
from footfall.analytics.questions.kpis import KPIS
from footfall.analytics.reaches import funnel, guard_actors, walk
from footfall.analytics.report import report
from footfall.analytics.window import Span
from footfall.plan.model import Aggregate, Count, Event, Guard, Journey, Kpi, Page, Plan, Property, Step, Unique, Where
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]


def prop(name: str, type_: Any = "string") -> Property:
    return Property(name=name, wire_name=name, type=type_)


PLAN = Plan(
    id="test",
    events={"bought": Event(name="bought", wire_name="bought", properties=(prop("tier"),))},
    pages={
        "page": Page(name="page", properties=(prop("tier"),)),
        "screen": Page(name="screen", properties=(prop("tier"),)),
        "A.b": Page(name="A.b", properties=(prop("scroll", "decimal"),)),
    },
    traits={"user": (prop("tier"),), "account": (prop("tier"),)},
)
CALLS = ("page", "screen", "identify", "group", "page:A.b", "screen:A.b", "page:Home", "bought")


class Message(NamedTuple):
    """What a message says."""

    type: str
    name: Any
    tier: str
    scroll: str
    user: str


def entries(entry: MakeEntry, messages: Sequence[Message]) -> list[Entry]:
    log = []
    for number, one in enumerate(messages, 1):
        part = "traits" if one.type in {"identify", "group"} else "properties"
        body: dict[str, Any] = {"type": one.type, part: {"tier": one.tier}}
        traits = None
        if one.type == "identify" and number % 2:  # its traits are not in its `traits`
            body, traits = {"type": one.type}, json.dumps({"tier": one.tier}).encode()
        body |= {"event": "bought"} if one.type == "track" else {"name": one.name}
        text = json.dumps(body)
        if one.type == "page":
            properties = f'{{"tier":"{one.tier}","scroll":{one.scroll}}}'
            text = f'{{"type":"page","name":{json.dumps(one.name)},"properties":{properties}}}'
        name = "bought" if one.type == "track" else None
        log.append(entry(number, name, number, user=one.user, type=one.type, body=text.encode(), traits=traits))
    return log


messages = st.lists(
    st.builds(
        Message,
        st.sampled_from(["page", "page", "screen", "identify", "group", "track", "alias"]),
        st.sampled_from(["A.b", "Home", "a.b", "", None, 7, ["A.b"], "it's"]),
        st.sampled_from(["gold", "free"]),
        st.sampled_from(["1", "0.10", "12345678901234567890.5"]),
        st.sampled_from(["ann", "bo", "cy"]),
    ),
    max_size=14,
)


def is_meant(name: str, one: Message) -> bool:
    if name == "bought":
        return one.type == "track"
    kind, _, wanted = name.partition(":")
    return one.type == kind and (not wanted or one.name == wanted)


@settings(max_examples=80)
@given(drawn=messages, name=st.sampled_from(CALLS), tier=st.sampled_from([None, "gold"]))
@pytest.mark.slow
def test_any_calls_are_counted_and_grouped_like_events(
    entry: MakeEntry, drawn: list[Message], name: str, tier: str | None
) -> None:
    where = () if tier is None else (Where(property="tier", op="in", values=(tier,)),)
    kept = [one for one in drawn if is_meant(name, one) and tier in (None, one.tier)]
    with Dataset.of(entries(entry, drawn), PLAN) as dataset:
        count = measure(dataset, PLAN, Count(event=name, where=where, by=("tier",)), Span())
        actors = measure(dataset, PLAN, Unique(event=name, property="actor", where=where), Span())
        tiers = measure(dataset, PLAN, Unique(event=name, property="tier", where=where), Span())

    assert count.total.value == len(kept)
    assert {key: figure.value for key, figure in count.groups.items()} == {
        (each,): sum(one.tier == each for one in kept) for each in {one.tier for one in kept}
    }
    assert actors.total.value == len({one.user for one in kept})
    assert tiers.total.value == len({one.tier for one in kept})


@settings(max_examples=40)
@given(drawn=messages)
@pytest.mark.slow
def test_any_property_of_a_page_is_summed_digit_by_digit(entry: MakeEntry, drawn: list[Message]) -> None:
    with Dataset.of(entries(entry, drawn), PLAN) as dataset:
        found = measure(dataset, PLAN, Aggregate(function="sum", event="page:A.b", property="scroll"), Span())

    assert found.total.value == sum((Decimal(one.scroll) for one in drawn if is_meant("page:A.b", one)), Decimal(0))


@settings(max_examples=60)
@given(drawn=messages, names=st.tuples(*[st.sampled_from(CALLS)] * 3))
@pytest.mark.slow
def test_any_calls_fill_steps_and_guards_like_events(
    entry: MakeEntry, drawn: list[Message], names: tuple[str, str, str]
) -> None:
    first, second, never = names
    guard = Guard(event=never, start="one", end="two", name="never")
    steps = (Step(id="one", event=first), Step(id="two", event=second))
    journey = Journey(name="j", by="user", steps=steps, never=(guard,))
    entered = reached = guards = 0
    for user in {one.user for one in drawn}:
        mine = [one for one in drawn if one.user == user]
        start = next((place for place, one in enumerate(mine) if is_meant(first, one)), None)
        if start is None:
            continue
        end = next((place for place in range(start + 1, len(mine)) if is_meant(second, mine[place])), None)
        entered += 1
        reached += end is not None
        guards += any(is_meant(never, one) for one in mine[start + 1 : end])

    with Dataset.of(entries(entry, drawn), PLAN) as dataset:
        found = walk(dataset, PLAN, journey, Span())
        counts = [count for count, _ in funnel(dataset, found)]
        guarding = guard_actors(dataset, PLAN, found, guard)

    assert counts == [entered, reached]
    assert guarding == (guards, entered)


@pytest.mark.parametrize("name", ["page", "identify"])
def test_an_event_of_the_plan_goes_before_a_word(entry: MakeEntry, name: str) -> None:
    plan = Plan(
        id="test",
        events={name: Event(name=name, wire_name=name)},
        kpis={"k": Kpi(name="k", measure=Count(event=name), window=None)},
    )
    log = [entry(1, name, 1, user="ann"), *entries(entry, [Message(name, "x", "gold", "1", "bo")])]
    log[1] = log[1]._replace(seq=2, row=log[1].row._replace(message_id="m2"))

    with Dataset.of(log, plan) as dataset:
        found = report(dataset, plan, now=datetime(1970, 1, 2, tzinfo=UTC))

    assert found[KPIS][0].value == 1
