"""The report: the answers to a list of questions over a dataset, for one plan, window and moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from footfall.analytics.audience import included
from footfall.analytics.dataset import Dataset, EventColumns
from footfall.analytics.earlier import EarlierMoment
from footfall.analytics.narrowing import narrowed
from footfall.analytics.question import DataStamp, PlanStamp, Question, Report, ReportContext
from footfall.analytics.questions import QUESTIONS
from footfall.analytics.window import microseconds
from footfall.plan.model import Plan
from footfall.timestamps import local_time

__all__ = ["report"]


def report(
    dataset: Dataset,
    plan: Plan | None,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    now: datetime,
    only: Collection[str] = (),
    questions: Sequence[Question[Any, Any]] = QUESTIONS,
    shards: int = 1,
    include: Collection[str] = (),
) -> Report:
    """Answer every question; without a plan, what there is over time.

    With `only`, the names of some goals, KPIs and journeys, the report has these alone, each with the same figures, and
    reads no more than they need. With `shards`, each question is asked of so many parts of the data, one after another,
    with the same answer.

    Each KPI looks at its own window back from `now`; `since` (inclusive) and `until` (exclusive) override that for
    everything. A journey has the windows of the KPIs that measure it, together, or all there is. Of a dataset as of an
    earlier moment `now` is that moment, `dataset.as_of.at`. Times without an offset are read in the plan's timezone.
    The messages of bots and of own people are left out, but for those that `include` names: `bots`, `staff`.

    Raises UsageError for an empty window, for a name that the plan does not have, and for a plan that names an event or
    a property that it does not have.
    """
    asked = narrowed(plan or Plan(id=""), only) if only else None
    if only:
        questions = [question for question in questions if question.is_named]

    audiences = included(include)

    def ask() -> Report:
        among = dataset.among(audiences, plan or dataset.plan)
        return _report(among, plan, asked, since, until, now, questions, shards)

    return dataset.whole(ask)


def _report(
    dataset: Dataset,
    plan: Plan | None,
    asked: Plan | None,
    since: datetime | None,
    until: datetime | None,
    now: datetime,
    questions: Sequence[Question[Any, Any]],
    shards: int,
) -> Report:
    stamp = None if plan is None else PlanStamp(plan.id, plan.description, plan.timezone)
    plan = plan or Plan(id="")
    since_us, until_us = (None if time is None else microseconds(time, plan.timezone) for time in (since, until))
    now_us = microseconds(now, plan.timezone)
    context = ReportContext(
        dataset, plan, questions, since=since_us, until=until_us, now=now_us, shards=shards, asked=asked
    )
    _read(dataset, context)
    contents = context.contents
    data = DataStamp(
        contents.messages,
        contents.persons,
        contents.devices,
        context.time(contents.first),
        context.time(contents.last),
        contents.quarantined,
        contents.rejected,
        contents.losses,
        dataset.as_of and EarlierMoment.of(dataset.as_of, plan.timezone),
        dataset.environment,
        dict(dataset.elsewhere),
        dataset.left_out,
    )
    return Report(
        plan=stamp,
        now=local_time(now_us, plan.timezone),
        window=context.window(context.span),
        data=data,
        questions=questions,
        answers={question.name: context.answer(question) for question in questions},
    )


def _read(dataset: Dataset, context: ReportContext) -> None:
    """Read each message once, with all properties that any of the questions needs, and none before all windows."""
    needed: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), {*context.shards[0].shard.stored}))
    for question in context.questions:
        for event, columns in question.reads(context.asked):
            properties, stored = needed[event]
            properties.update(columns.properties)
            stored.update(columns.stored)
    # When an event first came says from when on its volume counts.
    from_the_first = {event.name for event in context.plan.events.values() if event.volume is not None}
    wanted = {
        event: EventColumns(properties, None if event in from_the_first else context.earliest, stored)
        for event, (properties, stored) in needed.items()
    }
    dataset.read_events(wanted, plan=context.plan)
