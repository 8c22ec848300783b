"""Funnels equal a plain loop over every chain, for any log, zone and options; every table adds up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import Phase, event, find, given, settings
from hypothesis import strategies as st
from tests.analytics.asking import context_of
from tests.analytics.questions.funnel.logs import Line, cases, did_of, entries_of, options_of, plan_in
from tests.analytics.questions.funnel.reference import Asked, Reach, attempts, counts_of
from tests.many import MANY

from footfall.analytics import JOURNEYS, Dataset, report
from footfall.analytics.questions.funnel import funnel, funnel_options
from footfall.analytics.window import Span
from footfall.plan.model import Conversion, Journey, Kpi, Plan, Step, Where
from footfall.storage.journal import Entry
from footfall.timestamps import local_time

MakeEntry = Callable[..., Entry]
SECOND, DAY = 1_000_000, 86_400
ZONES = ["UTC", "Europe/Oslo", "Africa/Cairo", "America/Sao_Paulo", "Australia/Lord_Howe"]


def check(entry: MakeEntry, log: list[Line], asked: Asked, data: st.DataObject) -> None:
    """Compare every count with a plain loop."""
    times = [line.at for line in log] or [0]
    until = data.draw(st.sampled_from([*[max(times) + 1] * 20, *times]))
    since = data.draw(st.sampled_from([*[None] * 20, *[time for time in times if time < until]]))
    now = max(times) + data.draw(st.sampled_from([0, 1, 25 * 60, 10 * DAY]))
    dropped = data.draw(st.sampled_from([None, *range(2, len(asked.steps) + 1)]))
    shards, zone = data.draw(st.sampled_from([1, 3])), data.draw(st.sampled_from(ZONES))
    span = Span(None if since is None else since * SECOND, until * SECOND)
    plan = plan_in(zone)
    with Dataset.of(entries_of(entry, log), plan) as dataset:
        result = context_of(dataset, plan, span, now * SECOND, shards).answer(
            funnel(options_of(asked, dropped=dropped))
        )
        persons = did_of(dataset, log)
    walked = [each for person in persons if (each := attempts(person, asked, since, until, now)) is not None]

    counted: list[Reach] = []
    excluded = [0] * len(asked.endings)
    for every, _ in walked:
        taken_out: list[tuple[int, int]] = [(each.ended or 0, each.ending) for each in every
                     if each.ending is not None and asked.endings[each.ending].is_person]  # fmt: skip
        if taken_out:
            excluded[min(taken_out)[1]] += 1
            continue
        chosen = every if asked.entry == "each" else every[:1]
        counted += chosen
        for reach in chosen:
            if reach.ending is not None:
                excluded[reach.ending] += reach.weight if asked.entry == "each" else 1
    size, is_each = len(asked.steps), asked.entry == "each"
    reached, still = counts_of(size, counted, is_each=is_each)

    note(asked, counted, excluded)
    assert tuple(step.counts.reached for step in result.steps) == reached
    assert tuple(step.counts.open for step in result.steps) == still
    assert [each.count for each in result.excluded] == excluded
    by_value = {value: counts_of(size, [each for each in counted if each.value == value], is_each=is_each)
                for value in {each.value for each in counted}}  # fmt: skip
    assert {
        each.value: (tuple(step.reached for step in each.steps), tuple(step.open for step in each.steps))
        for each in result.values
    } == by_value
    if dropped is not None:
        assert len(result.dropped) == result.steps[dropped - 1].counts.dropped
    check_times(result, asked, counted)
    check_curve(result, walked, asked, now)


def check_times(result: Any, asked: Asked, counted: list[Reach]) -> None:
    for number in range(1, len(asked.steps)):
        before = number - 1
        while asked.steps[before].is_optional:
            before -= 1
        took = sorted(
            (time - start) for each in counted
            if (time := each.times[number]) is not None and (start := each.times[before]) is not None
            for _ in range(each.weight if asked.entry == "each" else 1)
        )  # fmt: skip
        summary = result.steps[number].took
        assert summary.count == len(took) == sum(each.count for each in summary.histogram)
        if took:
            assert summary.median_seconds == (took[(len(took) - 1) // 2] + took[len(took) // 2]) / 2
            assert summary.p90_seconds == next(t for t in took if 10 * sum(o <= t for o in took) >= 9 * len(took))
            bins = Counter(
                next(
                    each.least
                    for each in summary.histogram
                    if each.least <= t and (each.under is None or t < each.under)
                )
                for t in took
            )
            assert bins == {each.least: each.count for each in summary.histogram if each.count}


def check_curve(result: Any, walked: list[tuple[list[Reach], Reach]], asked: Asked, now: int) -> None:
    """Where nobody is open, the curve ends at the plain share of the first entries."""
    firsts = [first for _, first in walked]
    if any(each.is_open for each in firsts) or not any(each.times[-1] is not None or each.ended for each in firsts):
        return
    last = result.curve[-1]
    assert float(last.converted) == pytest.approx(
        sum(each.times[-1] is not None for each in firsts) / len(firsts), abs=1e-6
    )
    if asked.endings:
        assert float(last.excluded) == pytest.approx(
            sum(each.ending is not None for each in firsts) / len(firsts), abs=1e-6
        )


def note(asked: Asked, counted: list[Reach], excluded: list[int]) -> None:
    """Which of the hard cases were drawn."""
    event(f"{asked.order}, {asked.entry}")
    event(f"converted: {any(each.times[-1] is not None for each in counted)}, steps: {len(asked.steps)}")
    event(f"excluded: {any(excluded)}")
    event(f"open: {any(each.is_open for each in counted)}")


@settings(max_examples=12)
@given(case=cases(), data=st.data())
def test_any_funnel_is_that_of_every_chain(
    entry: MakeEntry, case: tuple[list[Line], Asked], data: st.DataObject
) -> None:
    check(entry, *case, data)


@settings(max_examples=MANY)
@given(case=cases(), data=st.data())
@pytest.mark.slow
def test_many_funnels_are_those_of_every_chain(
    entry: MakeEntry, case: tuple[list[Line], Asked], data: st.DataObject
) -> None:
    check(entry, *case, data)


SEARCH = settings(max_examples=3_000, database=None, phases=(Phase.generate,))
HARD: dict[str, Callable[[list[Line], Asked], bool]] = {
    "steps at one time": lambda log, asked: len({(line.user, line.at) for line in log if line.event}) < len(log) - 4,
    "a message of whoever has the device": lambda log, _: any(line.user is None and line.event for line in log),
    "the same step twice": lambda _, asked: len({step.event for step in asked.steps}) < len(asked.steps),
    "an optional step": lambda _, asked: any(step.is_optional for step in asked.steps),
    "a step with its own time": lambda _, asked: any(step.within for step in asked.steps),
    "an exclusion that is a step too": lambda _, asked: any(
        each.event in {step.event for step in asked.steps} for each in asked.endings
    ),
    "two exclusions, one of persons": lambda _, asked: {each.is_person for each in asked.endings} == {True, False},
    "a session with a reset": lambda log, asked: asked.is_session and any(line.type == "reset" for line in log),
    "a held value that is absent": lambda log, asked: asked.hold and any(line.event and not line.kind for line in log),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HARD)
def test_the_hard_cases_are_drawn(name: str) -> None:
    log, asked = find(cases(), lambda case: HARD[name](*case), settings=SEARCH)

    assert HARD[name](log, asked)


@settings(max_examples=12)
@given(case=cases(), window=st.sampled_from([None, 60, 40 * DAY]), ending=st.sampled_from([1, 3]))
def test_a_journey_has_the_figures_of_the_report(
    entry: MakeEntry, case: tuple[list[Line], Asked], window: int | None, ending: int
) -> None:
    log, asked = case
    plan = with_journey(asked, window)
    now = local_time((max([line.at for line in log], default=0) + ending) * SECOND)
    with Dataset.of(entries_of(entry, log), plan) as dataset:
        (journey,) = report(dataset, plan, now=now)[JOURNEYS]
        question = funnel(funnel_options(plan, journey="j"))
        result = report(dataset, plan, now=now, questions=[question])[question]

    event(f"reached: {[step.actors for step in journey.steps][1:2]}")
    assert result.window == journey.window
    assert [
        (step.id, step.counts.reached, step.counts.conversion, step.counts.conversion_from_first,
         step.took and step.took.median_seconds)
        for step in result.steps
    ] == [
        (step.id, step.actors, step.conversion, step.conversion_from_first, step.median_seconds)
        for step in journey.steps
    ]  # fmt: skip


def with_journey(asked: Asked, window: int | None) -> Plan:
    """The steps as a journey of the plan, with a KPI that says over which window."""
    steps = tuple(
        Step(
            id=f"s{number}", event=step.event, within=step.within,
            where=() if step.kinds is None else (Where(property="kind", op="in", values=step.kinds),),
        )
        for number, step in enumerate(asked.steps)
    )  # fmt: skip
    kpi = Kpi(name="k", measure=Conversion(journey="j", start="s0", end=f"s{len(steps) - 1}"), window=window)
    return msgspec.structs.replace(
        plan_in("UTC"), journeys={"j": Journey(name="j", by="user", steps=steps, within=asked.within)}, kpis={"k": kpi}
    )


def test_the_steps_of_nobody_have_no_share(entry: MakeEntry) -> None:
    with Dataset.of(entries_of(entry, []), plan_in("UTC")) as dataset:
        result = context_of(dataset, plan_in("UTC")).answer(funnel(funnel_options(plan_in("UTC"), ["a", "b"])))

    assert (result.entered, result.conversion, result.curve) == (0, None, ())


def test_of_very_many_values_the_others_are_one_row(entry: MakeEntry) -> None:
    log = [Line(f"u{number}", None, "track", "a", f"k{number % 3_000}", number) for number in range(3_001)]
    with Dataset.of(entries_of(entry, log), plan_in("UTC")) as dataset:
        options = funnel_options(plan_in("UTC"), ["a"], breakdown="kind", top=2)
        values = context_of(dataset, plan_in("UTC")).answer(funnel(options)).values

    assert [(each.kind, each.value, each.values, each.steps[0].reached) for each in values] == [
        ("value", "k0", 1, 2), ("value", "k1", 1, 1), ("other", None, 2_998, 2_998),
    ]  # fmt: skip
