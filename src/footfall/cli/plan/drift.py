"""`footfall plan drift`: what was seen against what is planned, and each event's way from the plan to its use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import click
import msgspec

from footfall.cli.output import echo
from footfall.cli.plan.findings_output import OutputOptions, output_options, report_findings
from footfall.cli.plan.lifecycle_inputs import read_coded, read_tested
from footfall.cli.plan.message_input import MessageInput, message_options, since_us
from footfall.cli.plan.read import PLAN_PATH, require_reading
from footfall.clock import SystemClock
from footfall.errors import Problem
from footfall.markdown_text import code_span, markdown_text
from footfall.planning.profiling import DriftMonitor, Lifecycle, compare, lifecycles
from footfall.printable import counted, printable
from footfall.reporting.plan.findings import tally

__all__ = ["command"]


@click.command("drift")
@click.argument("plan_path", metavar="PLAN", type=PLAN_PATH)
@message_options
@click.option("--scan", type=click.Path(path_type=Path), help="What `footfall plan scan --format json` wrote.")
@click.option("--tested", type=click.Path(path_type=Path), help="What pytest's --footfall-coverage-file wrote.")
@output_options
@click.pass_context
def command(
    ctx: click.Context,
    *,
    plan_path: Path,
    events: Path | None,
    data: Path | None,
    since: str | None,
    scan: Path | None,
    tested: Path | None,
    options: OutputOptions,
) -> None:
    """Compare what was seen with the PLAN: in EVENTS, a file of messages, or in a collector's folder (--data).

    Tells events that are not planned or never came, volumes far from what is expected, and how values drifted from
    the plan. The table says of each event: planned, coded (with --scan), tested (with --tested), seen, used.
    """
    reading = require_reading(ctx, plan_path, options=options)
    plan = reading.require()
    coded, tests = read_coded(scan), read_tested(tested)
    bound = since_us(since, plan.timezone)
    looked = MessageInput(events, data, since=bound)
    monitor = DriftMonitor(plan, looked.messages())
    looked.tell_broken()
    until = SystemClock().now_us() if looked.is_live else None
    problems = compare(monitor, source_map=reading.source_map, since=bound, until=until)
    stages = lifecycles(monitor, coded=coded, tested=tests)
    show = _SHOW.get(options.form)
    if show is not None and not options.write_baseline:
        echo("\n".join([*map(printable, show(stages)), ""]))
    facts = {"plan": plan.id, "seen": monitor.count, "lifecycles": msgspec.to_builtins(stages)}
    ctx.exit(report_findings(problems, options=options, summary=_summary(looked.place, monitor), facts=facts))


def _summary(place: str, monitor: DriftMonitor) -> Callable[[Sequence[Problem]], str]:
    active = [event.name for event in monitor.plan.events.values() if event.status == "active"]
    seen = sum(name in monitor.planned for name in active)
    head = f"{place}: {counted(monitor.count, 'message')}; {seen} of {len(active)} active events seen"
    return lambda left: tally(head, left) if left else f"{head}, all as planned"


_HEADS = ("event", "planned", "coded", "tested", "seen", "first", "last", "used by")


def _cells(event: Lifecycle) -> tuple[str, ...]:
    return (
        event.event,
        event.planned or "no",
        _known(event.coded),
        _known(event.tested),
        f"{event.messages:,}" if event.messages else "never",
        (event.first or "-")[:10],
        (event.last or "-")[:10],
        ", ".join(event.used) or "nothing",
    )


def _known(count: int | None) -> str:
    return "-" if count is None else f"{count:,}" if count else "no"


def _text(events: Sequence[Lifecycle]) -> Iterator[str]:
    rows = [_HEADS, *(_cells(event) for event in events)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS) - 1)]
    for row in rows:
        yield "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]])


def _markdown(events: Sequence[Lifecycle]) -> Iterator[str]:
    yield f"| {' | '.join(_HEADS)} |"
    yield f"|{'---|' * len(_HEADS)}"
    for event in events:
        name, *rest = _cells(event)
        yield f"| {' | '.join((code_span(name), *map(markdown_text, rest)))} |"


_SHOW: Mapping[str, Callable[[Sequence[Lifecycle]], Iterator[str]]] = {"markdown": _markdown, "text": _text}
