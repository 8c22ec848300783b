"""`footfall plan`: check a tracking plan, and bundle it into one file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from footfall.disk import SystemDisk, replace_file
from footfall.errors import Problem, UsageError
from footfall.plan import Plan, bundle_bytes, bundle_hash, read_plan

__all__ = ["command"]

_FOUND, _USAGE = 1, 2
# Nothing at the path could be read as a plan: not a plan with faults, but no plan.
_NO_PLAN = frozenset(
    ("bad_bundle", "empty_file", "missing_file", "no_plan_files", "not_utf8", "not_yaml", "unreadable_file")
)


@click.group()
def command() -> None:
    """Check and bundle tracking plans."""


@command.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def check(ctx: click.Context, path: Path, form: str) -> None:
    """Tell everything that is wrong with the plan at PATH: a folder, a YAML file or a bundle.

    Exit code 0: nothing is wrong. 1: something is. 2: there is no plan at PATH, or none that can be read.
    """
    plan, problems = read_plan(path)
    if form == "json":
        click.echo(_as_json(path, plan, problems))
    elif _is_no_plan(path, problems):
        raise UsageError(str(problems[0]))
    else:
        _echo(problems)
        click.echo(_summary(path, plan, problems))
    ctx.exit(_USAGE if _is_no_plan(path, problems) else _FOUND if problems else 0)


@command.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The bundle to write.")
@click.pass_context
def bundle(ctx: click.Context, path: Path, output: Path) -> None:
    """Write the plan at PATH, resolved and checked, as one JSON file that needs no YAML to be read.

    Exit code 1, and no file, when something is wrong with the plan.
    """
    plan, problems = read_plan(path)
    if _is_no_plan(path, problems):
        raise UsageError(str(problems[0]))
    if plan is None:
        _echo(problems, err=True)
        click.echo(_summary(path, plan, problems), err=True)
        ctx.exit(_FOUND)
    if output.suffix != ".json":
        raise UsageError(f"{output}: a bundle is known by its ending; name it {output.with_suffix('.json')}")
    content = bundle_bytes(plan)
    try:
        replace_file(SystemDisk(), output, content)
    except OSError as error:
        raise UsageError(f"{output}: cannot be written: {error.strerror or error}; choose another --output") from None
    click.echo(f"{output}: {plan.id} {bundle_hash(plan)} ({len(content):,} bytes)")


def _is_no_plan(path: Path, problems: Sequence[Problem]) -> bool:
    return len(problems) == 1 and problems[0].code in _NO_PLAN and problems[0].file == str(path)


def _echo(problems: Sequence[Problem], *, err: bool = False) -> None:
    for problem in problems:
        place = f"{problem.file}:{problem.line}:{problem.column}" if problem.line else problem.file
        where = f" {problem.where}:" if problem.where else ""
        remedy = f" ({problem.remedy})" if problem.remedy else ""
        click.echo(f"{place}{where} {problem.message}{remedy} [{problem.code}]", err=err)


def _counts(plan: Plan) -> dict[str, int]:
    return {
        "events": len(plan.events),
        "properties": sum(len(event.properties) for event in plan.events.values()),
        "goals": len(plan.goals),
        "kpis": len(plan.kpis),
        "journeys": len(plan.journeys),
    }


_WORDS = {
    "events": ("event", "events"),
    "properties": ("property", "properties"),
    "goals": ("goal", "goals"),
    "kpis": ("KPI", "KPIs"),
    "journeys": ("journey", "journeys"),
}


def _summary(path: Path, plan: Plan | None, problems: Sequence[Problem]) -> str:
    if plan is None:
        files = len({problem.file for problem in problems})
        many, these = "" if len(problems) == 1 else "s", "" if files == 1 else "s"
        return f"{path}: {len(problems)} problem{many} in {files} file{these}"
    counts = ", ".join(f"{number:,} {_WORDS[what][number != 1]}" for what, number in _counts(plan).items())
    return f"{path}: the plan {plan.id!r} is clean: {counts}"


def _as_json(path: Path, plan: Plan | None, problems: Sequence[Problem]) -> str:
    answer = {
        "path": str(path),
        "clean": not problems,
        "plan": None if plan is None else plan.id,
        "bundle": None if plan is None else bundle_hash(plan),
        "counts": None if plan is None else _counts(plan),
        "problems": [{name: getattr(problem, name) for name in sorted(Problem.__slots__)} for problem in problems],
    }
    return msgspec.json.format(msgspec.json.encode(answer), indent=2).decode()
