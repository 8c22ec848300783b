"""A funnel as sections: steps, values, curve, times, and who did not go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.analytics.asking import context_of
from tests.analytics.questions.funnel.logs import PLAN, Line, entries_of

from footfall.analytics import Dataset
from footfall.analytics.questions.funnel import FunnelResult, funnel, funnel_options
from footfall.analytics.questions.funnel.layout import funnel_sections
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
SECOND = 1_000_000


def result_of(entry: MakeEntry, *lines: Line, **options: Any) -> FunnelResult:
    with Dataset.of(entries_of(entry, lines), PLAN) as dataset:
        context = context_of(dataset, PLAN, now=100 * SECOND)
        return context.answer(funnel(funnel_options(PLAN, ["a", "b"], **options)))


def act(who: str, event: str, at: int, kind: str | None = None) -> Line:
    return Line(who, None, "track", event, kind, at)


def test_of_nobody_there_is_one_section_that_says_so(entry: MakeEntry) -> None:
    (section,) = funnel_sections(result_of(entry))

    assert section.table is None
    assert section.remarks[0][0].values == ("nobody had a in the window",)


def test_steps_curve_and_times_have_a_section_each(entry: MakeEntry) -> None:
    sections = list(funnel_sections(result_of(entry, act("ann", "a", 1), act("ann", "b", 4), act("bob", "a", 1))))

    assert [section.title for section in sections] == [
        "Funnel: a → b", "Conversion over time", "Time to convert", "Time from a to b",
    ]  # fmt: skip
    assert sections[0].beside[0].values == ("1 of 2 convert, no limit of time",)


def test_values_beyond_the_top_are_one_row(entry: MakeEntry) -> None:
    lines = [act(who, "a", 1, kind) for who, kind in (("ann", "p"), ("bob", "p"), ("eve", "q"), ("dan", "r"))]
    result = result_of(entry, *lines, breakdown="kind", top=1)
    section = list(funnel_sections(result))[1]

    assert section.table is not None
    assert [row.cells[0][0].values[0] for row in section.table.rows] == ["p", "(other), 2 values"]
    assert [(value.kind, value.values, value.steps[0].reached) for value in result.values] == [
        ("value", 1, 2), ("other", 2, 2),
    ]  # fmt: skip


def test_exclusions_are_remarks_and_those_who_dropped_are_a_list(entry: MakeEntry) -> None:
    lines = [act("ann", "a", 1), act("ann", "x", 2), act("bob", "a", 1)]
    sections = list(funnel_sections(result_of(entry, *lines, exclude=[("x", "1-2")], dropped=2)))

    assert [phrase.values for phrase in sections[0].remarks[0]] == [(1,), (" entry ended by x between steps 1 and 2",)]
    assert sections[-1].title == "2 persons did not reach b"
    assert sections[-1].table is not None
    assert [row.cells[2][0].values for row in sections[-1].table.rows].count(("open",)) == 1


def test_a_window_longer_than_the_data_is_said(entry: MakeEntry) -> None:
    result = result_of(entry, act("ann", "a", 1), act("ann", "b", 4), within="7d")

    assert "7d from each entry are more than all there is" in result.remarks[0]


def test_in_any_order_a_row_is_so_many_steps(entry: MakeEntry) -> None:
    result = result_of(entry, act("ann", "b", 1), act("ann", "a", 2), order="any")
    section = next(iter(funnel_sections(result)))

    assert section.title == "Funnel: a, b"
    assert [(step.id, step.counts.reached) for step in result.steps] == [("1 step", 1), ("2 steps", 1)]


def test_one_step_takes_no_time(entry: MakeEntry) -> None:
    with Dataset.of(entries_of(entry, [act("ann", "a", 1)]), PLAN) as dataset:
        result = context_of(dataset, PLAN, now=100 * SECOND).answer(funnel(funnel_options(PLAN, ["a"])))

    assert [section.title for section in funnel_sections(result)] == ["Funnel: a"]
