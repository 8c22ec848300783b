"""Writes what a scan of code says: its summary, the listing of every call, the facts for JSON."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

from footfall.plan.model import Plan
from footfall.planning.scan import CallVerdict, CodeCoverage, Scan, resolved_properties
from footfall.printable import counted

__all__ = ["scan_facts", "scan_listing", "scan_summary", "silent_files"]


def scan_summary(result: Scan) -> str:
    """How much was read, what was found, and the coverage, in one line."""
    tracked = [verdict for verdict in result.verdicts if verdict.sent.kind == "track"]
    unresolved = sum(not verdict.resolved for verdict in tracked)
    words = [counted(result.tree.files, "file"), counted(len(tracked), "call"), f"{unresolved:,} not resolved"]
    levels = Counter(problem.level for problem in result.problems)
    findings = f"{counted(levels['error'], 'error')}, {counted(levels['warning'], 'warning')}"
    tests = sum(verdict.is_test for verdict in tracked)
    note = f"; without {counted(tests, 'call')} in tests" if tests else ""
    return f"{', '.join(words)}; {findings}; coverage {result.coverage}{note}"


def silent_files(result: Scan) -> Iterator[str]:
    """The files that import an SDK but contain no call: nothing is sent there, or the scan missed it."""
    for path, sdks in result.tree.silent:
        yield f"{path}: imports {' and '.join(sdks)}, but contains no call of it"


def scan_listing(result: Scan) -> Iterator[str]:
    """Every call with its verdict, then every planned event with its places."""
    for verdict in result.verdicts:
        sent = verdict.sent
        name = verdict.name or ("?" if sent.kind == "track" else "")
        call = " ".join(f"{sent.location.file}:{sent.location.line} {sent.sdk} {sent.kind} {name}".split())
        via = f" through {' and '.join(sent.via)}" if sent.via else ""
        yield f"{call}: {_word(verdict)}{via}"
    yield ""
    for name, event in result.events.items():
        yield f"{name}: {', '.join(event.places) or 'never'}"
    yield ""
    for kind, each in (("team", result.teams), ("source", result.sources)):
        for name, coverage in each.items():
            yield f"{kind} {name}: {coverage}"
    yield ""


def _word(verdict: CallVerdict) -> str:
    if verdict.sent.kind != "track":
        return "traits checked" if verdict.sent.kind in {"identify", "group"} else "not judged"
    if not verdict.resolved:
        return "not resolved"
    return "not planned" if verdict.event is None else "planned" if not verdict.problems else "planned, with findings"


def scan_facts(plan: Plan, result: Scan) -> dict[str, Any]:
    """Everything but the findings as plain values, for JSON."""
    return {
        "plan": plan.id,
        "files": result.tree.files,
        "read": result.tree.read,
        "coverage": _share(result.coverage),
        "teams": {name: _share(coverage) for name, coverage in result.teams.items()},
        "sources": {name: _share(coverage) for name, coverage in result.sources.items()},
        "implemented": {name: list(event.places) for name, event in result.events.items() if event.places},
        "tests": {name: list(event.tests) for name, event in result.events.items() if event.tests},
        "calls": [_call(verdict) for verdict in result.verdicts],
        "without_calls": [{"file": path, "sdks": list(sdks)} for path, sdks in result.tree.silent],
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
    }


def _share(coverage: CodeCoverage) -> dict[str, Any]:
    return {
        "planned": coverage.planned,
        "implemented": coverage.implemented,
        "percent": round(float(coverage.percent), 2),
        "never": list(coverage.never),
    }


def _call(verdict: CallVerdict) -> dict[str, Any]:
    sent = verdict.sent
    return {
        "file": sent.location.file,
        "line": sent.location.line,
        "column": sent.location.column,
        "origin": {"file": sent.origin.file, "line": sent.origin.line, "column": sent.origin.column},
        "sdk": sent.sdk,
        "kind": sent.kind,
        "event": verdict.event.name if verdict.event is not None else None,
        "name": verdict.name,
        "resolved": verdict.resolved,
        "test": verdict.is_test,
        **resolved_properties(sent),
        "sources": sorted(verdict.sources),
        "through": list(sent.via),
        "codes": [problem.code for problem in verdict.problems],
    }
