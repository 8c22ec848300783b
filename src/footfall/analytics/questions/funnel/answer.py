"""The answer to a question of a funnel: how many reached each step, how fast, by value, and who did not go on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from footfall.analytics.definitions import filter_text
from footfall.analytics.figure_losses import with_losses
from footfall.analytics.figures import as_float, quotient
from footfall.analytics.intervals import wilson
from footfall.analytics.question import FlatTable, Question, ReportContext, checked, with_options
from footfall.analytics.questions.funnel.definition import funnel_definition
from footfall.analytics.questions.funnel.layout import funnel_sections
from footfall.analytics.questions.funnel.options import FunnelOptions
from footfall.analytics.questions.funnel.results import (
    DroppedActor,
    ExcludedCount,
    FunnelCounts,
    FunnelResult,
    FunnelStepResult,
    FunnelValue,
)
from footfall.analytics.questions.funnel.tally import FunnelPartial, funnel_span, tally
from footfall.analytics.questions.funnel.times import added, curve_points, summary
from footfall.plan.durations import format_duration
from footfall.printable import counted

__all__ = ["funnel"]

_SECOND = 1_000_000
_Counts = tuple[list[int], list[int]]  # reached and open by step


def funnel(options: FunnelOptions) -> Question[FunnelPartial, FunnelResult]:
    """The question with these options, which `funnel_options` reads. Raises UsageError for one of another type."""
    checked(options)
    question = with_options("funnel", options, FunnelPartial, tally, _merge, funnel_sections, _table)
    return with_losses(
        question,
        lambda _: {step.id: [step.filter.event] for step in options.steps},
        lambda context: funnel_span(context, options),
    )


def _merge(context: ReportContext, options: FunnelOptions, partials: Sequence[FunnelPartial]) -> FunnelResult:
    by_value = _by_value(options, partials)
    total = _summed(options, list(by_value.values()))
    before = [max(number - 1, 0) if options.order == "any" else options.before(number) if number else 0
              for number in range(len(options.steps))]  # fmt: skip
    took = [summary(added(column)) for column in zip(*(partial.took for partial in partials), strict=True)]
    counts = _counts(options, total, before)
    window = context.window(funnel_span(context, options))
    converted, ended, censored = (
        added([getattr(partial, name) for partial in partials]) for name in ("converted", "ended", "censored")
    )
    ranked = sorted(by_value, key=lambda value: (-by_value[value][0][0], value is not None, value or ""))
    shown = ranked[: options.top] if options.breakdown else []
    others = ranked[options.top :] if options.breakdown else []
    values = [
        FunnelValue("none" if value is None else "value", value, 1, _counts(options, by_value[value], before))
        for value in shown
    ]
    if others:
        rest = _summed(options, [by_value[value] for value in others])
        values.append(FunnelValue("other", None, len(others), _counts(options, rest, before)))
    sign = ", " if options.order == "any" else " → "
    return FunnelResult(
        about=options.journey or sign.join(step.id for step in options.steps),
        journey=options.journey,
        by=options.by,
        order=options.order,
        entry=options.entry,
        window=window,
        within="session" if options.is_session else None if options.within is None else format_duration(options.within),
        entered=total[0][0],
        converted=total[0][-1],
        conversion=quotient(total[0][-1], total[0][0]).value,
        open=sum(total[1]),
        steps=tuple(
            FunnelStepResult(
                number=number + 1,
                id=counted(number + 1, "step") if options.order == "any" else step.id,
                filter="any of them" if options.order == "any" else filter_text(step.filter),
                is_optional=step.is_optional,
                counts=counts[number],
                took=took[number - 1] if number else None,
            )
            for number, step in enumerate(options.steps)
        ),
        whole=summary(added([partial.whole for partial in partials])),
        excluded=tuple(
            ExcludedCount(filter_text(each.filter), each.first, each.last, each.drops_person, sum(column))
            for each, column in zip(
                options.exclusions, zip(*(partial.excluded for partial in partials), strict=True), strict=True
            )
        ),
        curve=curve_points(converted, ended, censored, options.within, has_exclusions=bool(options.exclusions)),
        breakdown=None if options.breakdown is None else options.breakdown.name,
        values=tuple(values),
        dropped_at=options.dropped,
        dropped=tuple(_dropped(context, partials)),
        remarks=tuple(_remarks(context, options)),
        definition=funnel_definition(options, window),
    )


def _by_value(options: FunnelOptions, partials: Sequence[FunnelPartial]) -> dict[str | None, _Counts]:
    by_value: dict[str | None, _Counts] = {}
    for each in (each for partial in partials for each in partial.values):
        before = by_value.get(each.value)
        counts = [*each.reached], [*each.open]
        by_value[each.value] = counts if before is None else _summed(options, [before, counts])
    return by_value


def _summed(options: FunnelOptions, every: Sequence[_Counts]) -> _Counts:
    nothing = [0] * len(options.steps)
    reached, open_ = (
        [sum(column) for column in zip(nothing, *(each[side] for each in every), strict=True)] for side in (0, 1)
    )
    return reached, open_


def _counts(options: FunnelOptions, counts: _Counts, before: Sequence[int]) -> tuple[FunnelCounts, ...]:
    reached, open_ = counts
    return tuple(
        _step_counts(options, reached[number], reached[before[number]], reached[0], open_[number], is_first=not number)
        for number in range(len(reached))
    )


def _step_counts(
    options: FunnelOptions, reached: int, before: int, entered: int, still_open: int, *, is_first: bool
) -> FunnelCounts:
    if is_first:
        return FunnelCounts(reached, None, None, None, None, None, None, 0, still_open)
    is_once = options.entry != "each"
    low, high = (wilson(reached, before) if is_once else None) or (None, None)
    low_from_first, high_from_first = (wilson(reached, entered) if is_once else None) or (None, None)
    return FunnelCounts(
        reached=reached,
        conversion=quotient(reached, before).value,
        low=low,
        high=high,
        conversion_from_first=quotient(reached, entered).value,
        low_from_first=low_from_first,
        high_from_first=high_from_first,
        dropped=before - reached,
        open=still_open,
    )


def _dropped(context: ReportContext, partials: Sequence[FunnelPartial]) -> Iterator[DroppedActor]:
    rows = sorted(
        (row for partial in partials for row in partial.dropped), key=lambda row: (row.entered, row.person_id)
    )
    for row in rows:
        entered = context.time(row.entered)
        assert entered is not None
        yield DroppedActor(row.person_id, entered, row.is_open)


def _remarks(context: ReportContext, options: FunnelOptions) -> Iterator[str]:
    """What a reader should know before the figures: that the data is shorter than the time that an entry has."""
    first, last = context.contents.first, context.contents.last
    if options.within is None or first is None or last is None:
        return
    if options.within * _SECOND > last - first:
        yield (
            f"{format_duration(options.within)} from each entry are more than all there is, "
            f"{context.time(first):%Y-%m-%d %H:%M} to {context.time(last):%Y-%m-%d %H:%M}: most entries are open"
        )


def _table(result: FunnelResult) -> FlatTable:
    """The persons who dropped out where they were asked for, else a row for each step, in all and of each value."""
    if result.dropped_at is not None:
        return FlatTable(
            DroppedActor.__struct_fields__,
            tuple((each.person_id, each.entered, each.is_open) for each in result.dropped),
        )
    rows: list[tuple[Any, ...]] = []
    every: list[tuple[str, str | None, Sequence[FunnelCounts]]] = [
        ("total", None, [step.counts for step in result.steps]),
        *((value.kind, value.value, value.steps) for value in result.values),
    ]
    for kind, value, counts in every:
        for step, each in zip(result.steps, counts, strict=True):
            took = step.took if kind == "total" else None
            rows.append((
                kind, value, step.number, step.id, each.reached,
                *map(as_float, (each.conversion, each.low, each.high, each.conversion_from_first, each.low_from_first,
                              each.high_from_first)),
                each.dropped, each.open, took and as_float(took.median_seconds), took and as_float(took.p90_seconds),
            ))  # fmt: skip
    columns = (
        "kind", "value", "step", "id", "reached", "conversion", "low", "high", "conversion_from_first",
        "low_from_first", "high_from_first", "dropped", "open", "median_seconds", "p90_seconds",
    )  # fmt: skip
    return FlatTable(columns, tuple(rows))
