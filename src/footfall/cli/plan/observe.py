"""`footfall plan observe`: what was seen against what is planned, and each event's way from the plan to its use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import click
import msgspec

from footfall.cli.output import echo
from footfall.cli.plan.chain_inputs import read_coded, read_tested
from footfall.cli.plan.findings_output import OutputOptions, output_options, report_findings, tally
from footfall.cli.plan.read import PLAN_PATH, require_plan_with_places
from footfall.cli.plan.seen_input import SeenInput, seen_options, since_us
from footfall.clock import SystemClock
from footfall.errors import Problem
from footfall.markdown_text import code_span, markdown_text
from footfall.planning.profiling import Chain, Watch, chains, compare
from footfall.printable import counted, printable

__all__ = ["command"]


@click.command("observe")
@click.argument("plan_path", metavar="PLAN", type=PLAN_PATH)
@seen_options
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
    the plan. The chain says of each event: planned, coded (with --scan), tested (with --tested), seen, used.
    """
    plan, places = require_plan_with_places(ctx, plan_path, options=options)
    coded, tests = read_coded(scan), read_tested(tested)
    bound = since_us(since, plan.timezone)
    looked = SeenInput(events, data, since=bound)
    watch = Watch(plan, looked.messages())
    looked.tell_broken()
    until = SystemClock().now_us() if looked.is_live else None
    problems = compare(watch, places=places, since=bound, until=until)
    chain = chains(watch, coded=coded, tested=tests)
    show = _SHOW.get(options.form)
    if show is not None and not options.write_baseline:
        echo("\n".join([*map(printable, show(chain)), ""]))
    facts = {"plan": plan.id, "seen": watch.count, "chain": msgspec.to_builtins(chain)}
    ctx.exit(report_findings(problems, options=options, summary=_summary(looked.place, watch), facts=facts))


def _summary(place: str, watch: Watch) -> Callable[[Sequence[Problem]], str]:
    active = [event.name for event in watch.plan.events.values() if event.status == "active"]
    seen = sum(name in watch.planned for name in active)
    head = f"{place}: {counted(watch.count, 'message')}; {seen} of {len(active)} active events seen"
    return lambda left: tally(head, left) if left else f"{head}, all as planned"


_HEADS = ("event", "planned", "coded", "tested", "seen", "first", "last", "used by")


def _cells(chain: Chain) -> tuple[str, ...]:
    return (
        chain.event,
        chain.planned or "no",
        _known(chain.coded),
        _known(chain.tested),
        f"{chain.seen:,}" if chain.seen else "never",
        (chain.first or "-")[:10],
        (chain.last or "-")[:10],
        ", ".join(chain.used) or "nothing",
    )


def _known(count: int | None) -> str:
    return "-" if count is None else f"{count:,}" if count else "no"


def _text(chain: Sequence[Chain]) -> Iterator[str]:
    rows = [_HEADS, *(_cells(one) for one in chain)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS) - 1)]
    for row in rows:
        yield "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]])


def _markdown(chain: Sequence[Chain]) -> Iterator[str]:
    yield f"| {' | '.join(_HEADS)} |"
    yield f"|{'---|' * len(_HEADS)}"
    for one in chain:
        name, *rest = _cells(one)
        yield f"| {' | '.join((code_span(name), *map(markdown_text, rest)))} |"


_SHOW: Mapping[str, Callable[[Sequence[Chain]], Iterator[str]]] = {"markdown": _markdown, "text": _text}
