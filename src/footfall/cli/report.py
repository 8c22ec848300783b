"""`footfall report`: every goal, KPI, journey and expected volume of a plan, each with its definition."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from footfall import plan as plans
from footfall.analytics import Dataset, Report, report
from footfall.cli.data_option import data_option, environment_option, plan_option
from footfall.cli.include_option import include_option
from footfall.cli.output import console, echo, echo_json
from footfall.cli.time_param import AsOfParam, TimeParam, as_of_option, moment
from footfall.clock import SystemClock
from footfall.plan.model import Plan
from footfall.timestamps import local_time

if TYPE_CHECKING:
    from footfall.analytics.failures import Failure, FailureKind

__all__ = ["command"]

_FAILED = 1


@click.command("report")
@data_option
@plan_option("The plan that says what to compute.")
@click.option(
    "--since", type=TimeParam(), help="Count what occurred from this time on, instead of each KPI's own window."
)
@click.option("--until", type=TimeParam(), help="Count what occurred before this time.  [default: now]")
@click.option("--only", multiple=True, metavar="NAME", help="Show this goal, KPI or journey alone. May be repeated.")
@as_of_option
@environment_option
@include_option
@click.option(
    "--why", nargs=2, type=AsOfParam(), metavar="A B",
    help="Say why each figure changed from A to B, each a moment as for --as-of.",
)  # fmt: skip
@click.option(
    "--fail-on", multiple=True, type=click.Choice(["target", "volume", "anomaly"]),
    help="Exit with 1 where a target is missed, a volume broken, or yesterday's figure unusual. May be repeated.",
)  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    *,
    data: Path,
    plan: Path | None,
    since: str | None,
    until: str | None,
    only: tuple[str, ...],
    as_of: int | datetime | None,
    environment: str,
    include: Collection[str],
    why: tuple[int | datetime, int | datetime] | None,
    fail_on: tuple[FailureKind, ...],
    form: str,
) -> None:
    """Show goals, KPIs, journeys and volumes, each number with its definition. Works while a collector runs.

    The head says how many messages are stored, in quarantine, rejected and late. Without a plan the report shows
    messages, persons, events and sources over time.

    Each KPI looks back from now as far as its window says. --since and --until replace that window. A time is a date
    (2026-11-01), a date and time (2026-11-01T09:30), or how long ago (7d, 12h).

    With --only the report has some of its parts alone: a goal with its KPIs, a KPI with its guardrails, or a journey.
    Their figures are the same, and come sooner, for no more is read than they need.

    With --as-of the report is the one that this moment had: messages, persons and plan are as they were, and KPIs look
    back from it. The head says which moment it is, and what is missing because it was purged since.

    Bots, and the team's own people by `staff:` of the plan, are stored and left out of all figures; the foot says how
    many messages that are. Both are judged as the report is made, so that a better list of bots repairs the past.

    With --why each KPI and journey step has its value at A and at B, and its change in parts that add up: windows that
    look back from B, late and new messages, persons that changed, and the plan. Counts and sums say by which source,
    release (context.app.version) and plan version.

    With --fail-on the exit code is 1 where a KPI misses its target, an event came more or less often than its volume in
    the plan, or a KPI or an event was unusual on the last whole day for its weekday; each is a line of standard error.
    What is so in a planned silence of the plan is a line too, and no failure.
    """
    chosen = plans.read(plan).require() if plan is not None else None
    if why is not None:
        if as_of is not None or only or fail_on:
            raise click.UsageError(
                "--why names two moments, and is of all figures: leave out --as-of, --only and --fail-on."
            )
        _show_why(data, why, chosen, _bounds(since, until, local_time(SystemClock().now_us())), form, environment)
        return
    with Dataset.open(data, chosen, as_of=as_of, environment=environment) as dataset:
        now = local_time(SystemClock().now_us() if dataset.as_of is None else dataset.as_of.at)
        bounds = _bounds(since, until, now)
        answers = report(dataset, dataset.plan, only=only, since=bounds[0], until=bounds[1], now=now, include=include)
        failures = _failures(dataset, answers, fail_on, only, include)
    if form == "json":
        echo_json(answers.as_json())
    else:
        # Loaded late: JSON does not wait for it.
        from footfall.reporting.text import show

        show(answers, console(), str(data))
    if failures:
        echo("\n".join(map(str, failures)), err=True)
    if any(not failure.is_planned for failure in failures):
        raise click.exceptions.Exit(_FAILED)


def _failures(
    dataset: Dataset, answers: Report, fail_on: Collection[FailureKind], only: Collection[str], include: Collection[str]
) -> list[Failure]:
    """What of these kinds is wrong."""
    failures: list[Failure] = []
    if not fail_on or dataset.plan is None:
        return failures
    # Loaded late: most reports do not ask.
    from footfall.analytics.failures import anomalies, missed_targets, volume_breaks

    failures += missed_targets(answers) if "target" in fail_on else ()
    failures += volume_breaks(answers) if "volume" in fail_on else ()
    if "anomaly" in fail_on:
        failures += anomalies(dataset, dataset.plan, now=answers.now, names=only, include=include)
    return failures


def _bounds(since: str | None, until: str | None, now: datetime) -> tuple[datetime | None, datetime | None]:
    return (None if since is None else moment(since, now), None if until is None else moment(until, now))


def _show_why(
    data: Path,
    moments: tuple[int | datetime, int | datetime],
    plan: Plan | None,
    bounds: tuple[datetime | None, datetime | None],
    form: str,
    environment: str,
) -> None:
    # Loaded late: other reports do not wait for it.
    from footfall.analytics.why import why as explain_change
    from footfall.reporting.why import in_width, why_lines

    answer = explain_change(data, *moments, plan=plan, since=bounds[0], until=bounds[1], environment=environment)
    if form == "json":
        echo_json(answer)
    else:
        width = console().width
        for line in why_lines(answer):
            echo(in_width(line, width))
