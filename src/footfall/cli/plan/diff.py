"""`footfall plan diff`: what a change of the plan breaks, and for whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import msgspec

from footfall.cli.output import echo
from footfall.cli.plan.base_plan import BasePlan, is_comparable, read_base
from footfall.cli.plan.findings_output import FOUND, OutputOptions, output_options, report_findings
from footfall.cli.plan.no_collection import no_collection
from footfall.cli.plan.read import PLAN_PATH, refuse_no_plan
from footfall.clock import SystemClock
from footfall.errors import Problem
from footfall.plan import Plan, read
from footfall.plan.reading.source_map import SourceMap
from footfall.planning.diff import Change, diff
from footfall.planning.diff.findings import findings_of, location_of, say_hurts
from footfall.reporting.plan.diff import comment
from footfall.timestamps import local_time

__all__ = ["command"]

_LAST_WEEK = timedelta(days=7)


@click.command()
@click.argument("path", type=PLAN_PATH)
@click.option(
    "--base", required=True, metavar="REF|PATH",
    help="What to compare with: a git ref (origin/main, or origin/main... for where this branch left it), a ref and a "
    "path in the repository (main:old/plan), a folder, a file or a bundle.",
)  # fmt: skip
@click.option(
    "--data", type=click.Path(path_type=Path),
    help="A collector's data folder: also say what the new plan would do to its last week, as `plan simulate` does.",
)  # fmt: skip
@output_options
@click.pass_context
def command(ctx: click.Context, path: Path, base: str, data: Path | None, options: OutputOptions) -> None:
    """Say what has changed in the plan at PATH since --base, and whom each change hurts.

    Senders, generated code, storage, or the meaning of KPIs and journeys, named with their owners. Exit code 0: nobody
    is hurt. 1: somebody is, or the plan has faults, or a message of --data that is stored would not be. 2: there is no
    plan at PATH. 3: --base cannot be read.
    """
    with no_collection():
        reading = read(path)
        plan, faults, source_map = reading.draft, reading.problems, reading.source_map
        refuse_no_plan(ctx, path, faults, options=options)
        before, changes = BasePlan(None, SourceMap(base)), list[Change]()
        if plan is not None and is_comparable(faults):
            before = read_base(path, base, plan.id)
            changes = diff(before.plan or _empty(plan), plan, faulty=[fault.where for fault in faults])
    problems = [*findings_of(changes, base=before.source_map, new=source_map), *faults]
    title = f"{path} against {base}"

    def summary(left: Sequence[Problem]) -> str:
        return _summary(title, changes, left, before, options)

    def markdown(left: Sequence[Problem], note: str) -> str:
        return comment(
            changes, left, about=(title, before.note, note), comparable=is_comparable(faults),
            place=lambda change: location_of(change, base=before.source_map, new=source_map),
        )  # fmt: skip

    facts = {
        "path": str(path),
        "base": base,
        "note": before.note,
        "summary": _counts(title, changes, problems),
        "changes": [_as_fields(change, before.source_map, source_map) for change in changes],
    }
    tried = _Tried(plan, path, data) if plan is not None and data is not None and not faults else None
    if tried is not None:
        facts["simulation"] = msgspec.to_builtins(tried.trial)
    code = report_findings(problems, options=options, summary=summary, facts=facts, markdown=markdown)
    if tried is not None and (lines := tried.lines(options.form)):
        echo("\n".join(["", *lines]))
    ctx.exit(code or (FOUND if tried is not None and tried.trial.lost else 0))


class _Tried:
    """The new plan tried on the last week of a collector's messages."""

    def __init__(self, plan: Plan, path: Path, data: Path) -> None:
        # Loaded late: only this needs the collector and the query engine.
        from footfall.reporting.simulation import SHOW
        from footfall.simulation import simulate

        now = local_time(SystemClock().now_us())
        self.trial = simulate(data, plan, in_force=None, since=now - _LAST_WEEK, until=None, now=now)
        self._show = SHOW
        self._about = (str(path), str(data))

    def lines(self, form: str) -> list[str]:
        """What to print after the findings; nothing in a form that only programs read."""
        show = self._show.get(form)
        return list(show(self.trial, *self._about)) if show is not None else []


def _empty(plan: Plan) -> Plan:
    """The plan before there was one: its header, and nothing defined."""
    return msgspec.structs.replace(plan, traits={}, events={}, goals={}, kpis={}, journeys={})


def _summary(
    title: str, changes: Sequence[Change], left: Sequence[Problem], before: BasePlan, options: OutputOptions
) -> str:
    lines = []
    mild = [change for change in changes if change.level == "info"]
    if mild and options.form == "text":
        lines += ["", "These changes hurt nobody:"] if left else ["These changes hurt nobody:"]
        lines += [f"  {_line(change)}" for change in mild] + [""]
    if before.note and options.form == "text":
        lines.append(before.note)
    return "\n".join([*lines, _counts(title, changes, left)])


def _line(change: Change) -> str:
    return change.what if change.where in change.what else f"{change.where}: {change.what}"


def _counts(title: str, changes: Sequence[Change], problems: Sequence[Problem]) -> str:
    errors = sum(problem.level == "error" for problem in problems)
    warnings = len(problems) - errors
    mild = sum(change.level == "info" for change in changes)
    told = [
        f"{number:,} {words[number != 1]}"
        for number, words in (
            (errors, ("error", "errors")),
            (warnings, ("warning", "warnings")),
            (mild, ("change that hurts nobody", "changes that hurt nobody")),
        )
        if number
    ]
    return f"{title}: {', '.join(told) or 'no change'}"


def _as_fields(change: Change, base: SourceMap, new: SourceMap) -> dict[str, Any]:
    location = location_of(change, base=base, new=new)
    return {
        "kind": change.kind,
        "where": change.where,
        "level": change.level,
        "hurts": list(change.hurts) or ["none"],
        "what": change.what,
        "owner": change.owner,
        "sources": list(change.sources),
        "message": f"{change.message}; hurts {say_hurts(change)}",
        "before": change.before,
        "after": change.after,
        "affected": [
            {"kind": one.kind, "name": one.name, "owner": one.owner, "effect": one.effect, "how": list(one.how)}
            for one in change.affected
        ],
        "place": {
            "in": "base" if change.in_base else "new",
            "file": location.file,
            "line": location.line,
            "column": location.column,
        },
    }
