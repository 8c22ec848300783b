"""Counts an event per full hour, day or week of a window on the plan's clock, against what the plan expects."""

from __future__ import annotations

from footfall.analytics.dataset import Dataset
from footfall.analytics.definitions import volume_definition
from footfall.analytics.engine import hand_over
from footfall.analytics.results import VolumeResult
from footfall.analytics.window import Span, Window
from footfall.plan.model import Event, Plan, VolumeExpectation
from footfall.plan.periods import full_periods
from footfall.timestamps import local_time

__all__ = ["volume"]

_LONGEST = 8 * 86_400 * 1_000_000  # no period takes longer, and no clock is put back by a day


def volume(dataset: Dataset, plan: Plan, event: Event, span: Span, now: int) -> VolumeResult | None:
    """The lowest and the highest count of an event per period; None when the plan expects nothing of it.

    The periods go from the event's first receipt, or that of the window if it is later, to the end of the window or
    `now`. A window that had ended before the first receipt (it looks at history that was imported) begins at the first
    message in it.
    """
    if event.volume is None:
        return None
    first = _first(dataset, plan, event, span, now)
    until = min(now, span.until if span.until is not None else now)
    used = Span(first if span.since is None else span.since, until)
    periods = []
    if first is not None:
        # A period that the first receipt cuts counts only where the window was asked for and holds all of it.
        begin = max(used.since or 0, first - _LONGEST) if span.since is not None else first
        periods = [one for one in full_periods(event.volume.per, begin, until, plan.timezone) if one[1] > first]
    counts = _counts(dataset, plan, event, periods) if periods else []
    return _result(plan, event.name, event.volume, used, list(zip(periods, counts, strict=True)))


def _first(dataset: Dataset, plan: Plan, event: Event, span: Span, now: int) -> int | None:
    """From when on the event counts in a window; None for an event that never came.

    No clock that was wrong moves it: it goes by receipt, and where it cannot, by what lies in the window.
    """
    until = min(now, span.until if span.until is not None else now)
    ((receipt, occurrence),) = dataset.rows(
        f"SELECT min(received_at), min(occurred_at) FILTER ({Span(span.since, until).sql()}) "
        f"FROM {dataset.events(event.name, plan=plan).name}"
    )
    first = receipt if receipt is None or receipt < until else occurrence
    return None if first is None else int(first)


def _counts(dataset: Dataset, plan: Plan, event: Event, periods: list[tuple[int, int]]) -> list[int]:
    import pyarrow  # loaded with the engine

    table = dataset.events(event.name, plan=plan)
    bounds = dataset.new_name("periods")
    starts = pyarrow.table({"start": pyarrow.array([start for start, _ in periods], pyarrow.int64())})
    hand_over(dataset.connection, starts, f"CREATE TABLE {bounds} AS SELECT * FROM handed")
    found = dataset.rows(
        f"SELECT b.start, count(*) FROM {table.name} e ASOF JOIN {bounds} b ON e.occurred_at >= b.start "
        f"WHERE e.occurred_at < {periods[-1][1]} GROUP BY b.start"
    )
    dataset.connection.execute(f"DROP TABLE {bounds}")
    by_start = {int(start): int(count) for start, count in found}
    return [by_start.get(start, 0) for start, _ in periods]


def _result(
    plan: Plan, name: str, expected: VolumeExpectation, used: Span, counted: list[tuple[tuple[int, int], int]]
) -> VolumeResult:
    lowest = min(counted, key=lambda item: item[1], default=None)
    highest = max(counted, key=lambda item: item[1], default=None)
    met = None
    if lowest is not None and highest is not None:
        met = (expected.min is None or lowest[1] >= expected.min) and (
            expected.max is None or highest[1] <= expected.max
        )
    return VolumeResult(
        event=name,
        per=expected.per,
        min=expected.min,
        max=expected.max,
        periods=len(counted),
        lowest=lowest[1] if lowest else None,
        lowest_at=local_time(lowest[0][0], plan.timezone) if lowest else None,
        highest=highest[1] if highest else None,
        highest_at=local_time(highest[0][0], plan.timezone) if highest else None,
        met=met,
        window=Window.of(used, plan.timezone),
        definition=volume_definition(expected, plan.timezone),
    )
