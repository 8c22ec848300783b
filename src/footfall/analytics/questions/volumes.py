"""Expected volumes: an event counted per full hour, day or week on the plan's clock, against what the plan expects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Literal

import msgspec

from footfall.analytics.engine import hand_over
from footfall.analytics.question import Question, Report, ReportContext
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
from footfall.plan.model import VolumeExpectation
from footfall.plan.periods import full_periods
from footfall.printable import counted

__all__ = ["VOLUMES", "VolumeResult"]

_LONGEST = 8 * 86_400 * 1_000_000  # no period takes longer, and no clock is put back by a day
_BEGIN = {"hour": "hour", "day": "day, midnight to midnight", "week": "week, Monday to Monday"}


class VolumeResult(msgspec.Struct, frozen=True):
    """How many of an event came in each full hour, day or week of a window, against what the plan expects."""

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


def _answer(context: ReportContext) -> tuple[VolumeResult, ...]:
    events = context.plan.events.values()
    return tuple(_volume(context, event.name, event.volume) for event in events if event.volume is not None)


def _volume(context: ReportContext, event: str, expected: VolumeExpectation) -> VolumeResult:
    """The lowest and the highest count of an event per period.

    The periods go from the event's first receipt, or the beginning of the window if that is later, to the end of the
    window or now. A window that ended before the first receipt (it looks at imported history) begins at the first
    message in it.
    """
    span = context.span
    first = _first(context, event)
    used = Span(first if span.since is None else span.since, _until(context))
    periods = []
    if first is not None:
        # A period that the first receipt cuts counts only where the reader's window has all of it.
        begin = max(used.since or 0, first - _LONGEST) if span.since is not None else first
        full = full_periods(expected.per, begin, _until(context), context.plan.timezone)
        periods = [period for period in full if period[1] > first]
    counts = _counts(context, event, periods) if periods else []
    pairs = list(zip(counts, (start for start, _ in periods), strict=True))
    lowest, highest = (extreme(pairs, key=itemgetter(0), default=(None, None)) for extreme in (min, max))
    return VolumeResult(
        event=event,
        per=expected.per,
        min=expected.min,
        max=expected.max,
        periods=len(periods),
        lowest=lowest[0],
        lowest_at=context.time(lowest[1]),
        highest=highest[0],
        highest_at=context.time(highest[1]),
        met=_is_met(expected, counts) if counts else None,
        window=context.window(used),
        definition=f"Messages per {_BEGIN[expected.per]}, on the clock of {context.plan.timezone}, by corrected time. "
        "Only whole periods in the window count, from the event's first receipt on.",
    )


def _is_met(expected: VolumeExpectation, counts: Sequence[int]) -> bool:
    return (expected.min is None or min(counts) >= expected.min) and (
        expected.max is None or max(counts) <= expected.max
    )


def _until(context: ReportContext) -> int:
    return context.now if context.span.until is None else min(context.now, context.span.until)


def _first(context: ReportContext, event: str) -> int | None:
    """From when on the event counts in the window; None for an event that never came.

    A wrong clock does not move it: it goes by receipt, and where it cannot, by what occurred in the window.
    """
    until = _until(context)
    ((receipt, occurrence),) = context.dataset.rows(
        f"SELECT min(received_at), min(occurred_at) FILTER ({Span(context.span.since, until).sql()}) "
        f"FROM {context.dataset.events(event, plan=context.plan).name}"
    )
    first = receipt if receipt is None or receipt < until else occurrence
    return None if first is None else int(first)


def _counts(context: ReportContext, event: str, periods: list[tuple[int, int]]) -> list[int]:
    import pyarrow  # loaded with the engine

    dataset, bounds = context.dataset, context.dataset.new_name("periods")
    starts = pyarrow.table({"start": pyarrow.array([start for start, _ in periods], pyarrow.int64())})
    hand_over(dataset.connection, starts, f"CREATE TABLE {bounds} AS SELECT * FROM handed")
    rows = dataset.rows(f"""
        SELECT period.start, count(*)
        FROM {dataset.events(event, plan=context.plan).name} AS message
        ASOF JOIN {bounds} AS period ON message.occurred_at >= period.start
        WHERE message.occurred_at < {periods[-1][1]} GROUP BY period.start
    """)
    dataset.connection.execute(f"DROP TABLE {bounds}")
    by_start = {int(start): int(count) for start, count in rows}
    return [by_start.get(start, 0) for start, _ in periods]


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
                [plain(_bounds(volume)), quiet("\nin ", counted(volume.periods, volume.per))],
                [plain(TargetMet(volume.met))],
                _extreme(volume.lowest, volume.lowest_at),
                _extreme(volume.highest, volume.highest_at),
            ],
            FigureDefinition(f"volume of {', '.join(events[volume.definition])}", volume.definition),
        )
        for volume in volumes
    ]
    yield Section("Expected volumes", table=Table(("event", "expected", "met", "lowest", "highest"), rows))


def _bounds(volume: VolumeResult) -> Bounds:
    least = 0 if volume.min is None and volume.max is None else volume.min
    return Bounds(least, volume.max, unit=f"per {volume.per}")


def _extreme(count: int | None, at: datetime | None) -> Cell:
    return [plain("–")] if count is None or at is None else [strong(count), quiet("\n", at)]


VOLUMES = Question("volumes", _answer, _sections)
