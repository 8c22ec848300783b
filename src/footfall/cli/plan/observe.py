"""`footfall plan observe`: compares real messages with the plan, and shows each event's lifecycle."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from footfall.cli.output import echo
from footfall.cli.plan.findings_output import OutputOptions, output_options, report_findings
from footfall.cli.plan.message_input import MessageInput, message_options, since_us
from footfall.cli.plan.read import PLAN_PATH, require_reading
from footfall.clock import SystemClock
from footfall.disk import SystemDisk, read_text_file
from footfall.errors import BrokenInputError, Problem
from footfall.planning.profiling import DriftMonitor, compare, lifecycles
from footfall.printable import counted
from footfall.reporting.plan.findings import tally
from footfall.reporting.plan.lifecycle import LIFECYCLE_FORMS

__all__ = ["command"]


@click.command("observe")
@click.argument("plan_path", metavar="PLAN", type=PLAN_PATH)
@message_options
@click.option("--scan", type=click.Path(path_type=Path), help="What `footfall plan scan --format json` wrote.")
@click.option("--tested", type=click.Path(path_type=Path), help="What pytest's --footfall-coverage-file wrote.")
@output_options
@click.pass_context
def command(ctx: click.Context, /, *, plan_path: Path, options: OutputOptions, **given: Any) -> None:
    """Compare real messages with PLAN: those in EVENTS, a file, or in a collector's data folder (--data).

    The command reports events that are not planned, events that never came, volumes far from what the plan expects,
    and values that differ from the plan. A table shows the lifecycle of each event: planned, coded (with --scan),
    tested (with --tested), seen, used.

    Exit code 0: no errors. 1: errors, or faults of the plan. 2: no plan. 3: no readable messages.
    """
    reading = require_reading(ctx, plan_path, options=options)
    plan = reading.require()
    coded, tested = _read_coded(given["scan"]), _read_tested(given["tested"])
    since = since_us(given["since"], plan.timezone)
    source = MessageInput(given["events"], given["data"], since=since, environment=given["environment"])
    monitor = DriftMonitor(plan, source.messages())
    source.report_broken()
    until = SystemClock().now_us() if source.is_live else None
    problems = compare(monitor, source_map=reading.source_map, since=since, until=until)
    events = lifecycles(monitor, coded=coded, tested=tested)
    write = LIFECYCLE_FORMS.get(options.form)
    if write is not None and not options.write_baseline:
        echo(f"{write(events)}\n")
    facts = {"plan": plan.id, "seen": monitor.count, "lifecycles": msgspec.to_builtins(events)}
    ctx.exit(report_findings(problems, options=options, summary=_summary(source.name, monitor), facts=facts))


def _summary(name: str, monitor: DriftMonitor) -> Callable[[Sequence[Problem]], str]:
    active = [event.name for event in monitor.plan.events.values() if event.status == "active"]
    sent = sum(event in monitor.planned for event in active)
    head = f"{name}: {counted(monitor.count, 'message')}; {sent} of {len(active)} active events seen"
    return lambda problems: tally(head, problems) if problems else f"{head}, all as planned"


class _ScanReport(msgspec.Struct):
    """What is read of a scan's report: the places in which each event is sent."""

    implemented: dict[str, list[str]]


class _Tested(msgspec.Struct):
    count: int


class _Coverage(msgspec.Struct):
    """What is read of the file that pytest's --footfall-coverage-file writes."""

    footfall_coverage: int
    events: dict[str, _Tested]


def _read_coded(path: Path | None) -> Mapping[str, int] | None:
    """In how many places each event is coded; None without a report. Raises BrokenInputError."""
    if path is None:
        return None
    report = _read(path, _ScanReport, "is not what `footfall plan scan --format json` writes")
    return {event: len(places) for event, places in report.implemented.items()}


def _read_tested(path: Path | None) -> Mapping[str, int] | None:
    """How often tests sent each event; None without a file. Raises BrokenInputError."""
    if path is None:
        return None
    coverage = _read(path, _Coverage, "is not what pytest's --footfall-coverage-file writes")
    return {event: tested.count for event, tested in coverage.events.items()}


def _read(path: Path, kind: type[Any], otherwise: str) -> Any:
    try:
        return msgspec.json.decode(read_text_file(SystemDisk(), path), type=kind)
    except OSError as error:
        raise BrokenInputError(str(path), f"cannot be read: {error.strerror or error}") from None
    except msgspec.DecodeError:
        raise BrokenInputError(str(path), otherwise) from None
