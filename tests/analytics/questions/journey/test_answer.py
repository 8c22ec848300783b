"""Where everybody is in a journey, and what they did on their way, equals plain loops, for any journey and log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st
from tests.analytics.asking import context_of
from tests.analytics.journey_chains import SECOND, Message, entries_of, journeys, last_guard, messages, spans, the_plan
from tests.analytics.questions.journey.reference import (
    Passage,
    Where,
    deviations_of,
    off_plan_of,
    passages_of,
    tick,
    where_of,
)
from tests.many import MANY

from footfall.analytics import JOURNEYS, Dataset
from footfall.analytics.question import ReportContext
from footfall.analytics.questions.journey import JourneyNow, journey, journey_options
from footfall.analytics.questions.journey.leavers import is_limited
from footfall.analytics.window import Span
from footfall.people import profile
from footfall.plan.model import Branch, Event, Journey, Plan, Step
from footfall.storage.journal import Entry
from footfall.timestamps import epoch_us

MakeEntry = Callable[..., Entry]
MakePlan = Callable[..., Plan]


def longer(asked: Journey, unit: int) -> Journey:
    """The journey with limits of so many seconds for one."""

    def times(seconds: int | None) -> int | None:
        return None if seconds is None else seconds * unit

    steps = tuple(msgspec.structs.replace(step, within=times(step.within)) for step in asked.steps)
    return msgspec.structs.replace(asked, steps=steps, within=times(asked.within))


class Case(msgspec.Struct, frozen=True):
    """A journey, a log in the order of seq, a window, and the moment (seconds)."""

    journey: Journey
    log: list[Message]
    span: Span
    now: int
    shards: int = 1


@st.composite
def cases(draw: st.DrawFn) -> Case:
    unit = draw(st.sampled_from([1, 900]))
    asked = longer(draw(journeys()), unit)
    asked = msgspec.structs.replace(asked, never=(last_guard(asked),))
    log = [
        (actor, at * unit, name, kind) for actor, at, name, kind in draw(st.lists(messages, min_size=1, max_size=14))
    ]
    span = draw(spans)
    until = None if span.until is None else span.until * unit
    since = None if span.since is None else span.since * unit
    return Case(asked, log, Span(since, until), draw(st.sampled_from([7, 9, 40])) * unit, draw(st.sampled_from([1, 3])))


def asked_of(case: Case, plan: Plan, dataset: Dataset) -> ReportContext:
    return context_of(dataset, plan, case.span, case.now * SECOND, case.shards)


def names_of(dataset: Dataset, ids: Sequence[str]) -> list[str]:
    people = [profile(dataset, each) for each in ids]
    return [person.user_id or "" for person in people if person is not None]


def check(entry: MakeEntry, plan_of: MakePlan, case: Case) -> None:
    """Compare stages, persons, conformance and what came between each two steps with plain loops."""
    plan = msgspec.structs.replace(the_plan(plan_of), journeys={"j": case.journey})
    where = where_of(case.journey, case.log, case.span, case.now)
    with Dataset.of(entries_of(entry, case.log), plan) as dataset:
        context = asked_of(case, plan, dataset)
        result = context.answer(journey(journey_options(plan, "j", persons=True)))
        people = names_of(dataset, [person.person_id for person in result.persons or ()])
        (reported,) = context.answer(JOURNEYS)

        for state in {here.state for here in where.values()}:
            event(state)
        are_there(result, people, where, case)
        assert [stage.reached for stage in result.stages] == [step.actors for step in reported.steps]
        for guard, answer in zip(reported.never, result.conformance.guards, strict=True):
            assert guard.actors == answer.actors
        conform(result, where, case)
        last = len(case.journey.steps) - 1
        for pair in {(0, 1), (0, last), (last - 1, last)}:
            passes(plan, asked_of(case, plan, dataset), case, pair)


def are_there(result: JourneyNow, people: Sequence[str], where: dict[str, Where], case: Case) -> None:
    steps = [step.id for step in case.journey.steps]
    ways = ["main", *(branch.id for branch in case.journey.branches)]
    listed = {
        name: (
            steps.index(person.stage), ways.index(person.path), person.state, epoch_us(person.entered) // SECOND,
            epoch_us(person.since) // SECOND, None if person.next is None else steps.index(person.next),
            None if person.due is None else epoch_us(person.due) // SECOND,
        )
        for name, person in zip(people, result.persons or (), strict=True)
    }  # fmt: skip
    assert listed == {actor: here[1:] for actor, here in where.items()}
    assert result.entered == len(where) == sum(stage.here for stage in result.stages)
    for number, stage in enumerate(result.stages):
        here = [each for each in where.values() if each.step == number]
        states = Counter(each.state for each in here)
        assert (stage.done, stage.open, stage.late) == (states["done"], states["open"], states["late"])
        assert stage.reached == sum(each.main >= number for each in where.values())
        assert stage.by_branch == sum(each.path > 0 for each in here)


def conform(result: JourneyNow, where: dict[str, Where], case: Case) -> None:
    deviations = deviations_of(case.journey, case.log, case.span, where)
    decided = Counter(deviations[actor] for actor, here in where.items() if here.state != "open")
    assert dict(result.conformance.deviations) == decided
    assert (result.conformance.kept, result.conformance.decided) == (decided[0], decided.total())
    assert [(step.without_step_before, step.too_late) for step in result.conformance.off_plan] == off_plan_of(
        case.journey, case.log, case.span, where
    )
    for number, way in enumerate(result.conformance.ways):
        theirs = [(here.state, deviations[actor]) for actor, here in where.items() if here.path == number]
        states = Counter(state for state, _ in theirs)
        assert (way.done, way.open, way.late) == (states["done"], states["open"], states["late"])
        assert way.kept == sum(state != "open" and not count for state, count in theirs)


def passes(plan: Plan, context: ReportContext, case: Case, pair: tuple[int, int]) -> None:
    between = [case.journey.steps[number].id for number in pair]
    question = journey(journey_options(plan, "j", between=between, floor=1))
    tallies = [question.partial(shard).leavers for shard in context.shards]
    passages = passages_of(
        case.journey, case.log, case.span, case.now, pair, is_limited=is_limited(case.journey, *pair)
    )

    outcomes, exits = Counter[str](), Counter[tuple[int, str]]()
    for tally in tallies:
        assert tally is not None
        outcomes.update(tally.outcomes)
        exits.update({(number, "all"): count for number, (count, _) in tally.exits.items()})
        exits.update({(number, "on"): count for number, (_, count) in tally.exits.items() if count})
    expected_exits = Counter((tick(each.ended - each.began), "all") for each in passages.values())
    expected_exits.update(
        (tick(each.ended - each.began), "on") for each in passages.values() if each.outcome == "went_on"
    )
    for each in passages.values():
        event(f"a person {each.outcome}")
    assert outcomes == Counter(each.outcome for each in passages.values())
    assert exits == expected_exits
    firsts = Counter(
        (count.name, outcome)
        for tally in tallies if tally
        for count in tally.nexts
        for outcome, number in (("gave_up", count.gave_up), ("went_on", count.went_on))
        for _ in range(number)
    )  # fmt: skip
    assert firsts == Counter(
        (each.first, each.outcome) for each in passages.values() if each.outcome in ("gave_up", "went_on")
    )
    assert exposures_of(tallies) == expected_exposures(list(passages.values()))


def exposures_of(tallies: Sequence[Any]) -> Counter[tuple[object, ...]]:
    counts = Counter[tuple[object, ...]]()
    for tally in tallies:
        for name, exposure in tally.exposures.items():
            counts.update({(name, "begins", number): count for number, count in exposure.begins.items()})
            counts.update({(name, "exits", number): count for number, (count, _) in exposure.exits.items()})
            counts.update({(name, "on", number): on for number, (_, on) in exposure.exits.items() if on})
    return counts


def expected_exposures(passages: Sequence[Passage]) -> Counter[tuple[object, ...]]:
    counts = Counter[tuple[object, ...]]()
    for each in passages:
        last = tick(each.ended - each.began)
        for name, seconds in each.had.items():
            if tick(seconds) < last:
                counts[name, "begins", tick(seconds)] += 1
                counts[name, "exits", last] += 1
                counts[name, "on", last] += each.outcome == "went_on"
    return +counts


HARD = Case(
    Journey(
        name="j", by="user", within=5_400, branches=(Branch(id="short", after="s0", steps=("s2",)),),
        steps=(Step(id="s0", event="a"), Step(id="s1", event="b"), Step(id="s2", event="c", within=1_800)),
    ),
    [("ann", 0, "a", "x"), ("ann", 900, "c", "x"), ("ann", 1_800, "b", "x"), ("ann", 4_500, "c", "x"),
     ("bob", 0, "a", "x"), ("bob", 1_800, "a", "x"), ("bob", 2_700, "b", "x")],
    Span(), 4_000,
)  # fmt: skip


@settings(max_examples=6)
@given(case=cases())
@example(case=HARD)
def test_any_journey_is_that_of_plain_loops(entry: MakeEntry, plan_of: MakePlan, case: Case) -> None:
    check(entry, plan_of, case)


@settings(max_examples=MANY)
@given(case=cases())
@pytest.mark.slow
def test_many_journeys_are_those_of_plain_loops(entry: MakeEntry, plan_of: MakePlan, case: Case) -> None:
    check(entry, plan_of, case)


def test_devices_walk_a_journey_of_devices_and_are_listed_by_the_ids_of_their_streams(entry: MakeEntry) -> None:
    pairing = Journey(
        name="j", by="device", steps=(Step(id="s0", event="a"), Step(id="s1", event="b", within=60)), within=600
    )
    events = {name: Event(name=name, wire_name=name) for name in "abc"}
    plan = Plan(id="test", events=events, journeys={"j": pairing})
    log = [entry(1, "a", 1, device="gw1"), entry(2, "c", 2, device="gw1"), entry(3, "a", 1, device="gw2"),
           entry(4, "b", 9, device="gw2"), entry(5, "a", 1, user="ann")]  # fmt: skip
    with Dataset.of(log, plan) as dataset:
        context = context_of(dataset, plan, now=1_000 * SECOND)
        result = context.answer(journey(journey_options(plan, "j", late=True, between=("s0", "s1"))))
        ids = [person.device_ids for each in result.persons or () if (person := profile(dataset, each.person_id))]

    assert (result.entered, [stage.late for stage in result.stages], ids) == (2, [1, 0], [("gw1",)])
    assert result.leavers is not None
    assert [(each.name, each.gave_up, each.went_on) for each in result.leavers.nexts] == [
        ("c", 1, 0), ("(straight on)", 0, 1)
    ]  # fmt: skip
