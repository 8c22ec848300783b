"""Report: the result of a scan: a verdict on each call, the findings, the coverage and its gates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

import msgspec

from footfall.errors import Problem
from footfall.plan.model import Plan
from footfall.plan.problems import Location as PlanLocation
from footfall.plan.reading.source_map import SourceMap
from footfall.planning.scan.call_checker import PROPERTY_CODES, CallChecker, CallVerdict
from footfall.planning.scan.calls import CodeLocation
from footfall.planning.scan.coverage import CodeCoverage, Implementation, can_be_python, coverage_of, implementations
from footfall.planning.scan.follow import TreeMessages, follow_tree
from footfall.planning.scan.library import Library
from footfall.planning.scan.sdks import Naming
from footfall.planning.scan.values import Const

__all__ = ["Gates", "Scan", "scan"]


class Gates(msgspec.Struct, frozen=True):
    """The least coverage, in percent: of all active events, of a team's, of a source's."""

    overall: Fraction | None = None
    teams: Mapping[str, Fraction] = {}
    sources: Mapping[str, Fraction] = {}


class Scan(msgspec.Struct, frozen=True):
    """The result of a scan. `teams` and `sources` are the coverage by owner and by source."""

    tree: TreeMessages
    verdicts: tuple[CallVerdict, ...]
    problems: tuple[Problem, ...]
    events: Mapping[str, Implementation]
    coverage: CodeCoverage
    teams: Mapping[str, CodeCoverage]
    sources: Mapping[str, CodeCoverage]


def scan(
    plan: Plan,
    library: Library,
    *,
    clients: Mapping[str, Naming] | None = None,
    gates: Gates | None = None,
    root: str = "",
    source_map: SourceMap | None = None,
) -> Scan:
    """Compare the code of `library` with `plan`.

    `root` is the folder in which the globs of `sources.*.paths` begin, by the paths of the library ("" where those do).
    `source_map` has the lines of the plan's events, for findings about events that no code sends. `clients` are the
    names of clients, each with the SDK that it is called like. None of the scanned code is run or imported, and
    nothing in it makes this raise.
    """
    tree = follow_tree(library, clients or {})
    checker = CallChecker(plan, root)
    relevant = [*_relevant(map(checker.check, tree.sent), library)]
    verdicts = [_with_tests(verdict, library) for verdict in _without_repeats([*_with_choices(relevant)])]
    events = implementations(plan, verdicts)
    coverage = coverage_of(plan, events)
    owners = sorted({event.owner for event in plan.events.values() if event.owner})
    teams = {owner: coverage_of(plan, events, team=owner) for owner in owners}
    sources = {name: coverage_of(plan, events, source=name) for name in plan.sources}
    problems = [
        *library.problems.values(),
        *map(_too_involved, tree.involved),
        *(problem for verdict in verdicts for problem in verdict.problems),
    ]
    problems.sort(key=lambda problem: (problem.file, problem.line, problem.column))
    problems += _never(plan, events, verdicts, source_map)
    problems += _gates(gates or Gates(), coverage, teams, sources)
    return Scan(tree, tuple(verdicts), tuple(problems), events, coverage, teams, sources)


def _with_tests(verdict: CallVerdict, library: Library) -> CallVerdict:
    sent = verdict.sent
    is_test = library.is_test(sent.location.file) and library.is_test(sent.cause("").location.file)
    return msgspec.structs.replace(verdict, is_test=True) if is_test else verdict


def _relevant(verdicts: Iterable[CallVerdict], library: Library) -> Iterator[CallVerdict]:
    """The calls to list. A method that is called `track` is one of many: without a client it has a finding only where
    the event is planned, or where it is not known and the file imports an SDK."""
    for verdict in verdicts:
        sent = verdict.sent
        if sent.receiver is None or verdict.event is not None:
            yield verdict
        elif sent.kind == "track":
            is_near = bool(library.sdks(sent.origin.file)) and not isinstance(sent.event, Const)
            yield verdict if is_near else _with_problems(verdict, ())


def _with_choices(verdicts: Sequence[CallVerdict]) -> Iterator[CallVerdict]:
    """Where a call sends one of several events, its findings are warnings, and only those of the event that fits best.

    There is none about properties when one of the events fits, or may be one that is not known; and none about an
    event that may never be sent, such as the value of a base class.
    """
    choices: dict[tuple[CodeLocation, CodeLocation], list[CallVerdict]] = {}
    for verdict in verdicts:
        if verdict.sent.is_choice and verdict.sent.kind == "track" and verdict.sent.receiver is None:
            choices.setdefault((verdict.sent.location, verdict.sent.origin), []).append(verdict)
    for verdict in verdicts:
        among = choices.get((verdict.sent.location, verdict.sent.origin), [])
        if not any(verdict is choice for choice in among):
            yield verdict
            continue
        best = min(among, key=_misfit)
        is_best = verdict is best and best.resolved
        if verdict.sent.is_loose and not is_best and (best.event is not None or not best.resolved):
            yield _with_problems(verdict, () if verdict.resolved else verdict.problems)
        else:
            problems = [p for p in verdict.problems if p.code not in PROPERTY_CODES or is_best]
            yield _with_problems(verdict, (msgspec.structs.replace(p, level="warning") for p in problems))


def _with_problems(verdict: CallVerdict, problems: Iterable[Problem]) -> CallVerdict:
    return msgspec.structs.replace(verdict, problems=tuple(problems))


def _misfit(choice: CallVerdict) -> tuple[bool, int]:
    return choice.event is None and choice.resolved, sum(p.code in PROPERTY_CODES for p in choice.problems)


def _without_repeats(verdicts: Sequence[CallVerdict]) -> Iterator[CallVerdict]:
    """A fault that every caller of a wrapper has is reported once, at the wrapper."""
    own = {
        (verdict.sent.origin, problem.code, problem.where)
        for verdict in verdicts
        if not verdict.sent.via
        for problem in verdict.problems
    }
    keys: set[tuple[str, str, int, int, str]] = set()
    for verdict in verdicts:
        problems = []
        for problem in verdict.problems:
            is_own = verdict.sent.via and (verdict.sent.origin, problem.code, problem.where) in own
            key = (problem.code, problem.file, problem.line, problem.column, f"{problem.where} {problem.message}")
            if problem.code == "unmapped_source":
                key = (problem.code, problem.file, 0, 0, "")  # one glob mends the whole file
            if not is_own and key not in keys:
                keys.add(key)
                problems.append(problem)
        yield _with_problems(verdict, problems)


def _too_involved(location: CodeLocation) -> Problem:
    return Problem(
        "too_involved", "is too involved to be followed", remedy="split it, or leave the file out with --exclude",
        file=location.file, line=location.line, column=1, level="warning",
    )  # fmt: skip


def _never(
    plan: Plan, events: Mapping[str, Implementation], verdicts: Sequence[CallVerdict], source_map: SourceMap | None
) -> list[Problem]:
    problems = []
    for event in plan.events.values():
        if event.status != "active" or events[event.name].places or not can_be_python(plan, event):
            continue
        maybe = [
            f"{verdict.sent.location.file}:{verdict.sent.location.line}"
            for verdict in verdicts
            if not verdict.resolved
            and verdict.sent.kind == "track"
            and verdict.name
            and event.wire_name.startswith(verdict.name)
        ]
        tests = events[event.name].tests
        may = f"; only tests send it: {tests[0]}" if tests else ""
        may += f"; a call that could not be resolved may send it: {maybe[0]}" if maybe else ""
        at = PlanLocation("", 0, 0) if source_map is None else source_map.find((event.name,))
        problems.append(
            Problem(
                "never_sent", f"is planned and active, and nothing that was scanned sends it{may}", where=event.name,
                remedy="send it, or make it a draft", file=at.file, line=at.line, column=at.column, level="warning",
            )
        )  # fmt: skip
    return problems


def _gates(
    gates: Gates, coverage: CodeCoverage, teams: Mapping[str, CodeCoverage], sources: Mapping[str, CodeCoverage]
) -> list[Problem]:
    gated = [("", "the plan", coverage, gates.overall)]
    gated += [(name, f"team {name}", teams.get(name, CodeCoverage(0, 0)), least) for name, least in gates.teams.items()]
    gated += [
        (name, f"source {name}", sources.get(name, CodeCoverage(0, 0)), least) for name, least in gates.sources.items()
    ]
    return [
        Problem(
            "coverage_too_low",
            f"of {part} the code sends {cover} active events, and at least {float(least):g} % are asked for",
            remedy=f"send {', '.join(cover.never[:5])}{' …' if len(cover.never) > 5 else ''}",
            where=where,
        )
        for where, part, cover, least in gated
        if least is not None and cover.percent < least
    ]
