"""Wherever messages are chosen by segment, those of its persons and those of all others make up the whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analytics.questions.doings import DAY, ZONES
from tests.analytics.segment_reference import Act, members
from tests.analytics.test_segment_tables import entries_of, logs, plan_in

from footfall.analytics import JOURNEYS, KPIS, Dataset, report
from footfall.analytics.questions.funnel import funnel, funnel_options
from footfall.analytics.questions.lifecycle import LifecycleOptions, lifecycle
from footfall.analytics.questions.retention import RetentionOptions, brackets_of, retention
from footfall.analytics.questions.trend import trend, trend_options
from footfall.plan.model import (
    CalendarWindow,
    Conversion,
    Count,
    EventFilter,
    InSegment,
    Journey,
    Kpi,
    Measure,
    Plan,
    Step,
    Unique,
    Where,
)
from footfall.plan.reading.event_filters import read_event_filter
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]


def with_figures(plan: Plan, name: str) -> Plan:
    """The plan with figures of all, of those in a segment and of all others."""
    wheres = {
        "all": (),
        "inside": (Where(property="segment", op="member", values=(name,)),),
        "outside": (Where(property="segment", op="not_member", values=(name,)),),
    }  # fmt: skip
    kpis: dict[str, Kpi] = {}
    for key, where in wheres.items():
        count, actors = Count(event="visit", where=where), Unique(event="visit", property="actor", where=where)
        kpis[f"count_{key}"] = Kpi(name=f"count_{key}", window=None, measure=count)
        kpis[f"actors_{key}"] = Kpi(name=f"actors_{key}", window=None, measure=actors)
    journeys = {
        key: Journey(name=key, by="user", steps=(Step(id="a", event="visit", where=where), Step(id="b", event="buy")))
        for key, where in wheres.items()
    }
    return msgspec.structs.replace(plan, kpis=kpis, journeys=journeys)


@settings(max_examples=12)
@given(
    log=logs(), zone=st.sampled_from(ZONES), name=st.sampled_from(["buyers", "early", "login_once", "engagement_low"]),
    shards=st.sampled_from([1, 3]), data=st.data(),
)  # fmt: skip
def test_who_is_in_and_who_is_not_make_up_every_figure(
    entry: MakeEntry, log: list[Act], zone: str, name: str, shards: int, data: st.DataObject
) -> None:
    plan = with_figures(plan_in(zone), name)
    end = data.draw(st.sampled_from([max(act.at for act in log) + DAY, *[act.at + 1 for act in log]]))
    persons = members(log, InSegment(names=(name,)), plan, end)
    visits = [act for act in log if act.event == "visit" and act.at < end]

    with Dataset.of(entries_of(entry, log), plan) as dataset:
        now = datetime.fromtimestamp(end, UTC)
        answers = report(dataset, plan, now=now, shards=shards)
    values = {kpi.name: int(kpi.value or 0) for kpi in answers[KPIS]}
    entered = {journey.name: journey.entered for journey in answers[JOURNEYS]}

    assert values["count_inside"] == sum(act.actor in persons for act in visits)
    assert values["count_inside"] + values["count_outside"] == values["count_all"] == len(visits)
    assert values["actors_inside"] + values["actors_outside"] == values["actors_all"]
    assert entered["inside"] == len({act.actor for act in visits} & persons)
    assert entered["inside"] + entered["outside"] == entered["all"]


SEEN = [Act("ann", "visit", 0), Act("ann", "buy", DAY), Act("ann", "visit", 2 * DAY), Act("bob", "visit", DAY)]


@pytest.mark.parametrize(("text", "counts"), [("*", [1, 2, 1]), ("* {segment: buyers}", [1, 1, 1])])
def test_any_message_can_be_chosen_by_segment(entry: MakeEntry, text: str, counts: list[int]) -> None:
    plan = plan_in("UTC")
    question = lifecycle(LifecycleOptions(event=read_event_filter(text, plan, "EVENT"), per="day"))
    with Dataset.of(entries_of(entry, SEEN), plan) as dataset:
        answered = report(dataset, plan, now=datetime.fromtimestamp(3 * DAY, UTC), questions=[question])

    assert [each.active for each in answered[question].periods] == counts


def test_a_trend_takes_the_segment_as_of_the_end_of_the_window_in_each_period(entry: MakeEntry) -> None:
    plan = plan_in("UTC")
    question = trend(trend_options("visit {segment: buyers}", plan, per="day", of="messages"))
    with Dataset.of(entries_of(entry, SEEN), plan) as dataset:
        answered = report(dataset, plan, now=datetime.fromtimestamp(3 * DAY, UTC), questions=[question])

    assert [point.value for point in answered[question].series[0].points] == [1, 0, 1]
    assert "a person in buyers as the window ends" in answered[question].definition


def test_retention_can_be_of_a_segment(entry: MakeEntry) -> None:
    plan = plan_in("UTC")
    visit = read_event_filter("visit {segment: {not: buyers}}", plan, "START")
    question = retention(RetentionOptions(start=visit, returning=EventFilter(event="visit"), brackets=brackets_of(1)))
    with Dataset.of(entries_of(entry, SEEN), plan) as dataset:
        answered = report(dataset, plan, now=datetime.fromtimestamp(3 * DAY, UTC), questions=[question])

    assert answered[question].entered == 1


def test_a_figure_with_its_own_window_takes_the_segment_as_of_the_end_of_that(entry: MakeEntry) -> None:
    buyers = (Where(property="segment", op="member", values=("buyers",)),)
    steps = (Step(id="a", event="visit", where=buyers), Step(id="b", event="visit"))
    yesterday = CalendarWindow(calendar="day", last=1)
    measures: dict[str, Measure] = {
        "count": Count(event="visit", where=buyers),
        "actors": Unique(event="visit", property="actor", where=buyers),
        "share": Conversion(journey="way", start="a", end="b"),
    }
    plan = msgspec.structs.replace(
        plan_in("UTC"),
        kpis={name: Kpi(name=name, window=yesterday, measure=measure) for name, measure in measures.items()},
        journeys={"way": Journey(name="way", by="user", steps=steps)},
    )
    walked = funnel(funnel_options(plan, journey="way", entry="any"))

    def answered(now: float) -> list[Any]:
        with Dataset.of(entries_of(entry, SEEN), plan) as dataset:
            moment = datetime.fromtimestamp(now, UTC)
            answers = report(dataset, plan, now=moment, questions=[KPIS, JOURNEYS, walked])
        count, actors, share = answers[KPIS]
        return [count.value, actors.value, share.to, answers[JOURNEYS][0].entered, answers[walked].entered]

    assert answered(1.5 * DAY) == [0, 0, 0, 0, 0]
    assert answered(3 * DAY) == [1, 1, 1, 1, 1]
