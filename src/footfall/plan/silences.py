"""Planned silences on the plan's clock: when they are, and which figures they are of; pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import accumulate, count
from typing import Final
from zoneinfo import ZoneInfo

from footfall.plan.calls import base_event
from footfall.plan.measure_parts import event_measures
from footfall.plan.model import Conversion, Measure, Plan, Recurrence, Silence
from footfall.timestamps import epoch_us, local_time

__all__ = ["SilentPeriods", "events_of", "local_stretch", "moved", "silences_of", "silences_of_event", "stretches"]

_DAYS: Final[Mapping[Recurrence, int]] = {"day": 1, "week": 7}
_DAY_LENGTH = len("2026-12-24")
# What comes again in each period of a kind is usual there: Sundays do not silence weeks.
_WITHIN: Final[Mapping[str, frozenset[Recurrence | None]]] = {
    "hour": frozenset({None, "day", "week", "year"}),
    "day": frozenset({None, "week", "year"}),
    "week": frozenset({None, "year"}),
    "month": frozenset({None, "year"}),
}


def local_stretch(silence: Silence) -> tuple[datetime, datetime]:
    """When a silence first begins and ends, as the clock on the wall says it."""
    begin, end = (datetime.fromisoformat(text) for text in (silence.since, silence.until))
    return begin, end + timedelta(days=1) if len(silence.until) == _DAY_LENGTH else end


def moved(moment: datetime, every: Recurrence, times: int) -> datetime:
    """The same moment so many days, weeks or years later; the 29th of February is the 28th in other years."""
    if every != "year":
        return moment + timedelta(days=times * _DAYS[every])
    year = moment.year + times
    is_rare = (moment.month, moment.day) == (2, 29) and (year % 4 != 0 or (year % 100 == 0 and year % 400 != 0))
    return moment.replace(year=year, day=28 if is_rare else moment.day)


def stretches(silence: Silence, since: int, until: int, timezone: str) -> Iterator[tuple[int, int]]:
    """Each time of a silence that overlaps `since` to `until`, as [begin, end), in microseconds since 1970 UTC."""
    begin, end = local_stretch(silence)
    zone, local = ZoneInfo(timezone), local_time(since, timezone).replace(tzinfo=None)
    for times in count(_first(silence, end, local)) if silence.every else (0,):
        first, last = (
            epoch_us((moved(each, silence.every, times) if silence.every else each).replace(tzinfo=zone))
            for each in (begin, end)
        )
        if first >= until:
            return
        if last > since:
            yield first, last


def _first(silence: Silence, end: datetime, since: datetime) -> int:
    """A number of times after which a silence may end later than a moment."""
    if silence.every == "year":
        return max(0, since.year - end.year - 1)
    return max(0, (since - end).days // _DAYS[silence.every or "day"] - 1)


def silences_of(plan: Plan, measure: Measure, kpi: str = "") -> tuple[Silence, ...]:
    """The silences of a measure: those of the KPI that it is of, and of any event that it is made of."""
    events = {base_event(plan, name) for name in events_of(plan, measure)}
    return tuple(each for each in plan.silences.values() if kpi in each.kpis or _is_of(plan, each, events))


def silences_of_event(plan: Plan, event: str) -> tuple[Silence, ...]:
    """The silences of an event: that name it, or a source that may send it, or nothing at all."""
    return tuple(each for each in plan.silences.values() if _is_of(plan, each, {event}))


def events_of(plan: Plan, measure: Measure) -> Iterator[str]:
    """The events that a measure is made of; one may come several times."""
    if isinstance(measure, Conversion):
        yield from (step.event for step in plan.journeys[measure.journey].steps)
    yield from (figure.event for figure in event_measures(measure))


def _is_of(plan: Plan, silence: Silence, events: Iterable[str]) -> bool:
    if not (silence.events or silence.sources or silence.kpis):
        return True
    return any(
        name in silence.events or not _senders(plan, name).isdisjoint(silence.sources)
        for name in events
    )  # fmt: skip


def _senders(plan: Plan, name: str) -> set[str]:
    event = plan.events.get(name)
    return set(event.sources if event else ()) or set(plan.sources)


class SilentPeriods:
    """Which periods of one kind have a silence in them.

    A silence that comes again in each period of the kind, as Sundays do in weeks, is of no period.
    """

    def __init__(self, silences: Iterable[Silence], per: str, since: int, until: int, timezone: str) -> None:
        self._stretches = sorted(
            (begin, end, silence.name)
            for silence in silences
            if silence.every in _WITHIN[per]
            for begin, end in stretches(silence, since, until, timezone)
        )
        self._latest = list(accumulate((end for _, end, _ in self._stretches), max))

    def names(self, begin: int, end: int) -> tuple[str, ...]:
        """The silences that have any moment from `begin` to `end`, by name; all inside the range asked for."""
        place = bisect_left(self._stretches, (end,)) - 1
        names = set()
        while place >= 0 and self._latest[place] > begin:
            if self._stretches[place][1] > begin:
                names.add(self._stretches[place][2])
            place -= 1
        return tuple(sorted(names))
