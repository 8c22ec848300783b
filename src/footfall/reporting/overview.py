"""The parts of a report's picture that are there without a plan: what is in quarantine, and what came in over time."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from rich.text import Text

from footfall.analytics import IntakeResult, NameCount, Overview, PeriodCount
from footfall.printable import counted
from footfall.reporting.words import MOMENT

__all__ = ["MOST_NAMES", "MOST_PERIODS", "intake_line", "name_row", "next_steps", "period_row", "quarantine_lines"]

MOST_PERIODS = 60
MOST_NAMES = 20

_LABELS = {"hour": MOMENT, "day": "%Y-%m-%d %a", "week": "week of %Y-%m-%d", "month": "%Y-%m"}


def intake_line(intake: IntakeResult) -> str:
    """`55 stored · 5 in quarantine · 1 rejected · 0 late`."""
    return " · ".join((
        f"{intake.stored:,} stored",
        f"{intake.quarantined:,} in quarantine",
        f"{intake.rejected:,} rejected",
        f"{intake.late:,} late",
    ))  # fmt: skip


def quarantine_lines(intake: IntakeResult, place: str, *, has_plan: bool) -> Iterator[tuple[str, str]]:
    """What is in quarantine, and the commands that mend it: each line with its style."""
    folder = shlex.quote(place)
    head = f"{counted(intake.quarantined, 'message')} in quarantine, part of no figure. The most frequent faults:"
    yield f"\n{head}", "yellow"
    for reason in intake.reasons:
        fault = " ".join(part for part in (reason.path, reason.code) if part)
        yield f"  {reason.messages:>7,} x {reason.event}: {fault}", ""
    yield f"  what frees each of them:   footfall quarantine list --data {folder}", ""
    if has_plan:
        yield f"  once the plan is mended:   footfall quarantine replay --data {folder} --plan PLAN", ""


def period_row(period: PeriodCount, overview: Overview) -> Sequence[Text]:
    """One period of the table of what came in over time."""
    label = period.start.strftime(_LABELS[overview.per])
    numbers = (period.messages, period.persons, period.events, period.sources)
    return [Text(label, no_wrap=True), *(Text(f"{number:,}") for number in numbers)]


def name_row(name: NameCount) -> Sequence[Text]:
    """One event or source."""
    moments = (name.first.strftime(MOMENT), name.last.strftime(MOMENT))
    return [Text(name.name), Text(f"{name.messages:,}"), Text(f"{name.persons:,}"), *map(Text, moments)]


def next_steps(place: str, *, has_plan: bool) -> Sequence[str]:
    """What to do where nothing is asked of the data yet."""
    folder = shlex.quote(place)
    if has_plan:
        return (
            "This plan has no KPIs and no journeys yet, so this is all that came in.",
            "Add kpis: and journeys: to it, and come back with --plan.",
        )
    return (
        "No plan was used here, so nothing was checked, and this is all that came in. Draft a plan from it:",
        f"  footfall plan infer --data {folder} -o tracking_plans",
        f"  footfall report --data {folder} --plan tracking_plans",
    )
