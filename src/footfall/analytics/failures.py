"""What in a report calls for attention at once: targets missed, volumes broken, figures out of their usual range."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Literal

import msgspec

from footfall.analytics.dataset import Dataset
from footfall.analytics.question import Report
from footfall.analytics.questions.kpis import KPIS
from footfall.analytics.questions.trend import TrendOptions, TrendPoint, trend
from footfall.analytics.questions.volumes import VOLUMES
from footfall.analytics.report import report as report_of
from footfall.plan.model import Conversion, Count, Measure, Plan
from footfall.printable import counted

__all__ = ["FAILURES", "Failure", "FailureKind", "anomalies", "missed_targets", "volume_breaks"]

FailureKind = Literal["target", "volume", "anomaly"]

FAILURES: Final[tuple[FailureKind, ...]] = ("target", "volume", "anomaly")

_MINUTE = "%Y-%m-%d %H:%M"
_LOOK_BACK = timedelta(weeks=9)  # eight days of each weekday, and the day that is looked at


class Failure(msgspec.Struct, frozen=True):
    """One thing that calls for attention: of which kind, of which KPI or event, and what is wrong with it in words.

    What the plan's silences explain `is_planned`, and calls for none.
    """

    kind: FailureKind
    name: str
    text: str
    is_planned: bool = False

    def __str__(self) -> str:
        return f"{self.kind}: {self.name} {self.text}"


def missed_targets(report: Report) -> Iterator[Failure]:
    """The KPIs whose target is missed; one that nobody can judge is not."""
    for kpi in report.get(KPIS) or ():
        if kpi.target is not None and kpi.target.met is False:
            bound = "at least" if kpi.target.direction == "up" else "at most"
            unit = f" {kpi.target.unit}" if kpi.target.unit else ""
            yield Failure(
                "target", kpi.name, f"is {_short(kpi.target.compared)}, and should be {bound} {kpi.target.value}{unit}"
            )


def volume_breaks(report: Report) -> Iterator[Failure]:
    """The events that came more or less often than the plan expects."""
    for volume in report.get(VOLUMES) or ():
        if volume.silent_breaks:
            periods = counted(volume.silent_breaks, volume.per)
            text = f"is not as expected in {periods} of a planned silence ({', '.join(volume.silences)})"
            yield Failure("volume", volume.event, text, is_planned=True)
        if volume.met is not False:
            continue
        if volume.min is not None and volume.lowest is not None and volume.lowest < volume.min:
            when = f"in the {volume.per} of {volume.lowest_at:{_MINUTE}}"
            yield Failure(
                "volume", volume.event, f"came {volume.lowest:,} times {when}; at least {volume.min:,} are due"
            )
        if volume.max is not None and volume.highest is not None and volume.highest > volume.max:
            when = f"in the {volume.per} of {volume.highest_at:{_MINUTE}}"
            yield Failure(
                "volume", volume.event, f"came {volume.highest:,} times {when}; at most {volume.max:,} are due"
            )


def anomalies(
    dataset: Dataset, plan: Plan, *, now: datetime, names: Collection[str] = (), include: Collection[str] = ()
) -> Iterator[Failure]:
    """The KPIs and events whose last whole day is out of the range that is usual for its weekday.

    With `names`, of these KPIs alone. A conversion is never among them: who entered on the last day had little time.
    See `footfall.analytics.usual_range`: fewer than four earlier days of its weekday say nothing. Raises what `report`
    raises.
    """
    figures: dict[str, Measure] = {
        name: kpi.measure
        for name, kpi in plan.kpis.items()
        if (not names or name in names) and not isinstance(kpi.measure, Conversion)
    }
    if not names:
        figures |= {name: Count(event=name) for name in plan.events if name not in figures}
    questions = [
        trend(TrendOptions(name=name, measure=measure, per="day"), name=name) for name, measure in figures.items()
    ]
    since = now - _LOOK_BACK
    answers = report_of(dataset, plan, since=since, until=now, now=now, questions=questions, include=include)
    for question in questions:
        for series in answers[question].series:
            last = next((point for point in reversed(series.points) if point.is_complete), None)
            if last is not None and (last.is_unusual or _is_unusual_in_silence(last)):
                unit = f" {series.currency}" if series.currency else ""
                usual = f"{_short(last.low)} to {_short(last.high)}{unit}"
                text = f"was {_short(last.value)}{unit} on {last.start:%Y-%m-%d}, where {usual} is usual"
                if last.silences:
                    text += f"; a planned silence ({', '.join(last.silences)})"
                yield Failure("anomaly", question.name, text, is_planned=bool(last.silences))


def _is_unusual_in_silence(point: TrendPoint) -> bool:
    has_range = point.silences and None not in (point.value, point.low, point.high)
    return bool(has_range) and not float(point.low or 0) <= float(point.value or 0) <= float(point.high or 0)


def _short(value: Decimal | float | None) -> str:
    return "nothing" if value is None else f"{float(value):,.6g}"
