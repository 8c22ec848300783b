"""Runs lint rules over a plan: applies the plan's levels and `no_lint`, finds the places, judges `no_lint` itself.

Pure: it is given the plan, its locations, the rules and the day, and answers with findings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from footfall.errors import BrokenInputError, Problem
from footfall.plan.model import LintLevel, Plan
from footfall.plan.problems import Location, Path, did_you_mean, dotted
from footfall.plan.reading.source_map import SourceMap
from footfall.planning.lint.registry import ABOUT_LINT, RULES
from footfall.planning.lint.rule import Finding, LintRule, View

__all__ = ["lint"]

_Spot = tuple[str, int, int, str, Path]
"""A `no_lint` word where it is written; its path only counts where nobody knows lines."""


def lint(plan: Plan, *, source_map: SourceMap, today: date, rules: Sequence[LintRule] = RULES) -> list[Problem]:
    """What these rules find in a plan, by file, line and column.

    `today` is the day, in the plan's timezone, that expiry is judged by. A finding of a part that several events share
    (a property group, a type) is reported once. Raises BrokenInputError when a team's own rule fails.
    """
    view = View(plan, source_map, today)
    by_name = {rule.name: rule for rule in rules}
    exemptions = _Exemptions(view)
    problems: dict[tuple[object, ...], Problem] = {}
    ran: set[str] = set()
    about_lint = {row.name for row in ABOUT_LINT}
    for rule in rules:
        level = plan.lint.get(rule.name, rule.level)
        if level == "off" or rule.name in about_lint:
            continue
        ran.add(rule.name)
        for finding in _findings_of(rule, view):
            exempt = exemptions.cover(finding.path, rule.name)
            weight = finding.level or level
            if weight != "off" and not exempt:
                at = source_map.key(finding.path, finding.key) if finding.key else None
                _add(problems, rule, finding, weight, at or source_map.find(finding.path))
    found_of = {
        "unknown_no_lint": exemptions.unknown(by_name),
        "unused_no_lint": exemptions.unused(ran),
        "unknown_lint_rule": _unknown_levels(plan, source_map, by_name),
    }
    for rule in rules:
        level = plan.lint.get(rule.name, rule.level)
        for finding, location in found_of.get(rule.name, ()) if level != "off" else ():
            _add(problems, rule, finding, level, location)
    return sorted(problems.values(), key=lambda problem: (problem.file, problem.line, problem.column))


def _findings_of(rule: LintRule, view: View) -> list[Finding]:
    try:
        return list(rule.judge(view))
    except Exception as error:
        if rule in RULES:
            raise
        message = f"failed with {type(error).__name__}: {error}; mend it, or turn it off: lint: {{{rule.name}: off}}"
        raise BrokenInputError(f"the lint rule {rule.name}", message) from error


def _add(
    problems: dict[tuple[object, ...], Problem], rule: LintRule, finding: Finding, level: LintLevel, location: Location
) -> None:
    where = dotted(finding.path)
    spot = (location.file, location.line, location.column) if location.line else (location.file, where)
    problems.setdefault(
        (rule.name, *spot, finding.message),
        Problem(
            rule.name,
            finding.message,
            remedy=finding.remedy or rule.fix,
            where=where,
            file=location.file,
            line=location.line,
            column=location.column,
            level="warning" if level == "warning" else "error",
        ),
    )


def _unknown_levels(
    plan: Plan, source_map: SourceMap, rules_by_name: Mapping[str, LintRule]
) -> Iterator[tuple[Finding, Location]]:
    for name in plan.lint:
        if name not in rules_by_name:
            path = ("lint", name)
            message = f"there is no lint rule {name!r}"
            yield Finding(path=path, message=message, remedy=did_you_mean(name, rules_by_name)), source_map.find(path)


class _Exemptions:
    """Every `no_lint` of a plan, and which of them have kept a finding away.

    One that a property group or a type brings to several events counts as used when it is for any of them.
    """

    def __init__(self, view: View) -> None:
        self._at: dict[Path, dict[str, _Spot]] = {}
        self._order: dict[_Spot, Path] = {}
        self._used: set[_Spot] = set()
        for path, words in _carriers(view):
            for word in words:
                location = view.source_map.text(path, "no_lint", word)
                spot: _Spot = (
                    location.file,
                    location.line,
                    location.column,
                    word,
                    () if view.source_map.has_positions else path,
                )
                self._at.setdefault(path, {})[word] = spot
                self._order.setdefault(spot, path)

    def cover(self, path: Path, rule: str) -> bool:
        """Whether a `no_lint` of this part, or of one around it, names the rule; it then counts as used."""
        covered = False
        for length in range(1, len(path) + 1) if self._at else ():
            spot = self._at.get(path[:length], {}).get(rule)
            if spot is not None:
                self._used.add(spot)
                covered = True
        return covered

    def unknown(self, by_name: Mapping[str, LintRule]) -> Iterator[tuple[Finding, Location]]:
        """Words that are no rule's name."""
        for spot, path in self._order.items():
            word = spot[3]
            if word not in by_name:
                message = f"no_lint names {word!r}, and there is no such rule"
                yield Finding(path=path, message=message, remedy=did_you_mean(word, by_name)), Location(*spot[:3])

    def unused(self, ran: set[str]) -> Iterator[tuple[Finding, Location]]:
        """Words that name a rule that ran and found nothing here."""
        for spot, path in self._order.items():
            word = spot[3]
            if word in ran and spot not in self._used:
                yield (
                    Finding(path=path, message=f"no_lint names {word!r}, which finds nothing here"),
                    Location(*spot[:3]),
                )


def _carriers(view: View) -> Iterator[tuple[Path, tuple[str, ...]]]:
    plan = view.plan
    yield from (((event.name,), event.no_lint) for event in plan.events.values())
    yield from ((each.path, each.prop.no_lint) for each in view.properties)
    yield from ((("kpis", kpi.name), kpi.no_lint) for kpi in plan.kpis.values())
    yield from ((("journeys", journey.name), journey.no_lint) for journey in plan.journeys.values())
    yield from ((("campaigns", campaign.name), campaign.no_lint) for campaign in plan.campaigns.values())
    yield from ((("segments", segment.name), segment.no_lint) for segment in plan.segments.values())
    yield from ((("cohorts", cohort.name), cohort.no_lint) for cohort in plan.cohorts.values())
