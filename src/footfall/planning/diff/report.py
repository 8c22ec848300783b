"""What `plan diff` reports: every change with its line, and the findings, each with the change that it is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from footfall.errors import Problem
from footfall.plan.reading.source_map import SourceMap
from footfall.planning.diff.changes import Change

__all__ = ["ChangeFinding", "DiffReport", "findings_of", "is_comparable", "located"]

# With other faults than these, too much of a plan may be missing to say what has changed.
_COMPARABLE = frozenset(
    (
        "bad_condition", "bad_example", "bad_expectation", "bad_measure", "bad_rule", "missing_metadata", "not_numeric",
        "not_scalar", "unknown_reference",
    )
)  # fmt: skip
_SHARED = ("types", "property_groups", "defaults")


class ChangeFinding(Problem, kw_only=True, eq=False):
    """A change that hurts somebody, as a finding at its line."""

    change: Change

    @classmethod
    def of(cls, change: Change) -> ChangeFinding:
        """The finding of a change."""
        location = change.location
        note = "; the line is that of the base" if change.in_base and location.line else ""
        return cls(
            change.kind,
            f"{change.message}; hurts {change.harm}{note}",
            remedy=change.remedy, where=change.where, file=location.file, line=location.line, column=location.column,
            level="error" if change.level == "error" else "warning", change=change,
        )  # fmt: skip


class DiffReport(msgspec.Struct, frozen=True, kw_only=True):
    """Two plans compared: the one at `path` with that of `base`.

    `changes` are all differences. `findings` are the changes that hurt somebody, in the same order, then the faults of
    the new plan; a baseline takes some of them away. `is_comparable` is False if those faults hide what has changed.
    `base_note` says how the base was looked up, `baseline_note` what the baseline left out; "" for nothing to say.
    """

    path: str
    base: str
    changes: Sequence[Change] = ()
    findings: Sequence[Problem] = ()
    is_comparable: bool = True
    base_note: str = ""
    baseline_note: str = ""

    @property
    def title(self) -> str:
        """`tracking_plans against origin/main`."""
        return f"{self.path} against {self.base}"

    @property
    def hurting(self) -> list[Change]:
        """The changes that hurt somebody and are findings."""
        return [finding.change for finding in self.findings if isinstance(finding, ChangeFinding)]

    @property
    def harmless(self) -> list[Change]:
        """The changes that hurt nobody."""
        return [change for change in self.changes if change.level == "info"]

    @property
    def faults(self) -> list[Problem]:
        """The findings that are faults of the new plan."""
        return [finding for finding in self.findings if not isinstance(finding, ChangeFinding)]

    @property
    def problems(self) -> list[Problem]:
        """The findings as they are listed: changes of level error, those of level warning, faults."""
        changes = [finding for finding in self.findings if isinstance(finding, ChangeFinding)]
        return [*sorted(changes, key=lambda finding: finding.level != "error"), *self.faults]


def located(changes: Iterable[Change], *, base: SourceMap, new: SourceMap) -> list[Change]:
    """The changes, each with the line to look at: in the new plan, or in the base for what is gone from it."""
    return [
        msgspec.structs.replace(change, location=(base if change.in_base else new).find(change.path))
        for change in changes
    ]


def findings_of(changes: Iterable[Change]) -> list[ChangeFinding]:
    """The changes that hurt somebody, as findings."""
    return [ChangeFinding.of(change) for change in changes if change.level != "info"]


def is_comparable(faults: Iterable[Problem]) -> bool:
    """Whether a plan with these faults is complete but for what they name, so that it can be compared."""
    return all(fault.code in _COMPARABLE and not fault.where.startswith(_SHARED) for fault in faults)
