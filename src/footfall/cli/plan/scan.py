"""`footfall plan scan`: compares the tracking calls in Python code with the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import click

from footfall.cli.output import echo
from footfall.cli.plan.findings_output import OutputOptions, output_options, report_findings
from footfall.cli.plan.no_collection import no_collection
from footfall.cli.plan.read import PLAN_PATH, require_reading
from footfall.disk import SystemDisk
from footfall.errors import UsageError
from footfall.plan.model import Plan
from footfall.plan.problems import did_you_mean
from footfall.planning.scan import (
    MOST_PLACES,
    SDKS,
    Gates,
    Naming,
    Signature,
    find_python,
    open_library,
    ordered,
    scan,
)
from footfall.reporting.plan.scan import scan_facts, scan_listing, scan_summary, silent_files

__all__ = ["command"]


@click.command("scan")
@click.argument("plan_path", metavar="PLAN", type=PLAN_PATH)
@click.argument("sources", metavar="SRC...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--min", "least", metavar="PERCENT", help="Fail when the code sends fewer of the active events.")
@click.option("--min-team", multiple=True, metavar="TEAM=PERCENT", help="The same, for the events of a team.")
@click.option("--min-source", multiple=True, metavar="SOURCE=PERCENT", help="The same, for the events of a source.")
@click.option(
    "--client", "clients", multiple=True, metavar="NAME[=SDK | (event=2, properties=3)]",
    help="A class, object or function that sends events, by its name or full dotted name, if the scan does not know "
    "it. It is called like footfall, like SDK, or with event and properties at these places (from 1) or names.",
)  # fmt: skip
@click.option("--root", type=click.Path(path_type=Path), help="The folder that the sources' paths start from.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave out the files whose path or name matches.")
@click.option("--calls", is_flag=True, help="List every call, and the places that send each planned event.")
@output_options
@click.pass_context
def command(ctx: click.Context, /, plan_path: Path, sources: tuple[Path, ...], **given: Any) -> None:
    """Compare the tracking calls in SRC with PLAN, without running the code.

    SRC are Python files and folders. The command checks each call: is its event planned, and are its properties right?
    It lists the planned events that the code never sends, and reports the coverage: the share of active events that
    are sent. Events that only tests send do not count. A value that is only known at run time is never guessed: such
    calls are warnings. Files that import an SDK but contain no call are listed too.

    The Python that runs this command reads the files. Newer syntax is a finding.

    Exit code 0: no errors, and the coverage is as --min asks. 1: errors, too little coverage, or faults of the plan.
    2: there is no plan, or an option is wrong.
    """
    options: OutputOptions = given["options"]
    reading = require_reading(ctx, plan_path, options=options)
    plan = reading.require()
    clients, gates = _clients(given["clients"]), _gates(plan, given)
    disk = SystemDisk()
    with no_collection():
        library = open_library(find_python(sources, disk, exclude=given["exclude"]), disk, sources)
        result = scan(
            plan, library, clients=clients, gates=gates, root=_root(given["root"]), source_map=reading.source_map
        )
    if given["calls"] and options.form == "text":
        echo("\n".join(scan_listing(result)))
    if result.tree.silent and options.form == "text":
        echo("\n".join((*silent_files(result), "")))
    ctx.exit(
        report_findings(result.problems, options=options, summary=scan_summary(result), facts=scan_facts(plan, result))
    )


def _clients(given: Sequence[str]) -> dict[str, Naming]:
    return dict(_client(text) for text in given)


def _client(text: str) -> tuple[str, Naming]:
    """`NAME`, `NAME=SDK`, or `NAME(event=2, properties=3)` with the places or names of its arguments."""
    called, sign, sdk = text.partition("=") if "(" not in text else (text, "", "")
    name, bracket, order = (part.strip() for part in called.partition("("))
    if sign and sdk not in SDKS:
        raise UsageError(f"--client {text}: there is no SDK {sdk!r}: {did_you_mean(sdk, SDKS)}")
    if not all(part.isidentifier() for part in name.split(".")):
        raise UsageError(f"--client {text}: {name!r} is no Python name; write NAME or package.module.NAME")
    return name, Naming(sdk or "footfall", _order(text, order) if bracket else None)


def _order(text: str, order: str) -> Signature:
    remedy = "write NAME(event=2, properties=3), each with its place from 1, its name, or both as 2:name"
    if not order.endswith(")"):
        raise UsageError(f"--client {text}: the bracket is not closed; {remedy}")
    taken: dict[str, tuple[int, str]] = {}
    for part in order[:-1].split(","):
        role, _, where = (word.strip() for word in part.partition("="))
        place, _, word = where.partition(":") if where[:1].isdigit() else ("", "", where)
        is_place = not place or (place.isascii() and place.isdigit() and 1 <= int(place) <= MOST_PLACES)
        if role not in {"event", "properties"} or role in taken or not is_place or not (place or word):
            raise UsageError(f"--client {text}: {part.strip()!r} is no place of event or properties; {remedy}")
        if word and not word.isidentifier():
            raise UsageError(f"--client {text}: {word!r} is no name of an argument; {remedy}")
        taken[role] = (int(place or 0), word or role)
    if "event" not in taken or len({place for place, _ in taken.values() if place}) < sum(
        bool(p) for p, _ in taken.values()
    ):
        raise UsageError(f"--client {text}: says no place of the event, or one place twice; {remedy}")
    return ordered(taken["event"], taken.get("properties"))


def _gates(plan: Plan, given: Mapping[str, Any]) -> Gates:
    teams = {event.owner for event in plan.events.values() if event.owner} | set(plan.teams)
    return Gates(
        overall=None if given["least"] is None else _percent("--min", given["least"]),
        teams=_each("--min-team", given["min_team"], teams, "team"),
        sources=_each("--min-source", given["min_source"], plan.sources, "source"),
    )


def _each(option: str, given: Sequence[str], names: Any, what: str) -> dict[str, Fraction]:
    asked = {}
    for text in given:
        name, sign, share = text.partition("=")
        if not sign:
            raise UsageError(f"{option} {text}: write {what.upper()}=PERCENT")
        if name not in names:
            raise UsageError(f"{option} {text}: the plan has no {what} {name!r}: {did_you_mean(name, names)}")
        asked[name] = _percent(f"{option} {name}", share)
    return asked


def _percent(option: str, text: str) -> Fraction:
    try:
        share = Fraction(text.removesuffix("%"))
    except (ValueError, ZeroDivisionError):
        share = Fraction(-1)
    if not 0 <= share <= 100:
        raise UsageError(f"{option}: {text!r} is no percentage; write a number from 0 to 100")
    return share


def _root(root: Path | None) -> str:
    if root is None:
        return ""
    if not root.is_dir():
        raise UsageError(f"--root {root}: is no folder; name the folder that the paths of the sources begin in")
    try:
        return root.absolute().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return root.absolute().as_posix()
