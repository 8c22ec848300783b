"""`footfall plan docs`: writes the plan as web pages."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import click

from footfall.cli.output import echo
from footfall.cli.plan.git_tree import run_git
from footfall.cli.plan.lock_file import lock_path, read_lock
from footfall.cli.plan.read import PLAN_PATH, require_reading
from footfall.disk import SystemDisk, read_file
from footfall.errors import UsageError
from footfall.plan import Plan
from footfall.plan.reading.source_map import SourceMap
from footfall.planning.docs.event_page import HistoryEntry
from footfall.planning.docs.site import site
from footfall.printable import counted

__all__ = ["command", "git_history"]

_SEPARATOR = "\x1f"
_MOST = 50
_PLAIN = ("--no-textconv", "--no-ext-diff")
_FORM = f"--format=%as{_SEPARATOR}%h{_SEPARATOR}%an{_SEPARATOR}%s"


def git_history(plan: Plan, source_map: SourceMap) -> dict[str, tuple[HistoryEntry, ...]]:
    """The commits that changed each event's own lines, newest first, at most 50 each."""
    texts: dict[Path, list[str]] = {}
    history: dict[str, tuple[HistoryEntry, ...]] = {}
    for event in plan.events:
        location = source_map.find((event,))
        file = Path(location.file)
        if not location.line:
            continue  # a bundle has no lines
        if file not in texts:
            # Lines are those of the last commit: the file itself may have changed since.
            texts[file] = _git(file, "show", "--no-textconv", f"HEAD:./{file.name}").splitlines()
        span = _span(texts[file], event, location.column)
        if span is not None:
            lines = f"-L{span[0]},{span[1]}:{file.name}"
            history[event] = _changes(_git(file, "log", f"-n{_MOST}", "-s", *_PLAIN, _FORM, lines))
    return history


def _git(file: Path, *arguments: str) -> str:
    try:
        ran = run_git("git", file.resolve().parent, *arguments)
    except FileNotFoundError:
        return ""
    return ran.stdout.decode("utf-8", "replace") if ran.returncode == 0 else ""


def _span(lines: list[str], event: str, column: int) -> tuple[int, int] | None:
    """First and last line of an event, from 1: down to the next line that is not indented deeper."""
    start = re.compile(rf" {{{column - 1}}}[\"']?{re.escape(event)}[\"']?\s*:")
    first = next((number for number, line in enumerate(lines) if start.match(line)), None)
    if first is None:
        return None
    last = first
    for number in range(first + 1, len(lines)):
        text = lines[number].strip()
        if text and not text.startswith("#"):
            if len(lines[number]) - len(lines[number].lstrip()) < column:
                break
            last = number
    return first + 1, last + 1


def _changes(answer: str) -> tuple[HistoryEntry, ...]:
    entries = (line.split(_SEPARATOR) for line in answer.splitlines() if line.count(_SEPARATOR) >= 3)
    return tuple(
        HistoryEntry(day, _SEPARATOR.join(subject), f"{author}, {commit}") for day, commit, author, *subject in entries
    )


@click.command()
@click.argument("path", metavar="PLAN", type=PLAN_PATH)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The folder for the pages.")
@click.option("--history/--no-history", default=True, help="Whether to show the commits that changed each event.")
@click.pass_context
def command(ctx: click.Context, path: Path, output: Path, history: bool) -> None:
    """Write PLAN as web pages: index.html, and one page for each event, KPI and journey.

    The pages need no script and no server. The history of an event comes from git and from the plan.
    """
    reading = require_reading(ctx, path)
    plan = reading.require()
    lock = read_lock(lock_path(path))
    versions = {} if lock is None else {name: event.version for name, event in lock.events.items()}
    pages = site(plan, history=git_history(plan, reading.source_map) if history else {}, versions=versions)
    disk = SystemDisk()
    for name, text in pages.items():
        file = output / name
        try:
            disk.make_folder(file.parent)
            with disk.open(file, "write") as page:  # made again at any time: not worth a sync each
                page.write(text.encode())
        except OSError as error:
            message = f"{file}: cannot be written: {error.strerror or error}; choose another --output"
            raise UsageError(message) from None
    old = [file for file in _made_before(output) if str(file.relative_to(output)) not in pages]
    for file in old:
        disk.remove(file)
    echo(f"{output / 'index.html'}: {counted(len(pages), 'page')}")


def _made_before(output: Path) -> list[Path]:
    """The pages of events, KPIs and journeys, of which some may be gone from the plan."""
    pages = []
    for folder in ("events", "kpis", "journeys"):
        with suppress(OSError):  # never made
            pages += [file for file in SystemDisk().list(output / folder) if file.suffix == ".html" and _is_ours(file)]
    return pages


def _is_ours(file: Path) -> bool:
    return b"Made by footfall plan docs" in read_file(SystemDisk(), file)
