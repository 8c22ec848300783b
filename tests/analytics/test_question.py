"""A question is answered once a report, shares the walks of journeys, and is laid out only where there is data."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

import msgspec
from tests.analytics.shop import NOW, MakeEntry, plan_of

from footfall.analytics import Dataset, Question, ReportContext, report
from footfall.analytics.dataset import EventColumns
from footfall.analytics.narrowing import narrowed
from footfall.analytics.sections import Section
from footfall.analytics.window import Span
from footfall.plan.model import Conversion, Count, Kpi, Plan
from footfall.storage.journal import Entry


def added(_: ReportContext, numbers: Sequence[int]) -> int:
    return sum(numbers)


ALWAYS = Question("always", int, lambda _: 1, added, lambda _: [Section("always")], is_of_plan=False)
OF_PLAN = Question("of_plan", int, lambda _: 2, added, lambda _: [Section("of the plan")])


def context_of(dataset: Dataset, plan: Plan, *, since: int | None = None, until: int | None = None) -> ReportContext:
    return ReportContext(dataset, plan, (), since=since, until=until, now=10_000_000)


def test_a_question_is_answered_once() -> None:
    calls = count(1)
    question = Question("calls", int, lambda _: next(calls), added)

    with Dataset.of([]) as dataset:
        context = context_of(dataset, Plan(id=""))
        answers = [context.answer(question), context.answer(question)]

    assert answers == [1, 1]


def test_a_question_that_keeps_messages_in_memory_is_asked_of_more_shards(entry: MakeEntry) -> None:
    lazy = Question("lazy", int, lambda _: 1, added)
    greedy = msgspec.structs.replace(lazy, name="greedy", most_messages=2)
    log = [entry(number, "view", number, user=f"u{number}") for number in range(1, 6)]

    with Dataset.of(log) as dataset:
        context = context_of(dataset, Plan(id=""))

        assert (context.answer(lazy), context.answer(greedy)) == (1, 3)


def test_a_journey_is_walked_once_for_a_window(entry: MakeEntry) -> None:
    with Dataset.of([entry(1, "view", 1, user="ann")], plan := plan_of()) as dataset:
        (context,) = context_of(dataset, plan).shards

        assert context.reaches("purchase", Span()) is context.reaches("purchase", Span())
        assert context.reaches("purchase", Span()) is not context.reaches("purchase", Span(0))


def test_the_readers_window_goes_before_that_of_a_figure() -> None:
    with Dataset.of([]) as dataset:
        own, asked = context_of(dataset, Plan(id="")), context_of(dataset, Plan(id=""), since=2_000_000)

    assert (own.span, own.span_of(4)) == (Span(), Span(6_000_000, 10_000_000))
    assert (asked.span, asked.span_of(4)) == (Span(2_000_000, 10_000_000), Span(2_000_000, 10_000_000))


def test_where_nothing_is_stored_the_plans_questions_have_no_sections(entry: MakeEntry) -> None:
    def titles(*log: Entry) -> list[str]:
        with Dataset.of(log) as dataset:
            answers = report(dataset, None, now=NOW, questions=(ALWAYS, OF_PLAN))
        assert (answers[ALWAYS], answers[OF_PLAN]) == (1, 2)
        return [section.title for section in answers.sections()]

    assert titles() == ["always"]
    assert titles(entry(1, "view", 1)) == ["always", "of the plan"]


def test_a_report_is_one_short_line_in_a_shell() -> None:
    with Dataset.of([], Plan(id="shop")) as dataset:
        assert (
            repr(report(dataset, Plan(id="shop"), now=NOW, questions=[ALWAYS]))
            == "<Report of shop: 0 messages, always>"
        )


def test_a_question_that_was_not_asked_has_no_answer() -> None:
    with Dataset.of([]) as dataset:
        answers = report(dataset, None, now=NOW, questions=(ALWAYS,))

    assert (answers.get(ALWAYS), answers.get(OF_PLAN)) == (1, None)


def test_properties_that_questions_read_are_read_together(entry: MakeEntry) -> None:
    def reading(name: str) -> Question[int, int]:
        return Question(name, int, lambda _: 0, lambda *_: 0, reads=lambda _: [("buy", EventColumns([name]))])

    with Dataset.of([entry(1, "buy", 1, user="ann")], plan := plan_of()) as dataset:
        report(dataset, plan, now=NOW, questions=(reading("total"), reading("currency")))

        assert dataset.events("buy", ["total"], stored=()) is dataset.events("buy", ["currency"], stored=())


def test_messages_are_read_from_the_beginning_of_the_longest_window_that_is_asked() -> None:
    conversion = Conversion(journey="purchase", start="view", end="buy")
    plan = plan_of(
        Kpi(name="sales", measure=Count(event="buy"), window=1),
        Kpi(name="visits", measure=Count(event="view"), window=3),
        Kpi(name="converted", measure=conversion, window=2),
    )
    nothing = msgspec.structs.replace(plan, kpis={}, journeys={})

    def earliest(*names: str) -> int | None:
        asked = narrowed(plan, names) if names else None
        return ReportContext(dataset, plan, (), since=None, until=None, now=10_000_000, asked=asked).earliest

    with Dataset.of([]) as dataset:
        assert [earliest(), earliest("sales"), earliest("purchase"), earliest("sales", "converted")] == [
            7_000_000, 9_000_000, 8_000_000, 8_000_000,
        ]  # fmt: skip
        assert ReportContext(dataset, nothing, (), since=None, until=None, now=1).earliest is None
