"""Asks git which commits changed the lines of each event of a plan."""

from __future__ import annotations

import re
from pathlib import Path

from footfall.cli.plan.git_program import run_git
from footfall.plan import Plan
from footfall.plan.reading.source_map import SourceMap
from footfall.planning.docs.event_page import HistoryEntry

__all__ = ["git_history"]

_SEPARATOR = "\x1f"
_MOST = 50


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


_PLAIN = ("--no-textconv", "--no-ext-diff")
_FORM = f"--format=%as{_SEPARATOR}%h{_SEPARATOR}%an{_SEPARATOR}%s"


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
