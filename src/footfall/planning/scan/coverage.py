"""CodeCoverage: which planned events the code sends, as a share, over all, by team and by source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

import msgspec

from footfall.plan.model import Event, Plan
from footfall.planning.scan.call_checker import CallVerdict

__all__ = ["CodeCoverage", "Implementation", "coverage_of", "implementations"]


class Implementation(msgspec.Struct, frozen=True):
    """Where the code sends one planned event: places as `file:line`, and the sources of those files.

    `tests` are the places in tests, which show nothing of what the code sends.
    """

    event: str
    places: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()


class CodeCoverage(msgspec.Struct, frozen=True):
    """How many of the planned, active events the code sends."""

    planned: int
    implemented: int
    never: tuple[str, ...] = ()

    @property
    def percent(self) -> Fraction:
        """The share in percent, exact; 100 when nothing is planned."""
        return Fraction(100 * self.implemented, self.planned) if self.planned else Fraction(100)

    def __str__(self) -> str:
        return f"{self.implemented} of {self.planned} ({float(self.percent):.0f} %)"


def implementations(plan: Plan, verdicts: Iterable[CallVerdict]) -> dict[str, Implementation]:
    """For each planned event, by name, where it is sent."""
    by_event: dict[str, list[CallVerdict]] = {name: [] for name in plan.events}
    for verdict in verdicts:
        if verdict.event is not None and verdict.resolved:
            by_event[verdict.event.name].append(verdict)
    return {
        name: Implementation(
            name,
            _places(verdict for verdict in each if not verdict.is_test),
            tuple(sorted({source for verdict in each if not verdict.is_test for source in verdict.sources})),
            _places(verdict for verdict in each if verdict.is_test),
        )
        for name, each in by_event.items()
    }


def _places(verdicts: Iterable[CallVerdict]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{verdict.sent.location.file}:{verdict.sent.location.line}" for verdict in verdicts))


def coverage_of(
    plan: Plan, sent: Mapping[str, Implementation], *, team: str | None = None, source: str | None = None
) -> CodeCoverage:
    """The coverage of the active events: all that Python code can send, those of a team, or those of a source.

    An event of a source counts as sent when a file of that source sends it. Events whose every source is written in
    another language are not counted: no Python file can send them.
    """
    counted = [
        event
        for event in plan.events.values()
        if event.status == "active"
        and can_be_python(plan, event)
        and (team is None or event.owner == team)
        and (source is None or source in event.sources)
    ]
    never = tuple(
        event.name
        for event in counted
        if not sent[event.name].places or (source is not None and source not in sent[event.name].sources)
    )
    return CodeCoverage(len(counted), len(counted) - len(never), never)


def can_be_python(plan: Plan, event: Event) -> bool:
    """Whether some source of an event is, or may be, written in Python."""
    languages = [plan.sources[name].language for name in event.sources if name in plan.sources]
    return not languages or any(language.lower() in {"", "python"} for language in languages)
