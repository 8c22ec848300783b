"""Expected volumes: an event counted per full hour, day or week on the plan's clock, against what the plan expects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Literal

import msgspec

from footfall.analytics.dataset import EventColumns
from footfall.analytics.definitions import SILENT_PERIODS
from footfall.analytics.question import Question, Report, ReportContext, ShardContext
from footfall.analytics.sections import (
    Bounds,
    Cell,
    FigureDefinition,
    Section,
    Table,
    TableRow,
    TargetMet,
    plain,
    quiet,
    strong,
)
from footfall.analytics.window import Span, Window
from footfall.plan.model import Plan, VolumeExpectation
from footfall.plan.periods import full_periods
from footfall.plan.silences import SilentPeriods, silences_of_event
from footfall.printable import counted

__all__ = ["VOLUMES", "VolumeResult"]

_LONGEST = 8 * 86_400 * 1_000_000  # no period takes longer, and no clock is put back by a day
_BEGIN = {"hour": "hour", "day": "day, midnight to midnight", "week": "week, {week_starts} to {week_starts}"}


class VolumeResult(msgspec.Struct, frozen=True):
    """How many of an event came in each full hour, day or week of a window, against what the plan expects.

    `silent` periods, in the planned `silences`, are none of the `periods`; `silent_breaks` of them had too few or too
    many.
    """

    event: str
    per: Literal["hour", "day", "week"]
    min: int | None
    max: int | None
    periods: int
    lowest: int | None
    lowest_at: datetime | None
    highest: int | None
    highest_at: datetime | None
    met: bool | None
    window: Window
    definition: str
    silent: int = 0
    silent_breaks: int = 0
    silences: tuple[str, ...] = ()


class VolumeTally(msgspec.Struct, frozen=True):
    """An event in one shard: its first receipt, the first time at which it occurred in the window, and its counts.

    `counts` has the messages up to the end of the window or now, by the number of the period (see `LocalPeriods`).
    """

    receipt: int | None
    occurrence: int | None
    counts: dict[int, int]


class VolumesPartial(msgspec.Struct, frozen=True):
    """The events of one shard of which the plan expects a volume, by name."""

    events: dict[str, VolumeTally]


def _expectations(plan: Plan) -> dict[str, VolumeExpectation]:
    return {name: event.volume for name, event in plan.events.items() if event.volume is not None}


def _partial(context: ShardContext) -> VolumesPartial:
    expectations = _expectations(context.report.plan)
    return VolumesPartial({event: _tally(context, event, expected) for event, expected in expectations.items()})


def _tally(context: ShardContext, event: str, expected: VolumeExpectation) -> VolumeTally:
    dataset, span = context.dataset, Span(context.report.span.since, context.report.end)
    table = dataset.events(event, plan=context.report.plan, stored=("received_at", *context.shard.stored)).name
    ((receipt, occurrence),) = dataset.rows(
        f"SELECT min(received_at), min(occurred_at) FILTER ({span.sql()}) FROM {table} WHERE {context.shard.sql()}"
    )
    rows = dataset.rows(f"""
        SELECT {context.report.periods.sql(expected.per)}, count(*)
        FROM {table} WHERE {context.where(span)} GROUP BY 1
    """)
    return VolumeTally(receipt, occurrence, dict(rows))


def _merge(context: ReportContext, partials: Sequence[VolumesPartial]) -> tuple[VolumeResult, ...]:
    return tuple(
        _volume(context, event, expected, [partial.events[event] for partial in partials])
        for event, expected in _expectations(context.plan).items()
    )


def _volume(
    context: ReportContext, event: str, expected: VolumeExpectation, tallies: Sequence[VolumeTally]
) -> VolumeResult:
    """The lowest and the highest count of an event per period.

    The periods go from the event's first receipt, or the beginning of the window if that is later, to the end of the
    window or now. A window that ended before the first receipt (it looks at imported history) begins at the first
    message in it.
    """
    span, until = context.span, context.end
    first = _first(tallies, until)
    used = Span(first if span.since is None else span.since, until)
    full: list[tuple[int, int]] = []
    if first is not None:
        # A period that the first receipt cuts counts only where the reader's window has all of it.
        begin = max(used.since or 0, first - _LONGEST) if span.since is not None else first
        periods = full_periods(expected.per, begin, until, context.plan.timezone, context.plan.week_starts)
        full = [(start, end) for start, end in periods if end > first]
    silent_at = _silences(context.plan, event, expected, full)
    counts = {start: _count(context, expected, start, tallies) for start, _ in full}
    silent = [counts.pop(start) for start in silent_at]
    pairs = [(count, start) for start, count in counts.items()]
    lowest, highest = (extreme(pairs, key=itemgetter(0), default=(None, None)) for extreme in (min, max))
    return VolumeResult(
        event=event,
        per=expected.per,
        min=expected.min,
        max=expected.max,
        periods=len(counts),
        lowest=lowest[0],
        lowest_at=context.time(lowest[1]),
        highest=highest[0],
        highest_at=context.time(highest[1]),
        met=all(_is_met(expected, count) for count in counts.values()) if counts else None,
        window=context.window(used),
        definition=_definition(expected, context.plan, is_silent=bool(silent_at)),
        silent=len(silent),
        silent_breaks=sum(not _is_met(expected, count) for count in silent),
        silences=tuple(sorted({name for names in silent_at.values() for name in names})),
    )


def _definition(expected: VolumeExpectation, plan: Plan, *, is_silent: bool) -> str:
    period = _BEGIN[expected.per].format(week_starts=plan.week_starts.title())
    return (
        f"Messages per {period}, on the clock of {plan.timezone}, by corrected time. Only whole periods in the window "
        "count, from the event's first receipt on."
        + (f" None with a planned silence in it counts: {SILENT_PERIODS}" if is_silent else "")
    )


def _silences(
    plan: Plan, event: str, expected: VolumeExpectation, full: Sequence[tuple[int, int]]
) -> Mapping[int, tuple[str, ...]]:
    """The planned silences of the periods that have any, by where these begin."""
    silences = silences_of_event(plan, event)
    if not (full and silences):
        return {}
    silent = SilentPeriods(silences, expected.per, full[0][0], full[-1][1], plan.timezone)
    return {start: names for start, end in full if (names := silent.names(start, end))}


def _count(context: ReportContext, expected: VolumeExpectation, start: int, tallies: Sequence[VolumeTally]) -> int:
    number = context.periods.number(expected.per, start)
    return sum(tally.counts.get(number, 0) for tally in tallies)


def _is_met(expected: VolumeExpectation, count: int) -> bool:
    return (expected.min is None or count >= expected.min) and (expected.max is None or count <= expected.max)


def _first(tallies: Sequence[VolumeTally], until: int) -> int | None:
    """From when on the event counts in the window; None for an event that never came.

    A wrong clock does not move it: it goes by receipt, and where it cannot, by what occurred in the window.
    """
    receipt = min((tally.receipt for tally in tallies if tally.receipt is not None), default=None)
    if receipt is None or receipt < until:
        return receipt
    return min((tally.occurrence for tally in tallies if tally.occurrence is not None), default=None)


def _sections(report: Report) -> Iterator[Section]:
    volumes = report[VOLUMES]
    if not volumes:
        return
    events: dict[str, list[str]] = defaultdict(list)
    for volume in volumes:
        events[volume.definition].append(volume.event)
    rows = [
        TableRow(
            [
                [plain(volume.event)],
                [
                    plain(_bounds(volume)),
                    quiet("\nin ", counted(volume.periods, volume.per)),
                    *([quiet("\n", _silent(volume))] if volume.silent else []),
                ],
                [plain(TargetMet(volume.met))],
                _extreme(volume.lowest, volume.lowest_at),
                _extreme(volume.highest, volume.highest_at),
            ],
            FigureDefinition(f"volume of {', '.join(events[volume.definition])}", volume.definition),
        )
        for volume in volumes
    ]
    yield Section("Expected volumes", table=Table(("event", "expected", "met", "lowest", "highest"), rows))


def _silent(volume: VolumeResult) -> str:
    return f"without {counted(volume.silent, f'silent {volume.per}')} ({', '.join(volume.silences)})"


def _bounds(volume: VolumeResult) -> Bounds:
    least = 0 if volume.min is None and volume.max is None else volume.min
    return Bounds(least, volume.max, unit=f"per {volume.per}")


def _extreme(count: int | None, at: datetime | None) -> Cell:
    return [plain("–")] if count is None or at is None else [strong(count), quiet("\n", at)]


def _reads(plan: Plan) -> Iterator[tuple[str, EventColumns]]:
    for event in _expectations(plan):
        yield event, EventColumns(stored=("received_at",))


VOLUMES = Question(
    "volumes", VolumesPartial, _partial, _merge, _sections, _reads, asks=lambda plan: bool(_expectations(plan))
)
