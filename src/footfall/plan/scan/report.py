"""Report: everything that a scan found: the verdict on each call, the findings, the coverage and its gates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import msgspec

from footfall.errors import Problem
from footfall.plan.findings import Place
from footfall.plan.model import Plan
from footfall.plan.places import Places
from footfall.plan.scan.coverage import Coverage, Implementation, can_be_python, coverage_of, implementations
from footfall.plan.scan.follow import Followed, follow_tree
from footfall.plan.scan.judge import Judge, Verdict
from footfall.plan.scan.library import Library

__all__ = ["Gates", "Scan", "scan"]


class Gates(msgspec.Struct, frozen=True):
    """The least coverage, in percent: of all active events, of a team's, of a source's."""

    overall: Fraction | None = None
    teams: Mapping[str, Fraction] = {}
    sources: Mapping[str, Fraction] = {}


class Scan(msgspec.Struct, frozen=True):
    """What a scan found. `teams` and `sources` hold the coverage by owner and by source."""

    followed: Followed
    verdicts: tuple[Verdict, ...]
    problems: tuple[Problem, ...]
    events: Mapping[str, Implementation]
    coverage: Coverage
    teams: Mapping[str, Coverage]
    sources: Mapping[str, Coverage]


def scan(
    plan: Plan,
    library: Library,
    *,
    clients: Mapping[str, str] | None = None,
    gates: Gates | None = None,
    root: str = "",
    places: Places | None = None,
) -> Scan:
    """Hold the code of `library` against `plan`.

    `root` is the folder in which the globs of `sources.*.paths` begin, by the paths of the library ("" where those do).
    `places` says where the plan's events stand, for findings about events that no code sends. `clients` are names that
    stand for clients, each with the SDK it is called like. Nothing of the scanned code is run or imported, and nothing
    in it makes this raise.
    """
    followed = follow_tree(library, clients or {})
    judge = Judge(plan, root)
    judged = (judge.judge(sent) for sent in followed.sent)
    # A method that is called `track` is one of many: without a client it counts only when the event is planned.
    verdicts = _told_once([v for v in judged if v.sent.receiver is None or v.event is not None])
    events = implementations(plan, verdicts)
    coverage = coverage_of(plan, events)
    owners = sorted({event.owner for event in plan.events.values() if event.owner})
    teams = {owner: coverage_of(plan, events, team=owner) for owner in owners}
    sources = {name: coverage_of(plan, events, source=name) for name in plan.sources}
    problems = [
        *library.problems.values(),
        *_involved(followed),
        *(problem for verdict in verdicts for problem in verdict.problems),
    ]
    problems.sort(key=lambda problem: (problem.file, problem.line, problem.column))
    problems += _never(plan, events, verdicts, places)
    problems += _gates(gates or Gates(), coverage, teams, sources)
    return Scan(followed, tuple(verdicts), tuple(problems), events, coverage, teams, sources)


def _told_once(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """What is wrong whoever calls a wrapper is told of the wrapper, not again of each of its callers."""
    own = {
        (verdict.sent.origin, problem.code, problem.where)
        for verdict in verdicts
        if not verdict.sent.via
        for problem in verdict.problems
    }
    told: set[tuple[str, str, int, int, str]] = set()
    kept = []
    for verdict in verdicts:
        left = []
        for problem in verdict.problems:
            repeated = verdict.sent.via and (verdict.sent.origin, problem.code, problem.where) in own
            key = (problem.code, problem.file, problem.line, problem.column, f"{problem.where} {problem.message}")
            if problem.code == "unmapped_source":
                key = (problem.code, problem.file, 0, 0, "")  # one glob mends the whole file
            if not repeated and key not in told:
                told.add(key)
                left.append(problem)
        kept.append(msgspec.structs.replace(verdict, problems=tuple(left)))
    return kept


def _involved(followed: Followed) -> list[Problem]:
    found = []
    for place in followed.involved:
        file, _, line = place.rpartition(":")
        found.append(
            Problem(
                "too_involved",
                "is too involved to be followed",
                remedy="split it, or leave the file out with --exclude",
                file=file,
                line=int(line),
                column=1,
                level="warning",
            )
        )
    return found


def _never(
    plan: Plan, events: Mapping[str, Implementation], verdicts: Sequence[Verdict], places: Places | None
) -> list[Problem]:
    found = []
    for event in plan.events.values():
        if event.status != "active" or events[event.name].places or not can_be_python(plan, event):
            continue
        maybe = [
            f"{verdict.sent.place.file}:{verdict.sent.place.line}"
            for verdict in verdicts
            if not verdict.resolved and verdict.sent.kind == "track" and _may_be(verdict, event.wire_name)
        ]
        may = f"; a call that could not be resolved may send it: {maybe[0]}" if maybe else ""
        at = Place("", 0, 0) if places is None else places.find((event.name,))
        found.append(
            Problem(
                "never_sent",
                f"is planned and active, and nothing that was scanned sends it{may}",
                remedy="send it, or make it a draft",
                where=event.name,
                file=at.file,
                line=at.line,
                column=at.column,
                level="warning",
            )
        )
    return found


def _may_be(verdict: Verdict, wire_name: str) -> bool:
    return bool(verdict.name) and wire_name.startswith(verdict.name)


def _gates(
    gates: Gates, coverage: Coverage, teams: Mapping[str, Coverage], sources: Mapping[str, Coverage]
) -> list[Problem]:
    asked = [("", "the plan", coverage, gates.overall)]
    asked += [(name, f"team {name}", teams.get(name, Coverage(0, 0)), least) for name, least in gates.teams.items()]
    asked += [
        (name, f"source {name}", sources.get(name, Coverage(0, 0)), least) for name, least in gates.sources.items()
    ]
    return [
        Problem(
            "coverage_too_low",
            f"of {what} the code sends {cover} active events, and at least {float(least):g} % are asked for",
            remedy=f"send {', '.join(cover.never[:5])}{' …' if len(cover.never) > 5 else ''}",
            where=where,
        )
        for where, what, cover, least in asked
        if least is not None and cover.percent < least
    ]
