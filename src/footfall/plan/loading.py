"""Reads a plan from any source: a bundle directly, YAML with modules that a bundle never loads."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from footfall.disk import Disk
from footfall.errors import PlanError, Problem
from footfall.plan.bundle import BUNDLE_SUFFIX, read_bundle
from footfall.plan.lazy_events import LazyEvents
from footfall.plan.model import Plan

if TYPE_CHECKING:
    from footfall.plan.reading.merge import MergedFiles
    from footfall.plan.reading.source_map import SourceMap

__all__ = ["Reading", "read"]


class Reading:
    """What `read` read: the plan, its problems, and where its parts are written.

    `draft` is the plan as far as it could be understood: parts with a problem may be missing from it. It is None when
    nothing could be read at all.
    """

    def __init__(self, file: str, draft: Plan | None, problems: list[Problem], files: MergedFiles | None) -> None:
        self.draft = draft
        self._file = file
        self._problems = problems
        self._files = files

    @cached_property
    def problems(self) -> list[Problem]:
        """Every problem, by file and line; none when the plan can be used."""
        events = None if self.draft is None else self.draft.events
        return self._problems + (events.problems() if isinstance(events, LazyEvents) else [])

    @property
    def plan(self) -> Plan | None:
        """The plan when it has no problem."""
        return None if self.problems else self.draft

    def require(self) -> Plan:
        """The plan. Raises PlanError with every problem.

        The events of a bundle are not checked here: each is read, and may raise, when it is first asked for.
        """
        if self.draft is None or self._problems:
            raise PlanError(self._problems)
        return self.draft

    @cached_property
    def source_map(self) -> SourceMap:
        """The file, line and column of each part of the plan; of a bundle, the file alone."""
        from footfall.plan.reading.source_map import SourceMap

        return SourceMap(self._file, self._files)


def read(source: str | Path | Mapping[str, Any], *, disk: Disk | None = None) -> Reading:
    """Read the plan in a folder, a YAML file or a bundle, or one given as the plain values that one file would contain.

    Of a folder, every .yaml and .yml below it is read, but for `fixtures/` and folders that begin with a dot. Raises
    MissingExtraError when YAML needs PyYAML, and nothing because of what the plan says.
    """
    if not isinstance(source, Mapping) and Path(source).suffix == BUNDLE_SUFFIX:
        try:
            return Reading(str(source), read_bundle(Path(source), disk), [], None)
        except PlanError as error:
            return Reading(str(source), None, list(error.problems), None)
    from footfall.plan.problems import Problems
    from footfall.plan.reading.assembly import assemble
    from footfall.plan.reading.plan_files import parse_files
    from footfall.plan.reading.yaml_source import node_of

    problems, name = Problems(), "plan" if isinstance(source, Mapping) else str(source)
    documents = [node_of(source, name)] if isinstance(source, Mapping) else parse_files(Path(source), disk, problems)
    plan, files = assemble(documents, problems) if documents else (None, None)
    return Reading(name, plan, problems.sorted(), files)
