"""Turns changes into findings: those that hurt somebody, each with the line to look at, in the new plan or the base."""

from __future__ import annotations

from collections.abc import Iterable

from footfall.errors import Problem
from footfall.plan.problems import Location
from footfall.plan.reading.source_map import SourceMap
from footfall.planning.diff.changes import Change

__all__ = ["findings_of", "location_of", "say_hurts"]


def findings_of(changes: Iterable[Change], *, base: SourceMap, new: SourceMap) -> list[Problem]:
    """The changes of level error and warning as findings, errors first.

    What is gone from the new plan has its place in the base, and says so.
    """
    hurting = [change for change in changes if change.level != "info"]
    hurting.sort(key=lambda change: change.level != "error")
    return [_finding(change, location_of(change, base=base, new=new)) for change in hurting]


def location_of(change: Change, *, base: SourceMap, new: SourceMap) -> Location:
    """Where a change is to be looked at."""
    return (base if change.in_base else new).find(change.path)


def say_hurts(change: Change) -> str:
    """`senders (shop_backend), generated code`; `none` for a change that hurts nobody."""
    sources = f" ({', '.join(change.sources)})" if change.sources else ""
    named = (hurt.replace("_", " ") + (sources if hurt == "senders" else "") for hurt in change.hurts)
    return ", ".join(named) or "none"


def _finding(change: Change, location: Location) -> Problem:
    stood = "; the line is that of the base" if change.in_base and location.line else ""
    return Problem(
        change.kind,
        f"{change.message}; hurts {say_hurts(change)}{stood}",
        remedy=change.remedy,
        where=change.where,
        file=location.file,
        line=location.line,
        column=location.column,
        level="error" if change.level == "error" else "warning",
    )
